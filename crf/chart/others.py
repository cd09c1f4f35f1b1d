"""The other records of a subject, for checks and rules that look across forms and visits."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.db import connection

from crf import spec, trial
from crf.models import RECORDS, Alert, Record, Subject, Visit
from crf.models.prepared import Prepared


class Answer(NamedTuple):
    """One item of one record: where it stands, and the value (None where blank)."""

    visit: str | None
    number: int
    row: int
    value: Any


def in_time(found: Iterable, *, day_of: Callable, place_of: Callable, visit_of: Callable) -> list:
    """In the order in which they were made: by day, on one day by place. What bears no day stands right after the
    planned visits before it."""
    moments, so_far = [], date.min
    for one in sorted(found, key=place_of):
        day = day_of(one)
        moments.append((day or so_far, place_of(one), one))
        if day and is_planned(visit_of(one)):
            so_far = max(so_far, day)
    return [one for *_, one in sorted(moments, key=lambda moment: moment[:2])]


class Others:
    """Reads one item of all records of a form at once, when first asked for; voided records are not there.

    `besides` is the record being saved: it does not see itself. `at` is its visit, where it is not saved yet: of
    unscheduled visits, “at the visit” means the one at which the record stands.
    """

    def __init__(self, subject_id: int, *, besides: Record | None = None, at: Visit | None = None):
        self._subject_id, self._besides = subject_id, besides
        at = at or (besides.visit if besides is not None and besides.visit_id else None)
        self._at = (at.code, at.number) if at is not None else None
        self._series: dict[tuple[str, str], list[Answer]] = {}
        self._records: dict[str, list[Record]] = {}

    def once(self, key: Hashable, find: Callable):
        """What a chart keeps under the key (crf/chart/chart.py) is found anew here: records may be saved meanwhile."""
        return find()

    def series(self, code: str, item: str) -> list[Answer]:
        """The answers to an item, in the order of visits and rows. An undeclared form has none."""
        if code not in RECORDS:
            return []
        if (code, item) not in self._series:
            besides = self._besides.pk if isinstance(self._besides, RECORDS[code]) else None
            with connection.cursor() as cursor:
                rows = _series_of(code, item).run(cursor, self._subject_id, besides)
                read = RECORDS[code]._meta.get_field(item).to_python if _is_result(code, item) else None
                answers = (Answer(*row) for row in rows)
                if read:
                    answers = (answer._replace(value=read(answer.value)) for answer in answers)
                self._series[code, item] = sorted(answers, key=place)
        return self._series[code, item]

    def value(self, code: str, item: str, *, visit: str | None) -> Any:
        """The answer to an item at a visit (None: the first of a log form); None when there is none."""
        number = at_number(self._at, visit)
        return next(
            (one.value for one in self.series(code, item) if one.visit == visit and number in (None, one.number)), None
        )

    def answers_in_time(self, code: str, item: str) -> list[tuple[date | None, Answer]]:
        """The answers that were given to an item, each with the day of its record, in the order of those days."""
        dated = trial.form(code).dated if trial.is_declared(code) else None
        days = {one[:3]: one.value for one in self.series(code, dated)} if dated else {}
        given = [(days.get(one[:3]), one) for one in self.series(code, item) if one.value is not None]
        return in_time(
            given, day_of=lambda one: one[0], place_of=lambda one: place(one[1]), visit_of=lambda one: one[1].visit
        )

    def records_in_time(self, code: str) -> list:
        """The standing records of a form, in the order of their days."""
        dated = trial.form(code).dated if trial.is_declared(code) else None
        return in_time(
            self.records(code),
            day_of=lambda one: getattr(one, dated) if dated else None,
            place_of=lambda one: place(Answer(one.visit_code, one.visit_number, one.row_number, None)),
            visit_of=lambda one: one.visit_code,
        )

    def before(self, visit: str, code: str, item: str) -> list[Any]:
        """The answers given to an item at visits that come before this one."""
        number = trial.visit(visit).number
        return [answer.value for answer in self.series(code, item) if trial.visit(answer.visit).number < number]

    def records(self, code: str) -> list[Record]:
        """The whole standing records of a form, in the order of visits and rows."""
        if code not in RECORDS:
            return []
        if code not in self._records:
            found = self._standing(code).select_related("visit")
            self._records[code] = sorted(
                found, key=lambda record: place(Answer(record.visit_code, record.visit_number, record.row_number, None))
            )
        return self._records[code]

    def record(self, code: str, *, visit: str | None) -> Record | None:
        """The whole record of the form at the visit."""
        number = at_number(self._at, visit)
        return next(
            (
                record
                for record in self.records(code)
                if record.visit_code == visit and number in (None, record.visit_number)
            ),
            None,
        )

    @cached_property
    def zone(self):
        """The time zone of the subject's site; one statement, when first asked for."""
        return Subject.everything.select_related("site").get(pk=self._subject_id).site.zone

    @cached_property
    def open_alerts(self) -> tuple[str, ...]:
        """The kinds of the blocking alerts of the subject that nobody has acknowledged, by name."""
        found = Alert.objects.waiting().filter(subject_id=self._subject_id, is_blocking=True)
        return tuple(found.order_by("kind").values_list("kind", flat=True).distinct())

    def _standing(self, code: str):
        found = RECORDS[code].objects.standing().filter(subject_id=self._subject_id)
        if isinstance(self._besides, RECORDS[code]):
            found = found.exclude(pk=self._besides.pk)
        return found


@cache
def _is_result(code: str, item: str) -> bool:
    """Whether the column holds text for a result that may lie below or above a limit."""
    declared = trial.form(code).items.get(item)
    return declared is not None and isinstance(declared.kind, spec.Result)


@cache
def _series_of(code: str, item: str) -> Prepared:
    """The statement behind `series`, made once: building it anew cost a save more than running it."""
    model = RECORDS[code]
    column = connection.ops.quote_name(model._meta.get_field(item).column)
    return Prepared(
        f"SELECT visit.code, visit.number, record.row_number, record.{column}"  # nosec B608 - names of our own columns
        f" FROM {model._meta.db_table} record LEFT JOIN crf_visit visit ON visit.id = record.visit_id"
        " WHERE record.subject_id = $1 AND record.voided_at IS NULL AND record.id IS DISTINCT FROM $2",
        called=f"{code}.{item}",
    )


def at_number(at: tuple[str, int] | None, visit: str | None) -> int | None:
    """Which of the visits with that code is meant by who stands at one of them; None where it stands elsewhere."""
    return at[1] if at is not None and at[0] == visit else None


def is_planned(visit: str | None) -> bool:
    """Whether the schedule gives the visit a place in time."""
    return visit is not None and trial.visit(visit).is_planned


def place(answer: Answer):
    """Sorts answers by visit, its number and row."""
    return (trial.visit(answer.visit).number if answer.visit else 0, answer.number or 1, answer.row)
