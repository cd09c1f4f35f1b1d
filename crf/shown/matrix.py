"""The matrix: subjects by visits, each cell a state with its date, open queries and alerts.

Six statements for a page of subjects, whatever the trial's size: their count, the subjects, their visits, two counts
of marks, and what is frozen or locked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from crf import permissions, trial
from crf.chart import states
from crf.chart.standing import Standing
from crf.chart.states import State
from crf.models import Hold, Subject, User, Visit
from crf.shown.finding import PLANNED
from crf.shown.open_marks import open_alerts, open_queries
from crf.spec import dates


@dataclass(frozen=True)
class Cell:
    """A subject at a planned visit. `state` is None where the subject has no such visit."""

    state: State | None
    on: str
    queries: int
    alerts: int
    held: State | None = None


@dataclass(frozen=True)
class Row:
    """A subject: its stage, a cell for each planned visit, and what stands at other visits or at none."""

    subject: Subject
    stage: State
    cells: list[Cell]
    unplanned: int
    queries: int
    alerts: int
    broken: State | None = None
    held: State | None = None


def legend() -> list[State]:
    """Every state that a cell may show."""
    others = (states.BEGUN, states.BEGUN_OUTSIDE, states.NOT_DUE, states.FROZEN, states.LOCKED)
    return list(dict.fromkeys([*states.VISIT_STATES.values(), *others]))


def rows(user: User, subjects: Iterable[Subject]) -> list[Row]:
    """The rows in the order given. The subjects come from `finding.Found`: with their site and `has_ended`."""
    subjects = list(subjects)
    ids = [subject.pk for subject in subjects]
    queries, alerts = Counter(open_queries(user, ids)), Counter(open_alerts(user, ids))
    told_at = user.sites_as(*permissions.DEEDS["read code breaks"])
    holds = Hold.objects.standing().filter(Q(subject__in=ids) | Q(subject__isnull=True))
    held = list(holds.values_list("kind", "level", "site", "subject", "visit"))
    return [_row(standing, queries, alerts, told_at, held) for standing in Standing.of_all(subjects, reading=())]


def _row(standing: Standing, queries: Counter, alerts: Counter, told_at: set[int], held: list[tuple]) -> Row:
    subject, today = standing.subject, standing.subject.site.today()
    visits = {visit.code: visit for visit in standing.visits if visit.number == 1}
    cells = []
    for planned in PLANNED:
        visit = visits.get(planned.code)
        key = (subject.pk, visit.pk if visit else 0)
        on = dates.day(visit.occurred_on) if visit and visit.occurred_on else ""
        state = _state(standing, visit, today) if visit else None
        cells.append(Cell(state, on, queries.pop(key, 0), alerts.pop(key, 0), _held_visit(visit, held)))
    left = [sum(many for (of, _), many in marks.items() if of == subject.pk) for marks in (queries, alerts)]
    unplanned = sum(not trial.visit(visit.code).is_planned for visit in standing.visits)
    broken = states.CODE_BROKEN if subject.is_broken and subject.site_id in told_at else None
    stage = states.stage_of(subject, has_ended=subject.has_ended)
    return Row(subject, stage, cells, unplanned, *left, broken, _held(subject, held))


def _held(subject: Subject, held: list[tuple]) -> State | None:
    """The lock of the casebook, or else what holds all of it."""
    if subject.is_locked:
        return states.LOCKED
    found = [
        (kind == Hold.Kind.LOCK, level)
        for kind, level, site, whose, _ in held
        if level == Hold.Level.STUDY
        or (level == Hold.Level.SITE and site == subject.site_id)
        or (level == Hold.Level.SUBJECT and whose == subject.pk)
    ]
    return states.held(*max(found)) if found else None


def _held_visit(visit: Visit | None, held: list[tuple]) -> State | None:
    kinds = {kind for kind, level, _, _, at in held if level == Hold.Level.VISIT and visit and at == visit.pk}
    return states.held(Hold.Kind.LOCK in kinds, Hold.Level.FORM) if kinds else None


def _state(standing: Standing, visit: Visit, today: date) -> State:
    is_over = standing.subject.is_screen_failure or standing.subject.has_ended
    return states.visit_state(visit, standing.status_of(visit, today), is_over=is_over)
