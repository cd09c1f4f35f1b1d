"""A table out of a file that somebody uploaded: CSV or XLSX, told apart by content, within bounds (XFR-03, SEC-14).

Nothing is opened that could do harm: no formulas, no macros, no document types or entities in the XML, no archive
that unpacks to more than it should. What is refused is refused whole, with a sentence.
"""

import csv
import datetime as dt
import hashlib
import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import load_workbook

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 200
MOST_COLUMNS = 40
LONGEST_CELL = 500
FOREIGN = ("vbaProject", "/embeddings/", "/externalLinks/", "/activeX/")  # parts of a workbook that are not taken
FORMULA = ("=", "@", "+", "\t")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Unreadable(ValueError):
    """The file cannot be taken; the message says why and what to do."""


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
        kind, lines = "XLSX", _xlsx(content)
    else:
        kind, lines = "CSV", _csv(content)
    return _table(kind, lines, most_rows)


def _table(kind: str, lines, most_rows: int) -> Table:
    head: list[str] | None = None
    rows, numbers = [], []
    for number, cells in lines:
        cells = [_cell(text, number, place) for place, text in enumerate(cells, start=1)]
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
    if text.startswith(FORMULA):
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
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise Unreadable(f"Row {reader.line_num} has more than {MOST_COLUMNS} cells.")
            yield reader.line_num, cells
    except csv.Error as error:
        said = f"Row {reader.line_num} is no CSV: a quotation mark is not closed, or stands alone."
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


# -- XLSX ------------------------------------------------------------------------------------------------------------


def _xlsx(content: bytes):
    _inspect(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if _has_content(sheet)]
        if len(sheets) != 1:
            raise Unreadable(f"{len(sheets)} sheets hold something; results stand on one sheet alone.")
        for number, cells in enumerate(sheets[0].iter_rows(), start=1):
            if len(cells) > MOST_COLUMNS:
                raise Unreadable(f"Row {number} has more than {MOST_COLUMNS} cells.")
            yield number, [_text(cell) for cell in cells]
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part leads to
        raise Unreadable("This workbook cannot be read. Save it again as .xlsx, or as CSV.") from error


def _has_content(sheet) -> bool:
    return any(cell.value is not None for row in sheet.iter_rows(max_row=50, max_col=MOST_COLUMNS) for cell in row)


def _inspect(content: bytes) -> None:
    """Before anything is parsed: is it a workbook, how much does it unpack to, and is there anything but data in it?"""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
                raise Unreadable("This archive is no Excel workbook.")
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Unreadable("This workbook unpacks to more than is taken. Save the values alone as CSV.")
            if any(word in name for word in FOREIGN for name in names):
                raise Unreadable("This workbook holds macros, links or embedded objects. Save the values alone as CSV.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    text = archive.read(part)
                    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\x00" in text:
                        raise Unreadable("This workbook holds XML that is not taken. Save the values alone as CSV.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable("This workbook is damaged or protected. Save it again as .xlsx, or as CSV.") from error


def _text(cell) -> str:
    """The cell as it would be typed. Formulas and errors come out with their sign, and are refused for it."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            raise Unreadable(f"Cell {cell.coordinate} holds true or false; the answers are codes.")
        case int():
            return str(value)
        case float():
            return f"{Decimal(repr(value)):f}"
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
        case dt.date():
            return value.isoformat()
        case dt.time():
            return f"{value:%H:%M}"
    if cell.data_type in ("f", "e"):
        raise Unreadable(f"Cell {cell.coordinate} holds a formula or an error. Save the file with values only.")
    return str(value)
