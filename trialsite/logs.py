"""Log lines without values of subjects, as text or as JSON, with the number of the request.

A traceback ends in the exception's text, and PostgreSQL's says `Failing row contains (...)`. So the log gets the place
and the kind of what went wrong, and for a database error its code and constraint, but no text. An address may hold a
subject's number: Django's own lines about requests get the pattern of the address instead.
"""

import json
import logging
import re
import time
import traceback
from datetime import UTC, datetime

#: What our own lines carry besides the message.
MORE = ("method", "route", "status", "ms", "event", "account")
OUTAGE_LINES_EVERY = 10  # seconds: an outage is one fact, not one for every request

#: What follows these in an address says who is meant, or opens an account.
MEANS_SOMEBODY = re.compile(
    r"(/(?:subjects|levels|people/account|accounts/password/reset/key|accounts/email/confirm)/)[^/\s]+"
)


class Quiet(logging.Formatter):
    """Time, level, logger, message; for exceptions where and what kind."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s%(more)s")

    def format(self, record) -> str:
        said = [f"{name}={getattr(record, name)}" for name in MORE if hasattr(record, name)]
        if number := number_of(record):
            said.append(f"request={number}")
        record.more = "".join(f" {word}" for word in said)
        return MEANS_SOMEBODY.sub(r"\1…", super().format(record))

    def formatException(self, exc_info) -> str:
        return "\n".join(in_places(exc_info[1]))


class Json(logging.Formatter):
    """One line, one object: what a log shipper reads."""

    def format(self, record) -> str:
        words = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := number_of(record):
            words["request"] = number
        words |= {name: getattr(record, name) for name in MORE if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            words["exception"] = [line.strip() for line in in_places(record.exc_info[1])]
        return json.dumps(words, default=str)


class Requests(logging.Filter):
    """For Django's lines about requests: the pattern of the address for the address, and no traceback of an outage."""

    def __init__(self):
        super().__init__()
        self.last_outage = -1e9

    def filter(self, record) -> bool:
        from trialsite.operations.outages import outage_of
        from trialsite.operations.requests import route

        request = getattr(record, "request", None)
        if request is not None and record.args:
            what = record.args[0] if len(record.args) > 1 else record.msg.partition(":")[0]
            record.msg, record.args = f"{what}: {route(request)}", None
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (outage := outage_of(error)):
            if time.monotonic() - self.last_outage < OUTAGE_LINES_EVERY:
                return False
            self.last_outage = time.monotonic()
            record.exc_info, record.msg, record.args = None, f"Answered 503: {outage.kind}", None
        return True


def number_of(record) -> str:
    from trialsite.operations.requests import current

    request = getattr(record, "request", None)
    return getattr(request, "number", "") or current.get()


def in_places(error: BaseException | None) -> list[str]:
    """Where it went through and of which kind it was, with what caused it; none of its words."""
    lines = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}{database_code(error)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def database_code(error: BaseException) -> str:
    diag = getattr(error, "diag", None)
    if diag is None:
        return ""
    return " " + " ".join(word for word in (diag.sqlstate, diag.table_name, diag.constraint_name) if word)
