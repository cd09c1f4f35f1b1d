"""Contrasts of the fixed effects with interval and p, and joint F tests (METHODS 6.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy.linalg.lapack import dtrtri, dtrtrs
from scipy.special import fdtrc, stdtr, stdtrit

from analysis.stats.kenward_roger import VARIANTS, Information, adjusted_covariance, f_scale, information
from analysis.stats.mmrm import Fit
from analysis.stats.results import NotEstimable
from analysis.stats.sandwich import SANDWICHES, between_within_df, sandwich, sandwich_df
from analysis.stats.satterthwaite import fai_cornelius_df, satterthwaite_df

METHODS = (*VARIANTS, "satterthwaite", *SANDWICHES, "normal")
_COLUMNS = pd.Index(["estimate", "se", "df", "low", "high", "t", "p"])
_KNOWN: WeakKeyDictionary[Fit, dict] = WeakKeyDictionary()


@dataclass(frozen=True)
class FTest:
    """A joint test: numerator and denominator df, F (already scaled), the scale and p."""

    numerator: int
    denominator: float
    statistic: float
    scale: float
    p: float


def covariance_of_effects(fit: Fit, df: str) -> np.ndarray:
    """The covariance (p, p) of beta that goes with a df method: model-based, adjusted or sandwich."""
    inverse = dtrtri(fit.arrays.r)[0] * fit.arrays.scale
    return inverse @ _phi(fit, df) @ inverse.T


def contrasts(
    fit: Fit, rows: np.ndarray, *, df: str, level: float, labels: Mapping[str, Sequence] | None = None
) -> pd.DataFrame:
    """Each row (l, p) of coefficients on beta: estimate, se, df, low, high, t, p, after the columns of `labels`.

    df: "kr" (SAS), "kr_linear", "kr_mmrm", "satterthwaite", "cr0", "cr2", "cr3" (sandwich), "normal".
    level: coverage of the interval, such as .95. Raises ValueError for an unknown df.
    """
    rows = np.atleast_2d(np.asarray(rows, dtype=float))
    turned = _turned(fit, rows)
    estimate = rows @ fit.beta
    variance = ((turned @ _phi(fit, df)) * turned).sum(axis=1)
    if not (np.isfinite(variance).all() and (variance > 0.0).all()):
        raise NotEstimable(
            f"The variance of a contrast by {df} is not positive: the contrast has no coefficient, or there are too "
            "few subjects for this small-sample adjustment. Take another one, or a model with fewer parameters."
        )
    se = fit.arrays.scale * np.sqrt(variance)
    freedom = _single_df(fit, rows, turned, df)
    t = estimate / se
    reach = stdtrit(freedom, 0.5 + level / 2.0) * se
    p = 2.0 * stdtr(freedom, -np.abs(t))
    table = pd.DataFrame(
        np.column_stack([estimate, se, freedom, estimate - reach, estimate + reach, t, p]), columns=_COLUMNS
    )
    for place, (name, values) in enumerate((labels or {}).items()):
        table.insert(place, name, _column(tuple(values), tuple(map(type, values))))
    return table


@lru_cache(maxsize=64)
def _column(values: tuple, kinds: tuple) -> pd.Index:
    """Labels as a column: pandas takes longer to see what they are than the contrasts take to compute."""
    return pd.Index(values, tupleize_cols=False)


def f_test(fit: Fit, rows: np.ndarray, *, df: str) -> FTest:
    """The joint test that all rows (l, p) of coefficients are zero; dependent rows are left out.

    Kenward-Roger scales F; Satterthwaite has Fai and Cornelius's denominator; sandwiches have none (df infinite).
    """
    rows = _independent(np.atleast_2d(np.asarray(rows, dtype=float)))
    turned, size = _turned(fit, rows), len(rows)
    estimate = rows @ fit.beta / fit.arrays.scale
    try:
        wald = float(estimate @ np.linalg.solve(turned @ _phi(fit, df) @ turned.T, estimate)) / size
    except np.linalg.LinAlgError:
        raise NotEstimable(f"The covariance of the contrasts by {df} is singular; test fewer of them.") from None
    scale = 1.0
    if df in VARIANTS:
        found = f_scale(fit.arrays, _information(fit, df), turned)
        denominator, scale = found.df, found.scale
    elif df == "satterthwaite":
        denominator = fai_cornelius_df(fit.arrays, _information(fit, "kr"), turned)
    elif df == "cr0":
        denominator = float(between_within_df(fit, rows).min())
    else:
        denominator = np.inf
    statistic = scale * wald
    if denominator == 0.0:
        p = np.nan
    else:
        p = float(fdtrc(size, min(denominator, 1e12), statistic))
    return FTest(size, denominator, statistic, scale, p)


def joint_test(fit: Fit, terms: Sequence[str], *, df: str) -> FTest:
    """The test that every coefficient of the given terms is zero, as SAS tests VISIT*THERAPY without its margins."""
    columns = fit.design.term_columns()
    if unknown := [term for term in terms if term not in columns]:
        raise ValueError(f"The model has no term {', '.join(unknown)}; it has {', '.join(columns)}.")
    return f_test(fit, np.eye(len(fit.beta))[np.concatenate([columns[term] for term in terms])], df=df)


def _turned(fit: Fit, rows: np.ndarray) -> np.ndarray:
    """Coefficients on beta as coefficients in the orthonormal basis."""
    return dtrtrs(fit.arrays.r, rows.T, trans=1)[0].T


def _memory(fit: Fit) -> dict:
    return _KNOWN.setdefault(fit, {})


def _information(fit: Fit, variant: str) -> Information:
    memory = _memory(fit)
    if ("information", variant) not in memory:
        memory["information", variant] = information(fit.arrays, variant)
    return memory["information", variant]


def _phi(fit: Fit, df: str) -> np.ndarray:
    if df in ("satterthwaite", "normal"):
        return fit.arrays.optimum.point.phi
    memory = _memory(fit)
    if ("phi", df) not in memory:
        if df in VARIANTS:
            memory["phi", df] = adjusted_covariance(fit.arrays, _information(fit, df))
        elif df in SANDWICHES:
            memory["phi", df] = sandwich(fit, df)
        else:
            raise ValueError(f"The degrees of freedom {df!r} are unknown; choose among {', '.join(METHODS)}.")
    return memory["phi", df]


def _single_df(fit: Fit, rows: np.ndarray, turned: np.ndarray, df: str) -> np.ndarray:
    if df == "normal":
        return np.full(len(rows), np.inf)
    if df == "cr0":
        return between_within_df(fit, rows)
    if df in SANDWICHES:
        return sandwich_df(fit, turned, df)
    return satterthwaite_df(fit.arrays, _information(fit, df if df in VARIANTS else "kr"), turned)


def _independent(rows: np.ndarray) -> np.ndarray:
    """An independent subset spanning the rows."""
    kept: list[np.ndarray] = []
    for row in rows:
        if np.linalg.matrix_rank(np.array([*kept, row]), tol=1e-9 * max(1.0, np.abs(rows).max())) > len(kept):
            kept.append(row)
    return np.array(kept)
