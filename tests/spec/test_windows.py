"""When visits are due, and what their dates mean (PROTOCOL 2 and 9)."""

from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.derive import plan
from analysis.derive.derivations import windowed
from crf import trial
from crf.rules.study_day import date_of
from crf.rules.windows import VisitStatus, is_within_window, may_be_missed, next_planned, visit_status, window_of

DAY_1 = date(2026, 3, 10)


def kept_for_analysis(days) -> list[tuple[str, int]]:
    """(visit, day) of each rating that the data set takes, of one subject rated on these days."""
    rated = pd.DataFrame({"subject": "JER-001", "day": days, "score": 20}).astype({"day": "int64"})
    found = windowed(rated, subject="subject", day="day", score="score", windows=plan.windows())
    return list(zip(found.frame["visit"], found.frame["day"], strict=True))


def on(day):
    return date_of(day, day_1=DAY_1)


@pytest.mark.parametrize(
    ("visit", "opens", "target", "closes"),
    [
        ("SCR", -14, -14, -1),
        ("BL", 1, 1, 1),
        ("D4", 4, 4, 5),
        ("W1", 6, 8, 10),
        ("W2", 13, 15, 17),
        ("W3", 20, 22, 24),
        ("W4", 27, 29, 31),
        ("W5", 34, 36, 38),
        ("W6", 41, 43, 45),
        ("FU", 54, 57, 64),
    ],
)
def test_each_visit_has_its_window(visit, opens, target, closes):
    window = window_of(visit, day_1=DAY_1)
    assert (window.opens, window.target, window.closes) == (on(opens), on(target), on(closes))
    assert is_within_window(visit, day_1=DAY_1, on=on(opens))
    assert is_within_window(visit, day_1=DAY_1, on=on(closes))
    assert not is_within_window(visit, day_1=DAY_1, on=on(opens) - timedelta(days=1))
    assert not is_within_window(visit, day_1=DAY_1, on=on(closes) + timedelta(days=1))


@pytest.mark.parametrize("visit", ["ET", "UNS"])
def test_unplanned_visits_have_no_window_and_are_never_outside(visit):
    assert window_of(visit, day_1=DAY_1) is None
    assert is_within_window(visit, day_1=DAY_1, on=on(30))


def test_without_a_day_1_nothing_has_a_window():
    assert window_of("W1", day_1=None) is None
    assert visit_status("W1", day_1=None, today=on(8)) is VisitStatus.PLANNED


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (5, VisitStatus.PLANNED),
        (6, VisitStatus.IN_WINDOW),
        (8, VisitStatus.DUE),
        (10, VisitStatus.IN_WINDOW),
        (11, VisitStatus.OVERDUE),
        (12, VisitStatus.OVERDUE),
        (13, VisitStatus.TO_BE_MARKED_MISSED),
    ],
)
def test_week_1_as_days_go_by(today, status):
    assert visit_status("W1", day_1=DAY_1, today=on(today)) is status


@pytest.mark.parametrize(
    ("done", "status"),
    [(5, VisitStatus.OUTSIDE), (6, VisitStatus.DONE), (10, VisitStatus.DONE), (11, VisitStatus.OUTSIDE)],
)
def test_a_date_out_of_window_is_done_outside_window(done, status):
    assert visit_status("W1", day_1=DAY_1, today=on(20), done_on=on(done)) is status


def test_what_was_called_missed_stays_missed():
    assert visit_status("W1", day_1=DAY_1, today=on(20), missed=True) is VisitStatus.MISSED


def test_unplanned_visits_are_unplanned_until_done():
    assert visit_status("UNS", day_1=DAY_1, today=on(20)) is VisitStatus.UNPLANNED
    assert visit_status("UNS", day_1=DAY_1, today=on(20), done_on=on(20)) is VisitStatus.DONE


@pytest.mark.parametrize(
    ("visit", "today", "may"),
    [("W1", 12, False), ("W1", 13, True), ("D4", 5, False), ("D4", 6, True), ("FU", 64, False), ("FU", 65, True)],
)
def test_a_visit_may_be_missed_once_the_next_window_has_opened(visit, today, may):
    assert may_be_missed(visit, day_1=DAY_1, on=on(today)) is may


def test_unplanned_visits_cannot_be_missed():
    assert not may_be_missed("ET", day_1=DAY_1, on=on(60))


def test_visits_follow_one_another():
    assert [next_planned(visit.code) for visit in trial.VISITS] == [
        "BL",
        "D4",
        "W1",
        "W2",
        "W3",
        "W4",
        "W5",
        "W6",
        "FU",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("day", "visit"),
    [
        (1, None),
        (2, "W1"),
        (11, "W1"),
        (12, "W2"),
        (18, "W2"),
        (19, "W3"),
        (25, "W3"),
        (26, "W4"),
        (32, "W4"),
        (33, "W5"),
        (39, "W5"),
        (40, "W6"),
        (50, "W6"),
        (51, None),
        (-3, None),
    ],
)
def test_the_analysis_windows_leave_no_day_out(day, visit):
    assert kept_for_analysis([day]) == ([(visit, day)] if visit else [])


@pytest.mark.parametrize(
    ("days", "chosen"), [([6, 9], 9), ([7, 9], 9), ([8, 2], 8), ([3, 11], 11), ([12], None), ([], None)]
)
def test_the_rating_nearest_to_target_stands_for_the_visit_and_on_a_tie_the_later(days, chosen):
    assert dict(kept_for_analysis(days)).get("W1") == chosen
