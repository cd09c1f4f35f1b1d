"""Cells of a data file, whatever program wrote it: text with any usual separator, XLSX, Parquet, SAS, SPSS, Stata.

Which it is the first bytes say, not the name. Every cell becomes the text that a CSV file would have, so that what
follows is one path. Rows and cells are bounded before they are gone through. `Unreadable` says what is wrong.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from analysis.command.csvfile import MISSING, NUMBER, Unreadable, cells_of, content

ROWS, CELLS = 1_048_576, 20_000_000  # a spreadsheet's rows; about what a small machine holds
UNPACKED = 1 << 30  # bytes of a workbook, as its directory says
SAS7BDAT = bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")  # from byte 12
FORMATS = "CSV, XLSX, Parquet, SAS (XPT, SAS7BDAT), SPSS (SAV) and Stata (DTA)"


@dataclass(frozen=True)
class Cells:
    """header; rows: (line, column -> text), the header being line 1; labels: column -> code -> its label."""

    header: list[str]
    rows: list[tuple[int, dict]]
    name: str
    sha256: str
    notes: tuple[str, ...] = ()
    labels: dict[str, dict[str, str]] | None = None


@dataclass(frozen=True)
class Reading:
    """How a file is to be read.

    where: only the rows with these values, by column. missing: codes that mean a missing value, () that there are none;
    None asks about what looks like one. wide: visit -> column of its response, where a subject has one row.
    baseline: the visit that is the baseline.
    """

    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    missing: tuple[str, ...] | None = None
    wide: tuple[tuple[str, str], ...] = ()
    baseline: str | None = None


def read_cells(path: Path | str, reading: Reading) -> Cells:
    """The cells of the file, the rows asked for, codes of missing values emptied."""
    raw = content(path)
    kind = kind_of(raw)
    if kind == "text":
        header, rows, notes = cells_of(raw)
        labels: dict = {}
    else:
        header, found, notes, labels = _READERS[kind](Path(path), raw)
        rows = list(_rows(header, found))
    if not rows:
        raise Unreadable("The file has a header and no rows.")
    found = Cells(header, rows, Path(path).name, hashlib.sha256(raw).hexdigest(), tuple(notes), labels)
    return _without_codes(_chosen(found, reading), reading)


def kind_of(raw: bytes) -> str:
    """The format that the first bytes tell; text where none does."""
    if raw[:4] == b"PAR1":
        return "Parquet"
    if raw[:4] == b"PK\x03\x04":
        return "XLSX"
    if raw[:4] in (b"$FL2", b"$FL3"):
        return "SAV"
    if raw[12:32] == SAS7BDAT:
        return "SAS7BDAT"
    if raw[:20] == b"HEADER RECORD*******":
        return "XPT"
    if raw[:11] == b"<stata_dta>" or (raw[:1] in b"\x69\x6c\x6e\x6f\x71\x72\x73" and raw[1:3] in (b"\1\1", b"\2\1")):
        return "DTA"
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise Unreadable(f"This is a workbook of the old kind (.xls). Save it as .xlsx or CSV; {FORMATS} are read.")
    return "text"


def _bounded(rows: int | None, columns: int, most: int = CELLS) -> None:
    if rows is not None and (rows > ROWS or rows * columns > most):
        raise Unreadable(
            f"{rows:,} rows and {columns:,} columns are more than the {ROWS:,} rows and {most:,} cells that are read. "
            "Keep the columns and rows of the analysis."
        )


def _rows(header: list[str], found: Iterable[tuple]) -> Iterator[tuple[int, dict]]:
    cells = 0
    for line, row in enumerate(found, start=2):
        cells += len(header)
        if line - 1 > ROWS or cells > CELLS:
            _bounded(line - 1, len(header))
        texts = [text_of(cell) for cell in row]
        if any(texts):
            yield line, dict(zip(header, texts, strict=True))


def text_of(value) -> str:
    """A cell as a CSV file would have it: whole numbers without a point, days as ISO dates, nothing for missing."""
    if value is None or value != value:  # NaN and NaT are not themselves
        return ""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return str(value)


def _columns(names: Iterable) -> list[str]:
    header = [text_of(name) for name in names]
    for name in header:
        if header.count(name) > 1:
            raise Unreadable(f"line 1: two columns are called {name or '(nothing)'}.")
    return header


def _parquet(path: Path, raw: bytes):
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(raw))
        _bounded(file.metadata.num_rows, file.metadata.num_columns)
        frame = file.read()
    except (pyarrow.ArrowException, OSError) as trouble:
        raise Unreadable(f"{path.name} is damaged: {trouble}.") from None
    columns = [column.to_pylist() for column in frame.columns]
    return _columns(frame.column_names), zip(*columns, strict=True), ["The file is read as Parquet."], {}


def _workbook(path: Path, raw: bytes):
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise Unreadable(f"{path.name} is an archive and no workbook. {FORMATS} are read.")
        if sum(part.file_size for part in parts) > UNPACKED:
            raise Unreadable(f"{path.name} unpacks to more than {UNPACKED >> 20} MB. Save it as CSV.")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet, *others = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        _bounded(sheet.max_row, sheet.max_column or 1, 50 * CELLS)  # what the sheet says of itself; counted below
        lines = sheet.iter_rows(values_only=True)
        first = next(lines, ())
        header = list(first)
        while header and header[-1] is None:
            header.pop()
        if not header:
            raise Unreadable(f"{path.name}, sheet {sheet.title}: the column names stand in the first row.")
        made = _columns(header)
        rows = [row for row in _cut(lines, len(made), path.name) if row is not None]
    except Unreadable:
        raise
    except Exception as trouble:  # noqa: BLE001 - openpyxl raises whatever the broken part leads to
        raise Unreadable(f"{path.name} is damaged: {type(trouble).__name__}: {trouble}.") from None
    notes = [f"Sheet {sheet.title} of the workbook is read."]
    if others:
        notes.append(f"The sheets {', '.join(one.title for one in others)} are not looked at.")
    return made, rows, notes, {}


def _cut(lines, width: int, name: str):
    """Rows as wide as the header, counted while they come; a row with a value beyond the header is refused."""
    for line, row in enumerate(lines, start=2):
        if line - 1 > ROWS or (line - 1) * width > CELLS:
            _bounded(line - 1, width)
        if any(cell is not None for cell in row[width:]):
            raise Unreadable(f"{name}, line {line}: a cell stands beyond the last column name.")
        yield (*row[:width], *(None,) * (width - len(row)))


def _statistical(kind: str):
    def read(path: Path, raw: bytes):
        import pyreadstat

        reader = {
            "SAV": pyreadstat.read_sav,
            "SAS7BDAT": pyreadstat.read_sas7bdat,
            "XPT": pyreadstat.read_xport,
            "DTA": pyreadstat.read_dta,
        }[kind]
        try:
            _, told = reader(str(path), metadataonly=True)
            _bounded(told.number_rows, told.number_columns)
            frame, told = reader(str(path), row_limit=min(ROWS, CELLS // max(told.number_columns, 1)) + 1)
        except Unreadable:
            raise
        except Exception as trouble:  # noqa: BLE001 - pyreadstat raises its own errors and those of the decoder
            raise Unreadable(f"{path.name} is damaged, or no {kind} file: {trouble}.") from None
        labels = {
            column: {text_of(code): text_of(label) for code, label in own.items()}
            for column, own in told.variable_value_labels.items()
        }
        header = _columns(frame.columns)
        columns = [frame[column].tolist() for column in frame.columns]
        return header, zip(*columns, strict=True), [f"The file is read as {kind}."], labels

    return read


_READERS = {
    "Parquet": _parquet,
    "XLSX": _workbook,
    **{kind: _statistical(kind) for kind in ("SAV", "SAS7BDAT", "XPT", "DTA")},
}


def _chosen(found: Cells, reading: Reading) -> Cells:
    """Only the rows with the values asked for."""
    notes = []
    rows = found.rows
    for column, values in reading.where:
        if column not in found.header:
            raise Unreadable(f"--where: there is no column {column}. The columns are {', '.join(found.header)}.")
        there = list(dict.fromkeys(row[column] for _, row in rows))
        if unknown := [value for value in values if value not in there]:
            shown = ", ".join(there[:20]) + (", ..." if len(there) > 20 else "")
            raise Unreadable(f"--where: no row has {column} = {unknown[0]}. There are {shown}.")
        rows = [(line, row) for line, row in rows if row[column] in values]
        notes.append(f"Only rows with {column} = {' or '.join(values)} are read: {len(rows)} of {len(found.rows)}.")
    return replace(found, rows=rows, notes=(*found.notes, *notes))


def _without_codes(found: Cells, reading: Reading) -> Cells:
    """The codes of missing values emptied, as text and as numbers: -99 is -99.0 too."""
    if not reading.missing:
        return found
    codes = set(reading.missing)
    sizes = {float(code) for code in codes if NUMBER.fullmatch(code)}
    emptied: dict[str, int] = dict.fromkeys(codes, 0)
    for _, row in found.rows:
        for column, text in row.items():
            if text in codes or (sizes and text[:1] in "+-.0123456789" and _is_one(text, sizes)):
                row[column] = ""
                emptied[text] = emptied.get(text, 0) + 1
    told = ", ".join(f"{code} ({count} cells)" for code, count in sorted(emptied.items()))
    return replace(found, notes=(*found.notes, f"Read as missing: {told}."))


def _is_one(text: str, sizes: set[float]) -> bool:
    return bool(NUMBER.fullmatch(text)) and float(text) in sizes


def ask_about_codes(column: str, values: Iterable[tuple[int, float]]) -> None:
    """Unreadable where a value such as -99 or 999 stands far from all others: somebody must say what it means."""
    known = [(line, value) for line, value in values if value == value]
    suspects = {value for _, value in known if abs(value) in LIKE_CODES}
    for code in sorted(suspects):
        rest = [value for _, value in known if value not in suspects]
        if len(set(rest)) < 2:
            continue
        low, high = min(rest), max(rest)
        away = low - code if code < low else code - high
        if away > high - low:
            lines = [line for line, value in known if value == code]
            raise Unreadable(
                f"column {column}: {code:g} stands in {len(lines)} row(s), first in line {lines[0]}, far from every "
                f"other value ({low:g} to {high:g}). If it means missing, say --missing-codes={code:g}; if it is a "
                "value, --missing-codes=none."
            )


LIKE_CODES = {float(str(digit) * times) for digit in (7, 8, 9) for times in (2, 3, 4, 5)}


def labelled(found: Cells, column: str, *, unless: Iterable[str] = ()) -> tuple[str, ...]:
    """Put the labels of a column in place of its codes, where every code has one; says so.

    unless: words by which the codes themselves were asked for.
    """
    labels = (found.labels or {}).get(column)
    texts = {row[column] for _, row in found.rows} - MISSING
    if not labels or not texts <= set(labels) or texts & set(unless) or len(set(labels.values())) < len(labels):
        return ()
    for _, row in found.rows:
        row[column] = labels.get(row[column], row[column])
    return (f"Column {column} is read by its labels: {', '.join(f'{c} = {labels[c]}' for c in sorted(texts))}.",)


def lengthened(found: Cells, wide: tuple[tuple[str, str], ...], *, subject: str, visit: str, response: str) -> Cells:
    """Wide form, one row a subject, as long form: a row for each visit of `wide`, its response from its column."""
    for _, column in wide:
        if column not in found.header:
            raise Unreadable(f"--wide: there is no column {column}. The columns are {', '.join(found.header)}.")
    if subject not in found.header:
        raise Unreadable(f"line 1: there is no column {subject}. The columns are {', '.join(found.header)}.")
    once: dict[str, int] = {}
    for line, row in found.rows:
        if row[subject] in once:
            raise Unreadable(
                f"line {line}, column {subject}: subject {row[subject]} has a second row (first in line "
                f"{once[row[subject]]}); wide form has one a subject."
            )
        once[row[subject]] = line
    taken = {column for _, column in wide}
    kept = [column for column in found.header if column not in taken]
    if clash := [name for name in (visit, response) if name in kept]:
        raise Unreadable(f"--wide: the file has a column {clash[0]} already; name another by --visit or --response.")
    rows = [
        (line, {**{column: row[column] for column in kept}, visit: name, response: row[column]})
        for line, row in found.rows
        for name, column in wide
    ]
    note = f"Wide form: {response} at {', '.join(f'{name} from {column}' for name, column in wide)}."
    return replace(found, header=[*kept, visit, response], rows=rows, notes=(*found.notes, note))
