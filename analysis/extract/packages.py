"""Files of the statistical packages: SAS transport (XPT version 5), SPSS (SAV) and Stata (DTA), with their labels.

Dates are numbers with the package's own date format, so that it shows and computes them as dates. The writers note the
clock in the file's head; it is set to a fixed day, so that the same data give the same bytes.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from analysis.extract.sets import Column, Holds
from analysis.extract.spool import Spool

LONGEST_TEXT_IN_SAS = 200  # bytes; what is longer goes on in further variables
LABEL_IN_SAS, LABEL_IN_STATA, LABEL_IN_SPSS = 40, 80, 255
TITLE_IN_SPSS, TITLE_IN_STATA = 60, 80
DAY_0_OF_SPSS = (date(1970, 1, 1) - date(1582, 10, 14)).days
DAY_0_OF_OTHERS = (date(1970, 1, 1) - date(1960, 1, 1)).days
SECONDS = 86_400
_CLOCK_OF_SAS = re.compile(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d")


def write_xpt(spool: Spool, path: Path) -> None:
    """Names of eight characters, labels of forty; a long text goes on in NAME2, NAME3, ... of 200 bytes each."""
    frame, labels, formats = {}, {}, {}
    taken = {one.short for one in spool.shape.columns}
    for column, values in _columns(spool):
        label = cut(column.titled, LABEL_IN_SAS)
        if column.holds is Holds.TEXT:
            for name, part in _parts(column, values, spool.widest[column.name], taken):
                frame[name], labels[name] = part, label
            continue
        frame[column.short], labels[column.short] = _number(column, values, DAY_0_OF_OTHERS), label
        if column.holds is Holds.DATE:
            formats[column.short] = "DATE9"
        if column.holds is Holds.TIME:
            formats[column.short] = "TIME5"
    pyreadstat.write_xport(
        pd.DataFrame(frame),
        str(path),
        file_label=cut(spool.shape.title, LABEL_IN_SAS),
        column_labels=labels,
        table_name=spool.shape.short,
        file_format_version=5,
        variable_format=formats,
    )
    _still(path, 800, lambda head: _CLOCK_OF_SAS.sub(b"01JAN60:00:00:00", head))


def write_sav(spool: Spool, path: Path) -> None:
    """Labels of variables and of every code, numbers and words alike."""
    frame, labels, formats, codes, measures = {}, {}, {}, {}, {}
    for column, values in _columns(spool):
        name = column.in_spss
        labels[name] = cut(column.titled, LABEL_IN_SPSS)
        if column.holds is Holds.TEXT:
            frame[name] = _text(values)
        elif column.holds is Holds.DATE:
            frame[name], formats[name] = _number(column, values, DAY_0_OF_SPSS) * SECONDS, "SDATE10"
        else:
            frame[name] = _number(column, values, DAY_0_OF_SPSS)
            if column.holds is Holds.TIME:
                formats[name] = "TIME5"
        if column.codes:
            codes[name] = dict(column.codes)
        measures[name] = "nominal" if column.codes or column.holds is Holds.TEXT else "scale"
    pyreadstat.write_sav(
        pd.DataFrame(frame),
        str(path),
        file_label=cut(spool.shape.title, TITLE_IN_SPSS),
        column_labels=labels,
        variable_value_labels=codes,
        variable_format=formats,
        variable_measure=measures,
    )
    _still(path, 109, lambda head: head[:92] + b"01 Jan 6000:00:00")


def write_dta(spool: Spool, path: Path) -> None:
    """Stata 14 and later (format 118). Stata labels numbers only: what codes in words mean stands in the codebook."""
    frame, labels, formats, codes = {}, {}, {}, {}
    for column, values in _columns(spool):
        name = column.in_stata
        labels[name] = cut(column.titled, LABEL_IN_STATA, by="characters")
        if column.holds is Holds.TEXT:
            frame[name] = _text(values)
        else:
            frame[name] = _number(column, values, DAY_0_OF_OTHERS)
            if column.holds is Holds.DATE:
                formats[name] = "%td"
            if column.holds is Holds.TIME:
                frame[name], formats[name] = frame[name] * 1000, "%tcHH:MM"
        if column.codes and column.holds is Holds.WHOLE:
            codes[name] = dict(column.codes)
    pyreadstat.write_dta(
        pd.DataFrame(frame),
        str(path),
        file_label=cut(spool.shape.title, TITLE_IN_STATA, by="characters"),
        column_labels=labels,
        variable_value_labels=codes,
        variable_format=formats,
        version=14,
    )
    _still(
        path, 400, lambda head: re.sub(rb"(<timestamp>\x11).{17}", rb"\g<1>01 Jan 1960 00:00", head, flags=re.DOTALL)
    )


def cut(text: str, most: int, *, by: str = "bytes") -> str:
    """The text within the limit of a format, in bytes of UTF-8 or in characters, with an ellipsis where it was cut."""
    if len(text if by == "characters" else text.encode()) <= most:
        return text
    if by == "characters":
        return text[: most - 1] + "…"
    return text.encode()[: most - 3].decode(errors="ignore") + "…"


def _columns(spool: Spool):
    """Each column with its values, one at a time."""
    table = spool.table()
    for column in spool.shape.columns:
        yield column, table.column(column.name)


def _text(values: pa.ChunkedArray) -> pd.Series:
    """Blank is the empty text in these packages: they know no other for texts."""
    return pd.Series(pc.fill_null(values, "").to_numpy(zero_copy_only=False), dtype=object)


def _number(column: Column, values: pa.ChunkedArray, day_0: int) -> np.ndarray:
    """As numbers with decimals, not a number where there is none; days from the package's own first day."""
    if column.holds in (Holds.DATE, Holds.TIME):
        values = values.cast(pa.int32())
    found = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found + day_0 if column.holds is Holds.DATE else found


def _parts(column: Column, values: pa.ChunkedArray, widest: int, taken: set[str]) -> list[tuple[str, pd.Series]]:
    if widest <= LONGEST_TEXT_IN_SAS:
        return [(column.short, _text(values))]
    rows = [in_parts(text or "", LONGEST_TEXT_IN_SAS) for text in values.to_pylist()]
    found = []
    for number in range(max(map(len, rows))):
        name = column.short if number == 0 else _name_of_part(column.short, number + 1, taken)
        parts = [row[number] if number < len(row) else "" for row in rows]
        found.append((name, pd.Series(parts, dtype=object)))
    return found


def _name_of_part(short: str, number: int, taken: set[str]) -> str:
    end = str(number)
    name = short[: 8 - len(end)] + end
    while name in taken:
        end = f"_{end}"
        name = short[: 8 - len(end)] + end
    taken.add(name)
    return name


def in_parts(text: str, most: int) -> list[str]:
    """The text in pieces of at most so many bytes of UTF-8, no character divided. Joined they are the text.

    A piece neither begins nor ends with a blank where that can be helped: transport files drop trailing blanks.
    """
    found, rest = [], text
    while len(rest.encode()) > most:
        end = len(rest.encode()[:most].decode(errors="ignore"))
        while end > 1 and (rest[end - 1].isspace() or rest[end].isspace()):
            end -= 1
        found.append(rest[:end])
        rest = rest[end:]
    return [*found, rest]


def _still(path: Path, length: int, made: Callable[[bytes], bytes]) -> None:
    """Put the head of the file right, at its length."""
    with open(path, "r+b") as file:
        head = file.read(length)
        new = made(head)
        if len(new) != len(head) or new == head:
            raise ValueError(f"The head of {path.name} is not what its format says; its clock could not be set.")
        file.seek(0)
        file.write(new)
