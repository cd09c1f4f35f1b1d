"""Where a subject stands: which visits and records there are, which are due, and what stands in the way.

Read with two queries for one subject or for a thousand: visits, and one UNION over the tables of all forms. Nothing
here is stored.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from operator import attrgetter
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from crf import spec, trial
from crf.chart.chart import VISITS, Chart
from crf.chart.consequences import against_eligibility
from crf.models import RECORDS, Subject, Visit
from crf.models.lookup import Lookup
from crf.models.prepared import Prepared, as_array
from crf.rules import conditions, windows
from crf.rules.gates import gates_against
from crf.rules.rating import is_entered_late
from crf.rules.study_day import day_one, study_day
from crf.spec import Purpose


def _tells() -> dict[str, str]:
    """Per form, the one extra column that the UNION below fetches along: what it says about the subject as a whole."""
    found = {}
    if (form := trial.serving(Purpose.DEMOGRAPHY)) and "may_become_pregnant" in form.items:
        found[form.code] = "may_become_pregnant"
    return found


_TELLS = _tells()
#: Who of subjects may become pregnant, where a form of the trial tells it.
TELLS_OF_PREGNANCY = next(
    (
        Prepared(
            f"SELECT subject_id FROM {RECORDS[code]._meta.db_table}"  # nosec B608 - our own names
            f" WHERE subject_id = ANY($1::bigint[]) AND voided_at IS NULL AND {column} = 'Y'",
            called="outlines",
        )
        for code, column in _TELLS.items()
    ),
    None,
)


_row = attrgetter("row")


class Stored(NamedTuple):
    """One standing record: which form, visit and row, its id and version, and whether it is complete.

    A tuple, because a work list reads tens of thousands of them.
    """

    form: str
    record: int
    subject: int
    visit: int | None
    row: int
    version: int
    is_complete: bool
    told: str | None = None
    rated_on: date | None = None
    entered_at: datetime | None = None

    @property
    def sheet(self) -> tuple:
        """What counts as one form: at a visit all its rows together (one blood sample), of a log each row."""
        return (self.form, self.subject, self.visit, self.row if self.visit is None else None)

    def is_late(self, zone) -> bool:
        """Whether this is a rating that was entered after its day."""
        return self.entered_at is not None and is_entered_late(self.rated_on, self.entered_at, zone)


@dataclass
class Standing:
    """A subject with its visits and the facts about its records."""

    subject: Subject
    visits: list[Visit] = field(default_factory=list)
    facts: list[Stored] = field(default_factory=list)

    @classmethod
    def of(cls, subject: Subject) -> "Standing":
        """The standing of one subject."""
        return cls.of_all([subject], with_days=True)[0]

    @classmethod
    def of_all(
        cls,
        subjects: Iterable[Subject],
        *,
        reading: Collection[str] | None = None,
        with_days: bool = False,
        to_come: bool = False,
    ) -> list["Standing"]:
        """The standings of many, in the order given. The subjects come with their site (`select_related`).

        reading: the codes of the forms whose records are looked for, for lists that need no others; by default all.
        Of visits such a list reads no more than their state and date. with_days: whether ratings are to say when they
        were made and entered (`Stored.is_late`). to_come: for lists that ask for the visit to come and the study day
        alone, which need no visit that was settled but the baseline.
        """
        subjects = list(subjects)
        ids = [subject.pk for subject in subjects]
        visits, facts = defaultdict(list), defaultdict(list)
        for visit in _TO_COME.of(ids) if to_come else _visits_of(ids, brief=reading is not None):
            visits[visit.subject_id].append(visit)
        for fact in _facts(ids, RECORDS if reading is None else reading, with_days):
            facts[fact.subject].append(fact)
        standings = []
        for subject in subjects:
            ordered = sorted(visits[subject.pk], key=lambda visit: (visit.definition.number, visit.number))
            standings.append(cls(subject, ordered, facts[subject.pk]))
        return standings

    # -- looking things up

    @cached_property
    def _by_place(self) -> dict[tuple[str, int | None], list[Stored]]:
        places = defaultdict(list)
        for fact in sorted(self.facts, key=_row):
            places[fact.form, fact.visit].append(fact)
        return places

    def at(self, form_code: str, visit: Visit | None) -> list[Stored]:
        """The standing records of the form at the visit (None: a log form), by row."""
        return self._by_place.get((form_code, visit.id if visit else None), [])

    def visit(self, code: str, number: int = 1) -> Visit | None:
        """The subject's visit with this code."""
        return next((visit for visit in self.visits if visit.code == code and visit.number == number), None)

    def serving(self, purpose: Purpose) -> bool:
        """Whether a record of the form that serves the purpose stands."""
        return self.has_record(trial.code_serving(purpose))

    def has_record(self, form_code: str | None, visit_code: str | None = None) -> bool:
        """Whether a record of the form stands (at the visit, or at all)."""
        if visit_code is None:
            return any(fact.form == form_code for fact in self.facts)
        visit = self.visit(visit_code)
        return visit is not None and bool(self.at(form_code, visit))

    def told(self, purpose: Purpose) -> str | None:
        """The extra column of the form's first record, such as the day treatment ended (`_TELLS`); None without one."""
        form_code = trial.code_serving(purpose)
        return next((fact.told for fact in self.facts if fact.form == form_code and fact.told), None)

    @cached_property
    def may_become_pregnant(self) -> bool:
        return self.told(Purpose.DEMOGRAPHY) == "Y"

    def circumstances_at(self, visit: Visit) -> conditions.Circumstances:
        """What the schedule's conditions look at, at this visit."""
        others = [other.occurred_on for other in self.visits if other.occurred_on and other is not visit]
        on = visit.occurred_on or self.subject.site.today()
        return circumstances(self.subject, on, others, may_become_pregnant=self.may_become_pregnant)

    # -- days

    @cached_property
    def day_1(self) -> date | None:
        """The date that counts as study day 1 (PROTOCOL 2)."""
        baseline = self.visit(trial.BASELINE)
        return _day_1(self.subject, baseline.occurred_on if baseline else None)

    def day_of(self, on: date | None) -> int | None:
        """The study day of a date; None while nothing counts as day 1."""
        return study_day(on, day_1=self.day_1) if on and self.day_1 else None

    def status_of(self, visit: Visit, today: date) -> windows.VisitStatus:
        """Where the visit stands today: planned, due, in window, overdue, done, missed."""
        return windows.visit_status(
            visit.code,
            day_1=self._day_1_for(visit),
            today=today,
            done_on=visit.occurred_on,
            missed=visit.state == Visit.State.MISSED,
        )

    def window_of(self, visit: Visit) -> windows.Window | None:
        """The window of the visit; None while it has none, as after baseline for who is not randomised (F-310)."""
        return windows.window_of(visit.code, day_1=self._day_1_for(visit))

    def may_be_missed(self, visit: Visit, on: date) -> bool:
        """Whether the visit may be called missed on that day."""
        return windows.may_be_missed(visit.code, day_1=self._day_1_for(visit), on=on)

    def _day_1_for(self, visit: Visit) -> date | None:
        """Who is not randomised is awaited at no visit after baseline."""
        is_awaited = self.subject.is_randomised or visit.code in trial.BEFORE_RANDOMISATION
        return self.day_1 if is_awaited else None

    # -- what is due

    def due_at(self, visit: Visit) -> list[tuple[type[spec.Form], bool]]:
        """The forms of the visit in prompted order, each with whether it is required."""
        cells, records, at = trial.planned_at(visit.code), self._by_place, visit.pk
        circumstances = self.circumstances_at(visit) if any(cell.when for cell in cells) else None
        return [
            (trial.form(cell.form), cell.required)
            for cell in cells
            if cell.when is None or (cell.form, at) in records or conditions.holds(cell.when, circumstances)
        ]

    def incomplete_at(self, visit: Visit) -> list[type[spec.Form]]:
        """Required forms of the visit that are absent or incomplete, and begun ones that are incomplete."""
        found = []
        for form, is_required in self.due_at(visit):
            facts = self.at(form.code, visit)
            if (not facts and is_required) or any(not fact.is_complete for fact in facts):
                found.append(form)
        return found

    def incomplete(self) -> list[tuple[type[spec.Form], Visit | None]]:
        """What is incomplete at visits that took place, and in the log forms."""
        logs = [form for form in trial.log_forms() if any(not fact.is_complete for fact in self.at(form.code, None))]
        return [
            *((form, visit) for visit in self.visits if visit.occurred_on for form in self.incomplete_at(visit)),
            *((form, None) for form in logs),
        ]

    # -- what stands in the way

    def reasons_against_attesting(self, chart: Chart | None = None) -> list[str]:
        """Sentences that say why the investigator cannot attest eligibility yet; empty when nothing is in the way."""
        reasons, form = [], trial.serving(Purpose.ELIGIBILITY)
        if form is None:
            return reasons
        chart = chart or Chart.of(self.subject)
        for code in trial.visits_of(form.code):
            visit = self.visit(code)
            if visit is None or code not in trial.BEFORE_RANDOMISATION:
                continue
            records = self.at(form.code, visit)
            if not records or not all(fact.is_complete for fact in records):
                reasons.append(f"{form.title} at {visit.label.lower()} is not completely answered.")
                continue
            reasons += [f"{visit.label}: {reason.sentence}" for reason in against_eligibility(chart, code)]
        return list(dict.fromkeys([*reasons, *gates_against(chart)]))

    def reasons_against_randomising(self) -> list[str]:
        """Sentences that say what is missing before randomisation (RND-01): consent, forms, sample, attestation."""
        if self.subject.is_screen_failure:
            return [f"{self.subject} is a screen failure."]
        chart = Chart.of(self.subject)
        reasons = [] if chart.consent_on else ["There is no signed consent."]
        for code in trial.BEFORE_RANDOMISATION:
            visit = self.visit(code)
            before = [form for form in self.incomplete_at(visit) if not form.after_randomisation]
            reasons += [f"The form “{form.title}” at {visit.label.lower()} is not complete." for form in before]
        reasons += gates_against(chart)
        reasons += trial.RULES.before_randomising(chart)
        if self.subject.attested_at is None:
            reasons.append("The investigator has not attested eligibility.")
        else:
            reasons += self.reasons_against_attesting(chart)
        return list(dict.fromkeys(reasons))


def circumstances(
    subject: Subject, on: date, others: Iterable[date], *, may_become_pregnant: bool
) -> conditions.Circumstances:
    """What the schedule's conditions look at, at a visit on that day; `others`: the days of the subject's others."""
    return conditions.Circumstances(
        may_become_pregnant=may_become_pregnant,
        was_randomised=subject.is_randomised,
        has_first_dose=subject.first_dose_on is not None,
        treatment_ended_on=subject.treatment_ended_on,
        visit_on=on,
        visit_before_on=max((day for day in others if day < on), default=None),
    )


def day_1_of(subject: Subject) -> date | None:
    """`Standing.day_1` for who needs nothing else of the standing: one narrow statement at most."""
    baseline_on = None
    if subject.first_dose_on is None:
        baseline = Visit.objects.filter(subject=subject, code=trial.BASELINE)
        baseline_on = baseline.values_list("occurred_on", flat=True).first()
    return _day_1(subject, baseline_on)


def _day_1(subject: Subject, baseline_on: date | None) -> date | None:
    found = day_one(first_dose=subject.first_dose_on, baseline=baseline_on, randomised=subject.randomised_on)
    return found.on if found else None


_OF_A_LIST = ("subject_id", "site_id", "code", "number", "state", "occurred_on")
_BRIEF = Lookup(lambda subjects: Visit.objects.filter(subject_id__in=subjects).only(*_OF_A_LIST))
_TO_COME = Lookup(
    lambda subjects: Visit.objects.filter(
        Q(state=Visit.State.PLANNED) | Q(code=trial.BASELINE), subject_id__in=subjects
    ).only(*_OF_A_LIST)
)


def _visits_of(subject_ids: list[int], *, brief: bool) -> Iterable[Visit]:
    if len(subject_ids) == 1:
        return VISITS.of(*subject_ids)
    if brief:
        return _BRIEF.of(subject_ids)
    return Visit.objects.filter(subject_id__in=subject_ids)


def _facts(subject_ids: list[int], codes: Collection[str], with_days: bool) -> list[Stored]:
    """Every standing record of the subjects: one statement over the tables of these forms."""
    if not subject_ids or not codes:
        return []
    with connection.cursor() as cursor:
        if len(subject_ids) == 1:
            return [Stored(*row) for row in _of_one(tuple(codes), with_days).run(cursor, *subject_ids)]
        return [Stored(*row) for row in _of_many(tuple(codes), with_days).run(cursor, as_array(subject_ids))]


@cache
def _of_many(codes: tuple[str, ...], with_days: bool) -> Prepared:
    return Prepared(_union(codes, with_days, "ANY($1::bigint[])"), called="standings")


@cache
def _of_one(codes: tuple[str, ...], with_days: bool) -> Prepared:
    return Prepared(_union(codes, with_days, "$1"), called="standing")


def _union(codes: Collection[str], with_days: bool, whose: str) -> str:
    return " UNION ALL ".join(
        f"SELECT '{code}' AS form, id, subject_id, visit_id, row_number, version, completed_at IS NOT NULL,"  # nosec B608 - names of our own tables
        f" {_TELLS.get(code, 'NULL')}::text,"
        f" {'rated_on, created_at' if with_days and RECORDS[code].form.rating else 'NULL::date, NULL::timestamptz'}"
        f" FROM {RECORDS[code]._meta.db_table} WHERE subject_id = {whose} AND voided_at IS NULL"
        for code in codes
    )
