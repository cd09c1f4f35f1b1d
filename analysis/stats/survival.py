"""Time to response: Kaplan-Meier curves and the log-rank test (METHODS 15)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.frame import complete, is_level, one_row_each, two_arms
from analysis.stats.results import NAN, NotEstimable, Significance, Survival


def kaplan_meier(times: pd.DataFrame, *, subject: str, time: str, event: str, name: str, level: float) -> Survival:
    """The curve of those without the event yet (METHODS 15.2), Greenwood's variance, interval on log(-log).

    times has one row a subject: time above 0 and event true or false (censored). Censored at a time of events counts
    as at risk there. The median is the first time the curve is at or below one half.
    """
    is_level(level)
    used, left_out = complete(times, [time, event], subject=subject)
    one_row_each(used, subject)
    at, happened = _checked(used, time, event)
    z = float(special.ndtri(0.5 + level / 2))
    steps, survival, greenwood = [], 1.0, 0.0
    for moment in np.unique(at):
        risk = int((at >= moment).sum())
        d = int(((at == moment) & happened).sum())
        c = int(((at == moment) & ~happened).sum())
        survival *= 1 - d / risk
        greenwood += d / (risk * (risk - d)) if d < risk else 0.0
        low, high, se = interval_of(survival, greenwood, z)
        steps.append((float(moment), risk, d, c, survival, se, low, high))
    return Survival(
        name=name,
        steps=tuple(steps),
        median=first_below(steps, 4),
        median_low=first_below(steps, 6),
        median_high=first_below(steps, 7),
        events=int(happened.sum()),
        n=len(used),
        left_out=left_out,
        level=level,
        method="Kaplan-Meier, Greenwood, log(-log) interval",
    )


def log_rank(
    times: pd.DataFrame,
    *,
    subject: str,
    time: str,
    event: str,
    arm: str,
    active: str,
    reference: str,
    strata: str | None,
) -> Significance:
    """The log-rank test of two arms, within strata where they are named (Mantel 1966; METHODS 15.3)."""
    used, left_out = complete(times, [time, event, arm, *([strata] if strata else [])], subject=subject)
    one_row_each(used, subject)
    two_arms(used, arm, active=active, reference=reference)
    gap = variance = 0.0
    groups = [used] if strata is None else [rows for _, rows in used.groupby(strata, sort=True)]
    for rows in groups:
        at, happened = _checked(rows, time, event)
        is_active = (rows[arm] == active).to_numpy()
        for moment in np.unique(at[happened]):
            risk, own = int((at >= moment).sum()), int(((at >= moment) & is_active).sum())
            d = int(((at == moment) & happened).sum())
            gap += int(((at == moment) & happened & is_active).sum()) - d * own / risk
            if risk > 1:
                variance += d * own / risk * (1 - own / risk) * (risk - d) / (risk - 1)
    method = "log-rank" + (f" stratified by {strata}" if strata else "")
    if variance <= 0:
        return Significance(
            name="log-rank",
            statistic=NAN,
            df=1.0,
            df2=NAN,
            p=NAN,
            n=len(used),
            left_out=left_out,
            method=method,
            warnings=("No time at which both arms were at risk and an event happened.",),
        )
    statistic = gap**2 / variance
    return Significance(
        name="log-rank",
        statistic=statistic,
        df=1.0,
        df2=NAN,
        p=float(special.chdtrc(1, statistic)),
        n=len(used),
        left_out=left_out,
        method=method,
    )


TIE = 1.4901161193847656e-08  # R's timefix: the root of the machine's precision


def tied(times: np.ndarray) -> np.ndarray:
    """The times with those made one that differ by rounding alone, as 0.1 + 0.2 and 0.3 do (METHODS 15.1; R's timefix).

    Two neighbours are one where they differ by less than TIE, absolutely or relative to the mean time.
    """
    known = np.unique(times[np.isfinite(times)])
    if len(known) < 2:
        return times
    gap = np.diff(known)
    same = (gap <= TIE) | (gap <= TIE * np.abs(known).mean())
    if not same.any():
        return times
    firsts = known[np.concatenate([[True], ~same])]
    place = np.searchsorted(firsts, times, side="right") - 1
    return np.where(np.isfinite(times), firsts[np.maximum(place, 0)], times)


def _checked(used, time, event):
    """Times, ties made one, and whether the event happened; the times of both arms go in together."""
    at = tied(used[time].to_numpy(float))
    if (at <= 0).any():
        raise NotEstimable(f"{time} must be above 0; day 1 is the first.")
    return at, used[event].astype(bool).to_numpy()


def interval_of(survival, greenwood, z):
    if survival <= 0 or survival >= 1:
        return NAN if survival <= 0 else 1.0, NAN if survival <= 0 else 1.0, 0.0 if survival >= 1 else NAN
    spread = z * math.sqrt(greenwood) / math.log(survival)
    return survival ** math.exp(-spread), survival ** math.exp(spread), survival * math.sqrt(greenwood)


def first_below(steps, column):
    for step in steps:
        if step[column] <= 0.5 + 1e-12:
            return step[0]
    return NAN
