"""Which forms are open at the visits of many subjects under treatment, without a standing of each.

Of ten visits nine are whole. PostgreSQL says so with two rows of bits a visit, a place for each form of the schedule:
which are stored, and which of these are incomplete. What is due is the rule of the schedule, as for a `Standing`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

from django.db import connection

from crf import spec, trial
from crf.chart.standing import TELLS_OF_PREGNANCY, circumstances
from crf.models import RECORDS, Subject, Visit
from crf.models.prepared import Prepared, as_array
from crf.rules import conditions, windows

#: The place of each form of the schedule in the rows of bits.
_BIT = {code: 1 << place for place, code in enumerate(dict.fromkeys(cell.form for cell in trial.SCHEDULE))}


class Outlined(NamedTuple):
    """A visit with the bits of the forms that are stored there, and of those of them that are incomplete."""

    pk: int
    code: str
    number: int
    state: str
    occurred_on: date | None
    stored: int
    begun: int

    @property
    def label(self) -> str:
        """As the visit's own."""
        return self.visit.label

    @property
    def visit(self) -> Visit:
        """As much of the visit as names it."""
        return Visit(pk=self.pk, code=self.code, number=self.number)

    def has(self, code: str) -> bool:
        """Whether a record of the form stands at the visit."""
        return bool(self.stored & _BIT[code])

    @property
    def is_awaited(self) -> bool:
        """Whether it is planned, and neither began nor was missed."""
        is_to_come = self.state == Visit.State.PLANNED and self.occurred_on is None
        return is_to_come and trial.visit(self.code).is_planned


class _Plan(NamedTuple):
    """The cells of a visit with these forms, and their bits: of all, of those always due and of those due at times."""

    cells: tuple
    every: int
    always: int
    at_times: int


@cache
def _plan(visit_code: str, codes: frozenset[str]) -> _Plan:
    cells = tuple(cell for cell in trial.planned_at(visit_code) if cell.form in codes)
    required = [cell for cell in cells if cell.required]
    return _Plan(
        cells,
        sum(_BIT[cell.form] for cell in cells),
        sum(_BIT[cell.form] for cell in required if cell.when is None),
        sum(_BIT[cell.form] for cell in required if cell.when is not None),
    )


@dataclass
class Outline:
    """A subject that had its first dose, which is its day 1, with an outline of each visit."""

    subject: Subject
    today: date
    visits: list[Outlined]
    may_become_pregnant: bool

    @classmethod
    def of_all(cls, subjects: Iterable[Subject], forms: frozenset[str]) -> list["Outline"]:
        """The outlines of many, in the order given; two statements. They come with their site, and had their first
        dose. `forms`: the codes of those that are asked about at all."""
        subjects = list(subjects)
        if not subjects:
            return []
        ids = [subject.pk for subject in subjects]
        visits = defaultdict(list)
        with connection.cursor() as cursor:
            for subject, *row, stored, begun in _statement(forms).run(cursor, as_array(ids)):
                visits[subject].append(Outlined(*row, int(stored or "0", 2), int(begun or "0", 2)))
            told = TELLS_OF_PREGNANCY.run(cursor, as_array(ids)) if TELLS_OF_PREGNANCY else []
        pregnant = {subject for (subject,) in told}
        today = {subject.site_id: subject.site.today() for subject in subjects}
        return [cls(one, today[one.site_id], visits[one.pk], one.pk in pregnant) for one in subjects]

    def status_of(self, visit: Outlined) -> windows.VisitStatus:
        """As `Standing.status_of`, today."""
        return windows.visit_status(
            visit.code,
            day_1=self.subject.first_dose_on,
            today=self.today,
            done_on=visit.occurred_on,
            missed=visit.state == Visit.State.MISSED,
        )

    def window_of(self, visit: Outlined) -> windows.Window | None:
        """As `Standing.window_of`."""
        return windows.window_of(visit.code, day_1=self.subject.first_dose_on)

    def is_due_at(self, visit: Outlined, codes: frozenset[str]) -> bool:
        """Whether any of these forms is due at the visit, required or not."""
        return any(
            cell.when is None or visit.has(cell.form) or self._holds(cell.when, visit)
            for cell in _plan(visit.code, codes).cells
        )

    def incomplete_at(self, visit: Outlined, codes: frozenset[str]) -> list[type[spec.Form]]:
        """Those of `Standing.incomplete_at` that are among these."""
        plan, lacking = _plan(visit.code, codes), ~visit.stored
        if not (visit.begun & plan.every or lacking & plan.always or lacking & plan.at_times):
            return []
        return [trial.form(cell.form) for cell in plan.cells if self._is_incomplete(cell, visit)]

    def _is_incomplete(self, cell, visit: Outlined) -> bool:
        if visit.has(cell.form):
            return bool(visit.begun & _BIT[cell.form])
        return cell.required and (cell.when is None or self._holds(cell.when, visit))

    def _holds(self, condition: str, visit: Outlined) -> bool:
        others = [day for pk, day in self._days if pk != visit.pk]
        on = visit.occurred_on or self.today
        told = circumstances(self.subject, on, others, may_become_pregnant=self.may_become_pregnant)
        return conditions.holds(condition, told)

    @cached_property
    def _days(self) -> list[tuple[int, date]]:
        return [(visit.pk, visit.occurred_on) for visit in self.visits if visit.occurred_on]


@cache
def _statement(codes: frozenset[str]) -> Prepared:
    """The visits of subjects with the bits of these forms."""

    def bits(code: str) -> str:
        return f"{_BIT[code]:0{len(_BIT)}b}"

    none = "0" * len(_BIT)
    parts = [
        f"SELECT visit_id, B'{bits(code)}' AS stored, CASE WHEN completed_at IS NULL THEN B'{bits(code)}'"  # nosec B608 - our own names
        f" ELSE B'{none}' END AS begun FROM {RECORDS[code]._meta.db_table}"
        " WHERE subject_id = ANY($1::bigint[]) AND voided_at IS NULL"
        for code in _BIT
        if code in codes
    ]
    sheets = (
        f"(SELECT visit_id, bit_or(stored) AS stored, bit_or(begun) AS begun FROM ({' UNION ALL '.join(parts)})"  # nosec B608
        " AS record GROUP BY visit_id)"
        if parts
        else "(SELECT NULL::bigint AS visit_id, NULL AS stored, NULL AS begun)"
    )
    return Prepared(
        "SELECT visit.subject_id, visit.id, code, number, state, occurred_on, stored, begun FROM crf_visit AS visit"  # nosec B608
        f" LEFT JOIN {sheets} AS sheet ON sheet.visit_id = visit.id"
        " WHERE visit.subject_id = ANY($1::bigint[]) AND undone_at IS NULL ORDER BY visit.number",
        called="outlines",
    )
