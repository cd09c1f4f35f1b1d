"""How much was taken, and how well it fits what was prescribed (PROTOCOL 5). Three facts, never mixed."""

from collections.abc import Sequence
from datetime import date

from crf import trial
from crf.rules.ladder import Prescription, prescribed_on
from crf.rules.study_day import study_day


def prescribed_capsules(history: Sequence[Prescription], *, first: int, last: int) -> int:
    """Capsules prescribed over study days `first` to `last`, both included: the days at risk."""
    return sum(prescribed_on(history, day) for day in range(max(first, 1), last + 1)) // trial.LADDER.unit_dose


def compliance(*, dispensed: int | None, returned: int | None, lost: int | None, prescribed: int) -> float | None:
    """(dispensed - returned - lost) / prescribed capsules; 1.0 is all.

    None when a count is unknown (a lost bottle is unknown, not 0) or nothing was prescribed.
    """
    if dispensed is None or returned is None or lost is None or prescribed <= 0:
        return None
    return (dispensed - returned - lost) / prescribed


def relative_dose_intensity(taken_capsules: int | None) -> float | None:
    """Milligrams taken over the 29,000 mg planned; None when unknown."""
    return None if taken_capsules is None else taken_capsules * trial.LADDER.unit_dose / trial.LADDER.planned_mg


def cumulative_mg(history: Sequence[Prescription], *, last: int) -> int:
    """Milligrams prescribed from day 1 to study day `last`."""
    return sum(prescribed_on(history, day) for day in range(1, last + 1))


def onset_dose(onset: str, *, day_1: date, history: Sequence[Prescription], last_dose: date | None) -> int | None:
    """The daily dose in mg on the day an event began; None for a partial date.

    Before day 1 and after the last dose it is 0. Of single days only what was prescribed is known, so that stands
    for what was taken (our assumption).
    """
    if len(onset) < 10:
        return None
    on = date.fromisoformat(onset)
    if on < day_1 or (last_dose is not None and on > last_dose):
        return 0
    return prescribed_on(history, study_day(on, day_1=day_1))


def is_treatment_emergent(
    onset: str, *, first_dose: date | None, last_dose: date | None, serious: bool = False
) -> bool:
    """Did the event begin from the first dose to the last dose + 14 days (+ 30 when serious)?

    Of a partial date the worst is assumed: any day it may mean counts. Without a last dose the treatment goes on.
    """
    if first_dose is None:
        return False
    if onset < first_dose.isoformat()[: len(onset)]:
        return False
    if last_dose is None:
        return True
    days = trial.ANALYSIS.serious_emergent_days if serious else trial.ANALYSIS.treatment_emergent_days
    end = date.fromordinal(last_dose.toordinal() + days)
    return onset <= end.isoformat()[: len(onset)]
