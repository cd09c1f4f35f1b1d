"""The shape of every deed: one transaction that knows who acts, in which role, and why."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import DatabaseError, connection, transaction

from crf.models import User
from crf.refusals import AlreadySettled, Locked, ReasonWanted, Refusal

#: When the server received the request in which the deed is done; "" in jobs and commands (AUD-06).
received_at: ContextVar[str] = ContextVar("received_at", default="")

#: Whether a deed of this request is on record: a page that fails after that must not say that nothing is.
on_record: ContextVar[bool] = ContextVar("on_record", default=False)

#: What is frozen or locked, by its level, as a refusal says it.
HELD = {
    "item": "An answer that you change",
    "form": "This form, or one that changes with it,",
    "visit": "This visit, or one that changes with it,",
    "subject": "The casebook of this subject",
    "site": "Everything of this site",
    "study": "The study",
}

_SAY = (
    "SELECT set_config('crf.actor', %s, true), set_config('crf.role', %s, true), set_config('crf.reason', %s, true),"
    " set_config('crf.received', %s, true)"
)
#: What was said before comes back in the same statement; MATERIALIZED has it read before anything is said anew.
_SAY_AND_READ = (
    "WITH was AS MATERIALIZED (SELECT current_setting('crf.actor', true) AS actor, current_setting('crf.role', true)"
    " AS role, current_setting('crf.reason', true) AS reason, current_setting('crf.received', true) AS received)"
    " SELECT actor, role, reason, received, set_config('crf.actor', %s, true), set_config('crf.role', %s, true),"
    " set_config('crf.reason', %s, true), set_config('crf.received', %s, true) FROM was"
)


@contextmanager
def act(*, by: User | str, role: str = "", reason: str = "", savepoint: bool = True, once_written: bool = False):
    """One transaction whose writes carry `by` (a user, or "system:NAME" for the machine), the role and the reason.

    The audit trigger refuses a write without an actor and a change of a saved value without a reason. Its refusals
    come out as sentences. Deeds may nest: the inner one speaks for its own writes only. Without a `savepoint` what goes
    wrong in the inner one ends the outer one too: for what no deed goes on without. `once_written`: it speaks right
    before its first write, so that an inner deed which mostly finds nothing to do costs no statement.
    """
    settings = [by if isinstance(by, str) else str(by.pk), role, reason, received_at.get()]
    speech = _Speech(settings, is_inner=connection.in_atomic_block)
    try:
        with transaction.atomic(savepoint=savepoint):
            if once_written:
                with connection.execute_wrapper(speech.before):
                    yield
            else:
                speech.begin()
                yield
            speech.end()
    except DatabaseError as error:
        if refusal := refusal_of(error):
            raise refusal from error
        raise


#: How a statement begins that writes nothing: EXECUTE runs what crf/models/prepared.py prepared, which only reads.
_READS = ("SELECT", "EXECUTE", "PREPARE")


class _Speech:
    """Who acts, in which role and why, said to the database; at the end of an inner deed the outer one speaks again."""

    def __init__(self, settings: list[str], *, is_inner: bool):
        self._settings, self._is_inner = settings, is_inner
        self._outer: list[str] | None = None

    def begin(self) -> None:
        self._outer = []
        with connection.cursor() as cursor:
            cursor.execute(_SAY_AND_READ if self._is_inner else _SAY, self._settings)
            self._outer = [setting or "" for setting in cursor.fetchone()[:4]]
        transaction.on_commit(partial(on_record.set, True))

    def before(self, execute, sql, parameters, many, context):
        """An execute wrapper: begins before the first statement that writes."""
        if self._outer is None and not sql.startswith(_READS):
            self.begin()
        return execute(sql, parameters, many, context)

    def end(self) -> None:
        """The settings of an outermost deed end with its transaction."""
        if self._is_inner and self._outer is not None:
            with connection.cursor() as cursor:
                cursor.execute(_SAY, self._outer)


def held_sentence(told: str) -> str:
    """The sentence for what the guard of freezes and locks says: level and kind."""
    level, _, kind = told.partition("|")
    return (
        f"{HELD[level]} is {'locked' if kind == 'lock' else 'frozen'}, so nothing was saved. If a correction is "
        "needed, ask for it: “Ask for a correction” on the page of the form or in the casebook."
    )


def refusal_of(error: DatabaseError) -> Refusal | None:
    """The sentence for a refusal of the database itself; None when the error is a bug and shall show as one."""
    match getattr(error.__cause__, "sqlstate", None):
        case "CRF02":
            return Locked("The study is locked, so nothing was saved. If a correction is needed, ask the data manager.")
        case "CRF04":
            return ReasonWanted("A value that was saved before changes here. Please say why; nothing is saved yet.")
        case "CRF06":
            return Locked(
                "The casebook of this subject is locked, so nothing was saved. If a correction is needed, "
                "ask the data manager to lift the lock."
            )
        case "CRF08":
            return Locked(held_sentence(str(error.__cause__.diag.message_primary)))
        case "CRF05":
            return Refusal(str(error.__cause__.diag.message_primary))
        case "23505":  # a unique constraint: two people, or two clicks, did the same at once
            return AlreadySettled(
                "Somebody did this at the same moment, so it was not done a second time. Open the page again and look."
            )
        case "40001" | "40P01":  # each waited for the other
            return Refusal("Somebody changed the same at the same moment, so nothing was saved. Please try once more.")
    return None
