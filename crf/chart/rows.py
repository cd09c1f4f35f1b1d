"""What rows of repeating forms are called: an adverse event by its term and onset, never “row 2” (F-410)."""

import json
from collections.abc import Collection
from decimal import Decimal
from functools import cache

from django.db import connection

from crf import spec, trial
from crf.models import RECORDS
from crf.models.prepared import Prepared


class RowNames:
    """The names of the standing rows of a subject, and what is listed of each beside its name.

    One statement, and none where no form names or lists its rows.
    """

    def __init__(self, found: dict[tuple[str, int], tuple[str, tuple[str, ...]]]):
        self._found = found

    @classmethod
    def of(cls, subject_id: int, forms: Collection[type[spec.Form]]) -> "RowNames":
        """Of the rows of these forms, as far as a form says how its rows are called or what is listed of them."""
        naming = [form for form in forms if (form.repeating and form.called) or form.listed]
        if not naming:
            return cls({})
        with connection.cursor() as cursor:
            rows = _statement(tuple(form.code for form in naming)).run(cursor, subject_id)
        return cls({(code, pk): _told(code, row, body) for code, pk, row, body in rows})

    def called(self, form: type[spec.Form], record: int, row: int) -> str:
        """How the row is called: by what it is about, else by its form and number."""
        return self._found.get((form.code, record), ("",))[0] or form.row_called(row, {})

    def listed(self, form: type[spec.Form], record: int) -> tuple[str, ...]:
        """The answers that are listed of the row, in words and in the order of `listed`."""
        return self._found.get((form.code, record), ("", ("",) * len(form.listed)))[1]


@cache
def _statement(codes: tuple[str, ...]) -> Prepared:
    parts = (
        f"SELECT '{code}', id, row_number, to_jsonb(record)::text"  # nosec B608 - names of our own tables
        f" FROM {RECORDS[code]._meta.db_table} record WHERE subject_id = $1 AND voided_at IS NULL"
        for code in codes
    )
    return Prepared(" UNION ALL ".join(parts), called="names of rows")


def _told(code: str, row: int, body: str) -> tuple[str, tuple[str, ...]]:
    form, fields, stored = trial.form(code), RECORDS[code]._meta, json.loads(body, parse_float=Decimal)
    values = {name: fields.get_field(name).to_python(stored[name]) for name in form.items}
    called = form.row_called(row, values) if form.repeating else form.title
    return called, tuple(form.items[name].kind.show(values[name]) for name in form.listed)
