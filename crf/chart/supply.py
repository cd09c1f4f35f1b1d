"""What is handed out at a visit, and what should be left of it at the next: the records before the rules (PROTOCOL 5).

Three facts, never mixed: what was prescribed, what was handed out, what was taken. Here the first two are compared.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from crf import trial
from crf.chart.dose import prescriptions
from crf.chart.others import Others
from crf.chart.treatment import treatment_ended
from crf.models import Subject, Visit
from crf.rules.dispensing import Quantity, counted, planned_quantity, quantity
from crf.rules.exposure import TakenInAll, most_prescribed_capsules, prescribed_capsules
from crf.rules.ladder import prescribed_on
from crf.rules.study_day import study_day
from crf.spec.dosing import Ladder
from crf.spec.purposes import Purpose


@dataclass(frozen=True)
class ToHandOut:
    """What the page of dispensing says before anything is handed out. `ended_on`: the day on which treatment ended, if
    it has; nothing is handed out any more then."""

    kit: str
    dose: str
    quantity: Quantity
    in_words: str
    planned_in_words: str
    ended_on: date | None = None

    @property
    def is_as_planned(self) -> bool:
        return self.in_words == self.planned_in_words


@dataclass(frozen=True)
class ToCount:
    """What the page of the count says: handed out since the last count, and what of it was prescribed up to today."""

    since: date
    dispensed: int
    prescribed: int
    unit: str

    @property
    def expected_back(self) -> int | None:
        """What should be left; None where more was prescribed than was handed out."""
        return self.dispensed - self.prescribed if self.dispensed >= self.prescribed else None

    @property
    def dispensed_in_words(self) -> str:
        return counted(self.dispensed, self.unit)

    @property
    def prescribed_in_words(self) -> str:
        return counted(self.prescribed, self.unit)


def next_dispensing_day(visit_code: str) -> int:
    """The target day of the next visit that dispenses, or of the last of the treatment: how long it has to last."""
    number = trial.visit(visit_code).number
    coming = [*trial.DISPENSING_VISITS, trial.LAST_TREATMENT_VISIT]
    days = [trial.visit(code).day for code in coming if trial.visit(code).number > number]
    return days[0] if days else trial.LADDER.last_day + 1


def to_hand_out(subject: Subject, others: Others, visit: Visit, *, day_1: date | None, on: date) -> ToHandOut | None:
    """What to hand out on a date; None for a trial without a ladder, and for who is not randomised."""
    ladder = trial.LADDER
    if ladder is None or not subject.is_randomised:
        return None
    decision = others.record(trial.code_serving(Purpose.DOSING), visit=visit.code)
    if decision is not None and decision.decided_on is not None:
        on = max(on, decision.decided_on)  # what was decided at this visit counts, also on a later day of it
    day_1 = day_1 or on
    history = prescriptions(others, day_1, until=on)
    day = study_day(on, day_1=day_1)
    until = next_dispensing_day(visit.code) if visit.definition.is_planned else _next_after(day)
    wanted = quantity(ladder, history, day=day, until=until)
    planned = planned_quantity(ladder, day=max(day, 1), until=until)
    dose = _in_words(ladder, prescribed_on(history, max(day, 1))) if history else "nothing yet"
    ended = treatment_ended(others)
    ended_on = ended.on if ended and ended.on <= on else None
    return ToHandOut(subject.kit, dose, wanted, wanted.in_words(ladder), planned.in_words(ladder), ended_on)


def _in_words(ladder: Ladder, dose: int) -> str:
    """500 mg/d (2 capsules a day, in 2 doses); 0 mg/d."""
    taken = ladder.taken_as(dose)
    return f"{dose} {ladder.unit} ({taken})" if taken else f"{dose} {ladder.unit}"


def _next_after(day: int) -> int:
    """The day of the first dispensing or end of treatment after a day: for a visit that was not planned."""
    days = [trial.visit(code).day for code in (*trial.DISPENSING_VISITS, trial.LAST_TREATMENT_VISIT)]
    return next((coming for coming in days if coming > day), trial.LADDER.last_day + 1)


def to_count(others: Others, *, day_1: date | None, on: date) -> ToCount | None:
    """What was handed out since the last count and how much of it was prescribed up to the day before.

    None where nothing was handed out, or where the form of dispensing has no item `capsules`.
    """
    form, counts = trial.serving(Purpose.DISPENSING), trial.code_serving(Purpose.RETURNS)
    if trial.LADDER is None or form is None or "capsules" not in form.items or day_1 is None:
        return None
    counted_on = [one.counted_on for one in others.records(counts) if one.counted_on and one.counted_on < on]
    since = max(counted_on, default=day_1)
    bottles = [
        one
        for one in others.records(form.code)
        if one.dispensed_on and since <= one.dispensed_on < on and one.capsules is not None
    ]
    if not bottles:
        return None
    first = study_day(min(one.dispensed_on for one in bottles), day_1=day_1)
    history = prescriptions(others, day_1)
    last, ended = study_day(on, day_1=day_1) - 1, treatment_ended(others)
    if ended:
        last = min(last, study_day(ended.on, day_1=day_1) - ended.from_that_day)
    prescribed = prescribed_capsules(trial.LADDER, history, first=first, last=last)
    return ToCount(since, sum(one.capsules for one in bottles), prescribed, trial.LADDER.capsule)


def taken_in_all(record, chart: Any) -> TakenInAll | None:
    """What was taken in all between the count of the record and the one before, or the first dose; None where it is
    not known. By the subject's account, or by what was handed out and neither came back nor was lost: the greater.
    """
    ladder, counted_on = trial.LADDER, record.counted_on
    since = (chart.previous(record, "counted_on") or chart.first_dose_on) if counted_on else None
    if ladder is None or since is None or since > counted_on:
        return None
    told = [number for number in (_by_account(record), _by_count(record, chart, since)) if number is not None]
    if not told:
        return None
    last, ended = counted_on, chart.treatment_ended
    if ended and ended.is_after(last, taken=True):
        last = max(since, ended.on - timedelta(days=1) if ended.from_that_day else ended.on)
    day_1 = chart.first_dose_on or since
    prescribed = most_prescribed_capsules(
        ladder, prescriptions(chart, day_1), first=study_day(since, day_1=day_1), last=study_day(last, day_1=day_1)
    )
    return TakenInAll(since, counted_on, max(told), prescribed)


def _by_account(record) -> int | None:
    return record.taken if "taken" in record.form.items else None


def _by_count(record, chart, since: date) -> int | None:
    """Handed out since the last count and not accounted for at this one; None where either is not known."""
    form = trial.serving(Purpose.DISPENSING)
    items = record.form.items
    if form is None or "capsules" not in form.items or "returned" not in items or "lost" not in items:
        return None
    if record.returned is None or record.lost is None or getattr(record, "bottle_returned", "Y") != "Y":
        return None
    bottles = [
        one
        for one in chart.records(form.code)
        if one.dispensed_on and since <= one.dispensed_on < record.counted_on and one.capsules is not None
    ]
    return sum(one.capsules for one in bottles) - record.returned - record.lost if bottles else None
