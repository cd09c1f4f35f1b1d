"""A table out of a file that somebody uploaded: CSV or XLSX, told apart by content, within bounds (XFR-03, SEC-14).

Nothing is opened that could do harm: no formulas, no macros, no document types or entities in the XML, no archive
that unpacks to more than it should; a workbook is read by a process of its own (workbook.py). What is refused is
refused whole, with a sentence.
"""

import csv
import hashlib
import io
from dataclasses import dataclass

from crf.exchange.workbook import MOST_COLUMNS, Unreadable, lines_apart

MOST_BYTES = 2 * 1024 * 1024
LONGEST_CELL = 500
FORMULA = ("=", "@", "+", "\t")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Table:
    """The heading and the rows as text. `numbers`: the row's number in the file, as a spreadsheet counts."""

    head: list[str]
    rows: list[list[str]]
    numbers: list[int]
    kind: str


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(content: bytes, *, most_rows: int) -> Table:
    """The table in the file. Raises Unreadable. Blank rows are passed over."""
    if not content:
        raise Unreadable("The file is empty.")
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Send it in parts.")
    if content.startswith(_OLD_OFFICE):
        raise Unreadable("This is an old or a protected Excel file. Save it as .xlsx without a password, or as CSV.")
    if content.startswith(b"PK"):
        kind, lines = "XLSX", lines_apart(content)
    else:
        kind, lines = "CSV", _csv(content)
    return _table(kind, lines, most_rows)


def _table(kind: str, lines, most_rows: int) -> Table:
    head: list[str] | None = None
    rows, numbers = [], []
    for number, texts in lines:
        cells = [_cell(text, number, place) for place, text in enumerate(texts, start=1)]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if head is None:
            head = [cell.lower() for cell in cells]
            if len(head) > MOST_COLUMNS or len(set(head)) != len(head) or "" in head:
                raise Unreadable("The first row does not name each column once.")
            continue
        if len(cells) > len(head):
            raise Unreadable(f"Row {number} has {len(cells)} cells, but there are {len(head)} columns.")
        if len(rows) == most_rows:
            raise Unreadable(f"The file has more than {most_rows:,} rows. Send it in parts.")
        rows.append(cells + [""] * (len(head) - len(cells)))
        numbers.append(number)
    if not rows:
        raise Unreadable("The file holds no row below its heading.")
    return Table(head, rows, numbers, kind)


def _cell(text: str, row: int, place: int) -> str:
    where = f"Row {row}, column {place}"
    if text.startswith(FORMULA) or text.strip().startswith(FORMULA):  # it is kept without the blanks
        raise Unreadable(f"{where} holds a formula, or looks like one. Save the file with values only.")
    if len(text) > LONGEST_CELL:
        raise Unreadable(f"{where} holds more than {LONGEST_CELL} characters.")
    if any(ord(character) < 32 and character not in "\t\n\r" for character in text):
        raise Unreadable(f"{where} holds a character that no record can hold.")
    return text.strip()


# -- CSV -------------------------------------------------------------------------------------------------------------


def _csv(content: bytes):
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0  # of rows: a cell with a line break in it stands on several lines, and is one row to a spreadsheet
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS:
                raise Unreadable(f"Row {number} has more than {MOST_COLUMNS} cells.")
            yield number, cells
    except csv.Error as error:
        said = f"Row {number + 1} is no CSV: a quotation mark is not closed, or stands alone."
        raise Unreadable(said) from error


def _decoded(content: bytes) -> str:
    """The text: UTF-8, or UTF-16 where its mark says so. No other encoding is guessed: a wrong guess changes units."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("This is no text in UTF-8. Save the file as “CSV UTF-8”, or as .xlsx.") from error
    if "\x00" in text:
        raise Unreadable("This is neither CSV nor XLSX, whatever its name says.")
    return text
