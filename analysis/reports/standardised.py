"""The risk difference of response adjusted for the baseline, as it stands beside the intervals of the plain one."""

from analysis.derive import plan
from analysis.derive.plan import Pair
from analysis.reports.comparison import Comparison, responding_outcome
from analysis.stats.g_computation import adjusted_risk_difference
from analysis.stats.results import Estimate, NotEstimable
from crf import trial

ADJUSTED = "Adjusted for baseline"


def adjusted(comparison: Comparison, pair: Pair) -> tuple[list[tuple[str, Estimate]], tuple[str, ...]]:
    """Under its name the difference standardised for the baseline (METHODS 5.8), and what there is to say of it.

    Empty where the data do not carry it: the sentence says why.
    """
    frame = comparison.subjects[["subject", "arm"]].merge(comparison.answered, on="subject", how="left")
    base = comparison.course(responding_outcome().code).frame.drop_duplicates("subject").set_index("subject")["base"]
    frame = frame.assign(
        base=frame["subject"].map(base).astype(float), responded=frame["responded"].fillna(False).astype(bool)
    )
    seen = set(frame.dropna(subset=["base"])["arm"])
    try:
        found = adjusted_risk_difference(
            frame,
            subject="subject",
            responded="responded",
            covariates=("base",),
            factors=(),
            level=plan.level(),
            beside=tuple(arm.code for arm in trial.ACTIVE_ARMS if arm.code != pair.active and arm.code in seen),
            **pair.parts,
        )
    except NotEstimable as reason:
        return [], (f"{ADJUSTED}: there is none. {reason}",)
    return [(ADJUSTED, found)], (
        f"{ADJUSTED}: logistic regression on arm and baseline, everybody predicted under both arms (n = {found.n}).",
    )
