"""What was taken, who belongs where, and analysis variables from ratings: tables in, tables out (METHODS 1, 2, 11)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.command.csvfile import Unreadable
from analysis.command.estimators.asked import Asked
from analysis.command.tableform import TableForm, read_table
from analysis.derive.derivations import Window, baseline, change_from_baseline, is_response, locf, study_day, windowed
from analysis.derive.populations import COLUMNS, populations
from analysis.stats.descriptive import summaries
from analysis.stats.exposure import compliance, exposure
from analysis.stats.results import NotEstimable

COUNTED = ("dispensed", "returned", "lost", "prescribed")


def read_periods(path: Path, asked: Asked) -> TableForm:
    """One row a subject and period of dosing."""
    asked.need("exposure", "subject", "first", "last", "mg", "steps", "planned_mg")
    texts = (asked.subject, *([asked.arm] if asked.arm else []))
    numbers = (asked.first, asked.last, asked.mg)
    return read_table(path, texts=texts, numbers=numbers, wanted=(*texts, *numbers), reading=asked.reading)


def exposures(data: TableForm, asked: Asked) -> dict:
    """What each subject took, with compliance where --capsules is given, and a summary by arm where --arm is."""
    taken = exposure(
        data.rows,
        subject=asked.subject,
        first=asked.first,
        last=asked.last,
        mg=asked.mg,
        steps=tuple(int(step) if step == int(step) else step for step in asked.steps),
        planned_mg=asked.planned_mg,
    )
    if asked.capsules:
        counts = read_table(asked.capsules, texts=(asked.subject,), numbers=COUNTED, wanted=(asked.subject,)).rows
        own = compliance(counts, subject=asked.subject, **{name: name for name in COUNTED})
        own = own[["compliance", "missing"]].rename(columns={"missing": "compliance_missing"})
        taken = taken.join(own, how="outer")
    group = pd.Series("all", index=taken.index)
    if asked.arm:
        arms = data.rows.groupby(asked.subject)[asked.arm]
        if (arms.nunique() > 1).any():
            who = arms.nunique().idxmax()
            raise NotEstimable(f"Subject {who} has periods of dosing in more than one arm.")
        group = arms.first().reindex(taken.index).fillna("unknown")
    frame = taken.assign(_group=group).reset_index()
    measures = [c for c in taken.columns if c != "compliance_missing"]
    return {
        "subjects": [*taken.reset_index().to_dict("records")],
        "summary": {
            measure: list(
                summaries(frame.astype({measure: float}), value=measure, by=["_group"], level=asked.level).values()
            )
            for measure in measures
        },
    }


def read_subjects(path: Path, asked: Asked) -> TableForm:
    """One row a subject, with the columns of `populations.COLUMNS`."""
    asked.need("populations", "subject")
    truths = ("randomised", "has_baseline", "final_visit_in_window")
    numbers = tuple(column for column in COLUMNS if column not in truths)
    return read_table(
        path, texts=(asked.subject,), numbers=numbers, truths=truths, wanted=(asked.subject,), reading=asked.reading
    )


def sets(data: TableForm, asked: Asked) -> dict:
    """The analysis sets, with the reason for everyone outside each (METHODS 1)."""
    return populations(data.rows, subject=asked.subject, compliance=asked.compliance_bounds)


def read_ratings(path: Path, asked: Asked) -> TableForm:
    """One row a rating, with its study day, or its date and the date of day 1."""
    asked.need("derive", "subject", "score", "windows")
    if not asked.day and not (asked.date and asked.day_1):
        raise NotEstimable("--method derive wants --day COLUMN, or --date COLUMN with --day-1 COLUMN.")
    texts = (asked.subject, *([] if asked.day else [asked.date, asked.day_1]), *([asked.arm] if asked.arm else []))
    numbers = (asked.score, *([asked.day] if asked.day else []))
    return read_table(path, texts=texts, numbers=numbers, wanted=(asked.subject,), reading=asked.reading)


def derived(data: TableForm, asked: Asked) -> dict:
    """Ratings in their windows with baseline, change and response, and the last one carried forward (METHODS 2)."""
    rows, who, score = data.rows, asked.subject, asked.score
    if asked.day:
        days = rows[asked.day]
        if (days.dropna() % 1 != 0).any() or (days == 0).any():
            raise Unreadable(f"column {asked.day}: a study day is a whole number, and there is no day 0.")
        rows = rows.assign(_day=days.astype("Int64"))
    else:
        rows = rows.assign(_day=study_day(_dates(rows, asked.date), day_1=_dates(rows, asked.day_1)))
    windows = tuple(Window(*window) for window in asked.windows)
    order = [window.visit for window in windows]
    people = pd.Series(pd.unique(rows[who]))
    base = baseline(rows, subject=who, day="_day", score=score, subjects=people)
    later = rows[(rows["_day"] >= min((window.first for window in windows), default=1)).fillna(False).astype(bool)]
    inside = windowed(later, subject=who, day="_day", score=score, windows=windows)
    changed = change_from_baseline(inside.frame, subject=who, score=score, base=base.frame)
    filled = locf(
        changed,
        subject=who,
        visit="visit",
        values=[score, "change"],
        order=order,
        subjects=people[people.isin(changed[who])],
    )
    # Who has a baseline and no later rating keeps rows without a rating: imputation and response want to know of them.
    rated, known = set(changed[who]), set(base.frame[who])
    never = [one for one in people if one not in rated and one in known]
    empty = pd.DataFrame([{who: one, "visit": visit} for one in never for visit in order], columns=[who, "visit"])
    nowhere = [one for one in people if one not in rated and one not in known]
    panel = pd.concat([filled.frame, empty], ignore_index=True) if never else filled.frame
    frame = panel.rename(columns={score: "carried", "change": "carried_change"})
    seen = changed[[who, "visit", "_day", score, "change", "percent"]].rename(columns={"_day": "day"})
    frame = frame.merge(seen, on=[who, "visit"], how="left").merge(base.frame, on=who, how="left")
    frame["day"] = frame["day"].astype("Int64")
    frame["responded"] = is_response(
        frame[score], base=frame["base"], percent=asked.threshold, lower_is_better=asked.better == "lower"
    )
    if asked.arm:
        frame = frame.merge(rows.groupby(who)[asked.arm].first().rename(asked.arm), on=who, how="left")
    first = [who, *([asked.arm] if asked.arm else []), "visit", "day", "base", score, "change", "percent", "responded"]
    frame = frame[[*first, "carried", "carried_change", "carried_from"]]
    return {
        "rows": [{k: None if v is pd.NA else v for k, v in row.items()} for row in frame.to_dict("records")],
        "left_out": (
            *base.left_out,
            *inside.left_out,
            *filled.left_out,
            *(f"{one}: a baseline and no later rating in a window; its rows have none" for one in never),
            *(f"{one}: no rating in a window; it has no rows" for one in nowhere),
        ),
        "n": int(frame[who].nunique()),
    }


def _dates(rows, column):
    try:
        return pd.to_datetime(rows[column], format="%Y-%m-%d")
    except (ValueError, TypeError):
        for text in rows[column].dropna():
            try:
                pd.to_datetime(text, format="%Y-%m-%d")
            except ValueError:
                raise Unreadable(f"column {column}: {text!r} is not a date such as 2026-03-09.") from None
        raise
