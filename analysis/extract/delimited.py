"""CSV (RFC 4180, UTF-8, ISO 8601 dates) and Parquet of one data set, a batch of rows at a time."""

import csv
import math
from datetime import date, time
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from analysis.extract.spool import Spool
from crf.exchange.cells import harmless


def write_csv(spool: Spool, path: Path) -> None:
    """A text that a spreadsheet would calculate has an apostrophe before it (SEC-13); numbers are as they are."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(spool.shape.schema.names)
        for batch in spool.batches():
            columns = [[as_text(value) for value in column.to_pylist()] for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))


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


def write_parquet(spool: Spool, path: Path) -> None:
    """Typed columns; label, unit and short name of each stand in its field's metadata."""
    fields = []
    for column, field in zip(spool.shape.columns, spool.shape.schema, strict=True):
        told = {"label": column.label, "unit": column.unit, "short_name": column.short, "origin": column.origin}
        codes = "; ".join(f"{code} = {label}" for code, label in column.codes)
        fields.append(field.with_metadata({name: text for name, text in (told | {"codes": codes}).items() if text}))
    schema = pa.schema(fields, metadata={"title": spool.shape.title})
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in spool.batches():
            writer.write_batch(batch.cast(schema) if batch.schema != schema else batch)
