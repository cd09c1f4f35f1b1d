"""How large the difference at the primary visit is, in units that other trials use (METHODS 10)."""

import pandas as pd

from analysis.derive import plan
from analysis.derive.plan import Pair
from analysis.papers.tables import counts, interval, number
from analysis.reports import made_by, whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import Number, Section
from analysis.stats.effect_size import hedges_g, probability_of_superiority, standardised_difference


def effect_sizes(comparison: Comparison) -> Section:
    """Hedges' g of the observed change, of the model's difference, and the probability of superiority."""
    found = [(pair, _effects(comparison, pair)) for pair in plan.pairs()]
    outcome, names = plan.primary(), plan.names()
    rows = [
        (pair.row(label), one.n, Number(one.estimate, 2), interval(one.low, one.high, 2), one.method)
        for pair, effects in found
        for label, one in effects
    ]
    way = "fall" if plan.is_better_lower(outcome) else "rise"
    who = names[plan.pairs()[0].active] if len(found) == 1 else "the active arm"
    warnings = dict.fromkeys(note for _, effects in found for note in effects[-1][1].warnings)
    table = counts(
        "effect_sizes",
        f"Effect sizes of {outcome.label} at {plan.at_last()}, {plan.differences()}",
        ("Effect size", "n", "Estimate", plan.interval(), "Interval by"),
        rows,
        notes=(
            "Standardised differences with Hedges' exact correction. Probability of superiority: that a "
            f"subject on {who} has the greater {way}, ties half; 0.5 is no effect.",
            *warnings,
        ),
    ).by(*(one for place, (pair, _) in enumerate(found) for one in _made(comparison, pair, rows[4 * place :])))
    says = []
    for pair, effects in found:
        g, better = effects[0][1], effects[-1][1]
        which = f"{pair.difference}: " if len(found) > 1 else ""
        says.append(
            f"{which}Hedges' g of the observed change is {number(g.estimate, 2)} ({interval(g.low, g.high, 2)}); "
            f"a subject on {names[pair.active]} has a probability of {number(better.estimate, 2)} "
            f"({interval(better.low, better.high, 2)}) to fare better than one on "
            f"{plan.in_sentence(names[pair.reference])}."
        )
    return Section("effects", "Effect sizes", (" ".join(says), table), whom.COUNTED)


def _made(comparison: Comparison, pair: Pair, rows: list[tuple]):
    """How the four rows of a comparison were made."""
    names = tuple(row[0] for row in rows[:4])
    outcome = plan.primary()
    facts = {
        "rows": names,
        "order": plan.visits_to_primary(outcome),
        "active": pair.active,
        "at": plan.last(),
        "level": plan.level(),
        "better": outcome.better.value,
    }
    return made_by.mixed("effect_table", comparison.model, outcome, **facts)


def _effects(comparison: Comparison, pair: Pair) -> list[tuple]:
    """(label, estimate) of one comparison: Hedges' g first, the probability of superiority last."""
    change = comparison.at_primary_visit(comparison.counted, pair, carried=False).dropna(subset=["change"])
    by_arm = [change.loc[change["arm"] == arm, "change"].astype(float) for arm in pair.arms]
    row, model = comparison.contrast(pair), comparison.model
    base = comparison.counted.frame.drop_duplicates("subject").set_index("subject")["base"].astype(float)
    parts = {"se": row["se"], "df": row["df"], "n": model.n_subjects, "level": plan.level()}
    sd_model = float(model.sigma.loc[plan.last(), plan.last()]) ** 0.5
    better = plan.primary().better.value
    return [
        ("Hedges' g, observed change", hedges_g(*by_arm, level=plan.level())),
        (
            f"Mixed model / its standard deviation at {plan.at_last()}",
            standardised_difference(row["estimate"], sd=sd_model, name="model", **parts),
        ),
        (
            "Mixed model / standard deviation of baseline",
            standardised_difference(row["estimate"], sd=float(pd.Series(base).std()), name="baseline", **parts),
        ),
        (
            f"Probability that {plan.names()[pair.active]} fares better",
            probability_of_superiority(*by_arm, better=better, level=plan.level()),
        ),
    ]
