"""The standing records of a form as they are in its table, by COPY: no value becomes an object of Python on its way."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
from django.db import connection
from django.db.models import BooleanField, F, Func, TextField, Value
from pyarrow import csv

from analysis.extract.of_forms import PLACE, RECORD, FormSet
from analysis.extract.spool import AT_ONCE
from crf.models import RECORDS

#: PLACE and what of RECORD is no column of the table by that name.
_COLUMNS = dict(
    zip(
        PLACE,
        ("subject__number", "site__code", "visit__code", "visit__number", "visit__occurred_on", "row_number"),
        strict=True,
    )
)
_PARSE = csv.ParseOptions(newlines_in_values=True)


def batches(one: FormSet, sites: Iterable[int]) -> Iterator[pa.RecordBatch]:
    """The raw columns of every standing record of these sites, in the order of subject, visit and row."""
    sites = list(sites)
    if not sites:
        return
    found = RECORDS[one.form.code].objects.standing().filter(site_id__in=sites)
    found = found.order_by("subject__number", "visit_id", "row_number").annotate(
        _completed=_IsThere(F("completed_at")),
        _changed=Func(
            F("changed_at"), Value('YYYY-MM-DD"T"HH24:MI:SS"Z"'), function="to_char", output_field=TextField()
        ),
    )
    own = {"completed": "_completed", "changed_at": "_changed"}
    names = [*_COLUMNS.values(), *(own.get(name, name) for name in RECORD), *one.fields]
    reading = csv.ReadOptions(column_names=one.raw.names, use_threads=False, block_size=1 << 24)
    converting = csv.ConvertOptions(
        column_types=one.raw,
        null_values=[""],
        true_values=["t"],
        false_values=["f"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,  # an empty text is no blank: COPY has it in quotes
    )
    for block in _blocks(found.values_list(*names)):
        table = csv.read_csv(pa.BufferReader(block), reading, _PARSE, converting)
        yield from table.combine_chunks().to_batches()


class _IsThere(Func):
    template = "(%(expressions)s IS NOT NULL)"
    output_field = BooleanField()


def _blocks(rows) -> Iterator[bytes]:
    """The rows as CSV, AT_ONCE rows a block. The server sends a row at a time."""
    query, values = rows.query.sql_with_params()
    waiting: list[bytes] = []
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", values) as copy:
        for row in copy:
            waiting.append(bytes(row))
            if len(waiting) == AT_ONCE:
                yield b"".join(waiting)
                waiting = []
    if waiting:
        yield b"".join(waiting)
