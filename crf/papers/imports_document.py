"""What files of results have to look like, to read: made from the specifications that imports are held against."""

from crf import trial
from crf.papers import wording
from crf.rules.result_files import MOST_ROWS, SPECIFICATIONS, Column


def as_markdown() -> str:
    """A table a kind of file."""
    lines = [
        "# Files of results",
        "",
        f"{trial.STUDY_ID}, protocol version {trial.PROTOCOL_VERSION}. Made from "
        "`crf/rules/result_files.py` by "
        "`manage.py documents`; do not edit.",
        "",
        f"CSV in UTF-8 (or UTF-16 with its mark) or XLSX with one sheet; at most {MOST_ROWS:,} rows. The first row "
        "holds the headings, in any order; no column is missing and none is added. Values only, no formulas. A file is "
        "taken whole or not at all; the number of rows is stated with it and held against it, and so is its SHA-256 "
        "where the sender gives one. All rows of a file belong to one site. Times are taken to the minute; a device's "
        "seconds stay in the file, which is kept.",
    ]
    for one in SPECIFICATIONS.values():
        lines += ["", f"## {one.title}: `{one.code}`, version {one.version}", "", one.about, ""]
        if one.unblinds:
            lines += ["For the safety officer alone: a level tells the arm.", ""]
        lines += wording.table(
            ("Column", "What stands in it", "Kind", "Answers", "In every row"),
            [
                (
                    f"`{column.name}`",
                    column.what,
                    wording.kind_in_words(column.kind),
                    _answers(column),
                    "yes" if column.required else "no",
                )
                for column in one.columns
            ],
        )
    return "\n".join(lines) + "\n"


def _answers(column: Column) -> str:
    return wording.answers_in_words(column.kind)
