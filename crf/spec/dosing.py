"""How the study drug is given: a ladder of steps, one single administration, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd

from crf.spec.kinds import DeclarationError
from crf.spec.typed import police_types


@dataclass(frozen=True)
class Step:
    """A rung of the dose ladder, planned for study days `first` to `last`.

    `after_days` is the least time on the dose before; `most_days` the most time on this one (None: no limit). Both
    count days with drug: an interruption is not among them and does not begin the count anew, another dose does.
    `needs_panel` asks for a reviewed safety panel; `units`: how many of each of the ladder's strengths a day, in their
    order (with one strength it follows from the dose); `capsules`: how many that are in all; `doses_a_day`: how many
    times a day they are divided into.
    """

    number: int
    mg: int
    first: int
    last: int
    after_days: int = 0
    needs_panel: bool = False
    capsules: int = 0
    doses_a_day: int = 1
    units: tuple[int, ...] = ()
    most_days: int | None = None

    @property
    def days(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Ladder:
    """A dose that climbs step by step, may be lowered, interrupted, resumed and stopped (PROTOCOL 5 is one).

    `unit` names the daily dose (mg/d), a whole number of it. What is handed out comes in `strengths` of the same
    unit, or in the one strength `unit_dose` (of several strengths: what all doses are multiples of). `capsule`: the
    word for what is handed out. A decision `early_days` early takes effect on the planned day. `panel_days`: the
    oldest safety panel that counts. Reescalation: one step, after so many days, so often. Interrupted up to
    `interruption_same_step` days: resume at the same step; up to `interruption_one_lower`: one lower; longer: stop.
    `interruptions`: how often at most (None: no limit). `unscheduled_changes`: whether the dose may be lowered,
    raised again, or raised after the planned days of the step. `spare_days` are handed out beyond the next visit,
    never more than for `days_at_home`. `steps_up_at_once`: how many steps one decision may climb.
    """

    steps: tuple[Step, ...]
    unit_dose: int = 0
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
    strengths: tuple[int, ...] = ()
    interruptions: int | None = None
    unscheduled_changes: bool = True

    # -- doses

    @property
    def maximum(self) -> int:
        """The highest daily dose."""
        return self.steps[-1].mg

    @cached_property
    def doses(self) -> tuple[int, ...]:
        """The daily dose of each step, from the lowest."""
        return tuple(step.mg for step in self.steps)

    @property
    def amount(self) -> str:
        """The unit of one dose: mg, where the daily dose is in mg/d."""
        return self.unit.partition("/")[0]

    def rung_of(self, mg: int) -> int:
        """How many steps lie at or below the dose: the number of its step; 0 for no drug."""
        return sum(dose <= mg for dose in self.doses)

    def is_dose(self, mg: int) -> bool:
        """Whether the dose is that of a step."""
        return mg in self.doses

    def lower(self, mg: int, steps: int = 1) -> int:
        """The dose so many steps lower, or that of the lowest step where there is none lower."""
        return self.steps[max(self.rung_of(mg) - 1 - steps, 0)].mg

    def capsules_of(self, mg: int) -> int:
        """How many are taken a day at the dose of a step; 0 for no drug. Raises DeclarationError for another dose."""
        return sum(self.units_of(mg))

    def units_of(self, mg: int) -> tuple[int, ...]:
        """How many of each strength a day at the dose of a step."""
        if mg == 0:
            return (0,) * len(self.strengths)
        if not self.is_dose(mg):
            raise DeclarationError(f"{mg} {self.unit} is not the dose of a step.")
        return self.steps[self.rung_of(mg) - 1].units

    def taken_as(self, mg: int) -> str:
        """How the dose of a step is taken: 2 capsules a day, in 2 doses; 1 capsule a day. Empty for no drug."""
        if not self.is_dose(mg):
            return ""
        capsules, doses = self.capsules_of(mg), self.steps[self.rung_of(mg) - 1].doses_a_day
        divided = f", in {doses} doses" if doses > 1 else ""
        return f"{capsules} {self.capsule}{'' if capsules == 1 else 's'} a day{divided}"

    def mg_of(self, capsules: int) -> int | None:
        """The dose in so many capsules; None where they come in several strengths and a number does not tell it."""
        return capsules * self.strengths[0] if len(self.strengths) == 1 else None

    def exceeds(self, capsules: int, mg: int) -> bool:
        """Whether so many capsules on one day are more than the dose; of several strengths their number is compared."""
        taken = self.mg_of(capsules)
        return capsules > self.capsules_of(mg) if taken is None else taken > mg

    def exceeds_maximum(self, capsules: int) -> bool:
        """Whether so many capsules are more than the highest dose, even if all are of the lowest strength."""
        return capsules * min(self.strengths) > self.maximum

    def amount_of(self, capsules: int) -> str:
        """How much so many capsules are, in words: 1250 mg; of several strengths their number."""
        taken = self.mg_of(capsules)
        return f"{capsules} {self.capsule}{'' if capsules == 1 else 's'}" if taken is None else f"{taken} {self.amount}"

    # -- days

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

    # -- a ladder that contradicts itself is refused

    def __post_init__(self):
        police_types(self, "the dose ladder")
        if not self.steps:
            raise DeclarationError("A dose ladder has at least one step.")
        object.__setattr__(self, "strengths", self.strengths or (self.unit_dose,))
        if min(self.strengths) <= 0 or len(set(self.strengths)) != len(self.strengths):
            raise DeclarationError("A dose ladder says its `unit_dose` or its `strengths`: numbers above 0, each once.")
        if self.unit_dose not in (0, gcd(*self.strengths)):
            raise DeclarationError(f"unit_dose {self.unit_dose} is not what the doses in these strengths differ by.")
        object.__setattr__(self, "unit_dose", gcd(*self.strengths))
        if self.first_day != 1:
            raise DeclarationError(f"Step 1 is planned from study day {self.first_day}; it begins on day 1.")
        for number, step in enumerate(self.steps, start=1):
            if step.number != number:
                raise DeclarationError(f"Step {step.number} of the ladder should bear the number {number}.")
            if step.last < step.first:
                raise DeclarationError(f"Step {number} ends on day {step.last}, before it begins.")
            if step.most_days is not None and step.most_days < step.days:
                raise DeclarationError(
                    f"Step {number} is planned for {step.days} days, but at most {step.most_days} are admitted on it."
                )
        for lower, upper in zip(self.steps, self.steps[1:], strict=False):
            if upper.mg <= lower.mg or upper.first != lower.last + 1:
                raise DeclarationError(f"Step {upper.number} does not follow step {lower.number} in dose and days.")
            if upper.after_days > lower.days:
                raise DeclarationError(
                    f"Step {upper.number} is planned after {lower.days} days on step {lower.number}, but wants "
                    f"{upper.after_days}."
                )
        object.__setattr__(self, "steps", tuple(self._in_units(step) for step in self.steps))
        if self.interruption_one_lower < self.interruption_same_step:
            raise DeclarationError("An interruption that lowers the dose is not shorter than one that keeps it.")
        if self.steps_up_at_once < 1:
            raise DeclarationError("One decision climbs at least one step (steps_up_at_once).")
        for name in ("early_days", "panel_days", "reescalate_after_days", "reescalations", "interruption_same_step"):
            if getattr(self, name) < 0:
                raise DeclarationError(f"{name} of the dose ladder is below 0.")
        if self.interruptions is not None and self.interruptions < 0:
            raise DeclarationError("interruptions of the dose ladder is below 0; None means no limit.")

    def _in_units(self, step: Step) -> Step:
        """The step with its numbers of capsules, which make up its dose."""
        units = step.units
        if not units and len(self.strengths) == 1:
            units = (step.mg // self.strengths[0],)
        if len(units) != len(self.strengths):
            raise DeclarationError(
                f"Step {step.number} should say how many of each strength make up {step.mg} {self.unit} (units)."
            )
        if step.mg <= 0 or min(units) < 0 or sum(n * s for n, s in zip(units, self.strengths, strict=True)) != step.mg:
            strengths = " and ".join(str(strength) for strength in self.strengths)
            raise DeclarationError(
                f"Step {step.number}, {step.mg} {self.unit}, is no multiple of {strengths}."
                if not step.units
                else f"Step {step.number}, {step.mg} {self.unit}, is not what {units} of {strengths} make."
            )
        if step.capsules not in (0, sum(units)):
            raise DeclarationError(
                f"Step {step.number} says {step.capsules} {self.capsule}s; its dose is {sum(units)}."
            )
        return replace(step, units=units, capsules=sum(units))


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
