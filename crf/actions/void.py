"""Void a record that is wrong as a whole: it counts nowhere any more, stays readable, and its place is free."""

from django.utils import timezone

from crf.models import Query, Record, Subject, User
from crf.permissions import readable_forms, require
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from crf.spec.kinds import shows_something

from .act import act
from .enter import follow_demography, withdraw_attestation
from .follow import follow
from .recount import recount
from .undo_visit import reopen_if_lacking


def void(*, record: Record, by: User, reason: str) -> Record:
    """The record is voided with a reason. What a form without rows said is then entered anew in its place.

    Its queries by people are cancelled; what followed from it goes. A row keeps its number for good.
    Raises AlreadySettled where it is voided, Refusal without a reason.
    """
    role = require_wrong(record, by, reason, "Say why this form is wrong.")
    with act(by=by, role=role, reason=reason):
        record = held(record)
        record.voided_at, record.voided_by, record.void_reason = timezone.now(), by, reason.strip()
        record.version += 1
        record.save(update_fields=["voided_at", "voided_by", "void_reason", "version"])
        cancel_queries(record, by)
        subject = Subject.objects.select_related("site").get(pk=record.subject_id)
        follow_demography(subject, record.form)
        withdraw_attestation(subject, record.form)
        recount(subject, record.form, by)
        if record.visit_id:
            reopen_if_lacking(visit=record.visit, by=by, reason=reason)
        follow(subject=subject, by=by, because=f"{record.form.title} was voided")
    return record


def require_wrong(record: Record, by: User, reason: str, sentence: str) -> str:
    """The role in which the person takes the record back. Raises NotAllowed; Refusal with the sentence."""
    role = require(by, "void", record.site_id)
    if record.form not in readable_forms(by, record.site_id):
        raise NotAllowed("You do not read this form, so you cannot take it back.")
    if not shows_something(reason):
        raise Refusal(sentence)
    return role


def held(record: Record) -> Record:
    """The record as it is stored, held until the deed is done. Raises AlreadySettled where it is voided."""
    found = type(record).objects.select_for_update(of=("self",)).select_related("visit").get(pk=record.pk)
    if found.voided_at is not None:
        raise AlreadySettled("This form was voided already.")
    return found


def cancel_queries(record: Record, by: User) -> None:
    """What people asked about it is asked no more; what checks asked is closed by what follows."""
    standing = Query.objects.filter(
        form=record.form.code, record=record.pk, check_code="", state__in=[Query.State.OPEN, Query.State.ANSWERED]
    )
    standing.update(state=Query.State.CANCELLED, settled_at=timezone.now(), settled_by=by)
