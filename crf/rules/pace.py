"""When a number is reached if all goes on as it did: a forecast from the days on which people came."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, sqrt

LOOKED_BACK = timedelta(days=180)  # the pace is that of the last half year; our choice
FEWEST = 3  # who came in that time, below which nothing is foretold
LEVEL, QUANTILE = 80, 1.2816  # an interval of 80 %
LONGEST = 3650  # days ahead


@dataclass(frozen=True)
class Forecast:
    """The likeliest day, and the first and last of an interval."""

    first: date
    likely: date
    last: date


def forecast(days: list[date], *, plan: int, today: date) -> Forecast | None:
    """When the plan is reached at the pace of the last half year; None where that cannot be said.

    With n who came in the time looked at and m still to come, the time to the m-th is a ratio of two gamma variables;
    its logarithm is taken as normal with variance 1/n + 1/m.
    """
    remaining = plan - len(days)
    if not days or remaining <= 0:
        return None
    since = max(today - LOOKED_BACK, min(days))
    seen = sum(day >= since for day in days)
    if seen < FEWEST:
        return None
    likely = remaining * max((today - since).days, 1) / seen
    if likely > LONGEST:
        return None
    spread = QUANTILE * sqrt(1 / seen + 1 / remaining)
    first, likeliest, last = (
        today + timedelta(days=min(round(likely * exp(away)), 2 * LONGEST)) for away in (-spread, 0, spread)
    )
    return Forecast(first, likeliest, last)
