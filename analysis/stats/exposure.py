"""Exposure to the drug: days at each step, cumulative dose, relative dose intensity, compliance (METHODS 11)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.stats.frame import require
from analysis.stats.results import NotEstimable


def exposure(
    taken: pd.DataFrame, *, subject: str, first: str, last: str, mg: str, steps: tuple[int, ...], planned_mg: float
) -> pd.DataFrame:
    """What each subject took (METHODS 11.1 to 11.3), one row a subject, indexed by subject.

    taken: one row a subject and period: study days first to last (both counted, no day 0), mg a day as taken, 0 for an
    interruption. Columns out: days_250 ... for each of steps, days_other, days_off (0 mg), days_on, cumulative_mg,
    mean_daily_mg (per day on drug), highest_mg, reductions, relative_dose_intensity (cumulative over planned_mg; may be
    above 1). Raises NotEstimable where periods overlap or end before they begin.
    """
    require(taken, [subject, first, last, mg])
    if planned_mg <= 0:
        raise NotEstimable("The planned dose is above 0 mg.")
    _periods_hold(taken, subject, first, last, mg)
    ordered = taken.sort_values([subject, first], kind="stable")
    days = pd.Series(_length(ordered[first], ordered[last]), index=ordered.index)
    dose, who = ordered[mg].astype(float), ordered[subject]

    def total(values):
        return values.groupby(who, sort=True).sum()

    # A step down between two doses above 0, whatever lies between them.
    falls = dose[dose > 0].groupby(who[dose > 0]).diff() < 0
    found = pd.DataFrame({f"days_{step}": total(days.where(dose == step, 0)) for step in steps})
    on, cumulative = total(days.where(dose > 0, 0)), total(days * dose)
    return found.assign(
        days_other=total(days.where((dose > 0) & ~dose.isin(steps), 0)),
        days_off=total(days.where(dose == 0, 0)),
        days_on=on,
        cumulative_mg=cumulative,
        mean_daily_mg=cumulative / on.where(on > 0),
        highest_mg=dose.groupby(who, sort=True).max(),
        reductions=falls.groupby(who[dose > 0]).sum().reindex(found.index, fill_value=0).astype(int),
        relative_dose_intensity=cumulative / planned_mg,
    ).rename_axis(subject)


def compliance(
    counts: pd.DataFrame, *, subject: str, dispensed: str, returned: str, lost: str, prescribed: str
) -> pd.DataFrame:
    """(dispensed - returned - lost) / prescribed capsules (METHODS 11.4), one row a subject, indexed by subject.

    counts: one row a subject and interval. A missing number (lost unknown, bottle not back) in any interval makes the
    subject's compliance missing, with the reason in the column `missing`.
    """
    columns = [dispensed, returned, lost, prescribed]
    require(counts, [subject, *columns])
    if (counts[columns].astype(float) < 0).any(axis=None):
        raise NotEstimable("A number of capsules is below 0.")
    numbers = counts[columns].astype(float)
    sums = numbers.groupby(counts[subject], sort=True).sum()
    unknown = numbers.isna().groupby(counts[subject], sort=True).any()
    used = (sums[dispensed] - sums[returned] - sums[lost]).where(~unknown.any(axis=1))
    missing = pd.Series("", index=sums.index, dtype=object)
    missing[sums[prescribed] == 0] = "nothing was prescribed"
    for who in unknown.index[unknown.any(axis=1)]:
        missing[who] = f"{', '.join(name for name in columns if unknown.at[who, name])} unknown"
    found = pd.DataFrame({"used": used, "compliance": used / sums[prescribed].where(sums[prescribed] > 0)})
    return found.assign(missing=missing).rename_axis(subject)


def dose_on(taken: pd.DataFrame, days: pd.DataFrame, *, subject: str, first: str, last: str, mg: str, day: str):
    """The mg a day taken on a study day (METHODS 12.3), a Series like days; missing where no period holds the day."""
    _periods_hold(taken, subject, first, last, mg)
    periods: dict[object, list[tuple]] = {}
    for who, begin, end, dose in taken[[subject, first, last, mg]].itertuples(index=False, name=None):
        periods.setdefault(who, []).append((begin, end, dose))
    found = []
    for who, when in zip(days[subject], days[day], strict=True):
        own = () if pd.isna(when) else periods.get(who, ())
        found.append(next((float(dose) for begin, end, dose in own if begin <= when <= end), np.nan))
    return pd.Series(found, index=days.index, dtype=float)


def _periods_hold(taken, subject, first, last, mg):
    if taken[[first, last, mg]].isna().any(axis=None):
        raise NotEstimable("A period of dosing lacks its first day, its last day or its dose.")
    if (taken[mg] < 0).any():
        raise NotEstimable("A dose is below 0 mg.")
    days = taken[[first, last]].to_numpy(float)
    if (days % 1 != 0).any() or (days == 0).any():
        raise NotEstimable("A study day is a whole number and never 0: the day before day 1 is day -1.")
    wrong = taken[taken[last] < taken[first]]
    if len(wrong):
        raise NotEstimable(f"{wrong[subject].iloc[0]}: a period of dosing ends before it begins.")
    ordered = taken.sort_values([subject, first], kind="stable")
    overlap = (ordered[subject] == ordered[subject].shift()) & (ordered[first] <= ordered[last].shift())
    if overlap.any():
        raise NotEstimable(f"{ordered.loc[overlap, subject].iloc[0]}: two periods of dosing overlap.")


def _length(first, last):
    """Days from first to last, both counted; there is no day 0."""
    first, last = first.to_numpy(int), last.to_numpy(int)
    return last - first + 1 - ((first < 0) & (last > 0))
