"""Covariance structures: Sigma from parameters, with first and second derivatives (METHODS 6.4).

Inside, a structured Sigma has log-variances and arc-tanh correlations, so a step can only leave the positive definite
matrices through the correlations together, which the line search refuses. UN moves in a chart of its own around the
Sigma where it is, in which the normal likelihood has no third derivative.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.stats.correlation import correlation
from analysis.stats.crossproducts import triangle
from analysis.stats.likelihood import elements

FALLBACK = ("un", "toeph", "ante1h", "ar1h", "csh", "ar1", "cs")
KINDS = {
    "toep": ("toep", False),
    "toeph": ("toep", True),
    "ar1": ("ar1", False),
    "ar1h": ("ar1", True),
    "ante1": ("ante1", False),
    "ante1h": ("ante1", True),
    "cs": ("cs", False),
    "csh": ("cs", True),
}
STRUCTURES = ("un", *KINDS)


@dataclass(frozen=True)
class Derivatives:
    """Sigma (m, m) with jacobian (k, r) and second derivatives (k, k, r) of its elements by the parameters."""

    sigma: np.ndarray
    jacobian: np.ndarray
    second: np.ndarray


def chain(found: Derivatives, first: np.ndarray, second: np.ndarray) -> Derivatives:
    """The same Sigma by new parameters t with old = h(t) one by one: first = h', second = h''."""
    twice = found.second * (first[:, None] * first[None, :])[:, :, None]
    index = np.arange(len(first))
    twice[index, index] += second[:, None] * found.jacobian
    return Derivatives(found.sigma, found.jacobian * first[:, None], twice)


@cache
def _chart_places(m: int) -> tuple[np.ndarray, ...]:
    """For Unstructured.expansion: with D_ab varied, element (i, j) of T D T' changes by T_ia T_jb + T_ib T_ja.

    Where these four are in the flat T, (4, r, r), and 1/2 where a = b, (r, 1); where the four summands of
    tr(G D_ab D_cd) are in the flat G, (4, r, r), and how often they count, times 4/3.
    """
    rows, cols = elements(m)
    (a, b), (i, j) = (rows[:, None], cols[:, None]), (rows, cols)
    places = np.stack([i * m + a, j * m + b, i * m + b, j * m + a])
    half = np.where(a == b, 0.5, 1.0)
    bends = np.stack([a * m + j + 0 * i, a * m + i + 0 * j, b * m + j + 0 * i, b * m + i + 0 * j])
    counts = np.stack([b == i, b == j, a == i, a == j]) * (4.0 / 3.0 * half * half.T)
    return places, half, bends, counts


@cache
def _halves(m: int, n_variances: int) -> np.ndarray:
    """(variances, r): half of how often each log-variance is in an element of Sigma."""
    rows, cols = elements(m)
    which = np.arange(m) if n_variances > 1 else np.zeros(m, dtype=int)
    own = np.arange(n_variances)[:, None]
    return 0.5 * ((own == which[rows]).astype(float) + (own == which[cols]))


def _square(packed: np.ndarray, m: int) -> np.ndarray:
    """The symmetric matrix of its elements."""
    rows, cols = elements(m)
    out = np.empty((m, m))
    out[rows, cols] = out[cols, rows] = packed
    return out


@dataclass(frozen=True)
class Unstructured:
    """UN: any positive definite Sigma = T T', held as a root T (m, m).

    A step D (symmetric, its elements as those of Sigma) leads to T (I - D/3)^-3 T': the cube root of the precision,
    in which -log|P| + tr(PS) has no third derivative where S = P^-1, so that Newton's method is soon there.
    """

    m: int
    name = "un"

    @property
    def size(self) -> int:
        return self.m * (self.m + 1) // 2

    def start(self, sigma: np.ndarray) -> np.ndarray:
        return np.linalg.cholesky(sigma)

    def sigma(self, theta: np.ndarray) -> np.ndarray:
        return theta @ theta.T

    def moved(self, theta: np.ndarray, step: np.ndarray) -> np.ndarray:
        """The root after a step. Raises numpy.linalg.LinAlgError where the chart ends."""
        values, vectors = np.linalg.eigh(step.take(triangle(self.m).square))
        if not values[-1] < 2.99:
            raise np.linalg.LinAlgError("The step leaves the chart.")
        return (theta @ vectors) * (1.0 - values / 3.0) ** -1.5

    def expansion(self, theta: np.ndarray, gradient: np.ndarray, matrix_gradient: np.ndarray) -> tuple:
        """The jacobian (k, r) of the elements of Sigma by the step, and their gradient times their second derivatives.

        T (I - D/3)^-3 T' = T (I + D + 2/3 D^2 + ...) T', so the sum is 4/3 tr(T'GT D_j D_k).
        """
        places, half, bends, counts = _chart_places(self.m)
        ends = theta.take(places)
        jacobian = ends[0] * ends[1]
        jacobian += ends[2] * ends[3]
        jacobian *= half
        bend = (theta.T @ matrix_gradient @ theta).take(bends)
        bend *= counts
        return jacobian, bend.sum(axis=0)

    def by_mmrm(self, theta: np.ndarray, sigma: np.ndarray) -> Derivatives:
        """By mmrm's parameters: log diagonal of L, and L's rows divided by their diagonal."""
        m, root = self.m, np.linalg.cholesky(sigma)
        low_rows, low_cols = np.tril_indices(m, -1)
        size = self.size
        first, second = np.zeros((size, m, m)), np.zeros((size, size, m, m))
        for i in range(m):  # row i of L is exp(t_i) times (ratios, 1)
            first[i, i, : i + 1] = root[i, : i + 1]
            second[i, i, i, : i + 1] = root[i, : i + 1]
        for at, (i, j) in enumerate(zip(low_rows.tolist(), low_cols.tolist(), strict=True), start=m):
            first[at, i, j] = root[i, i]
            second[at, i, i, j] = second[i, at, i, j] = root[i, i]
        turned = first @ root.T
        sigma_first = turned + turned.transpose(0, 2, 1)
        cross = np.einsum("jab,kcb->jkac", first, first, optimize=True)
        bent = second @ root.T
        sigma_second = cross + cross.transpose(0, 1, 3, 2) + bent + bent.transpose(0, 1, 3, 2)
        rows, cols = elements(m)
        return Derivatives(sigma, sigma_first[:, rows, cols], sigma_second[:, :, rows, cols])

    def by_sas(self, theta: np.ndarray, sigma: np.ndarray) -> Derivatives:
        """By SAS's parameters, the elements themselves: linear."""
        return Derivatives(sigma, np.eye(self.size), np.zeros((self.size, self.size, self.size)))


@dataclass(frozen=True)
class Structured:
    """A correlation pattern (toep, ar1, ante1, cs) with one variance or one per visit."""

    m: int
    name: str

    @property
    def pattern(self) -> str:
        return KINDS[self.name][0]

    @property
    def n_variances(self) -> int:
        return self.m if KINDS[self.name][1] else 1

    @property
    def n_correlations(self) -> int:
        return 0 if self.m == 1 else self.m - 1 if self.pattern in ("toep", "ante1") else 1

    @property
    def size(self) -> int:
        return self.n_variances + self.n_correlations

    def start(self, sigma: np.ndarray) -> np.ndarray:
        """Average variances and correlations of a given Sigma, correlations shrunk until positive definite."""
        if not (np.diag(sigma) > 0.0).all():
            raise np.linalg.LinAlgError("The start is not positive definite.")
        sd = np.sqrt(np.diag(sigma))
        corr = sigma / np.outer(sd, sd)
        variances = sd**2 if self.n_variances > 1 else np.array([np.mean(sd**2)])
        rho = np.clip(self._average(corr), -0.95, 0.95)
        for _ in range(60):
            if np.linalg.eigvalsh(_square(correlation(self.pattern, self.m, rho).value, self.m))[0] > 0.02:
                break
            rho = 0.85 * rho
        return np.concatenate([np.log(variances), np.arctanh(rho)])

    def moved(self, theta: np.ndarray, step: np.ndarray) -> np.ndarray:
        return theta + step

    def sigma(self, theta: np.ndarray) -> np.ndarray:
        variances, rho = self.natural(theta)
        return _square(self._scale(variances) * correlation(self.pattern, self.m, rho).value, self.m)

    def natural(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Variances and correlations."""
        return np.exp(theta[: self.n_variances]), np.tanh(theta[self.n_variances :])

    def derivatives(self, theta: np.ndarray) -> Derivatives:
        """By the inner parameters: log-variance and arc-tanh correlation."""
        rho = np.tanh(theta[self.n_variances :])
        ones = np.ones(self.n_variances)
        slope = 1 - rho**2
        return chain(self._by_log_variance(theta), np.append(ones, slope), np.append(0 * ones, -2 * rho * slope))

    def expansion(self, theta: np.ndarray, gradient: np.ndarray, matrix_gradient: np.ndarray) -> tuple:
        """The jacobian (k, r) and the gradient's sum of second derivatives (k, k), as Unstructured.expansion."""
        found = self.derivatives(theta)
        return found.jacobian, found.second @ gradient

    def by_sas(self, theta: np.ndarray, sigma: np.ndarray) -> Derivatives:
        """By SAS's parameters: variances and correlations; covariances where that is linear (CS, TOEP)."""
        found = self._by_log_variance(theta)
        if self.name in ("cs", "toep"):
            rows, cols = elements(self.m)
            groups = cols - rows if self.name == "toep" else (cols > rows).astype(int)
            basis = (groups == np.arange(groups.max() + 1)[:, None]).astype(float)
            return Derivatives(found.sigma, basis, np.zeros((len(basis), *basis.shape)))
        variances, _ = self.natural(theta)
        rest = np.ones(self.n_correlations)
        return chain(found, np.append(1 / variances, rest), np.append(-1 / variances**2, 0 * rest))

    def by_mmrm(self, theta: np.ndarray, sigma: np.ndarray) -> Derivatives:
        """By mmrm's parameters: log standard deviations, and t with correlation t / sqrt(1 + t^2)."""
        _, rho = self.natural(theta)
        twos = np.full(self.n_variances, 2.0)
        left = 1 - rho**2
        found = self._by_log_variance(theta)
        return chain(found, np.append(twos, left**1.5), np.append(0 * twos, -3 * rho * left**2))

    def _scale(self, variances: np.ndarray) -> np.ndarray | float:
        """sd_a sd_b of each element of Sigma."""
        if self.n_variances == 1:
            return variances[0]
        rows, cols = elements(self.m)
        sd = np.sqrt(variances)
        return sd[rows] * sd[cols]

    def _average(self, corr: np.ndarray) -> np.ndarray:
        if self.n_correlations == 0:
            return np.zeros(0)
        if self.pattern == "ante1":
            return np.diag(corr, 1).copy()
        by_lag = np.array([np.diag(corr, lag).mean() for lag in range(1, self.m)])
        if self.pattern == "cs":
            return np.array([corr[np.triu_indices(self.m, 1)].mean()])
        return by_lag[:1] if self.pattern == "ar1" else by_lag

    def _by_log_variance(self, theta: np.ndarray) -> Derivatives:
        """By log-variances and correlations."""
        variances, rho = self.natural(theta)
        corr, scale = correlation(self.pattern, self.m, rho), self._scale(variances)
        half = _halves(self.m, self.n_variances)
        sigma, by_rho = scale * corr.value, scale * corr.first
        nv, size = self.n_variances, self.size
        second = np.empty((size, size, len(sigma)))
        second[:nv, :nv] = half[:, None] * half[None, :] * sigma
        second[:nv, nv:] = half[:, None] * by_rho[None, :]
        second[nv:, :nv] = second[:nv, nv:].transpose(1, 0, 2)
        second[nv:, nv:] = scale * corr.second
        return Derivatives(_square(sigma, self.m), np.concatenate([half * sigma, by_rho]), second)


def structure(name: str, m: int) -> Unstructured | Structured:
    """The structure called `name` for m visits. Raises ValueError for an unknown name."""
    if name not in STRUCTURES:
        raise ValueError(f"The covariance structure {name!r} is unknown; choose among {', '.join(STRUCTURES)}.")
    return Unstructured(m) if name == "un" else Structured(m, name)
