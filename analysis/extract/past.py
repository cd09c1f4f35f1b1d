"""The records as they stood at a past moment, replayed from the audit trail: what each event says was written.

The same trail that `manage.py verify` holds the tables against. What would unblind stands in a chain of its own, which
is not read here.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.db.models import TextField

from analysis.extract.of_forms import FormSet
from crf.models import RECORDS, AuditEntry, Site, Subject, Visit
from crf.models.result import ResultField

SUBJECTS_AT_ONCE = 100
TOMBSTONE = "[redacted]"
SUBJECTS, VISITS = Subject._meta.db_table, Visit._meta.db_table


def batches(
    moment: datetime, sets: Iterable[FormSet], sites: Iterable[int]
) -> Iterator[tuple[FormSet, pa.RecordBatch, float]]:
    """What `copied.batches` gave of each form at the moment, some subjects after the other; and the share of them."""
    by_table = {RECORDS[one.form.code]._meta.db_table: one for one in sets}
    codes = dict(Site.objects.filter(pk__in=list(sites)).values_list("pk", "code"))
    numbers = list(Subject.objects.filter(site_id__in=codes).order_by("number").values_list("pk", flat=True))
    for start in range(0, len(numbers), SUBJECTS_AT_ONCE):
        chosen = numbers[start : start + SUBJECTS_AT_ONCE]
        tables: dict[int, dict[str, dict[int, dict]]] = {pk: {} for pk in chosen}
        for subject, table, record, changes in _events(moment, chosen, {*by_table, SUBJECTS, VISITS}):
            row = tables[subject].setdefault(table, {}).setdefault(record, {})
            row.update({name: new for name, (_, new) in changes.items()})
        found: dict[str, list[tuple]] = {table: [] for table in by_table}
        for pk in chosen:
            for table, row in _rows_of(tables[pk], by_table, codes):
                found[table].append(row)
        for table, rows in found.items():
            if rows:
                one = by_table[table]
                columns = zip(*rows, strict=True)
                arrays = [pa.array(values, field.type) for values, field in zip(columns, one.raw, strict=True)]
                yield one, pa.record_batch(arrays, schema=one.raw), start / len(numbers)


def _events(moment: datetime, subjects: list[int], tables: set[str]) -> Iterator[tuple[int, str, int, dict]]:
    entries = AuditEntry.objects.filter(chain__in=[f"subject:{pk}" for pk in subjects], at__lte=moment)
    entries = entries.filter(table__in=tables).order_by("chain", "sequence").values_list("body", flat=True)
    for body in entries.iterator(chunk_size=2000):
        told = json.loads(body)
        yield told["subject"], told["table"], told["record"], told["changes"]


def _rows_of(tables: dict[str, dict[int, dict]], by_table: dict[str, FormSet], codes: dict[int, str]):
    if not tables.get(SUBJECTS):
        return
    (subject,) = tables[SUBJECTS].values()
    visits = tables.get(VISITS, {})
    for table, one in by_table.items():
        model = RECORDS[one.form.code]
        standing = [row for row in tables.get(table, {}).values() if not row.get("voided_at")]
        standing.sort(key=lambda row: (row.get("visit_id") or 0, row["row_number"]))
        for row in standing:
            visit = visits.get(row.get("visit_id"), {})
            on = _typed(Visit, "occurred_on", visit)
            place = (subject["number"], codes[row["site_id"]], visit.get("code"), visit.get("number"), on)
            answers = (_typed(model, name, row) for name in one.fields)
            yield table, (*place, row["row_number"], *_of_the_record(row), *answers)


def _of_the_record(row: dict) -> tuple:
    """As of_forms.RECORD."""
    changed = datetime.fromisoformat(row["changed_at"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    missing = json.dumps(row.get("missing") or {})
    return missing, row.get("completed_at") is not None, row["source"], row["protocol_version"], row["version"], changed


def _typed(model, name: str, row: dict) -> Any:
    """The value as it is read from its column: the trail keeps JSON. Of what was taken out only a text keeps the
    tombstone."""
    value, field = row.get(name), model._meta.get_field(name)
    if value is None or (value == TOMBSTONE and not isinstance(field, TextField)):
        return None
    if isinstance(field, ResultField):
        return value
    typed = field.to_python(value)
    return float(typed) if isinstance(typed, Decimal) else typed
