"""Where a subject stands on the dose ladder (PROTOCOL 5)."""

import pytest

from crf import trial
from crf.rules.ladder import (
    Prescription,
    days_interrupted,
    days_on_dose,
    distance,
    effective_day_of_step_up,
    in_force,
    is_stopped,
    planned_step,
    prescribed_on,
)


def history(*entries):
    return [Prescription(day, decision, mg) for day, decision, mg in entries]


AS_PLANNED = history((1, "STEP_UP", 250), (4, "STEP_UP", 500), (22, "STEP_UP", 750), (29, "STEP_UP", 1000))
INTERRUPTED = history((1, "STEP_UP", 250), (4, "STEP_UP", 500), (10, "INTERRUPT", 0), (13, "RESUME", 500))


@pytest.mark.parametrize(
    ("day", "mg"), [(1, 250), (3, 250), (4, 500), (21, 500), (22, 750), (28, 750), (29, 1000), (42, 1000)]
)
def test_the_planned_dose_of_each_day(day, mg):
    assert planned_step(trial.LADDER, day).mg == mg
    assert prescribed_on(AS_PLANNED, day) == mg


@pytest.mark.parametrize("day", [-1, 43])
def test_nothing_is_planned_before_day_1_and_after_day_42(day):
    assert planned_step(trial.LADDER, day) is None


def test_the_plan_is_116_capsules_and_29_grams():
    assert (trial.LADDER.planned_capsules, trial.LADDER.planned_mg) == (116, 29_000)
    assert [(step.capsules, step.days, step.doses_a_day) for step in trial.LADDER.steps] == [
        (1, 3, 1),
        (2, 18, 2),
        (3, 7, 2),
        (4, 14, 2),
    ]


@pytest.mark.parametrize(("day", "mg"), [(9, 500), (10, 0), (12, 0), (13, 500)])
def test_an_interruption_is_0_mg_until_it_ends(day, mg):
    assert prescribed_on(INTERRUPTED, day) == mg


def test_a_prescription_before_day_1_counts_from_day_1():
    assert prescribed_on(history((-1, "STEP_UP", 250)), 1) == 250
    assert days_on_dose(history((-1, "STEP_UP", 250)), 4) == 3


@pytest.mark.parametrize(("day", "gap"), [(10, 0), (11, 1), (13, 3)])
def test_days_of_an_interruption_are_counted_up_to_the_day_before(day, gap):
    assert days_interrupted(INTERRUPTED[:3], day) == gap


def test_a_repeated_interruption_counts_from_its_first_day():
    twice = [*INTERRUPTED[:3], Prescription(12, "INTERRUPT", 0)]
    assert days_interrupted(twice, 15) == 5


@pytest.mark.parametrize(
    ("entries", "day", "days"),
    [
        (AS_PLANNED[:2], 22, 18),
        (AS_PLANNED[:2], 4, 0),
        ([*AS_PLANNED[:2], Prescription(8, "MAINTAIN", 500)], 22, 18),
        (INTERRUPTED, 22, 15),
        ([*AS_PLANNED[:3], Prescription(25, "REDUCE", 500)], 30, 5),
        ([], 5, 0),
    ],
    ids=["as planned", "first day", "maintained in between", "interrupted in between", "back on 500 mg", "never dosed"],
)
def test_days_on_the_present_dose(entries, day, days):
    assert days_on_dose(entries, day) == days


def test_a_later_decision_cancels_one_that_had_not_begun():
    decided = history((1, "STEP_UP", 250), (4, "STEP_UP", 500), (22, "STEP_UP", 750), (21, "INTERRUPT", 0))
    assert [entry.decision for entry in in_force(decided)] == ["STEP_UP", "STEP_UP", "INTERRUPT"]
    assert prescribed_on(decided, 22) == 0


@pytest.mark.parametrize(("day", "effective"), [(19, 19), (20, 22), (21, 22), (22, 22), (25, 25)])
def test_a_decision_up_to_two_days_early_takes_effect_on_the_planned_day(day, effective):
    assert effective_day_of_step_up(trial.LADDER, trial.LADDER.step(3), day) == effective


def test_a_stop_is_found():
    assert is_stopped(history((1, "STEP_UP", 250), (3, "STOP", 0)))
    assert not is_stopped(INTERRUPTED)


@pytest.mark.parametrize(("first", "last", "days"), [(15, 22, 7), (-3, 4, 6), (-3, -1, 2), (1, 1, 0)])
def test_the_distance_of_days_knows_that_day_0_is_missing(first, last, days):
    assert distance(first, last) == days
