"""How well the blind held: what was guessed of the arm, by whom, with the indices of James and Bang (METHODS 16).

The blinded and the final report run this same code; without the arms it tells how many guessed, and not what.
"""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan
from analysis.papers.tables import counts, interval
from analysis.reports import whom
from analysis.reports.document import Analysis, Number, Section, Table
from analysis.stats.blinding import bang, guesses, james
from analysis.stats.results import Estimate
from crf import trial
from crf.spec.purposes import Purpose

TITLE = "Blinding"


def forms() -> list:
    """The forms on which somebody guesses the arm, in the order declared."""
    return [form for form in trial.FORMS if form.purpose is Purpose.BLINDING_GUESS]


def blinding(collected: Collected, arms: pd.Series | None) -> Section | None:
    """The section; None where the trial asks nobody. arms: by subject; None while they are not known."""
    if not forms():
        return None
    asked = {form: collected.guesses[collected.guesses["form"] == form.code] for form in forms()}
    if arms is None:
        return Section("blinding", TITLE, (_pooled(asked, len(collected.randomised)),), whom.RANDOMISED)
    given = collected.randomised["subject"].map(arms).set_axis(collected.randomised["subject"])
    blocks: list[str | Table] = [_by_arm(asked, given)]
    if len(trial.ARMS) == 2:
        blocks.append(_indices(asked, given))
    return Section("blinding", TITLE, tuple(blocks), whom.RANDOMISED)


def _pooled(asked: dict, n: int) -> Table:
    rows = [
        (form.title, int(own["guessed"].notna().sum()), int(own["guessed"].isna().sum()), n - len(own))
        for form, own in asked.items()
    ]
    notes = ("What was guessed is told once the arms are known.",)
    head = ("", "Guessed an arm", "Does not know", "Not asked")
    return counts("guesses", "Guesses of the arm, all subjects", head, rows, notes=notes)


def _by_arm(asked: dict, given: pd.Series) -> Table:
    names = plan.names()
    rows = []
    for form, own in asked.items():
        guessed = own.set_index("subject")["guessed"].reindex(given.index)
        was_asked = pd.Series(given.index.isin(set(own["subject"])), index=given.index)
        for arm, name in names.items():
            here = given == arm
            rows.append(
                (
                    f"{form.title}: {name}",
                    *(int((here & (guessed == one)).sum()) for one in names),
                    int((here & was_asked & guessed.isna()).sum()),
                    int((here & ~was_asked).sum()),
                )
            )
    head = ("Who guessed: arm given", *(f"Guessed {plan.in_sentence(name)}" for name in names.values()))
    table = counts("guesses", "Guesses of the arm by the arm given", (*head, "Does not know", "Not asked"), rows)
    return table.by(Analysis.of("guesses_table", forms={form.code: form.title for form in asked}, arms=names))


def _indices(asked: dict, given: pd.Series) -> Table | str:
    (pair,) = plan.pairs()
    rows, notes = [], []
    for form, own in asked.items():
        frame = own[["subject", "guessed"]].assign(arm=own["subject"].map(given)).dropna(subset=["arm"])
        if frame["arm"].nunique() < 2:
            continue
        found = guesses(frame, subject="subject", guessed="guessed", **pair.parts)
        both = zip((pair.active, pair.reference), bang(found, level=plan.level()), strict=True)
        rows.append(_row(f"{form.title}: James", overall := james(found, level=plan.level())))
        notes += overall.warnings
        for arm, one in both:
            rows.append(_row(f"{form.title}: Bang, {plan.names()[arm]}", one))
            notes += one.warnings
    if not rows:
        return "Nobody was asked yet in both arms, so there is no index of blinding."
    return counts(
        "blinding_indices",
        "Indices of blinding",
        ("Who guessed: index", "n", "Index", "SE", plan.interval()),
        rows,
        notes=(
            "James: 1 is a perfect blind, 0 none, 0.5 what guesses at random give. Bang, of each arm: 0 is what chance "
            "gives, 1 no blind, −1 all guesses wrong. Of those who were asked; normal intervals; not tested.",
            *dict.fromkeys(notes),
        ),
    ).by(
        Analysis.of(
            "blinding_table",
            forms={form.code: form.title for form in asked},
            arms={arm: plan.names()[arm] for arm in pair.arms},
            level=plan.level(),
        )
    )


def _row(label: str, one: Estimate) -> tuple:
    return label, one.n, Number(one.estimate, 2), Number(one.se, 2), interval(one.low, one.high, 2)
