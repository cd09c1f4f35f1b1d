"""Power, sample size and operating characteristics of the analysis plan, by simulation (METHODS 14)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import astuple, dataclass

import numpy as np
from scipy import special, stats

from analysis.stats.executor import Progress, chunks, compute
from analysis.stats.frame import is_level
from analysis.stats.plans import PLANS
from analysis.stats.results import NAN, NotEstimable
from analysis.stats.simulation import Scenario, simulate

TRIALS_PER_JOB = 25  # trials per job


@dataclass(frozen=True, kw_only=True)
class OperatingCharacteristics:
    """How one analysis behaves over simulated trials; each *_error is a Monte Carlo standard error.

    rejected: share of trials with p <= 1 - level, which is type I error where `effect` is 0, else power. bias: mean
    estimate minus `effect`. sd: of the estimates; mean_se: of the standard errors that the analysis claims (NaN where
    it claims none). coverage: share of intervals that hold `effect`
    (NaN where the analysis gives none). silent: trials without a result, counted as not
    rejected. left_first: trials whose covariance was not the first of the list.
    """

    analysis: str
    trials: int
    total: int
    effect: float
    rejected: float
    rejected_error: float
    bias: float
    bias_error: float
    sd: float
    mean_se: float
    coverage: float
    coverage_error: float
    silent: int
    left_first: int
    level: float
    seed: int
    method: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedSize:
    """The least number of subjects, in whole blocks, whose simulated power reaches the wanted one.

    tried: (subjects, power, Monte Carlo error) of each size simulated. start: the size of the closed form, from which
    the search began.
    """

    total: int
    power: float
    power_error: float
    wanted: float
    start: int
    tried: tuple[tuple[int, float, float], ...]
    analysis: str
    trials: int
    level: float
    seed: int
    method: str
    warnings: tuple[str, ...]


def operating_characteristics(
    scenario: Scenario,
    *,
    analyses: Sequence[str],
    trials: int,
    seed: int,
    level: float,
    executor: Executor,
    progress: Progress | None = None,
) -> dict[str, OperatingCharacteristics]:
    """Simulate `trials` trials and analyse each in every way named; names are those of `PLANS` (METHODS 14.2)."""
    is_level(level)
    if unknown := [name for name in analyses if name not in PLANS]:
        raise NotEstimable(f"The analysis {', '.join(unknown)} is unknown; choose among {', '.join(PLANS)}.")
    if trials < 1:
        raise NotEstimable(f"{trials} trials show nothing; take 1,000 or more.")
    jobs = [(scenario, tuple(analyses), seed, level, *part) for part in chunks(trials, TRIALS_PER_JOB)]
    verdicts = np.concatenate(compute(analyse_trials, jobs, executor=executor, progress=progress))
    return {name: _characteristics(name, verdicts[:, k], scenario, seed, level) for k, name in enumerate(analyses)}


def analyse_trials(scenario, analyses, seed, level, first, last) -> np.ndarray:
    """Verdicts (trials, analyses, 6) on trials first to last."""
    rows = []
    for number in range(first, last):
        trial = simulate(scenario, seed=seed, number=number)
        rows.append([astuple(PLANS[name](trial, level)) for name in analyses])
    return np.array(rows, dtype=float)


def power_of_ancova(*, active: int, reference: int, effect: float, sd: float, covariates: int, level: float) -> float:
    """Power of the two-sided t test of an arm in ANCOVA, by the noncentral t distribution (METHODS 14.3).

    `sd` is the residual one; each covariate costs a degree of freedom, and its chance imbalance is left out.
    """
    if min(active, reference) < 1 or not 0 < sd < np.inf or not np.isfinite(effect):
        raise NotEstimable("Power wants a subject in each arm, a finite effect and a standard deviation above 0.")
    is_level(level)
    df = active + reference - 2 - covariates
    if df < 1:
        raise NotEstimable(f"{active + reference} subjects cannot carry {covariates} covariates.")
    shift = abs(effect) / (sd * np.sqrt(1 / active + 1 / reference))
    critical = special.stdtrit(df, 0.5 + level / 2)
    above, below = float(stats.nct.sf(critical, df, shift)), float(stats.nct.cdf(-critical, df, shift))
    # SciPy has no number where the shift is so large that nothing is left to tell.
    above = float(shift > critical) if np.isnan(above) else above
    return min(1.0, above + (0.0 if np.isnan(below) else below))


def sample_size(
    scenario: Scenario,
    *,
    analysis: str,
    power: float,
    trials: int,
    seed: int,
    level: float,
    executor: Executor,
    progress: Progress | None = None,
) -> PlannedSize:
    """The least number of subjects for the wanted power of one analysis (METHODS 14.4).

    Five sizes around the closed form are simulated, the probit of power drawn as a line over the root of the size, and
    the size where it crosses is simulated too; then sizes go up by a block until the simulated power suffices.
    """
    if not 0.5 <= power < 1:
        raise NotEstimable(f"The power wanted is {power}; it lies between 0.5 and 1.")
    if scenario.effect[-1] == 0:
        raise NotEstimable("The scenario has no effect at the last visit: no size can show it.")
    start = _closed_form(scenario, power, level)
    tried: dict[int, float] = {}

    def simulated(total: int) -> float:
        if total not in tried:
            tried[total] = operating_characteristics(
                scenario.with_total(total),
                analyses=[analysis],
                trials=trials,
                seed=seed,
                level=level,
                executor=executor,
                progress=progress,
            )[analysis].rejected
        return tried[total]

    sizes = sorted({_whole_blocks(scenario, start * share) for share in (0.7, 0.85, 1.0, 1.2, 1.4)})
    probits = special.ndtri([min(max(simulated(size), 0.5 / trials), 1 - 0.5 / trials) for size in sizes])
    slope, intercept = np.polyfit(np.sqrt(sizes), probits, 1)
    if slope <= 0:
        raise NotEstimable("Power does not rise with the size over the sizes tried; simulate more trials.")
    total = _whole_blocks(scenario, ((special.ndtri(power) - intercept) / slope) ** 2)
    while simulated(total) < power:
        total += scenario.block
        if total > max(4 * start, 2 * sizes[-1]):
            raise NotEstimable(
                f"{total} subjects do not reach a power of {power:g} ({tried[max(tried)]:.3f} simulated): the analysis "
                "may have a ceiling, or more trials are needed."
            )
    error = float(np.sqrt(tried[total] * (1 - tried[total]) / trials))
    return PlannedSize(
        total=total,
        power=tried[total],
        power_error=error,
        wanted=power,
        start=start,
        tried=tuple((size, p, float(np.sqrt(p * (1 - p) / trials))) for size, p in sorted(tried.items())),
        analysis=analysis,
        trials=trials,
        level=level,
        seed=seed,
        method=f"simulation, {trials} trials a size, {analysis}, probit line over the root of the size",
        warnings=(f"The Monte Carlo error of the power is {error:.3f}.",) if error > 0.01 else (),
    )


def _whole_blocks(scenario: Scenario, total: float) -> int:
    least = 2 * max(len(scenario.sites), 2) * scenario.block // 2
    return max(least, int(np.ceil(total / scenario.block - 1e-9)) * scenario.block)


def _closed_form(scenario: Scenario, power: float, level: float) -> int:
    """The size of the ANCOVA of those who stay."""
    sd = float(np.sqrt(scenario.covariance[-1][-1]))

    def reached(half):
        stay = max(2, int(half * (1 - scenario.drop_out)))
        return power_of_ancova(
            active=stay, reference=stay, effect=scenario.effect[-1], sd=sd, covariates=1, level=level
        )

    low, high = 3, 4
    while reached(high) < power:
        low, high = high, 2 * high
        if high > 100_000:
            raise NotEstimable("More than 200,000 subjects would be needed.")
    while high - low > 1:  # power rises with the size
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) >= power else (middle, high)
    return 2 * high


def _characteristics(name, verdicts, scenario, seed, level) -> OperatingCharacteristics:
    estimate, se, low, high, p, left_first = verdicts.T
    told = np.isfinite(p)
    trials, effect = len(p), scenario.effect[-1]
    rejected = float((p <= 1 - level).mean())  # NaN compares false: silence is no rejection
    bounded = ~np.isnan(low)
    inside = (low[bounded] <= effect) & (effect <= high[bounded])
    coverage = float(inside.mean()) if bounded.any() else NAN
    heard = int(told.sum())
    sd = float(estimate[told].std(ddof=1)) if heard > 1 else NAN
    silent = int((~told).sum())
    return OperatingCharacteristics(
        analysis=name,
        trials=trials,
        total=scenario.total,
        effect=effect,
        rejected=rejected,
        rejected_error=_share_error(rejected, trials),
        sd=sd,
        bias=float(estimate[told].mean() - effect) if heard else NAN,
        bias_error=sd / float(np.sqrt(heard)) if heard else NAN,
        mean_se=float(se[told].mean()) if heard else NAN,
        coverage=coverage,
        coverage_error=_share_error(coverage, int(bounded.sum())),
        silent=silent,
        left_first=int(left_first[told].sum()),
        level=level,
        seed=seed,
        method=f"simulation of {trials} trials of {scenario.total} subjects, seed {seed}; {name}",
        warnings=(f"{silent} trials gave no result and count as not rejected.",) if silent else (),
    )


def _share_error(share: float, count: int) -> float:
    return float(np.sqrt(share * (1 - share) / count)) if count else NAN
