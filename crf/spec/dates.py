"""Dates and times as people type and read them: one form everywhere, 5 Nov 2026, and many that can be typed.

What is stored and exported stays ISO 8601. Read is only what can mean one day: “11/05/2026” is refused.
"""

import calendar
import datetime as dt
import re

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EXAMPLE = "5 Nov 2026"
#: What stands beside a field, so that nobody has to guess.
HOW_TO_TYPE = f"Such as {EXAMPLE} or 2026-11-05"
HOW_TO_TYPE_PARTIAL = f"Such as {EXAMPLE}; day unknown: Nov 2026; month unknown: 2026"

_FULL_NAMES = "january february march april may june july august september october november december".split()
_NAMES = {name.lower(): month for names in (MONTHS, _FULL_NAMES) for month, name in enumerate(names, start=1)}
_NAMES["sept"] = 9
_NAME = "(?P<name>[a-z]+)"
_BETWEEN = r"[\s.,/-]*"
#: The orders that can be typed; in the first four a month in letters or a year in front leaves one reading.
_ORDERS = tuple(
    re.compile(order)
    for order in (
        r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})",
        rf"(?P<day>[0-9]{{1,2}})(st|nd|rd|th)?{_BETWEEN}{_NAME}{_BETWEEN}(?P<year>[0-9]+)",
        rf"{_NAME}{_BETWEEN}(?P<day>[0-9]{{1,2}})(st|nd|rd|th)?[\s.,/-]+(?P<year>[0-9]+)",
        rf"(?P<year>[0-9]{{4}}){_BETWEEN}{_NAME}{_BETWEEN}(?P<day>[0-9]{{1,2}})",
        r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]+)",
    )
)
_EITHER_WAY = re.compile(r"(?P<first>[0-9]{1,2})[/\s-](?P<second>[0-9]{1,2})[/\s-](?P<year>[0-9]+)")
_MONTH_ONLY = tuple(
    re.compile(order)
    for order in (
        r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})",
        r"(?P<month>[0-9]{1,2})[/.](?P<year>[0-9]{4})",
        rf"{_NAME}{_BETWEEN}(?P<year>[0-9]{{4}})",
        rf"(?P<year>[0-9]{{4}}){_BETWEEN}{_NAME}",
    )
)
_SAME_DASH = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


class NotADate(ValueError):
    """What was typed is no date, or could be two; the message tells the person what to do."""


# -- shown


def day(on: dt.date | None) -> str:
    """A date as it is shown everywhere: 5 Nov 2026."""
    return "" if on is None else f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def partial_day(stored: str | None) -> str:
    """A stored date of which day, or day and month, may be unknown: 5 Nov 2026, Nov 2026, 2026."""
    year, *rest = (stored or "").split("-")
    month = f"{MONTHS[int(rest[0]) - 1]} " if rest else ""
    return f"{f'{int(rest[1])} ' if len(rest) > 1 else ''}{month}{year}"


def moment(at: dt.datetime, zone: dt.tzinfo = dt.UTC) -> str:
    """A time with its date and zone, as it was there: 5 Nov 2026 09:30 IST."""
    local = at.astimezone(zone)
    return f"{day(local)} {local:%H:%M} {local.tzname()}"


# -- typed


def read_day(text: str) -> dt.date:
    """The day that was typed, in any order that leaves one reading: 5 Nov 2026, 2026-11-05, Nov 5, 2026, 05.11.2026."""
    typed = _plain(text)
    if (on := _day_typed(text, typed)) is not None:
        return on
    if any(order.fullmatch(typed) for order in _MONTH_ONLY):
        raise NotADate(f"“{_short(text)}” has no day. Enter the whole date, such as {EXAMPLE}.")
    raise NotADate(f"“{_short(text)}” is not a date. Enter it as {EXAMPLE} or 2026-11-05.")


def read_partial_day(text: str) -> str:
    """The same where day, or day and month, may be unknown, as it is stored: 2026-11-05, 2026-11 or 2026."""
    typed = _plain(text)
    if re.fullmatch("[0-9]{4}", typed):
        return f"{_year_of(text, typed):04}"
    for order in _MONTH_ONLY:
        if found := order.fullmatch(typed):
            parts = found.groupdict()
            return f"{_year_of(text, parts['year']):04}-{_month_of(text, parts):02}"
    if (on := _day_typed(text, typed)) is not None:
        return on.isoformat()
    raise NotADate(f"“{_short(text)}” is not a date. {HOW_TO_TYPE_PARTIAL}.")


def _day_typed(text: str, typed: str) -> dt.date | None:
    """The day, where what was typed has a day, a month and a year in some order."""
    for order in _ORDERS:
        if found := order.fullmatch(typed):
            return _day_of(text, **found.groupdict())
    if found := _EITHER_WAY.fullmatch(typed):
        return _only_reading(text, int(found["first"]), int(found["second"]), year=found["year"])
    return None


def _plain(text: str) -> str:
    return " ".join(text.translate(_SAME_DASH).lower().split()).rstrip(".,")


def _short(text: str) -> str:
    return text.strip()[:30]


def _day_of(text: str, *, day: str, year: str, month: str | None = None, name: str | None = None) -> dt.date:
    number = _month_of(text, {"month": month, "name": name})
    return _existing(_year_of(text, year), number, int(day))


def _month_of(text: str, parts: dict) -> int:
    if name := parts.get("name"):
        if name not in _NAMES:
            raise NotADate(f"“{_short(text)}” is not a date: there is no month “{name}”. Enter it as {EXAMPLE}.")
        return _NAMES[name]
    month = int(parts["month"])
    if not 1 <= month <= 12:
        raise NotADate(f"“{_short(text)}” is not a date: there is no month {month}. Enter it as {EXAMPLE}.")
    return month


def _year_of(text: str, year: str) -> int:
    if len(year) != 4:
        raise NotADate(f"“{_short(text)}” is not a date: write the year with four digits, such as {EXAMPLE}.")
    if not 1900 <= int(year) <= 2100:
        raise NotADate(f"The year {int(year)} cannot be right. Enter a date between 1900 and 2100.")
    return int(year)


def _existing(year: int, month: int, number: int) -> dt.date:
    days = calendar.monthrange(year, month)[1]
    if not 1 <= number <= days:
        raise NotADate(f"There is no {number} {MONTHS[month - 1]} {year}: that month has {days} days.")
    return dt.date(year, month, number)


def _only_reading(text: str, first: int, second: int, *, year: str) -> dt.date:
    """Two numbers before the year: read where one of them can be no month, or both are the same."""
    readings = {(first, second), (second, first)}
    possible = sorted((month, number) for number, month in readings if 1 <= month <= 12 and 1 <= number <= 31)
    if not possible:
        raise NotADate(f"“{_short(text)}” is not a date. Enter it as {EXAMPLE} or 2026-11-05.")
    full = _year_of(text, year)
    if len(possible) == 1:
        return _existing(full, *possible[0])
    either = " or ".join(f"{number} {MONTHS[month - 1]} {full}" for month, number in possible)
    raise NotADate(f"“{_short(text)}” can be {either}. Write the month in letters, such as {EXAMPLE}.")
