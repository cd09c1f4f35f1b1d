"""Least squares by QR, with the model's and the HC3 covariance: the ground of ANCOVA and moderation (METHODS 4.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.results import NAN, Estimate, NotEstimable

SINGULAR = 1e-10


@dataclass(frozen=True)
class LeastSquares:
    """A fit: names (p), beta (p), covariance and hc3 (p x p), residuals and leverage (n), sigma2, df."""

    names: tuple[str, ...]
    beta: np.ndarray
    covariance: np.ndarray
    hc3: np.ndarray
    residuals: np.ndarray
    leverage: np.ndarray
    sigma2: float
    df: int
    r_squared: float
    warnings: tuple[str, ...]

    def combine(self, weights, *, name, level, n, left_out, method, robust=False) -> Estimate:
        """The combination weights'beta with its t interval; robust takes HC3 with the same degrees of freedom."""
        weights = np.asarray(weights, float)
        covariance = self.hc3 if robust else self.covariance
        se = float(np.sqrt(weights @ covariance @ weights))
        estimate = float(weights @ self.beta)
        return t_estimate(
            name, estimate, se, self.df, level=level, n=n, left_out=left_out, method=method, warnings=self.warnings
        )

    def coefficient(self, name, **kept) -> Estimate:
        """One coefficient by its name."""
        return self.combine(np.eye(len(self.names))[self.names.index(name)], name=name, **kept)


def least_squares(design: np.ndarray, response: np.ndarray, names: tuple[str, ...]) -> LeastSquares:
    """Fit response (n) on design (n x p) whose first column is the intercept; NotEstimable where rank or rows lack."""
    n, p = design.shape
    if n <= p:
        raise NotEstimable(f"{n} subjects cannot carry {p} coefficients ({', '.join(names)}).")
    q, r = np.linalg.qr(design)
    size = np.linalg.norm(design, axis=0)
    dependent = np.abs(np.diag(r)) <= SINGULAR * np.where(size > 0, size, 1)
    if dependent.any():
        raise NotEstimable(
            f"{names[int(np.argmax(dependent))]} follows from the terms before it: "
            "its effect cannot be told from theirs."
        )
    qty = q.T @ response
    beta = np.linalg.solve(r, qty)
    residuals = response - q @ qty
    inverse = np.linalg.inv(r)
    bread = inverse @ inverse.T
    leverage = np.einsum("ij,ij->i", q, q)
    rss = float(residuals @ residuals)
    total = float(((response - response.mean()) ** 2).sum())
    notes = []
    if rss <= 1e-20 * max(total, float(response @ response), 1e-300):
        notes.append("The fit is perfect: standard errors are zero and the test says nothing.")
        rss, residuals = 0.0, np.zeros(n)
    alone = leverage > 1 - 1e-9
    if alone.any():
        notes.append(f"{int(alone.sum())} subject(s) decide a coefficient alone: no HC3 standard error.")
        hc3 = np.full((p, p), NAN)
    else:
        half = (inverse @ q.T) * (residuals / (1 - leverage))
        hc3 = half @ half.T
    sigma2 = rss / (n - p)
    return LeastSquares(
        names=tuple(names),
        beta=beta,
        covariance=sigma2 * bread,
        hc3=hc3,
        residuals=residuals,
        leverage=leverage,
        sigma2=sigma2,
        df=n - p,
        r_squared=1 - rss / total if total > 0 else NAN,
        warnings=tuple(notes),
    )


def t_estimate(name, estimate, se, df, *, level, n, left_out, method, warnings=()) -> Estimate:
    """Estimate, standard error and degrees of freedom made into interval and two-sided p by Student's t."""
    half = special.stdtrit(df, 0.5 + level / 2) * se
    statistic = estimate / se if se > 0 else NAN
    return Estimate(
        name=name,
        estimate=estimate,
        se=se,
        df=float(df),
        low=float(estimate - half),
        high=float(estimate + half),
        statistic=statistic,
        p=float(2 * special.stdtr(df, -abs(statistic))),
        n=n,
        left_out=tuple(left_out),
        method=method,
        warnings=tuple(warnings),
        level=level,
    )


def z_estimate(name, estimate, se, *, level, n, left_out, method, warnings=()) -> Estimate:
    """The same by the normal distribution; df is infinite."""
    half = special.ndtri(0.5 + level / 2) * se
    statistic = estimate / se if se > 0 else NAN
    return Estimate(
        name=name,
        estimate=estimate,
        se=se,
        df=float("inf"),
        low=float(estimate - half),
        high=float(estimate + half),
        statistic=statistic,
        p=float(2 * special.ndtr(-abs(statistic))),
        n=n,
        left_out=tuple(left_out),
        method=method,
        warnings=tuple(warnings),
        level=level,
    )


@dataclass(frozen=True)
class Design:
    """Columns of a model with intercept, arm (1 active, 0 reference), centred covariates and factors."""

    columns: np.ndarray
    names: tuple[str, ...]
    means: dict[str, float]
    warnings: tuple[str, ...]


def design_of(used: pd.DataFrame, *, arm, active, covariates, factors, beside=()) -> Design:
    """Covariates are centred and factors coded to sum to zero, so that intercept and arm speak of the average subject.

    Levels of a factor weigh equally: the mean of an arm is the plain mean over sites, however many each enrolled.
    beside: further arms, with a column each, so that all arms share the model and its variance.
    """
    columns, names = [np.ones(len(used)), (used[arm] == active).to_numpy(float)], ["intercept", arm]
    means, notes = {}, []
    for other in beside:
        columns.append((used[arm] == other).to_numpy(float))
        names.append(f"{arm}[{other}]")
    for covariate in covariates:
        values = used[covariate].to_numpy(float)
        means[covariate] = float(values.mean())
        if np.ptp(values) == 0:
            raise NotEstimable(f"{covariate} is {values[0]:g} for everyone: it cannot be a covariate.")
        columns.append(values - means[covariate])
        names.append(covariate)
    for factor in factors:
        levels = sorted(used[factor].unique())
        if len(levels) < 2:
            notes.append(f"{factor} has one level ({levels[0]}) and was left out of the model.")
        for level in levels[:-1]:
            columns.append((used[factor] == level).to_numpy(float) - (used[factor] == levels[-1]).to_numpy(float))
            names.append(f"{factor}[{level}]")
    return Design(np.column_stack(columns), tuple(names), means, tuple(notes))
