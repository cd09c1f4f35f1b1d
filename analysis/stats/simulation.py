"""Trials that could have been: lists of permuted blocks, sites, correlated visits, drop-out (METHODS 14.1).

Trial number k of a seed is the same trial on every machine, alone or among thousands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.stats.results import NotEstimable
from analysis.stats.streams import stream


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is taken to be true of the trial. Changes are from baseline; a negative effect favours the active arm.

    sites: (code, subjects) of each list. block: places of a block, half of them active. change and effect: by visit,
    the reference arm's mean change at the mean baseline, and active minus reference. covariance: (T, T) of the change
    given baseline and site. slope: change per point of baseline. site_shift: by site. drop_out: share of subjects lost
    before the last visit when `dependence` is 0; dependence: log odds of leaving per standard deviation of the last
    change seen (missing at random). Everybody is seen at the first visit.
    """

    visits: tuple[str, ...]
    sites: tuple[tuple[str, int], ...]
    block: int
    baseline_mean: float
    baseline_sd: float
    change: tuple[float, ...]
    effect: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    slope: float
    site_shift: tuple[float, ...]
    drop_out: float
    dependence: float

    def __post_init__(self):
        """NotEstimable says what contradicts itself."""
        visits, sites = len(self.visits), len(self.sites)
        shapes = {len(self.change), len(self.effect), len(self.covariance), *map(len, self.covariance)}
        if shapes != {visits} or len(self.site_shift) != sites:
            raise NotEstimable(f"The scenario has {visits} visits and {sites} sites; give one number for each of them.")
        if self.block < 2 or self.block % 2:
            raise NotEstimable(f"A block of {self.block} cannot be half active; give an even number.")
        if not 0 <= self.drop_out < 1:
            raise NotEstimable(f"The share of drop-outs is {self.drop_out}; it lies between 0 and 1.")
        if not sites or min(count for _, count in self.sites) < 1 or self.total < 4:
            raise NotEstimable("A scenario wants a site, a subject at each and four in all.")
        singles = (self.baseline_mean, self.baseline_sd, self.slope, self.dependence)
        covariance = np.array(self.covariance, dtype=float)
        every = np.concatenate([singles, self.change, self.effect, self.site_shift, covariance.ravel()])
        if not np.isfinite(every).all() or self.baseline_sd <= 0:
            raise NotEstimable("Every number of a scenario is finite, and the baseline's standard deviation above 0.")
        spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        if (
            not (covariance == covariance.T).all()
            or not spread.all()
            or (np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < 1e-10)
        ):
            raise NotEstimable("The covariance of a scenario is symmetric and positive definite; this one is not.")

    @property
    def total(self) -> int:
        """Subjects of all sites."""
        return sum(count for _, count in self.sites)

    def with_total(self, total: int) -> Scenario:
        """The same with `total` subjects, shared over the sites as now (largest remainders)."""
        shares = np.array([count for _, count in self.sites]) * total / self.total
        counts = np.floor(shares).astype(int)
        for place in np.argsort(counts - shares, kind="stable")[: total - counts.sum()]:
            counts[place] += 1
        return replace(self, sites=tuple((code, int(n)) for (code, _), n in zip(self.sites, counts, strict=True)))

    def without_effect(self) -> Scenario:
        """The same under the null hypothesis of no effect at any visit."""
        return replace(self, effect=(0.0,) * len(self.visits))


@dataclass(frozen=True)
class Trial:
    """One simulated trial of n subjects and T visits.

    complete: (n, T) what everyone would have shown, seen: (n, T) whether it was. block: (n,) within the site's list;
    whole_blocks: per site the active places of each of its blocks, used or not.
    """

    scenario: Scenario
    site: np.ndarray
    block: np.ndarray
    active: np.ndarray
    baseline: np.ndarray
    complete: np.ndarray
    seen: np.ndarray
    whole_blocks: tuple[np.ndarray, ...]

    @property
    def observed(self) -> np.ndarray:
        """(n, T), NaN where not seen."""
        return np.where(self.seen, self.complete, np.nan)

    def allocation_list(self) -> pd.DataFrame:
        """The opened list, also rows that nobody used, as `reference_set` wants it."""
        rows, first = [], 0
        for (code, count), blocks in zip(self.scenario.sites, self.whole_blocks, strict=True):
            places = blocks.ravel()
            for place, active in enumerate(places):
                rows.append(
                    {
                        "stratum": code,
                        "block": place // self.scenario.block,
                        "arm": "active" if active else "reference",
                        "subject": first + place if place < count else None,
                    }
                )
            first += count
        return pd.DataFrame(rows).astype({"subject": "Int64"})

    def long(self) -> pd.DataFrame:
        """One row per subject and visit seen: subject, site, arm, visit, baseline, change."""
        who, when = np.nonzero(self.seen)
        codes = np.array([code for code, _ in self.scenario.sites])
        return pd.DataFrame(
            {
                "subject": who,
                "site": codes[self.site[who]],
                "arm": np.where(self.active[who], "active", "reference"),
                "visit": np.array(self.scenario.visits)[when],
                "baseline": self.baseline[who],
                "change": self.complete[who, when],
            }
        )


def simulate(scenario: Scenario, *, seed: int, number: int) -> Trial:
    """Trial `number` of the seed (METHODS 14.1)."""
    random = stream(seed, "trial", number)
    visits = len(scenario.visits)
    lists, sites, places, arms = [], [], [], []
    half = np.repeat([True, False], scenario.block // 2)
    for place, (_, count) in enumerate(scenario.sites):
        blocks = np.array([random.permutation(half) for _ in range(-(-count // scenario.block))]).reshape(-1, len(half))
        lists.append(blocks)
        sites.append(np.full(count, place))
        places.append(np.arange(count) // scenario.block)
        arms.append(blocks.ravel()[:count])
    site, block, active = np.concatenate(sites), np.concatenate(places), np.concatenate(arms)
    n = len(site)
    baseline = scenario.baseline_mean + scenario.baseline_sd * random.standard_normal(n)
    covariance = np.array(scenario.covariance)
    noise = random.standard_normal((n, visits)) @ np.linalg.cholesky(covariance).T
    own = scenario.slope * (baseline - scenario.baseline_mean) + np.array(scenario.site_shift)[site]
    complete = np.array(scenario.change) + own[:, None] + active[:, None] * np.array(scenario.effect) + noise
    uniform = random.random((n, visits))
    return Trial(scenario, site, block, active, baseline, complete, _seen(scenario, complete, uniform), tuple(lists))


def _seen(scenario, complete, uniform):
    visits = len(scenario.visits)
    seen = np.ones(complete.shape, dtype=bool)
    if visits == 1 or scenario.drop_out == 0:
        return seen
    hazard = 1 - (1 - scenario.drop_out) ** (1 / (visits - 1))
    sd = np.sqrt(np.diag(scenario.covariance))
    for t in range(1, visits):
        worse = (complete[:, t - 1] - scenario.change[t - 1]) / sd[t - 1]
        with np.errstate(over="ignore"):  # infinite odds are a chance of 0
            chance = 1 / (1 + (1 - hazard) / hazard * np.exp(-scenario.dependence * worse))
        seen[:, t] = seen[:, t - 1] & (uniform[:, t] >= chance)
    return seen
