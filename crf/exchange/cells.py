"""Tables of text as CSV that a spreadsheet opens without taking a cell for a formula (SEC-13)."""

import csv
import io
from collections.abc import Iterable, Sequence

#: The wide forms too: a spreadsheet set to Japanese or Chinese takes them for the narrow ones.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence]) -> str:
    """UTF-8 text with CRLF, as RFC 4180 says; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([harmless("" if cell is None else str(cell)) for cell in row] for row in rows)
    return out.getvalue()
