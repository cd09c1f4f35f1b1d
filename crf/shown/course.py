"""One subject over time: totals of the scales, prescribed dose and adverse events by study day. Values, no drawing.

Four statements: the scales, the decisions and the events of the subject.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from crf import trial
from crf.chart.others import Others
from crf.chart.standing import Standing

#: The totals shown: form, name of the score, words.
TOTALS = (("HAMD", "total_21", trial.ANALYSIS.primary.label), ("BDI", "total", "BDI"))
STOP = {"STOP", "INTERRUPT"}


@dataclass(frozen=True)
class Point:
    """A total on a study day, at a visit."""

    day: int
    value: int
    visit: str


@dataclass(frozen=True)
class Dose:
    """What was prescribed from a study day on, in mg/d."""

    day: int
    mg: int


@dataclass(frozen=True)
class Event:
    """An adverse event by its row and study day of onset; the day is only known for whole dates."""

    row: int
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
        """The dose in force on the study day, mg/d; None before the first decision."""
        found = [dose.mg for dose in self.doses if dose.day <= day]
        return found[-1] if found else None


def course_of(standing: Standing, others: Others, *, today: date) -> Course:
    """The course of the subject up to `today`. Without a study day 1 there is none yet and everything is empty."""
    day_of = standing.day_of
    if standing.day_1 is None:
        return Course({words: [] for _, _, words in TOTALS}, [], [], [], None, None)
    scales = {
        words: sorted(
            (
                Point(day_of(record.rated_on), getattr(record, score), record.visit.label)
                for record in others.records(code)
                if record.rated_on and getattr(record, score) is not None
            ),
            key=lambda point: point.day,
        )
        for code, score, words in TOTALS
    }
    decided = sorted(
        (record for record in others.records("DOSING") if record.effective_on and record.decision),
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
            day_of(date.fromisoformat(record.onset)),
            record.term or "not named yet",
            record.serious == "Y",
        )
        for record in others.records("AE")
        if record.onset and len(record.onset) == len("2026-03-10")
    ]
    visits = sorted((day_of(visit.occurred_on), visit.label) for visit in standing.visits if visit.occurred_on)
    ended = others.value("EOT", "last_dose_on", visit=None)
    if ended and doses and doses[-1].mg and doses[-1].day <= day_of(ended):
        doses.append(Dose(day_of(ended + timedelta(days=1)), 0))
    days = [day for day, _ in visits] + [point.day for points in scales.values() for point in points]
    last = min(day_of(today), max([*days, day_of(ended) if ended else 0, 1]) + 7)
    return Course(scales, doses, sorted(events, key=lambda event: event.day), visits, day_of(today), last)
