"""When a form of the schedule is due: treatment that ended at a visit, before it, or goes on (PROTOCOL 3 and 5)."""

from datetime import date

import pytest

from crf.rules.conditions import Circumstances, holds

EARLIER, THAT_DAY, LATER, MUCH_LATER = (date(2026, 3, day) for day in (2, 9, 16, 23))

ROWS = [
    # ended on, visit on, visit before on -> a decision is due, something is handed out, capsules are counted
    (None, THAT_DAY, EARLIER, True, True, True),
    (THAT_DAY, EARLIER, None, True, True, True),
    (THAT_DAY, THAT_DAY, EARLIER, True, False, True),
    (THAT_DAY, LATER, EARLIER, False, False, True),
    (THAT_DAY, LATER, THAT_DAY, False, False, False),
    (THAT_DAY, MUCH_LATER, LATER, False, False, False),
]


@pytest.mark.parametrize(("ended", "on", "before", "decision", "handed_out", "capsules"), ROWS)
def test_after_the_end_of_treatment_capsules_are_counted_once_more_and_no_dose_is_decided(
    ended, on, before, decision, handed_out, capsules
):
    found = Circumstances(
        was_randomised=True, has_first_dose=True, treatment_ended_on=ended, visit_on=on, visit_before_on=before
    )
    assert holds("is_treated", found) is decision
    assert holds("goes_on_with_the_drug", found) is handed_out
    assert holds("has_capsules", found) is capsules


def test_nobody_who_is_not_randomised_is_treated_or_guesses_the_arm():
    for name in ("is_treated", "goes_on_with_the_drug", "has_capsules", "was_randomised"):
        assert not holds(name, Circumstances(visit_on=THAT_DAY))


def test_capsules_are_not_counted_before_the_first_dose():
    assert not holds("has_capsules", Circumstances(was_randomised=True, visit_on=THAT_DAY))
