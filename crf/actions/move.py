"""Move a form that was saved at the wrong visit to the right one, with its history."""

from django.db.models import Max
from django.utils import timezone

from crf import spec, trial
from crf.chart.elsewhere import lacking
from crf.chart.others import Others
from crf.models import RECORDS, Alert, Correction, Draft, Query, Record, Subject, TakenBack, User, Visit
from crf.refusals import ChangedMeanwhile, ImpossibleValues, NotYet, Refusal

from .act import act
from .enter import read_answers, refuse_impossible_dose, withdraw_attestation
from .follow import follow
from .recount import recount
from .undo_visit import reopen_if_lacking
from .void import held, require_wrong


def move(*, record: Record, to: Visit, version: int, by: User, reason: str) -> Record:
    """The record stands at the visit `to` from now on, with all that was written about it.

    At the old visit it is shown struck through. Its signature falls and what was verified is to be verified anew; what
    follows is judged at both visits. `version` is the one the person was shown. Raises Refusal where it cannot stand
    there, ChangedMeanwhile when it was changed since.
    """
    role = require_wrong(record, by, reason, "Say why the form stands at the wrong visit.")
    form = record.form
    if form.log:
        raise Refusal(f"The form “{form.title}” belongs to no visit, so it is not moved.")
    with act(by=by, role=role, reason=reason):
        record = held(record)
        if record.version != version:
            raise ChangedMeanwhile(f"“{form.title}” was changed since you opened it, so it was not moved. Look again.")
        subject = Subject.objects.select_for_update(of=("self",)).select_related("site").get(pk=record.subject_id)
        to = Visit.objects.select_for_update(of=("self",)).get(pk=to.pk, subject=subject)
        left = record.visit
        if why_not := reason_against(record, to):
            raise Refusal(why_not)
        _refuse_impossible_there(record, subject, to)
        TakenBack.objects.create(
            subject=subject,
            site_id=subject.site_id,
            kind=TakenBack.Kind.MOVED,
            visit=left,
            to_visit=to,
            form=form.code,
            record=record.pk,
            row_number=record.row_number,
            reason=reason.strip()[:200],
            taken_back_at=timezone.now(),
            taken_back_by=by,
        )
        _take_there(record, to, by)
        withdraw_attestation(subject, form)
        recount(subject, form, by)
        reopen_if_lacking(visit=left, by=by, reason=reason)
        where = f"from {left.label.lower()} to {to.label.lower()}"
        follow(subject=subject, by=by, because=f"{form.title} was moved {where}")
    return record


def places_for(record: Record, visits: list[Visit]) -> list[Visit]:
    """The subject's visits to which the record can be moved."""
    return [] if record.form.log else [visit for visit in visits if not reason_against(record, visit)]


def reason_against(record: Record, to: Visit) -> str:
    """Why the record cannot stand at the visit; empty where it can."""
    form = record.form
    if to.pk == record.visit_id:
        return f"“{form.title}” stands at {to.label} already."
    if form.code not in {cell.form for cell in trial.planned_at(to.code)}:
        return f"The form “{form.title}” is not planned at {to.label}."
    if to.state == Visit.State.MISSED:
        return f"{to.label} was called missed. Take that back first."
    if not form.repeating and RECORDS[form.code].objects.standing().filter(visit=to).exists():
        return f"“{form.title}” was entered at {to.label} too. Void or move that one first."
    return ""


def _refuse_impossible_there(record: Record, subject: Subject, to: Visit) -> None:
    """What is possible can hang on the visit: the answers are read there as if they were typed there."""
    form, values = record.form, record.values()
    answers = {name: form.items[name].kind.raw(values[name]) for name in form.asked}
    try:
        values |= read_answers(form, to.code, answers, record.missing, today=subject.site.today())
    except ImpossibleValues as impossible:
        sentences = [sentence for several in impossible.errors.values() for sentence in several]
        raise NotYet(
            f"These answers cannot stand at {to.label}. Correct or void the form.", details=sentences
        ) from None
    if form.purpose is spec.Purpose.DOSING and trial.LADDER is not None:
        refuse_impossible_dose(subject, values, to, record)


def _take_there(record: Record, to: Visit, by: User) -> None:
    """The record, its queries and alerts, and what people are typing about it."""
    form, model, now = record.form, type(record), timezone.now()
    left_visit, left_row = record.visit_id, record.row_number
    if form.repeating:
        last = model.objects.filter(subject_id=record.subject_id, visit=to).aggregate(last=Max("row_number"))["last"]
        record.row_number = (last or 0) + 1
    record.visit, record.version = to, record.version + 1
    record.changed_at, record.changed_by = now, by
    if lacking(form, record.values(), record.missing, to.code, Others(record.subject_id, besides=record)):
        record.completed_at = record.completed_by = None
    elif record.completed_at is None:
        record.completed_at, record.completed_by = now, by
    record.save(
        update_fields=[*("visit", "row_number", "version", "changed_at", "changed_by", "completed_at", "completed_by")]
    )
    about = {"form": form.code, "record": record.pk}
    Query.objects.filter(**about).update(visit=to, row_number=record.row_number)
    Alert.objects.filter(**about).update(visit=to)
    typed = {"subject_id": record.subject_id, "form": form.code}
    Correction.objects.filter(**typed, visit=left_visit, row_number=left_row).update(
        visit=to, row_number=record.row_number
    )
    there = Draft.objects.filter(**typed, visit=to, row_number=record.row_number).values("user")
    Draft.objects.filter(**typed, visit=left_visit, row_number=left_row, base_version__isnull=False).exclude(
        user__in=there
    ).update(visit=to, row_number=record.row_number)
