"""Finding the optimum of the likelihood: modified Newton, or the path that SAS PROC MIXED takes (METHODS 6.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dposv, dpotrf

from analysis.stats.crossproducts import Crossproducts
from analysis.stats.grouped import Structure
from analysis.stats.likelihood import (
    Expansion,
    directional_products,
    elements,
    em_step,
    evaluate,
    pair_traces,
    second_moments,
)

MAX_ITERATIONS = 100
# A trial step may overflow; it is then refused. What is kept is checked.
QUIET = np.errstate(divide="ignore", over="ignore", under="ignore", invalid="ignore")
DECREMENT = 1e-16
# Below this decrement a step that gains little has met rounding, which is not failure.
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Optimum:
    """Where the search ended. history: -2 log likelihood (without constants) and criterion at each iteration."""

    theta: np.ndarray
    sigma: np.ndarray
    point: Expansion
    hessian: np.ndarray
    iterations: int
    decrement: float
    smallest_eigenvalue: float
    condition: float
    converged: bool
    history: tuple[tuple[float, float], ...]


def moment_start(cross: Crossproducts) -> np.ndarray:
    """Available-case covariance of the ordinary residuals, made well positive definite."""
    m, where = cross.n_visits, cross.layout
    total = cross.products[:, -1].take(where.places).sum(axis=0)
    pairs = np.tensordot(cross.counts, where.both, 1)
    sd = np.sqrt(np.maximum(total.diagonal() / pairs.diagonal(), 1e-8))
    scale = sd[:, None] * sd
    corr = total / (np.maximum(pairs, 1.0) * scale)
    np.minimum(np.maximum(corr, -0.98, out=corr), 0.98, out=corr)
    corr.flat[:: m + 1] = 1.0
    values, vectors = np.linalg.eigh(corr)
    if values[0] < 0.05:
        corr = (vectors * np.maximum(values, 0.05)) @ vectors.T
        own = np.sqrt(corr.diagonal())
        corr /= own[:, None] * own
    return corr * scale


@QUIET
def warmed_start(cross: Crossproducts, *, reml: bool) -> np.ndarray:
    """The moment start after two EM steps, continued as far as they promise (SQUAREM, Varadhan and Roland 2008).

    They save Newton one to three costlier steps.
    """
    first = moment_start(cross)
    once = em_step(cross, first, reml=reml)
    twice = em_step(cross, once, reml=reml)
    change = once - first
    bend = twice - once - change
    size = float((bend * bend).sum())
    if size > 0.0:
        length = np.sqrt(float((change * change).sum()) / size)
        further = first + 2.0 * length * change + length**2 * bend
        root, indefinite = dpotrf(further)
        ends = root.diagonal()
        if length > 1.0 and not indefinite and ends.min() > 1e-4 * ends.max():
            return further
    return twice


def mivque0(cross: Crossproducts, *, reml: bool) -> np.ndarray:
    """The MIVQUE0 estimate of an unstructured Sigma, SAS's start: quadratic forms of the ordinary residuals.

    For maximum likelihood SAS does not allow for the fixed effects that were fitted.
    """
    m, p = cross.n_visits, cross.width - 1
    identity = cross.layout.both * np.eye(m)
    system = pair_traces(identity, cross.counts[:, None, None] * identity)
    if reml:
        kernel = np.zeros((p + 1, p + 1))
        kernel[:p, :p] = np.eye(p)
        slopes = directional_products(cross, identity)[:, :p, :p].reshape(m * (m + 1) // 2, -1)
        system += slopes @ slopes.T - 2.0 * pair_traces(identity, second_moments(cross, kernel))
    kernel = np.zeros((p + 1, p + 1))
    kernel[p, p] = 1.0
    forms = second_moments(cross, kernel).sum(axis=0)
    c, d = elements(m)
    solved = np.linalg.solve(system, forms[c, d] * np.where(c == d, 1.0, 2.0))
    sigma = np.zeros((m, m))
    sigma[c, d] = sigma[d, c] = solved
    return sigma


@QUIET
def newton(cross: Crossproducts, structure: Structure, theta: np.ndarray, *, reml: bool) -> Optimum:
    """Newton with the absolute eigenvalues of the Hessian and backtracking, until the decrement is 1e-16."""
    point = evaluate(cross, structure.sigma(theta), reml=reml, derivatives=True)
    history: list[tuple[float, float]] = []
    converged, iteration = False, 0
    while True:
        jacobian, bend = structure.expansion(theta, point.gradient, point.matrix_gradient)
        gradient = jacobian @ point.gradient
        hessian = jacobian @ point.hessian @ jacobian.T + bend
        step = _newton_step(gradient, hessian)
        decrement = -float(gradient @ step)
        at_rounding = decrement < NEGLIGIBLE and bool(history) and decrement > 0.1 * history[-1][1]
        history.append((point.value, decrement))
        converged = decrement < DECREMENT or at_rounding
        if converged or iteration == MAX_ITERATIONS:
            break
        found = _line_search(cross, structure, theta, step, point.value, decrement, reml)
        if found is None and decrement < NEGLIGIBLE:
            # The gain of the likelihood is lost in rounding, the gradient is not: the last digits are still won.
            found = _whole_step(cross, structure, theta, step, decrement, reml)
            converged = found is None
        if found is None:
            break
        theta, point = found
        iteration += 1
    values = np.linalg.eigvalsh(hessian)
    positive = bool(values[0] > 0)
    condition = float(values[-1] / values[0]) if positive else np.inf
    return Optimum(
        theta,
        structure.sigma(theta),
        point,
        hessian,
        iteration,
        decrement,
        float(values[0]),
        condition,
        converged and positive,
        tuple(history),
    )


def _newton_step(gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    """The Newton step; where the Hessian is not positive definite, with the absolute values of its eigenvalues."""
    _, step, indefinite = dposv(hessian, gradient)
    if not indefinite:
        return -step
    values, vectors = np.linalg.eigh(hessian)
    size = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
    return -vectors @ ((vectors.T @ gradient) / size)


def _whole_step(
    cross: Crossproducts, structure: Structure, theta: np.ndarray, step: np.ndarray, decrement: float, reml: bool
) -> tuple[np.ndarray, Expansion] | None:
    """The step as it is, where it makes the decrement smaller; else None."""
    try:
        trial = structure.moved(theta, step)
        point = evaluate(cross, structure.sigma(trial), reml=reml, derivatives=True)
    except np.linalg.LinAlgError:
        return None
    jacobian, bend = structure.expansion(trial, point.gradient, point.matrix_gradient)
    gradient = jacobian @ point.gradient
    left = -float(gradient @ _newton_step(gradient, jacobian @ point.hessian @ jacobian.T + bend))
    return (trial, point) if 0.0 <= left < decrement else None


def _line_search(
    cross: Crossproducts,
    structure: Structure,
    theta: np.ndarray,
    step: np.ndarray,
    value: float,
    decrement: float,
    reml: bool,
) -> tuple[np.ndarray, Expansion] | None:
    length = 1.0
    for _ in range(40):
        try:
            trial = structure.moved(theta, length * step)
            sigma = structure.sigma(trial)
            if np.isfinite(sigma).all():
                point = evaluate(cross, sigma, reml=reml, derivatives=length == 1.0)
                rounding = 1e-13 * abs(value)
                if point.value <= value - 1e-4 * length * decrement + rounding:
                    if not isinstance(point, Expansion):
                        point = evaluate(cross, sigma, reml=reml, derivatives=True)
                    return trial, point
        except np.linalg.LinAlgError:
            pass
        length *= 0.5
    return None


@QUIET
def sas_path(cross: Crossproducts, *, reml: bool, offset: float) -> Optimum:
    """MIVQUE0, then Newton-Raphson in the elements of Sigma until SAS's relative criterion g'H^-1 g / |f| < 1e-8.

    `offset` turns our value into the f that SAS divides by: -2 log likelihood without the constant of 2 pi.
    """
    m = cross.n_visits
    c, d = elements(m)
    sigma = mivque0(cross, reml=reml)
    point = evaluate(cross, sigma, reml=reml, derivatives=True)
    # SAS's iteration 0 is the model of independent records; residuals are scaled to variance 1, so its value is simple.
    records = float(cross.counts @ cross.seen.sum(axis=1))
    degrees = records - (cross.width - 1)
    history = [(degrees if reml else records + records * np.log(degrees / records), np.nan)]
    converged, iteration = False, 0
    while iteration < MAX_ITERATIONS:
        step = np.linalg.solve(point.hessian, point.gradient)
        length = 1.0
        while True:
            trial = sigma.copy()
            trial[c, d] -= length * step
            trial[d, c] = trial[c, d]
            try:
                at = evaluate(cross, trial, reml=reml, derivatives=True)
                if at.value <= point.value + 1e-10 * abs(point.value):
                    break
            except np.linalg.LinAlgError:
                pass
            length *= 0.5
            if length < 1e-9:
                raise np.linalg.LinAlgError("SAS's path left the positive definite matrices.")
        sigma, point, iteration = trial, at, iteration + 1
        decrement = float(point.gradient @ np.linalg.solve(point.hessian, point.gradient))
        criterion = decrement / abs(point.value + offset)
        history.append((point.value, criterion))
        if criterion < 1e-8:
            converged = True
            break
    values = np.linalg.eigvalsh(point.hessian)
    positive = bool(values[0] > 0)
    return Optimum(
        sigma[c, d],
        sigma,
        point,
        point.hessian,
        iteration,
        decrement,
        float(values[0]),
        float(values[-1] / values[0]) if positive else np.inf,
        converged and positive,
        tuple(history),
    )
