"""Departures from the protocol: how many of each kind, and in the blinded report each of them for data review."""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import Analysis, Section, Table
from crf import trial
from crf.spec import dates
from crf.spec.purposes import Purpose

TITLE = "Protocol deviations"
SHOWN = 100  # rows of a listing
SEVERITIES = {"MAJOR": "major", "MINOR": "minor"}
ANY, NOT_JUDGED, WHAT = "Any", "not judged", ("subjects", "major", "deviations")


def departures(collected: Collected, groups: pd.Series, order: tuple[str, ...], *, listed: bool) -> Section | None:
    """The section; None where the trial has no form for them. listed: also one by one."""
    form = trial.serving(Purpose.DEVIATIONS)
    if form is None:
        return None
    known = collected.deviations[collected.deviations["subject"].isin(groups.index)]
    known = known.assign(
        code=known["kind"],
        kind=known["kind"].map(form.items["kind"].kind.show),
        severity=known["severity"].map(SEVERITIES).fillna(NOT_JUDGED),
        group=known["subject"].map(groups),
    )
    if known.empty:
        return Section("deviations", TITLE, ("No deviation of a randomised subject is recorded.",), whom.RANDOMISED)
    says = (
        f"{known['subject'].nunique()} of {len(groups)} randomised subjects have {len(known)} deviations, "
        f"{int((known['severity'] == 'major').sum())} of them major."
    )
    blocks = (says, _by_kind(known, order), *([_listing(known)] if listed else []))
    return Section("deviations", TITLE, blocks, whom.RANDOMISED)


def _by_kind(known: pd.DataFrame, order: tuple[str, ...]) -> Table:
    rows = [(ANY, *_cells(known, order))]
    rows += [(severity.capitalize(), *_cells(own, order)) for severity, own in known.groupby("severity", sort=True)]
    kinds = sorted(known.groupby("kind"), key=lambda pair: (-pair[1]["subject"].nunique(), pair[0]))
    rows += [(f"   {kind}", *_cells(own, order)) for kind, own in kinds]
    prefix = [""] if len(order) == 1 else [f"{group}, " for group in order]
    head = ("Deviation", *(name + what if name else what.capitalize() for name in prefix for what in WHAT))
    note = (
        "A subject counts once in each row. Opened by a rule of the protocol or by a person; voided ones are left out."
    )
    table = counts("deviations", "Deviations by severity and kind", head, rows, notes=(note,))
    if len(order) == 1:
        return table
    severities = {code: word.capitalize() for code, word in SEVERITIES.items()}
    facts = {"any": ANY, "severities": severities, "other": NOT_JUDGED.capitalize(), "major": "MAJOR"}
    shown = dict(sorted(zip(known["code"], known["kind"], strict=True)))
    return table.by(Analysis.of("deviations_table", **facts, kinds=shown, arms=plan.names()))


def _cells(own: pd.DataFrame, order: tuple[str, ...]):
    for group in order:
        here = own[own["group"] == group]
        yield from (here["subject"].nunique(), int((here["severity"] == "major").sum()), len(here))


def _listing(known: pd.DataFrame) -> Table:
    ordered = known.sort_values(["severity", "subject", "row"])
    labels = {visit.code: visit.label for visit in trial.VISITS}
    rows = [
        (
            row["subject"],
            row["kind"],
            row["severity"],
            "unknown" if pd.isna(row["occurred_on"]) else dates.day(row["occurred_on"]),
            labels.get(row["at_visit"], ""),
        )
        for row in ordered.head(SHOWN).to_dict("records")
    ]
    notes = () if len(known) <= SHOWN else (f"The first {SHOWN} of {len(known)}, major ones first.",)
    head = ("Subject", "Kind", "Severity", "Occurred on", "Visit")
    return counts("deviations_listed", "Deviations one by one, for data review", head, rows, notes=notes)
