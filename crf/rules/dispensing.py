"""How many capsules are handed out: to the next visit with spare days, never too many at home (PROTOCOL 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from crf import trial
from crf.rules.ladder import Prescription, planned_step, prescribed_on


@dataclass(frozen=True)
class Quantity:
    """Capsules for `days` days from the visit, spare days among them."""

    capsules: int
    days: int


def next_dispensing_day(visit_code: str) -> int:
    """The target day of the next visit with capsules: the end of what is handed out now."""
    at = trial.DISPENSING_VISITS.index(visit_code)
    following = (*trial.DISPENSING_VISITS, trial.LAST_TREATMENT_VISIT)[at + 1]
    return trial.visit(following).day


def capsules_on(day: int, *, history: Sequence[Prescription]) -> int:
    """Capsules of one day: as prescribed; where the ladder plans a step by telephone on day 4, as planned.

    Only day 4 lies between two dispensing visits, so only there capsules are handed out ahead of the decision.
    """
    prescribed = prescribed_on(history, day) // trial.LADDER.unit_dose
    second = trial.LADDER.steps[1]
    if prescribed == trial.LADDER.steps[0].capsules and day >= second.first and _awaits_day_4(history):
        return second.capsules
    return prescribed


def _awaits_day_4(history: Sequence[Prescription]) -> bool:
    return len(history) == 1 and history[0].mg == trial.LADDER.steps[0].mg


def quantity(visit_code: str, *, day: int, history: Sequence[Prescription]) -> Quantity:
    """Capsules to hand out at a dispensing visit on study day `day`, after its dosing decision.

    Covers the days up to the next visit's target and 2 spare days at the last day's dose, but never more than
    9 days: an early visit shortens the spare days. Nothing while the drug is interrupted or stopped.
    """
    day = max(day, 1)
    until = max(next_dispensing_day(visit_code), day + 1)
    needed = list(range(day, until))
    days = min(len(needed) + trial.LADDER.spare_days, trial.LADDER.days_at_home)
    last = needed[-1]
    capsules = sum(capsules_on(min(one, last), history=history) for one in range(day, day + days))
    return Quantity(capsules, days)


def planned_quantity(visit_code: str) -> Quantity:
    """What the visit hands out when everything goes as planned."""
    day = trial.visit(visit_code).day
    step = planned_step(day)
    history = [
        Prescription(entry.first, "STEP_UP", entry.mg) for entry in trial.LADDER.steps if entry.number <= step.number
    ]
    return quantity(visit_code, day=day, history=history)


def is_too_much_at_home(*, dispensed: int, kept: int, mg: int) -> bool:
    """Would the capsules at home last longer than 9 days at the prescribed dose? At 0 mg any capsule is too many."""
    return dispensed + kept > trial.LADDER.days_at_home * (mg // trial.LADDER.unit_dose)
