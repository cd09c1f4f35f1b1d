"""Which abnormal laboratory values the investigator has judged, by a signature that still stands (PROTOCOL 5)."""

from collections import defaultdict
from dataclasses import dataclass

from crf.chart.blood_states import JUDGED, TO_JUDGE
from crf.models import RECORDS, Record, Signature, Subject, Visit
from crf.models.lookup import Lookup
from crf.rules.laboratory import FORM

ABNORMAL = ("LOW", "HIGH")


@dataclass(frozen=True)
class Waiting:
    """A panel with abnormal values that nobody has judged as they are now."""

    subject: Subject
    visit: Visit
    records: list[Record]


def abnormal(subject: Subject, visit: Visit):
    """The complete abnormal values of the visit's panel, in the order of the rows."""
    found = RECORDS[FORM.code].objects.standing().filter(subject=subject, visit=visit, flag__in=ABNORMAL)
    return found.filter(completed_at__isnull=False).order_by("row_number")


def judgement_of(record: Record) -> Signature | None:
    """The standing signature under which this value was judged; None where there is none (any more)."""
    signatures = _signatures().filter(subject_id=record.subject_id, visit_id=record.visit_id)
    return next((one for one in signatures.order_by("-signed_at") if _covers(one, record.pk)), None)


def waiting_at(sites) -> list[Waiting]:
    """The panels at these sites that wait for a judgement."""
    return _waiting(_ABNORMAL.of(sites)) if FORM else []


def to_judge(**about) -> list[Waiting]:
    """The panels that wait for a judgement; `about` narrows them down, such as subject=subject. Two statements."""
    return _waiting(list(_abnormal(**about))) if FORM else []


def _abnormal(**about):
    return (
        RECORDS[FORM.code]
        .objects.standing()
        .filter(**about, flag__in=ABNORMAL, completed_at__isnull=False)
        .select_related("subject__site", "visit")
        .order_by("subject__number", "visit__number", "row_number")
    )


_ABNORMAL = Lookup(lambda sites: _abnormal(site_id__in=sites))


def _waiting(records: list[Record]) -> list[Waiting]:
    judged = defaultdict(set)
    if records:
        for signature in _signatures().filter(subject_id__in={record.subject_id for record in records}):
            judged[signature.subject_id] |= set(signature.covers.get(FORM.code, ()))
    panels = defaultdict(list)
    for record in records:
        if record.significant is None or record.pk not in judged[record.subject_id]:
            panels[record.visit_id].append(record)
    return [Waiting(rows[0].subject, rows[0].visit, rows) for rows in panels.values()]


def _signatures():
    return Signature.objects.standing().filter(scope=Signature.Scope.LABORATORY).select_related("signed_by")


def _covers(signature: Signature, record: int) -> bool:
    return record in signature.covers.get(FORM.code, ())


def judgement_shown(record: Record | None) -> dict | None:
    """How the page of an abnormal value says what became of it: a state, and the signature; None for any other page."""
    if record is None or record.form is not FORM or record.flag not in ABNORMAL or record.voided_at:
        return None
    signed = judgement_of(record)
    if signed is None or record.significant is None:
        return {"state": TO_JUDGE, "signed": None}
    return {"state": JUDGED[record.significant], "signed": signed}
