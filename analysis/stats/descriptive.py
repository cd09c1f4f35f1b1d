"""Describing numbers and proportions (METHODS 3)."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.frame import is_level, require
from analysis.stats.results import NAN, Count, NotEstimable, Summary


def summary(values, *, name: str, level: float) -> Summary:
    """Number, mean, SD, t interval of the mean, quartiles and range of values (METHODS 3.1); NaN counts as missing.

    Quartiles are SAS's fifth definition (R's type 2): the mean of two neighbours where a quantile falls between them.
    """
    is_level(level)
    values = np.asarray(values, float)
    seen = np.sort(values[~np.isnan(values)])
    n = len(seen)
    found = partial(Summary, name=name, n=n, missing=len(values) - n, level=level, method="descriptive")
    if n == 0:
        return found(
            mean=NAN,
            sd=NAN,
            se=NAN,
            low=NAN,
            high=NAN,
            median=NAN,
            q1=NAN,
            q3=NAN,
            minimum=NAN,
            maximum=NAN,
            warnings=("No value was observed.",),
        )
    mean = float(seen.mean())
    sd = float(seen.std(ddof=1)) if n > 1 else NAN
    se = sd / math.sqrt(n)
    half = float(special.stdtrit(n - 1, 0.5 + level / 2)) * se if n > 1 else NAN
    q1, median, q3 = (float(q) for q in np.quantile(seen, (0.25, 0.5, 0.75), method="averaged_inverted_cdf"))
    return found(
        mean=mean,
        sd=sd,
        se=se,
        low=mean - half,
        high=mean + half,
        median=median,
        q1=q1,
        q3=q3,
        minimum=float(seen[0]),
        maximum=float(seen[-1]),
        warnings=() if n > 1 else ("One value: no SD.",),
    )


def summaries(frame: pd.DataFrame, *, value: str, by: list[str], level: float) -> dict[tuple, Summary]:
    """`summary` of value in each group of by (METHODS 3.1); the key is the tuple of the group's values."""
    require(frame, [value, *by])
    return {
        key: summary(rows[value], name=" ".join(map(str, key)), level=level)
        for key, rows in frame.groupby(by, sort=True, observed=True)
    }


def count(events: int, n: int, *, name: str, missing: int, level: float) -> Count:
    """A proportion with Wilson's interval (METHODS 3.2); missing says how many of n were imputed as no event."""
    is_level(level)
    if n < 0 or not 0 <= events <= n:
        raise NotEstimable(f"{events} events of {n} is no proportion.")
    low, high = wilson(events, n, level=level) if n else (NAN, NAN)
    return Count(
        name=name,
        events=int(events),
        n=int(n),
        proportion=events / n if n else NAN,
        low=low,
        high=high,
        level=level,
        missing=int(missing),
        method="Wilson interval",
        warnings=() if n else ("Nobody is in the group.",),
    )


def wilson(events: int, n: int, *, level: float) -> tuple[float, float]:
    """Wilson's score interval of a proportion (Wilson 1927; METHODS 3.2)."""
    z = float(special.ndtri(0.5 + level / 2))
    p = events / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    # At the ends the formula is exact but rounding leaves -1e-18.
    return (0.0 if events == 0 else low), (1.0 if events == n else high)


def categories(values: pd.Series, *, codes: list, level: float) -> tuple[Count, ...]:
    """How many of the observed values have each code (METHODS 3.2), codes with none too; a value outside is refused."""
    seen = values.dropna()
    unknown = sorted(set(seen) - set(codes), key=str)
    if unknown:
        raise NotEstimable(f"{unknown[0]} is not among the codes {', '.join(map(str, codes))}.")
    return tuple(count(int((seen == code).sum()), len(seen), name=str(code), missing=0, level=level) for code in codes)
