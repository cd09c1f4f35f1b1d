"""Residuals and distances that need no random effects: is the model near the data? (METHODS 6.13)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import gammaincc

from analysis.stats.mmrm import Fit


def residuals(fit: Fit) -> pd.DataFrame:
    """One row per record used: subject, visit, fitted, residual, pearson, normalised.

    pearson divides by the visit's standard deviation; normalised is L^-1 r with Sigma_g = L L', uncorrelated with
    variance 1 where the model holds.
    """
    data, order = fit.records, fit.arrays.patterns.order
    root = 1.0 if data.weights is None else np.sqrt(data.weights)
    fitted = data.x @ fit.beta
    raw = data.y - fitted
    normalised = np.empty_like(raw)
    sigma = fit.arrays.sigma
    at = 0
    for _, visits, block in fit.arrays.patterns.blocks(raw[order, None]):
        half = np.linalg.cholesky(sigma[np.ix_(visits, visits)])
        white = np.linalg.solve(half, block[:, :, 0].T).T.ravel()
        normalised[order[at : at + len(white)]] = white
        at += len(white)
    return pd.DataFrame(
        {
            "subject": data.subjects[data.subject],
            "visit": np.array(fit.visits, dtype=object)[data.visit],
            "fitted": fitted / root,
            "residual": raw / root,
            "pearson": raw / np.sqrt(fit.variances),
            "normalised": normalised,
        }
    )


def distances(fit: Fit) -> pd.DataFrame:
    """One row per subject: visits observed, Mahalanobis distance r' Sigma^-1 r, and its chi-square p (far = small)."""
    found = residuals(fit)
    squared = np.bincount(fit.records.subject, found["normalised"].to_numpy() ** 2)
    visits = np.bincount(fit.records.subject)
    return pd.DataFrame(
        {
            "subject": fit.records.subjects,
            "visits": visits,
            "distance": squared,
            "p": gammaincc(visits / 2.0, squared / 2.0),
        }
    )
