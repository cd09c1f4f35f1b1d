"""The ways to analyse a simulated trial whose behaviour is to be known (METHODS 14.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.stats.allocations import reference_set
from analysis.stats.covariance import FALLBACK
from analysis.stats.design_matrix import DesignError
from analysis.stats.kenward_roger import adjusted_covariance, information
from analysis.stats.mmrm import first_converged, fit_arrays
from analysis.stats.rerandomisation import rerandomise_ancova, rerandomise_mmrm
from analysis.stats.results import NotEstimable
from analysis.stats.satterthwaite import satterthwaite_df
from analysis.stats.simulation import Trial

DRAWS = 2000  # allocations where a list has more than the limit
LIMIT = 200_000


@dataclass(frozen=True)
class Verdict:
    """What one analysis says of one trial; NaN where it says nothing. left_first: not the first covariance."""

    estimate: float
    se: float
    low: float
    high: float
    p: float
    left_first: bool


NOTHING = Verdict(*(float("nan"),) * 5, True)


def mmrm(trial: Trial, level: float, *, with_site: bool = True) -> Verdict:
    """The primary analysis: UN (else the fall-back list), REML, Kenward-Roger, arm by visit, baseline, site."""
    who, when = np.nonzero(trial.seen)
    visits = trial.seen.shape[1]
    by_visit = np.eye(visits)[when]
    x = np.column_stack([by_visit, _covariates(trial, with_site)[who], by_visit * trial.active[who][:, None]])
    y = trial.complete[who, when]
    for name in FALLBACK if visits > 1 else ("cs",):
        try:
            fit = fit_arrays(x, y, who, when, n_visits=visits, covariance=name, method="reml")
            if not fit.converged:
                continue
            known = information(fit, "kr")
        except (DesignError, ValueError, np.linalg.LinAlgError):
            continue
        row = np.linalg.solve(fit.r.T, np.eye(x.shape[1])[-1])
        df = satterthwaite_df(fit, known, row[None, :])[0]
        se = fit.scale * np.sqrt(row @ adjusted_covariance(fit, known) @ row)
        return _verdict(fit.beta[-1], se, df, level, name != FALLBACK[0] and visits > 1)
    return NOTHING


def mmrm_without_site(trial: Trial, level: float) -> Verdict:
    """The same without site in the model."""
    return mmrm(trial, level, with_site=False)


def ancova_observed(trial: Trial, level: float) -> Verdict:
    """ANCOVA of those seen at the last visit."""
    return _ancova(trial, trial.observed[:, -1], level)


def ancova_locf(trial: Trial, level: float) -> Verdict:
    """ANCOVA with the last observation carried forward, as the trial was published."""
    last = trial.seen.shape[1] - 1 - trial.seen[:, ::-1].argmax(axis=1)
    return _ancova(trial, trial.complete[np.arange(len(last)), last], level)


def ancova_complete(trial: Trial, level: float) -> Verdict:
    """ANCOVA of the outcomes nobody lost: what there was to know."""
    return _ancova(trial, trial.complete[:, -1], level)


def rerandomised_mmrm(trial: Trial, level: float) -> Verdict:
    """p by re-randomisation of the MMRM Wald statistic, conditional on the numbers per block; no interval."""
    visits = trial.scenario.visits
    last = {visit: float(place + 1) / len(visits) for place, visit in enumerate(visits)}

    def tested(covariance: str):
        return rerandomise_mmrm(
            trial.long(),
            _allocations(trial),
            subject="subject",
            visit="visit",
            response="change",
            fixed="baseline + visit" + (" + site" if _has_sites(trial) else ""),
            visits=visits,
            at=visits[-1],
            covariance=covariance,
            profile=last,
            level=None,
        )

    try:
        found, left = first_converged(tested)
    except (ValueError, np.linalg.LinAlgError):
        return NOTHING
    return Verdict(found.estimate, float("nan"), found.low, found.high, found.p, bool(left))


def rerandomised_ancova(trial: Trial, level: float) -> Verdict:
    """p by re-randomisation of the ANCOVA t of those seen at the last visit; no interval."""
    long = trial.long()
    try:
        found = rerandomise_ancova(
            long[long["visit"] == trial.scenario.visits[-1]],
            _allocations(trial),
            subject="subject",
            response="change",
            fixed="baseline" + (" + site" if _has_sites(trial) else ""),
            level=None,
        )
    except NotEstimable:
        return NOTHING
    return Verdict(found.estimate, float("nan"), found.low, found.high, found.p, False)


PLANS: dict[str, Callable[[Trial, float], Verdict]] = {
    plan.__name__: plan
    for plan in (
        mmrm,
        mmrm_without_site,
        ancova_observed,
        ancova_locf,
        ancova_complete,
        rerandomised_mmrm,
        rerandomised_ancova,
    )
}


def _has_sites(trial: Trial) -> bool:
    return len(trial.scenario.sites) > 1


def _allocations(trial: Trial):
    return reference_set(
        trial.allocation_list(),
        active="active",
        reference="reference",
        scheme="conditional",
        limit=LIMIT,
        draws=DRAWS,
        seed=0,
    )


def _covariates(trial: Trial, with_site: bool) -> np.ndarray:
    columns = [trial.baseline - trial.baseline.mean()]
    if with_site:
        sites = len(trial.scenario.sites)
        columns += [(trial.site == k) - (trial.site == sites - 1) * 1.0 for k in range(sites - 1)]
    return np.column_stack(columns)


def _ancova(trial: Trial, outcome: np.ndarray, level: float) -> Verdict:
    used = ~np.isnan(outcome)
    x = np.column_stack([np.ones(used.sum()), _covariates(trial, True)[used], trial.active[used]])
    df = len(x) - x.shape[1]
    if df < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return NOTHING
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ outcome[used]
    rss = float(((outcome[used] - x @ beta) ** 2).sum())
    return _verdict(beta[-1], np.sqrt(rss / df * bread[-1, -1]), df, level, False)


def _verdict(estimate, se, df, level, left_first) -> Verdict:
    if not se > 0:
        return NOTHING
    half = special.stdtrit(df, 0.5 + level / 2) * se
    p = 2 * special.stdtr(df, -abs(estimate) / se)
    return Verdict(float(estimate), float(se), float(estimate - half), float(estimate + half), float(p), left_first)
