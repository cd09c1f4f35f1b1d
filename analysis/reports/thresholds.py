"""Who improved by how much: the share of each arm at every threshold of response, so that none needs to be chosen."""

from functools import partial

from analysis.derive import derivations, intercurrent, plan
from analysis.papers import thresholds as drawn
from analysis.papers.tables import counts, percent
from analysis.reports import made_by
from analysis.reports.comparison import Comparison, responding_outcome
from analysis.reports.document import Analysis, Figure
from analysis.stats.descriptive import count
from analysis.stats.results import Count
from crf import trial
from crf.spec import outcomes

STEPS = tuple(range(0, 101, 10))  # per cent of the baseline


def improved(comparison: Comparison) -> Figure:
    """Of all randomised, who is better than the baseline by so much at the primary visit; not rated is not better.

    The ratings and the events that count as non-response are those of response (METHODS 2.12): at its own threshold
    this is the table of response.
    """
    outcome, shares = responding_outcome(), _shares(comparison)
    way = "fell" if plan.is_better_lower(outcome) else "rose"
    curves = {
        arm: tuple(100 * one.proportion if one.n else float("nan") for one in found) for arm, found in shares.items()
    }
    data = counts(
        "improved_points",
        "Improvement by at least so much, the numbers of the figure",
        ("Arm", "By at least", "Share of the arm"),
        [
            (arm, f"at least {step} %", percent(one))
            for arm, found in shares.items()
            for step, one in zip(STEPS, found, strict=True)
        ],
    ).by(
        Analysis.of(
            "improved_table",
            rule=made_by.rule("response"),
            at=plan.last(),
            arms=plan.names(),
            steps={f"at least {step} %": step for step in STEPS},
        )
    )
    says = (
        f"The share of each arm, of all randomised, whose {outcome.label} {way} by at least so many per cent of its "
        f"baseline at {plan.at_last()}; who was not rated did not improve. The line marks response."
    )
    draw = partial(
        drawn.improved,
        curves,
        steps=STEPS,
        mark=float(trial.ANALYSIS.response.percent),
        x=f"Improvement of {outcome.label} by at least (%)",
    )
    title = f"Improvement of {outcome.label} at {plan.at_last()}, by every threshold"
    return Figure("improved", title, says, says, draw, data)


def _shares(comparison: Comparison) -> dict[str, list[Count]]:
    """By arm, the share at each step."""
    outcome = responding_outcome()
    frame = comparison.counted_course(outcome.code).after_baseline
    at = frame[frame["visit"] == plan.last()]
    never = intercurrent.without_response(
        at, comparison.events, trial.ANALYSIS.strategies, composite=outcomes.COMPOSITE
    )
    groups = comparison.groups
    found: dict[str, list[Count]] = {name: [] for name in plan.order()}
    for step in STEPS:
        better = derivations.is_response(
            at["value"], base=at["base"], percent=step, lower_is_better=plan.is_better_lower(outcome)
        )
        who = at["subject"][(better.fillna(False).astype(bool) & ~never).to_numpy()]
        seen = groups.reindex(who).value_counts()
        for name, own in found.items():
            n = int((groups == name).sum())
            own.append(count(int(seen.get(name, 0)), n, name=name, missing=0, level=plan.level()))
    return found
