"""Score and information of the arm's effect under every allocation, without fitting a model again (METHODS 7.4)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from analysis.stats.allocations import ReferenceSet
from analysis.stats.executor import HereAndNow, Progress, chunks, compute
from analysis.stats.results import NotEstimable

AT_ONCE = 8192  # allocations worked on together: their arrays stay in the cache
SINGULAR = 1e-10


@dataclass(frozen=True)
class ArmScores:
    """What outcomes and arm-free design say about effects of an arm that is still to be filled in.

    For allocation a (N zeros and ones) and visits s, t the score is scores[v, t] @ a and the information
    a @ Q[s, t] @ a with Q[s, t] = diag(own[s, t]) - roots[s] roots[t]'. The visit tested is the last.

    scores: (V, T, N), V responses. own: (T, T, N). roots: (T, N, p). A subject without outcome has zeros.
    """

    scores: np.ndarray
    own: np.ndarray
    roots: np.ndarray

    def select(self, subjects: slice) -> ArmScores:
        """The same for some of the subjects."""
        return ArmScores(self.scores[:, :, subjects], self.own[:, :, subjects], self.roots[:, subjects])


def effect_scores(
    responses: np.ndarray, design: np.ndarray, subject: np.ndarray, visit: np.ndarray, sigma: np.ndarray, n: int
) -> ArmScores:
    """From records: responses (V, R), arm-free design (R, p), subject and visit codes (R,), Sigma (T, T).

    Subject codes run from 0 to n - 1 in the order of the reference set. The visit tested must have the last code.
    NotEstimable where Sigma is not positive definite or the design's columns cannot be told apart.
    """
    visits = len(sigma)
    wide = np.zeros((n, visits, design.shape[1] + len(responses)))
    seen = np.zeros((n, visits), dtype=bool)
    wide[subject, visit, : design.shape[1]] = design
    wide[subject, visit, design.shape[1] :] = responses.T
    seen[subject, visit] = True
    kinds, which = np.unique(seen, axis=0, return_inverse=True)
    inverses = np.zeros((len(kinds), visits, visits))
    for inverse, kind in zip(inverses, kinds, strict=True):
        inverse[np.ix_(kind, kind)] = _inverse(sigma[np.ix_(kind, kind)])
    precision = inverses[which.ravel()]
    weighted = precision @ wide
    p = design.shape[1]
    information = np.einsum("ntp,ntq->pq", wide[:, :, :p], weighted)
    size = np.sqrt(np.maximum(np.diag(information)[:p], 1e-300))
    if p and not np.linalg.cond(information[:p, :p] / np.outer(size, size)) < 1e13:
        raise NotEstimable(
            f"{len(subject)} records cannot tell the {p} columns of the model without the arm apart: take fewer terms."
        )
    root = np.linalg.cholesky(information[:p, :p])
    half = np.linalg.solve(root, weighted[:, :, :p].reshape(-1, p).T).T.reshape(n, visits, p)
    projected = np.linalg.solve(root, information[:p, p:])  # (p, V)
    scores = weighted[:, :, p:] - half @ projected
    return ArmScores(scores.transpose(2, 1, 0), precision.transpose(1, 2, 0), half.transpose(1, 0, 2))


def over_allocations(
    effects: ArmScores, allocations: ReferenceSet, *, executor: Executor | None = None, progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Score (V, m) and information (m,) at the visit tested, adjusted for the arm's effects at the other visits.

    Their ratio is the estimate of generalised least squares, score / sqrt(information) the Wald statistic.
    Information is 0 where an allocation leaves the effect inestimable. Allocations drawn at random are shared out over
    the executor; an enumerated set is a product of two small ones and is sooner done here.
    """
    if allocations.drawn is not None:
        jobs = [(effects, allocations.drawn[start:stop]) for start, stop in chunks(allocations.count, AT_ONCE)]
        parts = compute(of_rows, jobs, executor=executor or HereAndNow(), progress=progress)
        return np.concatenate([score for score, _ in parts], axis=1), np.concatenate([info for _, info in parts])
    scores = np.empty((len(effects.scores), allocations.count))
    information = np.empty(allocations.count)
    for start, stop, score, info in _by_halves(effects, allocations):
        scores[:, start:stop], information[start:stop] = _adjusted(score, info)
    return scores, information


def of_rows(effects: ArmScores, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`over_allocations` of some allocations (m, N)."""
    return _adjusted(*_forms(effects, rows.astype(float)))


def at_allocation(effects: ArmScores, allocation: np.ndarray) -> tuple[np.ndarray, float]:
    """The same for one allocation (N,): scores (V,) and information."""
    score, info = _forms(effects, allocation[None, :])
    scores, information = _adjusted(score, info)
    return scores[:, 0], float(information[0])


def _inverse(sigma: np.ndarray) -> np.ndarray:
    try:
        np.linalg.cholesky(sigma)
        return np.linalg.inv(sigma)
    except np.linalg.LinAlgError:
        raise NotEstimable(
            "The covariance of the visits is not positive definite: some visit follows from the others. Leave a visit "
            "out, or take a simpler covariance."
        ) from None


def _forms(effects, rows):
    """Scores (V, T, m) and information [(s, t) -> (m,)] of some allocations (m, N)."""
    visits = len(effects.roots)
    score = effects.scores @ rows.T
    own = effects.own @ rows.T
    roots = [rows @ root for root in effects.roots]
    info = {
        (s, t): own[s, t] - np.einsum("mp,mp->m", roots[s], roots[t]) for s in range(visits) for t in range(s, visits)
    }
    return score, info


def _by_halves(effects: ArmScores, allocations: ReferenceSet) -> Iterator:
    # Sums over pairs of subjects split into first x first, second x second and a product of two small matrices.
    visits = len(effects.roots)
    first, second = allocations.halves()
    cut = len(first.subjects)
    rows_1, rows_2 = first.rows(0, first.count), second.rows(0, second.count)
    score_1, info_1 = _forms(effects.select(slice(0, cut)), rows_1)
    score_2, info_2 = _forms(effects.select(slice(cut, None)), rows_2)
    roots_1 = [rows_1 @ root[:cut] for root in effects.roots]
    roots_2 = [rows_2 @ root[cut:] for root in effects.roots]
    right = {
        (s, t): np.ascontiguousarray(np.concatenate([roots_2[t], roots_2[s]], axis=1).T)
        for s in range(visits)
        for t in range(s, visits)
    }
    at_once = max(1, AT_ONCE // second.count)
    for i in range(0, first.count, at_once):
        j = min(i + at_once, first.count)
        score = score_1[:, :, i:j, None] + score_2[:, :, None, :]
        info = {}
        for (s, t), across in right.items():
            block = np.concatenate([roots_1[s][i:j], roots_1[t][i:j]], axis=1) @ across
            np.subtract(info_2[s, t], block, out=block)
            block += info_1[s, t][i:j, None]
            info[s, t] = block.ravel()
        yield i * second.count, j * second.count, score.reshape(*score.shape[:2], -1), info


def _adjusted(score, info):
    """Sweep the other visits out: Gaussian elimination of many small systems at once, the visit tested last."""
    visits = score.shape[1]
    score = score.copy()
    for k in range(visits - 1):
        pivot = info[k, k]
        usable = pivot > SINGULAR * max(float(pivot.max()), 1e-300)
        inverse = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=usable)
        for s in range(k + 1, visits):
            factor = info[k, s] * inverse
            for t in range(s, visits):
                info[s, t] -= factor * info[k, t]
            score[:, s] -= factor * score[:, k]
    information = info[visits - 1, visits - 1]
    information[information < SINGULAR * max(float(information.max()), 1e-300)] = 0.0
    return score[:, visits - 1], information
