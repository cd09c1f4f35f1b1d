"""The states that pages show: each is a word, a shape and a tone, the same in list, matrix, form and print."""

from dataclasses import dataclass

from crf.models import Alert, Correction, Query, Subject, Visit
from crf.rules.windows import VisitStatus


@dataclass(frozen=True)
class State:
    """`shape` names a symbol of static/ecrf/icons.svg; `tone` a colour: ok, doing, warn, bad or quiet."""

    word: str
    shape: str
    tone: str = "quiet"


COMPLETE = State("Complete", "complete", "ok")
INCOMPLETE = State("Incomplete", "incomplete", "warn")
DUE = State("Due", "due", "doing")
OVERDUE = State("Overdue", "overdue", "bad")
PLANNED = State("Planned", "planned")
OPTIONAL = State("Optional", "optional")
MISSED = State("Missed", "missed", "warn")
NOT_DUE = State("Not due", "none")

#: What the legend of the casebook explains, in the order of a form's life.
FORM_STATES = (PLANNED, DUE, OVERDUE, INCOMPLETE, COMPLETE, OPTIONAL, MISSED)

VISIT_STATES: dict[VisitStatus, State] = {
    VisitStatus.PLANNED: PLANNED,
    VisitStatus.DUE: State("Due today", "due", "doing"),
    VisitStatus.IN_WINDOW: State("In window", "due", "doing"),
    VisitStatus.OVERDUE: OVERDUE,
    VisitStatus.TO_BE_MARKED_MISSED: OVERDUE,
    VisitStatus.DONE: State("Done", "complete", "ok"),
    VisitStatus.OUTSIDE: State("Done, outside window", "complete", "warn"),
    VisitStatus.MISSED: MISSED,
    VisitStatus.UNPLANNED: State("Begun", "incomplete", "doing"),
}
BEGUN = State("Begun", "incomplete", "doing")
BEGUN_OUTSIDE = State("Begun, outside window", "incomplete", "warn")

VERIFIED = State("Verified", "verified", "ok")
VERIFIED_BEFORE = State("Verified before the last change", "verified-before", "warn")
NOT_VERIFIED = State("Not verified", "no-fact")
SIGNED = State("Signed", "signed", "ok")
NOT_SIGNED = State("Not signed", "no-fact")
LOCKED = State("Locked", "lock", "ok")
LOCKED_WITH_STUDY = State("Locked with the study", "lock", "ok")
LOCKED_WITH_SITE = State("Locked with the site", "lock", "ok")
NOT_LOCKED = State("Not locked", "no-fact")
FROZEN = State("Frozen", "frozen", "doing")
SOME_HELD = State("Some answers frozen or locked", "frozen", "doing")
#: A freeze or a lock by the level that holds: of the form itself the word alone.
_WITH = {
    "item": "",
    "form": "",
    "visit": " with the visit",
    "subject": " with the casebook",
    "site": " with the site",
    "study": " with the study",
}


def held(is_lock: bool, level: str) -> State:
    """The state of what a freeze or a lock of this level holds."""
    kind = LOCKED if is_lock else FROZEN
    return State(kind.word + _WITH[level], kind.shape, kind.tone)


NOT_SETTLED = (NOT_VERIFIED, NOT_SIGNED, NOT_LOCKED)
#: Words for a narrow column, where the full ones are too long.
BRIEF = {VERIFIED_BEFORE: "Changed since verified", LOCKED_WITH_STUDY: "Locked", SOME_HELD: "Some frozen"}
BRIEF |= {held(is_lock, level): ("Locked" if is_lock else "Frozen") for is_lock in (True, False) for level in _WITH}

#: What the legend explains beside completeness: the other three facts.
SETTLED_STATES = (VERIFIED, VERIFIED_BEFORE, SIGNED, FROZEN, LOCKED)
TO_SIGN = State("To sign", "unsigned", "doing")
TO_SIGN_AGAIN = State("To sign again", "revoked", "warn")
TO_VERIFY = State("To verify", "due", "doing")

ASKED_NOT_SHOWN = State("Not shown yet", "due", "warn")
CODE_BROKEN = State("Code broken", "unlocked", "bad")
BLIND_LOST = State("Blind lost by accident", "alert", "bad")
BREAK_TO_APPROVE = State("Waits for approval", "due", "warn")
BREAK_DECLINED = State("Declined", "missed")
BREAK_WITHDRAWN = State("Withdrawn", "missed")
BREAK_TAKEN_BACK = State("Recorded by mistake", "missed")
REVOKED = State("Attestation revoked", "missed", "warn")
SHORT = State("Short", "due", "warn")
LATE = State("Entered late", "overdue", "warn")


def late_transcription(days: int) -> State:
    """An entry made so many days after the day that it tells of."""
    return State(f"Late transcription, {days} days after", "overdue", "warn")


OLD_DRAFT = State("Not saved", "overdue", "warn")
LEFT_DRAFT = State("Left behind", "overdue", "bad")

SCREENING = State("Screening", "due", "doing")
ATTESTED = State("Attested eligible", "incomplete", "doing")
RANDOMISED = State("Randomised", "randomised", "ok")
SCREEN_FAILURE = State("Screen failure", "failed")
ENTERED_IN_ERROR = State("Entered in error", "failed", "bad")
ENDED = State("Study ended", "complete")
WITHDRAWN = State("Consent withdrawn", "missed", "warn")

ALERT_WAITS = State("Waits for a physician", "alert", "bad")
ALERT_NOTICE = State("Notice", "info", "doing")
ALERT_ACTED = State("Acknowledged", "complete", "ok")

OPEN_QUERIES = State("query", "query", "warn")
ANSWERED_QUERIES = State("answered", "answered", "doing")
ALERTS = State("alert", "alert", "bad")

CORRECTIONS: dict[str, State] = {
    Correction.State.ASKED: State("Asked", "query", "warn"),
    Correction.State.ACCEPTED: State("Accepted", "answered", "doing"),
    Correction.State.REFUSED: State("Refused", "missed"),
    Correction.State.DONE: State("Done", "complete", "ok"),
    Correction.State.WITHDRAWN: State("Withdrawn", "missed"),
}

QUERY_STATES: dict[str, State] = {
    Query.State.OPEN: State("Open", "query", "warn"),
    Query.State.ANSWERED: State("Answered", "answered", "doing"),
    Query.State.CLOSED: State("Closed", "complete", "ok"),
    Query.State.CANCELLED: State("Cancelled", "missed"),
}


def visit_state(visit: Visit, status: VisitStatus, *, is_over: bool) -> State:
    """How a visit stands, the same in every list: one that took place and is not completed has begun and is not done.

    `is_over`: screening failed or the study has ended, so that nothing more is due.
    """
    if visit.state == Visit.State.PLANNED:
        if visit.occurred_on:
            return BEGUN_OUTSIDE if status is VisitStatus.OUTSIDE else BEGUN
        if is_over:
            return NOT_DUE
    return VISIT_STATES[status]


def stage_of(subject: Subject, *, has_ended: bool) -> State:
    """How far the subject has come."""
    if subject.is_annulled:
        return ENTERED_IN_ERROR
    if subject.is_screen_failure:
        return SCREEN_FAILURE
    if subject.consent_withdrawn_on:
        return WITHDRAWN
    if has_ended:
        return ENDED
    if subject.is_randomised:
        return RANDOMISED
    return ATTESTED if subject.attested_at else SCREENING


def alert_state(alert: Alert) -> State:
    """Whether somebody must still act on the alert."""
    if alert.acknowledged_at:
        return ALERT_ACTED
    return ALERT_WAITS if alert.is_blocking else ALERT_NOTICE
