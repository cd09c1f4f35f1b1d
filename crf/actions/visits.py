"""Say that a visit is complete or was missed; begin one that was not planned."""

from datetime import date

from django.db.models import Max
from django.utils import timezone

from crf import trial
from crf.chart.standing import Standing
from crf.models import Alert, Subject, User, Visit
from crf.permissions import require
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.spec import dates
from crf.spec.kinds import shows_something
from crf.spec.visits import MISSED_BECAUSE, OTHER_REASON

from .act import act
from .follow import follow


def begin_unplanned(*, subject: Subject, code: str, by: User) -> Visit:
    """Open an unscheduled or early termination visit."""
    role = require(by, "settle visit", subject.site_id)
    if trial.visit(code).is_planned:
        raise Refusal("Planned visits are there already; open one from the casebook.")
    if subject.consent_withdrawn_on:
        raise Refusal(f"{subject} withdrew consent on {dates.day(subject.consent_withdrawn_on)}: no visit begins.")
    with act(by=by, role=role):
        Subject.everything.select_for_update(of=("self",)).get(pk=subject.pk)
        number = 1
        if code == trial.EARLY_TERMINATION:
            if Visit.objects.filter(subject=subject, code=code).exists():
                raise AlreadySettled(f"{subject} has an early termination visit already.")
        else:  # the number of a visit that was opened by mistake is not given again
            opened = Visit.everything.filter(subject=subject, code=code)
            number += opened.aggregate(last=Max("number"))["last"] or 0
        return Visit.objects.create(subject=subject, site_id=subject.site_id, code=code, number=number)


def complete(*, visit: Visit, by: User, occurred_on: date | None = None) -> Visit:
    """The visit is done: its required forms are complete and its alerts were acted upon.

    Raises NotYet with what is missing.
    """
    role = require(by, "settle visit", visit.site_id)
    with act(by=by, role=role):
        visit = Visit.objects.select_for_update(of=("self",)).select_related("subject__site").get(pk=visit.pk)
        if visit.state != Visit.State.PLANNED:
            raise AlreadySettled(f"{visit.label} is {visit.get_state_display().lower()} already.")
        visit.occurred_on = visit.occurred_on or occurred_on
        missing = []
        if visit.occurred_on is None:
            missing.append("The date of the visit is not known. Fill in a form of the visit first.")
        if visit.occurred_on and visit.occurred_on > visit.subject.site.today():
            raise Refusal("The date of the visit is in the future.")
        standing = Standing.of(visit.subject)
        missing += [f"The form “{form.title}” is not complete." for form in standing.incomplete_at(visit)]
        if Alert.objects.waiting().filter(visit=visit, is_blocking=True).exists():
            missing.append("An alert of this visit waits for a physician's action.")
        if missing:
            raise NotYet(f"{visit.label} cannot be completed yet.", details=missing)
        visit.state, visit.settled_at, visit.settled_by = Visit.State.DONE, timezone.now(), by
        visit.save(update_fields=["state", "occurred_on", "settled_at", "settled_by"])
    return visit


def miss(*, visit: Visit, by: User, because: str = OTHER_REASON, reason: str = "") -> Visit:
    """The visit did not take place, for this reason: a code of MISSED_BECAUSE, and words, wanted where it is another.

    Possible once the next visit's window has opened.
    """
    role = require(by, "settle visit", visit.site_id)
    listed = dict(MISSED_BECAUSE)
    if because not in listed or (because == OTHER_REASON and not shows_something(reason)):
        raise Refusal("Say why the visit was missed.")
    if because != OTHER_REASON:
        reason = ": ".join(filter(None, (listed[because], reason.strip())))
    with act(by=by, role=role, reason=reason):
        visit = Visit.objects.select_for_update(of=("self",)).select_related("subject__site").get(pk=visit.pk)
        if visit.state != Visit.State.PLANNED or visit.occurred_on is not None:
            raise AlreadySettled(f"{visit.label} has begun or is settled; it cannot be missed.")
        if not Standing.of(visit.subject).may_be_missed(visit, visit.subject.site.today()):
            raise NotYet(
                f"{visit.label} can still take place. It can be called missed once the next window has opened."
            )
        visit.state, visit.missed_because, visit.missed_reason = Visit.State.MISSED, because, reason.strip()
        visit.settled_at, visit.settled_by = timezone.now(), by
        visit.save(update_fields=["state", "missed_because", "missed_reason", "settled_at", "settled_by"])
        follow(subject=visit.subject, by=by, because=f"{visit.label} was called missed")
    return visit
