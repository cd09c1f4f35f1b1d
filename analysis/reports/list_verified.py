"""Whether the opened allocation list is the one that was committed to before the first randomisation."""

from analysis.papers.tables import counts
from analysis.reports.document import Section
from analysis.sealed.verified import Verified

KEY, TITLE = "list", "The allocation list and its commitment"
POPULATION = "the places of the list"
SHOWN = 50  # disagreements that are printed; the command tells them all


def verification(found: Verified | None) -> Section:
    """Places by stratum, the two roots, and a verdict; without an opened list there is nothing to hold against it."""
    if found is None:
        return Section(KEY, TITLE, ("The list is not opened: there is nothing to hold against its commitment.",))
    rows = [(stratum, places, given) for stratum, places, given in found.places]
    totals = [sum(row[at] for row in rows) for at in (1, 2)]
    table = counts(
        "list_verified",
        "Places of the list, and how many were given",
        ("Stratum", "Places", "Given"),
        [*rows, *([("All", *totals)] if len(rows) > 1 else [])],
        notes=(
            f"Committed to before the first randomisation: {found.commitment}. Root of the opened rows: {found.root}.",
            "Each row is compared with the leaf that was stored when the list was loaded, all together with the root, "
            "and within a stratum places are given in order and without gap. `manage.py verify_allocation --csv` "
            "writes the rows with their salts, and verify_list.py needs nothing of this system.",
        ),
    )
    if not found.disagreements:
        verdict = f"All {totals[0]} rows agree with the commitment; {totals[1]} were given, in order and without gap."
        return Section(KEY, TITLE, (verdict, table), POPULATION)
    said = found.disagreements[:SHOWN]
    more = len(found.disagreements) - len(said)
    verdict = f"The list does not agree with its commitment: {len(found.disagreements)} finding(s)."
    return Section(KEY, TITLE, (verdict, table, *said, *([f"And {more} more."] if more else [])), POPULATION)
