"""What a randomisation test hands back, and the reference set that its numbers rest on (METHODS 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.allocations import ReferenceSet
from analysis.stats.results import NotEstimable

BINS = 120


@dataclass(frozen=True, kw_only=True)
class Rerandomisation:
    """A randomisation test. Between `low` and `high` lie the shifts that the same test does not refuse.

    They are NaN where no level was asked for: an interval costs more than the test.

    p_error: Monte Carlo standard error of p, 0 where the set was enumerated. expectation and variance: of `statistic`
    over the reference set. histogram: (left, right, probability) of the statistic, for the figure.
    """

    name: str
    estimate: float
    low: float
    high: float
    statistic: float
    p: float
    p_error: float
    level: float
    allocations: int
    possible: int
    exact: bool
    scheme: str
    expectation: float
    variance: float
    histogram: tuple[tuple[float, float, float], ...]
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]


def over(values: np.ndarray, weights: np.ndarray | None) -> dict:
    """Expectation, variance and histogram of a statistic over the reference set; None weighs all alike."""
    finite = np.isfinite(values)
    if not finite.any():
        raise NotEstimable("Under no allocation can the effect be estimated: too few outcomes for this model.")
    shares = np.full(int(finite.sum()), 1 / len(values)) if weights is None else weights[finite]
    mean = float(np.average(values[finite], weights=shares))
    low, high = float(values[finite].min()), float(values[finite].max())
    if high - low <= 1e-9 * max(1.0, abs(low), abs(high)):  # all the same but for rounding: one bar
        low, high = low - 0.5, high + 0.5
    height, edges = np.histogram(values[finite], bins=BINS, range=(low, high), weights=shares)
    return {
        "expectation": mean,
        "variance": float(np.average((values[finite] - mean) ** 2, weights=shares)),
        "histogram": tuple(zip(edges[:-1].tolist(), edges[1:].tolist(), height.tolist(), strict=True)),
    }


def provenance(allocations: ReferenceSet, p: float) -> dict:
    """What a result says of the set it rests on."""
    return {
        "p_error": 0.0 if allocations.exact else float(np.sqrt(p * (1 - p) / allocations.count)),
        "allocations": allocations.count,
        "possible": allocations.possible,
        "exact": allocations.exact,
        "scheme": allocations.scheme,
    }


def described(allocations: ReferenceSet, *, fixed: bool) -> str:
    """The set in words. "Exact" is said of a fixed statistic over the whole set, and of nothing else."""
    if not allocations.exact:
        how = f"{allocations.count:,} of {allocations.possible:,} allocations, Monte Carlo, (b+1)/(m+1)"
    else:
        how = f"all {allocations.count:,} allocations" + (", exact" if fixed else "")
    return f"{allocations.scheme} set, {how}"


def places_of(subjects: pd.Series, allocations: ReferenceSet) -> np.ndarray:
    """Where the subjects stand in the reference set; NotEstimable names one who is not on the list."""
    places = pd.Index(allocations.subjects).get_indexer(subjects)
    if (places < 0).any():
        raise NotEstimable(f"Subject {subjects[places < 0].iloc[0]} has outcomes and is not on the allocation list.")
    return places


def absent(allocations: ReferenceSet, places: np.ndarray) -> tuple[str, ...]:
    """A sentence for every subject of the list who has no outcome."""
    there = set(np.asarray(places).tolist())
    return tuple(
        f"{who}: no outcome, and none under any allocation"
        for at, who in enumerate(allocations.subjects)
        if at not in there
    )
