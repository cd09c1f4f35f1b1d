"""Pooling what imputed data sets say: Rubin's rules, Barnard and Rubin's degrees of freedom (METHODS 8.6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.results import NotEstimable


@dataclass(frozen=True)
class Pooled:
    """Arrays over what was pooled. se is of the pooled estimate; monte_carlo_error is what more draws would remove.

    missing_information: the share of information lost to missing data, (1 + 1/M) B / total.
    """

    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray
    within: np.ndarray
    between: np.ndarray
    missing_information: np.ndarray
    monte_carlo_error: np.ndarray
    draws: int


def rubin(estimates: np.ndarray, variances: np.ndarray, *, complete_df: float) -> Pooled:
    """Pool (M, ...) estimates and their squared standard errors (Rubin 1987; Barnard and Rubin 1999).

    `complete_df`: degrees of freedom that the analysis would have if nothing were missing.
    """
    draws = len(estimates)
    if draws < 2:
        raise NotEstimable(f"{draws} imputed data set cannot show how much imputations differ; two are the least.")
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    extra = (1 + 1 / draws) * between
    total = within + extra
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, extra / total, 0.0)
        old = np.where(share > 0, (draws - 1) / share**2, np.inf)
        observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
        df = np.where(np.isinf(old), observed, 1 / (1 / old + 1 / observed))
    # Nothing missing at all: the analysis keeps its own degrees of freedom.
    df = np.where(between <= 1e-24 * np.maximum(within, 1e-300), complete_df, df)
    return Pooled(estimates.mean(axis=0), np.sqrt(total), df, within, between, share, np.sqrt(between / draws), draws)
