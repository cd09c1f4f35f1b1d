"""The casebook of a subject: visits by forms, each cell a state; and the header that stays in view.

Reads with a fixed number of statements, whatever the subject's visits and records are (DESIGN 10).
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from crf import forms, spec, study
from crf.derive import states
from crf.derive.places import address, in_address
from crf.derive.standing import Fact, Standing
from crf.derive.states import State
from crf.models import RECORDS, Alert, Query, Subject, Visit
from crf.permissions import RATER_FORMS
from crf.rules import windows
from crf.rules.windows import VisitStatus

Forms = Collection[type[spec.Form]]


# -- the header ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Header:
    """What stays in view on every page of a subject. A fact that the reader may not see is not in it."""

    subject: Subject
    stage: State
    day: int | None
    step: str | None
    next_visit: str
    next_state: State | None
    alerts: int | None

    @classmethod
    def of(
        cls, standing: Standing, readable: Forms, *, today: date | None = None, alerts: int | None = None
    ) -> "Header":
        """Two statements: the dose prescribed and the alerts not acknowledged, each only where it may be read.

        `alerts`: their number, where the caller has counted them.
        """
        subject = standing.subject
        today = today or subject.site.today()
        codes = {form.code for form in readable}
        coming, status = next_visit(standing, today)
        if alerts is None and subject_alerts_are_open_to(codes):
            alerts = Alert.objects.filter(subject=subject, form__in=codes, acknowledged_at__isnull=True).count()
        return cls(
            subject=subject,
            stage=states.stage_of(subject, has_ended=standing.has_record("EOS")),
            day=standing.day_of(today),
            step=_step(subject, today) if "DOSING" in codes and subject.is_randomised else None,
            next_visit=_when(standing, coming) if coming else "None",
            next_state=states.VISIT_STATES[status] if coming else None,
            alerts=alerts,
        )


def subject_alerts_are_open_to(codes: set[str]) -> bool:
    """Alerts tell of ratings, adverse events and doses together: who reads not all of these reads no alerts."""
    return {"AE", "DOSING"} <= codes


def _step(subject: Subject, today: date) -> str:
    """The dose prescribed today, in the words of the protocol."""
    decision = (
        RECORDS["DOSING"].objects.standing().filter(subject=subject, effective_on__lte=today)
        .order_by("-effective_on", "-pk").values_list("decision", "prescribed_mg").first()
    )  # fmt: skip
    match decision:
        case None:
            return "Not begun"
        case ("STOP", _):
            return "Stopped"
        case ("INTERRUPT", _):
            return "Interrupted, 0 mg/d"
        case (_, None):
            return "Dose not entered"
        case (_, mg):
            return f"Step {mg // study.UNIT_MG}, {mg} mg/d"


def awaited_visits(standing: Standing, today: date) -> list[tuple[Visit, VisitStatus]]:
    """The planned visits that did not begin and were not missed; none once screening failed or the study ended."""
    if standing.subject.is_screen_failure or standing.has_record("EOS"):
        return []
    return [
        (visit, standing.status_of(visit, today)) for visit in standing.visits
        if visit.definition.is_planned and visit.state == Visit.State.PLANNED and visit.occurred_on is None
    ]  # fmt: skip


def next_visit(standing: Standing, today: date) -> tuple[Visit | None, VisitStatus | None]:
    """The visit to come: the first awaited one that the next has not overtaken, else the first awaited one."""
    awaited = awaited_visits(standing, today)
    to_come = [(visit, status) for visit, status in awaited if status is not VisitStatus.TO_BE_MARKED_MISSED]
    return next(iter(to_come or awaited), (None, None))


def _when(standing: Standing, visit: Visit) -> str:
    window = windows.window_of(visit.code, day_1=standing.day_1)
    return f"{visit.label}, {window.target:%Y-%m-%d}" if window else visit.label


# -- the grid --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A form at a visit. `state` is None where the form is not planned; `href` where there is nothing to open."""

    state: State | None = None
    href: str = ""
    open_queries: int = 0
    answered_queries: int = 0
    alerts: int = 0
    is_now: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class Column:
    """A visit: when it was planned for or took place, and what may be done with it as a whole."""

    visit: Visit
    place: str
    state: State
    on: str
    is_now: bool
    may_complete: bool
    may_miss: bool


@dataclass(frozen=True)
class LogRow:
    """One row of a log form."""

    number: int
    cell: Cell


@dataclass(frozen=True)
class Log:
    """A log form with its rows; `new` is where the next row is entered, empty where none may be."""

    form: type[spec.Form]
    rows: list[LogRow]
    new: str


@dataclass
class Casebook:
    """Everything the casebook page shows."""

    standing: Standing
    columns: list[Column]
    rows: list[tuple[type[spec.Form], list[Cell]]]
    logs: list[Log]
    next_forms: list[tuple[type[spec.Form], Visit]] = field(default_factory=list)
    alerts: int | None = None

    legend = states.FORM_STATES

    @property
    def fits_a_laptop(self) -> bool:
        """Whether the planned visits alone are there: the page then scrolls as one, under the names of the visits."""
        return len(self.columns) <= sum(visit.is_planned for visit in study.VISITS)

    @property
    def next_address(self) -> str:
        """Where the next form of the visit under way is entered."""
        form, visit = self.next_forms[0]
        return address(self.standing.subject, visit, form.code)

    @classmethod
    def of(cls, standing: Standing, readable: Forms, enterable: Forms, *, today: date | None = None) -> "Casebook":
        """Two statements: queries and alerts, counted by record. Only forms that the reader enters can be begun."""
        return _Reader(standing, readable, enterable, today or standing.subject.site.today()).casebook()


class _Reader:
    """Puts the casebook together from the standing and the marks."""

    def __init__(self, standing: Standing, readable: Forms, enterable: Forms, today: date):
        self.standing, self.subject, self.today, self.enterable = standing, standing.subject, today, enterable
        self.readable = [form for form in forms.ALL if form in set(readable)]
        codes = [form.code for form in self.readable]
        self.rates_only = set(codes) <= RATER_FORMS and not study.SETTINGS.rater_sees_earlier_ratings
        self.queries = _counted(
            Query.objects.filter(subject=self.subject, form__in=codes, state__in=("open", "answered")), "state")
        self.alerts, self.sees_alerts = Counter(), subject_alerts_are_open_to(set(codes))
        if self.sees_alerts:
            self.alerts = _counted(
                Alert.objects.filter(subject=self.subject, form__in=codes, acknowledged_at__isnull=True))
        self.is_over = self.subject.is_screen_failure or standing.has_record("EOS")
        self.status = {visit.pk: standing.status_of(visit, today) for visit in standing.visits}
        self.due = {visit.pk: {form.code: required for form, required in standing.due_at(visit)}
                    for visit in standing.visits}

    def casebook(self) -> Casebook:
        visits = self.standing.visits
        shown = [form for form in self.readable if not form.log]
        now = self._now()
        columns = [self._column(visit, now) for visit in visits]
        rows = [(form, [self._cell(form, visit, visit is now) for visit in visits]) for form in shown]
        return Casebook(
            self.standing, columns,
            [row for row in rows if any(cell.state for cell in row[1])],
            [self._log(form) for form in self.readable if form.log],
            [(form, now) for form in shown if now and form in self.enterable
             and self.due[now.pk].get(form.code) and not self._is_complete(form, now)],
            sum(self.alerts.values()) if self.sees_alerts else None,
        )  # fmt: skip

    def _now(self) -> Visit | None:
        """The visit being worked on: the latest that began and is not completed, else the next one that is due."""
        if self.subject.is_screen_failure:
            return None
        begun = [visit for visit in self.standing.visits
                 if visit.occurred_on and visit.state == Visit.State.PLANNED]
        if begun:
            return max(begun, key=lambda visit: visit.occurred_on)
        coming, status = next_visit(self.standing, self.today)
        return None if status in (VisitStatus.PLANNED, None) and coming and coming.code != study.SCREENING else coming

    def _is_complete(self, form, visit) -> bool:
        facts = self.standing.at(form.code, visit)
        return bool(facts) and all(fact.is_complete for fact in facts)

    def _column(self, visit: Visit, now: Visit | None) -> Column:
        status = self.status[visit.pk]
        window = windows.window_of(visit.code, day_1=self.standing.day_1)
        is_open = visit.state == Visit.State.PLANNED
        state = states.VISIT_STATES[status]
        if is_open and visit.occurred_on:
            state = states.BEGUN_OUTSIDE if status is VisitStatus.OUTSIDE else states.BEGUN
        elif self.is_over and is_open:
            state = states.NOT_DUE
        on = visit.occurred_on or (window.target if window and not self.is_over else None)
        return Column(
            visit, in_address(visit), state, f"{on:%Y-%m-%d}" if on else "", visit is now,
            may_complete=is_open and visit.occurred_on is not None and not self.standing.incomplete_at(visit),
            may_miss=is_open and visit.occurred_on is None and not self.subject.is_screen_failure
            and windows.may_be_missed(visit.code, day_1=self.standing.day_1, on=self.today),
        )  # fmt: skip

    def _cell(self, form: type[spec.Form], visit: Visit, is_now: bool) -> Cell:
        facts, required = self.standing.at(form.code, visit), self.due[visit.pk].get(form.code)
        if required is None and not facts:
            return Cell(is_now=is_now)
        return self._marked(self._form_state(form, visit, required), form, visit, facts, is_now)

    def _form_state(self, form, visit, required) -> State:
        if self.standing.at(form.code, visit):
            return states.COMPLETE if self._is_complete(form, visit) else states.INCOMPLETE
        if visit.state == Visit.State.MISSED:
            return states.MISSED
        if self.is_over:
            return states.NOT_DUE
        if not required:
            return states.OPTIONAL
        if visit.occurred_on:
            return states.DUE if visit.state == Visit.State.PLANNED else states.INCOMPLETE
        status = self.status[visit.pk]
        if status in (VisitStatus.OVERDUE, VisitStatus.TO_BE_MARKED_MISSED):
            return states.OVERDUE
        is_screening = visit.code == study.SCREENING
        return states.PLANNED if status is VisitStatus.PLANNED and not is_screening else states.DUE

    def _marked(self, state: State, form, visit: Visit | None, facts: list[Fact], is_now: bool = False) -> Cell:
        keys = [(form.code, fact.record) for fact in facts]
        is_closed = state in (states.MISSED, states.NOT_DUE) or form not in self.enterable
        asked = sum(self.queries[(*key, query)] for key in keys for query in (Query.State.OPEN, Query.State.ANSWERED))
        is_earlier = self.rates_only and state is states.COMPLETE and not is_now and not asked
        return Cell(
            state,
            "" if is_earlier or (is_closed and not facts)
            else address(self.subject, visit, form.code, facts[0].row if facts else 1),
            sum(self.queries[(*key, Query.State.OPEN)] for key in keys),
            sum(self.queries[(*key, Query.State.ANSWERED)] for key in keys),
            sum(self.alerts[key] for key in keys), is_now,
            # Not for a rater: what is looked at afterwards is no matter of how to rate.
            self.sees_alerts and any(fact.is_late(self.subject.site.zone) for fact in facts),
        )  # fmt: skip

    def _log(self, form: type[spec.Form]) -> Log:
        facts = self.standing.at(form.code, None)
        rows = []
        for fact in facts:
            state = states.COMPLETE if fact.is_complete else states.INCOMPLETE
            rows.append(LogRow(fact.row, self._marked(state, form, None, [fact])))
        following = max((fact.row for fact in facts), default=0) + 1
        may_add = form in self.enterable and (form.repeating or not facts)
        return Log(form, rows, address(self.subject, None, form.code, following) if may_add else "")


def _counted(found, *more: str) -> Counter:
    """How many by (form code, record, ...)."""
    counted = found.order_by().values_list("form", "record", *more).annotate(many=Count("pk"))
    return Counter({tuple(key): many for *key, many in counted})
