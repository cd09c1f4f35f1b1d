"""Where a form of a subject is found: visit and form as they stand in addresses."""

from crf import trial
from crf.models import Query, Subject, Visit
from crf.spec.kinds import DeclarationError

LOG = "LOG"


def in_address(visit: Visit | None) -> str:
    """W1, UNS, UNS-2 for the second unscheduled visit, LOG for forms that belong to no visit."""
    if visit is None:
        return LOG
    return visit.code if visit.number == 1 else f"{visit.code}-{visit.number}"


def code_and_number(place: str) -> tuple[str, int] | None:
    """The visit's code and number that an address names; None for LOG. Raises StudyMistake for anything else."""
    if place == LOG:
        return None
    code, _, number = place.partition("-")
    trial.visit(code)
    if number and not (number.isdecimal() and 2 <= int(number) <= 999):
        raise DeclarationError(f"There is no visit {place!r}.")
    return code, int(number or 1)


def address(subject: Subject | str, visit: Visit | None, form: str, row: int = 1) -> str:
    """The address of a record's page; `subject` or its number. Row 0 is the page of the whole panel."""
    return f"/subjects/{subject}/{in_address(visit)}/{form}/" + ("panel/" if row == 0 else f"{row}/" if row > 1 else "")


def address_of_query(query: Query) -> str:
    """Where the value is that the query asks about."""
    return address(query.subject, query.visit, query.form, query.row_number)
