"""All data sets in one workbook: a sheet each, typed cells, and the codebook as its first sheet."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from analysis.extract.sets import Holds
from analysis.extract.spool import Spool
from crf.exchange.cells import harmless

MOST_ROWS = 1_048_575  # a sheet's, under its heading
LONGEST_NAME = 31


class TooLong(Exception):
    """A data set has more rows than a sheet."""


def write_xlsx(spools: Sequence[Spool], path: Path, *, title: str, codebook: Sequence[Sequence[str]]) -> None:
    """Rows are written as they come and are not kept. Raises TooLong."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    created = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook knows no zone
    book.set_properties({"title": title, "created": created})
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {
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
        if spool.rows > MOST_ROWS:
            raise TooLong(f"{spool.shape.title} has {spool.rows:,} rows; a sheet holds {MOST_ROWS:,}.")
        _sheet(book.add_worksheet(_name(spool.shape.name, names)), spool, head, formats)
    book.close()


def _sheet(page, spool: Spool, head, formats) -> None:
    for at, column in enumerate(spool.shape.columns):
        page.write_string(0, at, column.name, head)
    page.freeze_panes(1, 1)
    kinds = [column.holds for column in spool.shape.columns]
    down = 0
    for batch in spool.batches():
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            down += 1
            for at, value in enumerate(row):
                if value is None:
                    continue
                holds = kinds[at]
                if holds is Holds.TEXT:
                    page.write_string(down, at, harmless(value))
                elif holds is Holds.DATE:
                    _day(page, down, at, value, formats[holds])
                elif holds is Holds.TIME:
                    page.write_datetime(down, at, value, formats[holds])
                elif math.isfinite(value):
                    page.write_number(down, at, value)
                else:
                    page.write_string(down, at, str(value))


def _day(page, down: int, at: int, day: date, style) -> None:
    if day.year < 1900:  # a spreadsheet knows no earlier day
        page.write_string(down, at, day.isoformat())
    else:
        page.write_datetime(down, at, day, style)


def _name(wanted: str, taken: set[str]) -> str:
    name, number = wanted[:LONGEST_NAME], 2
    while name in taken:
        name, number = f"{wanted[: LONGEST_NAME - 3]}_{number}", number + 1
    taken.add(name)
    return name
