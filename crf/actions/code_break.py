"""Show the arm of one subject: first the log row, committed, then the arm. Who must know is told in between.

In an emergency nobody is asked. What can wait was approved before (crf/actions/unblinded.py). What the safety officer
opens for a report to an authority is told to nobody who runs or analyses the trial.
"""

from datetime import timedelta

from django.utils import timezone

from crf import trial
from crf.allocation import hatch
from crf.models import CodeBreak, Subject, User, records_of
from crf.permissions import require
from crf.refusals import AlreadySettled, NotAllowed, NotYet, Refusal
from crf.spec import Purpose
from crf.spec.kinds import shows_something

from . import unblinded
from .in_the_way import NeverInTheWay

SUSAR = "susar"
_EVENT = "Serious event "


def request(*, subject: Subject, by: User, reason: str) -> int:
    """Log that the investigator is about to learn the arm, and tell of it. The log row is committed at once: rolling
    back cannot hide it."""
    role = require(by, "break code", subject.site_id)
    if not subject.is_randomised:
        raise NotYet(f"{subject} is not randomised, so there is no code to break.")
    if not shows_something(reason):
        raise Refusal("Say why the arm must be known now.")
    number = hatch.request_code_break(subject_id=subject.pk, by=by.pk, reason=reason.strip())
    with NeverInTheWay("that a code is broken"):
        _told(number, subject, by, role, reason)
    return number


def go_on(*, found: CodeBreak, by: User) -> int:
    """Put an approved, planned code break on record in the sealed room; gives the number under which it is shown."""
    role = require(by, "break code", found.site_id)
    if found.asked_by_id != by.pk:
        raise NotAllowed("Another person asked for this code break: only they go on with it.")
    if found.kind != CodeBreak.Kind.PLANNED or found.approved_at is None:
        raise NotYet("This code break was not approved. In an emergency break the code at once, without approval.")
    if found.declined_at is not None:
        raise AlreadySettled("This code break was withdrawn. In an emergency break the code at once, without approval.")
    if found.log is not None:
        return found.log
    number = hatch.request_code_break(subject_id=found.subject_id, by=by.pk, reason=found.reason, kind="planned")
    unblinded.gone_on(found, number=number, by=by, role=role)
    return number


def reveal(*, log_id: int, subject: Subject, by: User) -> str:
    """The arm of the one subject, shown once to the one person whose request is on record.

    Raises NotYet where there is no such request of theirs for this subject, AlreadySettled where it was shown; a new
    request is never refused.
    """
    role = require(by, "break code", subject.site_id)
    request = next((entry for entry in requests_for(subject) if entry["id"] == log_id), None)
    if request is None or request["requested_by"] != by.pk:
        raise NotYet(f"You made no such request for {subject}. Put a request on record first.")
    if request["shown_at"] is not None:
        raise AlreadySettled("This was shown already. If you must see it again, put a new request on record.")
    if is_withdrawn(log_id):
        raise AlreadySettled("This request was withdrawn. If you must see the arm, put a new request on record.")
    arm = hatch.break_code(log_id=log_id)
    with NeverInTheWay("that an arm was shown"):
        unblinded.shown(_told(log_id, subject, by, role, request["reason"]), by=by, role=role)
    return arm


def key_trouble() -> str:
    """Why no code could be broken just now, for who looks after the service; "" where nothing stands in the way."""
    return hatch.key_trouble()


def is_withdrawn(log_id: int) -> bool:
    """Whether it was said of this request that it is not gone on with."""
    return CodeBreak.objects.filter(log=log_id, declined_at__isnull=False).exists()


def _told(number: int, subject: Subject, by: User, role: str, reason: str) -> CodeBreak:
    """The entry in the register; those who must know are told where they were not yet."""
    is_unusual = is_unusual_today(0)
    return unblinded.tell(subject=subject, number=number, by=by, role=role, reason=reason, is_unusual=is_unusual)


def is_unusual_today(more: int) -> bool:
    """Whether the code breaks of the last 24 hours, those by envelope and so many `more` among them, are unusual.

    Of those by envelope, the ones at sites that are seen now.
    """
    since = timezone.now() - timedelta(hours=24)
    by_envelope = CodeBreak.objects.filter(kind=CodeBreak.Kind.ENVELOPE, shown_at__gte=since).count()
    return hatch.code_breaks_since(hours=24) + by_envelope + more > trial.SETTINGS.usual_code_breaks


def requests_for(subject: Subject) -> list[dict]:
    """The code breaks of the subject, oldest first, without the arm: id, requested_by, at, reason, kind, shown_at."""
    return [entry for entry in requests() if entry["subject_id"] == subject.pk]


def requests() -> list[dict]:
    """Every code break on record, oldest first, without arms. Of all sites: keep to the subjects you may see.

    Not those for a report to an authority: nobody who runs or analyses the trial learns of them (BLI-13).
    """
    return [entry for entry in hatch.code_breaks() if entry["kind"] != SUSAR]


# -- for the report to an authority


def request_for_report(*, subject: Subject, event: int, by: User, reason: str) -> int:
    """Log that the safety officer is about to open the arm of a subject with a serious event (its row is `event`).

    Raises NotYet where the subject has no such event on record.
    """
    require(by, "open arm for a report", subject.site_id)
    form = trial.code_serving(Purpose.ADVERSE_EVENTS)
    events = records_of(form).objects.standing().filter(subject=subject, row_number=event, serious="Y") if form else ()
    if not events:
        raise NotYet(f"{subject} has no such serious event on record: an arm is opened for the report of one only.")
    if not shows_something(reason):
        raise Refusal("Say for which report the arm is opened.")
    reason = f"{_EVENT}{event}: {reason.strip()}"
    return hatch.request_code_break(subject_id=subject.pk, by=by.pk, reason=reason, kind=SUSAR)


def reveal_for_report(*, log_id: int, subject: Subject, by: User) -> str:
    """The arm, shown once to the safety officer who asked. Raises as `reveal` does."""
    require(by, "open arm for a report", subject.site_id)
    asked = next((one for one in requests_for_reports(by) if one["id"] == log_id), None)
    if asked is None or asked["subject_id"] != subject.pk:
        raise NotYet(f"You made no such request for {subject}. Put a request on record first.")
    if asked["shown_at"] is not None:
        raise AlreadySettled("This was shown already. If you must see it again, put a new request on record.")
    return hatch.break_code(log_id=log_id)


def requests_for_reports(user: User) -> list[dict]:
    """What this safety officer opened for reports to authorities, newest first; `event` is the row of the event."""
    return [
        one | {"event": _event_of(one["reason"])}
        for one in reversed(hatch.code_breaks())
        if one["kind"] == SUSAR and one["requested_by"] == user.pk
    ]


def _event_of(reason: str) -> int | None:
    """The row of the serious event, from the reason as it was put on record."""
    row = reason.removeprefix(_EVENT).partition(":")[0]
    return int(row) if row.isdecimal() else None
