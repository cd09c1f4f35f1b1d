"""One subject over time: totals of the scales, prescribed dose and adverse events by study day. Values, no drawing.

A statement for each scale, one for the decisions and one for the events of the subject.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crf import trial
from crf.chart.others import Others
from crf.chart.places import address
from crf.chart.standing import Standing
from crf.spec.outcomes import Outcome
from crf.spec.purposes import Purpose

#: The totals shown: the outcomes that the trial says are drawn.
TOTALS = trial.ANALYSIS.in_the_course
DOSING = trial.code_serving(Purpose.DOSING)
STOP = {"STOP", "INTERRUPT"}


@dataclass(frozen=True)
class Point:
    """A total on a study day, at a visit."""

    day: int
    value: int
    visit: str


@dataclass(frozen=True)
class Dose:
    """What was prescribed from a study day on."""

    day: int
    mg: int


@dataclass(frozen=True)
class Event:
    """An adverse event by its study day of onset, which is only known for whole dates; `href`: where it is read."""

    row: int
    called: str
    href: str
    day: int
    term: str
    serious: bool


@dataclass(frozen=True)
class Course:
    """What is drawn and tabled: `scales` by their words, in the order of TOTALS; `today` and `last` are study days."""

    scales: dict[str, list[Point]]
    doses: list[Dose]
    events: list[Event]
    visits: list[tuple[int, str]]
    today: int | None
    last: int | None

    @property
    def unit(self) -> str | None:
        """The unit of what is prescribed; None in a trial without a dose ladder."""
        return trial.LADDER.unit if trial.LADDER else None

    @property
    def is_empty(self) -> bool:
        """Nothing can be drawn: nobody was rated on a known study day, and nothing was prescribed."""
        return not any(self.scales.values()) and not self.doses

    @property
    def rows(self) -> list[tuple[str, int, list[int | None], int | None]]:
        """One row a visit that took place: label, study day, the totals in order, the dose in force on that day."""
        by_visit = [{point.visit: point.value for point in points} for points in self.scales.values()]
        return [
            (label, day, [values.get(label) for values in by_visit], self.dose_on(day)) for day, label in self.visits
        ]

    def dose_on(self, day: int) -> int | None:
        """The dose in force on the study day; None before the first decision."""
        found = [dose.mg for dose in self.doses if dose.day <= day]
        return found[-1] if found else None


def course_of(standing: Standing, others: Others, *, today: date) -> Course:
    """The course of the subject up to `today`. Without a study day 1 there is none yet and everything is empty."""
    day_of = standing.day_of
    if standing.day_1 is None:
        return Course({words: [] for words in (outcome.label for outcome in TOTALS)}, [], [], [], None, None)
    scales = {
        outcome.label: sorted(_points(outcome, others, day_of), key=lambda point: point.day) for outcome in TOTALS
    }
    decided = sorted(
        (record for record in others.records(DOSING) if record.effective_on and record.decision),
        key=lambda record: (record.effective_on, record.pk),
    )
    doses = [
        Dose(day_of(record.effective_on), 0 if record.decision in STOP else record.prescribed_mg)
        for record in decided
        if record.decision in STOP or record.prescribed_mg is not None
    ]
    events = [
        Event(
            record.row_number,
            record.form.row_called(record.row_number, record.values()),
            address(standing.subject, None, record.form.code, record.row_number),
            day_of(date.fromisoformat(record.onset)),
            record.term or "not named yet",
            record.serious == "Y",
        )
        for record in others.records(trial.code_serving(Purpose.ADVERSE_EVENTS))
        if record.onset and len(record.onset) == len("2026-03-10")
    ]
    visits = sorted((day_of(visit.occurred_on), visit.label) for visit in standing.visits if visit.occurred_on)
    ended = _last_day(standing, others)
    if ended and doses and doses[-1].mg and doses[-1].day <= day_of(ended):
        doses.append(Dose(day_of(ended + timedelta(days=1)), 0))
    days = [day for day, _ in visits] + [point.day for points in scales.values() for point in points]
    last = min(day_of(today), max([*days, day_of(ended) if ended else 0, 1]) + 7)
    return Course(scales, doses, sorted(events, key=lambda event: event.day), visits, day_of(today), last)


def _last_day(standing: Standing, others: Others) -> date | None:
    """The last day of treatment: the last dose, where the end of treatment says it and nothing ended it before."""
    last_dose = others.value(trial.code_serving(Purpose.END_OF_TREATMENT), "last_dose_on", visit=None)
    return min((day for day in (last_dose, standing.subject.treatment_ended_on) if day), default=None)


def _points(outcome: Outcome, others: Others, day_of) -> Iterator[Point]:
    """The values of the outcome on known days."""
    for record in others.records(outcome.form):
        on, value = getattr(record, record.form.dated), getattr(record, outcome.score)
        if on and value is not None and value not in outcome.not_assessed:
            yield Point(day_of(on), value, record.visit.label)
