"""How much should have been taken between two counts, from what was prescribed (PROTOCOL 5)."""

from collections.abc import Sequence

from crf.rules.ladder import Prescription, prescribed_on
from crf.spec.dosing import Ladder


def prescribed_capsules(ladder: Ladder, history: Sequence[Prescription], *, first: int, last: int) -> int:
    """Capsules prescribed over study days `first` to `last`, both included: the days at risk."""
    doses = [prescribed_on(history, day) for day in range(max(first, 1), last + 1)]
    return sum(ladder.capsules_of(dose) for dose in doses if ladder.is_dose(dose))
