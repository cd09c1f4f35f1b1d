"""What may be said of variance while blinded: the pooled covariance and a new sample size (METHODS 13).

Nothing here knows an arm. No mixture is fitted and no sums by block are formed: both could give the effect away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import nctdtr, stdtrit

from analysis.stats.mmrm import converged, fit, fit_with_fallback
from analysis.stats.results import NotEstimable

MOST_SD_PER_EFFECT = 200  # standard deviations per effect: beyond, a million subjects would not do


@dataclass(frozen=True)
class PooledVariance:
    """The variance at one visit from the arm-free model, with the whole covariance and where it comes from."""

    visit: object
    variance: float
    sigma: pd.DataFrame
    n: int
    method: str
    warnings: tuple[str, ...]
    converged: bool
    covariance: str


def pooled_variance(
    data: pd.DataFrame,
    *,
    subject: str,
    visit: str,
    response: str,
    covariates: Sequence[str],
    at: object,
    covariance: str | None,
    visits: Sequence | None = None,
) -> PooledVariance:
    """Variance of the response at visit `at` from the arm-free mixed model by REML (METHODS 13.1).

    The mean is visit plus covariates (each a column or a product such as "BASE:VISIT"); there is no arm to give.
    covariance: a structure, or None for the first of the pre-specified list that converges (METHODS 6.6).
    Raises NotEstimable where `at` is not a visit of the model, NotConverged where the fit did not converge.
    """
    fixed = " + ".join([visit, *covariates])
    if covariance is None:
        found = fit_with_fallback(
            data, subject=subject, visit=visit, response=response, fixed=fixed, method="reml", visits=visits
        )
    else:
        found = converged(
            fit(
                data,
                subject=subject,
                visit=visit,
                response=response,
                fixed=fixed,
                covariance=covariance,
                method="reml",
                visits=visits,
            )
        )
    if at not in found.visits:
        raise NotEstimable(f"There is no visit {at}; the visits are {', '.join(map(str, found.visits))}.")
    return PooledVariance(
        visit=at,
        variance=float(found.sigma.loc[at, at]),
        sigma=found.sigma,
        n=found.n_subjects,
        method=f"arm-free MMRM, {response} ~ {fixed}, {found.covariance.upper()}, REML",
        warnings=found.warnings,
        converged=found.converged,
        covariance=found.covariance,
    )


@dataclass(frozen=True)
class SampleSize:
    """A re-estimated sample size in all (two equal arms): `needed` by the variance, `total` after the restriction."""

    variance: float
    needed: int
    total: int
    power_at_planned: float
    method: str
    warnings: tuple[str, ...]


def one_sample_variance(variance: float, *, n: int, planning_effect: float) -> float:
    """Kieser and Friede's adjusted one-sample variance: less the share that the planning effect would cause.

    Only the effect of the protocol may be used, never an estimate. Not below zero.
    """
    return max(variance - n / (4.0 * (n - 1.0)) * planning_effect**2, 0.0)


def power(total: float, *, variance: float, effect: float, alpha: float) -> float:
    """Power of the two-sided two-sample t test with total / 2 subjects per arm (noncentral t)."""
    if variance == 0.0:
        return 1.0
    freedom = total - 2.0
    away = abs(effect) / np.sqrt(variance) * np.sqrt(total) / 2.0
    limit = stdtrit(freedom, 1.0 - alpha / 2.0)
    other_side = nctdtr(freedom, away, -limit)  # scipy has no number where it is far below rounding
    return float(1.0 - nctdtr(freedom, away, limit) + (0.0 if np.isnan(other_side) else other_side))


def required_total(*, variance: float, effect: float, alpha: float, power_wanted: float) -> int:
    """The smallest even total that reaches the power. NotEstimable for no effect, impossible power, absurd sizes."""
    if effect == 0.0 or not 0.0 < alpha < 1.0 or not alpha < power_wanted < 1.0:
        raise NotEstimable("A sample size needs an effect other than 0 and alpha < power < 1.")
    if not 0.0 <= variance < np.inf or not np.isfinite(effect):
        raise NotEstimable(f"Variance {variance:g} and effect {effect:g}: both are finite, no variance is below 0.")
    if np.sqrt(variance) > MOST_SD_PER_EFFECT * abs(effect):
        raise NotEstimable(
            f"An effect of {effect:g} with a standard deviation of {np.sqrt(variance):g} wants more than a million "
            "subjects: no trial can show it."
        )
    low, high = 4, 8
    while power(high, variance=variance, effect=effect, alpha=alpha) < power_wanted:
        low, high = high, 2 * high
    while high - low > 2:
        middle = (low + high) // 4 * 2
        enough = power(middle, variance=variance, effect=effect, alpha=alpha) >= power_wanted
        low, high = (low, middle) if enough else (middle, high)
    return low if power(low, variance=variance, effect=effect, alpha=alpha) >= power_wanted else high


def reestimate_sample_size(
    pooled: PooledVariance,
    *,
    planning_effect: float,
    alpha: float,
    power_wanted: float,
    planned: int,
    maximum: int,
    adjusted: bool,
    retention: float,
) -> SampleSize:
    """Blinded re-estimation of the total, Kieser and Friede, restricted to [planned, maximum] (METHODS 13.2).

    planning_effect: from the protocol. adjusted: take the planning effect out of the variance. retention: the share of
    subjects expected to be seen at the visit; the needed number is divided by it.
    """
    if not 0.0 < retention <= 1.0 or planned > maximum:
        raise NotEstimable("Retention lies in (0, 1] and the planned size is not above the maximum.")
    variance = pooled.variance
    if adjusted:
        variance = one_sample_variance(variance, n=pooled.n, planning_effect=planning_effect)
    seen = required_total(variance=variance, effect=planning_effect, alpha=alpha, power_wanted=power_wanted)
    needed = 2 * int(np.ceil(round(seen / retention / 2.0, 9)))
    total = min(max(planned, needed), maximum)
    notes = list(pooled.warnings)
    if needed > maximum:
        notes.append(f"{needed} subjects are needed, more than the maximum of {maximum}.")
    return SampleSize(
        variance=variance,
        needed=needed,
        total=total,
        power_at_planned=power(planned * retention, variance=variance, effect=planning_effect, alpha=alpha),
        method=f"blinded re-estimation (Kieser-Friede, {'adjusted' if adjusted else 'unadjusted'}), {pooled.method}",
        warnings=tuple(notes),
    )
