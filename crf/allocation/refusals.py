"""What the sealed room refuses. Each refusal is raised by PostgreSQL under an SQLSTATE of its own and named here.

No sentence tells an arm, a block size, or how long the list is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError

from crf.refusals import Refusal


class SealedRoomRefusal(Refusal):
    """Base of them. `SENTENCE` is what the person reads: what, why, what to do."""

    SENTENCE = ""

    def __init__(self):
        super().__init__(self.SENTENCE)


class ListExhausted(SealedRoomRefusal):
    SENTENCE = (
        "No kit is left for this site, so the subject was not randomised. "
        "Ask the randomisation statistician; until then randomise nobody at this site."
    )


class NoList(SealedRoomRefusal):
    SENTENCE = (
        "There is no allocation list for this site, so the subject was not randomised. "
        "Ask the randomisation statistician to load the list."
    )


class NotHeldAsEligible(SealedRoomRefusal):
    SENTENCE = (
        "No kit was given: the record does not hold this subject as eligible. The investigator attests eligibility "
        "first; who failed screening or withdrew consent is not randomised."
    )


class ListOpened(SealedRoomRefusal):
    SENTENCE = (
        "The allocation list has been opened, so nobody can be randomised any more: what would be given is no longer "
        "secret."
    )


class ListInUse(SealedRoomRefusal):
    SENTENCE = (
        "The allocation list cannot be changed or replaced: a kit of it has been given. "
        "If it is wrong, keep it, and write down what happened as a deviation."
    )


class ListLoaded(SealedRoomRefusal):
    SENTENCE = (
        "An allocation list is loaded already; a second one is not added to it. "
        "As long as no kit was given it can be discarded for a new one with --replace."
    )


class NotOpen(SealedRoomRefusal):
    SENTENCE = (
        "The allocation list is closed: it opens when the study is locked and two people have approved. "
        "Lock the study first, then have two people approve the opening."
    )


class NotLocked(SealedRoomRefusal):
    SENTENCE = "The opening cannot be approved yet: the study is not locked. Lock it first."


class AlreadyApproved(SealedRoomRefusal):
    SENTENCE = "You have approved the opening before. A second person has to approve it; nothing else is asked of you."


class AskedForTheLock(SealedRoomRefusal):
    SENTENCE = "You asked for the lock of the study, so two other people approve the opening."


class CodeBreakInSameTransaction(SealedRoomRefusal):
    SENTENCE = (
        "The arm was not shown: the request for it is not yet on record for good. "
        "Ask again; the request has to be committed first, so that no code break can be undone."
    )


class NotRandomised(SealedRoomRefusal):
    SENTENCE = "There is no code to break: the subject has not been randomised."


class NoSuchRequest(SealedRoomRefusal):
    SENTENCE = "The arm was not shown: no code break was requested under this number. Request it first."


class ReasonMissing(SealedRoomRefusal):
    SENTENCE = "Say why: a code break and an opening are kept with their reason. Nothing was shown."


class NotTheirs(SealedRoomRefusal):
    status = 403
    SENTENCE = "Only who holds the role of an unblinded statistician today looks at this. Nothing was shown."


class NoShams(SealedRoomRefusal):
    SENTENCE = (
        "No message was sent: the list was loaded without sham messages, so none could be given for this level. "
        "Ask the randomisation statistician."
    )


class KeyUnavailable(SealedRoomRefusal):
    """The key file is missing, readable by others, or another list's. The cause says which.

    To treat as if on the active drug is our assumption.
    """

    status = 503
    SENTENCE = (
        "The arm cannot be read: this server's arm key is missing or does not fit the list. In an emergency treat the "
        "subject as if on the active drug, call the trial's emergency number, and have the key restored from a "
        "custodian's copy."
    )


BY_SQLSTATE = {
    "SR001": ListExhausted,
    "SR002": NoList,
    "SR003": ListOpened,
    "SR004": ListInUse,
    "SR005": NotOpen,
    "SR006": NotLocked,
    "SR007": AlreadyApproved,
    "SR008": CodeBreakInSameTransaction,
    "SR009": NotRandomised,
    "SR010": NoSuchRequest,
    "SR011": ReasonMissing,
    "SR012": AskedForTheLock,
    "SR013": NotHeldAsEligible,
    "SR014": NotTheirs,
    "SR015": NoShams,
}


@contextmanager
def named_refusals() -> Iterator[None]:
    """Turns the room's SQLSTATEs into its refusals, from Django's connection and from a plain one; others pass."""
    try:
        yield
    except (DatabaseError, psycopg.Error) as error:
        sqlstate = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
        if refusal := BY_SQLSTATE.get(sqlstate or ""):
            raise refusal() from error
        raise
