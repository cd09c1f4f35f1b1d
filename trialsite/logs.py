"""Log lines without values of subjects.

A traceback ends in the exception's text, and PostgreSQL's says `Failing row contains (...)`. So the log gets the place
and the kind of what went wrong, and for a database error its code and constraint, but no text.
"""

import logging
import re
import traceback

#: What follows these in an address says who is meant, or opens an account.
MEANS_SOMEBODY = re.compile(
    r"(/(?:subjects|levels|people/account|accounts/password/reset/key|accounts/email/confirm)/)[^/\s]+"
)


class Quiet(logging.Formatter):
    """Time, level, logger, message; for exceptions where and what kind."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record) -> str:
        return MEANS_SOMEBODY.sub(r"\1…", super().format(record))

    def formatException(self, exc_info) -> str:
        lines = []
        error = exc_info[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}{self.database_code(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)

    @staticmethod
    def database_code(error: BaseException) -> str:
        diag = getattr(error, "diag", None)
        if diag is None:
            return ""
        return " " + " ".join(word for word in (diag.sqlstate, diag.table_name, diag.constraint_name) if word)
