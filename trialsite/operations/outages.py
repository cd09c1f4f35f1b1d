"""What is nobody's mistake and passes: the database away, a disk full, too many at once. A page that says so (503).

Anything else that a page does not expect stays a 500: a mistake of ours, with its place in the log.
"""

import errno
import sys
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.template import loader

RETRY_AFTER = 15  # seconds


@dataclass(frozen=True)
class Outage:
    """`kind` stands in the log, `sentence` on the page."""

    kind: str
    sentence: str


AWAY = Outage("the database is away", "The database does not answer just now.")
FULL = Outage("the database's disk is full", "The database has no room to write just now. Its keepers have been told.")
CROWDED = Outage("the database's connections are used up", "Too many people are served at this moment.")
HELD_UP = Outage("a lock was not had in time", "The system is being updated just now.")
CROSSED = Outage("two deeds crossed", "Somebody did something at the same moment, and one of the two had to give way.")
TOO_LONG = Outage("a statement took too long", "This took longer than it may just now.")
READ_ONLY = Outage("the database is read-only", "The database takes no entries just now.")
NO_ROOM_HERE = Outage("this machine's disk is full", "This server has no room to write just now.")
NO_MORE_HERE = Outage("this machine has no memory or file left to open", "Too many people are served at this moment.")

BY_CODE = {"53100": FULL, "53200": CROWDED, "53300": CROWDED, "53000": CROWDED, "55P03": HELD_UP, "25006": READ_ONLY}
BY_CODE |= {"40001": CROSSED, "40P01": CROSSED, "57014": TOO_LONG}
BY_ERRNO = {errno.ENOSPC: NO_ROOM_HERE, errno.EDQUOT: NO_ROOM_HERE}
BY_ERRNO |= dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOMEM), NO_MORE_HERE)
BY_CODE |= dict.fromkeys(("57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006"), AWAY)


def outage_of(error: BaseException) -> Outage | None:
    """The outage behind an exception, if one is: by PostgreSQL's code or this machine's, or no connection was had."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, DatabaseError | InterfaceError):
            cause = error.__cause__ or error
            code = getattr(cause, "sqlstate", None)
            if code in BY_CODE:
                return BY_CODE[code]
            if code is None and isinstance(error, OperationalError | InterfaceError):
                return CROWDED if "too many clients" in str(cause) else AWAY  # libpq's words: no code before a log-in
        if isinstance(error, OSError) and error.errno in BY_ERRNO:
            return BY_ERRNO[error.errno]
        if isinstance(error, MemoryError):
            return NO_MORE_HERE
        error, seen = error.__cause__ or error.__context__, seen + 1
    return None


def mistake(request):
    """`handler500`: called while the exception is being handled."""
    from crf.actions.act import on_record  # commands read this module before there are models

    error = sys.exc_info()[1]
    outage = outage_of(error) if error else None
    context = {"number": getattr(request, "number", ""), "outage": outage, "on_record": on_record.get()}
    if outage is None:
        return HttpResponse(page("500.html", context, "Something went wrong here. The mistake is ours."), status=500)
    if outage is AWAY:
        close_what_broke()
    body = page("503.html", context, f"{outage.sentence} Wait a minute and try again.")
    return HttpResponse(body, status=503, headers={"Retry-After": str(RETRY_AFTER)})


def page(template: str, context: dict, otherwise: str) -> str:
    """Where the static files were not collected no page of ours can be made; a sentence always can."""
    try:
        return loader.render_to_string(template, context)
    except ValueError:
        return f'<!doctype html><html lang="en"><title>eCRF</title><main><p>{otherwise}</p></main></html>'


def close_what_broke() -> None:
    """So that the next request of this thread begins with a new connection."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and not connection.in_atomic_block:
            connection.close()
