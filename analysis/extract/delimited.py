"""CSV (RFC 4180, UTF-8, ISO 8601 dates) and Parquet of one data set, a batch of rows at a time."""

import math
from collections.abc import Callable
from datetime import date, time
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from analysis.extract import texts
from analysis.extract.sets import Shape
from analysis.extract.spool import Spool
from crf.exchange.cells import harmless

Tell = Callable[[int], None]


def write_csv(spool: Spool, file: BinaryIO, tell: Tell) -> None:
    """`tell` is called with the number of rows of each batch that was written."""
    file.write(head_of(spool.shape))
    for batch in spool.batches():
        file.write(csv_of(batch))
        tell(batch.num_rows)


def head_of(shape: Shape) -> bytes:
    return (",".join(map(_quoted, shape.schema.names)) + "\r\n").encode()


def csv_of(batch: pa.RecordBatch) -> pa.Buffer:
    """The rows as CSV has them. A text that a spreadsheet would calculate has an apostrophe before it (SEC-13);
    numbers are as they are."""
    columns = [texts.said(column, lambda value: _quoted(as_text(value))) for column in batch.columns]
    return texts.rows(columns, before="", between=",", after="\r\n", blank="")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text


def as_text(value) -> str:
    """The value as CSV has it."""
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case float():
            return str(int(value)) if math.isfinite(value) and value.is_integer() else repr(value)
        case time():
            return f"{value:%H:%M}"
        case date():
            return value.isoformat()
    return str(value)


def write_parquet(spool: Spool, file: BinaryIO, tell: Tell) -> None:
    """Typed columns; label, unit and short name of each stand in its field's metadata."""
    fields = []
    for column, field in zip(spool.shape.columns, spool.shape.schema, strict=True):
        told = {"label": column.label, "unit": column.unit, "short_name": column.short, "origin": column.origin}
        codes = "; ".join(f"{code} = {label}" for code, label in column.codes)
        fields.append(field.with_metadata({name: text for name, text in (told | {"codes": codes}).items() if text}))
    schema = pa.schema(fields, metadata={"title": spool.shape.title})
    with parquet.ParquetWriter(pa.PythonFile(file, "w"), schema, compression="zstd") as writer:
        for batch in spool.batches():
            writer.write_batch(batch.cast(schema) if batch.schema != schema else batch)
            tell(batch.num_rows)
