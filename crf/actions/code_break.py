"""Break the code of one subject in an emergency: first the log row, committed, then the arm."""

from crf.allocation import hatch
from crf.models import Subject, User
from crf.permissions import require
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.spec.kinds import shows_something


def request(*, subject: Subject, by: User, reason: str) -> int:
    """Log that the investigator is about to learn the arm. Committed at once: rolling back cannot hide it."""
    require(by, "break code", subject.site_id)
    if not subject.is_randomised:
        raise NotYet(f"{subject} is not randomised, so there is no code to break.")
    if not shows_something(reason):
        raise Refusal("Say why the arm must be known now.")
    return hatch.request_code_break(subject_id=subject.pk, by=by.pk, reason=reason.strip())


def reveal(*, log_id: int, subject: Subject, by: User) -> str:
    """The arm of the one subject, shown once to the one person whose request is on record.

    Raises NotYet where there is no such request of theirs for this subject, AlreadySettled where it was shown; a new
    request is never refused.
    """
    require(by, "break code", subject.site_id)
    request = next((entry for entry in requests_for(subject) if entry["id"] == log_id), None)
    if request is None or request["requested_by"] != by.pk:
        raise NotYet(f"You made no such request for {subject}. Put a request on record first.")
    if request["shown_at"] is not None:
        raise AlreadySettled("This was shown already. If you must see it again, put a new request on record.")
    return hatch.break_code(log_id=log_id)


def requests_for(subject: Subject) -> list[dict]:
    """The code breaks of the subject, oldest first, without the arm: id, requested_by, at, reason, kind, shown_at."""
    return [entry for entry in hatch.code_breaks() if entry["subject_id"] == subject.pk]


def requests() -> list[dict]:
    """Every code break on record, oldest first, without arms. Of all sites: keep to the subjects you may see."""
    return hatch.code_breaks()


def pending_of(user: User) -> list[dict]:
    """The requests that this person put on record and whose arm was not shown, oldest first (see `requests_for`)."""
    return [entry for entry in hatch.code_breaks() if entry["requested_by"] == user.pk and entry["shown_at"] is None]
