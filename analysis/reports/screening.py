"""Of the conduct: the screening log, visits against their windows, and each form that is missing."""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import NOTHING, Number, Section
from crf import trial
from crf.spec import dates

SHOWN = 300  # rows of a listing


def log(collected: Collected) -> Section:
    """Everybody who was screened, one by one, with what became of them."""
    rows = [
        (
            row["subject"],
            row["site"],
            dates.day(row["screened_on"]),
            NOTHING if pd.isna(row["sex"]) else row["sex"],
            NOTHING if pd.isna(row["age"]) else int(row["age"]),
            row["status"],
            NOTHING if pd.isna(row["randomised_on"]) else dates.day(row["randomised_on"]),
            NOTHING if pd.isna(row["screen_failure"]) else row["screen_failure"],
        )
        for row in collected.subjects.head(SHOWN).to_dict("records")
    ]
    head = ("Subject", "Site", "Screened", "Sex", "Age", "Status", "Randomised", "Why it failed")
    table = counts("screening_log", "Screening log", head, rows, notes=_cut(len(collected.subjects)))
    return Section("screening_log", "Screening log", (table,), whom.SCREENED)


def windows(collected: Collected) -> Section:
    """Each planned visit: in its window, before or after it, and by how many days; the ones outside one by one."""
    took = collected.visits.dropna(subset=["occurred_on", "day"])
    took = took[took["subject"].isin(collected.randomised["subject"])]
    rows, outside = [], []
    for visit in trial.VISITS:
        if not visit.is_planned or visit.day < 1:
            continue
        at = took[(took["visit"] == visit.code) & (took["number"] == 1)]
        first, last = visit.day - visit.before, visit.day + visit.after
        early, late = at[at["day"] < first], at[at["day"] > last]
        away = (at["day"] - visit.day).astype(float)
        share = 100 * (1 - (len(early) + len(late)) / len(at)) if len(at) else float("nan")
        median = Number(float(away.median()) if len(at) else float("nan"), 1, signed=True)
        rows.append((visit.label, f"{first} to {last}", len(at), len(early), len(late), Number(share, 1), median))
        outside += [
            (row["subject"], visit.label, dates.day(row["occurred_on"]), int(row["day"]), f"{first} to {last}")
            for some in (early, late)
            for row in some.to_dict("records")
        ]
    head = (
        "Visit",
        "Window, study days",
        "Took place",
        "Too early",
        "Too late",
        "In window (%)",
        "Days from target, median",
    )
    blocks = [counts("windows", "Visits against their windows", head, rows)]
    if outside:
        head = ("Subject", "Visit", "Took place", "Study day", "Window, study days")
        blocks.append(
            counts("windows_listed", "Visits outside their window", head, outside[:SHOWN], notes=_cut(len(outside)))
        )
    says = f"Visits of randomised subjects that took place outside their window: {len(outside)}."
    return Section("windows", "Visits and their windows", (says, *blocks), whom.RANDOMISED)


def missing(collected: Collected) -> Section | None:
    """Each required form that is absent or incomplete, the site first."""
    frame = collected.completeness[collected.completeness["state"] != "complete"]
    if frame.empty:
        return None
    labels = {visit.code: visit.label for visit in trial.VISITS}
    ordered = frame.sort_values(["site", "subject", "visit", "form"])
    rows = [
        (row["site"], row["subject"], labels[row["visit"]], trial.form(row["form"]).title, row["state"])
        for row in ordered.head(SHOWN).to_dict("records")
    ]
    head = ("Site", "Subject", "Visit", "Form", "State")
    table = counts("missing_forms", "Forms to be completed", head, rows, notes=_cut(len(frame)))
    return Section("missing_forms", "Forms to be completed", (table,), whom.VISITED)


def _cut(many: int) -> tuple[str, ...]:
    return () if many <= SHOWN else (f"The first {SHOWN} of {many}.",)
