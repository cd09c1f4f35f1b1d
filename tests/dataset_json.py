"""What is wrong with a file of CDISC Dataset-JSON 1.1, by the specification: written from it, not from our writer.

The official JSON Schema allows any cell in any column; here each cell is held against the type of its column too, and
dates are whole, as a partial one goes out as text.
"""

import datetime as dt
import re

DAY, CLOCK = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", r"([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?"
MOMENT = re.compile(rf"{DAY}T{CLOCK}(Z|[+-]\d\d:\d\d)?")
VERSION = re.compile(r"1\.1(\.(0|[1-9]\d*))?")
REQUIRED = {"datasetJSONCreationDateTime", "datasetJSONVersion", "itemGroupOID", "records", "name", "label", "columns"}
TEXTS = {"fileOID", "originator", "studyOID", "metaDataVersionOID", "metaDataRef", "itemGroupOID", "name", "label"}
MOMENTS = {"datasetJSONCreationDateTime", "dbLastModifiedDateTime"}
KNOWN = REQUIRED | TEXTS | MOMENTS | {"sourceSystem", "rows"}
OF_COLUMN = {"itemOID", "name", "label", "dataType"}
MAY_OF_COLUMN = OF_COLUMN | {"targetDataType", "length", "displayFormat", "keySequence"}
CELLS = {
    "string": lambda value: isinstance(value, str),
    "URI": lambda value: isinstance(value, str) and ":" in value,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "double": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "decimal": lambda value: isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d+)?", value) is not None,
    "date": lambda value: _reads(dt.date, value),
    "time": lambda value: _reads(dt.time, value),
    "datetime": lambda value: _reads(dt.datetime, value),
}
TARGETS = {"date": {"integer"}, "time": {"integer"}, "datetime": {"integer"}, "decimal": {"decimal"}}


def problems(document: dict) -> list[str]:
    """A sentence for each thing that is wrong; of the cells the first of a column."""
    found = [f"{name} is missing" for name in sorted(REQUIRED - set(document))]
    found += [f"{name} is not of the specification" for name in sorted(set(document) - KNOWN)]
    found += [f"{name} is no text" for name in sorted(TEXTS & set(document)) if not isinstance(document[name], str)]
    found += [f"{name} is no moment" for name in sorted(MOMENTS & set(document)) if not _fits(MOMENT, document[name])]
    if not _fits(VERSION, document.get("datasetJSONVersion")):
        found.append("the version is not 1.1")
    if set(document.get("sourceSystem", {"name": "", "version": ""})) != {"name", "version"}:
        found.append("sourceSystem has a name and a version")
    if found:
        return found
    columns, rows = document["columns"], document.get("rows", [])
    for column in columns:
        found += [f"{column.get('name')}: {sentence}" for sentence in _of_column(column)]
    if found:
        return found
    for name in ("name", "itemOID"):
        if len({column[name] for column in columns}) < len(columns):
            found.append(f"two columns have one {name}")
    keys = sorted(column["keySequence"] for column in columns if "keySequence" in column)
    if keys != list(range(1, len(keys) + 1)):
        found.append(f"the keys are numbered {keys}")
    if document["records"] != len(rows):
        found.append(f"{document['records']} records are told of, {len(rows)} are there")
    if any(len(row) != len(columns) for row in rows):
        found.append("a row has not one cell a column")
        return found
    for place, column in enumerate(columns):
        cells = [row[place] for row in rows if row[place] is not None]
        if wrong := next((cell for cell in cells if not CELLS[column["dataType"]](cell)), None):
            found.append(f"{column['name']}: {wrong!r} is no {column['dataType']}")
        elif "length" in column and any(len(cell) > column["length"] for cell in cells if isinstance(cell, str)):
            found.append(f"{column['name']}: a text is longer than {column['length']}")
    return found


def _of_column(column: dict):
    yield from (f"{name} is missing" for name in sorted(OF_COLUMN - set(column)))
    yield from (f"{name} is not of the specification" for name in sorted(set(column) - MAY_OF_COLUMN))
    kind = column.get("dataType")
    if kind not in CELLS:
        yield f"{kind} is no type"
    elif column.get("targetDataType", "") and column["targetDataType"] not in TARGETS.get(kind, ()):
        yield f"{kind} does not become {column['targetDataType']}"
    for name in ("length", "keySequence"):
        if name in column and not (isinstance(column[name], int) and column[name] >= 1):
            yield f"{name} is {column[name]!r}"


def _fits(pattern: re.Pattern, value) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _reads(kind, value) -> bool:
    try:
        return isinstance(value, str) and kind.fromisoformat(value) is not None
    except ValueError:
        return False
