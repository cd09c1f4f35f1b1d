"""Take back what was said of a visit by mistake: that it was opened, is done, or was missed."""

from django.utils import timezone

from crf import trial
from crf.chart.standing import Standing
from crf.models import RECORDS, Draft, TakenBack, User, Visit
from crf.permissions import require
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.spec.kinds import shows_something

from .act import act
from .follow import follow

_KINDS = {Visit.State.MISSED: TakenBack.Kind.MISSED, Visit.State.DONE: TakenBack.Kind.DONE}


def undo(*, visit: Visit, by: User, reason: str) -> Visit:
    """The latest thing that was said of the visit was wrong, for this reason; it stays on record.

    One that was called missed or done is as it was before; one that was not planned and has no forms was never opened,
    and its number is not given again where visits of its kind are counted. Raises NotYet with the forms that stand in
    the way, AlreadySettled where there is nothing to take back.
    """
    role = require(by, "settle visit", visit.site_id)
    if not shows_something(reason):
        raise Refusal("Say why this was wrong.")
    with act(by=by, role=role, reason=reason):
        found = Visit.everything.select_for_update(of=("self",)).select_related("subject__site")
        visit = found.get(pk=visit.pk)
        if visit.undone_at is not None:
            raise AlreadySettled(f"{visit.label} was undone already.")
        if visit.state != Visit.State.PLANNED:
            said = visit.get_state_display().lower()
            take_back_state(visit=visit, by=by, reason=reason)
            because = f"{visit.label} was not {said}"
        elif visit.definition.is_planned:
            raise AlreadySettled(
                f"{visit.label} is neither done nor missed, so there is nothing to take back. "
                "A form that was saved at the wrong visit is moved or voided on its own page."
            )
        else:
            _close(visit, by, reason)
            because = f"{visit.label} was opened by mistake"
        follow(subject=visit.subject, by=by, because=because)
    return visit


def may_be_undone(visit: Visit) -> bool:
    """Whether there is something to take back: for the pages that offer it."""
    return visit.state != Visit.State.PLANNED or not visit.definition.is_planned


def take_back_state(*, visit: Visit, by: User, reason: str) -> None:
    """The visit, done or missed, is planned again; what it was goes on record. Part of the caller's deed."""
    TakenBack.objects.create(
        subject_id=visit.subject_id,
        site_id=visit.site_id,
        kind=_KINDS[visit.state],
        visit=visit,
        was=visit.missed_reason,
        reason=reason.strip()[:200],
        taken_back_at=timezone.now(),
        taken_back_by=by,
    )
    visit.state, visit.missed_because, visit.missed_reason = Visit.State.PLANNED, "", ""
    visit.settled_at = visit.settled_by = None
    visit.save(update_fields=["state", "missed_because", "missed_reason", "settled_at", "settled_by"])


def reopen_if_lacking(*, visit: Visit, by: User, reason: str) -> None:
    """A visit that is done, from which a form it needs was taken, is not done. Part of the caller's deed."""
    if visit.state != Visit.State.DONE:
        return
    if not _forms_at(visit) or Standing.of(visit.subject).incomplete_at(visit):
        take_back_state(visit=visit, by=by, reason=reason)


def _close(visit: Visit, by: User, reason: str) -> None:
    if titles := _forms_at(visit):
        raise NotYet(
            f"{visit.label} has forms. Void them or move them to the visit where they belong, then undo the visit.",
            details=titles,
        )
    drafts = Draft.objects.filter(visit=visit).select_related("user")
    others = sorted({str(draft.user) for draft in drafts if draft.user_id != by.pk})
    if others:
        raise NotYet(
            f"Somebody is typing at {visit.label}. Ask them to discard their answers, or to save and move them.",
            details=others,
        )
    drafts.delete()
    visit.undone_at, visit.undone_by, visit.undone_reason = timezone.now(), by, reason.strip()[:200]
    visit.save(update_fields=["undone_at", "undone_by", "undone_reason"])


def _forms_at(visit: Visit) -> list[str]:
    """The titles of the forms of which a record stands at the visit."""
    forms = dict.fromkeys(cell.form for cell in trial.planned_at(visit.code))
    return [trial.form(code).title for code in forms if RECORDS[code].objects.standing().filter(visit=visit).exists()]
