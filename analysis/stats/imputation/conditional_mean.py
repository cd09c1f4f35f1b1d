"""Conditional-mean imputation with the jackknife: the same number on every run (METHODS 8.3, 8.4).

Wolbers et al. 2022 (doi:10.1002/pst.2234). The mixed model is fitted once to everyone and once without each subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from analysis.stats.crossproducts import Crossproducts, triangle
from analysis.stats.executor import Progress, chunks, compute
from analysis.stats.frame import is_level, singular_is_refused
from analysis.stats.imputation.panel import ARM, Panel
from analysis.stats.imputation.strategies import ASSUMPTIONS, fill, means, refuse_unknown
from analysis.stats.linear import z_estimate
from analysis.stats.mmrm import ArrayFit, NotConverged, fit_arrays
from analysis.stats.optimise import newton
from analysis.stats.results import Estimate, NotEstimable

SUBJECTS_PER_JOB = 64  # subjects left out per job
FEW = 10  # subjects per visit under which the jackknife was seen to overstate by about a tenth (METHODS 8.3)

TWO_ERRORS = (
    "Two standard errors, because they answer two questions. The frequentist one (jackknife of the whole procedure) is "
    "how much this estimate would vary from trial to trial if the assumption held; a reference-based assumption lends "
    "the active arm the reference arm's data, so it can get smaller the more is missing. The information-anchored one "
    "(jackknife under MAR with the shift from MAR to the assumption held fixed; Lu 2021, Cro 2019) keeps the share of "
    "information lost to missing data as under MAR, as Rubin's rules nearly do; it is larger and its test is milder."
)


@dataclass(frozen=True, kw_only=True)
class ReferenceBased:
    """The difference between arms by visit under one assumption, with both standard errors and why there are two."""

    strategy: str
    assumption: str
    visits: tuple
    frequentist: tuple[Estimate, ...]
    information_anchored: tuple[Estimate, ...]
    explanation: str
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]

    def at(self, visit) -> tuple[Estimate, Estimate]:
        """The two estimates at a visit: frequentist, information-anchored."""
        place = self.visits.index(visit)
        return self.frequentist[place], self.information_anchored[place]


@dataclass(frozen=True)
class Model:
    """An imputation model: coefficients (q, T), sigma (T, T)."""

    coefficients: np.ndarray
    sigma: np.ndarray


@dataclass(frozen=True)
class Replicates(Model):
    """Imputation models of the panel: number 0 with everyone, number 1 + i without subject i.

    coefficients (1 + n, q, T), sigma (1 + n, T, T). Every one of the fits converged.
    """


def conditional_mean(
    panel: Panel,
    *,
    strategies: Sequence[str],
    covariance: str,
    level: float,
    executor: Executor,
    progress: Progress | None = None,
    model: Replicates | None = None,
) -> dict[str, ReferenceBased]:
    """The difference between arms at every visit under each strategy (METHODS 8.3 and, information-anchored, 8.4).

    The imputation model is the panel's design by visit; the analysis is ANCOVA with the same design at each visit.
    Intervals and p are by the normal distribution. model: the `replicates` of the panel, where they are at hand.
    """
    refuse_unknown(strategies)
    is_level(level)
    found, models = {}, {} if model is None else {True: model}
    rows = contrasts(panel.design, panel.subjects)
    before = panel.without_affected()
    _still_seen(before, strategies)
    same = np.array_equal(before.missing, panel.missing)  # nothing was seen after an event: one model serves all
    for strategy in strategies:
        sees_all = same or strategy == "MAR"
        if sees_all not in models:
            models[sees_all] = replicates(panel if sees_all else before, covariance, executor, progress)
        model = models[sees_all]
        outcomes = imputed(panel, model, strategy)
        under_mar = outcomes if strategy == "MAR" else imputed(panel, model, "MAR")
        anchored = under_mar + (outcomes[0] - under_mar[0])
        found[strategy] = _result(panel, strategy, rows, outcomes, anchored, model, covariance, level)
    return found


def arm_weights(design: np.ndarray, copies: np.ndarray | None = None) -> np.ndarray:
    """Weights (n,) with which ANCOVA makes the arm's effect from outcomes; copies (n,): how often a subject counts.

    NotEstimable where the subjects that count leave a column of the design without meaning.
    """
    weighted = design if copies is None else design * copies[:, None]
    left = design.T @ weighted
    size = np.sqrt(np.maximum(np.diag(left), 1e-300))
    if not np.linalg.cond(left / np.outer(size, size)) < 1e12:
        raise NotEstimable(
            f"{int(np.count_nonzero(weighted[:, 0]))} subjects cannot carry the analysis of the imputed outcomes: "
            "an arm, a level of a factor or a covariate does not vary among them. Take fewer factors or covariates."
        )
    with singular_is_refused("The analysis of the imputed outcomes"):
        return np.linalg.solve(left, weighted.T)[ARM]


def contrasts(design: np.ndarray, subjects: Sequence | None = None) -> np.ndarray:
    """`arm_weights` with everyone and without each subject in turn: (1 + n, n); row 1 + i leaves subject i out."""
    n = len(design)
    rows = np.zeros((1 + n, n))
    rows[0] = arm_weights(design)
    for i in range(n):
        try:
            rows[1 + i] = arm_weights(design, (np.arange(n) != i).astype(float))
        except NotEstimable:
            who = f"subject {subjects[i]}" if subjects is not None else f"subject number {i + 1}"
            raise NotEstimable(
                f"Without {who} the analysis has no answer, so the jackknife has no standard error: it alone stands "
                "for an arm or a level of a factor. Take fewer factors, or multiple imputation."
            ) from None
    return rows


def jackknife_error(estimates: np.ndarray) -> np.ndarray:
    """Standard error from leave-one-out estimates (n, ...)."""
    n = len(estimates)
    return np.sqrt((n - 1) / n * ((estimates - estimates.mean(axis=0)) ** 2).sum(axis=0))


def imputed(panel: Panel, model: Model, strategy: str) -> np.ndarray:
    """Outcomes (1 + n, n, T) of each replicate, missing ones filled by their conditional means."""
    with singular_is_refused("The imputation"):
        return fill(panel, means(panel, model.coefficients, strategy), model.sigma, None)


def replicates(panel: Panel, covariance: str, executor: Executor, progress: Progress | None) -> Replicates:
    """The mixed model fitted to everyone and without each subject in turn, by REML.

    NotConverged where one of the fits did not converge: a number is never made of a search cut short.
    """
    n, q = panel.design.shape
    x, y, who, _ = _long(panel)
    whole = model_of(panel, covariance)
    jobs = [(whole, x, y, who, start, stop) for start, stop in chunks(n, SUBJECTS_PER_JOB)]
    with singular_is_refused("The imputation model without one subject"):
        parts = compute(leave_out, jobs, executor=executor, progress=progress)
    ended = np.concatenate([part[2] for part in parts])
    if not ended.all():
        who = panel.subjects[int(np.argmin(ended))]
        raise NotConverged(
            f"{int((~ended).sum())} of the {n} fits without one subject, such as that without {who}, did not converge "
            f"with covariance {covariance}, so the jackknife has no standard error; choose a simpler covariance."
        )
    return Replicates(
        np.concatenate([whole.beta[None], *(part[0] for part in parts)]).reshape(1 + n, q, len(panel.visits)),
        np.concatenate([whole.sigma[None], *(part[1] for part in parts)]),
    )


def model_of(panel: Panel, covariance: str, *, start: np.ndarray | None = None) -> ArrayFit:
    """The imputation model of the panel by REML: its design by visit; NotEstimable where it has no fit."""
    x, y, who, when = _long(panel)
    with singular_is_refused("The imputation model"):
        whole = fit_arrays(
            x,
            y,
            who,
            when,
            n_visits=len(panel.visits),
            covariance=covariance,
            method="reml",
            visits=panel.visits,
            start=start,
        )
    if not whole.converged:
        raise NotConverged(
            f"The imputation model with covariance {covariance} did not converge; choose a simpler covariance."
        )
    return whole


def _still_seen(before: Panel, strategies: Sequence[str]) -> None:
    """NotEstimable where the model of the time before the event has nobody at a visit."""
    empty = [str(visit) for visit, gone in zip(before.visits, before.unseen, strict=True) if gone]
    if empty and any(strategy != "MAR" for strategy in strategies):
        raise NotEstimable(
            f"At {', '.join(empty)} nobody was seen but active subjects after their event: a reference-based "
            "assumption has nothing to borrow there. Take MAR."
        )


def _long(panel: Panel) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Design by visit (records, q T), outcome, subject and visit of each record."""
    who, when = np.nonzero(~panel.missing)
    x = np.zeros((len(who), panel.design.shape[1], len(panel.visits)))
    x[np.arange(len(who)), :, when] = panel.design[who]
    return x.reshape(len(who), -1), panel.y[who, when], who, when


def leave_out(whole: ArrayFit, x, y, subject, start: int, stop: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients (k, p), Sigma (k, T, T) and convergence (k,) without each of the subjects start to stop.

    Sums of products lose one subject's share; Newton's method starts at the optimum with everyone.
    """
    order = whole.patterns.order
    q = np.linalg.solve(whole.r.T, x[order].T).T
    origin = q.T @ y[order]
    z = np.column_stack([q, (y[order] - q @ origin) / whole.scale])
    subject = subject[order]
    count, visits = stop - start, whole.cross.n_visits
    beta, sigma = np.empty((count, x.shape[1])), np.empty((count, visits, visits))
    converged = np.zeros(count, dtype=bool)
    for k, i in enumerate(range(start, stop)):
        mine = np.flatnonzero(subject == i)
        if not len(mine):  # the event came before anything the model may see
            beta[k], sigma[k], converged[k] = whole.beta, whole.sigma, True
            continue
        cross = _less(whole.cross, z, mine, whole.patterns.starts)
        best = newton(cross, whole.structure, whole.optimum.theta, reml=whole.reml)
        beta[k] = np.linalg.solve(whole.r, origin + whole.scale * best.point.beta)
        sigma[k], converged[k] = best.sigma * whole.scale**2, best.converged
    return beta, sigma, converged


def _less(cross: Crossproducts, z: np.ndarray, mine: np.ndarray, starts: np.ndarray) -> Crossproducts:
    pattern = int(np.searchsorted(starts, mine[0], side="right")) - 1
    rows, upper = cross.layout.rows, triangle(cross.width)
    here = np.flatnonzero(rows[0] == pattern)
    place = np.cumsum(cross.seen[pattern]) - 1
    left, right = z[mine][place[rows[1, here]]], z[mine][place[rows[2, here]]]
    a, b = upper.rows, upper.cols
    products, counts = cross.products.copy(), cross.counts.copy()
    products[here] -= 0.5 * (left[:, a] * right[:, b] + left[:, b] * right[:, a])
    counts[pattern] -= 1
    return replace(cross, products=products, counts=counts)


def _result(panel, strategy, rows, outcomes, anchored, model, covariance, level) -> ReferenceBased:
    n = len(panel.subjects)
    method = f"conditional-mean imputation, {strategy}, {covariance} by REML; ANCOVA by visit; jackknife, {n} subjects"
    warnings = list(panel.warnings)
    if n < FEW * len(panel.visits):
        warnings.append(
            f"{n} subjects are few for {len(panel.visits)} visits: the jackknife overstates its error, which makes "
            "intervals too wide, not too narrow. Read multiple imputation beside it."
        )

    def estimates(completed, kind):
        values = np.einsum("rn,rnt->rt", rows, completed)
        errors = jackknife_error(values[1:])
        return tuple(
            z_estimate(
                f"difference at {visit}, {strategy}, {kind}",
                float(values[0, t]),
                float(errors[t]),
                level=level,
                n=n,
                left_out=panel.left_out,
                method=f"{method}; {kind} standard error",
                warnings=warnings,
            )
            for t, visit in enumerate(panel.visits)
        )

    return ReferenceBased(
        strategy=strategy,
        assumption=ASSUMPTIONS[strategy],
        visits=panel.visits,
        frequentist=estimates(outcomes, "frequentist"),
        information_anchored=estimates(anchored, "information-anchored"),
        explanation=TWO_ERRORS,
        n=n,
        left_out=panel.left_out,
        method=method,
        warnings=tuple(warnings),
    )
