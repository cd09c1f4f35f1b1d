"""What is assumed of outcomes after the event: the mean profile that a subject is given (METHODS 8.2).

Carpenter, Roger and Kenward 2013 (doi:10.1080/10543406.2013.834911). One covariance serves both arms.
"""

from __future__ import annotations

import numpy as np

from analysis.stats.imputation.panel import ARM, Panel
from analysis.stats.results import NotEstimable

STRATEGIES = ("MAR", "J2R", "CR", "CIR")
ASSUMPTIONS = {
    "MAR": "after the event as subjects of the same arm who stayed",
    "J2R": "from the event on the mean of the reference arm (jump to reference)",
    "CR": "as if on the reference arm from the start (copy reference)",
    "CIR": "from the event on the increments of the reference arm (copy increments in reference)",
}


def refuse_unknown(strategies) -> None:
    """NotEstimable for a strategy that is not in STRATEGIES."""
    for strategy in strategies:
        if strategy not in STRATEGIES:
            raise NotEstimable(f"The strategy {strategy!r} is unknown; choose among {', '.join(STRATEGIES)}.")


def means(panel: Panel, coefficients: np.ndarray, strategy: str) -> np.ndarray:
    """Mean profiles (..., n, T) from coefficients (..., q, T). Subjects of the reference arm keep their own."""
    own = panel.design @ coefficients
    if strategy == "MAR":
        return own
    as_reference = panel.design.copy()
    as_reference[:, ARM] = 0.0
    reference = as_reference @ coefficients
    if strategy == "CR":
        return np.where(panel.affected.any(axis=1, keepdims=True), reference, own)
    if strategy == "CIR":
        before = np.maximum(panel.event - 1, 0)
        gap = (own - reference)[..., np.arange(len(before)), before]
        # An event before the first visit leaves no own mean to go on from: the increments start at the reference's.
        reference = reference + np.where(panel.event > 0, gap, 0.0)[..., None]
    return np.where(panel.affected, reference, own)


def fill(panel: Panel, profile: np.ndarray, sigma: np.ndarray, noise: np.ndarray | None) -> np.ndarray:
    """Outcomes (..., n, T) with the missing filled by their conditional mean given those observed.

    profile (..., n, T), sigma (..., T, T). noise: (..., n, T) standard normal deviates, added with the conditional
    covariance; None fills the means. Outcomes seen after the event stay what they are.
    """
    filled = np.broadcast_to(panel.y, profile.shape).copy()
    for who, gone, there in panel.patterns:
        gain = np.linalg.solve(sigma[..., there[:, None], there], sigma[..., there[:, None], gone])
        here = profile[..., who[:, None], gone]
        here = here + (panel.y[np.ix_(who, there)] - profile[..., who[:, None], there]) @ gain
        if noise is not None:
            left = sigma[..., gone[:, None], gone] - sigma[..., gone[:, None], there] @ gain
            root = np.linalg.cholesky(left)
            here = here + noise[..., who[:, None], gone] @ np.swapaxes(root, -1, -2)
        filled[..., who[:, None], gone] = here
    return filled
