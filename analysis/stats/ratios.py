"""Odds ratio and risk ratio, active over reference (METHODS 5.6). The test statistic is of the logarithm."""

from __future__ import annotations

import math

from scipy import special
from scipy.stats import contingency

from analysis.stats.frame import is_level
from analysis.stats.results import NAN, Estimate
from analysis.stats.two_by_two import Table, fisher


def odds_ratio(table: Table, *, level: float) -> Estimate:
    """The sample odds ratio with Wald's interval on the logarithm (Woolf 1955; METHODS 5.6)."""
    is_level(level)
    (a, b), (c, d) = table.counts.tolist()
    value = _divide(a * d, b * c)
    se = math.sqrt(1 / a + 1 / b + 1 / c + 1 / d) if min(a, b, c, d) > 0 else NAN
    return _of_logarithm("odds ratio", value, se, table, level)


def risk_ratio(table: Table, *, level: float) -> Estimate:
    """The ratio of the two rates with Wald's interval on the logarithm (Katz 1978; METHODS 5.6)."""
    is_level(level)
    (a, b), _ = table.counts.tolist()
    value = _divide(a * table.reference_n, b * table.active_n)
    se = math.sqrt(1 / a - 1 / table.active_n + 1 / b - 1 / table.reference_n) if min(a, b) > 0 else NAN
    return _of_logarithm("risk ratio", value, se, table, level)


def conditional_odds_ratio(table: Table, *, level: float) -> Estimate:
    """The conditional maximum likelihood odds ratio with its exact interval (Cornfield 1956; METHODS 5.6).

    p is Fisher's two-sided; interval and p may disagree at the edge, since they order tables differently.
    """
    is_level(level)
    notes: tuple[str, ...] = ()
    if table.events in (0, table.n):
        value, low, high = NAN, NAN, NAN
        notes = ("Everybody or nobody had the event: any odds ratio fits.",)
    else:
        fitted = contingency.odds_ratio(table.counts.astype(int), kind="conditional")
        interval = fitted.confidence_interval(level)
        value, low, high = float(fitted.statistic), float(interval.low), float(interval.high)
    return Estimate(
        name="conditional odds ratio",
        estimate=value,
        se=NAN,
        df=NAN,
        low=low,
        high=high,
        statistic=NAN,
        p=fisher(table).p,
        n=table.n,
        method="conditional odds ratio, exact",
        warnings=notes,
        level=level,
    )


def _of_logarithm(name, value, se, table, level):
    notes = () if not math.isnan(se) else (f"An empty cell: the {name} has no Wald interval.",)
    half = float(special.ndtri(0.5 + level / 2)) * se
    low, high, z = NAN, NAN, NAN
    if not notes:
        low, high = value * math.exp(-half), value * math.exp(half)
        z = math.log(value) / se if se > 0 else NAN
    return Estimate(
        name=name,
        estimate=value,
        se=se,
        df=math.inf,
        low=low,
        high=high,
        statistic=z,
        p=float(2 * special.ndtr(-abs(z))),
        n=table.n,
        method=f"{name}, Wald on the logarithm; se is the logarithm's",
        warnings=notes,
        level=level,
    )


def _divide(a, b):
    if b:
        return a / b
    return math.inf if a else NAN
