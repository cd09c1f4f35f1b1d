"""Tests whose distribution is the randomisation itself, and their intervals by inversion (METHODS 7).

The outcomes stay as they are, missing ones too; the arms are given out anew in every way the list allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.allocations import ReferenceSet
from analysis.stats.armscores import ArmScores, at_allocation, effect_scores, over_allocations
from analysis.stats.design_matrix import design
from analysis.stats.executor import Progress
from analysis.stats.formula import formula
from analysis.stats.frame import is_level, one_row_each, require, singular_is_refused
from analysis.stats.mmrm import ArrayFit, NotConverged, fit_arrays
from analysis.stats.records import records
from analysis.stats.reference_distribution import Rerandomisation, absent, described, over, places_of, provenance
from analysis.stats.results import NAN, NotEstimable

TIE = 1e-11  # relative: statistics nearer than this are the same number, computed in another order
BISECTED = 1e-9  # the end of an interval, in standard deviations of the estimate
SETTLED = 1e-5  # the same where each shift has its own covariance, relative to the interval's half


def rerandomise_shift(
    scores: pd.DataFrame,
    allocations: ReferenceSet,
    *,
    subject: str,
    response: str,
    level: float | None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Rerandomisation:
    """The difference in means, centred at its expectation over the reference set (METHODS 7.3).

    `scores` has one row per subject. Equal to coin::oneway_test(response ~ arm | block, exact("shift")). Allocations
    drawn at random are shared out over the executor (7.6).
    """
    used, places, left_out = _one_each(scores, allocations, subject, response)
    return _linear_test(
        "difference in means",
        used[response].to_numpy(float),
        np.ones((len(used), 1)),
        places,
        allocations,
        level,
        left_out,
        centred=True,
        studentised=False,
        method="re-randomisation of the difference in means",
        executor=executor,
        progress=progress,
    )


def rerandomise_ancova(
    scores: pd.DataFrame,
    allocations: ReferenceSet,
    *,
    subject: str,
    response: str,
    fixed: str,
    level: float | None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Rerandomisation:
    """The t of the arm in an analysis of covariance; `fixed` is the model without the arm (METHODS 7.3)."""
    used, places, left_out = _one_each(scores, allocations, subject, response, *formula(fixed).variables)
    _, columns = design(used, fixed, reference={}, order={})
    return _linear_test(
        f"adjusted difference ({fixed})",
        used[response].to_numpy(float),
        columns,
        places,
        allocations,
        level,
        left_out,
        centred=False,
        studentised=True,
        method=f"re-randomisation of the ANCOVA t ({fixed})",
        executor=executor,
        progress=progress,
    )


def rerandomise_mmrm(
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
    profile: Mapping,
    level: float | None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Rerandomisation:
    """The Wald statistic of the arm at visit `at`, by generalised least squares (METHODS 7.4).

    `data`: one row per subject and visit. `fixed`: the model without the arm, to which arm by visit is added. The
    covariance comes from the arm-free fit by REML: it knows no arm, so it is the same under every allocation.
    `profile`: the effect at each visit, where `at` has 1, that the interval shifts; each shift is fitted anew.
    """
    if level is not None:
        is_level(level)
    order = [*(v for v in visits if v != at), at]
    if order[:-1] == list(visits) or set(profile) != set(visits) or profile[at] != 1:
        raise NotEstimable(f"The visits must hold {at}, and the profile one effect for each of them, 1 at {at}.")
    require(data, [subject, visit, response])
    used = records(
        data[data[visit].isin(visits)], subject=subject, visit=visit, response=response, fixed=fixed, visits=order
    )
    places = places_of(pd.Series(used.subjects), allocations)[used.subject]
    shifted = np.array([profile[v] for v in order])[used.visit] * allocations.observed[places]
    responses = np.stack([used.y, shifted])
    fits: dict[float, ArrayFit] = {}

    def statistics(shift: float) -> _Line:
        near = fits[min(fits, key=lambda known: abs(known - shift))] if fits else None
        with singular_is_refused("The model without the arm"):
            fits[shift] = fit_arrays(
                used.x,
                used.y - shift * shifted,
                used.subject,
                used.visit,
                n_visits=len(order),
                covariance=covariance,
                method="reml",
                start=near.sigma if near else None,
                grouped=near.patterns if near else None,
                visits=order,
            )
        if not fits[shift].converged:
            raise NotConverged(
                f"The {covariance.upper()} fit without the arm did not converge at a shift of {shift:g}; take a "
                "simpler covariance, or the fall-back list."
            )
        effects = effect_scores(responses, used.x, places, used.visit, fits[shift].sigma, len(allocations.subjects))
        return _line(effects, allocations, centred=False, studentised=True, executor=executor, progress=progress)

    first = statistics(0.0)
    return _result(
        first,
        statistics,
        allocations,
        level,
        name=f"difference at {at}",
        n=len(used.subjects),
        left_out=absent(allocations, places),
        method=f"re-randomisation of the MMRM Wald statistic at {at} ({fixed} + arm by visit, {covariance} of the "
        "arm-free fit)",
    )


@dataclass(frozen=True)
class _Line:
    """The statistic at each allocation is value - shift * slope; the same two numbers for the allocation observed.

    weights: None where all allocations weigh the same. inestimable: probability of those without an estimate.
    middle: what was taken off to centre the values.
    """

    values: np.ndarray
    slopes: np.ndarray
    value: float
    slope: float
    weights: np.ndarray | None
    exact: bool
    inestimable: float
    middle: float

    @property
    def estimate(self) -> float:
        """The shift that the observed allocation sees no effect beyond."""
        return self.value / self.slope

    def p(self, shift: float) -> float:
        """The two-sided p of the hypothesis that the effect is `shift`; the draw itself counts in Monte Carlo."""
        seen = abs(self.value - shift * self.slope)
        spread = np.abs(self.values - shift * self.slopes)
        extreme = spread >= seen - TIE * max(seen, float(spread[np.isfinite(spread)].max(initial=0.0)))
        if not self.exact:
            return (1 + np.count_nonzero(extreme)) / (1 + len(extreme))
        if self.weights is None:
            return np.count_nonzero(extreme) / len(extreme)
        return min(1.0, float(self.weights[extreme].sum()))


AtShift = Callable[[float], _Line]  # the statistics with the covariance of a shift; None where all shifts share one


def _line(
    effects: ArmScores, allocations: ReferenceSet, *, centred: bool, studentised: bool, executor, progress
) -> _Line:
    score, information = over_allocations(effects, allocations, executor=executor, progress=progress)
    seen_score, seen_information = at_allocation(effects, allocations.observed)
    if seen_information <= 0:
        raise NotEstimable("With the arms as they were given the effect cannot be estimated: one arm has no outcome.")
    power = 0.5 if studentised else 1.0
    # An allocation that leaves the effect inestimable counts as extreme: that can only make the test milder.
    estimable = information > 0
    scale = np.where(estimable, information, 1.0) ** power
    values = np.where(estimable, score[0] / scale, np.inf)
    slopes = np.where(estimable, score[1] / scale, 0.0)
    weights = None if allocations.uniform else allocations.weights(0, allocations.count)
    value, slope = seen_score / seen_information**power
    if not np.isfinite(value) or not slope:
        raise NotEstimable("With the arms as they were given the effect cannot be told from the other terms.")
    middle = 0.0
    if centred:
        middle, tilt = _expectation(effects, allocations, information, values, slopes, weights)
        values, slopes, value, slope = values - middle, slopes - tilt, value - middle, slope - tilt
    if abs(slope) <= 1e-12 * max(abs(seen_score[1]) / seen_information**power, 1e-300):
        raise NotEstimable(
            "The list allows these subjects one allocation only, since no block holds both arms: there is nothing to "
            "compare it with. Say within which stratum blocks are told apart, or take the unconditional set."
        )
    lost = float(np.mean(~estimable) if weights is None else weights[~estimable].sum())
    return _Line(values, slopes, float(value), float(slope), weights, allocations.exact, lost, float(middle))


def _expectation(effects, allocations, information, values, slopes, weights):
    """The expectations of values and slopes over the reference set."""
    if np.ptp(information) <= 1e-12 * information.max():
        # Linear in the allocation. A sampled mean would split the ties of the two tails, which whole scores have.
        return effects.scores[:, 0, :] @ allocations.expected / information[0]
    kept = information > 0
    if weights is not None:
        weights = weights[kept]
    return np.average(values[kept], weights=weights), np.average(slopes[kept], weights=weights)


def _linear_test(
    name, outcome, columns, places, allocations, level, left_out, *, centred, studentised, method, executor, progress
):
    if level is not None:
        is_level(level)
    n = len(allocations.subjects)
    responses = np.stack([outcome, allocations.observed[places]])
    # One visit with variance 1; the scale of the statistic does not move its p, so t takes its own below.
    effects = effect_scores(responses, columns, places, np.zeros(len(places), dtype=int), np.eye(1), n)
    line = _line(effects, allocations, centred=centred, studentised=studentised, executor=executor, progress=progress)
    if studentised:
        if len(places) <= columns.shape[1] + 1:
            raise NotEstimable(
                f"{len(places)} subjects with an outcome cannot carry {columns.shape[1] + 1} coefficients and a "
                "standard error: take fewer covariates or factors."
            )
        q, _ = np.linalg.qr(columns)
        return _result(
            line,
            None,
            allocations,
            level,
            name=name,
            n=len(places),
            left_out=left_out,
            method=method,
            rss=float(outcome @ outcome - (q.T @ outcome) @ (q.T @ outcome)),
            df=len(places) - columns.shape[1] - 1,
        )
    return _result(line, None, allocations, level, name=name, n=len(places), left_out=left_out, method=method)


def _result(first: _Line, at_shift: AtShift | None, allocations, level, *, method, rss=None, df=None, **kept):
    p = float(first.p(0.0))
    low = high = NAN
    if level is not None:
        low, high = (_bound(first, at_shift, 1 - level, side) for side in (-1, 1))
    values, value = first.values + first.middle, first.value + first.middle
    if rss is not None:  # the t of the ANCOVA: it rises with the projection, so p is the same
        values, value = (z / np.sqrt(np.maximum(rss - z**2, 1e-300) / df) for z in (values, np.array(value)))
    notes = []
    if first.inestimable:
        notes.append(
            f"Under {100 * first.inestimable:.2g} % of the allocations there is no estimate; they count as extreme."
        )
    if np.isinf(low) or np.isinf(high):
        notes.append(f"No shift is refused on one side: the set is too small for an interval of {100 * level:g} %.")
    return Rerandomisation(
        estimate=first.estimate,
        low=float(low),
        high=float(high),
        statistic=float(value),
        p=p,
        level=NAN if level is None else level,
        method=f"{method}; {described(allocations, fixed=True)}",
        warnings=tuple(notes),
        **over(values, first.weights),
        **provenance(allocations, p),
        **kept,
    )


def _bound(first: _Line, at_shift: AtShift | None, alpha: float, side: int) -> float:
    """The shift on one side of the estimate where p falls to alpha (METHODS 7.5).

    With a covariance held, p at every shift costs nothing; so hold it, find the end, take the covariance of that shift
    and find the end again. It stays where p under the shift's own covariance is alpha.
    """
    line, bound = first, np.inf
    for _ in range(30):
        before, bound = bound, _end(line, alpha, side, BISECTED if at_shift is None else 0.1 * SETTLED)
        if at_shift is None or not np.isfinite(bound) or abs(bound - before) <= SETTLED * abs(bound - line.estimate):
            break
        line = at_shift(bound)
    return bound


def _end(line: _Line, alpha: float, side: int, precision: float) -> float:
    """Where p of a straight line of statistics steps to alpha or below, by bisection from the estimate (p = 1)."""
    width = line.values[np.isfinite(line.values)].std() / abs(line.slope) or abs(line.estimate) or 1.0
    inside, outside = 0.0, width
    for _ in range(60):
        if line.p(line.estimate + side * outside) <= alpha:
            break
        inside, outside = outside, 2 * outside
    else:
        return side * np.inf
    while outside - inside > precision * width:
        middle = 0.5 * (inside + outside)
        if middle in (inside, outside):  # an end so far out that no number lies between any more
            break
        if line.p(line.estimate + side * middle) <= alpha:
            outside = middle
        else:
            inside = middle
    return line.estimate + side * inside


def _one_each(scores, allocations, subject, *columns):
    """Rows with a value in each column, their places in the set, and a sentence for who is on the list without one."""
    require(scores, [subject, *columns])
    used = scores[scores[list(columns)].notna().all(axis=1)]
    if used.empty:
        raise NotEstimable(f"Nobody has a value of {' and '.join(columns)}: there is nothing to compare.")
    one_row_each(used, subject)
    places = places_of(used[subject], allocations)
    return used, places, absent(allocations, places)
