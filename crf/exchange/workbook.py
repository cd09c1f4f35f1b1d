"""The cells of an XLSX file, read by a process of its own: `python -m crf.exchange.workbook`, the file on its input.

A few kilobytes can ask a reader of workbooks for hours or gigabytes. So what the file holds is counted before it is
read, and the process that reads it has a deadline, little memory, and nothing of ours: no settings, no database.
"""

import contextlib
import datetime as dt
import io
import json
import os
import resource
import subprocess
import sys
import threading
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

MOST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 200
MOST_COLUMNS = 40
MOST_CELLS = 200_000
LAST_ROW = 10_000
FOREIGN = ("vbaProject", "/embeddings/", "/externalLinks/", "/activeX/")  # parts of a workbook that are not taken
SECONDS = 10  # of processor time
DEADLINE = 30  # seconds, on a busy machine
MEMORY = 768 * 1024 * 1024
TOO_MUCH = "This workbook takes too long or too much to read. Save the values alone as CSV."
BROKEN = "This workbook cannot be read. Save it again as .xlsx, or as CSV."
DAMAGED = "This workbook is damaged or protected. Save it again as .xlsx, or as CSV."
_few_at_once = threading.BoundedSemaphore(2)  # in each process of the web


class Unreadable(ValueError):
    """The file cannot be taken; the message says why and what to do."""


def lines_apart(content: bytes) -> list[tuple[int, list[str]]]:
    """(number of the row, its cells as typed) from a process of its own. Raises Unreadable."""
    with _few_at_once:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "crf.exchange.workbook"],
                input=content,
                capture_output=True,
                timeout=DEADLINE,
                cwd=Path(__file__).resolve().parents[2],
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},  # no secret of the web's
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Unreadable(TOO_MUCH) from None
    try:
        said = json.loads(done.stdout)
    except ValueError:  # it was ended by its limits before it could say anything
        raise Unreadable(TOO_MUCH) from None
    if "unreadable" in said:
        raise Unreadable(said["unreadable"])
    return [(number, cells) for number, cells in said["lines"]]


def main() -> None:
    """Read standard input within limits; answer in JSON, whatever happens."""
    for limit, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY)):
        with contextlib.suppress(ValueError, OSError):  # some systems do not know the second
            resource.setrlimit(limit, (most, most))
    try:
        answer = {"lines": list(_lines(sys.stdin.buffer.read()))}
    except Unreadable as unreadable:
        answer = {"unreadable": str(unreadable)}
    except MemoryError:
        answer = {"unreadable": TOO_MUCH}
    except Exception:  # noqa: BLE001 - openpyxl raises whatever the broken part leads to
        answer = {"unreadable": BROKEN}
    json.dump(answer, sys.stdout)


def _lines(content: bytes):
    last = _inspect(content)
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file declares of its own size is not believed
    sheets = [sheet for sheet in book.worksheets if _has_content(sheet)]
    if len(sheets) != 1:
        raise Unreadable(f"{len(sheets)} sheets hold something; results stand on one sheet alone.")
    for number, cells in enumerate(sheets[0].iter_rows(max_row=last), start=1):
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(f"Row {number} has more than {MOST_COLUMNS} cells.")
        yield number, [_text(cell) for cell in cells]


def _has_content(sheet) -> bool:
    return any(cell.value is not None for row in sheet.iter_rows(max_row=50, max_col=MOST_COLUMNS) for cell in row)


def _inspect(content: bytes) -> int:
    """Before anything is built of it: is it a workbook, what does it unpack to, is there anything but data in it, and
    in which row does the last value stand?"""
    last = 1
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
                    last = max(last, _last_row(text))
    except Unreadable:
        raise
    except Exception as error:  # zlib, zipfile and expat each have errors of their own
        raise Unreadable(DAMAGED) from error
    return last


def _last_row(xml: bytes) -> int:
    """The row of the last cell with a value, counted without building anything. Raises Unreadable beyond the bounds."""
    row = last = cells = 0

    def element(name, attributes):
        nonlocal row, last, cells
        match name.rpartition(":")[2]:
            case "row":
                said = attributes.get("r", str(row + 1))
                row = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else LAST_ROW + 1
            case "c":
                cells += 1
                if cells > MOST_CELLS:
                    raise Unreadable(
                        f"This workbook holds more than {MOST_CELLS:,} cells. Save the values alone as CSV."
                    )
            case "v" | "f" | "is":
                last = max(last, row)
                if last > LAST_ROW:
                    raise Unreadable(f"Something stands below row {LAST_ROW:,}. Save the rows of results alone.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.Parse(xml, True)
    return last


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


if __name__ == "__main__":
    main()
