"""One data set as CDISC Dataset-JSON 1.1, written a batch of rows at a time."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import BinaryIO

from analysis.extract import texts
from analysis.extract.delimited import Tell
from analysis.extract.sets import Column, Holds
from analysis.extract.spool import Spool

VERSION = "1.1.0"
_TYPES = {
    Holds.TEXT: {"dataType": "string"},
    Holds.WHOLE: {"dataType": "integer"},
    Holds.NUMBER: {"dataType": "double"},
    # ISO 8601 here, a number with a format where it becomes a SAS data set again.
    Holds.DATE: {"dataType": "date", "targetDataType": "integer", "displayFormat": "E8601DA."},
    Holds.TIME: {"dataType": "time", "targetDataType": "integer", "displayFormat": "TIME5."},
}


@dataclass(frozen=True)
class Said:
    """What stands in the head of each file: which study, whose system, and of which moment the data are."""

    study: str
    version: str
    as_of: datetime


def write_dataset_json(said: Said, spool: Spool, file: BinaryIO, tell: Tell) -> None:
    """`tell` is called with the number of rows of each batch that was written."""
    shape = spool.shape
    as_of = said.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = {
        "datasetJSONCreationDateTime": as_of,  # the time of the data: the same data give the same bytes
        "datasetJSONVersion": VERSION,
        "fileOID": f"{said.study}.{shape.name}",
        "dbLastModifiedDateTime": as_of,
        "originator": said.study,
        "sourceSystem": {"name": "blinded-titrated-ecrf", "version": said.version},
        "studyOID": said.study,
        "metaDataVersionOID": f"MDV.{said.study}",
        "itemGroupOID": f"IG.{shape.name}",
        "records": spool.rows,
        "name": shape.short,
        "label": shape.title,
        "columns": [_column(one, spool) for one in shape.columns],
    }
    file.write((json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [').encode())
    before = b"\n"
    for batch in spool.batches():
        columns = [texts.said(column, _cell) for column in batch.columns]
        rows = texts.rows(columns, before="[", between=", ", after="],\n", blank="null")
        file.write(before)
        file.write(memoryview(rows)[:-2])  # the last comma stands before the next batch, if there is one
        before = b",\n"
        tell(batch.num_rows)
    file.write(b"\n]}\n")


def _column(column: Column, spool: Spool) -> dict:
    told = {"itemOID": f"IT.{spool.shape.name}.{column.name}", "name": column.short, "label": column.titled}
    told |= _TYPES[column.holds]
    if column.holds is Holds.TEXT:
        told["length"] = spool.widest[column.name]
    if column.name in spool.shape.keys:
        told["keySequence"] = spool.shape.keys.index(column.name) + 1
    return told


def _cell(value) -> str | None:
    match value:
        case float():
            return json.dumps(value) if math.isfinite(value) else None
        case time():
            return f'"{value:%H:%M:%S}"'
        case date():
            return f'"{value.isoformat()}"'
    return json.dumps(value, ensure_ascii=False)
