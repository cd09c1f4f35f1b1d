"""What a signature stands on: the answers that the signer was shown, as canonical bytes, and their SHA-256 (SIG-03).

The canonical form is JSON in UTF-8: keys sorted, no blanks between the parts, letters beyond ASCII as themselves.

    {"records":[{"form":"HAMD","items":{"mood":"3",...},"missing":{...},"protocol_version":"1.0","row":"1",
                 "source":"esource","visit":"W1"},...],
     "subject":"JER-001",
     "visits":[{"missed_reason":"","occurred_on":"2026-03-02","visit":"W1"},...]}

Every value is text: codes and numbers as PostgreSQL writes them in JSON, dates and times in ISO 8601. A blank item is
left out, so that an item which a later version adds changes nothing that was signed. `missing` holds the reasons for
missing answers by item, `visit` is the visit as it stands in addresses ("" for a form that belongs to none). Records
are sorted by form, visit and row, visits by their address. Totals are not in it: they follow from the answers. Nor are
who entered what and when: the audit trail holds that. Forms that unblind are in no content, because the investigator
does not read them; nor are forms that are incomplete, because nobody can call them complete and correct.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache

from django.db import connection

from crf import permissions, spec, trial
from crf.chart.places import in_address
from crf.models import RECORDS, RoleHeld, Signature, Subject, Visit
from crf.models.prepared import Prepared

VISIT = "VISIT"


@dataclass(frozen=True)
class Content:
    """The canonical bytes, and which rows they were made of: {"HAMD": [record ids], ..., "VISIT": [visit ids]}."""

    canonical: bytes
    covers: dict[str, list[int]]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def records(self) -> int:
        """How many records there are in it."""
        return sum(len(ids) for name, ids in self.covers.items() if name != VISIT)


def signed_forms() -> list[type[spec.Form]]:
    """The forms that an investigator reads, and so can sign."""
    return [
        form
        for form in trial.FORMS
        if form.discloses is not spec.UNBLINDS and RoleHeld.Role.INVESTIGATOR in permissions.may_read_form(form)
    ]


def content_of(
    subject: Subject, *, visit: Visit | None = None, form: type[spec.Form] | None = None, record: int | None = None
) -> Content:
    """What would be signed now: the whole casebook, or the complete records of a visit, of a form, or one of them.

    The dates of the visits are part of the casebook's content only. Two statements.
    """
    chosen = [form] if form else signed_forms()
    narrowed, told = "", {}
    if visit is not None:
        narrowed, told = narrowed + " AND visit_id = %(visit)s", told | {"visit": visit.pk}
    if record is not None:
        narrowed, told = narrowed + " AND id = %(record)s", told | {"record": record}
    visits = list(Visit.objects.filter(subject=subject))
    is_whole = visit is None and form is None
    dated = [one for one in visits if is_whole and (one.occurred_on or one.missed_reason)]
    standing = " AND voided_at IS NULL AND completed_at IS NOT NULL"
    return _content(subject, visits, dated, _rows(subject, chosen, standing + narrowed, told))


def content_under(signature: Signature) -> Content:
    """The rows that a signature stands on, as they are now: their SHA-256 is the signature's while it stands."""
    return content_covered(signature.subject, signature.covers, list(Visit.objects.filter(subject=signature.subject)))


def content_covered(subject: Subject, covers: dict[str, list[int]], visits: list[Visit]) -> Content:
    """The same where the visits were read already: one statement."""
    signed = {form.code for form in signed_forms()} | covers.keys() - {VISIT}
    with connection.cursor() as cursor:
        standing = _of_forms(frozenset(signed)).run(cursor, subject.pk)
    covered = {code: set(ids) for code, ids in covers.items()}
    rows = [row for row in standing if row[1] in covered.get(row[0], ())]
    return _content(subject, visits, [one for one in visits if one.pk in covers.get(VISIT, ())], rows)


def _rows(subject: Subject, chosen, condition: str, told: dict) -> list[tuple]:
    """(form code, id, visit id, row number, the row as JSON) of the forms' records: one statement."""
    if not chosen:
        return []
    statement = _union([form.code for form in chosen], "%(subject)s" + condition)
    with connection.cursor() as cursor:
        cursor.execute(statement, told | {"subject": subject.pk})
        return cursor.fetchall()


@cache
def _of_forms(codes: frozenset[str]) -> Prepared:
    """All standing records of a subject: planned once, whatever a signature covers of them."""
    return Prepared(
        _union([form.code for form in trial.FORMS if form.code in codes], "$1 AND voided_at IS NULL"), called="signed"
    )


def _union(codes: list[str], whose: str) -> str:
    return " UNION ALL ".join(
        f"SELECT '{code}', id, visit_id, row_number, jsonb_strip_nulls(to_jsonb(t))::text"  # nosec B608 - our own names
        f" FROM {RECORDS[code]._meta.db_table} AS t WHERE subject_id = {whose}"
        for code in codes
    )


def _content(subject: Subject, visits: list[Visit], dated: list[Visit], rows: list[tuple]) -> Content:
    places = {visit.pk: in_address(visit) for visit in visits}
    covers: dict[str, list[int]] = {}
    records = []
    for code, pk, visit_id, row, text in rows:
        stored = json.loads(text, parse_int=str, parse_float=str)
        records.append(
            {
                "form": code,
                "visit": places.get(visit_id, ""),
                "row": str(row),
                "source": stored["source"],
                "protocol_version": stored["protocol_version"],
                "missing": stored["missing"],
                "items": {name: stored[name] for name in trial.form(code).items if name in stored},
            }
        )
        covers.setdefault(code, []).append(pk)
    if dated:
        covers[VISIT] = sorted(visit.pk for visit in dated)
    told = {
        "subject": subject.number,
        "records": sorted(records, key=lambda one: (one["form"], one["visit"], int(one["row"]))),
        "visits": sorted(
            (
                {
                    "visit": in_address(visit),
                    "occurred_on": f"{visit.occurred_on or ''}",
                    "missed_reason": visit.missed_reason,
                }
                for visit in dated
            ),
            key=lambda one: one["visit"],
        ),
    }
    canonical = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return Content(canonical, {name: sorted(ids) for name, ids in covers.items()})
