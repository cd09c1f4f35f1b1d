"""The items of CONSORT 2025 and where this report answers each: its tables and figures, with the page in print.

Items in short words of ours; the statement is Hopewell and others 2025 (doi:10.1371/journal.pmed.1004587).
"""

from collections.abc import Sequence

from analysis.papers.tables import counts
from analysis.reports.document import Section, Table

KEY, TITLE = "consort", "CONSORT 2025: where each item is"
PROTOCOL, AUTHORS = "the protocol and its amendments", "the publication, by its authors"
MANIFEST = "how these bytes were made, at the end"
#: Item, what it asks, and the sections of the report that answer it; words where another document does.
ITEMS: tuple[tuple[str, str, tuple[str, ...] | str], ...] = (
    ("1a", "Title names a randomised trial", AUTHORS),
    ("1b", "Structured abstract", AUTHORS),
    ("2", "Registration", PROTOCOL),
    ("3", "Where protocol and analysis plan are", PROTOCOL),
    ("4", "Sharing of data and code", AUTHORS),
    ("5a", "Funding", AUTHORS),
    ("5b", "Conflicts of interest", AUTHORS),
    ("6", "Background and rationale", PROTOCOL),
    ("7", "Objectives, benefits and harms", ("estimand",)),
    ("8", "Involvement of patients and public", PROTOCOL),
    ("9", "Design, allocation ratio, framework", MANIFEST),
    ("10", "Important changes after the trial began", PROTOCOL),
    ("11", "Setting", PROTOCOL),
    ("12a", "Eligibility of participants", PROTOCOL),
    ("12b", "Eligibility of sites and of who delivers", PROTOCOL),
    ("13", "Intervention and comparator", PROTOCOL),
    ("14", "Outcomes, defined before", ("estimand", "sequence", "secondary")),
    ("15", "How harms were defined and assessed", PROTOCOL),
    ("16a", "Sample size", PROTOCOL),
    ("16b", "Interim analyses and stopping", PROTOCOL),
    ("17a", "Who made the sequence, and how", PROTOCOL),
    ("17b", "Type of randomisation and restrictions", ("randomisation",)),
    ("18", "Concealment of the allocation", ("list",)),
    ("19", "Who could reach the sequence", PROTOCOL),
    ("20a", "Who was blinded", PROTOCOL),
    ("20b", "How blinding was achieved", PROTOCOL),
    ("21a", "Methods for the primary and secondary outcomes", ("primary", "diagnostics", "secondary")),
    ("21b", "Who is in each analysis, and in which group", ("sets",)),
    ("21c", "Missing data", ("robustness", "dropout", "left_out")),
    ("21d", "Additional analyses", ("supplementary", "beside", "together")),
    ("22a", "Flow of participants", ("flow",)),
    ("22b", "Losses and exclusions, with reasons", ("flow", "disposition", "participants")),
    ("23a", "Dates of recruitment and follow-up", ("participants",)),
    ("23b", "Why the trial ended", AUTHORS),
    ("24a", "What was given and taken", ("exposure", "exposure_response")),
    ("24b", "Concomitant care: what changed of it, as events", ("estimand",)),
    ("25", "Baseline", ("baseline",)),
    (
        "26",
        "Numbers analysed, estimates and their precision",
        ("primary", "sequence", "secondary", "response", "effects"),
    ),
    ("27", "Harms in each group", ("harm", "scales", "occurrences", "bloods", "adverse_listing", "laboratory_listing")),
    (
        "28",
        "Ancillary analyses, exploratory ones named",
        ("beside", "together", "responding", "blinding", "code_breaks"),
    ),
    ("29", "Interpretation", AUTHORS),
    ("30", "Limitations and generalisability", AUTHORS),
)


def checklist(sections: Sequence[Section], *, moderators: Sequence[str] = ()) -> Section:
    """A row an item: what answers it here. `sections`: those of the report; `moderators`: their keys, for item 28."""
    by = {section.key: (place, section) for place, section in enumerate(sections, start=1)}
    spans = _spans(sections)
    rows, refs = [], []
    for item, asks, answered in ITEMS:
        if isinstance(answered, str):
            rows.append((item, asks, answered.capitalize() if answered != MANIFEST else MANIFEST.capitalize()))
            refs.append(())
            continue
        wanted = (*answered, *(moderators if item == "28" else ()))
        here = [by[key] for key in wanted if key in by]
        words = "; ".join(f"section {place}, {section.title}{spans[section.key]}" for place, section in here)
        rows.append((item, asks, words[:1].upper() + words[1:] if here else "Not in this report"))
        refs.append(tuple(section.key for _, section in here))
    table = counts(KEY, TITLE, ("Item", "What is asked", "Where"), rows)
    return Section(KEY, TITLE, (_with_pages(table, tuple(refs)),), "what this report tells")


def _spans(sections: Sequence[Section]) -> dict[str, str]:
    """The numbers of the tables and figures of each section, as they stand: " (Tables 3-5, Figure 2)"."""
    told, found = {"Table": 0, "Figure": 0}, {}
    for section in sections:
        parts = []
        for kind, n in (("Table", len(section.tables)), ("Figure", len(section.figures))):
            first, last = told[kind] + 1, told[kind] + n
            told[kind] = last
            if n:
                parts.append(f"{kind} {first}" if n == 1 else f"{kind}s {first}-{last}")
        found[section.key] = f" ({', '.join(parts)})" if parts else ""
    return found


def _with_pages(table: Table, refs: tuple[tuple[str, ...], ...]) -> Table:
    return Table(table.key, table.title, table.head, table.rows, table.notes, refs=refs)
