"""Conditional-mean imputation with the bootstrap: the spread over trials of resampled subjects (METHODS 8.8).

Wolbers et al. 2022 (doi:10.1002/pst.2234), as rbmi's `method_condmean(type = "bootstrap")`: subjects are drawn with
replacement within each arm, and the whole procedure is repeated. Every sample has its own stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from analysis.stats.executor import Progress, chunks, compute
from analysis.stats.frame import is_level
from analysis.stats.imputation.conditional_mean import TWO_ERRORS, Model, arm_weights, imputed, model_of
from analysis.stats.imputation.panel import Panel
from analysis.stats.imputation.strategies import ASSUMPTIONS, refuse_unknown
from analysis.stats.linear import z_estimate
from analysis.stats.mmrm import ArrayFit
from analysis.stats.results import NAN, Estimate, NotEstimable
from analysis.stats.streams import stream

SAMPLES_PER_JOB = 50  # samples per job; part of the definition of a job, not of the machine
FAIR = 0.05  # of the samples may be drawn anew before the result says that the others are no fair sample
ATTEMPTS = 20  # a sample whose model has no fit is drawn anew from its own stream, at most so often


@dataclass(frozen=True, kw_only=True)
class Bootstrapped:
    """The difference between arms by visit under one assumption, with intervals from resampled subjects.

    percentile: interval and p from the quantiles of the samples. normal: estimate and the samples' standard deviation.
    information_anchored: as normal, under MAR with the shift to the assumption held fixed (METHODS 8.4).
    redrawn: samples drawn anew because their model had no fit.
    """

    strategy: str
    assumption: str
    visits: tuple
    percentile: tuple[Estimate, ...]
    normal: tuple[Estimate, ...]
    information_anchored: tuple[Estimate, ...]
    explanation: str
    samples: int
    seed: int
    redrawn: int
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]

    def at(self, visit) -> tuple[Estimate, Estimate, Estimate]:
        """The three estimates at a visit: percentile, normal, information-anchored."""
        place = self.visits.index(visit)
        return self.percentile[place], self.normal[place], self.information_anchored[place]


def bootstrap(
    panel: Panel,
    *,
    strategies: Sequence[str],
    covariance: str,
    samples: int,
    seed: int,
    level: float,
    executor: Executor,
    progress: Progress | None = None,
) -> dict[str, Bootstrapped]:
    """Conditional-mean imputation with bootstrap errors under each strategy (METHODS 8.8); other words as 8.3.

    Raises NotEstimable where an arm has fewer than two subjects, or where a sample's model has no fit again and again.
    """
    refuse_unknown(strategies)
    is_level(level)
    if samples < 2:
        raise NotEstimable(f"{samples} sample cannot show a spread; take 1,000 or more.")
    before = panel.without_affected()
    same = np.array_equal(before.missing, panel.missing)
    weights = arm_weights(panel.design)
    found = {}
    for model_panel, mine in (
        (panel, [s for s in strategies if same or s == "MAR"]),
        (before, [s for s in strategies if not same and s != "MAR"]),
    ):
        if not mine:
            continue
        whole = model_of(model_panel, covariance)
        jobs = [
            (panel, model_panel, whole, covariance, tuple(mine), seed, *part)
            for part in chunks(samples, SAMPLES_PER_JOB)
        ]
        parts = compute(resample, jobs, executor=executor, progress=progress)
        first = _shaped(whole, panel)
        under_mar = weights @ imputed(panel, first, "MAR")
        redrawn = int(sum(part["redrawn"] for part in parts))
        spread_mar = np.concatenate([part["MAR"] for part in parts])
        for strategy in mine:
            own = weights @ imputed(panel, first, strategy)
            spread = np.concatenate([part[strategy] for part in parts])
            anchored = spread_mar + (own - under_mar)
            found[strategy] = _result(panel, strategy, own, spread, anchored, covariance, samples, seed, redrawn, level)
    return {strategy: found[strategy] for strategy in strategies}


def resample(panel, model_panel, whole, covariance, strategies, seed, first, last) -> dict:
    """Differences (samples, T) of samples first to last under each strategy and MAR, and how many were redrawn."""
    names = dict.fromkeys([*strategies, "MAR"])
    values: dict[str, list] = {name: [] for name in names}
    redrawn = 0
    for number in range(first, last):
        random = stream(seed, "bootstrap", number)
        for _ in range(ATTEMPTS):
            chosen = _sample(panel.active, random)
            drawn = _differences(panel, model_panel, whole, covariance, names, chosen)
            if drawn is not None:
                break
            redrawn += 1
        else:
            raise NotEstimable(
                f"{ATTEMPTS} samples of {len(panel.subjects)} subjects in a row had no fit with covariance "
                f"{covariance}: too few for the bootstrap. Take multiple imputation, or a simpler covariance."
            )
        for name in names:
            values[name].append(drawn[name])
    return {**{name: np.array(rows) for name, rows in values.items()}, "redrawn": redrawn}


def _sample(active: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Places of subjects drawn with replacement within each arm, as many as there are."""
    arms = [np.flatnonzero(active), np.flatnonzero(~active)]
    return np.concatenate([arm[random.integers(len(arm), size=len(arm))] for arm in arms])


def _differences(panel, model_panel, whole, covariance, names, chosen):
    copies = model_panel.only(chosen)
    try:
        weights = arm_weights(panel.design, np.bincount(chosen, minlength=len(panel.subjects)))
        fit = model_of(copies, covariance, start=whole.sigma)
    except (NotEstimable, np.linalg.LinAlgError):
        return None
    parameters = _shaped(fit, panel)
    return {name: weights @ imputed(panel, parameters, name) for name in names}


def _shaped(fit: ArrayFit, panel: Panel) -> Model:
    return Model(fit.beta.reshape(panel.design.shape[1], len(panel.visits)), fit.sigma)


def quantile(values: np.ndarray, share: float) -> np.ndarray:
    """The quantile along the first axis at share * (B + 1), R's type 6, which rbmi takes."""
    return np.quantile(values, share, axis=0, method="weibull")


def percentile_p(values: np.ndarray) -> float:
    """Two-sided p from the samples (B,): twice the smaller of (below + 1) / (B + 1) and (above + 1) / (B + 1)."""
    beyond = min(int((values < 0).sum()), int((values > 0).sum()))
    return min(1.0, 2.0 * (beyond + 1) / (len(values) + 1))


def _result(panel, strategy, own, spread, anchored, covariance, samples, seed, redrawn, level) -> Bootstrapped:
    n = len(panel.subjects)
    method = (
        f"conditional-mean imputation, {strategy}, {covariance} by REML; ANCOVA by visit; bootstrap of subjects within "
        f"arms, {samples} samples, seed {seed}"
    )
    warnings = list(panel.warnings)
    if samples < 1000:
        warnings.append(f"{samples} samples leave a Monte Carlo error in the interval; 1,000 or more are usual.")
    if redrawn:
        text = f"{redrawn} samples had no fit of their model and were drawn anew."
        if redrawn > FAIR * samples:
            text += " So many that the rest is no fair sample: too few subjects; read multiple imputation instead."
        warnings.append(text)
    kept = {"n": n, "left_out": panel.left_out, "warnings": tuple(warnings)}

    def named(visit, kind):
        return f"difference at {visit}, {strategy}, {kind}"

    def by_normal(values, kind):
        return tuple(
            z_estimate(
                named(visit, kind),
                float(own[t]),
                float(values[:, t].std(ddof=1)),
                level=level,
                method=f"{method}; {kind}",
                **kept,
            )
            for t, visit in enumerate(panel.visits)
        )

    tail = (1 - level) / 2
    low, high = quantile(spread, tail), quantile(spread, 1 - tail)
    percentile = tuple(
        Estimate(
            name=named(visit, "percentile bootstrap"),
            estimate=float(own[t]),
            se=float(spread[:, t].std(ddof=1)),
            df=NAN,
            low=float(low[t]),
            high=float(high[t]),
            statistic=NAN,
            p=percentile_p(spread[:, t]),
            level=level,
            method=f"{method}; percentile interval",
            **kept,
        )
        for t, visit in enumerate(panel.visits)
    )
    return Bootstrapped(
        strategy=strategy,
        assumption=ASSUMPTIONS[strategy],
        visits=panel.visits,
        percentile=percentile,
        normal=by_normal(spread, "normal bootstrap"),
        information_anchored=by_normal(anchored, "information-anchored bootstrap"),
        explanation=TWO_ERRORS,
        samples=samples,
        seed=seed,
        redrawn=redrawn,
        method=method,
        **kept,
    )
