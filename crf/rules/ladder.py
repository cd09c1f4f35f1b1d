"""Where a subject stands on the dose ladder, from what was prescribed (PROTOCOL 5).

Days are study days (no day 0); a prescription before day 1 (the first dose was swallowed a day later than
prescribed) counts from day 1. Histories are in the order in which decisions were taken. The ladder is an argument
wherever it matters: nothing here knows a dose of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crf.spec.dosing import Ladder, Step


class Decision(StrEnum):
    """What an investigator may decide; the codes are those of the item `decision` of the form for dosing decisions."""

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


def planned_step(ladder: Ladder, day: int) -> Step | None:
    """The rung planned for a study day; None before the first planned day and after the last."""
    return next((step for step in ladder.steps if step.first <= day <= step.last), None)


def prescribed_on(history: Sequence[Prescription], day: int) -> int:
    """The daily dose prescribed for a study day; 0 before the first prescription."""
    mg = 0
    for entry in in_force(history):
        if max(entry.day, 1) <= day:
            mg = entry.mg
    return mg


def prescribed_from_to(history: Sequence[Prescription], first: int, last: int) -> list[int]:
    """`prescribed_on` for each study day from `first` to `last`, both included; a day 0 there may be counts as one."""
    kept = in_force(history)
    doses = []
    for day in range(first, last + 1):
        begun = [entry.mg for entry in kept if max(entry.day, 1) <= day]
        doses.append(begun[-1] if begun else 0)
    return doses


def is_stopped(history: Sequence[Prescription]) -> bool:
    return any(entry.decision == Decision.STOP for entry in history)


def is_interrupted(history: Sequence[Prescription]) -> bool:
    """Whether the last decision was to interrupt."""
    return bool(history) and history[-1].decision == Decision.INTERRUPT


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


def interruptions(history: Sequence[Prescription]) -> int:
    """How often the drug was interrupted; an interruption that was prolonged is one."""
    count, before = 0, None
    for entry in history:
        count += entry.decision == Decision.INTERRUPT and before != Decision.INTERRUPT
        before = entry.decision
    return count


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


def highest(history: Sequence[Prescription]) -> int:
    """The highest dose prescribed so far; 0 without one."""
    return max((entry.mg for entry in history), default=0)


def reescalations(history: Sequence[Prescription]) -> int:
    """How often a dose was stepped up to that had been reached before."""
    reached = count = 0
    for entry in history:
        if entry.decision == Decision.STEP_UP and entry.mg <= reached:
            count += 1
        reached = max(reached, entry.mg)
    return count


def steps_above(ladder: Ladder, history: Sequence[Prescription]) -> tuple[Step, ...]:
    """The rungs that one decision may climb to from the present dose, the lowest first; none at the top."""
    rung = ladder.rung_of(dose_before_interruption(history))
    return ladder.steps[rung : rung + ladder.steps_up_at_once]


def effective_day_of_step_up(ladder: Ladder, step: Step, day: int) -> int:
    """A decision taken a little early (`early_days`) takes effect on the planned day; a late one on its own day."""
    return max(step.first, day) if day >= step.first - ladder.early_days else day


def distance(first: int, last: int) -> int:
    """Days from one study day to another, over the day 0 that does not exist."""
    return last - first - (1 if first < 0 < last else 0)
