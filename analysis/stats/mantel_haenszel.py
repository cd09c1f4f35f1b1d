"""Response across strata such as sites: Cochran, Mantel and Haenszel (METHODS 5.9)."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd
from scipy import special

from analysis.stats.frame import is_level, require
from analysis.stats.results import NAN, Estimate, NotEstimable, Significance
from analysis.stats.two_by_two import Table


def tables_by_stratum(
    scores: pd.DataFrame, *, arm: str, active: str, reference: str, responded: str, strata: str
) -> tuple[dict[str, Table], tuple[str, ...]]:
    """A table for each stratum, a missing response counted as none; a sentence for each stratum without both arms."""
    require(scores, [arm, responded, strata])
    yes = scores[responded].fillna(False).astype(bool)
    tables, left_out = {}, []
    for stratum in sorted(scores[strata].dropna().unique()):
        inside = scores[strata] == stratum
        n1, n0 = (int((inside & (scores[arm] == name)).sum()) for name in (active, reference))
        if n1 == 0 or n0 == 0:
            left_out.append(f"{strata} {stratum}: {n1 + n0} subjects in one arm")
            continue
        events = [int((inside & yes & (scores[arm] == name)).sum()) for name in (active, reference)]
        tables[str(stratum)] = Table(events[0], n1, events[1], n0)
    return tables, tuple(left_out)


def cmh(tables: dict[str, Table], *, continuity: bool) -> Significance:
    """The Cochran-Mantel-Haenszel test that no stratum has an effect (METHODS 5.9); tables by stratum."""
    gap = variance = 0.0
    for table in _strata(tables):
        n, events = table.n, table.events
        gap += table.active_events - events * table.active_n / n
        if n > 1:
            variance += events * (n - events) * table.active_n * table.reference_n / (n * n * (n - 1))
    n = sum(table.n for table in tables.values())
    method = f"Cochran-Mantel-Haenszel, {'with' if continuity else 'without'} continuity correction"
    if variance <= 0:
        return Significance(
            name="CMH",
            statistic=NAN,
            df=1.0,
            df2=NAN,
            p=NAN,
            n=n,
            method=method,
            warnings=("No stratum has both events and subjects without.",),
        )
    distance = max(abs(gap) - 0.5, 0) if continuity else abs(gap)
    statistic = distance**2 / variance
    return Significance(
        name="CMH", statistic=statistic, df=1.0, df2=NAN, p=float(special.chdtrc(1, statistic)), n=n, method=method
    )


def mantel_haenszel_odds_ratio(tables: dict[str, Table], *, level: float) -> Estimate:
    """The common odds ratio with Robins, Breslow and Greenland's variance of its logarithm (1986; METHODS 5.9)."""
    is_level(level)
    top = bottom = pr = ps_qr = qs = 0.0
    for table in _strata(tables):
        (a, b), (c, d) = table.counts.tolist()
        r, s, p, q = a * d / table.n, b * c / table.n, (a + d) / table.n, (b + c) / table.n
        top, bottom = top + r, bottom + s
        pr, ps_qr, qs = pr + p * r, ps_qr + p * s + q * r, qs + q * s
    n = sum(table.n for table in tables.values())
    method = "Mantel-Haenszel odds ratio, Robins-Breslow-Greenland; se is the logarithm's"
    ratio = partial(Estimate, name="Mantel-Haenszel odds ratio", n=n, level=level, df=math.inf, method=method)
    if top <= 0 or bottom <= 0:
        value = NAN if top <= 0 and bottom <= 0 else (math.inf if top > 0 else 0.0)
        return ratio(
            estimate=value, se=NAN, low=NAN, high=NAN, statistic=NAN, p=NAN, warnings=("An empty margin: no interval.",)
        )
    value = top / bottom
    se = math.sqrt(pr / (2 * top**2) + ps_qr / (2 * top * bottom) + qs / (2 * bottom**2))
    half = float(special.ndtri(0.5 + level / 2)) * se
    z = math.log(value) / se
    return ratio(
        estimate=value,
        se=se,
        low=value * math.exp(-half),
        high=value * math.exp(half),
        statistic=z,
        p=float(2 * special.ndtr(-abs(z))),
    )


def mantel_haenszel_difference(tables: dict[str, Table], *, level: float) -> Estimate:
    """The common risk difference with Sato's variance (1989; METHODS 5.9)."""
    is_level(level)
    top = weight = p_sum = q_sum = 0.0
    for table in _strata(tables):
        a, n1, b, n0 = table.active_events, table.active_n, table.reference_events, table.reference_n
        top += (a * n0 - b * n1) / table.n
        weight += n1 * n0 / table.n
        p_sum += (n1**2 * b - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / table.n**2
        q_sum += (a * (n0 - b) + b * (n1 - a)) / (2 * table.n)
    value = top / weight
    se = math.sqrt(max(value * p_sum + q_sum, 0.0)) / weight
    half = float(special.ndtri(0.5 + level / 2)) * se
    z = value / se if se > 0 else NAN
    return Estimate(
        name="Mantel-Haenszel difference",
        estimate=value,
        se=se,
        df=math.inf,
        low=value - half,
        high=value + half,
        statistic=z,
        p=float(2 * special.ndtr(-abs(z))),
        n=sum(table.n for table in tables.values()),
        method="Mantel-Haenszel risk difference, Sato",
        level=level,
    )


def _strata(tables):
    if not tables:
        raise NotEstimable("There is no stratum with both arms.")
    return tables.values()
