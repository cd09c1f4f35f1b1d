"""Re-randomisation where every allocation has a mixed model of its own (METHODS 7.7).

Slower than `rerandomise_mmrm` by four orders of magnitude and seldom different: a check on it, shared out over workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from analysis.stats.allocations import ReferenceSet
from analysis.stats.design_matrix import DesignError
from analysis.stats.executor import Progress, chunks, compute
from analysis.stats.mmrm import NotConverged, fit_arrays
from analysis.stats.records import Records, records
from analysis.stats.reference_distribution import Rerandomisation, absent, described, over, places_of, provenance
from analysis.stats.rerandomisation import TIE
from analysis.stats.results import NAN

ALLOCATIONS_PER_JOB = 250  # allocations per job


def rerandomise_mmrm_refitted(
    data: pd.DataFrame,
    allocations: ReferenceSet,
    *,
    subject: str,
    visit: str,
    response: str,
    fixed: str,
    visits: Sequence,
    at: object,
    covariance: str,
    executor: Executor,
    progress: Progress | None = None,
) -> Rerandomisation:
    """p of the arm's t at visit `at`, the model with arm by visit fitted by REML under every allocation (METHODS 7.7).

    t is estimate over model-based standard error. A fit that does not converge counts as extreme. No interval: it would
    cost a set of fits for every shift. The statistic is not fixed, so the result is not called exact.
    """
    order = [*(v for v in visits if v != at), at]
    used = records(
        data[data[visit].isin(visits)], subject=subject, visit=visit, response=response, fixed=fixed, visits=order
    )
    places = places_of(pd.Series(used.subjects), allocations)
    observed = _t(used, places, allocations.observed, covariance, None)
    if observed is None:
        raise NotConverged(f"With the arms as they were given the {covariance} model does not converge.")
    estimate, value, sigma = observed
    jobs = [
        (used, places, allocations, covariance, sigma, *part) for part in chunks(allocations.count, ALLOCATIONS_PER_JOB)
    ]
    values = np.concatenate(compute(refit, jobs, executor=executor, progress=progress))
    extreme = np.abs(values) >= abs(value) * (1 - 1e4 * TIE)  # fits agree to 1e-8, not to the last digit
    weights = None if allocations.uniform else allocations.weights(0, allocations.count)
    if not allocations.exact:
        p = float((1 + np.count_nonzero(extreme)) / (1 + len(extreme)))
    else:
        p = float(np.average(extreme, weights=weights))
    failed = int(np.isinf(values).sum())
    return Rerandomisation(
        name=f"difference at {at}",
        estimate=float(estimate),
        low=NAN,
        high=NAN,
        statistic=float(value),
        p=p,
        level=NAN,
        n=len(used.subjects),
        left_out=absent(allocations, places),
        method=f"re-randomisation of the MMRM t at {at}, refitted ({fixed} + arm by visit, {covariance}); "
        + described(allocations, fixed=False),
        warnings=(f"{failed} fits did not converge and count as extreme.",) if failed else (),
        **over(values, weights),
        **provenance(allocations, p),
    )


def refit(used: Records, places, allocations: ReferenceSet, covariance, sigma, start: int, stop: int) -> np.ndarray:
    """t under allocations start to stop; infinite where the model does not converge."""
    found = [_t(used, places, row, covariance, sigma) for row in allocations.rows(start, stop)]
    return np.array([np.inf if one is None else one[1] for one in found])


def _t(used: Records, places, allocation, covariance, sigma) -> tuple[float, float, np.ndarray] | None:
    visits = len(used.visits)
    arm = np.eye(visits)[used.visit] * allocation[places][used.subject][:, None]
    try:
        fit = fit_arrays(
            np.column_stack([used.x, arm]),
            used.y,
            used.subject,
            used.visit,
            n_visits=visits,
            covariance=covariance,
            method="reml",
            start=sigma,
            visits=used.visits,
        )
    except (DesignError, np.linalg.LinAlgError):
        return None
    if not fit.converged:
        return None
    return fit.beta[-1], fit.beta[-1] / np.sqrt(fit.vcov[-1, -1]), fit.sigma
