"""What every calculation hands back: frozen results that carry their own trouble.

Sign, everywhere: a difference is active minus reference. A number that does not exist (no interval, no degrees of
freedom) is NaN in Python and null in JSON. `left_out` holds one sentence per subject or row that was not used.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

NAN = float("nan")


class NotEstimable(ValueError):
    """The data cannot carry the method. The message is a sentence for a person: what, why, what to do."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One number with its uncertainty: a difference, a mean, a coefficient, an effect size."""

    name: str
    estimate: float
    se: float
    df: float
    low: float
    high: float
    statistic: float
    p: float
    n: int
    left_out: tuple[str, ...] = ()
    method: str
    warnings: tuple[str, ...] = ()
    converged: bool = True
    level: float = NAN


@dataclass(frozen=True, kw_only=True)
class Significance:
    """A test without an estimate: chi-square, F, exact. `df2` is the denominator's, NaN where there is none."""

    name: str
    statistic: float
    df: float
    df2: float
    p: float
    n: int
    left_out: tuple[str, ...] = ()
    method: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Describes one set of numbers. `n` were observed, `missing` were expected and are not there."""

    name: str
    n: int
    missing: int
    mean: float
    sd: float
    se: float
    low: float
    high: float
    median: float
    q1: float
    q3: float
    minimum: float
    maximum: float
    level: float
    method: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Count:
    """`events` of `n`, with the interval of the proportion. `missing` says how many of `n` were imputed as no event."""

    name: str
    events: int
    n: int
    proportion: float
    low: float
    high: float
    level: float
    missing: int
    method: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ancova:
    """A fitted linear model of one response with two arms."""

    contrast: Estimate
    robust: Estimate
    means: tuple[Estimate, ...]
    coefficients: tuple[Estimate, ...]
    residual_sd: float
    residual_df: float
    r_squared: float
    n: int
    n_active: int
    n_reference: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Moderation:
    """Does the effect depend on a baseline value? Always exploratory."""

    interaction: Estimate
    robust: Estimate
    effect_at_mean: Estimate
    coefficients: tuple[Estimate, ...]
    covariance: tuple[tuple[float, ...], ...]
    centre: float
    observed: tuple[float, ...]
    residual_sd: float
    residual_df: float
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]
    label: str = "exploratory"


@dataclass(frozen=True, kw_only=True)
class Region:
    """Johnson-Neyman: where the effect differs from 0. `points`: (value, effect, low, high, within observed range)."""

    bounds: tuple[float, ...]
    significant: str
    critical: float
    points: tuple[tuple[float, float, float, float, bool], ...]
    level: float
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]
    label: str = "exploratory"


@dataclass(frozen=True, kw_only=True)
class RepeatedMeasures:
    """The two-way analysis of variance for repeated measures: arm between subjects, visit within."""

    arm: Significance
    visit: Significance
    interaction: Significance
    epsilon_gg: float
    epsilon_hf: float
    mauchly: Significance
    visit_gg: Significance
    visit_hf: Significance
    interaction_gg: Significance
    interaction_hf: Significance
    sums_of_squares: tuple[tuple[str, float, float], ...]
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Responders:
    """Everything said about two proportions. The primary pair comes first, the rest stands beside it."""

    rule: str
    active: Count
    reference: Count
    primary: Significance
    difference: Estimate
    tests: tuple[Significance, ...]
    differences: tuple[Estimate, ...]
    ratios: tuple[Estimate, ...]
    needed_to_treat: NeededToTreat
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]

    def test(self, name: str) -> Significance:
        """The test of that name; KeyError names the ones there are."""
        return _named(self.tests, name)

    def risk_difference(self, name: str) -> Estimate:
        """The risk difference with the interval of that name."""
        return _named(self.differences, name)


@dataclass(frozen=True, kw_only=True)
class NeededToTreat:
    """1/risk difference; in two pieces, told by `text`, where the interval of the difference holds 0."""

    estimate: float
    benefit_low: float
    benefit_high: float
    harm_low: float
    harm_high: float
    disjoint: bool
    text: str
    level: float
    n: int
    method: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Survival:
    """Kaplan-Meier curve of one arm: columns time, at risk, events, censored, survival, se, low, high."""

    name: str
    steps: tuple[tuple[float, int, int, int, float, float, float, float], ...]
    median: float
    median_low: float
    median_high: float
    events: int
    n: int
    left_out: tuple[str, ...]
    level: float
    method: str
    warnings: tuple[str, ...] = ()


def _named(results, name):
    for one in results:
        if one.name == name:
            return one
    raise KeyError(f"{name!r} is not among {', '.join(one.name for one in results)}")


def plain(value):
    """The result as dicts, lists, numbers and text for JSON, at full precision; NaN and infinities in JSON's words.

    NaN becomes None; an infinity becomes the text "inf" or "-inf", since JSON has no word for it.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    return value
