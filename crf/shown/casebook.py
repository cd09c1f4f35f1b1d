"""The casebook of a subject: visits by forms, each cell a state and, once entered, its four facts.

Reads with a fixed number of statements, whatever the subject's visits and records are (DESIGN 10).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date

from crf import spec, trial
from crf.chart import states
from crf.chart.facts import Fact, Lock, Settled, Signed
from crf.chart.held import Held
from crf.chart.places import address, in_address
from crf.chart.prompted import asked_for
from crf.chart.rows import RowNames
from crf.chart.signed_content import signed_forms
from crf.chart.standing import Standing, Stored
from crf.chart.states import State
from crf.chart.taken_back import TakenBack, queries_and_taken_back
from crf.models import Alert, Hold, Query, Visit
from crf.models.lookup import Lookup
from crf.permissions import rated_by_raters
from crf.rules import laboratory
from crf.rules.windows import VisitStatus
from crf.shown.header import END_OF_STUDY, next_visit, subject_alerts_are_open_to
from crf.spec import dates

Forms = Collection[type[spec.Form]]


@dataclass(frozen=True)
class Cell:
    """A form at a visit. `state` is None where the form is not planned; `href` where there is nothing to open.

    `settled` are verification, signature and lock where there is a record; `is_shown` is false where the filter leaves
    the cell out.
    """

    state: State | None = None
    href: str = ""
    open_queries: int = 0
    answered_queries: int = 0
    alerts: int = 0
    is_now: bool = False
    is_late: bool = False
    settled: tuple[Fact, ...] = ()
    is_shown: bool = True
    struck: tuple[str, ...] = ()
    hold: Fact | None = None  # of a form that is frozen or locked before it was begun

    @property
    def held(self) -> list[Fact]:
        """Of verification, signature and lock what holds, or held before a change: what is not said does not hold."""
        found = [fact for fact in self.settled if fact.state not in states.NOT_SETTLED]
        return found or ([self.hold] if self.hold else [])

    @property
    def said(self) -> str:
        """The four facts in words, each with who and when."""
        settled = self.settled or (self.held if self.hold else ())
        return ". ".join([self.state.word, *(fact.said for fact in settled)])

    @property
    def not_held(self) -> str:
        """What does not hold, for who hears the page."""
        return ", ".join(fact.word.lower() for fact in self.settled if fact not in self.held)

    @property
    def says_more(self) -> bool:
        """Whether more than its state is said of it."""
        return bool(self.settled or self.hold)


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
    may_undo: bool
    to_verify: int = 0
    hold: State | None = None


@dataclass(frozen=True)
class LogRow:
    """One row of a log form: its name, the answers that are listed of it, its state and facts."""

    called: str
    listed: tuple[str, ...]
    cell: Cell


@dataclass(frozen=True)
class Log:
    """A log form with its rows; `new` is where the next row is entered, empty where none may be."""

    form: type[spec.Form]
    rows: list[LogRow]
    new: str

    @property
    def columns(self) -> list[str]:
        """What the listed answers are answers to."""
        return [self.form.items[name].label for name in self.form.listed]


@dataclass(frozen=True)
class Prompt:
    """What an alert asks for besides an action, in words."""

    alert: int
    sentence: str


@dataclass(frozen=True)
class Filter:
    """Cells of one kind, and how many there are."""

    key: str
    word: str
    count: int
    is_chosen: bool


#: What the page can be narrowed down to: key -> what it says, and which cells it shows.
FILTERS: dict[str, tuple[str, Callable[[Cell], bool]]] = {
    "incomplete": ("Not complete", lambda cell: cell.state in (states.INCOMPLETE, states.DUE, states.OVERDUE)),
    "unverified": ("Not verified", lambda cell: bool(cell.settled) and cell.settled[0].state is not states.VERIFIED),
    "changed": (
        "Changed since verified",
        lambda cell: bool(cell.settled) and cell.settled[0].state is states.VERIFIED_BEFORE,
    ),
    "unsigned": ("Not signed", lambda cell: bool(cell.settled) and cell.settled[1].state is states.NOT_SIGNED),
}


@dataclass
class Casebook:
    """Everything the casebook page shows."""

    standing: Standing
    columns: list[Column]
    rows: list[tuple[type[spec.Form], list[Cell]]]
    logs: list[Log]
    next_forms: list[tuple[type[spec.Form], Visit]] = field(default_factory=list)
    alerts: int | None = None
    settled: Settled = field(default_factory=Settled)
    filters: list[Filter] = field(default_factory=list)
    logs_to_verify: int = 0
    prompts: list[Prompt] = field(default_factory=list)
    taken_back: list[TakenBack] = field(default_factory=list)

    legend = states.FORM_STATES
    legend_of_facts = states.SETTLED_STATES

    @property
    def lock(self) -> Lock | None:
        return self.settled.lock

    @property
    def hold(self) -> Held | None:
        """What holds everything about the subject, besides a lock of its casebook or of the study."""
        return self.settled.hold

    @property
    def signature(self) -> Signed | None:
        """The latest signature of the casebook, standing or revoked."""
        return next((signed for signed in reversed(self.settled.signatures) if signed.is_of_casebook), None)

    @property
    def unsigned(self) -> int:
        """How many forms that are complete nobody signed yet."""
        return len(
            {
                fact.sheet
                for fact in self.standing.facts
                if fact.form in SIGNED_FORMS
                and fact.is_complete
                and self.settled.signature(fact.form, fact.record) is None
            }
        )

    @property
    def is_filtered(self) -> bool:
        return any(one.is_chosen for one in self.filters)

    @property
    def shows_logs(self) -> bool:
        return bool(self.logs) and (not self.is_filtered or any(log.rows for log in self.logs))

    @property
    def empty_logs(self) -> list[Log]:
        """The log forms of which nothing is entered."""
        return [log for log in self.logs if not log.rows]

    @property
    def fits_a_laptop(self) -> bool:
        """Whether the planned visits alone are there: the page then scrolls as one, under the names of the visits."""
        return len(self.columns) <= sum(visit.is_planned for visit in trial.VISITS)

    @property
    def next_address(self) -> str:
        """Where the next form of the visit under way is entered."""
        form, visit = self.next_forms[0]
        return address(self.standing.subject, visit, form.code)

    @classmethod
    def of(
        cls, standing: Standing, readable: Forms, enterable: Forms, *, today: date | None = None, show: str = ""
    ) -> "Casebook":
        """Three statements: queries and what was taken back; alerts; what is verified, signed, frozen and locked.

        Only forms that the reader enters can be begun, and none that is frozen or locked. `show`: a key of FILTERS.
        """
        return _Reader(standing, readable, enterable, today or standing.subject.site.today(), show).casebook()


class _Reader:
    """Puts the casebook together from the standing and the marks."""

    def __init__(self, standing: Standing, readable: Forms, enterable: Forms, today: date, show: str):
        self.standing, self.subject, self.today = standing, standing.subject, today
        self.settled = Settled.of(self.subject.pk)
        self.enterable = set() if self.settled.is_held else enterable
        self.show, self.counts = show if show in FILTERS else "", Counter()
        self.readable = [form for form in trial.FORMS if form in set(readable)]
        codes = [form.code for form in self.readable]
        self.rates_only = all(map(rated_by_raters, self.readable)) and not trial.SETTINGS.rater_sees_earlier_ratings
        self.queries, self.taken_back = queries_and_taken_back(self.subject.pk, self.readable)
        self.alerts, self.prompts, self.sees_alerts = Counter(), [], subject_alerts_are_open_to(set(codes))
        if self.sees_alerts:
            self.alerts, self.prompts = _of_alerts(_ALERTS.of(self.subject.pk, codes))
        self.struck = defaultdict(list)
        for one in self.taken_back:
            if one.form is not None and one.visit is not None:
                self.struck[one.form.code, one.visit].append(one.how)
        self.is_over = self.subject.is_screen_failure or standing.has_record(END_OF_STUDY)
        self.status = {visit.pk: standing.status_of(visit, today) for visit in standing.visits}
        self.due = {
            visit.pk: {form.code: required for form, required in standing.due_at(visit)} for visit in standing.visits
        }

    def casebook(self) -> Casebook:
        visits = self.standing.visits
        shown = [form for form in self.readable if not form.log]
        now = self._now()
        columns = [self._column(visit, now) for visit in visits]
        rows = [(form, [self._cell(form, visit, visit is now) for visit in visits]) for form in shown]
        with_rows = {fact.form for fact in self.standing.facts if fact.visit is None}
        names = RowNames.of(self.subject.pk, [form for form in self.readable if form.log and form.code in with_rows])
        logs = [self._log(form, names) for form in self.readable if form.log]
        return Casebook(
            self.standing,
            columns,
            [row for row in rows if any(cell.state and cell.is_shown for cell in row[1])],
            logs,
            [
                (form, now)
                for form in shown
                if now
                and form in self.enterable
                and self.due[now.pk].get(form.code)
                and not self._is_complete(form, now)
                and not self.settled.hold_on(form.code, now.pk, 1)
            ],
            sum(self.alerts.values()) if self.sees_alerts else None,
            self.settled,
            [Filter(key, word, self.counts[key], key == self.show) for key, (word, _) in FILTERS.items()],
            self._unverified_at(None),
            self.prompts,
            self.taken_back,
        )

    def _now(self) -> Visit | None:
        """The visit being worked on: the latest that began and is not completed, else the next one that is due."""
        if self.subject.is_screen_failure:
            return None
        begun = [visit for visit in self.standing.visits if visit.occurred_on and visit.state == Visit.State.PLANNED]
        if begun:
            return max(begun, key=lambda visit: visit.occurred_on)
        coming, status = next_visit(self.standing, self.today)
        return None if status in (VisitStatus.PLANNED, None) and coming and coming.code != trial.SCREENING else coming

    def _is_complete(self, form, visit) -> bool:
        facts = self.standing.at(form.code, visit)
        return bool(facts) and all(fact.is_complete for fact in facts)

    def _column(self, visit: Visit, now: Visit | None) -> Column:
        status = self.status[visit.pk]
        window = self.standing.window_of(visit)
        is_open = visit.state == Visit.State.PLANNED
        state = states.visit_state(visit, status, is_over=self.is_over)
        held = self._of_visit(visit)
        on = visit.occurred_on or (window.target if window and not self.is_over else None)
        return Column(
            visit,
            in_address(visit),
            state,
            dates.day(on) if on else "",
            visit is now,
            may_complete=is_open
            and not held
            and visit.occurred_on is not None
            and not self.standing.incomplete_at(visit),
            may_miss=is_open
            and not held
            and visit.occurred_on is None
            and not self.subject.is_screen_failure
            and self.standing.may_be_missed(visit, self.today),
            may_undo=not held
            and (visit.state != Visit.State.PLANNED or (not visit.definition.is_planned and visit.occurred_on is None)),
            to_verify=self._unverified_at(visit),
            hold=held,
        )

    def _of_visit(self, visit: Visit) -> State | None:
        """The freeze or lock of the visit itself, for the head of its column."""
        held = [one for one in self.settled.holds if one.level == Hold.Level.VISIT and one.visit == visit.pk]
        return states.held(any(one.is_lock for one in held), Hold.Level.FORM) if held else None

    def _unverified_at(self, visit: Visit | None) -> int:
        """How many readable forms of the visit (None: rows of log forms) are not verified as they are now."""
        return len(
            {
                fact.sheet
                for form in self.readable
                if form.log is (visit is None)
                for fact in self.standing.at(form.code, visit)
                if self.settled.verification(fact.form, fact.record, fact.version)[0] is not states.VERIFIED
            }
        )

    def _cell(self, form: type[spec.Form], visit: Visit, is_now: bool) -> Cell:
        facts, required = self.standing.at(form.code, visit), self.due[visit.pk].get(form.code)
        if required is None and not facts:
            return _NO_CELL[is_now]
        cell = self._marked(self._form_state(form, visit, required), form, visit, facts, is_now)
        struck = tuple(dict.fromkeys(self.struck.get((form.code, visit.pk), ())))
        return replace(cell, struck=struck) if struck else cell

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
        is_screening = visit.code == trial.SCREENING
        return states.PLANNED if status is VisitStatus.PLANNED and not is_screening else states.DUE

    def _marked(self, state: State, form, visit: Visit | None, facts: list[Stored], is_now: bool = False) -> Cell:
        keys = [(form.code, fact.record) for fact in facts]
        held = self._hold_on(form, visit, facts[0].row if facts else 1)
        is_closed = state in (states.MISSED, states.NOT_DUE) or form not in self.enterable or held is not None
        asked, answered = self._queries(keys, Query.State.OPEN), self._queries(keys, Query.State.ANSWERED)
        is_earlier = self.rates_only and state is states.COMPLETE and not is_now and not (asked or answered)
        cell = Cell(
            state,
            "" if is_earlier or (is_closed and not facts) else self._address(form, visit, facts),
            asked,
            answered,
            sum(self.alerts[key] for key in keys) if self.alerts else 0,
            is_now,
            # Hidden from raters: knowing what monitors look at could change how they rate.
            self.sees_alerts and any(fact.is_late(self.subject.site.zone) for fact in facts),
            self._settled(facts),
            hold=self.settled.lock_fact(form.code, visit.pk if visit else None, 1, None, self.subject.site.zone)
            if held and not facts
            else None,
        )
        fits = [key for key, (_, is_meant) in FILTERS.items() if is_meant(cell)]
        self.counts.update(fits)
        return replace(cell, is_shown=False) if self.show and self.show not in fits else cell

    def _hold_on(self, form, visit: Visit | None, row: int) -> Held | None:
        return self.settled.hold_on(form.code, visit.pk if visit else None, row) if self.settled.holds else None

    def _queries(self, keys: list[tuple[str, int]], state: Query.State) -> int:
        return sum(self.queries[(*key, state)] for key in keys) if self.queries else 0

    def _address(self, form, visit: Visit | None, facts: list[Stored]) -> str:
        """Where the form is read or entered; a laboratory report as a whole by who enters it."""
        if form is laboratory.FORM and form in self.enterable:
            return address(self.subject, visit, form.code, 0)
        return address(self.subject, visit, form.code, facts[0].row if facts else 1)

    def _settled(self, facts: list[Stored]) -> tuple[Fact, ...]:
        """Verification, signature and lock of the records in a cell: what holds for one of several holds for none."""
        told = [
            self.settled.facts(
                fact.form, fact.record, fact.version, _NOT_ASKED, self.subject.site.zone, visit=fact.visit, row=fact.row
            )[1:]
            for fact in facts
        ]
        if len(told) < 2:
            return told[0] if told else ()
        return tuple(_together(same) for same in zip(*told, strict=True))

    def _log(self, form: type[spec.Form], names: RowNames) -> Log:
        facts = self.standing.at(form.code, None)
        rows = []
        for fact in facts:
            state = states.COMPLETE if fact.is_complete else states.INCOMPLETE
            cell = self._marked(state, form, None, [fact])
            called = names.called(form, fact.record, fact.row) if form.repeating else form.title
            rows.append(LogRow(called, names.listed(form, fact.record), cell))
        rows = [row for row in rows if row.cell.is_shown]
        following = max((fact.row for fact in facts), default=0) + 1
        held = self.settled.hold_on(form.code, None, following)
        may_add = form in self.enterable and not held and not self.show and (form.repeating or not facts)
        return Log(form, rows, address(self.subject, None, form.code, following) if may_add else "")


_NO_CELL = {is_now: Cell(is_now=is_now) for is_now in (True, False)}
_NOT_ASKED = Fact("Completeness", states.COMPLETE)
SIGNED_FORMS = frozenset(form.code for form in signed_forms())


def _together(facts: tuple[Fact, ...]) -> Fact:
    """One fact of several records: the one that is furthest from settled, without who and when where they differ."""
    order = (states.VERIFIED_BEFORE, states.NOT_VERIFIED, states.NOT_SIGNED)
    found = {fact.state: fact for fact in facts}
    state = next((state for state in order if state in found), facts[0].state)
    return found[state] if len(set(facts)) == 1 else Fact(facts[0].about, state)


_ALERTS = Lookup(
    lambda subject, forms: Alert.objects.filter(subject_id=subject, form__in=forms, no_longer_at__isnull=True).order_by(
        "raised_at"
    )
)


def _of_alerts(rows: list[Alert]) -> tuple[Counter, list[Prompt]]:
    """How many wait by (form code, record), and what they ask for besides an action."""
    waiting = Counter((one.form, one.record) for one in rows if one.acknowledged_at is None)
    prompts = [Prompt(one.pk, asked_for(one.prompts_open, one.sentence)) for one in rows if one.is_prompting]
    return waiting, prompts
