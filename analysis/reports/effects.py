"""How large the difference at week 6 is, in units that other trials use (METHODS 10)."""

import pandas as pd

from analysis.derive import variables
from analysis.papers.tables import counts, interval, number
from analysis.reports.comparison import ACTIVE, DIFFERENCE, NAMES, REFERENCE, Comparison
from analysis.reports.document import Number, Section
from analysis.reports.outcome import LEVEL
from analysis.stats.effect_size import hedges_g, probability_of_superiority, standardised_difference


def effect_sizes(two: Comparison) -> Section:
    """Hedges' g of the observed change, of the model's difference, and the probability of superiority."""
    change = two.at_week_6(two.primary_hamd, carried=False).dropna(subset=["change"])
    by_arm = [change.loc[change["arm"] == arm, "change"].astype(float) for arm in (ACTIVE, REFERENCE)]
    row, model = two.primary, two.model
    base = two.primary_hamd.frame.drop_duplicates("subject").set_index("subject")["base"].astype(float)
    parts = {"se": row["se"], "df": row["df"], "n": model.n_subjects, "level": LEVEL}
    sd_model = float(model.sigma.loc[variables.LAST, variables.LAST]) ** 0.5
    g = hedges_g(*by_arm, level=LEVEL)
    better = probability_of_superiority(*by_arm, better="lower", level=LEVEL)
    found = [
        ("Hedges' g, observed change", g),
        (
            "Mixed model / its standard deviation at week 6",
            standardised_difference(row["estimate"], sd=sd_model, name="model", **parts),
        ),
        (
            "Mixed model / standard deviation of baseline",
            standardised_difference(row["estimate"], sd=float(pd.Series(base).std()), name="baseline", **parts),
        ),
        (f"Probability that {NAMES[ACTIVE]} fares better", better),
    ]
    rows = [(label, one.n, Number(one.estimate, 2), interval(one.low, one.high, 2), one.method) for label, one in found]
    table = counts(
        "effect_sizes",
        f"Effect sizes of {variables.PRIMARY} at week 6, {DIFFERENCE}",
        ("Effect size", "n", "Estimate", "95 % interval", "Interval by"),
        rows,
        notes=(
            "Standardised differences with Hedges' exact correction. Probability of superiority: that a "
            f"subject on {NAMES[ACTIVE]} has the greater fall, ties half; 0.5 is no effect.",
            *better.warnings,
        ),
    )
    says = (
        f"Hedges' g of the observed change is {number(g.estimate, 2)} ({interval(g.low, g.high, 2)}); a subject on "
        f"{NAMES[ACTIVE]} has a probability of {number(better.estimate, 2)} "
        f"({interval(better.low, better.high, 2)}) to fare better than one on {NAMES[REFERENCE].lower()}."
    )
    return Section("effects", "Effect sizes", (says, table))
