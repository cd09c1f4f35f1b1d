"""The exact unconditional interval of a risk difference (Chan and Zhang 1999; METHODS 12.4), for adverse events.

Two one-sided exact tests at half the error each are inverted. Tables are ordered by the score statistic of the
difference in question; the nuisance rate is the worst one.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial

import numpy as np
from scipy import optimize

from analysis.stats.frame import is_level
from analysis.stats.results import NAN, Estimate
from analysis.stats.two_by_two import Table, log_choose

STEPS = 101  # of the difference, to find the first crossing
RATES = 129  # grid of the nuisance rate; each hill is then searched
MOST_PER_ARM = 400  # subjects an arm: beyond, the search takes minutes and the score interval is as good


def exact_difference(table: Table, *, level: float) -> Estimate:
    """The risk difference, active minus reference, with its exact interval; no p-value on purpose (METHODS 12.4)."""
    is_level(level)
    seen = table.active_events / table.active_n - table.reference_events / table.reference_n
    exact = partial(
        Estimate, name="exact", estimate=seen, se=NAN, df=math.inf, statistic=NAN, p=NAN, n=table.n, level=level
    )
    if max(table.active_n, table.reference_n) > MOST_PER_ARM:
        return exact(
            low=NAN,
            high=NAN,
            method="risk difference, no exact interval",
            warnings=(f"More than {MOST_PER_ARM} subjects in an arm: take the Miettinen-Nurminen interval.",),
        )
    tail = (1 - level) / 2
    low = _limit(table, tail)
    high = -_limit(table.swapped, tail)
    return exact(low=low, high=high, method="risk difference, Chan-Zhang exact")


@lru_cache(maxsize=4096)  # a table of adverse events asks for 1/13 against 0/13 many times
def _limit(table, tail) -> float:
    """The smallest difference that is not rejected in favour of a larger one."""
    if table.active_events == 0 and table.reference_events == table.reference_n:
        return -1.0
    seen = table.active_events / table.active_n - table.reference_events / table.reference_n

    def p(difference):
        return upper_tail(table, difference, worth_refining=0.9 * tail) - tail

    # The order of tables changes with the difference, so p may jump: the first crossing from below is the limit.
    before = -1 + 1e-9
    if p(before) >= 0:
        return -1.0
    for difference in np.linspace(before, min(seen, 1 - 1e-9), STEPS)[1:]:
        if p(difference) >= 0:
            return float(optimize.brentq(p, before, difference, xtol=1e-10))
        before = difference
    return seen


def upper_tail(table: Table, difference: float, *, worth_refining: float) -> float:
    """Worst probability, when active minus reference is the difference, of a score at least as high as the one seen.

    The nuisance rate is searched between grid points only where the grid comes to worth_refining.
    """
    z = score_of_every_table(table.active_n, table.reference_n, difference)
    extreme = (z >= z[table.active_events, table.reference_events] - 1e-9).astype(float)
    first, last = max(0.0, -difference), min(1.0, 1.0 - difference)

    def probability(rates):
        rates = np.atleast_1d(rates)
        return np.einsum(
            "ig,ig->g",
            _mass(table.active_n, np.clip(rates + difference, 0, 1)),
            extreme @ _mass(table.reference_n, rates),
        )

    grid = np.linspace(first, last, RATES)
    height = probability(grid)
    best = int(np.argmax(height))
    if height[best] < worth_refining:
        return float(height[best])
    around = grid[max(best - 1, 0)], grid[min(best + 1, RATES - 1)]
    found = optimize.minimize_scalar(
        lambda rate: -float(probability(rate)[0]), bounds=around, method="bounded", options={"xatol": 1e-10}
    )
    return max(float(height[best]), -float(found.fun))


def score_of_every_table(active_n: int, reference_n: int, difference: float) -> np.ndarray:
    """The score statistic of each table for a given difference: `risk_difference.restricted_rates` on all at once."""
    p1 = np.arange(active_n + 1)[:, None] / active_n
    p2 = np.arange(reference_n + 1)[None, :] / reference_n
    theta = reference_n / active_n
    a = 1 + theta
    b = -(1 + theta + p1 + theta * p2 + difference * (theta + 2))
    c = difference * difference + difference * (2 * p1 + theta + 1) + p1 + theta * p2
    d = -p1 * difference * (1 + difference) + 0 * p2
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = np.copysign(np.sqrt(np.maximum(b * b / (3 * a) ** 2 - c / (3 * a), 0)), v)
    ratio = np.divide(v, u**3, out=np.zeros_like(v), where=u != 0)
    angle = (np.pi + np.arccos(np.clip(ratio, -1, 1))) / 3
    q1 = np.clip(2 * u * np.cos(angle) - b / (3 * a), 0, 1)
    q2 = np.clip(q1 - difference, 0, 1)
    variance = q1 * (1 - q1) / active_n + q2 * (1 - q2) / reference_n
    gap = p1 - p2 - difference
    far = np.where(np.abs(gap) < 1e-12, 0.0, np.sign(gap) * 1e9)
    return np.where(variance > 1e-300, gap / np.sqrt(np.maximum(variance, 1e-300)), far)


def _mass(n, rates):
    k = np.arange(n + 1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        log = log_choose(n, k) + k * np.log(rates) + (n - k) * np.log1p(-rates)
    sure = np.where(rates <= 0, k == 0, k == n)
    return np.where((rates <= 0) | (rates >= 1), sure, np.exp(np.nan_to_num(log, nan=-np.inf, neginf=-np.inf)))
