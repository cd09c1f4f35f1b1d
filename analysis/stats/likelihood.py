"""The (restricted) likelihood of a normal model for repeated measures, with derivatives in the elements of Sigma.

METHODS 6.3: -2RLL = sum n log|Sigma| + log|X'PX| + rss; every covariance structure is a chain rule on top of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, overload

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from analysis.stats.crossproducts import Crossproducts, triangle


@dataclass(frozen=True, eq=False)
class Point:
    """The likelihood at one Sigma, in the orthonormal basis of X.

    value: -2 log likelihood without constants; residual (p + 1,) = (b, -1); padded (p + 1, p + 1) = blockdiag(Phi, 0);
    precision (G, m, m), zero where a visit is missing; kernel (p + 1, p + 1), the K of METHODS 6.3.
    """

    value: float
    residual: np.ndarray
    padded: np.ndarray
    precision: np.ndarray
    kernel: np.ndarray

    @property
    def beta(self) -> np.ndarray:
        """The estimates b, (p,)."""
        return self.residual[:-1]

    @cached_property
    def phi(self) -> np.ndarray:
        """Phi = (X'PX)^-1, (p, p)."""
        return self.padded[:-1, :-1].copy()


@dataclass(frozen=True, eq=False)
class Expansion(Point):
    """The likelihood at one Sigma with its derivatives.

    gradient (r,) and hessian (r, r) in the elements of Sigma (upper triangle, row by row); matrix_gradient (m, m) the
    same as a matrix; directions (r, p + 1, p + 1) = Z'P D_j P Z with Z = [X, y].
    """

    gradient: np.ndarray
    matrix_gradient: np.ndarray
    hessian: np.ndarray
    directions: np.ndarray

    @cached_property
    def slopes(self) -> np.ndarray:
        """X'P D_j P X for each element j of Sigma, (r, p, p)."""
        return self.directions[:, :-1, :-1].copy()


def elements(m: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of the elements of Sigma: the upper triangle, row by row. Not to be written to."""
    upper = triangle(m)
    return upper.rows, upper.cols


@cache
def _trace_places(m: int) -> tuple[np.ndarray, np.ndarray]:
    """Where pair_traces finds its four summands in the flat (m, m, m, m) array, (4, r, r), and their scale (r, r)."""
    c, d = elements(m)
    (c, d), (e, f) = (c[:, None], d[:, None]), (c[None, :], d[None, :])
    # tr(L E_cd R E_ef) = L[f, c] R[d, e], over both orders of (c, d) and of (e, f)
    orders = ((f, c, d, e), (e, c, d, f), (f, d, c, e), (e, d, c, f))
    places = np.stack([((w * m + x) * m + y) * m + z for w, x, y, z in orders])
    scale = np.where(c == d, 0.5, 1.0) * np.where(e == f, 0.5, 1.0)
    return places, scale


def precisions(cross: Crossproducts, sigma: np.ndarray) -> tuple[np.ndarray, float]:
    """The inverse of Sigma over each pattern's visits, zero elsewhere, and the sum of n_g log |Sigma_g|.

    Raises numpy.linalg.LinAlgError where Sigma is not positive definite.
    """
    where = cross.layout
    padded = where.both * sigma + where.gaps
    if not where.complete:
        np.linalg.cholesky(sigma)
    diagonal = np.linalg.cholesky(padded).diagonal(axis1=1, axis2=2)
    return np.linalg.inv(padded) - where.gaps, 2.0 * float((cross.counts @ np.log(diagonal)).sum())


@overload
def evaluate(cross: Crossproducts, sigma: np.ndarray, *, reml: bool, derivatives: Literal[True]) -> Expansion: ...
@overload
def evaluate(cross: Crossproducts, sigma: np.ndarray, *, reml: bool, derivatives: bool) -> Point: ...
def evaluate(cross: Crossproducts, sigma: np.ndarray, *, reml: bool, derivatives: bool) -> Point:
    """The likelihood at Sigma (m, m). Raises numpy.linalg.LinAlgError where Sigma is not positive definite."""
    where, p = cross.layout, cross.width - 1
    precision, logdet = precisions(cross, sigma)
    total = cross.unpack((where.weight * precision.take(where.pair)) @ cross.products[:-1])
    # of the root of Z'PZ, the last diagonal is the root of the residual sum of squares, and the last column of the
    # inverse root gives the estimates: (-b, 1) over it
    root, bad = dpotrf(total)
    if bad:
        raise np.linalg.LinAlgError("Z'PZ is not positive definite.")
    diagonal = root.diagonal()
    inverse, _ = dtrtri(root)
    residual = inverse[:, p] * -diagonal[p]
    inverse[:, p] = 0.0
    phi = inverse @ inverse.T
    kernel = residual[:, None] * residual
    value = logdet + float(diagonal[p]) ** 2
    if reml:
        kernel += phi
        value += 2.0 * float(np.log(diagonal[:p]).sum())
    if not derivatives:
        return Point(value, residual, phi, precision, kernel)
    gradient, scaled, sandwiched = _gradient(cross, precision, kernel)
    upper = triangle(cross.n_visits)
    directions = directional_products(cross, precision)
    hessian = pair_traces(precision, 2.0 * sandwiched - scaled)
    pulls = directions @ residual
    hessian -= (2.0 * pulls) @ phi @ pulls.T
    if reml:
        size, width, _ = directions.shape
        turned = (directions.reshape(-1, width) @ phi).reshape(size, width, width)
        hessian -= turned.reshape(size, -1) @ turned.transpose(0, 2, 1).reshape(size, -1).T
    hessian += hessian.T
    hessian *= 0.5
    return Expansion(
        value, residual, phi, precision, kernel, gradient.take(upper.flat) * upper.twice, gradient, hessian, directions
    )


def second_moments(cross: Crossproducts, kernel: np.ndarray) -> np.ndarray:
    """S_g = C_g : K for each pattern as (G, m, m), zero where a visit is missing."""
    return (cross.products @ cross.pack(kernel)).take(cross.layout.places)


def directional_products(cross: Crossproducts, precision: np.ndarray) -> np.ndarray:
    """Z'P D_j P Z for each element j of Sigma as (r, q, q)."""
    m = cross.n_visits
    c, d = elements(m)
    where, flat = cross.layout, precision.reshape(-1, m)
    left, right = flat.take(where.ends[0], axis=0), flat.take(where.ends[1], axis=0)
    left *= where.weight[:, None]
    weights = left.take(c, axis=1) * right.take(d, axis=1)
    weights += left.take(d, axis=1) * right.take(c, axis=1)
    packed = weights.T @ cross.products[:-1]
    packed *= 0.5 * triangle(m).twice[:, None]
    return cross.unpack(packed)


def pair_traces(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """sum_g tr(L_g D_j R_g D_k) for all elements j, k of Sigma: (r, r)."""
    count, m = left.shape[0], left.shape[1]
    places, scale = _trace_places(m)
    four = left.reshape(count, -1).T @ right.reshape(count, -1)
    return four.take(places).sum(axis=0) * scale


def em_step(cross: Crossproducts, sigma: np.ndarray, *, reml: bool) -> np.ndarray:
    """One step of expectation-maximisation from Sigma (m, m): uphill and positive definite from anywhere."""
    point = evaluate(cross, sigma, reml=reml, derivatives=False)
    gradient, _, _ = _gradient(cross, point.precision, point.kernel)
    return sigma - sigma @ gradient @ sigma / cross.counts.sum()


def _gradient(cross: Crossproducts, precision: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, ...]:
    """The gradient by Sigma (m, m), and per pattern n P and P S P."""
    sandwiched = precision @ second_moments(cross, kernel) @ precision
    scaled = cross.counts[:, None, None] * precision
    return (scaled - sandwiched).sum(axis=0), scaled, sandwiched
