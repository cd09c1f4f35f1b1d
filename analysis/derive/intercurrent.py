"""Intercurrent events from what was recorded, and which ratings come after them (METHODS 2.10 to 2.12).

Pure functions of dataframes. Which kind is treated how is data that is handed in (PROTOCOL 9's stand in the trial's
outcomes.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import pandas as pd

from analysis.derive.derivations import Derived, study_day
from analysis.stats.safety import days_it_may_mean

COLUMNS = ("subject", "kind", "on", "day", "source", "why")
FORM, TREATMENT, STUDY = "intercurrent event form", "end of treatment", "end of study"
MEDICATION, DOSING, EVENT, BREAK = "medication", "dosing decision", "adverse event", "code break"
#: What can happen once only: of several the one that the end of treatment or of study tells stands.
ONCE = {"STOPDRUG": (TREATMENT, FORM, DOSING), "DEATH": (STUDY, FORM, TREATMENT), "BELOWTOP": (DOSING,)}
SAME_EVENT_DAYS = 7  # two sources that tell the same kind this near tell one event; our assumption


class Telling(Protocol):
    """Which rows of a frame tell of an event, and which column dates it: `crf.spec.outcomes.Telling` is one."""

    @property
    def dated(self) -> str: ...
    @property
    def where(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def words(self) -> Mapping[str, tuple[str, ...]]: ...


class Treated(Protocol):
    """How a kind of event is treated: `crf.spec.outcomes.Strategy` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def mean(self) -> str: ...
    @property
    def response(self) -> str: ...
    @property
    def days_after(self) -> int: ...


@dataclass(frozen=True)
class _Told:
    """One event as one source tells it. `on` is None where the date is not known."""

    subject: str
    kind: str
    on: date | None
    source: str
    why: str | None = None


def events(
    subjects: pd.DataFrame,
    *,
    kinds: Collection[str],
    recorded: pd.DataFrame,
    tellings: Iterable[tuple[str, str, pd.DataFrame, Telling]],
    decisions: pd.DataFrame,
    code_breaks: pd.DataFrame,
    top_mg: int | None,
) -> Derived:
    """Every intercurrent event of the randomised subjects, one a row (METHODS 2.10), columns as in COLUMNS.

    The frames are those of `analysis.collect.frames`; `subjects` are the randomised. kinds: those that the trial has a
    strategy for; what else is told is no event of it. tellings: (kind, source, frame, which rows of it tell).
    top_mg: the highest dose of the ladder, None without one. `on` and `day` are missing where the date is not known.
    A sentence for what began before day 1 and so is none.
    """
    begun = dict(zip(subjects["subject"], _days(subjects["day_1"]), strict=True))
    told = [
        *_recorded(recorded),
        *_ends(subjects),
        *(one for kind, source, frame, which in tellings for one in _rows_of(kind, source, frame, which, begun)),
        *_dosing(subjects, decisions, top_mg),
        *(
            _Told(who, "CODEBREAK", on, BREAK)
            for who, on in zip(code_breaks["subject"], _days(code_breaks["on"]), strict=True)
        ),
    ]
    kept, left_out = [], []
    for one in told:
        if one.subject not in begun or one.kind not in kinds:
            continue
        first = begun[one.subject]
        if one.on is not None and first is not None and one.on < first:
            left_out.append(f"{one.subject}: {one.kind} ({one.source}) began before day 1 and is no intercurrent event")
        else:
            kept.append(one)
    rows = [(one.subject, one.kind, one.on, None, one.source, one.why) for one in _once_each(kept)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["on"] = pd.to_datetime(frame["on"])
    frame["day"] = study_day(frame["on"], day_1=pd.to_datetime(frame["subject"].map(begun)))
    return Derived(frame.reset_index(drop=True), tuple(sorted(left_out)))


def cuts(happened: pd.DataFrame, strategies: Iterable[Treated], *, hypothetical: str) -> pd.DataFrame:
    """The event after which a subject's ratings leave, one row a subject that has one (METHODS 2.11).

    Columns kind, label, day and `last`, the last study day that still counts; indexed by subject. Of several events
    the one with the earliest `last` decides. An event without a date counts from day 1.
    """
    known = {one.kind: one for one in strategies if one.mean == hypothetical}
    rows: dict[str, tuple] = {}
    for who, kind, day in zip(happened["subject"], happened["kind"], happened["day"], strict=True):
        if kind not in known:
            continue
        last = (1 if pd.isna(day) else int(day)) + known[kind].days_after
        if who not in rows or last < rows[who][3]:
            rows[who] = (kind, known[kind].label, day, last)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["kind", "label", "day", "last"])
    return frame.astype({"day": "Int64", "last": "Int64"}).rename_axis("subject").sort_index()


def is_after(ratings: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Whether each rating (columns subject, day) lies after the last day that counts; a baseline never does."""
    last = ratings["subject"].map(found["last"])
    return ((ratings["day"] > 1) & (ratings["day"] > last)).fillna(False).astype(bool)


def without_response(ratings: pd.DataFrame, happened: pd.DataFrame, strategies: Iterable[Treated], *, composite: str):
    """Whether each rating (columns subject, day) counts as non-response, for an event on or before its day (2.12)."""
    kinds = [one.kind for one in strategies if one.response == composite]
    those = happened[happened["kind"].isin(kinds)]
    first = those.assign(day=those["day"].fillna(1)).groupby("subject")["day"].min()
    return (ratings["day"] >= ratings["subject"].map(first)).fillna(False).astype(bool)


# -- what each source tells


def _recorded(frame):
    for row in frame.to_dict("records"):
        if not pd.isna(row["kind"]):
            yield _Told(row["subject"], row["kind"], _day(row["began_on"]), FORM, _text(row["why"]))


def _ends(subjects):
    ended = subjects["treatment_ended"].notna() & (subjects["treatment_ended"] != "COMPLETED")
    for row in subjects[ended].to_dict("records"):
        yield _Told(row["subject"], "STOPDRUG", _day(row["last_dose_on"]), TREATMENT, row["treatment_ended"])
        if row["treatment_ended"] == "DEATH":
            yield _Told(row["subject"], "DEATH", _day(row["last_dose_on"]), TREATMENT)
    died = subjects["died_on"].notna() | (subjects["study_ended"] == "DEATH")
    for row in subjects[died].to_dict("records"):
        yield _Told(row["subject"], "DEATH", _day(row["died_on"]) or _day(row["ended_on"]), STUDY)


def tells(frame: pd.DataFrame, which: Telling) -> pd.Series:
    """Whether each row of the frame tells of the event."""
    told = pd.Series(True, index=frame.index)
    for column, codes in which.where.items():
        told &= frame[column].isin(codes)
    for column, words in which.words.items():
        text = frame[column].astype("string").fillna("").str.lower()
        held = pd.Series(False, index=frame.index)
        for word in words:
            held |= text.str.contains(word.lower(), regex=False).astype(bool)
        told &= held
    return told


def _rows_of(kind, source, frame, which, begun):
    """The rows of the frame that tell; of a date in part the earliest day counts, though not before day 1."""
    for row in frame[tells(frame, which)].to_dict("records"):
        yield from _perhaps_partial(row["subject"], kind, row[which.dated], begun, source, row.get("drug"))


def _perhaps_partial(who, kind, written, begun, source, why):
    first = begun.get(who)
    earliest, latest = days_it_may_mean(written)
    if first is None or (earliest, latest) == (date.min, date.max):
        yield _Told(who, kind, None, source, _text(why))
    elif latest < first:
        yield _Told(who, kind, latest, source, _text(why))
    else:
        yield _Told(who, kind, max(earliest, first) if earliest != latest else earliest, source, _text(why))


def _dosing(subjects, decisions, top_mg):
    kinds = {"REDUCE": "REDUCTION", "INTERRUPT": "INTERRUPTION"}
    for row in decisions[decisions["decision"].isin([*kinds, "STOP"])].to_dict("records"):
        begins = _day(row["effective_on"])
        if row["decision"] == "STOP":  # the first day without drug; the day before had the last dose
            yield _Told(row["subject"], "STOPDRUG", begins and begins - timedelta(days=1), DOSING)
        else:
            yield _Told(row["subject"], kinds[row["decision"]], begins, DOSING)
    highest = decisions.groupby("subject")["mg"].max()
    ended = subjects[subjects["treatment_ended"].notna()]
    for who, on in zip(ended["subject"], _days(ended["last_dose_on"]), strict=True):
        if top_mg is not None and who in highest.index and highest[who] < top_mg:
            yield _Told(who, "BELOWTOP", on, DOSING)


# -- one event, told by several


def _once_each(told: list[_Told]) -> list[_Told]:
    """Each event once, in the order of subject and date; dated tellings go before undated ones."""
    ranks = {FORM: 0}
    kept: dict[tuple[str, str], list[_Told]] = {}
    for one in sorted(told, key=lambda one: (one.on is None, _rank(one, ranks), one.on or date.max)):
        others = kept.setdefault((one.subject, one.kind), [])
        again = others if one.kind in ONCE or one.on is None else [o for o in others if _near(o.on, one.on)]
        if not again:
            others.append(one)
    flat = [one for some in kept.values() for one in some]
    return sorted(flat, key=lambda one: (one.subject, one.on or date.max, one.kind))


def _rank(one, ranks):
    order = ONCE.get(one.kind)
    return order.index(one.source) if order and one.source in order else ranks.get(one.source, 1)


def _near(first, second):
    return first is not None and abs((second - first).days) <= SAME_EVENT_DAYS


def _day(value) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _days(column) -> list[date | None]:
    return [_day(value) for value in column]


def _text(value) -> str | None:
    return None if pd.isna(value) else str(value)
