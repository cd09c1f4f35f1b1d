"""Effect sizes (METHODS 10): Hedges' g, probability of superiority, Cliff's delta, Brunner and Munzel's test."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy import optimize, special, stats

from analysis.stats.frame import is_level
from analysis.stats.results import NAN, Estimate, NotEstimable


def hedges_g(active, reference, *, level: float) -> Estimate:
    """Standardised mean difference with Hedges' exact correction and noncentral t interval (METHODS 10.1)."""
    active, reference = _samples(active, reference)
    df = len(active) + len(reference) - 2
    pooled = (((active - active.mean()) ** 2).sum() + ((reference - reference.mean()) ** 2).sum()) / df
    if pooled <= 0:
        raise NotEstimable("The values do not vary within the arms: there is no standard deviation to divide by.")
    d = float((active.mean() - reference.mean()) / math.sqrt(pooled))
    scale = math.sqrt(1 / len(active) + 1 / len(reference))
    return _standardised(d, scale, df, len(active) + len(reference), "Hedges g", level)


def standardised_difference(
    difference: float, *, sd: float, se: float, df: float, n: int, name: str, level: float
) -> Estimate:
    """A model's difference over a standard deviation, with Hedges' correction and noncentral t interval (METHODS 10.2).

    difference, se and df are the model's (ANCOVA, MMRM at a visit); name says whose sd: of baseline, of residuals.
    """
    if sd <= 0 or se <= 0:
        raise NotEstimable("A standard deviation and a standard error are above 0.")
    return _standardised(difference / sd, se / sd, df, n, name, level)


def correction(df: float) -> float:
    """Hedges' factor that takes the bias from d (exact; Hedges 1981)."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def noncentral_interval(t: float, df: float, *, level: float) -> tuple[float, float]:
    """The noncentrality parameters for which t is the upper and the lower (1 - level)/2 point (METHODS 10.1)."""
    tail = (1 - level) / 2

    def root(aim):
        width = 4 + 4 * abs(t) / math.sqrt(2 * df)
        low, high = t - width, t + width
        while special.nctdtr(df, low, t) < aim:
            low -= width
        while special.nctdtr(df, high, t) > aim:
            high += width
        return optimize.brentq(lambda nc: special.nctdtr(df, nc, t) - aim, low, high, xtol=1e-13, rtol=1e-14)

    return root(1 - tail), root(tail)


def _standardised(d, scale, df, n, name, level):
    is_level(level)
    if df < 2:
        raise NotEstimable(f"{name} wants 2 degrees of freedom at least, not {df:g}.")
    t = d / scale
    low, high = noncentral_interval(t, df, level=level)
    j = correction(df)
    g = j * d
    se = j * math.sqrt(scale**2 + d * d / (2 * df))
    return Estimate(
        name=name,
        estimate=g,
        se=se,
        df=float(df),
        low=j * scale * low,
        high=j * scale * high,
        statistic=t,
        p=float(2 * special.stdtr(df, -abs(t))),
        n=n,
        method=f"{name}, noncentral t interval",
        level=level,
    )


def probability_of_superiority(active, reference, *, better: Literal["lower", "higher"], level: float) -> Estimate:
    """Probability that an active subject fares better than a reference one, ties half (METHODS 10.3).

    Brunner and Munzel 2000, doi:10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U.
    The test is of one half, with unequal variances and Satterthwaite's degrees of freedom; so is the interval.
    """
    is_level(level)
    if better not in ("lower", "higher"):
        raise NotEstimable(f"better is lower or higher, not {better}.")
    active, reference = _samples(active, reference)
    sign = 1.0 if better == "higher" else -1.0
    x, y = sign * reference, sign * active
    nx, ny = len(x), len(y)
    ranks = stats.rankdata(np.concatenate([x, y]))
    rx, ry = ranks[:nx], ranks[nx:]
    theta = float((ry.mean() - (ny + 1) / 2) / nx)
    vx = ((rx - stats.rankdata(x) - rx.mean() + (nx + 1) / 2) ** 2).sum() / (nx - 1)
    vy = ((ry - stats.rankdata(y) - ry.mean() + (ny + 1) / 2) ** 2).sum() / (ny - 1)
    parts = vx / (nx * ny**2), vy / (ny * nx**2)
    name = f"probability that active is {better}"
    if sum(parts) <= 0:
        return Estimate(
            name=name,
            estimate=theta,
            se=0.0,
            df=NAN,
            low=NAN,
            high=NAN,
            statistic=NAN,
            p=NAN,
            n=nx + ny,
            method="Brunner-Munzel",
            warnings=("The arms do not overlap: no interval and no test.",),
            level=level,
        )
    se = math.sqrt(sum(parts))
    df = sum(parts) ** 2 / (parts[0] ** 2 / (nx - 1) + parts[1] ** 2 / (ny - 1))
    statistic = (theta - 0.5) / se
    half = float(special.stdtrit(df, 0.5 + level / 2)) * se
    return Estimate(
        name=name,
        estimate=theta,
        se=se,
        df=float(df),
        low=max(0.0, theta - half),
        high=min(1.0, theta + half),
        statistic=float(statistic),
        p=float(2 * special.stdtr(df, -abs(statistic))),
        n=nx + ny,
        method="Brunner-Munzel",
        level=level,
    )


def cliffs_delta(active, reference, *, level: float) -> Estimate:
    """P(active > reference) - P(active < reference), on Brunner and Munzel's interval (METHODS 10.4)."""
    half = probability_of_superiority(active, reference, better="higher", level=level)
    return Estimate(
        name="Cliff's delta",
        estimate=2 * half.estimate - 1,
        se=2 * half.se,
        df=half.df,
        low=2 * half.low - 1,
        high=2 * half.high - 1,
        statistic=half.statistic,
        p=half.p,
        n=half.n,
        method="Cliff's delta, Brunner-Munzel",
        warnings=half.warnings,
        level=level,
    )


def _samples(active, reference):
    pair = tuple(np.asarray(values, float) for values in (active, reference))
    pair = tuple(values[~np.isnan(values)] for values in pair)
    for values, name in zip(pair, ("active", "reference"), strict=True):
        if len(values) < 2:
            raise NotEstimable(f"The {name} arm has {len(values)} values; two are the least.")
    return pair
