"""How well the blind held, from guesses of the arm: the indices of James and of Bang (METHODS 16)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.frame import is_level, one_row_each, require, two_arms
from analysis.stats.results import NAN, Estimate, NotEstimable

WRONG = 0.5  # James's weight of a wrong guess; a right one has 0, and not knowing has 1


Counted = tuple[int, int, int]


@dataclass(frozen=True)
class Guesses:
    """Counts of each arm: how many guessed it right, how many guessed the other, how many did not know."""

    active: Counted
    reference: Counted

    @property
    def n(self) -> int:
        return sum((*self.active, *self.reference))


def guesses(frame: pd.DataFrame, *, subject: str, arm: str, guessed: str, active: str, reference: str) -> Guesses:
    """Count the guesses of two arms; one row a subject; `guessed` names an arm and is missing for not knowing."""
    require(frame, [subject, arm, guessed])
    one_row_each(frame, subject)
    two_arms(frame, arm, active=active, reference=reference)
    if others := sorted(set(frame[guessed].dropna()) - {active, reference}):
        raise NotEstimable(f"The guess {others[0]} names neither of the two arms.")

    def counted(own: str, other: str) -> Counted:
        values = frame.loc[frame[arm] == own, guessed]
        return int((values == own).sum()), int((values == other).sum()), int(values.isna().sum())

    return Guesses(counted(active, reference), counted(reference, active))


def bang(found: Guesses, *, level: float) -> tuple[Estimate, Estimate]:
    """Bang's index in each arm, active first: the share that guessed right less the share that guessed wrong."""
    is_level(level)
    z = float(special.ndtri(0.5 + level / 2))
    return _bang(*found.active, z=z, level=level), _bang(*found.reference, z=z, level=level)


def _bang(right: int, wrong: int, unknown: int, *, z: float, level: float) -> Estimate:
    n = right + wrong + unknown
    made = partial(
        Estimate, name="Bang", df=math.inf, statistic=NAN, p=NAN, n=n, level=level, method="Bang's blinding index"
    )
    if n == 0:
        return made(estimate=NAN, se=NAN, low=NAN, high=NAN, warnings=("Nobody on the arm was asked.",))
    value = (right - wrong) / n
    if right + wrong == 0:
        return made(estimate=value, se=NAN, low=NAN, high=NAN, warnings=("Nobody on the arm guessed: no interval.",))
    se = math.sqrt(((right + wrong) / n - value**2) / n)
    return made(estimate=value, se=se, low=value - z * se, high=value + z * se)


def james(found: Guesses, *, level: float) -> Estimate:
    """James's index of both arms: 1 where nobody knows, 0 where all guess right, 0.5 where guesses are at random."""
    is_level(level)
    n = found.n
    made = partial(
        Estimate, name="James", df=math.inf, statistic=NAN, p=NAN, n=n, level=level, method="James's blinding index"
    )
    if n == 0:
        raise NotEstimable("Nobody was asked for a guess.")
    (right, wrong, lost), (right_too, wrong_too, lost_too) = found.active, found.reference
    p = np.array([[right, wrong_too], [wrong, right_too]]) / n  # guessed by given
    unknown = (lost + lost_too) / n
    share = 1.0 - unknown
    if share == 0.0:
        return made(estimate=1.0, se=NAN, low=NAN, high=NAN, warnings=("Nobody guessed: no interval.",))
    weights = WRONG * (1.0 - np.eye(2))
    guessed, given = p.sum(axis=1), p.sum(axis=0)
    expected = float((weights * np.outer(guessed, given)).sum())
    if expected == 0.0:
        return made(
            estimate=NAN, se=NAN, low=NAN, high=NAN, warnings=("All were given, and guessed, one arm: no index.",)
        )
    kappa = float((weights * p).sum()) * share / expected - 1.0
    value = (1.0 + unknown + share * kappa) / 2.0
    margins = (weights * guessed[:, None]).sum(axis=0)[None, :] + (weights * given[None, :]).sum(axis=1)[:, None]
    first = (p * share**2 * (share * weights - (1.0 + kappa) * margins) ** 2).sum() / (4.0 * expected**2)
    second = unknown * share - share * (1.0 + kappa) * (unknown + share * (1.0 + kappa) / 4.0)
    se = math.sqrt(max(float(first) + second, 0.0) / n)
    half = float(special.ndtri(0.5 + level / 2)) * se
    return made(estimate=value, se=se, low=value - half, high=value + half)
