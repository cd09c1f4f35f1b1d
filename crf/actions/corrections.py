"""The site asks for a correction of what it may not change itself; data management says what becomes of it (INV-06)."""

from django.utils import timezone

from crf import spec
from crf.chart.facts import Settled
from crf.models import Correction, Subject, User, Visit
from crf.permissions import may_enter_form, require, role_for
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from crf.spec.kinds import shows_something

from .act import act

State = Correction.State


def ask(
    *,
    subject: Subject,
    text: str,
    by: User,
    visit: Visit | None = None,
    form: type[spec.Form] | None = None,
    row: int = 1,
    item: str = "",
) -> Correction:
    """Ask for a correction of an answer, a form or (without a form) a fact about the subject.

    Raises Refusal where the person can correct it alone.
    """
    role = require(by, "ask correction", subject.site_id)
    if not shows_something(text):
        raise Refusal("Write what is wrong, what is right, and which source says so.")
    if item and (form is None or item not in form.items):
        raise Refusal("There is no such item in this form.")
    if form is not None and corrects_alone(by, subject, visit, form, row, item):
        raise Refusal("You can correct this yourself, on the page of the form, with a reason.")
    with act(by=by, role=role):
        return Correction.objects.create(
            subject=subject,
            site_id=subject.site_id,
            visit=visit,
            form=form.code if form else "",
            row_number=row,
            item=item,
            text=text.strip(),
            asked_at=timezone.now(),
            asked_by=by,
        )


def corrects_alone(by: User, subject: Subject, visit: Visit | None, form, row: int, item: str) -> bool:
    """Whether the person changes it on the page of the form: who enters it, while nothing holds it or computes it."""
    if role_for(by, may_enter_form(form), subject.site_id) is None or subject.is_annulled:
        return False
    settled, at = Settled.of(subject.pk), visit.pk if visit else None
    if settled.is_held or settled.hold_on(form.code, at, row) or (item and form.items[item].computed):
        return False
    return not any(one.item in ("", item) for one in settled.holds if one.item and _is_about(one, form, at, row))


def _is_about(held, form, visit: int | None, row: int) -> bool:
    return (held.form, held.visit) == (form.code, visit) and held.row in (None, row)


def accept(*, correction: Correction, by: User, text: str) -> Correction:
    """It will be corrected: `text` says how, such as that the lock is lifted for the site to correct it.

    Also after all, where it was refused, or said to be done, by mistake.
    """
    if not shows_something(text):
        raise Refusal("Say how it will be corrected and by whom.")
    return _settled(correction, by, {State.ASKED, State.REFUSED, State.DONE}, State.ACCEPTED, text)


def refuse(*, correction: Correction, by: User, text: str) -> Correction:
    """It stays as it is: `text` says why."""
    if not shows_something(text):
        raise Refusal("Say why it is not corrected: the site reads it.")
    return _settled(correction, by, {State.ASKED, State.ACCEPTED}, State.REFUSED, text)


def tell_done(*, correction: Correction, by: User, text: str) -> Correction:
    """It is corrected: `text` says what was done."""
    if not shows_something(text):
        raise Refusal("Say what was done.")
    return _settled(correction, by, {State.ACCEPTED}, State.DONE, text)


def withdraw(*, correction: Correction, by: User, text: str) -> Correction:
    """It was asked by mistake: who asked takes it back, with the reason, while nothing is decided."""
    role = require(by, "ask correction", correction.site_id)
    if correction.asked_by_id != by.pk:
        raise NotAllowed("Another person asked for this correction: only they withdraw it.")
    if not shows_something(text):
        raise Refusal("Say why it is withdrawn.")
    return _carried(correction, by, role, {State.ASKED}, State.WITHDRAWN, text)


def _settled(correction, by, from_states, state, text) -> Correction:
    role = require(by, "decide correction", correction.site_id)
    return _carried(correction, by, role, from_states, state, text)


def _carried(correction, by, role, from_states, state, text) -> Correction:
    with act(by=by, role=role, reason=text.strip()):
        correction = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
        if correction.state not in from_states:
            raise AlreadySettled(f"This correction is {correction.get_state_display().lower()} already.")
        correction.state = state
        if state == State.DONE:
            correction.done_at, correction.done_by, correction.done = timezone.now(), by, text.strip()
        else:
            correction.decided_at, correction.decided_by, correction.decision = timezone.now(), by, text.strip()
            correction.done_at, correction.done_by, correction.done = None, None, ""
        correction.save()
    return correction
