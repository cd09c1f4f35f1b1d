"""Time to an event that is looked for at visits only: it happened between two of them (METHODS 15.4, 15.5)."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.frame import complete, is_level, one_row_each, two_arms
from analysis.stats.results import NAN, NotEstimable, Significance, Survival
from analysis.stats.survival import first_below, interval_of, tied

STEPS = 200_000  # of the self-consistent search
METHOD = "interval-censored (Turnbull), log(-log) interval from the observed information"


def turnbull(times: pd.DataFrame, *, subject: str, left: str, right: str, name: str, level: float) -> Survival:
    """The curve of those without the event yet, by the nonparametric maximum likelihood (Turnbull 1976; METHODS 15.4).

    times has one row a subject: without the event at `left`, with it at `right`; infinite where it was never seen.
    Where nobody missed a visit this is the Kaplan-Meier curve at the visits, with Greenwood's errors.
    """
    is_level(level)
    used, left_out = complete(times, [left, right], subject=subject)
    one_row_each(used, subject)
    start, end = _checked(used, left, right)
    _, ends, inside = _innermost(start, end)
    mass = _masses(inside)
    variance = _variances(inside, mass)
    z = float(special.ndtri(0.5 + level / 2))
    known = np.isfinite(end)
    until = np.where(known, end, start)
    steps = []
    for moment in np.unique(until[until > 0]):
        here = ends <= moment
        share = float(max(0.0, 1.0 - mass[here].sum()))
        share = 0.0 if share < 1e-12 else 1.0 if share > 1 - 1e-12 else share
        spread = float(here @ variance @ here)
        low, high, se = interval_of(share, spread / share**2 if share > 0 else NAN, z)
        steps.append(
            (
                float(moment),
                int((until >= moment).sum()),
                int((end == moment).sum()),
                int((~known & (start == moment)).sum()),
                share,
                se,
                low,
                high,
            )
        )
    return Survival(
        name=name,
        steps=tuple(steps),
        median=first_below(steps, 4),
        median_low=first_below(steps, 6),
        median_high=first_below(steps, 7),
        events=int(known.sum()),
        n=len(used),
        left_out=left_out,
        level=level,
        method=METHOD,
    )


def masses(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the likelihood puts its mass: begin, end and share of each innermost interval (begin, end]."""
    begins, ends, inside = _innermost(start, end)
    return begins, ends, _masses(inside)


def interval_log_rank(
    times: pd.DataFrame,
    *,
    subject: str,
    left: str,
    right: str,
    arm: str,
    active: str,
    reference: str,
    strata: str | None,
) -> Significance:
    """The log-rank test of two arms by Sun's scores in permutation form (Sun 1996; Fay and Shaw 2010; METHODS 15.5)."""
    used, left_out = complete(times, [left, right, arm, *([strata] if strata else [])], subject=subject)
    one_row_each(used, subject)
    two_arms(used, arm, active=active, reference=reference)
    total = variance = 0.0
    groups = [used] if strata is None else [rows for _, rows in used.groupby(strata, sort=True)]
    for rows in groups:
        scores = _scores(*_checked(rows, left, right))
        own = (rows[arm] == active).to_numpy(float)
        n = len(rows)
        total += float(own @ (scores - scores.mean()))
        if n > 1:
            spread = float(((scores - scores.mean()) ** 2).sum())
            variance += spread / (n - 1) * float(((own - own.mean()) ** 2).sum())
    method = "log-rank, interval-censored (Sun's scores, permutation form)"
    method += f", stratified by {strata}" if strata else ""
    test = partial(Significance, name="log-rank", df=1.0, df2=NAN, n=len(used), left_out=tuple(left_out), method=method)
    if variance <= 1e-20:
        return test(statistic=NAN, p=NAN, warnings=("No event tells the arms apart: there is no test.",))
    statistic = total**2 / variance
    return test(statistic=statistic, p=float(special.chdtrc(1, statistic)))


def _checked(used, left, right):
    both = tied(np.concatenate([used[left].to_numpy(float), used[right].to_numpy(float)]))
    start, end = both[: len(used)], both[len(used) :]
    if (start < 0).any() or (end <= start).any():
        raise NotEstimable(f"{left} is 0 or more and {right} is later: the event happened between them.")
    return start, end


def _innermost(start: np.ndarray, end: np.ndarray):
    """Begins and ends of the innermost intervals, and (n, m) whether each lies in a subject's interval.

    Intervals are open to the left: an end and a begin at one time do not meet, so the end comes first.
    """
    points = sorted({(time, 1) for time in start} | {(time, 0) for time in end})
    pairs = [(a[0], b[0]) for a, b in pairwise(points) if a[1] == 1 and b[1] == 0]
    begins, ends = (np.array(side) for side in zip(*pairs, strict=True))
    return begins, ends, (start[:, None] <= begins) & (ends <= end[:, None])


def _masses(inside: np.ndarray) -> np.ndarray:
    """The self-consistent masses; NotEstimable where the search does not end at the maximum."""
    n, m = inside.shape
    mass = np.full(m, 1.0 / m)
    for _ in range(STEPS):
        gain = (inside / (inside @ mass)[:, None]).sum(axis=0) / n
        # Kuhn-Tucker: at the maximum the gain is 1 where there is mass, and at most 1 elsewhere.
        if gain.max() <= 1 + 1e-9 and abs(gain[mass > 1e-9] - 1).max() <= 1e-7:
            return _polished(inside, np.where(mass > 1e-9, mass, 0.0) / mass[mass > 1e-9].sum())
        mass = mass * gain
    raise NotEstimable("The curve of interval-censored times did not converge.")


def _polished(inside: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """The same to the last digits: Newton's steps over the masses above 0, which self-consistency nears slowly."""
    there = np.flatnonzero(mass > 0)
    if len(there) < 2:
        return mass
    free = np.vstack([np.eye(len(there) - 1), -np.ones(len(there) - 1)])
    for _ in range(5):
        seen = inside[:, there] / (inside @ mass)[:, None]
        try:
            step = free @ np.linalg.solve(free.T @ (seen.T @ seen) @ free, free.T @ seen.sum(axis=0))
        except np.linalg.LinAlgError:  # the likelihood is flat: any of its maxima will do
            return mass
        if not (mass[there] + step > 0).all():
            return mass
        mass = mass.copy()
        mass[there] += step
    return mass


def _variances(inside: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """(m, m) covariance of the masses, by the information of those above 0; 0 where there is one only."""
    there = np.flatnonzero(mass > 0)
    found = np.zeros((len(mass), len(mass)))
    if len(there) < 2:
        return found
    seen = inside[:, there] / (inside @ mass)[:, None]
    free = np.vstack([np.eye(len(there) - 1), -np.ones(len(there) - 1)])  # the last is one less the others
    try:
        own = free @ np.linalg.inv(free.T @ (seen.T @ seen) @ free) @ free.T
    except np.linalg.LinAlgError:
        own = np.full((len(there), len(there)), NAN)
    found[np.ix_(there, there)] = own
    return found


def _scores(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Sun's scores: above 0 for an event earlier than expected."""
    _, ends, inside = _innermost(start, end)
    mass = _masses(inside)
    after = np.clip(1.0 - np.cumsum(mass), 0.0, None)
    before = np.concatenate([[1.0], after[:-1]])
    hazard = np.cumsum(np.where(before > 1e-12, mass / np.maximum(before, 1e-12), 0.0))

    def weighed(time):
        """S(t) log S(t) with the log of the product of 1 - hazard in its first order; 0 at the beginning."""
        place = np.searchsorted(ends, time, side="right") - 1
        share = np.where(place >= 0, after[np.maximum(place, 0)], 1.0)
        share = np.where(np.isinf(time), 0.0, share)
        return share, np.where(place >= 0, -share * hazard[np.maximum(place, 0)], 0.0)

    (s_left, w_left), (s_right, w_right) = weighed(start), weighed(end)
    return (w_left - w_right) / (s_left - s_right)
