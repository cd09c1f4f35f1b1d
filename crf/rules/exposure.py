"""How much should have been taken between two counts, from what was prescribed (PROTOCOL 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from crf.rules.ladder import Prescription, prescribed_from_to
from crf.spec.dosing import Ladder


def prescribed_capsules(ladder: Ladder, history: Sequence[Prescription], *, first: int, last: int) -> int:
    """Capsules prescribed over study days `first` to `last`, both included: the days at risk."""
    doses = prescribed_from_to(history, max(first, 1), last)
    return sum(ladder.capsules_of(dose) for dose in doses if ladder.is_dose(dose))


def most_prescribed_capsules(ladder: Ladder, history: Sequence[Prescription], *, first: int, last: int) -> int:
    """The most capsules that were prescribed over study days `first` to `last`, both included: on a day on which the
    dose is lowered the one before may have been taken already (our assumption)."""
    doses = [max(pair) for pair in pairwise(prescribed_from_to(history, max(first, 1) - 1, last))]
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
