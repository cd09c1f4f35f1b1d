"""A report as a workbook, and its data set as CSV. No cell can be taken for a formula (SEC-13)."""

import csv as text_table
import io
import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd
import xlsxwriter

from analysis.reports.document import DataSet, Number, PValue, Report, Table
from crf.exchange.cells import harmless

MOST_ROWS = 100_000  # of the data set in the workbook: six million cells took half a minute, and nobody reads them
EXACT = 2**53  # whole numbers beyond are rounded by a spreadsheet; they go out as text


def csv(data: DataSet, *, marks: tuple[str, ...]) -> bytes:
    """The data set as CSV (RFC 4180, UTF-8). Its last column repeats in every row what stands on every page."""
    out = io.StringIO()
    writer = text_table.writer(out, lineterminator="\r\n")
    writer.writerow([*data.columns, "marks"])
    for row in data.frame.itertuples(index=False, name=None):
        writer.writerow([_plain(value) for value in row] + ["; ".join(marks)])
    return out.getvalue().encode()


def _plain(value) -> str:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool | np.bool_):
        return "Y" if value else "N"
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def xlsx(report: Report) -> bytes:
    """The workbook: what it is and how it was made, a sheet for each table, the data set and its columns."""
    out = io.BytesIO()
    # Rows go out as they come: of ten thousand subjects a workbook kept whole took more than a gigabyte.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {
            "title": report.title,
            "subject": report.study,
            "created": report.cut.replace(tzinfo=None),
            "comments": "; ".join(report.marks),
        }
    )
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    alarm = book.add_format({"bold": True, "font_color": "#861a61"})
    names: set[str] = set()

    def sheet(name: str):
        page = book.add_worksheet(_sheet_name(name, names))
        page.set_landscape()
        page.set_header("&L" + report.study + "&R" + "; ".join(report.marks))
        return page

    about = sheet("About")
    about.set_column(0, 0, 28)
    about.set_column(1, 1, 100)
    lines = [(report.title, ""), *((mark, "") for mark in report.marks), (report.warning, ""), *report.manifest]
    for at, (what, value) in enumerate(line for line in lines if any(line)):
        about.write_string(at, 0, harmless(what), alarm if what in report.marks else bold if at == 0 else None)
        about.write_string(at, 1, harmless(value))
    numbers = report.numbers
    listed = [
        (numbers[block.key], block.title, section.about(block), section.title) for section, block in report.numbered
    ]
    page = sheet("Contents")
    page.set_column(0, 0, 12)
    page.set_column(1, 3, 60)
    _write_rows(book, page, 0, ["Number", "Title", "Population", "Section"], listed, head)
    for section, block in report.numbered:
        table = block if isinstance(block, Table) else block.data
        page = sheet(table.key)
        page.set_column(0, 0, 34)
        page.set_column(1, max(len(table.head) - 1, 1), 16)
        page.write_string(0, 0, harmless(f"{numbers[block.key]}. {table.title}"), bold)
        page.write_string(1, 0, "; ".join(report.marks), alarm)
        _write_rows(book, page, 2, [harmless(cell) for cell in table.head], table.rows, head)
        population = section.about(block)
        for at, note in enumerate((*([f"Population: {population}."] if population else []), *table.notes)):
            page.write_string(4 + len(table.rows) + at, 0, harmless(note))
    page = sheet("data")
    if (n := len(report.data.frame)) > MOST_ROWS:
        page.write_string(0, 0, f"The data set has {n:,} rows: too many to look at here. They are in its CSV file.")
    else:
        page.freeze_panes(1, 1)
        _write_rows(book, page, 0, list(report.data.columns), _data_rows(report.data.frame), head)
    page = sheet("columns")
    page.set_column(1, 1, 90)
    _write_rows(book, page, 0, ["column", "meaning"], list(report.data.columns.items()), head)
    book.close()
    return out.getvalue()


def _write_rows(book, page, top, head, rows, style) -> None:
    formats: dict[str, object] = {}

    def styled(pattern: str):
        if pattern not in formats:
            formats[pattern] = book.add_format({"num_format": pattern})
        return formats[pattern]

    for at, word in enumerate(head):
        page.write_string(top, at, word, style)
    for down, row in enumerate(rows, start=top + 1):
        for at, cell in enumerate(row):
            if isinstance(cell, str):  # asked first: of a million cells most are
                if cell:
                    page.write_string(down, at, harmless(cell))
            elif isinstance(cell, date):
                page.write_datetime(down, at, cell, styled("yyyy-mm-dd"))
            elif (value := _number(cell)) is not None:
                if not math.isfinite(value):
                    page.write_string(down, at, str(cell) if isinstance(cell, Number | PValue) else "")
                    continue
                places = 4 if isinstance(cell, PValue) else cell.places if isinstance(cell, Number) else None
                pattern = "General" if places is None else "0" + ("." + "0" * places if places else "")
                page.write_number(down, at, value, styled(pattern))
            else:
                page.write_string(down, at, harmless(str(cell)))


def _number(cell) -> float | None:
    """What a numeric cell holds, NaN where it has no value; None where the cell is no number.

    numpy's whole numbers are no `int`, and a Decimal is no `Real`: both are numbers all the same.
    """
    if isinstance(cell, Number | PValue):
        return math.nan if cell.value is None else cell.value
    if isinstance(cell, Real | Decimal) and not isinstance(cell, bool):
        return cell
    return None


def _data_rows(frame: pd.DataFrame) -> Iterator[tuple]:
    """The rows of a data set as cells; what a column holds is looked at once for all its numbers."""
    columns = []
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_float_dtype(column) and (np.abs(column.dropna().to_numpy(float)) <= EXACT).all():
            columns.append(["" if blank else value for value, blank in zip(column, column.isna(), strict=True)])
        else:
            columns.append(map(_cell, column))
    return zip(*columns, strict=True)


def _cell(value):
    """Numbers and days stay what they are; everything else is the text that the CSV has."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return day if day.year >= 1900 else _plain(value)  # a spreadsheet knows no earlier day
    if (number := _number(value)) is not None:
        if not math.isfinite(number):
            return "" if math.isnan(number) else _plain(value)
        return value if abs(number) <= EXACT or not float(number).is_integer() else str(value)
    return _plain(value)


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """At most 31 characters, each once."""
    name, number = wanted[:31], 2
    while name in taken:
        name, number = f"{wanted[:28]}_{number}", number + 1
    taken.add(name)
    return name
