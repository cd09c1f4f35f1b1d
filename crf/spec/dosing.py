"""How the study drug is given: a ladder of steps, one single administration, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from crf.spec.kinds import DeclarationError


@dataclass(frozen=True)
class Step:
    """A rung of the dose ladder, planned for study days `first` to `last`.

    `after_days` is the least time on the step before; `needs_panel` asks for a reviewed safety panel; `units`: capsules
    (or whatever is handed out) a day; `doses_a_day`: how many times a day they are divided into.
    """

    number: int
    mg: int
    first: int
    last: int
    after_days: int = 0
    needs_panel: bool = False
    capsules: int = 0
    doses_a_day: int = 1

    @property
    def days(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Ladder:
    """A dose that climbs step by step, may be lowered, interrupted, resumed and stopped (PROTOCOL 5 is one).

    `unit` names the dose (mg/d); every dose is a multiple of `unit_dose`. `capsule`: the word for what is handed out.
    A decision `early_days` early takes effect on the planned day. `panel_days`: the oldest safety panel that counts.
    Reescalation: one step, after so many days, so often. Interrupted up to `interruption_same_step` days: resume at
    the same step; up to `interruption_one_lower`: one lower; longer: stop. `spare_days` are handed out beyond the next
    visit, never more than for `days_at_home`.
    """

    steps: tuple[Step, ...]
    unit_dose: int
    unit: str = "mg/d"
    capsule: str = "capsule"
    early_days: int = 0
    panel_days: int = 7
    reescalate_after_days: int = 7
    reescalations: int = 1
    interruption_same_step: int = 3
    interruption_one_lower: int = 7
    spare_days: int = 2
    days_at_home: int = 9
    steps_up_at_once: int = 1

    @property
    def maximum(self) -> int:
        """The highest daily dose."""
        return max(step.mg for step in self.steps)

    @property
    def first_day(self) -> int:
        return self.steps[0].first

    @property
    def last_day(self) -> int:
        """The last planned day of treatment."""
        return self.steps[-1].last

    def step(self, number: int) -> Step:
        """The rung of that number, from 1. Raises DeclarationError for one that is not there."""
        if not 1 <= number <= len(self.steps):
            raise DeclarationError(f"There is no step {number}; there are 1 to {len(self.steps)}.")
        return self.steps[number - 1]

    @property
    def planned_capsules(self) -> int:
        return sum(step.capsules * step.days for step in self.steps)

    @property
    def planned_mg(self) -> int:
        return sum(step.mg * step.days for step in self.steps)

    def __post_init__(self):
        if not self.steps:
            raise DeclarationError("A dose ladder has at least one step.")
        for number, step in enumerate(self.steps, start=1):
            if step.number != number:
                raise DeclarationError(f"Step {step.number} of the ladder should bear the number {number}.")
            if step.mg <= 0 or step.mg % self.unit_dose:
                raise DeclarationError(f"Step {number}, {step.mg} {self.unit}, is no multiple of {self.unit_dose}.")
        for lower, upper in zip(self.steps, self.steps[1:], strict=False):
            if upper.mg <= lower.mg or upper.first != lower.last + 1:
                raise DeclarationError(f"Step {upper.number} does not follow step {lower.number} in dose and days.")
        if self.interruption_one_lower < self.interruption_same_step:
            raise DeclarationError("An interruption that lowers the dose is not shorter than one that keeps it.")


@dataclass(frozen=True)
class SingleAdministration:
    """One administration, recorded by the form for the first dose. `on_day`: its planned study day."""

    label: str
    on_day: int = 1

    @property
    def first_day(self) -> int:
        return self.on_day

    @property
    def last_day(self) -> int:
        return self.on_day


#: What a trial may declare; None: nothing is given by the trial.
Dosing = Ladder | SingleAdministration | None


def police_dosing(dosing: Dosing, dispensing_visits: Sequence[str]) -> None:
    """Refuse dispensing without a ladder. Raises DeclarationError."""
    if dispensing_visits and not isinstance(dosing, Ladder):
        raise DeclarationError("Visits hand out the drug, but no dose ladder is declared.")
