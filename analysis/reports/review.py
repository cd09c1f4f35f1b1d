"""Listings for the blind data review: what is looked at one by one before the study is locked. All arms together."""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan, variables
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import NOTHING, Number, Section, Table
from analysis.reports.estimand import IntercurrentEvents, strategies
from crf import trial
from crf.spec import dates
from crf.spec.visits import MISSED_BECAUSE

TITLE = "Listings for the blind data review"
SHOWN = 100  # rows of a listing
JUMPS = 15


def review(collected: Collected, found: IntercurrentEvents, every: variables.Course) -> Section:
    """Intercurrent events, missing ratings and why, steep changes of the primary outcome, laboratory values."""
    tables = (_events(found), _missing(collected, every), _jumps(every), _outside(collected))
    kept = tuple(table for table in tables if table is not None)
    return Section("review", TITLE, kept or ("Nothing is to be looked at one by one.",), whom.RANDOMISED)


def _events(found: IntercurrentEvents) -> Table | None:
    if found.events.empty:
        return None
    known = strategies()
    rows = [
        (
            row["subject"],
            known[row["kind"]].label if row["kind"] in known else row["kind"],
            "unknown" if pd.isna(row["on"]) else dates.day(row["on"]),
            NOTHING if pd.isna(row["day"]) else int(row["day"]),
            row["source"],
        )
        for row in found.events.sort_values(["subject", "on"]).head(SHOWN).to_dict("records")
    ]
    head = ("Subject", "Event", "On", "Study day", "Told by")
    return counts("review_events", "Intercurrent events one by one", head, rows, notes=_cut(len(found.events)))


def _missing(collected: Collected, every: variables.Course) -> Table | None:
    """Of each analysis visit that is past for the subject: no rating, and what the record says of it."""
    rated = set(zip(every.frame["subject"], every.frame["visit"], strict=True))
    visits = collected.visits[collected.visits["number"] == 1].set_index(["subject", "visit"])
    words, labels = dict(MISSED_BECAUSE), plan.labels()
    rows = []
    for subject in collected.randomised.to_dict("records"):
        for code in plan.visits_of(plan.primary()):
            if (subject["subject"], code) in rated:
                continue
            at = visits.loc[(subject["subject"], code)] if (subject["subject"], code) in visits.index else None
            if at is not None and at["state"] == "missed":
                why = words.get(at["missed_because"], "missed")
            elif at is not None and not pd.isna(at["occurred_on"]):
                why = "The visit took place without this rating, or its day counts as another visit"
            elif subject["status"] in ("discontinued", "completed"):
                why = "The subject had left" if subject["status"] == "discontinued" else "No visit is on record"
            else:
                continue
            rows.append((subject["subject"], labels[code], why))
    if not rows:
        return None
    title = f"{plan.primary().label}: ratings that are missing"
    return counts(
        "review_missing", title, ("Subject", "Visit", "What the record says"), rows[:SHOWN], notes=_cut(len(rows))
    )


def _jumps(every: variables.Course) -> Table | None:
    """The steepest changes from one analysis visit to the next that was rated."""
    order = {visit: place for place, visit in enumerate(plan.all_visits())}
    frame = every.frame.dropna(subset=["value"])
    frame = frame.assign(place=frame["visit"].map(order)).sort_values(["subject", "place"])
    before = frame.groupby("subject")[["value", "visit"]].shift()
    frame = frame.assign(was=before["value"], at=before["visit"]).dropna(subset=["was"])
    frame = frame.assign(jump=(frame["value"] - frame["was"]).astype(float))
    steep = frame.reindex(frame["jump"].abs().sort_values(ascending=False, kind="stable").index).head(JUMPS)
    if steep.empty:
        return None
    labels = plan.labels()
    rows = [
        (
            row["subject"],
            f"{labels[row['at']]} to {labels[row['visit']].lower()}",
            Number(float(row["was"]), 0),
            Number(float(row["value"]), 0),
            Number(row["jump"], 0, signed=True),
        )
        for row in steep.to_dict("records")
    ]
    title = f"{every.score}: the steepest changes from one visit to the next"
    return counts("review_jumps", title, ("Subject", "From", "Was", "Is", "Change"), rows)


def _outside(collected: Collected) -> Table | None:
    """Laboratory values after day 1 outside the limits of normal that held."""
    frame = collected.laboratory
    if trial.TRIAL.laboratory is None or frame.empty:
        return None
    some = frame[(frame["day"] > 1).fillna(False).astype(bool) & frame["flag"].isin(["LOW", "HIGH"])]
    if some.empty:
        return None
    names = {test.code: f"{test.name} ({test.unit})" for test in trial.TRIAL.laboratory.analytes}
    rows = [
        (
            row["subject"],
            names.get(row["analyte"], row["analyte"]),
            dates.day(row["on"]),
            int(row["day"]),
            Number(float(row["value"]), 2) if not pd.isna(row["value"]) else NOTHING,
            str(row["flag"]).lower(),
        )
        for row in some.head(SHOWN).to_dict("records")
    ]
    head = ("Subject", "Test", "Drawn", "Study day", "Result", "Against the limits")
    title = "Laboratory values outside the limits of normal after day 1"
    return counts("review_laboratory", title, head, rows, notes=_cut(len(some)))


def _cut(many: int) -> tuple[str, ...]:
    return () if many <= SHOWN else (f"The first {SHOWN} of {many}; the data sets have all.",)
