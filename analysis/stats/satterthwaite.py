"""Satterthwaite's degrees of freedom, and Fai and Cornelius's for several at once (METHODS 6.7)."""

from __future__ import annotations

import numpy as np

from analysis.stats.kenward_roger import Information
from analysis.stats.mmrm import ArrayFit


def satterthwaite_df(arrays: ArrayFit, known: Information, rows: np.ndarray) -> np.ndarray:
    """df = 2 v^2 / (g'Wg) for each row of rows (l, p), in the scaled orthonormal basis; shape (l,).

    v = l'Phi l and g its derivative by the elements of Sigma. For one contrast this is also Kenward-Roger's df.
    """
    point = arrays.optimum.point
    turned = rows @ point.phi
    variance = (turned * rows).sum(axis=1)
    slope = ((turned @ point.slopes) * turned).sum(axis=2).T
    return 2.0 * variance**2 / ((slope @ known.w) * slope).sum(axis=1)


def fai_cornelius_df(arrays: ArrayFit, known: Information, rows: np.ndarray) -> float:
    """Denominator df of an F test of several rows (Fai & Cornelius 1996, as SAS DDFM=SATTERTHWAITE).

    Contrasts with two or fewer df do not count; where too few are left, the answer is 0 and the test has no p.
    """
    _, vectors = np.linalg.eigh(rows @ arrays.optimum.point.phi @ rows.T)
    single = satterthwaite_df(arrays, known, vectors.T @ rows)
    if len(single) == 1:
        return float(single[0])
    if np.ptp(single) < 1e-8 * single.max():
        return float(single.mean())
    expected = float(np.sum(single[single > 2.0] / (single[single > 2.0] - 2.0)))
    return 2.0 * expected / (expected - len(single)) if expected > len(single) else 0.0
