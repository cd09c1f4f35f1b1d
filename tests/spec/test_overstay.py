"""Days on which the ladder asked for another decision and none took effect; entries made long after their day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crf import trial
from crf.rules.ladder import Prescription
from crf.rules.late import days_late
from crf.rules.overstay import Overstay, overstays
from crf.spec.dosing import Ladder, Step


@pytest.mark.parametrize(
    ("day", "more", "due"),
    [
        (5, (), []),  # the most days are spent; today is decided
        (6, (), [5]),
        (9, (), [5]),  # told once
        (9, (Prescription(5, "REDUCE", 50),), []),
        (9, (Prescription(6, "REDUCE", 50),), [5]),  # decided, and too late
        (9, (Prescription(4, "INTERRUPT", 0), Prescription(7, "RESUME", 100)), [8]),  # a pause does not count
        (12, (Prescription(4, "INTERRUPT", 0),), []),
        (13, (Prescription(4, "INTERRUPT", 0),), [12]),
        (13, (Prescription(4, "INTERRUPT", 0), Prescription(9, "INTERRUPT", 0)), [12]),
        (13, (Prescription(4, "INTERRUPT", 0), Prescription(12, "STOP", 0)), []),
    ],
)
def test_a_step_past_its_most_days_and_a_long_interruption_are_told_on_the_day_after(day, more, due):
    ladder = Ladder((Step(1, 50, 1, 2), Step(2, 100, 3, 4, most_days=2), Step(3, 150, 5, 30)), unit_dose=50)
    history = (Prescription(1, "STEP_UP", 50), Prescription(3, "STEP_UP", 100), *more)
    found = overstays(ladder, history, day=day)
    assert [one.due for one in found] == due
    assert overstays(ladder, history, day=day, ended=5) == []
    for one in found:
        assert one.sentence in (
            "100 mg is given for at most 2 days; no other dose was decided on",
            "The drug was interrupted for more than 7 days; nothing was decided",
        )


LADDER = Ladder((Step(1, 50, 1, 2, most_days=2), Step(2, 100, 3, 20, most_days=19)), unit_dose=50)
UP = (Prescription(1, "STEP_UP", 50), Prescription(3, "STEP_UP", 100))
OF_THE_FIRST = Overstay(0, 3, "50 mg is given for at most 2 days; no other dose was decided on")
PAUSED = "The drug was interrupted for more than 7 days; nothing was decided"


def test_without_a_decision_nothing_went_on():
    assert overstays(LADDER, (), day=9) == []


@pytest.mark.parametrize(
    ("history", "day", "found"),
    [
        (UP, 21, []),  # 18 planned days, of 19; nothing is asked for once they are over
        (UP[:1], 30, [OF_THE_FIRST]),
        ((Prescription(-1, "STEP_UP", 50),), 3, []),  # prescribed before day 1, it counts from day 1
        ((Prescription(-1, "STEP_UP", 50),), 4, [OF_THE_FIRST]),
        ((Prescription(1, "STEP_UP", 50), Prescription(2, "MAINTAIN", 50)), 4, [OF_THE_FIRST]),
        ((Prescription(1, "STEP_UP", 50), Prescription(4, "STEP_UP", 100)), 9, [OF_THE_FIRST]),  # a day late
        # A later decision cancels one that had not begun; the places are those of the whole history.
        (
            (Prescription(1, "STEP_UP", 50), Prescription(6, "STEP_UP", 100), Prescription(3, "REDUCE", 50)),
            9,
            [OF_THE_FIRST],
        ),
        # Two pauses are told apart, and each from its own first day.
        (
            (*UP, Prescription(4, "INTERRUPT", 0), Prescription(8, "RESUME", 100), Prescription(9, "INTERRUPT", 0)),
            17,
            [],
        ),
        (
            (*UP, Prescription(4, "INTERRUPT", 0), Prescription(8, "RESUME", 100), Prescription(9, "INTERRUPT", 0)),
            18,
            [Overstay(4, 17, PAUSED)],
        ),
        ((*UP, Prescription(4, "INTERRUPT", 0), Prescription(13, "RESUME", 50)), 14, [Overstay(2, 12, PAUSED)]),
        # After a pause the days go on; another dose begins them anew.
        (
            (*UP[:1], Prescription(2, "INTERRUPT", 0), Prescription(3, "RESUME", 50)),
            5,
            [Overstay(0, 4, OF_THE_FIRST.sentence)],
        ),
        ((*UP, Prescription(5, "REDUCE", 50)), 7, []),
        ((*UP, Prescription(5, "REDUCE", 50)), 8, [Overstay(2, 7, OF_THE_FIRST.sentence)]),
        ((*UP[:1], Prescription(2, "STOP", 0)), 20, []),
        ((*UP[:1], Prescription(2, "STOP", 0), Prescription(3, "RESUME", 50)), 20, []),  # a stop is final
        ((*UP[:1], Prescription(5, "MAINTAIN", 50)), 9, [OF_THE_FIRST]),  # told once
        ((Prescription(-3, "STEP_UP", 50), Prescription(-1, "MAINTAIN", 50)), 3, []),
        # The last planned day is day 20: a stop that was due on it is asked for, one that was due later is not.
        ((*UP, Prescription(12, "INTERRUPT", 0)), 30, [Overstay(2, 20, PAUSED)]),
        ((*UP, Prescription(13, "INTERRUPT", 0)), 30, []),
        ((Prescription(1, "STEP_UP", 75),), 20, []),  # the dose of no step has no limit
    ],
)
def test_stays_and_pauses_are_counted_from_their_first_day(history, day, found):
    assert overstays(LADDER, history, day=day) == found


def test_one_day_is_called_one_day():
    ladder = Ladder(
        (Step(1, 50, 1, 1, most_days=1), Step(2, 100, 2, 9)),
        unit_dose=50,
        interruption_same_step=0,
        interruption_one_lower=1,
    )
    (told,) = overstays(ladder, UP[:1], day=3)
    assert told == Overstay(0, 2, "50 mg is given for at most 1 day; no other dose was decided on")
    (told,) = overstays(ladder, (*UP[:1], Prescription(2, "INTERRUPT", 0)), day=5)
    assert told == Overstay(1, 4, "The drug was interrupted for more than 1 day; nothing was decided")


@pytest.mark.req("BCK-04")
def test_an_entry_is_a_late_transcription_after_the_declared_days_by_the_day_of_the_site():
    zone, limit, told_of = ZoneInfo("Asia/Jerusalem"), trial.SETTINGS.late_days, date(2026, 3, 2)
    last = datetime(2026, 3, 2, 21, 59, tzinfo=UTC) + timedelta(days=limit)  # a minute to midnight at the site
    assert days_late(told_of, entered_at=last, zone=zone) is None
    assert days_late(told_of, entered_at=last + timedelta(minutes=1), zone=zone) == limit + 1
    assert days_late(told_of, entered_at=last + timedelta(minutes=1), zone=UTC) is None
    assert days_late(None, entered_at=last, zone=zone) is None
    assert days_late(told_of + timedelta(days=99), entered_at=last, zone=zone) is None
