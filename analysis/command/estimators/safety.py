"""Adverse events of the safety set, by whatever they are counted by (METHODS 12)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.command.csvfile import Unreadable
from analysis.command.estimators.asked import Asked
from analysis.command.tableform import TableForm, read_table
from analysis.derive.derivations import study_day
from analysis.stats.exposure import dose_on
from analysis.stats.results import NotEstimable
from analysis.stats.safety import days_it_may_mean, events_by, treatment_emergent

ANY = "any event"


def read_events(path: Path, asked: Asked) -> TableForm:
    """One row an adverse event."""
    asked.need("safety", "subject", "onset", "subjects", "arm", "reference", "first_dose", "last_dose", "by")
    texts = (asked.subject, asked.onset, *([asked.worsened] if asked.worsened else []), *asked.by)
    truths = [asked.serious] if asked.serious and asked.serious not in asked.by else []
    return read_table(
        path, texts=tuple(dict.fromkeys(texts)), truths=truths, wanted=(asked.subject,), reading=asked.reading
    )


def adverse_events(data: TableForm, asked: Asked) -> dict:
    """Which events are treatment-emergent, and those by each of --by, and by the dose at onset with --doses."""
    who = asked.subject
    subjects, active = _safety_set(asked)
    events = data.rows.assign(_worse=data.rows[asked.worsened] if asked.worsened else None)
    if asked.serious in asked.by:
        events["_serious"] = events[asked.serious].map(lambda text: str(text).lower() in ("1", "y", "yes", "true"))
    else:
        events["_serious"] = events[asked.serious] if asked.serious else False
    if len(strangers := sorted(set(events[who]) - set(subjects[who]))):
        note = f"{len(strangers)} subject(s) with events are not in the safety set: {', '.join(strangers[:5])}."
    else:
        note = None
    marked = treatment_emergent(
        events,
        subject=who,
        onset=asked.onset,
        worsened="_worse",
        serious="_serious",
        dosing=subjects,
        first_dose="_first",
        last_dose="_last",
        days_after=asked.days_after,
        days_after_serious=asked.days_after_serious,
    )
    emergent = marked[marked["emergent"]]
    kept = {
        "subject": who,
        "arm": asked.arm,
        "active": active,
        "reference": asked.reference,
        "days_at_risk": "_days",
        "level": asked.level,
        "total": ANY,
    }
    found = {by: events_by(emergent, subjects, by=by, **kept) for by in asked.by}
    if asked.doses:
        found["dose at onset"] = events_by(
            emergent.assign(_dose=_dose(emergent, subjects, asked)), subjects, by="_dose", **kept
        )
    return {
        "events": len(marked),
        "emergent": len(emergent),
        "in_doubt": int(emergent["in_doubt"].sum()),
        "by": found,
        "warnings": (note,) if note else (),
    }


def _safety_set(asked: Asked) -> tuple[pd.DataFrame, str]:
    """The subjects dosed, with dates and days at risk, and the active arm."""
    who, dates = asked.subject, (asked.first_dose, asked.last_dose)
    numbers = (asked.days_at_risk,) if asked.days_at_risk else ()
    table = read_table(asked.subjects, texts=(who, asked.arm, *dates), numbers=numbers, wanted=(who, asked.arm))
    rows = table.rows.assign(
        **{
            new: [_date(text, old) for text in table.rows[old]]
            for new, old in (("_first", asked.first_dose), ("_last", asked.last_dose))
        }
    )
    rows = rows[rows["_first"].notna()]
    if rows.empty:
        raise NotEstimable(f"{table.name}: nobody has a first dose, so there is no safety set.")
    if asked.days_at_risk:
        rows = rows.assign(_days=rows[asked.days_at_risk])
    else:
        length = (pd.to_datetime(rows["_last"]) - pd.to_datetime(rows["_first"])).dt.days + 1
        rows = rows.assign(_days=length.astype(float) + asked.days_after)
    if rows["_days"].isna().any() or (rows["_days"] <= 0).any():
        bad = rows.loc[~(rows["_days"] > 0), who].iloc[0]
        raise NotEstimable(f"Subject {bad} has no days at risk: give the last dose, or --days-at-risk COLUMN.")
    arms = sorted(set(rows[asked.arm]))
    others = [arm for arm in arms if arm != asked.reference]
    if asked.reference not in arms or not others:
        raise NotEstimable(f"The arms dosed are {', '.join(arms)}: two are wanted, one of them --reference.")
    active = asked.active or others[0]
    if active not in others or (len(others) > 1 and not asked.active):
        raise NotEstimable(f"The arms of the safety set are {', '.join(arms)}: say by --active which is compared.")
    return rows[rows[asked.arm].isin((active, asked.reference))], active


def _date(text, column):
    if text is None:
        return None
    first, last = days_it_may_mean(text)
    if first != last:
        raise Unreadable(f"column {column}: {text} is not a whole date; a first and a last dose have one.")
    return first.isoformat()


def _dose(emergent, subjects, asked):
    """The dose taken on the day of onset, as text; missing for dates in part."""
    wanted = (asked.subject, asked.first, asked.last, asked.mg)
    asked.need("safety", "first", "last", "mg")
    periods = read_table(asked.doses, texts=wanted[:1], numbers=wanted[1:], wanted=wanted).rows
    whole = [text if text and len(text) == 10 else None for text in emergent[asked.onset]]
    first = emergent[asked.subject].map(subjects.set_index(asked.subject)["_first"])
    days = study_day(pd.Series(whole, index=emergent.index, dtype=object), day_1=first)
    on = pd.DataFrame({asked.subject: emergent[asked.subject], "_day": days})
    mg = dose_on(periods, on, subject=asked.subject, first=asked.first, last=asked.last, mg=asked.mg, day="_day")
    return mg.map(lambda value: None if pd.isna(value) else f"{value:g} mg")
