"""When a visit is due, and what its date means (PROTOCOL 2)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from crf import trial
from crf.rules.study_day import date_of


class VisitStatus(StrEnum):
    """Where a visit stands on a given day."""

    PLANNED = "planned"
    DUE = "due"
    IN_WINDOW = "in window"
    OVERDUE = "overdue"
    DONE = "done"
    OUTSIDE = "done, outside window"
    MISSED = "missed"
    TO_BE_MARKED_MISSED = "overdue, next window open"
    UNPLANNED = "unplanned"


@dataclass(frozen=True)
class Window:
    """Target date of a visit with the first and last date that count as in time."""

    target: date
    opens: date
    closes: date

    def holds(self, on: date) -> bool:
        return self.opens <= on <= self.closes


@lru_cache(maxsize=10_000)  # lists ask it of each visit of each subject
def window_of(visit_code: str, *, day_1: date | None) -> Window | None:
    """The window of a visit; None for unplanned visits and while there is no day 1.

    `before` and `after` are days of the calendar on either side of the target, which for screening is day -14.
    """
    visit = trial.visit(visit_code)
    if visit.day is None or day_1 is None:
        return None
    target = date_of(visit.day, day_1=day_1)
    return Window(target, target - timedelta(days=visit.before), target + timedelta(days=visit.after))


def is_within_window(visit_code: str, *, day_1: date | None, on: date) -> bool:
    """Is the date in the window? Unplanned visits always are; so is any visit while there is no day 1."""
    window = window_of(visit_code, day_1=day_1)
    return window is None or window.holds(on)


@cache
def next_planned(visit_code: str) -> str | None:
    """The visit whose window opens after this one's; None after the last."""
    planned = [visit for visit in trial.VISITS if visit.is_planned]
    codes = [visit.code for visit in planned]
    if visit_code not in codes or visit_code == codes[-1]:
        return None
    return codes[codes.index(visit_code) + 1]


def may_be_missed(visit_code: str, *, day_1: date | None, on: date) -> bool:
    """A visit may be called missed once the next window has opened (PROTOCOL 2); the last, once its own has closed."""
    follower = next_planned(visit_code)
    window = window_of(follower or visit_code, day_1=day_1)
    if window is None:
        return False
    return on >= window.opens if follower else on > window.closes


def visit_status(
    visit_code: str, *, day_1: date | None, today: date, done_on: date | None = None, missed: bool = False
) -> VisitStatus:
    """Where the visit stands on `today`.

    Due is the target date itself, in window the other days of the window. A date out of window is *done, outside
    window*; it is never refused.
    """
    if done_on is not None:
        within = is_within_window(visit_code, day_1=day_1, on=done_on)
        return VisitStatus.DONE if within else VisitStatus.OUTSIDE
    if missed:
        return VisitStatus.MISSED
    if not trial.visit(visit_code).is_planned:
        return VisitStatus.UNPLANNED
    window = window_of(visit_code, day_1=day_1)
    if window is None or today < window.opens:
        return VisitStatus.PLANNED
    if today == window.target:
        return VisitStatus.DUE
    if today <= window.closes:
        return VisitStatus.IN_WINDOW
    if may_be_missed(visit_code, day_1=day_1, on=today):
        return VisitStatus.TO_BE_MARKED_MISSED
    return VisitStatus.OVERDUE
