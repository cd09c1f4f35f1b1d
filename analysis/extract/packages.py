"""Files of the statistical packages: SAS transport (XPT version 5), SPSS (SAV) and Stata (DTA), with their labels.

pyreadstat writes each file with two rows only: one as wide as any of the data, one all blank. What stands before and
after the records is its work. The records are written by whole columns (records.py), a batch at a time; the two rows
must come out of that as pyreadstat wrote them, or no file is written. Dates are numbers with the package's own date
format, so that it shows and computes them as dates. The writers note the clock in the file's head; it is set to a fixed
day, so that the same data give the same bytes.
"""

import re
import struct
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from analysis.extract import records, texts
from analysis.extract.delimited import Tell
from analysis.extract.sets import Column, Holds
from analysis.extract.spool import Spool

LONGEST_TEXT_IN_SAS = 200  # bytes; what is longer goes on in further variables
LONGEST_TEXT_IN_STATA = 2045  # bytes; what is longer stands apart from the records
LABEL_IN_SAS, LABEL_IN_STATA, LABEL_IN_SPSS = 40, 80, 255
TITLE_IN_SPSS, TITLE_IN_STATA = 60, 80
DAY_0_OF_SPSS = (date(1970, 1, 1) - date(1582, 10, 14)).days
DAY_0_OF_OTHERS = (date(1970, 1, 1) - date(1960, 1, 1)).days
SECONDS = 86_400
_CLOCK_OF_SAS = re.compile(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d")
_CLOCK_OF_STATA = re.compile(rb"(<timestamp>\x11).{17}", re.DOTALL)
_ROWS_OF_SPSS = struct.pack("<iiiiq", 7, 16, 8, 2, 1)  # the record of the head that counts the rows
_AFTER_THE_DATA = (10, 14)  # which places of Stata's map lie behind the data


class NotAsWritten(Exception):
    """The file of a package is not what its format says: a mistake of this module, or pyreadstat writes otherwise."""


@dataclass(frozen=True)
class Variable:
    """A variable of a file: its place in the records, and its values in a batch: numbers, or texts.

    `longest`: bytes of its longest text; 0: it holds numbers.
    """

    name: str
    cell: records.Cell
    values: Callable[[pa.RecordBatch], pa.Array | np.ndarray]
    longest: int = 0


def write_xpt(spool: Spool, file: BinaryIO, tell: Tell) -> None:
    """Names of eight characters, labels of forty; a long text goes on in NAME2, NAME3, ... of 200 bytes each."""
    variables, labels, formats = [], {}, {}
    taken = {one.short for one in spool.shape.columns}
    for column in spool.shape.columns:
        if column.holds is Holds.TEXT:
            own = _parts(spool, column, taken)
        else:
            own = [Variable(column.short, records.number_of_sas(), _numbers(column, DAY_0_OF_OTHERS))]
        variables += own
        labels |= dict.fromkeys([one.name for one in own], cut(column.titled, LABEL_IN_SAS))
        if column.holds is Holds.DATE:
            formats[column.short] = "DATE9"
        if column.holds is Holds.TIME:
            formats[column.short] = "TIME5"

    def write(frame: pd.DataFrame, path: str) -> None:
        pyreadstat.write_xport(
            frame,
            path,
            file_label=cut(spool.shape.title, LABEL_IN_SAS),
            column_labels=labels,
            table_name=spool.shape.short,
            file_format_version=5,
            variable_format=formats,
        )

    head, _, length = _around(variables, write)
    file.write(_once_changed(_CLOCK_OF_SAS.sub(b"01JAN60:00:00:00", head[:800]) + head[800:], head))
    _put(spool, variables, file, tell)
    file.write(b" " * (-spool.rows * length % 80))


def write_sav(spool: Spool, file: BinaryIO, tell: Tell) -> None:
    """Labels of variables and of every code, numbers and words alike."""
    variables, labels, formats, codes, measures = [], {}, {}, {}, {}
    for column in spool.shape.columns:
        name, longest = column.in_spss, spool.widest.get(column.name, 0)
        labels[name] = cut(column.titled, LABEL_IN_SPSS)
        if column.holds is Holds.TEXT:
            longest = max([longest, *(len(str(code).encode()) for code, _ in column.codes)])  # also of a code not used
            variables.append(Variable(name, records.text_of_spss(longest), _texts(column), longest))
        else:
            per = SECONDS if column.holds is Holds.DATE else 1
            numbers = _numbers(column, DAY_0_OF_SPSS, per)
            variables.append(Variable(name, records.number(records.MISSING_IN_SPSS), numbers))
        if column.holds is Holds.DATE:
            formats[name] = "SDATE10"
        if column.holds is Holds.TIME:
            formats[name] = "TIME5"
        if column.codes:
            codes[name] = dict(column.codes)
        measures[name] = "nominal" if column.codes or column.holds is Holds.TEXT else "scale"

    def write(frame: pd.DataFrame, path: str) -> None:
        pyreadstat.write_sav(
            frame,
            path,
            file_label=cut(spool.shape.title, TITLE_IN_SPSS),
            column_labels=labels,
            variable_value_labels=codes,
            variable_format=formats,
            variable_measure=measures,
        )

    head, _, _ = _around(variables, write)
    head = _once_changed(head[:92] + b"01 Jan 6000:00:00" + head[109:], head)
    head = head[:80] + struct.pack("<i", spool.rows) + head[84:]
    counted = head.index(_ROWS_OF_SPSS) + len(_ROWS_OF_SPSS)
    file.write(head[:counted] + struct.pack("<q", spool.rows) + head[counted + 8 :])
    _put(spool, variables, file, tell)


def write_dta(spool: Spool, file: BinaryIO, tell: Tell) -> None:
    """Stata 14 and later (format 118). Stata labels numbers only: what codes in words mean stands in the codebook."""
    variables, labels, formats, codes = [], {}, {}, {}
    for column in spool.shape.columns:
        name, longest = column.in_stata, spool.widest.get(column.name, 0)
        labels[name] = cut(column.titled, LABEL_IN_STATA, by="characters")
        if column.holds is Holds.TEXT:
            variables.append(Variable(name, records.text(longest, "\0"), _texts(column), longest))
        else:
            per = 1000 if column.holds is Holds.TIME else 1
            numbers = _numbers(column, DAY_0_OF_OTHERS, per)
            variables.append(Variable(name, records.number(records.MISSING_IN_STATA), numbers))
        if column.holds is Holds.DATE:
            formats[name] = "%td"
        if column.holds is Holds.TIME:
            formats[name] = "%tcHH:MM"
        if column.codes and column.holds is Holds.WHOLE:
            codes[name] = dict(column.codes)

    def write(frame: pd.DataFrame, path: str) -> None:
        pyreadstat.write_dta(
            frame,
            path,
            file_label=cut(spool.shape.title, TITLE_IN_STATA, by="characters"),
            column_labels=labels,
            variable_value_labels=codes,
            variable_format=formats,
            version=14,
        )

    if max(spool.widest.values(), default=0) > LONGEST_TEXT_IN_STATA:  # rare: then pyreadstat writes the set, at once
        (whole,) = spool.table().combine_chunks().to_batches()
        file.write(_quiet_clock_of_stata(_written(variables, write, [one.values(whole) for one in variables])))
        tell(spool.rows)
        return
    head, end, length = _around(variables, write)
    file.write(_counted(_quiet_clock_of_stata(head), spool.rows, (spool.rows - 2) * length))
    _put(spool, variables, file, tell)
    file.write(end)


def _quiet_clock_of_stata(content: bytes) -> bytes:
    return _once_changed(_CLOCK_OF_STATA.sub(rb"\g<1>01 Jan 1960 00:00", content[:400]) + content[400:], content)


def _counted(head: bytes, rows: int, longer: int) -> bytes:
    """The head with so many rows: in its count, and in the places of what stands after them."""
    at = head.index(b"<N>") + 3
    head = head[:at] + struct.pack("<Q", rows) + head[at + 8 :]
    at = head.index(b"<map>") + 5
    places = list(struct.unpack_from("<14Q", head, at))
    places[slice(*_AFTER_THE_DATA)] = [place + longer for place in places[slice(*_AFTER_THE_DATA)]]
    return head[:at] + struct.pack("<14Q", *places) + head[at + 14 * 8 :]


def cut(text: str, most: int, *, by: str = "bytes") -> str:
    """The text within the limit of a format, in bytes of UTF-8 or in characters, with an ellipsis where it was cut."""
    if len(text if by == "characters" else text.encode()) <= most:
        return text
    if by == "characters":
        return text[: most - 1] + "…"
    return text.encode()[: most - 3].decode(errors="ignore") + "…"


# -- what stands around the records, and the records


def _around(variables: Sequence[Variable], write: Callable[[pd.DataFrame, str], None]) -> tuple[bytes, bytes, int]:
    """What pyreadstat writes before and after two rows, and the length of a record. Raises NotAsWritten."""
    two = [pa.array(["x" * one.longest, ""]) if one.longest else np.array([-1 / 3, np.nan]) for one in variables]
    content = _written(variables, write, two)
    own = records.record_of([one.cell for one in variables], two)
    head, found, end = content.rpartition(own.tobytes())
    if not found:
        raise NotAsWritten("Two rows are not written as the statistical package's own writer writes them.")
    return head, end, own.shape[1]


def _written(variables: Sequence[Variable], write: Callable[[pd.DataFrame, str], None], values: Sequence) -> bytes:
    """The whole file that pyreadstat makes of these values of the variables."""
    frame = {one.name: _as_series(own) for one, own in zip(variables, values, strict=True)}
    with tempfile.TemporaryDirectory(prefix="ecrf-extract-") as folder:
        path = Path(folder) / "data"
        write(pd.DataFrame(frame), str(path))
        return path.read_bytes()


def _as_series(values: pa.Array | np.ndarray) -> pd.Series:
    if isinstance(values, np.ndarray):
        return pd.Series(values)
    return pd.Series(pc.fill_null(values, "").to_numpy(zero_copy_only=False), dtype=object)


def _put(spool: Spool, variables: Sequence[Variable], file: BinaryIO, tell: Tell) -> None:
    cells = [one.cell for one in variables]
    for batch in spool.batches():
        file.write(records.record_of(cells, [one.values(batch) for one in variables]).data)
        tell(batch.num_rows)


def _once_changed(new: bytes, old: bytes) -> bytes:
    """The new head. Raises NotAsWritten where nothing was changed, or its length."""
    if len(new) != len(old) or new == old:
        raise NotAsWritten("The head of a file is not what its format says; its clock could not be set.")
    return new


# -- values


def _texts(column: Column) -> Callable[[pa.RecordBatch], pa.Array]:
    return lambda batch: batch.column(column.name)


def _numbers(column: Column, day_0: int, per: int = 1) -> Callable[[pa.RecordBatch], np.ndarray]:
    """As numbers with decimals, not a number where there is none; days from the package's own first day."""

    def found(batch: pa.RecordBatch) -> np.ndarray:
        values = batch.column(column.name)
        if column.holds in (Holds.DATE, Holds.TIME):
            values = values.cast(pa.int32())
        numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.ascontiguousarray((numbers + day_0 if column.holds is Holds.DATE else numbers) * per)

    return found


def _parts(spool: Spool, column: Column, taken: set[str]) -> list[Variable]:
    """The variables of a text: one, or as many as its longest value has pieces."""
    longest = spool.widest[column.name]
    if longest <= LONGEST_TEXT_IN_SAS:
        return [Variable(column.short, records.text(longest, " "), _texts(column), longest)]
    widths: list[int] = []
    for batch in spool.batches():
        for text in pc.unique(batch.column(column.name).drop_null()).to_pylist():
            sizes = [len(piece.encode()) for piece in in_parts(text, LONGEST_TEXT_IN_SAS)]
            widths = [max(pair) for pair in zip_longest(widths, sizes, fillvalue=1)]
    found = []
    for number, width in enumerate(widths):
        name = column.short if number == 0 else _name_of_part(column.short, number + 1, taken)
        found.append(Variable(name, records.text(width, " "), _piece(column, number), width))
    return found


def _piece(column: Column, number: int) -> Callable[[pa.RecordBatch], pa.Array]:
    def piece(text: str) -> str:
        return "".join(in_parts(text, LONGEST_TEXT_IN_SAS)[number : number + 1])

    return lambda batch: texts.said(batch.column(column.name), piece)


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
