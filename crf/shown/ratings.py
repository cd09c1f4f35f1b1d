"""Ratings that a monitor looks at: those that took less than their form allows, and whatever was entered after its day.

Without any answer. No rater sees what is listed here: it would say how a rating should be made. Three statements, for
any number of subjects.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from django.db import connection

from crf import spec, trial
from crf.chart import states
from crf.chart.places import address
from crf.models import RECORDS, Subject, Visit
from crf.rules.rating import is_entered_late, is_short, minutes

KINDS = {"short": "Shorter than usual", "late": "Entered after the day of rating"}


@dataclass(frozen=True)
class Rating:
    """One rating as the list shows it; `seen` once a monitor asked about it or compared it with its source."""

    form: type[spec.Form]
    subject: Subject
    visit: Visit
    record: int
    rated_by: str
    rated_on: date
    started: time | None
    ended: time | None
    entered_at: datetime
    seen: bool

    @property
    def minutes(self) -> int | None:
        return minutes(self.started, self.ended)

    @property
    def is_short(self) -> bool:
        return is_short(self.form, self.started, self.ended)

    @property
    def is_late(self) -> bool:
        return is_entered_late(self.rated_on, self.entered_at, self.subject.site.zone)

    short_state, late_state = states.SHORT, states.LATE

    @property
    def href(self) -> str:
        return address(self.subject, self.visit, self.form.code)

    @property
    def place(self) -> str:
        return f"{self.visit.label}: {self.form.title}"


def ratings_to_look_at(sites: Iterable[int], *, kind: str = "") -> list[Rating]:
    """Short and late ratings at the sites (ids); `kind` chooses one of KINDS. The newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(kind), {"sites": list(sites)})
        rows = cursor.fetchall()
    subjects = Subject.objects.select_related("site").in_bulk({row[1] for row in rows}) if rows else {}
    visits = Visit.objects.in_bulk({row[2] for row in rows}) if rows else {}
    found = [Rating(trial.form(row[0]), subjects[row[1]], visits[row[2]], *row[3:]) for row in rows]
    # What counts is the rule; the statement only leaves out what cannot.
    chosen = {"short": lambda one: one.is_short, "late": lambda one: one.is_late}.get(
        kind, lambda one: one.is_short or one.is_late
    )
    return [one for one in found if chosen(one)]


@cache
def _statement(kind: str) -> str:
    """Reads what may be of the kind, or of any: a list of the short ones does not read every late one."""
    parts = []
    for form in trial.FORMS:
        if not form.rating or form.log or form.discloses is spec.UNBLINDS:
            continue
        if kind == "short" and form.short_under is None:
            continue
        least = form.short_under
        is_short = f"ended - started < make_interval(mins => {least:d})" if least is not None else "false"
        # A day at the site begins at most fourteen hours before that of UTC.
        is_late = "(created_at + interval '14 hours')::date > rated_on"
        looked_for = {"short": is_short, "late": is_late}.get(kind, f"({is_short} OR {is_late})")
        table = RECORDS[form.code]._meta.db_table
        parts.append(
            f"SELECT '{form.code}' AS form, subject_id, visit_id, id, rated_by, rated_on, started, ended, created_at"  # nosec B608 - our own names
            f" FROM {table} WHERE site_id = ANY(%(sites)s) AND voided_at IS NULL"
            f" AND rated_on IS NOT NULL AND {looked_for}"
        )
    return (
        f"SELECT rating.*, EXISTS (SELECT FROM crf_query query WHERE query.form = rating.form"  # nosec B608
        " AND query.record = rating.id AND query.check_code = '')"
        " OR EXISTS (SELECT FROM crf_verification verification WHERE verification.form = rating.form"
        " AND verification.record = rating.id AND verification.withdrawn_at IS NULL)"
        f" FROM ({' UNION ALL '.join(parts)}) rating ORDER BY created_at DESC, form, id"
    )
