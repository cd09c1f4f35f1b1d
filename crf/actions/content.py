"""What a lock stands on: the SHA-256 of everything that it holds still.

Blinded people read it. Of a row that would unblind the trail's salt is hashed too: who knows all else of a subject
could find out by trying which level gives the hash. `salted=False` is the hash of locks set before that was so.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection

from crf import trial
from crf.chart.held import Place
from crf.models import RECORDS, Alert, AuditEntry, Hold, Query, Signature, Subject, Verification, Visit
from crf.spec import UNBLINDS
from trialsite.database.wall import seeing_levels


def content_hash(subject: Subject | None = None, *, salted: bool = True) -> str:
    """SHA-256 over every row of subjects, visits, forms, queries and so on, in the order of tables and ids.

    Of the whole study, or of one subject.
    """
    if subject is None:
        return _hashed(((table, ROW, "", []) for table in _ALL), salted)
    whose = {table: "id = %s" if table is Subject else "subject_id = %s" for table in _ALL}
    return _hashed(((table, ROW, asked, [subject.pk]) for table, asked in whose.items()), salted)


def content_at(place: Place, *, salted: bool = True) -> str:
    """SHA-256 over all that a lock of this place holds: rows as they are, of an item its answer and its queries."""
    match place.level:
        case Hold.Level.SITE:
            return _hashed(((table, ROW, "site_id = %s", [place.site.pk]) for table in _ALL), salted)
        case Hold.Level.VISIT:
            tables = [*RECORDS.values(), Query, Verification]
            rows = [(table, ROW, "visit_id = %s", [place.visit.pk]) for table in tables]
            return _hashed([(Visit, ROW, "id = %s", [place.visit.pk]), *rows], salted)
        case Hold.Level.FORM:
            return _hashed(_of_form(place), salted)
        case Hold.Level.ITEM:
            of, code = place.record.pk, place.form.code
            cell = "jsonb_build_array(to_jsonb(t) -> %s, missing -> %s)"
            return _hashed(
                [
                    (RECORDS[code], cell, "id = %s", [place.item, place.item, of]),
                    (Query, ROW, "form = %s AND record = %s AND item = %s", [code, of, place.item]),
                ],
                salted,
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
    yield model, ROW, where, of
    yield Query, ROW, about, [code, *of]
    yield Verification, ROW, about, [code, *of]


_ALL = (Subject, Visit, *(RECORDS[form.code] for form in trial.FORMS), Query, Alert, Verification, Signature)


ROW = "to_jsonb(t)"
_UNBLINDING = {model for model in RECORDS.values() if model.form.discloses is UNBLINDS}
_SALT = (
    "(SELECT string_agg(told.body::jsonb ->> 'salt', '' ORDER BY told.sequence) FROM {trail} AS told"
    " WHERE told.chain = 'apart' AND told.\"table\" = '{table}' AND told.record = t.id)"
)


def _hashed(parts: Iterable[tuple], salted: bool) -> str:
    """Of (model, what of a row, which rows, arguments): the rows of each table in the order of their ids."""
    digest = hashlib.sha256()
    with seeing_levels(), connection.cursor() as cursor:  # they are hashed too, and shown to nobody
        for model, cell, asked, arguments in parts:
            table, where = model._meta.db_table, f" WHERE {asked}" if asked else ""
            what = cell
            if salted and model in _UNBLINDING:
                what = f"jsonb_build_array({cell}, {_SALT.format(trail=AuditEntry._meta.db_table, table=table)})"
            cursor.execute(f'SELECT ({what})::text FROM "{table}" AS t{where} ORDER BY id', arguments)  # nosec B608
            digest.update(table.encode() + b"\n")
            for (row,) in cursor.fetchall():
                digest.update(row.encode() + b"\n")
    return digest.hexdigest()
