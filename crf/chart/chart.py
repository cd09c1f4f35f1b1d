"""The chart of a subject: every standing record of a subject at once, for whatever looks across forms and visits.

Two statements for any subject: the visits, and one UNION over the tables of all forms that gives each record as JSON.
Hooks of a trial are handed a chart; they ask it and never the database. Forms that unblind are not in it.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, cached_property
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection

from crf import spec, trial
from crf.chart.others import Answer, Others, at_number, place
from crf.chart.treatment import Ended, treatment_ended
from crf.models import RECORDS, Alert, Subject, Visit
from crf.models.lookup import Lookup
from crf.models.prepared import Prepared
from crf.rules.bottles import Stocked
from crf.rules.study_day import day_one, study_day
from crf.spec import Purpose, results

Found = TypeVar("Found")


class Entry:
    """A standing record in memory: its answers as attributes, and where it belongs. Blank is None."""

    __slots__ = (
        "form",
        "pk",
        "visit",
        "visit_pk",
        "number",
        "row_number",
        "version",
        "missing",
        "is_complete",
        "changed_at",
        "created_at",
        "created_by",
        "_values",
        "_answers",
    )

    def __init__(
        self,
        form,
        pk,
        visit,
        visit_pk,
        number,
        row_number,
        version,
        missing,
        is_complete,
        changed_at,
        created_at,
        created_by,
        values,
    ):
        self.form, self.pk, self.visit, self.visit_pk, self.number = form, pk, visit, visit_pk, number
        self.row_number, self.version, self.missing, self.is_complete = row_number, version, missing, is_complete
        self.changed_at, self.created_at, self.created_by, self._values = changed_at, created_at, created_by, values
        self._answers = None

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"{self.form.code} has no item {name!r}.") from None

    @property
    def visit_code(self) -> str | None:
        return self.visit

    @property
    def visit_number(self) -> int:
        return self.number

    @property
    def dated(self) -> date | None:
        """The day of the observation; None where the form bears no date or it is blank."""
        return self._values.get(self.form.dated) if self.form.dated else None

    @property
    def called(self) -> str:
        """How a person knows this row: by what it is about."""
        return self.form.row_called(self.row_number, self._values)

    def values(self) -> dict[str, Any]:
        """The answers by item name: one dictionary for all who ask, which nobody changes."""
        if self._answers is None:
            scores = self.form.scores
            self._answers = (
                {name: value for name, value in self._values.items() if name not in scores} if scores else self._values
            )
        return self._answers


@dataclass(frozen=True)
class Broken:
    """The blind of the subject was broken or lost: how, and on which day. Never what was shown."""

    pk: int
    kind: str
    on: date


@dataclass(frozen=True)
class Knows:
    """A person (by the key of the account) who knows the arm of the subject, since which day, and when it was noted."""

    person: int
    since: date
    noted_at: datetime


class Chart:
    """A subject with its visits and standing records. Plain questions, no statement after it was read."""

    def __init__(
        self,
        subject: Subject,
        visits: Iterable[Visit],
        entries: Iterable[Entry],
        broken: Iterable[Broken] = (),
        knowing: Iterable[Knows] = (),
        stocked: Iterable[Stocked] = (),
    ):
        self.subject, self.visits = subject, list(visits)
        self.broken, self.knowing = sorted(broken, key=lambda one: one.pk), list(knowing)
        self.stocked = list(stocked)  # the bottles of the subject's kit at its site
        self._by_form: dict[str, list[Entry]] = defaultdict(list)
        self._at_visit: dict[int | None, list[Entry]] = defaultdict(list)
        self._found: dict[Hashable, Any] = {}
        self._in_time: dict[str, tuple[list[Entry], dict[int, int]]] = {}
        for entry in entries:
            self._by_form[entry.form.code].append(entry)
            self._at_visit[entry.visit_pk].append(entry)
        self._first: dict[tuple[str, str | None], Entry] = {}
        for found in self._by_form.values():
            found.sort(key=lambda one: place(Answer(one.visit, one.number, one.row_number, None)))
            for entry in found:
                self._first.setdefault((entry.form.code, entry.visit), entry)

    @classmethod
    def of(cls, subject: Subject) -> "Chart":
        """The chart of the subject as it is stored now: two statements."""
        visits = sorted(VISITS.of(subject.pk), key=lambda visit: (visit.definition.number, visit.number))
        return cls(subject, visits, *_read(subject.pk, {visit.pk: visit for visit in visits}))

    # -- looking things up; the same questions that crf/chart/others.py answers

    def once(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What was found of the whole chart under this key, looked for when first asked for."""
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def records(self, code: str | None) -> list[Entry]:
        """The standing records of a form in the order of visits and rows; none of a form that is not declared."""
        return self._by_form.get(code, []) if code else []

    def record(self, code: str | None, *, visit: str | None) -> Entry | None:
        """The record of the form at the visit (None: the first of a log form)."""
        return self._first.get((code, visit)) if code else None

    def series(self, code: str | None, item: str) -> list[Answer]:
        """The answers to an item, in the order of visits and rows."""
        return [Answer(one.visit, one.number, one.row_number, getattr(one, item)) for one in self.records(code)]

    def value(self, code: str | None, item: str, *, visit: str | None) -> Any:
        """The answer to an item at a visit (None: the first of a log form); None when there is none."""
        found = self.record(code, visit=visit)
        return getattr(found, item) if found else None

    records_in_time = Others.records_in_time

    def answers_in_time(self, code: str, item: str) -> list[tuple[date | None, Answer]]:
        """The answers that were given to an item, each with the day of its record, in the order of those days."""
        return self.once(("in time", code, item), lambda: Others.answers_in_time(self, code, item))

    def before(self, visit: str, code: str | None, item: str) -> list[Any]:
        """The answers given to an item at visits that come before this one."""
        number = trial.visit(visit).number
        return [
            getattr(one, item)
            for one in self.records(code)
            if one.visit is not None and trial.visit(one.visit).number < number
        ]

    def at(self, visit: Visit) -> list[Entry]:
        """The records of one visit, in no order."""
        return self._at_visit.get(visit.pk, [])

    def all(self) -> list[Entry]:
        """Every standing record, form by form in the order of the schedule."""
        return [entry for form in trial.FORMS for entry in self.records(form.code)]

    def serving(self, purpose: Purpose) -> list[Entry]:
        """The records of the form that serves the purpose; none where the trial has no such form."""
        return self.records(trial.code_serving(purpose))

    def told(self, purpose: Purpose, item: str) -> Any:
        """The first answer to an item of the form that serves the purpose; None where there is none."""
        return next((value for one in self.serving(purpose) if (value := getattr(one, item)) is not None), None)

    def besides(self, entry: Entry) -> "Besides":
        """The chart as the entry's own checks see it: without the entry itself."""
        return Besides(self, entry)

    # -- in time

    def baseline(self, entry, item: str) -> Any:
        """The answer at baseline, for a record of a later visit; None before."""
        if entry.visit_code in trial.BEFORE_RANDOMISATION:
            return None
        return self.value(entry.form.code, item, visit=trial.BASELINE)

    def previous(self, entry, item: str) -> Any:
        """The last answer before this record in time; a visit without a date stands where it is planned."""
        ordered, places = self._in_order(entry.form.code)
        earlier = reversed(ordered[: places[entry.pk]])
        return next((value for one in earlier if (value := getattr(one, item)) is not None), None)

    def _in_order(self, code: str) -> tuple[list[Entry], dict[int, int]]:
        """The form's records in the order in which they were made, and the place of each by key. Found once."""
        if code not in self._in_time:
            ordered = self.records_in_time(code)
            self._in_time[code] = ordered, {one.pk: number for number, one in enumerate(ordered)}
        return self._in_time[code]

    # -- days and facts about the subject as a whole

    @cached_property
    def consent_on(self) -> date | None:
        """The day of the first consent."""
        return self.told(Purpose.CONSENT, "signed_on")

    @cached_property
    def first_dose_on(self) -> date | None:
        return self.told(Purpose.FIRST_DOSE, "taken_on")

    @cached_property
    def day_1(self) -> date | None:
        """The date that counts as study day 1 (PROTOCOL 2)."""
        baseline = next((visit.occurred_on for visit in self.visits if visit.code == trial.BASELINE), None)
        found = day_one(first_dose=self.first_dose_on, baseline=baseline, randomised=self.subject.randomised_on)
        return found.on if found else None

    def day_of(self, on: date | None) -> int | None:
        """The study day of a date; None while nothing counts as day 1."""
        return study_day(on, day_1=self.day_1) if on and self.day_1 else None

    @cached_property
    def open_alerts(self) -> tuple[str, ...]:
        """The kinds of alerts that wait for a physician and block. One statement, when first asked for."""
        waiting = Alert.objects.waiting().filter(subject=self.subject, is_blocking=True)
        return tuple(waiting.order_by("kind").values_list("kind", flat=True).distinct())

    @cached_property
    def treatment_ended(self) -> Ended | None:
        """The day on which treatment ended, as the records say."""
        return treatment_ended(self)

    def is_known_to(self, person: int, *, on: date, entered_at: datetime) -> bool:
        """Whether the person knew the arm when they made an observation of that day. What was entered before they are
        known to have learnt it, on the same day, was made before."""
        return any(
            one.person == person and one.since <= on and (one.since < on or one.noted_at < entered_at)
            for one in self.knowing
        )

    @property
    def kit(self) -> str | None:
        return self.subject.kit

    @cached_property
    def sex(self) -> str | None:
        return self.told(Purpose.DEMOGRAPHY, "sex")

    @cached_property
    def birth_year(self) -> int | None:
        return self.told(Purpose.DEMOGRAPHY, "birth_year")

    def today(self) -> date:
        """The day at the site."""
        return self.subject.site.today()

    @property
    def zone(self):
        return self.subject.site.zone


class Besides:
    """A chart without one of its records: a check of a record looks at the others."""

    def __init__(self, chart: Chart, entry):
        self._chart, self._code, self._pk = chart, entry.form.code, entry.pk
        self._at = (entry.visit, entry.number) if entry.visit else None

    def __getattr__(self, name):
        return getattr(self._chart, name)

    def once(self, key, find):
        """Found anew: what holds of the chart need not hold without the entry."""
        return find()

    def records(self, code):
        found = self._chart.records(code)
        return found if code != self._code else [one for one in found if one.pk != self._pk]

    def answers_in_time(self, code, item):
        if code != self._code:
            return self._chart.answers_in_time(code, item)
        return Others.answers_in_time(self, code, item)

    def record(self, code, *, visit):
        number = at_number(self._at, visit)
        found = (one for one in self.records(code) if one.visit == visit and number in (None, one.number))
        return next(found, None)

    series, value, before = Chart.series, Chart.value, Chart.before
    records_in_time = Others.records_in_time


# -- reading


VISITS = Lookup(lambda subject: Visit.objects.filter(subject_id=subject))

#: No codes of forms: a code has no sign in it.
_BROKEN, _KNOWING, _STOCKED = "=broken", "=knowing", "=stocked"
#: Made once: `json.loads` with options makes a decoder at each call.
_decode = json.JSONDecoder(parse_float=Decimal).decode


def _read(subject_id: int, visits: dict[int, Visit]) -> tuple[list[Entry], list[Broken], list[Knows], list[Stocked]]:
    with connection.cursor() as cursor:
        rows = _statement().run(cursor, subject_id)
    found: dict[str, list] = {_BROKEN: [], _KNOWING: [], _STOCKED: []}
    for code, body in rows:
        if code in found:
            found[code].append(json.loads(body))
    return (
        [_entry(code, body, visits) for code, body in rows if code not in found],
        [Broken(one["id"], one["kind"], date.fromisoformat(one["happened_on"])) for one in found[_BROKEN]],
        [
            Knows(one["person_id"], date.fromisoformat(one["since"]), datetime.fromisoformat(one["recorded_at"]))
            for one in found[_KNOWING]
        ],
        [_stocked(one) for one in found[_STOCKED]],
    )


def _stocked(told: dict) -> Stocked:
    days = {name: told[name] and date.fromisoformat(told[name]) for name in ("expires_on", "aside_from", "released_on")}
    return Stocked(told["number"], **days)


@cache
def _statement() -> Prepared:
    """One statement over the tables of all forms that give nothing away, and of what broke the blind; made once."""
    forms = [
        f"SELECT '{form.code}', {_row_of(form)} FROM {RECORDS[form.code]._meta.db_table} record"  # nosec B608
        " WHERE subject_id = $1 AND voided_at IS NULL"
        for form in trial.FORMS
        if form.discloses is not spec.UNBLINDS
    ]
    blind = [
        f"SELECT '{_BROKEN}', to_jsonb(one)::text FROM crf_codebreak one"  # nosec B608 - a constant of ours
        " WHERE subject_id = $1 AND shown_at IS NOT NULL",
        f"SELECT '{_KNOWING}', to_jsonb(one)::text FROM crf_armknown one"  # nosec B608
        " JOIN crf_codebreak AS how ON how.id = one.code_break_id AND how.taken_back_at IS NULL"
        " WHERE one.subject_id = $1 AND one.person_id IS NOT NULL",
    ]
    return Prepared(" UNION ALL ".join([*forms, *blind, *([_KITS] if trial.KITS else [])]), called="chart")


#: What an entry has beside its answers, in the order in which it takes it.
_BESIDE_ANSWERS = ("row_number", "version", "missing", "completed_at", "changed_at", "created_at", "created_by_id")
_ARGUMENTS = 100  # the most that a function of PostgreSQL takes


def _row_of(form: type[spec.Form]) -> str:
    """The record as JSON without the names: in lists of at most as many as one function takes."""
    columns = [f'record."{name}"' for name in ("id", "visit_id", *_BESIDE_ANSWERS, *_answers_of(form))]
    parts = [", ".join(columns[first : first + _ARGUMENTS]) for first in range(0, len(columns), _ARGUMENTS)]
    return f"json_build_array({', '.join(f'json_build_array({part})' for part in parts)})::text"


@cache
def _answers_of(form: type[spec.Form]) -> tuple[str, ...]:
    return (*form.items, *form.scores)


#: The bottles of the subject's kit, by the days of its site.
_KITS = f"""SELECT '{_STOCKED}', jsonb_build_object('number', bottle.number, 'expires_on', shipment.expires_on,
    'aside_from', (aside.opened_at AT TIME ZONE site.timezone)::date, 'released_on', CASE aside.outcome
    WHEN 'released' THEN (aside.settled_at AT TIME ZONE site.timezone)::date END)::text
    FROM crf_subject subject JOIN crf_site site ON site.id = subject.site_id
    JOIN crf_bottle bottle ON bottle.kit = subject.kit AND bottle.site_id = subject.site_id
    JOIN crf_shipment shipment ON shipment.id = bottle.shipment_id
    LEFT JOIN crf_quarantine aside ON aside.id = bottle.quarantine_id
    WHERE subject.id = $1"""  # nosec B608 - a constant of ours


@cache
def _readers(code: str) -> dict[str, Any]:
    """How JSON gives the values of a form that JSON has no kind for."""
    readers: dict[str, Any] = {}
    for name, item in trial.form(code).items.items():
        match item.kind:
            case spec.Date():
                readers[name] = date.fromisoformat
            case spec.Time():
                readers[name] = time.fromisoformat
            case spec.Result():
                readers[name] = results.stored
            case spec.Decimal():
                readers[name] = lambda value, places=item.kind.places: Decimal(value).quantize(
                    Decimal(1).scaleb(-places)
                )
    return readers


def _entry(code: str, body: str, visits: dict[int, Visit]) -> Entry:
    form = trial.form(code)
    told = chain.from_iterable(_decode(body))
    pk, visit_pk, row_number, version, missing, completed_at, changed_at, created_at, created_by = islice(told, 9)
    visit = visits.get(visit_pk)
    values = dict(zip(_answers_of(form), told, strict=True))
    for name, read in _readers(code).items():
        if values[name] is not None:
            values[name] = read(values[name])
    return Entry(
        form,
        pk,
        visit.code if visit else None,
        visit_pk,
        visit.number if visit else 1,
        row_number,
        version,
        missing,
        completed_at is not None,
        datetime.fromisoformat(changed_at),
        datetime.fromisoformat(created_at),
        created_by,
        values,
    )


__all__ = ["Besides", "Chart", "Entry"]
