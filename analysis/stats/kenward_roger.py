"""Small-sample covariance of the fixed effects and its degrees of freedom: Kenward and Roger (METHODS 6.8).

Variants: "kr" is SAS DDFM=KR (observed information, second derivatives in SAS's parameters, none for UN, CS, TOEP);
"kr_linear" leaves the second derivatives out (SAS KR(FIRSTORDER), mmrm's Kenward-Roger-Linear); "kr_mmrm" has them in
mmrm's parameters. Kenward & Roger, Biometrics 1997;53:983.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from analysis.stats.covariance import Derivatives, Unstructured
from analysis.stats.crossproducts import triangle
from analysis.stats.mmrm import ArrayFit
from analysis.stats.results import NotEstimable

VARIANTS = ("kr", "kr_linear", "kr_mmrm")


@dataclass(frozen=True)
class Information:
    """What the data say of the covariance parameters, by elements of Sigma in the fit's scaled basis.

    w (r, r): covariance of the estimated elements, 2 H^-1; second (r,): sum of w times second derivatives.
    """

    w: np.ndarray
    second: np.ndarray


def information(arrays: ArrayFit, variant: str = "kr") -> Information:
    """The covariance of the estimated covariance elements from the observed information.

    Raises NotEstimable where the Hessian is not positive definite, that is where the fit has not converged.
    """
    found = _derivatives(arrays, variant)
    point = arrays.optimum.point
    hessian = point.hessian
    if found is not None:
        hessian = found.jacobian @ hessian @ found.jacobian.T + found.second @ point.gradient
    root, indefinite = dpotrf(hessian)
    if indefinite:
        raise NotEstimable("The observed information is not positive definite; the fit has not converged.")
    half = dtrtri(root)[0]
    w = 2.0 * (half @ half.T)
    if found is None:
        return Information(w, np.zeros(len(w)))
    second = np.zeros(found.jacobian.shape[1]) if variant == "kr_linear" else np.tensordot(w, found.second, 2)
    return Information(found.jacobian.T @ w @ found.jacobian, second)


def _derivatives(arrays: ArrayFit, variant: str) -> Derivatives | None:
    """Sigma by the parameters of the variant; None for UN's elements themselves."""
    if variant not in VARIANTS:
        raise ValueError(f"The Kenward-Roger variant {variant!r} is unknown; choose among {', '.join(VARIANTS)}.")
    best, kind = arrays.optimum, arrays.structure
    if variant == "kr_mmrm":
        return kind.by_mmrm(best.theta, best.sigma)
    return None if isinstance(kind, Unstructured) else kind.by_sas(best.theta, best.sigma)


def adjusted_covariance(arrays: ArrayFit, known: Information) -> np.ndarray:
    """Phi_A = Phi + 2 Phi [sum W_jk (Q_jk - P_j Phi P_k - R_jk / 4)] Phi, (p, p) in the scaled orthonormal basis.

    The contraction of W with two derivatives of Sigma is done once per pattern: its cost is that of one matrix product.
    """
    point, cross = arrays.optimum.point, arrays.cross
    m, where = cross.n_visits, cross.layout
    inner = (point.precision.reshape(-1, m * m) @ known.w.take(_ends(m))).reshape(-1, m, m)
    inner -= 0.25 * known.second.take(triangle(m).square)
    bread = point.precision @ inner @ point.precision
    bread += bread.transpose(0, 2, 1)
    phi, slopes = point.phi, point.slopes
    middle = cross.unpack((0.5 * where.weight * bread.take(where.pair)) @ cross.products[:-1])[:-1, :-1]
    turned = (slopes @ phi).transpose(1, 0, 2).reshape(len(phi), -1)
    weighted = known.w @ slopes.reshape(len(slopes), -1)
    middle -= turned @ weighted.reshape(-1, len(phi))
    adjusted = phi + phi @ (middle + middle.T) @ phi
    return 0.5 * (adjusted + adjusted.T)


@cache
def _ends(m: int) -> np.ndarray:
    """Where the flat W has elements (a, b) and (c, d) of Sigma: (m^2, m^2), by the ends (b, c) within and (a, d)."""
    place, size = triangle(m).square, m * (m + 1) // 2
    four = place[:, :, None, None] * size + place[None, None, :, :]
    return np.ascontiguousarray(four.transpose(1, 2, 0, 3).reshape(m * m, m * m))


@dataclass(frozen=True)
class ScaledF:
    """Denominator degrees of freedom and the factor on the Wald F."""

    df: float
    scale: float


@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def f_scale(arrays: ArrayFit, known: Information, rows: np.ndarray) -> ScaledF:
    """Kenward-Roger's denominator df and scale for a hypothesis rows (l, p) in the scaled orthonormal basis.

    Where so few subjects are left that the moments of F do not exist, the df are 0 and there is no scale.
    Raises NotEstimable for dependent rows.
    """
    point, size = arrays.optimum.point, len(rows)
    try:
        root = np.linalg.cholesky(rows @ point.phi @ rows.T)
    except np.linalg.LinAlgError:
        raise NotEstimable("The contrasts tested together depend on one another; leave some out.") from None
    turned = np.linalg.solve(root, rows @ point.phi)
    moved = turned @ point.slopes @ turned.T
    traces = np.einsum("jaa->j", moved)
    a1 = traces @ known.w @ traces
    flat = moved.reshape(len(moved), -1)
    a2 = np.sum(known.w * (flat @ moved.transpose(0, 2, 1).reshape(len(moved), -1).T))
    b = (a1 + 6.0 * a2) / (2.0 * size)
    g = ((size + 1.0) * a1 - (size + 4.0) * a2) / ((size + 2.0) * a2)
    below = 3.0 * size + 2.0 * (1.0 - g)
    c1, c2, c3 = g / below, (size - g) / below, (size + 2.0 - g) / below
    mean = 1.0 / (1.0 - a2 / size)
    variance = 2.0 / size * (1.0 + c1 * b) / ((1.0 - c2 * b) ** 2 * (1.0 - c3 * b))
    ratio = variance / (2.0 * mean**2)
    df = 4.0 + (size + 2.0) / (size * ratio - 1.0)
    scale = df / (mean * (df - 2.0))
    return ScaledF(float(df), float(scale)) if np.isfinite(df) and np.isfinite(scale) else ScaledF(0.0, np.nan)
