"""How much should have been taken between two counts, from what was prescribed (PROTOCOL 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crf.rules.ladder import Prescription, prescribed_on
from crf.spec.dosing import Ladder


def prescribed_capsules(ladder: Ladder, history: Sequence[Prescription], *, first: int, last: int) -> int:
    """Capsules prescribed over study days `first` to `last`, both included: the days at risk."""
    doses = [prescribed_on(history, day) for day in range(max(first, 1), last + 1)]
    return sum(ladder.capsules_of(dose) for dose in doses if ladder.is_dose(dose))


def most_prescribed_capsules(ladder: Ladder, history: Sequence[Prescription], *, first: int, last: int) -> int:
    """The most capsules that were prescribed over study days `first` to `last`, both included: on a day on which the
    dose is lowered the one before may have been taken already (our assumption)."""
    doses = [
        max(prescribed_on(history, day), prescribed_on(history, day - 1)) for day in range(max(first, 1), last + 1)
    ]
    return sum(ladder.capsules_of(dose) for dose in doses if ladder.is_dose(dose))


@dataclass(frozen=True)
class TakenInAll:
    """Capsules taken between two counts, and the most that were prescribed over these days, both days included."""

    first: date
    last: date
    taken: int
    prescribed: int

    @property
    def is_overdose(self) -> bool:
        return self.taken > self.prescribed
