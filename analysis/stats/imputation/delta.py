"""How much worse must the unseen outcomes be before the conclusion falls? Delta adjustment (METHODS 8.7).

The estimate is linear and the residual sum of squares quadratic in the shifts, so a whole grid costs one imputation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.optimize import brentq

from analysis.stats.executor import Progress
from analysis.stats.frame import is_level
from analysis.stats.imputation.conditional_mean import (
    Replicates,
    arm_weights,
    contrasts,
    imputed,
    jackknife_error,
    replicates,
)
from analysis.stats.imputation.gibbs import analyses
from analysis.stats.imputation.panel import ARM, Panel
from analysis.stats.imputation.rubin import rubin
from analysis.stats.imputation.strategies import refuse_unknown
from analysis.stats.results import NotEstimable

PATTERNS = ("constant", "accumulating")

Law = Callable[[float, float], tuple[float, float, float]]  # shifts (active, reference) -> estimate, se, df


@dataclass(frozen=True, kw_only=True)
class TippingPoint:
    """The difference at one visit when imputed outcomes are shifted by `active` and `reference` points.

    estimate, se, p: (len(active), len(reference)). tipping: for each reference shift the active shift nearest to 0
    where p reaches 1 - level; NaN where the difference is not significant to begin with, inf where it never tips.
    """

    strategy: str
    visit: object
    pattern: str
    active: tuple[float, ...]
    reference: tuple[float, ...]
    estimate: np.ndarray
    se: np.ndarray
    p: np.ndarray
    tipping: tuple[float, ...]
    shifted_active: int
    shifted_reference: int
    level: float
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]


def delta_weights(panel: Panel, pattern: str) -> np.ndarray:
    """(2, n, T): by how much a shift of one point moves each imputed outcome of the active and of the reference arm.

    Outcomes missing from the event on are shifted, gaps before it are not. "constant" shifts each by the whole delta,
    "accumulating" by one more delta at each visit since the event.
    """
    if pattern not in PATTERNS:
        raise NotEstimable(f"The pattern {pattern!r} is unknown; choose among {', '.join(PATTERNS)}.")
    since = np.arange(len(panel.visits)) - panel.event[:, None] + 1.0
    size = np.where(panel.missing & panel.affected, since if pattern == "accumulating" else 1.0, 0.0)
    return np.stack([size * panel.active[:, None], size * ~panel.active[:, None]])


def tipping_point_conditional_mean(
    panel: Panel,
    *,
    strategy: str,
    visit: object,
    active: Sequence[float],
    reference: Sequence[float],
    pattern: str,
    covariance: str,
    level: float,
    executor: Executor,
    progress: Progress | None = None,
    model: Replicates | None = None,
) -> TippingPoint:
    """The grid by conditional-mean imputation: jackknife standard errors, normal p, no random number (METHODS 8.7).

    model: the `replicates` of the same outcomes, where they are at hand.
    """
    refuse_unknown([strategy])
    weights = delta_weights(panel, pattern)
    at = _place(panel, visit)
    rows = contrasts(panel.design, panel.subjects)
    if model is None:
        model = replicates(panel if strategy == "MAR" else panel.without_affected(), covariance, executor, progress)
    base = np.einsum("rn,rn->r", rows, imputed(panel, model, strategy)[:, :, at])
    slopes = rows @ weights[:, :, at].T

    def law(shift_active: float, shift_reference: float):
        values = base + slopes @ (shift_active, shift_reference)
        return values[0], float(jackknife_error(values[1:])), np.inf

    return _grid(
        panel,
        law,
        weights,
        strategy,
        visit,
        active,
        reference,
        pattern,
        level,
        f"conditional-mean imputation, {strategy}, {covariance} by REML, jackknife",
    )


def tipping_point_multiple_imputation(
    panel: Panel,
    *,
    strategy: str,
    visit: object,
    active: Sequence[float],
    reference: Sequence[float],
    pattern: str,
    draws: int,
    burn_in: int,
    seed: int,
    level: float,
    executor: Executor,
    progress: Progress | None = None,
) -> TippingPoint:
    """The grid by multiple imputation and Rubin's rules; every cell shifts the same draws (METHODS 8.7)."""
    refuse_unknown([strategy])
    weights = delta_weights(panel, pattern)
    at = _place(panel, visit)
    found = analyses(
        panel,
        strategies=[strategy],
        columns={"active": weights[0], "reference": weights[1]},
        draws=draws,
        burn_in=burn_in,
        seed=seed,
        executor=executor,
        progress=progress,
    )[strategy]
    n, q = panel.design.shape
    arm_weights(panel.design)
    bread = np.linalg.inv(panel.design.T @ panel.design)
    moved = weights[:, :, at]
    slopes = (bread @ panel.design.T @ moved.T)[ARM]
    basis, _ = np.linalg.qr(panel.design)
    left = moved - moved @ basis @ basis.T

    def law(shift_active: float, shift_reference: float):
        shift = np.array([shift_active, shift_reference])
        rss = found.rss[:, at] + 2 * found.products[:, at] @ shift + shift @ (left @ left.T) @ shift
        pooled = rubin(found.effect[:, at] + slopes @ shift, rss / (n - q) * bread[ARM, ARM], complete_df=n - q)
        return float(pooled.estimate), float(pooled.se), float(pooled.df)

    return _grid(
        panel,
        law,
        weights,
        strategy,
        visit,
        active,
        reference,
        pattern,
        level,
        f"multiple imputation, {strategy}, {draws} draws, seed {seed}, Rubin's rules",
    )


def _place(panel: Panel, visit: object) -> int:
    if visit not in panel.visits:
        raise NotEstimable(f"There is no visit {visit}; the visits are {', '.join(map(str, panel.visits))}.")
    return panel.visits.index(visit)


def _p(law: Law, active: float, reference: float) -> float:
    estimate, se, df = law(active, reference)
    if not se > 0:
        return float("nan")
    tail = special.stdtr(df, -abs(estimate) / se) if np.isfinite(df) else special.ndtr(-abs(estimate) / se)
    return float(2 * tail)


def _grid(panel, law, weights, strategy, visit, active, reference, pattern, level, method) -> TippingPoint:
    is_level(level)
    at = panel.visits.index(visit)
    cells = np.array([[law(a, r)[:2] for r in reference] for a in active])
    counts = (weights[:, :, at] > 0).sum(axis=1)
    warnings = list(panel.warnings)
    if counts[0] == 0:
        warnings.append(f"No imputed outcome of the active arm at {visit} follows an event: nothing can tip.")
    return TippingPoint(
        strategy=strategy,
        visit=visit,
        pattern=pattern,
        active=tuple(active),
        reference=tuple(reference),
        estimate=cells[..., 0],
        se=cells[..., 1],
        p=np.array([[_p(law, a, r) for r in reference] for a in active]),
        tipping=tuple(_tips(law, r, 1 - level) for r in reference),
        shifted_active=int(counts[0]),
        shifted_reference=int(counts[1]),
        level=level,
        n=len(panel.subjects),
        left_out=panel.left_out,
        method=f"{method}; {pattern} delta",
        warnings=tuple(warnings),
    )


def _tips(law: Law, reference: float, alpha: float) -> float:
    """The active shift against the estimate's sign at which p rises to alpha."""
    if not _p(law, 0.0, reference) < alpha:
        return float("nan")
    estimate, se, _ = law(0.0, reference)
    against = -np.sign(estimate)
    inner, outer = 0.0, se
    for _ in range(24):
        if _p(law, against * outer, reference) >= alpha:
            return float(against * brentq(lambda d: _p(law, against * d, reference) - alpha, inner, outer, xtol=1e-9))
        inner, outer = outer, 2 * outer
    return float("inf")
