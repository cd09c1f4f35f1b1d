"""What a lock stands on: the SHA-256 of everything that it holds still."""

import hashlib
from collections.abc import Iterable

from django.db import connection

from crf import trial
from crf.chart.held import Place
from crf.models import RECORDS, Alert, Hold, Query, Signature, Subject, Verification, Visit
from trialsite.database.wall import seeing_levels


def content_hash(subject: Subject | None = None) -> str:
    """SHA-256 over every row of subjects, visits, forms, queries and so on, in the order of tables and ids.

    Of the whole study, or of one subject.
    """
    if subject is None:
        return _hashed((table, "to_jsonb(t)", "", []) for table in _ALL)
    whose = {table: "id = %s" if table is Subject else "subject_id = %s" for table in _ALL}
    return _hashed((table, "to_jsonb(t)", asked, [subject.pk]) for table, asked in whose.items())


def content_at(place: Place) -> str:
    """SHA-256 over all that a lock of this place holds: rows as they are, of an item its answer and its queries."""
    match place.level:
        case Hold.Level.SITE:
            return _hashed((table, "to_jsonb(t)", "site_id = %s", [place.site.pk]) for table in _ALL)
        case Hold.Level.VISIT:
            tables = [*RECORDS.values(), Query, Verification]
            rows = [(table, "to_jsonb(t)", "visit_id = %s", [place.visit.pk]) for table in tables]
            return _hashed([(Visit, "to_jsonb(t)", "id = %s", [place.visit.pk]), *rows])
        case Hold.Level.FORM:
            return _hashed(_of_form(place))
        case Hold.Level.ITEM:
            of, code = place.record.pk, place.form.code
            cell = "jsonb_build_array(to_jsonb(t) -> %s, missing -> %s)"
            return _hashed(
                [
                    (RECORDS[code], cell, "id = %s", [place.item, place.item, of]),
                    (Query, "to_jsonb(t)", "form = %s AND record = %s AND item = %s", [code, of, place.item]),
                ]
            )
    raise ValueError(f"Nothing is locked at the level {place.level} here.")


def _of_form(place: Place) -> Iterable[tuple]:
    code, model = place.form.code, RECORDS[place.form.code]
    where, of = (
        "subject_id = %s AND visit_id IS NOT DISTINCT FROM %s",
        [place.subject.pk, place.visit and place.visit.pk],
    )
    if place.row is not None:
        where, of = where + " AND row_number = %s", [*of, place.row]
    table = connection.ops.quote_name(model._meta.db_table)
    about = f"form = %s AND record IN (SELECT id FROM {table} WHERE {where})"  # nosec B608: constants of ours
    yield model, "to_jsonb(t)", where, of
    yield Query, "to_jsonb(t)", about, [code, *of]
    yield Verification, "to_jsonb(t)", about, [code, *of]


_ALL = (Subject, Visit, *(RECORDS[form.code] for form in trial.FORMS), Query, Alert, Verification, Signature)


def _hashed(parts: Iterable[tuple]) -> str:
    """Of (model, what of a row, which rows, arguments): the rows of each table in the order of their ids."""
    digest = hashlib.sha256()
    with seeing_levels(), connection.cursor() as cursor:  # they are hashed too, and shown to nobody
        for model, cell, asked, arguments in parts:
            name, where = connection.ops.quote_name(model._meta.db_table), f" WHERE {asked}" if asked else ""
            cursor.execute(f"SELECT ({cell})::text FROM {name} AS t{where} ORDER BY id", arguments)  # nosec B608
            digest.update(model._meta.db_table.encode() + b"\n")
            for (row,) in cursor.fetchall():
                digest.update(row.encode() + b"\n")
    return digest.hexdigest()
