"""All data sets in one workbook: a sheet each, typed cells, and the codebook as its first sheet.

XlsxWriter makes the workbook with its styles and, under the heading of each sheet, one row that has a cell of each
column's kind. The rows of the data are written in place of that row, by whole columns: a cell at a time, ten million
cells would take minutes.
"""

import math
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import BinaryIO
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.extract import texts
from analysis.extract.delimited import Tell
from analysis.extract.sets import Holds
from analysis.extract.spool import Spool
from crf.exchange.cells import harmless

MOST_ROWS = 1_048_575  # a sheet's, under its heading
LONGEST_NAME = 31
LONGEST_TEXT = 32_767
BLANK = "<c/>"
_DAY_0 = date(1899, 12, 31)
_LEAP = 59  # from the next day on a spreadsheet counts one more: it takes 1900 for a leap year
_PATTERN = re.compile(r'<row r="2".*?</row>', re.DOTALL)
_STYLE = re.compile(r'<c r="[A-Z]+2"(?: s="(\d+)")?')
_NO_LETTER = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_SECONDS = 86_400


class TooLong(Exception):
    """A data set has more rows than a sheet, or a text more letters than a cell."""


def write_xlsx(
    spools: Sequence[Spool], file: BinaryIO, *, title: str, codebook: Sequence[Sequence[str]], tell: Tell
) -> None:
    """Rows are written as they come and are not kept. Raises TooLong."""
    for spool in spools:
        if spool.rows > MOST_ROWS:
            raise TooLong(f"{spool.shape.title} has {spool.rows:,} rows; a sheet holds {MOST_ROWS:,}.")
    pattern = zipfile.ZipFile(_pattern(spools, title, codebook))
    of_sheet = {f"xl/worksheets/sheet{at}.xml": spool for at, spool in enumerate(spools, start=2)}
    with tempfile.TemporaryFile() as whole:  # a workbook is itself an archive, whose parts are counted afterwards
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
            for name in pattern.namelist():
                with book.open(name, "w", force_zip64=True) as sheet:
                    if spool := of_sheet.get(name):
                        for part in _sheet(pattern.read(name).decode(), spool, tell):
                            sheet.write(part)
                    else:
                        sheet.write(pattern.read(name))
        whole.seek(0)
        shutil.copyfileobj(whole, file, 1 << 20)


def _pattern(spools: Sequence[Spool], title: str, codebook: Sequence[Sequence[str]]) -> BytesIO:
    """The workbook with one row in each sheet."""
    found = BytesIO()
    book = xlsxwriter.Workbook(found, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": datetime(1980, 1, 1)})  # noqa: DTZ001 - a workbook knows no zone
    head = book.add_format({"bold": True, "bottom": 1})
    styles = {
        Holds.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
        Holds.TIME: book.add_format({"num_format": "hh:mm"}),
    }
    page = book.add_worksheet("codebook")
    for down, row in enumerate(codebook):
        for at, cell in enumerate(row):
            page.write_string(down, at, harmless(cell), head if down == 0 else None)
    page.freeze_panes(1, 0)
    names = {"codebook"}
    for spool in spools:
        page = book.add_worksheet(_name(spool.shape.name, names))
        for at, column in enumerate(spool.shape.columns):
            page.write_string(0, at, column.name, head)
            page.write_number(1, at, 1, styles.get(column.holds))
        page.freeze_panes(1, 1)
    book.close()
    return found


def _sheet(pattern: str, spool: Spool, tell: Tell) -> Iterator[bytes | pa.Buffer]:
    own = _PATTERN.search(pattern)
    size = f'<dimension ref="A1:{xl_rowcol_to_cell(spool.rows, len(spool.shape.columns) - 1)}"'
    yield re.sub('<dimension ref="[^"]*"', size, pattern[: own.start()]).encode()
    styles = _STYLE.findall(own[0])
    below = 2
    for batch in spool.batches():
        cells = [_cells(column, style) for column, style in zip(batch.columns, styles, strict=True)]
        number = pc.cast(pa.array(range(below, below + batch.num_rows)), pa.string())
        first = pc.binary_join_element_wise('<row r="', number, '">', cells[0].fill_null(BLANK), "")
        yield texts.rows([first, *cells[1:]], before="", between="", after="</row>", blank=BLANK)
        below += batch.num_rows
        tell(batch.num_rows)
    yield pattern[own.end() :].encode()


def _cells(values: pa.Array, style: str) -> pa.Array:
    """Each with its type; a text is in its cell, not in a table that a reader must hold."""
    styled = f' s="{style}"' if style else ""

    def cell(value) -> str:
        match value:
            case str():
                return _text(harmless(value))
            case time():
                return f"<c{styled}><v>{(value.hour * 3600 + value.minute * 60 + value.second) / _SECONDS!r}</v></c>"
            case date() if value.year < 1900:  # a spreadsheet knows no earlier day
                return _text(value.isoformat())
            case date():
                days = (value - _DAY_0).days
                return f"<c{styled}><v>{days + (days > _LEAP)}</v></c>"
        return f"<c><v>{value!r}</v></c>" if math.isfinite(value) else _text(str(value))

    return texts.said(values, cell)


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise TooLong(f"A text has {len(text):,} characters; a cell of a workbook holds {LONGEST_TEXT:,}.")
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    text = _NO_LETTER.sub(lambda found: _escaped(found[0]), text)
    return f'<c t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'


def _escaped(found: str) -> str:
    """What XML cannot hold is written as _x0001_, and what already looks so with its first sign written so."""
    return f"_x{ord(found):04X}_" if len(found) == 1 else f"_x005F{found}"


def _name(wanted: str, taken: set[str]) -> str:
    name, number = wanted[:LONGEST_NAME], 2
    while name in taken:
        name, number = f"{wanted[: LONGEST_NAME - 3]}_{number}", number + 1
    taken.add(name)
    return name
