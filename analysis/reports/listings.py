"""Participants one by one (ICH E3, 16.2): who they are, when they came and went, and in which set they are."""

import pandas as pd

from analysis.derive import plan
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import NOTHING, Analysis, Section
from analysis.reports.results import labels_of
from crf.spec import dates

KEY, TITLE = "participants", "Participants one by one"
SHOWN = 400  # rows of a listing in a report; the data sets have them all


def participants(comparison: Comparison) -> Section:
    """The arm of each participant, dates, how treatment and study ended, and the sets."""
    subjects, names = comparison.subjects, plan.names()
    members = {name: set(found.members) for name, found in comparison.sets.items()}
    shown = [name for name in ("full analysis", "modified", "per protocol", "safety") if name in members]
    rows = subjects.head(SHOWN).to_dict("records")
    notes = () if len(subjects) <= SHOWN else (f"The first {SHOWN} of {len(subjects)}; the data sets have all.",)
    course = [
        (
            row["subject"],
            names[row["arm"]],
            *(_day(row[when]) for when in ("randomised_on", "first_dose_on", "last_dose_on", "ended_on")),
            _known(row["treatment_ended"]).capitalize(),
            _known(row["study_ended"]).capitalize(),
        )
        for row in rows
    ]
    who = [
        (
            row["subject"],
            names[row["arm"]],
            row["site"],
            _known(row["sex"]),
            _known(row["age"]),
            *("yes" if row["subject"] in members[name] else "no" for name in shown),
        )
        for row in rows
    ]
    head = ("Subject", "Arm", "Randomised", "First dose", "Last dose", "Last contact", "Treatment", "Study")
    tables = (
        counts(KEY, "Participants: dates, and how treatment and study ended", head, course, notes=notes),
        counts(
            f"{KEY}_sets",
            "Participants: who they are, and the analysis sets",
            ("Subject", "Arm", "Site", "Sex", "Age", *(plan.at_start(name) for name in shown)),
            who,
            notes=notes,
        ),
    )
    labels = labels_of(tables[1])
    if labels < 5:  # the age is no name of a row
        tables = (tables[0], tables[1].by(Analysis.of("participants_table", labels=labels)))
    says = ()
    if (days := subjects["randomised_on"].dropna()).size:
        last = subjects["ended_on"].dropna()
        until = f"; the last contact was on {dates.day(last.max())}" if last.size else ""
        says = (f"Randomised from {dates.day(days.min())} to {dates.day(days.max())}{until}.",)
    return Section(KEY, TITLE, (*says, *tables), whom.RANDOMISED)


def _known(value) -> str:
    return NOTHING if value is None or pd.isna(value) else str(value)


def _day(value) -> str:
    return NOTHING if value is None or pd.isna(value) else dates.day(value)
