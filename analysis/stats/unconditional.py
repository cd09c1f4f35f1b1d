"""Barnard's and Boschloo's unconditional exact tests (METHODS 5.3).

Only the number per arm is held. Tables at least as extreme as the one seen are collected; the p-value is their
probability when both arms share one event rate, at the rate where it is largest. SciPy's functions take the *columns*
as the two groups: with arms in rows they answer another question (.0529 for 7/13 against 2/13).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from analysis.stats.executor import Progress
from analysis.stats.results import NAN, Significance
from analysis.stats.two_by_two import TIED, Table, log_choose

GRID = 4001
AT_ONCE = 1_000_000  # numbers that a step holds at a time: memory does not grow with the square of the arms


@dataclass(frozen=True)
class Runs:
    """A set of tables as runs: `row` events in the active arm with `start` to before `stop` in the reference arm."""

    row: np.ndarray
    start: np.ndarray
    stop: np.ndarray

    @classmethod
    def of(cls, extreme: np.ndarray) -> Runs:
        """The runs of a boolean array, (active_n + 1) x (reference_n + 1)."""
        edges = np.diff(np.pad(extreme.astype(np.int8), ((0, 0), (1, 1))), axis=1)
        row, start = np.nonzero(edges == 1)
        return cls(row, start, np.nonzero(edges == -1)[1])


def barnard(table: Table, progress: Progress | None = None) -> Significance:
    """Barnard's test, two-sided, ordered by the pooled z statistic (METHODS 5.3)."""
    first = np.arange(table.active_n + 1)
    seen = float(_pooled_z(np.array([table.active_events]), table)[0, table.reference_events])
    extreme = np.empty((table.active_n + 1, table.reference_n + 1), bool)
    for rows in _steps(first, table.reference_n + 1):
        extreme[rows] = _pooled_z(first[rows], table) >= seen * (1 - 1e-9)
    return _result("Barnard", seen, extreme, table, progress)


def _pooled_z(first: np.ndarray, table: Table) -> np.ndarray:
    """The size of the pooled z statistic for these events in the active arm, by every number in the reference arm."""
    first, second = first[:, None], np.arange(table.reference_n + 1)[None, :]
    pooled = (first + second) / table.n
    variance = pooled * (1 - pooled) * (1 / table.active_n + 1 / table.reference_n)
    gap = np.abs(first / table.active_n - second / table.reference_n)
    return np.divide(gap, np.sqrt(variance), out=np.zeros_like(gap), where=variance > 0)


def boschloo(table: Table, progress: Progress | None = None) -> Significance:
    """Boschloo's test: Fisher's two-sided p-value orders the tables (Boschloo 1970; METHODS 5.3)."""
    ways = _ways(table.active_n), _ways(table.reference_n)
    first, p = _fisher(table.events, *ways)
    seen = float(p[table.active_events - first[0]])
    extreme = np.zeros((table.active_n + 1, table.reference_n + 1), bool)
    for events in range(table.n + 1):
        first, p = _fisher(events, *ways)
        extreme[first, events - first] = p <= seen * TIED
        if progress is not None and events % 1000 == 0 and events:
            progress(events, 2 * table.n)  # as much again is the search for the rate
    return _result("Boschloo", seen, extreme, table, progress)


def _ways(n: int) -> np.ndarray:
    """Logarithm of the number of ways to choose 0 to n of n."""
    return log_choose(n, np.arange(n + 1))


def _fisher(events: int, active: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fisher's two-sided p-value of each table with so many events: (events in the active arm, p)."""
    first = np.arange(max(0, events - len(reference) + 1), min(events, len(active) - 1) + 1)
    log = active[first] + reference[events - first]
    probability = np.exp(log - log.max())
    probability /= probability.sum()
    ordered = np.sort(probability, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(ordered)])
    return first, np.minimum(total[np.searchsorted(ordered, probability * TIED, side="right")], 1.0)


def _result(name, statistic, extreme, table, progress) -> Significance:
    p, nuisance = largest_probability(extreme, table.active_n, table.reference_n, progress)
    return Significance(
        name=name,
        statistic=statistic,
        df=NAN,
        df2=NAN,
        p=p,
        n=table.n,
        method=f"{name}, unconditional exact, {int(extreme.sum())} tables, largest at event rate {nuisance:.4f}",
    )


def largest_probability(
    extreme: np.ndarray, active_n: int, reference_n: int, progress: Progress | None = None
) -> tuple[float, float]:
    """The largest probability of the tables marked extreme over one shared event rate, and that rate.

    A grid finds every hill of the polynomial, a bounded search climbs each that could be the highest. A rate costs as
    many steps as there are subjects and runs, not tables.
    """
    if extreme.all():
        return 1.0, NAN
    runs, ways = Runs.of(extreme), (_ways(active_n), _ways(reference_n))

    def probability(rates):
        rates = np.atleast_1d(rates)
        parts = _steps(rates, max(active_n, reference_n, len(runs.row)) + 2)
        found = []
        for done, part in enumerate(parts, start=1):
            found.append(probability_of(runs, *ways, rates[part]))
            if progress is not None and len(parts) > 1:
                progress(len(parts) + done, 2 * len(parts))
        return np.concatenate(found)

    grid = np.linspace(0, 1, GRID)
    height = probability(grid)
    best = int(np.argmax(height))
    top, where = float(height[best]), float(grid[best])
    inside = np.arange(1, GRID - 1)
    hills = inside[(height[inside] >= height[inside - 1]) & (height[inside] >= height[inside + 1])]
    # A hill rises above its grid point by far less than one part in a hundred; lower ones cannot win.
    for hill in hills[height[hills] > 0.99 * top]:
        found = optimize.minimize_scalar(
            lambda rate: -float(probability(rate)[0]),
            bounds=(grid[hill - 1], grid[hill + 1]),
            method="bounded",
            options={"xatol": 1e-12},
        )
        if -found.fun > top:
            top, where = float(-found.fun), float(found.x)
    return min(top, 1.0), where


def probability_of(runs: Runs, active: np.ndarray, reference: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """The probability of the tables in the runs at each event rate; `active` and `reference` as `_ways` gives them.

    A run to the last table is summed from above and any other from below, so that a small tail keeps its digits.
    """
    mass = _binomial(reference, rates)
    nothing = np.zeros((1, len(rates)))
    below = np.concatenate([nothing, np.cumsum(mass, axis=0)])
    above = np.concatenate([np.cumsum(mass[::-1], axis=0)[::-1], nothing])
    to_the_end = (runs.stop == len(reference))[:, None]
    inside = np.where(to_the_end, above[runs.start], below[runs.stop] - below[runs.start])
    return np.einsum("rg,rg->g", _binomial(active, rates)[runs.row], inside)


def _binomial(ways: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Binomial probabilities, (n + 1) x rates, from logarithms: the coefficients alone pass the largest number."""
    k, n = np.arange(len(ways))[:, None], len(ways) - 1
    least = np.finfo(float).tiny  # log(tiny) instead of log(0): keeps 0**0 == 1 and 0**k == 0
    log = ways[:, None] + k * np.log(np.maximum(rates, least)) + (n - k) * np.log(np.maximum(1 - rates, least))
    return np.exp(log)


def _steps(things: np.ndarray, size: int) -> list[slice]:
    """Slices of the things, each of which may need an array of `size` numbers, that keep to AT_ONCE numbers."""
    step = max(1, AT_ONCE // size)
    return [slice(start, start + step) for start in range(0, len(things), step)]
