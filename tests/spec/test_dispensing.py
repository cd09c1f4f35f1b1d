"""How many capsules are handed out (PROTOCOL 5)."""

import pytest

from crf import trial
from crf.chart.supply import next_dispensing_day
from crf.rules.dispensing import planned_quantity, quantity
from crf.rules.ladder import Prescription

ON_500 = [Prescription(1, "STEP_UP", 250), Prescription(4, "STEP_UP", 500)]
PAUSED = [*ON_500, Prescription(15, "INTERRUPT", 0)]
STAYED = [Prescription(1, "STEP_UP", 250), Prescription(4, "MAINTAIN", 250)]


@pytest.mark.parametrize(
    ("visit", "capsules"), [("BL", 15), ("W1", 18), ("W2", 18), ("W3", 27), ("W4", 36), ("W5", 36)]
)
def test_the_planned_quantity_covers_seven_days_and_two_to_spare(visit, capsules):
    planned = planned_quantity(trial.LADDER, day=trial.visit(visit).day, until=next_dispensing_day(visit))
    assert (planned.capsules, planned.days) == (capsules, 9)


@pytest.mark.parametrize(
    ("visit", "day", "prescribed", "capsules", "days"),
    [
        ("W2", 15, ON_500, 18, 9),
        ("W2", 13, ON_500, 18, 9),
        ("W2", 17, ON_500, 14, 7),
        ("W2", 30, ON_500, 6, 3),
        ("W1", 8, STAYED, 9, 9),
        ("W2", 15, PAUSED, 0, 9),
    ],
    ids=["on target", "two days early", "two days late", "after the next target", "stayed at 250 mg", "interrupted"],
)
def test_the_quantity_follows_the_day_and_what_is_prescribed(visit, day, prescribed, capsules, days):
    found = quantity(trial.LADDER, prescribed, day=day, until=next_dispensing_day(visit))
    assert (found.capsules, found.days) == (capsules, days)


def test_capsules_last_to_the_next_visit():
    assert [next_dispensing_day(visit) for visit in ("BL", "W1", "W5")] == [8, 15, 43]
