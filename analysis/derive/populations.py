"""Who belongs to which analysis set, and why not (METHODS 1). One table in, four sets out; arms are not looked at."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.stats.frame import one_row_each, require

COLUMNS = (
    "randomised",
    "doses",
    "has_baseline",
    "later_ratings",
    "major_deviations",
    "compliance",
    "final_visit_in_window",
)


@dataclass(frozen=True)
class Population:
    """An analysis set: its members, and (subject, reason) for every subject of the table that is not one."""

    name: str
    definition: str
    members: tuple
    excluded: tuple[tuple[object, str], ...]

    @property
    def n(self) -> int:
        """How many belong."""
        return len(self.members)

    def of(self, frame: pd.DataFrame, subject: str) -> pd.DataFrame:
        """The rows of members."""
        return frame[frame[subject].isin(self.members)]


def populations(
    subjects: pd.DataFrame, *, subject: str, compliance: tuple[float, float] | None
) -> dict[str, Population]:
    """The sets `randomised`, `full analysis`, `modified`, `per protocol` and `safety` (METHODS 1.1 to 1.5).

    subjects: one row each, with the columns of COLUMNS: randomised (bool), doses (taken, 0 for none; missing counts as
    none), has_baseline (bool), later_ratings (number after baseline), major_deviations (number), compliance (a
    fraction, missing where it cannot be told), final_visit_in_window (bool). compliance gives the bounds that are
    kept; None where nothing is handed out that could be counted.
    """
    require(subjects, [subject, *COLUMNS])
    one_row_each(subjects, subject)
    kept = f", compliance {compliance[0]:.0%} to {compliance[1]:.0%}" if compliance else ""
    rows = subjects.sort_values(subject, kind="stable").to_dict("records")
    randomised = _set("randomised", "randomised", rows, subject, _not_randomised)
    full = _set("full analysis", "randomised, baseline, a later rating", rows, subject, _not_full)
    modified = _set(
        "modified", "full analysis, and a dose taken", rows, subject, lambda row: _not_full(row) + _not_dosed(row)
    )
    per_protocol = _set(
        "per protocol",
        f"full analysis, a dose taken, no major deviation{kept}, final visit in window",
        rows,
        subject,
        lambda row: _not_full(row) + _not_dosed(row) + _off_protocol(row, compliance),
    )
    safety = _set("safety", "a dose taken, in the arm actually taken", rows, subject, _not_dosed)
    return {one.name: one for one in (randomised, full, modified, per_protocol, safety)}


def _set(name, definition, rows, subject, reasons):
    verdicts = [(row[subject], reasons(row)) for row in rows]
    return Population(
        name=name,
        definition=definition,
        members=tuple(who for who, why in verdicts if not why),
        excluded=tuple((who, "; ".join(why)) for who, why in verdicts if why),
    )


def _not_randomised(row):
    return [] if _true(row["randomised"]) else ["not randomised"]


def _not_full(row):
    reasons = _not_randomised(row)
    if not _true(row["has_baseline"]):
        reasons.append("no baseline")
    if not _true(row["later_ratings"]):
        reasons.append("no rating after baseline")
    return reasons


def _not_dosed(row):
    return [] if _true(row["doses"]) else ["no dose taken"]


def _off_protocol(row, compliance):
    reasons = []
    if _true(row["major_deviations"]):
        reasons.append(f"{int(row['major_deviations'])} major deviation(s)")
    if compliance is None:
        pass
    elif pd.isna(row["compliance"]):
        reasons.append("compliance cannot be told")
    elif not compliance[0] <= row["compliance"] <= compliance[1]:
        reasons.append(f"compliance {row['compliance']:.0%}")
    if not _true(row["final_visit_in_window"]):
        reasons.append("final visit missed or outside its window")
    return reasons


def _true(value):
    return not pd.isna(value) and bool(value)
