"""What a paper printed, beside the same analyses of synthetic data that were fitted to it: the demo of one trial only.

The numbers stand in the trial's own folder (`crf.spec.published`).
"""

from analysis.derive import plan
from analysis.papers.tables import counts, number, p_value
from analysis.reports import whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import Section
from crf import trial
from crf.spec.published import By, Result

TITLE = "As published, and as planned here"


def as_published(comparison: Comparison) -> Section:
    """The published numbers beside the same analyses here and the planned ones, with what makes them differ."""
    tell = {By.CARRIED: _carried, By.RESPONSE: _response, By.MODERATION: _moderation}
    rows = [(one.label, one.printed, *tell[one.by](comparison, one)) for one in trial.PUBLISHED.results]
    table = counts(
        "as_published",
        "The published results, the named analysis, and the planned one",
        ("Outcome", "Published p", "As published, here", "As planned, here"),
        rows,
    )
    return Section("as_published", TITLE, (table, *trial.PUBLISHED.remarks), whom.ANALYSED)


def _carried(comparison: Comparison, one: Result) -> tuple[str, str]:
    (pair, *_) = plan.pairs()
    found, row = comparison.carried(one.of, pair).contrast, comparison.contrast(pair, one.of)
    return (
        f"{one.by.value}: {number(found.estimate)}, p = {p_value(found.p)}",
        f"MMRM with Kenward-Roger: {number(row['estimate'])}, p = {p_value(row['p'])}",
    )


def _response(comparison: Comparison, one: Result) -> tuple[str, str]:
    (pair, *_) = plan.pairs()
    found = comparison.response(pair)
    boschloo, pearson, fisher = (found.test(name) for name in ("Boschloo", "Pearson", "Fisher"))
    ratio = f"{found.active.events}/{found.active.n} vs {found.reference.events}/{found.reference.n}"
    return (
        f"{one.by.value}: {ratio}, p = {p_value(pearson.p)}",
        f"Boschloo: p = {p_value(boschloo.p)}; Fisher: p = {p_value(fisher.p)}",
    )


def _moderation(comparison: Comparison, one: Result) -> tuple[str, str]:
    (pair, *_) = plan.pairs()
    moderator = next(other for other in trial.ANALYSIS.moderators if other.code == one.of)
    found = comparison.moderation(moderator, pair)
    return (f"{one.by.value}: p = {p_value(found.interaction.p)}", f"the same with HC3: p = {p_value(found.robust.p)}")
