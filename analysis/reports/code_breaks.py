"""Whose code was broken, by arm: asked of the system, or on paper while it was away."""

from analysis.derive import plan
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import Section
from crf.spec import dates

KEY, TITLE = "code_breaks", "Code breaks"


def code_breaks(comparison: Comparison) -> Section:
    """How many by arm and kind, and each with its day; a sentence where there is none."""
    found = comparison.collected.code_breaks
    found = found[found["subject"].isin(comparison.subjects["subject"])]
    if found.empty:
        return Section(KEY, TITLE, ("No code of a randomised participant was broken.",), whom.RANDOMISED)
    arm = comparison.subjects.set_index("subject")["arm"]
    days = comparison.subjects.set_index("subject")["day_1"]
    per = {name: found[found["subject"].map(arm) == code] for code, name in plan.names().items()}
    by_arm = counts(
        KEY,
        "Code breaks by arm",
        ("", *per),
        [
            ("Participants", *(own["subject"].nunique() for own in per.values())),
            ("Code breaks", *(len(own) for own in per.values())),
            *((kind, *((own["kind"] == kind).sum() for own in per.values())) for kind in sorted(set(found["kind"]))),
        ],
    )
    names = plan.names()
    rows = [
        (row["subject"], names[arm[row["subject"]]], row["kind"], dates.day(row["on"]), _study_day(row, days))
        for row in found.sort_values(["on", "subject"]).to_dict("records")
    ]
    listed = counts("code_breaks_listed", "Code breaks one by one", ("Subject", "Arm", "Kind", "On", "Study day"), rows)
    return Section(KEY, TITLE, (by_arm, listed), whom.RANDOMISED)


def _study_day(row: dict, days) -> str:
    first = days[row["subject"]]
    if first is None or first != first:
        return "before day 1"
    gap = (row["on"] - first).days
    return str(gap + 1 if gap >= 0 else gap)
