"""The matrix: subjects by visits, each cell a state with its date, open queries and alerts.

Five statements for a page of subjects, whatever the trial's size: their count, the subjects, their visits, and two
counts of marks.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from crf import permissions, trial
from crf.chart import states
from crf.chart.standing import Standing
from crf.chart.states import State
from crf.models import Subject, User, Visit
from crf.shown.finding import PLANNED
from crf.shown.worklist import readable_alerts, readable_queries
from crf.spec import dates


@dataclass(frozen=True)
class Cell:
    """A subject at a planned visit. `state` is None where the subject has no such visit."""

    state: State | None
    on: str
    queries: int
    alerts: int


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


def legend() -> list[State]:
    """Every state that a cell may show."""
    return list(dict.fromkeys([*states.VISIT_STATES.values(), states.BEGUN, states.BEGUN_OUTSIDE, states.NOT_DUE]))


def rows(user: User, subjects: Iterable[Subject]) -> list[Row]:
    """The rows in the order given. The subjects come from `finding.found`: with their site and `has_ended`."""
    subjects = list(subjects)
    ids = [subject.pk for subject in subjects]
    queries = _counted(readable_queries(user).filter(subject__in=ids, state__in=("open", "answered")))
    alerts = _counted(
        readable_alerts(user).filter(subject__in=ids, acknowledged_at__isnull=True, no_longer_at__isnull=True)
    )
    told_at = user.sites_as(*permissions.DEEDS["read code breaks"])
    return [_row(standing, queries, alerts, told_at) for standing in Standing.of_all(subjects, reading=())]


def _row(standing: Standing, queries: Counter, alerts: Counter, told_at: set[int]) -> Row:
    subject, today = standing.subject, standing.subject.site.today()
    visits = {visit.code: visit for visit in standing.visits if visit.number == 1}
    cells = []
    for planned in PLANNED:
        visit = visits.get(planned.code)
        key = (subject.pk, visit.pk if visit else 0)
        on = dates.day(visit.occurred_on) if visit and visit.occurred_on else ""
        state = _state(standing, visit, today) if visit else None
        cells.append(Cell(state, on, queries.pop(key, 0), alerts.pop(key, 0)))
    left = [sum(many for (of, _), many in marks.items() if of == subject.pk) for marks in (queries, alerts)]
    unplanned = sum(not trial.visit(visit.code).is_planned for visit in standing.visits)
    broken = states.CODE_BROKEN if subject.is_broken and subject.site_id in told_at else None
    return Row(subject, states.stage_of(subject, has_ended=subject.has_ended), cells, unplanned, *left, broken)


def _state(standing: Standing, visit: Visit, today: date) -> State:
    is_over = standing.subject.is_screen_failure or standing.subject.has_ended
    return states.visit_state(visit, standing.status_of(visit, today), is_over=is_over)


def _counted(marks) -> Counter:
    """How many by (subject, visit)."""
    counted = marks.order_by().values_list("subject", "visit").annotate(many=Count("pk"))
    return Counter({(subject, visit): many for subject, visit, many in counted})
