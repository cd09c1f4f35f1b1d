"""Where a subject stands on the dose ladder, from what was prescribed (PROTOCOL 5).

Days are study days (no day 0); a prescription before day 1 (the first dose was swallowed a day later than
prescribed) counts from day 1. Histories are in the order in which decisions were taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crf import trial
from crf.spec.dosing import Step


class Decision(StrEnum):
    """What an investigator may decide; the codes are those of the form DOSING."""

    STEP_UP = "STEP_UP"
    MAINTAIN = "MAINTAIN"
    REDUCE = "REDUCE"
    INTERRUPT = "INTERRUPT"
    RESUME = "RESUME"
    STOP = "STOP"


@dataclass(frozen=True)
class Prescription:
    """A decision that holds from study day `day` until the next one."""

    day: int
    decision: str
    mg: int


def in_force(history: Sequence[Prescription]) -> tuple[Prescription, ...]:
    """The prescriptions in order of effect: a later decision cancels earlier ones that had not begun by its day."""
    kept: list[Prescription] = []
    for entry in history:
        kept = [earlier for earlier in kept if earlier.day <= entry.day]
        kept.append(entry)
    return tuple(kept)


def planned_step(day: int) -> Step | None:
    """The rung planned for a study day; None before day 1 and after day 42."""
    return next((step for step in trial.LADDER.steps if step.first <= day <= step.last), None)


def prescribed_on(history: Sequence[Prescription], day: int) -> int:
    """Milligrams a day prescribed for a study day; 0 before the first prescription."""
    mg = 0
    for entry in in_force(history):
        if max(entry.day, 1) <= day:
            mg = entry.mg
    return mg


def is_stopped(history: Sequence[Prescription]) -> bool:
    return any(entry.decision == Decision.STOP for entry in history)


def days_interrupted(history: Sequence[Prescription], day: int) -> int:
    """Days without drug up to the day before `day`; 0 while not interrupted."""
    since = None
    for entry in history:
        if entry.day > day:
            break
        if entry.decision == Decision.INTERRUPT:
            since = entry.day if since is None else since
        else:
            since = None
    return 0 if since is None else day - since


def dose_before_interruption(history: Sequence[Prescription]) -> int:
    """The last dose above 0."""
    return next((entry.mg for entry in reversed(history) if entry.mg > 0), 0)


def days_on_dose(history: Sequence[Prescription], day: int) -> int:
    """Days on the present dose before `day`, without days of interruption.

    A return to a dose after another one starts the count again; an interruption in between does not.
    """
    present, total, end = dose_before_interruption(history), 0, day
    for entry in reversed(history):
        if entry.mg not in (0, present):
            break
        if entry.mg == present:
            total += max(0, end - max(entry.day, 1))
        end = max(entry.day, 1)
    return total


def step_down_day(history: Sequence[Prescription]) -> int | None:
    """The day of the latest fall to a lower dose above 0 (a reduction, or resuming one step lower)."""
    found, above = None, 0
    for entry in history:
        if 0 < entry.mg < above:
            found = entry.day
        above = entry.mg or above
    return found


def reescalations(history: Sequence[Prescription]) -> int:
    """How often a dose was stepped up to that had been reached before."""
    highest = count = 0
    for entry in history:
        if entry.decision == Decision.STEP_UP and entry.mg <= highest:
            count += 1
        highest = max(highest, entry.mg)
    return count


def next_step(history: Sequence[Prescription]) -> Step | None:
    """The rung above the present dose; None at the top."""
    rung = dose_before_interruption(history) // trial.LADDER.unit_dose
    return trial.LADDER.steps[rung] if rung < len(trial.LADDER.steps) else None


def effective_day_of_step_up(step: Step, day: int) -> int:
    """A decision up to 2 days early takes effect on the planned day; a late one on the day it is taken."""
    return max(step.first, day) if day >= step.first - trial.LADDER.early_days else day


def distance(first: int, last: int) -> int:
    """Days from one study day to another, over the day 0 that does not exist."""
    return last - first - (1 if first < 0 < last else 0)
