"""What was changed in the record after the list was first open: each change, who made it and why (BLI-12)."""

from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import Section
from analysis.reports.manifest import Circumstances

HEAD = ("When (UTC)", "Subject", "What", "Old", "New", "Who", "Why")


def changes_after_opening(circumstances: Circumstances) -> Section:
    """A row for every value; a sentence where there is none."""
    key, title = "changes_after_opening", "Changes after the list was opened"
    if not circumstances.changed_after_opening:
        return Section(key, title, ("No value of a subject was changed after the list was first opened.",))
    rows = circumstances.changed_after_opening
    told = (
        f"{len(rows)} value(s) were changed after the list was first opened. The lock was lifted for it by two people "
        "of the sponsor's side with the consent of an investigator of each site; whoever reads the results weighs that "
        "they could be known when the values were changed."
    )
    return Section(key, title, (told, counts(key, title, HEAD, rows)), whom.SCREENED)
