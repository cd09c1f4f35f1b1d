"""Cells of a text file with columns. Whatever is wrong ends in `Unreadable`, a sentence that names line and column.

Separator, encoding and decimal comma are found out; where they are not those of a CSV file in UTF-8 that is said.

Line 1 is the header. An empty cell, NA and a single point are missing values.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from pathlib import Path

MISSING = {"", "NA", "."}
LARGEST = 1e100  # nothing that is measured; the squares of what is larger are no numbers any more
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


LARGEST_FILE = 1 << 29  # bytes of a file


class Unreadable(ValueError):
    """The file cannot be analysed as asked; the message says where and why."""


def content(path: Path | str) -> bytes:
    """The file's bytes; `Unreadable` says what is wrong with the path."""
    try:
        if (size := Path(path).stat().st_size) > LARGEST_FILE:
            raise Unreadable(f"{path} has {size >> 20} MB; {LARGEST_FILE >> 20} MB are read. Keep the columns needed.")
        raw = Path(path).read_bytes()
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder; name a file.") from None
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except OSError as trouble:
        raise Unreadable(f"{path} cannot be read: {trouble.strerror}.") from None
    if not raw.strip():
        raise Unreadable(f"{path} is empty: a header line with the column names comes first.")
    return raw


SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
#: A comma that can be a decimal one or a mark of thousands.
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", None),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


def text_of_bytes(raw: bytes) -> tuple[str, str | None]:
    """The text and what to say of its encoding: by its mark, else UTF-8, else Windows-1252."""
    marked = next((one for one in _MARKS if raw.startswith(one[0])), None)
    if marked:
        mark, encoding, called = marked
        raw = raw[len(mark) :]
    else:
        # Text without a mark in which every other byte is 0 is UTF-16: its letters are those of ASCII.
        even, odd = raw[:2000:2], raw[1:2000:2]
        if odd and not odd.strip(b"\0"):
            encoding, called = "utf-16-le", "UTF-16"
        elif even and not even.strip(b"\0"):
            encoding, called = "utf-16-be", "UTF-16"
        else:
            encoding, called = "utf-8", None
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as trouble:
        line = raw.count(b"\n", 0, trouble.start) + 1
        if called is not None:
            raise Unreadable(f"The text is marked as {called} and is not.") from None
        try:
            text, called = raw.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            raise Unreadable(
                f"line {line}: the text is neither UTF-8 nor UTF-16 nor Windows-1252. Save the file as CSV UTF-8."
            ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"line {line}: there is a NUL character. This is no text file.")
    return text, called


def cells_of(raw: bytes) -> tuple[list[str], list[tuple[int, dict]], list[str]]:
    """The header, (line, row) for each row that is not blank, and what is to be said of how the text was read."""
    text, encoding = text_of_bytes(raw)
    if re.fullmatch(r"sep=.", first := text[:8].splitlines()[0] if text.strip() else ""):
        separator, skipped = first[-1], 1  # a spreadsheet's own first line
        text = text[len(first) :].lstrip("\r").removeprefix("\n")
    else:
        separator, skipped = _separator(text), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header, cells = None, []
    before = 0
    try:
        for read in reader:
            line, before = before + 1 + skipped, reader.line_num
            row = [cell.strip() for cell in read]
            if not any(row):
                continue
            if header is None:
                header = _header(row, line)
            elif len(row) != len(header):
                raise Unreadable(f"line {line}: {len(row)} cells, the header has {len(header)}.")
            else:
                cells.append((line, dict(zip(header, row, strict=True))))
    except csv.Error as trouble:
        raise Unreadable(f"line {reader.line_num + skipped}: this is not CSV ({trouble}).") from None
    if not cells:
        raise Unreadable("The file has a header and no rows.")
    notes = [f"The text is read as {encoding}."] if encoding else []
    if separator != ",":
        notes.append(f"Columns are separated by {SEPARATORS.get(separator, separator)}.")
        notes += _decimal_commas(cells)
    return header, cells, notes


def _separator(text: str) -> str:
    """What parts the header into most cells; a comma where nothing does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count)


def _decimal_commas(cells) -> list[str]:
    """Decimal commas made points, where no cell has a decimal point; where some have, commas stay and are refused.

    1,250 is a decimal number only in a column in which another comma can be nothing else; else it stays, and is
    refused where it is read as a number.
    """
    seen = [text for _, row in cells for text in row.values()]
    if any(_POINT.fullmatch(text) for text in seen) or not any(_COMMA.fullmatch(text) for text in seen):
        return []
    sure = {
        column
        for _, row in cells
        for column, text in row.items()
        if _COMMA.fullmatch(text) and not _EITHER.fullmatch(text)
    }
    if not sure:
        return []
    for _, row in cells:
        for column in sure:
            if _COMMA.fullmatch(row[column]):
                row[column] = row[column].replace(",", ".")
    return ["Numbers have a decimal comma."]


def _header(row, line):
    for column in row:
        if row.count(column) > 1:
            raise Unreadable(f"line {line}: two columns are called {column or '(nothing)'}.")
    return row


def as_number(text: str, line: int, column: str) -> float:
    """The number that a cell holds, NaN where it is missing."""
    if text in MISSING:
        return math.nan
    if not NUMBER.fullmatch(text):
        hint = " Write a decimal point, not a comma." if NUMBER.fullmatch(text.replace(",", ".", 1)) else ""
        if _EITHER.fullmatch(text):
            hint = f" It can be read in two ways: write {text.replace(',', '')} or {text.replace(',', '.')}."
        if not any(map(str.isdigit, text)):
            hint = f" If it means missing, say --missing-codes={text}." if len(text) <= 40 and "," not in text else ""
        raise Unreadable(f"line {line}, column {column}: {_short(text)} is not a number.{hint}")
    value = float(text)
    if not abs(value) <= LARGEST:
        raise Unreadable(f"line {line}, column {column}: {_short(text)} is too large.")
    return value


def _short(text):
    return repr(text if len(text) <= 40 else text[:37] + "...")
