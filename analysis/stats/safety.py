"""Adverse events: which are treatment-emergent, how many by arm, and how often (METHODS 12).

By design there is no p-value here: events are described, with intervals.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from scipy import special

from analysis.stats.descriptive import count
from analysis.stats.exact_difference import exact_difference
from analysis.stats.frame import is_level, one_row_each, require
from analysis.stats.results import NAN, Count, Estimate, NotEstimable
from analysis.stats.two_by_two import Table

PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """One line of the table: subjects with the event and events, by arm; rates per subject-year at risk."""

    name: str
    active: Count
    reference: Count
    active_events: int
    reference_events: int
    active_rate: Estimate
    reference_rate: Estimate
    difference: Estimate


def days_it_may_mean(written: str | None) -> tuple[date, date]:
    """First and last day that a date written in full or in part (2026-03, 2026, nothing) may mean."""
    if written is None or pd.isna(written) or str(written).strip() == "":
        return date.min, date.max
    match = PARTIAL.fullmatch(str(written).strip())
    try:
        match [int(part) for part in match.groups() if part] if match else []:
            case [year, month, day]:
                return date(year, month, day), date(year, month, day)
            case [year, month]:
                return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
            case [year]:
                return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        pass
    raise NotEstimable(f"{written!r} is not a date such as 2026-03-09, 2026-03 or 2026.")


def treatment_emergent(
    events: pd.DataFrame,
    *,
    subject: str,
    onset: str,
    worsened: str,
    serious: str,
    dosing: pd.DataFrame,
    first_dose: str,
    last_dose: str,
    days_after: int,
    days_after_serious: int,
) -> pd.DataFrame:
    """Adds `emergent` and `in_doubt` (METHODS 12.1).

    An event is emergent when its onset or worsening lies between first dose and last dose + days_after
    (days_after_serious where it is serious). onset and worsened are ISO dates, in full or in part; a missing `worsened`
    means it did not worsen. A part that may mean a day inside counts as emergent, in doubt. dosing: one row a subject
    with dates; no first dose: nothing is emergent; no last dose yet: the window is open.
    """
    one_row_each(dosing, subject)
    doses = dosing.set_index(subject)[[first_dose, last_dose]]
    emergent, doubt = [], []
    for row in events.to_dict("records"):
        if row[subject] not in doses.index or pd.isna(doses.at[row[subject], first_dose]):
            emergent.append(False)
            doubt.append(False)
            continue
        first, last = (_day(doses.at[row[subject], column]) for column in (first_dose, last_dose))
        after = timedelta(days_after_serious if _true(row[serious]) else days_after)
        until = date.max if last is None else last + after
        verdicts = [_inside(row[onset], first, until)]
        if not (row[worsened] is None or pd.isna(row[worsened]) or str(row[worsened]).strip() == ""):
            verdicts.append(_inside(row[worsened], first, until))
        emergent.append(any(verdict != "no" for verdict in verdicts))
        doubt.append("yes" not in verdicts and "maybe" in verdicts)
    return events.assign(emergent=emergent, in_doubt=doubt)


def events_by(
    events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    subject: str,
    by: str,
    arm: str,
    active: str,
    reference: str,
    days_at_risk: str,
    level: float,
    total: str,
) -> tuple[EventRow, ...]:
    """One row for each value of by (term, severity, relatedness, onset dose), most frequent first (METHODS 12.2).

    subjects: the safety set, one row each, with arm and days at risk. The first row, named total, is any event. A
    missing value of by is its own row, "unknown". The risk difference has the exact interval.
    """
    require(subjects, [subject, arm, days_at_risk])
    if (subjects[days_at_risk] < 0).any():
        raise NotEstimable(f"{days_at_risk} is below 0 for someone: nobody is at risk for fewer than no days.")
    one_row_each(subjects, subject)
    is_level(level)
    events = events[events[subject].isin(subjects[subject])].drop(columns=arm, errors="ignore")
    events = events.merge(subjects[[subject, arm]], on=subject, how="left")
    labels = events[by].astype(object).where(events[by].notna(), "unknown")
    size = {name: int((subjects[arm] == name).sum()) for name in (active, reference)}
    years = {name: float(subjects.loc[subjects[arm] == name, days_at_risk].sum()) / 365.25 for name in size}
    if others := sorted(map(str, set(subjects[arm].dropna()) - set(size))):
        raise NotEstimable(f"Besides {active} and {reference} there is {', '.join(others)}; two arms are compared.")
    for name, n in size.items():
        if n == 0:
            raise NotEstimable(f"Nobody in the safety set took arm {name}.")

    def row(label, some):
        own = {name: some[some[arm] == name] for name in size}
        with_event = {name: own[name][subject].nunique() for name in size}
        counts = {name: count(with_event[name], size[name], name=name, missing=0, level=level) for name in size}
        rates = {name: rate(len(own[name]), years[name], name=name, n=size[name], level=level) for name in size}
        table = Table(with_event[active], size[active], with_event[reference], size[reference])
        return EventRow(
            name=str(label),
            active=counts[active],
            reference=counts[reference],
            active_events=len(own[active]),
            reference_events=len(own[reference]),
            active_rate=rates[active],
            reference_rate=rates[reference],
            difference=exact_difference(table, level=level),
        )

    rows = [row(label, events[labels == label]) for label in sorted(labels.unique(), key=str)]
    rows.sort(key=lambda r: -(r.active.events + r.reference.events))
    return (row(total, events), *rows)


def rate(events: int, years: float, *, name: str, n: int, level: float) -> Estimate:
    """Events per subject-year at risk with the exact Poisson interval (Garwood 1936; METHODS 12.5)."""
    is_level(level)
    tail = (1 - level) / 2
    value = low = high = NAN
    if years > 0:
        value = events / years
        low = float(special.chdtri(2 * events, 1 - tail)) / 2 / years if events else 0.0
        high = float(special.chdtri(2 * (events + 1), tail)) / 2 / years
    return Estimate(
        name=name,
        estimate=value,
        se=NAN,
        df=NAN,
        low=low,
        high=high,
        statistic=NAN,
        p=NAN,
        n=n,
        method="events per subject-year, exact Poisson interval",
        warnings=() if years > 0 else ("No time at risk.",),
        level=level,
    )


def _inside(written, first, until):
    earliest, latest = days_it_may_mean(written)
    if latest < first or earliest > until:
        return "no"
    return "yes" if first <= earliest and latest <= until else "maybe"


def _day(value):
    if value is None or pd.isna(value):
        return None
    return pd.Timestamp(value).date()


def _true(value):
    return not pd.isna(value) and bool(value)
