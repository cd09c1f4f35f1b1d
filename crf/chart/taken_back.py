"""What was taken back of a subject: voided and moved forms, visits undone or wrongly called done or missed, facts.

Its open queries are counted in the same statement, for the casebook, which has few.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import connection

from crf import spec, trial
from crf.models import RECORDS, Query, Visit
from crf.models.prepared import Prepared
from crf.spec import Form

_NAME = "coalesce(nullif(btrim(concat_ws(' ', person.first_name, person.last_name)), ''), person.username)"
_BESIDE = f"""
    SELECT kind, form, coalesce(record, 0), visit_id, row_number, to_visit_id, taken_back_at, {_NAME}, reason, was
      FROM crf_takenback JOIN crf_user AS person ON person.id = taken_back_by_id WHERE subject_id = $1
    UNION ALL
    SELECT 'OPENED', '', 0, visit.id, 1, NULL, undone_at, {_NAME}, undone_reason, ''
      FROM crf_visit AS visit JOIN crf_user AS person ON person.id = undone_by_id
     WHERE subject_id = $1 AND undone_at IS NOT NULL
    UNION ALL
    SELECT state, form, record, NULL, count(*), NULL, NULL, '', '', ''
      FROM crf_query WHERE subject_id = $1 AND state IN ('open', 'answered') GROUP BY state, form, record
"""  # nosec B608 - no part of it is told by anybody
_QUERIES = (Query.State.OPEN, Query.State.ANSWERED)
_HOW = {"VOIDED": "voided", "MISSED": "was not missed", "DONE": "was not done yet", "OPENED": "opened by mistake"}
#: What is no form and no visit: what it was, and what became of it.
_OF_THE_SUBJECT = {
    "FAILED": ("Screen failure ({})", "was none"),
    "SCREENED": ("Screening began on {}", "was another day"),
    "ALERT": ("Alert acted upon: {}", "was not"),
}


@dataclass(frozen=True)
class TakenBack:
    """One thing: what it was (struck through), what became of it, who, when, why. `form` is None for a visit."""

    what: str
    how: str
    form: type[Form] | None
    record: int
    visit: int | None
    row: int
    at: datetime
    by: str
    why: str


def queries_and_taken_back(subject_id: int, forms: Collection[type[Form]]) -> tuple[Counter, list[TakenBack]]:
    """Of these forms, how many queries by (form code, record, state), and of them and all visits what was taken back,
    the latest first. One statement."""
    with connection.cursor() as cursor:
        rows = _statement(frozenset(form.code for form in forms)).run(cursor, subject_id)
    readable = {form.code: form for form in forms}
    queries, found = Counter(), []
    for kind, code, record, visit, number, at, by, why, was, *places in rows:
        if code and code not in readable:
            continue
        if kind in _QUERIES:
            queries[code, record, kind] = number
            continue
        if kind == "OPENED" and trial.visit(places[0]).is_planned:  # the whole subject was entered in error
            continue
        label, to = _label(*places[:2]), _label(*places[2:])
        if kind in _OF_THE_SUBJECT:
            what, how = _OF_THE_SUBJECT[kind]
            found.append(TakenBack(what.format(was), how, None, 0, None, 1, at, by, why))
            continue
        title = readable[code].title if code else ""
        row = f", row {number}" if code and readable[code].repeating else ""
        how = f"moved to {to}" if to else _HOW[kind]
        what = ", ".join(filter(None, (title, label))) + row
        found.append(TakenBack(what, how, readable.get(code), record, visit, number, at, by, why))
    return queries, sorted(found, key=lambda one: one.at, reverse=True)


def _label(code: str | None, number: int | None) -> str:
    return Visit(code=code, number=number).label if code else ""


@cache
def _statement(codes: frozenset[str]) -> Prepared:
    """One statement over the tables of these forms and what stands beside them."""
    voided = [
        f"SELECT 'VOIDED', '{code}', record.id, visit_id, row_number, NULL::bigint, voided_at, {_NAME}, void_reason, ''"  # nosec B608
        f" FROM {RECORDS[code]._meta.db_table} AS record JOIN crf_user AS person ON person.id = voided_by_id"
        " WHERE subject_id = $1 AND voided_at IS NOT NULL"
        for code in sorted(codes)
        if trial.form(code).discloses is not spec.UNBLINDS
    ]
    found = " UNION ALL ".join([*voided, _BESIDE])
    return Prepared(
        "SELECT kind, form, record, visit_id, row_number, at, by, why, was, here.code, here.number,"  # nosec B608
        " there.code, there.number"
        f" FROM ({found}) AS taken (kind, form, record, visit_id, row_number, to_visit_id, at, by, why, was)"
        " LEFT JOIN crf_visit AS here ON here.id = visit_id LEFT JOIN crf_visit AS there ON there.id = to_visit_id",
        called="taken back",
    )
