"""What may be said of variance while blinded: the pooled covariance, and the sample size it asks for (METHODS 13).

No arm is read. The effect is the one the trial was planned for, never an estimate.
"""

import sys

import numpy as np

from analysis.derive import plan, variables
from analysis.papers.tables import counts, number
from analysis.reports import whom
from analysis.reports.document import Number, Section
from analysis.stats.blinded import PooledVariance, pooled_variance, reestimate_sample_size
from analysis.stats.design_matrix import DesignError
from analysis.stats.results import NotEstimable
from crf import trial

KEY, TITLE = "variance", "Variance and sample size, blinded"


def variance(taken: variables.Course) -> Section:
    """The pooled variance at the primary visit and the sample size that it asks for; or why there is none yet.

    `taken`: the course without the ratings that leave the primary analysis.
    """
    try:
        found = pooled(taken)
    except (NotEstimable, DesignError, ValueError) as reason:
        return Section(KEY, TITLE, (f"This could not be made yet. {reason}",))
    spread = (
        f"The pooled standard deviation of the change in {taken.score} at {plan.at_last()} is "
        f"{number(np.sqrt(found.variance))} points ({found.n} subjects)"
    )
    planned = trial.ANALYSIS.planning_effect
    if planned is None or not _is_one_to_one():
        why = "" if planned is None else " The sample size is re-estimated for two arms of equal size only."
        title = TITLE if planned else "Variance, blinded"
        return Section(KEY, title, (f"{spread}.{why}", _by_visit(taken, found)), whom.COUNTED)
    size = {adjusted: _size(found, adjusted=adjusted) for adjusted in (False, True)}
    says = (
        f"{spread}; the trial was planned with {number(float(planned.standard_deviation))}. For a difference of "
        f"{number(abs(float(planned.difference)))} points, as planned, {size[False].needed} subjects would be "
        "needed in all."
    )
    return Section(KEY, TITLE, (says, _by_visit(taken, found), _sizes(found, size)), whom.COUNTED)


def _is_one_to_one() -> bool:
    return len(trial.ARMS) == 2 and len({arm.share for arm in trial.ARMS}) == 1


def pooled(taken: variables.Course) -> PooledVariance:
    """The arm-free model: the primary model's ratings, visits and covariates without the arm (METHODS 13.1)."""
    frame = taken.after_baseline.astype({"change": float, "base": float})
    if plan.last() not in set(frame["visit"]):
        raise NotEstimable(f"No {taken.score} was rated at {plan.at_last()} yet.")
    covariates = ["base", "site"] if plan.with_site(frame) else ["base"]
    return pooled_variance(
        frame,
        subject="subject",
        visit="visit",
        response="change",
        covariates=covariates,
        at=plan.last(),
        covariance=None,
        visits=[visit for visit in plan.visits_of(taken.outcome) if visit in set(frame["visit"])],
    )


def _size(found: PooledVariance, *, adjusted: bool):
    planned = trial.ANALYSIS.planning_effect
    return reestimate_sample_size(
        found,
        planning_effect=float(planned.difference),
        alpha=plan.alpha(),
        power_wanted=float(planned.power),
        planned=trial.PLANNED_SUBJECTS,
        maximum=planned.maximum or sys.maxsize,
        adjusted=adjusted,
        retention=float(planned.retention),
    )


def _by_visit(taken: variables.Course, found: PooledVariance):
    rated = taken.after_baseline["visit"].value_counts()
    rows = [
        (
            plan.labels()[visit],
            int(rated[visit]),
            Number(found.sigma.loc[visit, visit], 1),
            Number(np.sqrt(found.sigma.loc[visit, visit]), 1),
            Number(_correlation(found, visit), 2),
        )
        for visit in found.sigma.index
    ]
    head = ("Visit", "Rated", "Variance", "SD", f"Correlation with {plan.at_last()}")
    notes = (f"{found.method[0].upper()}{found.method[1:]}.", *found.warnings)
    return counts(
        "pooled_variance", f"{taken.score}, change from baseline: pooled variance by visit", head, rows, notes=notes
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
    planned = trial.ANALYSIS.planning_effect
    most = f" and not more than {planned.maximum}" if planned.maximum else ""
    notes = (
        f"Kieser and Friede. Planned difference {number(float(planned.difference))}, two-sided "
        f"{trial.ANALYSIS.alpha}, power {planned.power}, {float(planned.retention):.0%} expected to be rated at "
        f"{plan.at_last()}. By the rule: not fewer than the {trial.PLANNED_SUBJECTS} planned{most}.",
        "The difference is the planned one and no estimate; the variance is a nuisance parameter and says nothing of "
        "the effect.",
        *dict.fromkeys(note for one in size.values() for note in one.warnings if note not in found.warnings),
    )
    return counts("sample_size", "Sample size re-estimated while blinded", head, rows, notes=notes)
