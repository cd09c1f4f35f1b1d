"""The risk difference adjusted for covariates: logistic regression, then standardisation (METHODS 5.8)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.frame import complete, is_level, one_row_each, two_arms
from analysis.stats.linear import design_of, z_estimate
from analysis.stats.results import Estimate, NotEstimable


def adjusted_risk_difference(
    scores: pd.DataFrame,
    *,
    subject: str,
    responded: str,
    arm: str,
    active: str,
    reference: str,
    covariates: tuple[str, ...],
    factors: tuple[str, ...],
    level: float,
    beside: tuple[str, ...] = (),
) -> Estimate:
    """Mean predicted risk of all subjects as if active, minus as if reference (g-computation; METHODS 5.8).

    The standard error is by the delta method from the model's information (Ge et al. 2011), for these subjects'
    covariates. Refuses where responders can be told from the others without error, since no estimate exists then.
    """
    is_level(level)
    used, left_out = complete(scores, [responded, arm, *covariates, *factors], subject=subject)
    one_row_each(used, subject)
    two_arms(used, arm, active=active, reference=reference, beside=beside)
    design = design_of(used, arm=arm, active=active, covariates=covariates, factors=factors, beside=beside)
    y = used[responded].astype(bool).to_numpy(float)
    beta, covariance = logistic(design.columns, y)
    treated, untreated = design.columns.copy(), design.columns.copy()
    others = slice(2, 2 + len(beside))
    treated[:, others] = untreated[:, others] = 0.0
    treated[:, 1], untreated[:, 1] = 1.0, 0.0
    p1, p0 = special.expit(treated @ beta), special.expit(untreated @ beta)
    gradient = (treated * (p1 * (1 - p1))[:, None] - untreated * (p0 * (1 - p0))[:, None]).mean(axis=0)
    return z_estimate(
        f"{active} - {reference}",
        float((p1 - p0).mean()),
        float(np.sqrt(gradient @ covariance @ gradient)),
        level=level,
        n=len(used),
        left_out=left_out,
        warnings=design.warnings,
        method=f"g-computation: logistic {responded} ~ {' + '.join([arm, *covariates, *factors])}, delta method",
    )


def logistic(design: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Maximum likelihood coefficients and their covariance by Newton's steps on standardised columns."""
    if len(y) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotEstimable(f"{len(y)} subjects cannot carry {design.shape[1]} coefficients of a logistic model.")
    if y.min() == y.max():
        raise NotEstimable("Everybody or nobody responded: a logistic model has no estimate.")
    size = np.sqrt((design**2).mean(axis=0))
    x = design / size
    beta = np.zeros(x.shape[1])
    before = -np.inf
    for _ in range(100):
        eta = x @ beta
        p = special.expit(eta)
        likelihood = float((y * eta - np.logaddexp(0, eta)).sum())
        weight = p * (1 - p)
        score, information = x.T @ (y - p), x.T @ (x * weight[:, None])
        if weight.max() < 1e-6 or likelihood > -1e-6:
            break
        step = np.linalg.lstsq(information, score, rcond=None)[0]
        if float(score @ step) < 1e-20 and likelihood - before < 1e-9:
            if np.abs(eta).max() > 15 or np.linalg.cond(information) > 1e14:
                break
            covariance = np.linalg.inv(information) / np.outer(size, size)
            return beta / size, covariance
        before = likelihood
        beta = beta + _shortened(step, x, y, beta, likelihood)
    raise NotEstimable(
        "Some combination of arm and covariates tells responders from the others without error: the logistic model has "
        "no estimate. Take fewer covariates."
    )


def _shortened(step, x, y, beta, likelihood):
    """Newton's step, halved until the likelihood does not fall."""
    for _ in range(30):
        eta = x @ (beta + step)
        if float((y * eta - np.logaddexp(0, eta)).sum()) >= likelihood - 1e-12 * abs(likelihood):
            return step
        step = step / 2
    return step
