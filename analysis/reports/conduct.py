"""How the trial goes: enrolment, retention, completeness. Pooled: nothing here could tell one arm from another."""

from collections import Counter
from functools import partial

import pandas as pd

from analysis.collect.frames import Collected
from analysis.papers import figures
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import Figure, Number, Section
from crf import trial
from crf.spec import dates
from crf.spec.visits import MISSED_BECAUSE

STATUSES = ("on treatment", "in follow-up", "completed", "discontinued")  # of randomised subjects


def enrolment(collected: Collected, *, until, annulled: tuple[str, ...] = ()) -> Section:
    """Who was screened and randomised, by site and over time, against the plan."""
    subjects = collected.subjects
    planned = {site.code: site.planned for site in trial.SITES}
    names = {site.code: site.name for site in trial.SITES}
    sites = [code for code in planned if code in set(subjects["site"])] or list(planned)
    rows = [_site_row(names[code], subjects[subjects["site"] == code], planned[code]) for code in sites]
    if len(sites) > 1:
        rows.append(_site_row("All sites", subjects, sum(planned[code] for code in sites)))
    head = ("Site", "Screened", "In screening", "Screen failures", "Randomised", "Planned", "Of plan (%)")
    notes = (f"Given in error and not counted: {', '.join(annulled)}.",) if annulled else ()
    table = counts("enrolment", "Enrolment by site", head, rows, notes=notes)
    randomised = collected.randomised
    on_days = {code: _dates(randomised[randomised["site"] == code]) for code in sites}
    lines = [(names[code], on_days[code], planned[code]) for code in sites]
    if len(sites) > 1:
        lines.insert(0, ("All", _dates(randomised), sum(planned[code] for code in sites)))
    done, aim = len(randomised), sum(planned[code] for code in sites)
    says = f"By {dates.day(until)}, {done} of {aim} planned subjects were randomised."
    alt = says + " " + " ".join(f"{names[code]}: {len(on_days[code])} of {planned[code]}." for code in sites)
    numbers = counts(
        "enrolment_points",
        "Randomisations, the numbers of the figure",
        ("Date", "Site", "Running total"),
        _running(randomised, names),
    )
    drawing = Figure(
        "enrolment_figure",
        "Randomised subjects over time",
        says,
        alt,
        partial(figures.enrolment, lines, until=until),
        numbers,
    )
    blocks = [drawing, table]
    failed = subjects[subjects["status"] == "screen failure"]
    if len(failed):
        reasons = Counter(reason for text in failed["screen_failure"] for reason in text.split("; "))
        blocks.append(
            counts(
                "screen_failures",
                "Reasons for screen failure",
                ("Reason", "Subjects"),
                sorted(reasons.items()),
                notes=("A subject may have several reasons.",),
            )
        )
    return Section("enrolment", "Enrolment", tuple(blocks), whom.SCREENED)


def _site_row(name: str, subjects: pd.DataFrame, planned: int) -> tuple:
    by = subjects["status"].value_counts()
    randomised = int(subjects["randomised_on"].notna().sum())
    return (
        name,
        len(subjects),
        int(by.get("screening", 0)),
        int(by.get("screen failure", 0)),
        randomised,
        planned,
        Number(100 * randomised / planned, 0),
    )


def _dates(randomised: pd.DataFrame) -> tuple:
    return tuple(sorted(day.date() for day in pd.to_datetime(randomised["randomised_on"])))


def _running(randomised: pd.DataFrame, names: dict[str, str]) -> list[tuple]:
    ordered = randomised.sort_values(["randomised_on", "subject"])
    days = pd.to_datetime(ordered["randomised_on"])
    return [
        (dates.day(day), names[site], place)
        for place, (day, site) in enumerate(zip(days, ordered["site"], strict=True), start=1)
    ]


def retention(collected: Collected) -> Section:
    """Who is still there, who left and why, and which planned visits took place."""
    subjects = collected.randomised
    by = subjects["status"].value_counts()
    rows = [("Randomised", len(subjects)), ("First dose taken", int(subjects["first_dose_on"].notna().sum()))]
    rows += [(status.capitalize(), int(by.get(status, 0))) for status in STATUSES]
    stopped = subjects[subjects["treatment_ended"].notna() & (subjects["treatment_ended"] != "COMPLETED")]
    rows.append(("Stopped the study drug early", len(stopped)))
    blocks = [counts("retention", "Randomised subjects", ("", "Subjects"), rows)]
    left = subjects[subjects["status"] == "discontinued"]
    if len(left):
        why = left["study_ended"].str.capitalize().value_counts().sort_index()
        blocks.append(
            counts(
                "discontinued",
                "Why subjects left the study",
                ("Reason", "Subjects"),
                [(reason, int(n)) for reason, n in why.items()],
            )
        )
    visits = collected.visits[collected.visits["subject"].isin(subjects["subject"])]
    rows = []
    for visit in trial.VISITS:
        if visit.is_planned and visit.code != trial.SCREENING:
            at = visits[visits["visit"] == visit.code]
            took_place = at["occurred_on"].notna()
            rows.append(
                (
                    visit.label,
                    int(took_place.sum()),
                    int((at["state"] == "missed").sum()),
                    int((~took_place & (at["state"] == "planned")).sum()),
                )
            )
    head = ("Visit", "Took place", "Missed", "Not yet")
    notes = ("Not yet: also visits that will not come, of subjects who left.",)
    blocks.append(counts("visits", "Planned visits of randomised subjects", head, rows, notes=notes))
    why = visits.loc[visits["state"] == "missed", "missed_because"].value_counts()
    if len(why):
        rows = [(word, int(why[code])) for code, word in MISSED_BECAUSE if code in why]
        blocks.append(counts("missed visits", "Why visits were missed", ("Reason", "Visits"), rows))
    done, gone = int(by.get("completed", 0)), int(by.get("discontinued", 0))
    says = f"Of {len(subjects)} randomised subjects {done} completed the study and {gone} discontinued."
    return Section("retention", "Retention", (says, *blocks), whom.RANDOMISED)


def completeness(collected: Collected) -> Section:
    """Required forms of visits that took place: complete, incomplete or absent."""
    frame = collected.completeness
    rows = []
    for visit in trial.VISITS:
        at = frame[frame["visit"] == visit.code]
        if len(at):
            rows.append((visit.label, *_states(at)))
    rows.append(("All visits", *_states(frame)))
    head = ("Visit", "Required forms", "Complete", "Incomplete", "Absent", "Complete (%)")
    table = counts("completeness", "Required forms of visits that took place", head, rows)
    by_form = [(form, *_states(at)) for form, at in frame.groupby("form", sort=True)]
    forms = counts("completeness_forms", "The same by form", ("Form", *head[1:]), by_form)
    share = 100 * (frame["state"] == "complete").mean() if len(frame) else float("nan")
    says = f"{Number(share, 1)} % of the {len(frame)} required forms are complete."
    return Section("completeness", "Completeness", (says, table, forms), whom.VISITED)


def _states(frame: pd.DataFrame) -> tuple:
    by = frame["state"].value_counts()
    complete = int(by.get("complete", 0))
    share = Number(100 * complete / len(frame), 1) if len(frame) else Number(float("nan"), 1)
    return len(frame), complete, int(by.get("incomplete", 0)), int(by.get("absent", 0)), share
