"""Cells of a CSV file. Whatever is wrong ends in `Unreadable`, a sentence that names line and column.

Line 1 is the header. An empty cell, NA and a single point are missing values.
"""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

MISSING = {"", "NA", "."}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Unreadable(ValueError):
    """The file cannot be analysed as asked; the message says where and why."""


def content(path: Path | str) -> bytes:
    """The file's bytes; `Unreadable` says what is wrong with the path."""
    try:
        raw = Path(path).read_bytes()
    except IsADirectoryError:
        raise Unreadable(f"{path} is a folder; name a CSV file.") from None
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except OSError as trouble:
        raise Unreadable(f"{path} cannot be read: {trouble.strerror}.") from None
    if not raw.strip():
        raise Unreadable(f"{path} is empty: a header line with the column names comes first.")
    return raw


def cells_of(raw: bytes) -> tuple[list[str], list[tuple[int, dict]]]:
    """The header and (line, row) for each row that is not blank."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = raw.count(b"\n", 0, trouble.start) + 1
        raise Unreadable(f"line {line}: the text is not UTF-8. Save the file as CSV UTF-8.") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"line {line}: there is a NUL character. This is no text file in UTF-8.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header, cells = None, []
    before = 0
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            row = [cell.strip() for cell in row]
            if not any(row):
                continue
            if header is None:
                header = _header(row, line)
            elif len(row) != len(header):
                raise Unreadable(f"line {line}: {len(row)} cells, the header has {len(header)}.")
            else:
                cells.append((line, dict(zip(header, row, strict=True))))
    except csv.Error as trouble:
        raise Unreadable(f"line {reader.line_num}: this is not CSV ({trouble}).") from None
    if not cells:
        raise Unreadable("The file has a header and no rows.")
    return header, cells


def _header(row, line):
    if len(row) == 1 and re.search(r"[;\t|]", row[0]):
        raise Unreadable(f"line {line}: the columns are not separated by commas. Save the file as CSV with commas.")
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
        raise Unreadable(f"line {line}, column {column}: {_short(text)} is not a number.{hint}")
    value = float(text)
    if not math.isfinite(value):
        raise Unreadable(f"line {line}, column {column}: {_short(text)} is too large.")
    return value


def _short(text):
    return repr(text if len(text) <= 40 else text[:37] + "...")
