"""How much is handed out: to the next visit with spare days, never too much at home (PROTOCOL 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from crf.rules.ladder import Decision, Prescription, planned_step, prescribed_on
from crf.spec.dosing import Ladder


@dataclass(frozen=True)
class Quantity:
    """What is handed out for `days` days from the visit, spare days among them: so many of each strength."""

    units: tuple[int, ...]
    days: int

    @property
    def capsules(self) -> int:
        """How many in all."""
        return sum(self.units)

    def in_words(self, ladder: Ladder) -> str:
        """18 capsules; of several strengths: 9 capsules of 50 mg and 4 capsules of 100 mg."""
        if len(self.units) == 1 or not self.capsules:
            return counted(self.capsules, ladder.capsule)
        return " and ".join(
            f"{counted(number, ladder.capsule)} of {strength} {ladder.amount}"
            for number, strength in zip(self.units, ladder.strengths, strict=True)
            if number
        )


def counted(number: int, thing: str) -> str:
    """1 capsule, 2 capsules."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def dose_handed_out(ladder: Ladder, history: Sequence[Prescription], day: int, *, at: int) -> int:
    """The dose of a day for which is handed out on study day `at`: as prescribed, and where the plan has a step before
    the next dispensing that could not be decided yet (a telephone contact decides it), as planned."""
    prescribed, planned = prescribed_on(history, day), planned_step(ladder, day)
    if planned is None or not ladder.is_dose(prescribed):
        return prescribed
    is_next = ladder.rung_of(prescribed) == planned.number - 1
    return planned.mg if is_next and at + ladder.early_days < planned.first else prescribed


def quantity(ladder: Ladder, history: Sequence[Prescription], *, day: int, until: int) -> Quantity:
    """What to hand out at a visit on study day `day`, after its dosing decision. `until`: the next dispensing's day.

    Covers the days before `until` and the spare days at the last day's dose, but never more than may be at home: a
    late visit shortens them. Nothing while the drug is interrupted or stopped.
    """
    day = max(day, 1)
    needed = range(day, max(until, day + 1))
    days = min(len(needed) + ladder.spare_days, ladder.days_at_home)
    doses = [dose_handed_out(ladder, history, min(one, needed[-1]), at=day) for one in range(day, day + days)]
    units = [ladder.units_of(dose if ladder.is_dose(dose) else 0) for dose in doses]
    return Quantity(tuple(sum(column) for column in zip(*units, strict=True)), days)


def planned_quantity(ladder: Ladder, *, day: int, until: int) -> Quantity:
    """What is handed out on that study day when everything goes as planned."""
    step = planned_step(ladder, day) or ladder.steps[-1]
    climbed = [Prescription(one.first, Decision.STEP_UP, one.mg) for one in ladder.steps[: step.number]]
    return quantity(ladder, climbed, day=day, until=until)
