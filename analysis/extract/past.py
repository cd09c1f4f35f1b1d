"""The records as they stood at a past moment, replayed from the audit trail: what each event says was written.

The same trail that `manage.py verify` holds the tables against. What would unblind stands in a chain of its own, which
is not read here.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import TextField

from analysis.extract.of_forms import RECORD, FormSet, Place
from crf.models import RECORDS, AuditEntry, Site, Subject, Visit

SUBJECTS_AT_ONCE = 100
TOMBSTONE = "[redacted]"
SUBJECTS, VISITS = Subject._meta.db_table, Visit._meta.db_table


def rows_at(
    moment: datetime, sets: Iterable[FormSet], sites: Iterable[int]
) -> Iterator[tuple[FormSet, Place, tuple, tuple]]:
    """What `of_forms.rows_now` gave at the moment, subject by subject."""
    by_table = {RECORDS[one.form.code]._meta.db_table: one for one in sets}
    codes = dict(Site.objects.filter(pk__in=list(sites)).values_list("pk", "code"))
    numbers = list(Subject.objects.filter(site_id__in=codes).order_by("number").values_list("pk", flat=True))
    for start in range(0, len(numbers), SUBJECTS_AT_ONCE):
        chosen = numbers[start : start + SUBJECTS_AT_ONCE]
        tables: dict[int, dict[str, dict[int, dict]]] = {pk: {} for pk in chosen}
        for subject, table, record, changes in _events(moment, chosen, {*by_table, SUBJECTS, VISITS}):
            row = tables[subject].setdefault(table, {}).setdefault(record, {})
            row.update({name: new for name, (_, new) in changes.items()})
        for pk in chosen:
            yield from _rows_of(tables[pk], by_table, codes)


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
            place = Place(
                subject["number"], codes[row["site_id"]], visit.get("code"), visit.get("number"), on, row["row_number"]
            )
            record = tuple(row.get(name) for name in RECORD)
            yield one, place, tuple(_typed(model, name, row) for name in one.fields), (record[0] or {}, *record[1:])


def _typed(model, name: str, row: dict) -> Any:
    """The value as its column holds it: the trail keeps JSON. Of what was taken out only a text keeps the tombstone."""
    value, field = row.get(name), model._meta.get_field(name)
    if value is None or (value == TOMBSTONE and not isinstance(field, TextField)):
        return None
    return field.to_python(value)
