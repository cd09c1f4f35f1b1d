"""Days on which the ladder asked for another decision, and none took effect (PROTOCOL 5).

A step is given for at most its `most_days`; after an interruption longer than `interruption_one_lower` the drug is
stopped for good. The proposal says so on the day; who decided nothing that day departs from the protocol.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crf.rules.ladder import Decision, Prescription, in_force
from crf.spec.dosing import Ladder


@dataclass(frozen=True)
class Overstay:
    """The decision that began it (its place in the history), the study day on which the next was due, and in words
    what went on without one, without that day."""

    began: int
    due: int
    sentence: str


def overstays(ladder: Ladder, history: Sequence[Prescription], *, day: int, ended: int | None = None) -> list[Overstay]:
    """Every stay on a step and every interruption that lasted too long by study day `day`, in order.

    `ended`: the study day on which treatment ended. Nothing is asked for after that, nor after the planned treatment.
    """
    until = min(day, ladder.last_day + 1, *(() if ended is None else (ended,)))
    kept = in_force(history)
    ends = [*(min(max(entry.day, 1), until) for entry in kept[1:]), until]
    places = {id(entry): place for place, entry in enumerate(history)}
    found: list[Overstay] = []
    stay, paused = _Count(), _Count()
    for entry, end in zip(kept, ends, strict=False):  # without any decision there is an end alone
        if entry.decision == Decision.STOP:
            break
        begins, place = min(max(entry.day, 1), until), places[id(entry)]
        if entry.mg:
            count, paused, most = stay, _Count(), _most_days(ladder, entry.mg)
            said = f"{entry.mg} {ladder.amount} is given for at most {{}}; no other dose was decided on"
        else:  # on the day after the last on which to resume is admitted, to stop is still in time
            count, most = paused, ladder.interruption_one_lower + 1
            said = "The drug was interrupted for more than {}; nothing was decided"
        due = count.due(place, entry.mg, begins, end, most)
        if due is not None and most is not None:
            found.append(Overstay(count.began, due, said.format(_days(most if entry.mg else most - 1))))
    return found


def _most_days(ladder: Ladder, mg: int) -> int | None:
    return ladder.steps[ladder.rung_of(mg) - 1].most_days if ladder.is_dose(mg) else None


class _Count:
    """Days at one dose, on and on; another dose begins anew, a pause of other counts does not."""

    began: int
    _mg: int | None = None
    _spent: int
    _is_told: bool

    def due(self, place: int, mg: int, begins: int, end: int, most: int | None) -> int | None:
        """The day on which the most days were spent, where it passed before `end`; each time once."""
        if mg != self._mg:
            self.began, self._mg, self._spent, self._is_told = place, mg, 0, False
        before, self._spent = self._spent, self._spent + max(0, end - begins)
        if most is None or self._spent <= most or self._is_told:
            return None
        self._is_told = True
        return begins + most - before


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
