"""What may be said of variance while blinded: the pooled covariance, and the sample size it asks for (METHODS 13).

No arm is read. The effect is the one the trial was planned for, never an estimate.
"""

import numpy as np

from analysis.derive import variables
from analysis.papers.tables import counts, number
from analysis.reports.document import Number, Section
from analysis.reports.outcome import LABELS
from analysis.stats.blinded import PooledVariance, pooled_variance, reestimate_sample_size
from analysis.stats.design_matrix import DesignError
from analysis.stats.results import NotEstimable
from crf import trial

KEY, TITLE = "variance", "Variance and sample size, blinded"
PLANNED = trial.ANALYSIS.planning_effect
LAST_LABEL = LABELS[variables.LAST].lower()


def variance(taken: variables.Course) -> Section:
    """The pooled variance at week 6 and the blinded re-estimation of the sample size; or why there is none yet.

    `taken`: the course without the ratings that leave the primary analysis.
    """
    try:
        found = pooled(taken)
    except (NotEstimable, DesignError, ValueError) as reason:
        return Section(KEY, TITLE, (f"This could not be made yet. {reason}",))
    size = {adjusted: _size(found, adjusted=adjusted) for adjusted in (False, True)}
    says = (
        f"The pooled standard deviation of the change in {taken.score} at {LAST_LABEL} is "
        f"{number(np.sqrt(found.variance))} points ({found.n} subjects); the trial was planned with "
        f"{number(float(PLANNED.standard_deviation))}. For a difference of {number(abs(float(PLANNED.difference)))} "
        f"points, as planned, {size[False].needed} subjects would be needed in all."
    )
    return Section(KEY, TITLE, (says, _by_visit(taken, found), _sizes(found, size)))


def pooled(taken: variables.Course) -> PooledVariance:
    """The arm-free model: the primary model's ratings, visits and covariates without the arm (METHODS 13.1)."""
    frame = taken.after_baseline.astype({"change": float, "base": float})
    if variables.LAST not in set(frame["visit"]):
        raise NotEstimable(f"No {taken.score} was rated at {LAST_LABEL} yet.")
    covariates = ["base", "site"] if frame["site"].nunique() > 1 else ["base"]
    return pooled_variance(
        frame,
        subject="subject",
        visit="visit",
        response="change",
        covariates=covariates,
        at=variables.LAST,
        covariance=None,
        visits=[visit for visit in variables.weeks_of(taken.score) if visit in set(frame["visit"])],
    )


def _size(found: PooledVariance, *, adjusted: bool):
    return reestimate_sample_size(
        found,
        planning_effect=float(PLANNED.difference),
        alpha=float(PLANNED.alpha),
        power_wanted=float(PLANNED.power),
        planned=trial.PLANNED_SUBJECTS,
        maximum=PLANNED.maximum,
        adjusted=adjusted,
        retention=float(PLANNED.retention),
    )


def _by_visit(taken: variables.Course, found: PooledVariance):
    rated = taken.after_baseline["visit"].value_counts()
    rows = [
        (
            LABELS[visit],
            int(rated[visit]),
            Number(found.sigma.loc[visit, visit], 1),
            Number(np.sqrt(found.sigma.loc[visit, visit]), 1),
            Number(_correlation(found, visit), 2),
        )
        for visit in found.sigma.index
    ]
    head = ("Visit", "Rated", "Variance", "SD", f"Correlation with {LAST_LABEL}")
    notes = (f"{found.method[0].upper()}{found.method[1:]}.", *found.warnings)
    return counts(
        "pooled_variance", f"{taken.score}, change from baseline: pooled variance by week", head, rows, notes=notes
    )


def _correlation(found: PooledVariance, visit: str) -> float:
    sigma, last = found.sigma, found.visit
    return sigma.loc[visit, last] / np.sqrt(sigma.loc[visit, visit] * sigma.loc[last, last])


def _sizes(found: PooledVariance, size: dict):
    rows = [
        (
            word,
            Number(size[adjusted].variance, 1),
            size[adjusted].needed,
            size[adjusted].total,
            Number(100 * size[adjusted].power_at_planned, 0),
        )
        for adjusted, word in ((False, "Unadjusted (rule of the plan)"), (True, "Less the planned effect's share"))
    ]
    head = (
        "One-sample variance",
        "Variance",
        "Subjects needed",
        "Subjects by the rule",
        f"Power with {trial.PLANNED_SUBJECTS} (%)",
    )
    notes = (
        f"Kieser and Friede. Planned difference {number(float(PLANNED.difference))}, two-sided {PLANNED.alpha}, power "
        f"{PLANNED.power}, {float(PLANNED.retention):.0%} expected to be rated at {LAST_LABEL}. By the rule: not fewer "
        f"than the {trial.PLANNED_SUBJECTS} planned and not more than {PLANNED.maximum}.",
        "The difference is the planned one and no estimate; the variance is a nuisance parameter and says nothing of "
        "the effect.",
        *dict.fromkeys(note for one in size.values() for note in one.warnings if note not in found.warnings),
    )
    return counts("sample_size", "Sample size re-estimated while blinded", head, rows, notes=notes)
