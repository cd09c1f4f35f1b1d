"""What a subject's record implies: one pure function of its chart (DESIGN, “What follows is a function”).

Dates of visits, the facts that the subject carries, alerts, deviations and the queries of checks follow from the
standing records, the declaration and the day, whatever the order in which they were entered. `crf/actions/follow.py`
compares this with what is stored; nothing here reads or writes.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from crf import spec, trial
from crf.chart.chart import Chart, Entry
from crf.chart.consequences import (
    alert_hooks,
    departures_of,
    departures_of_decisions,
    departures_of_subject,
    departures_of_the_blind,
    departures_of_time,
    departures_of_visit,
)
from crf.chart.treatment import Ended, noted_on
from crf.models import Visit
from crf.rules.withdrawal import withdrawn_on
from crf.spec import Purpose
from crf.spec.consequences import Alert, Departure


@dataclass(frozen=True)
class Raised:
    """An alert that a record asks for. `occurrence` tells it from another of the same rule on other facts."""

    entry: Entry
    alert: Alert
    occurrence: str


@dataclass(frozen=True)
class Departed:
    """A departure; `occasion` is what it was found on: the same one is the same deviation, whatever it says."""

    occasion: str
    departure: Departure


@dataclass(frozen=True)
class Failed:
    """A soft check that a record does not pass."""

    entry: Entry
    check: spec.Check


@dataclass
class Implied:
    """Everything that follows. `visit_dates` by the key of the visit; None where no record says a date."""

    visit_dates: dict[int, date | None] = field(default_factory=dict)
    first_dose_on: date | None = None
    consent_withdrawn_on: date | None = None
    treatment_ended: Ended | None = None
    alerts: list[Raised] = field(default_factory=list)
    departures: list[Departed] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)


def implied(chart: Chart) -> Implied:
    """What follows from the chart as it stands. The dates of its visits are corrected first: the rest hangs on them."""
    found = Implied(first_dose_on=chart.first_dose_on, treatment_ended=chart.treatment_ended)
    ended = next(iter(chart.serving(Purpose.END_OF_STUDY)), None)
    found.consent_withdrawn_on = withdrawn_on(ended.values(), noted_on(chart, ended)) if ended else None
    found.visit_dates = {visit.pk: date_of_visit(chart, visit) for visit in chart.visits}
    for visit in chart.visits:
        visit.occurred_on = found.visit_dates[visit.pk]
    chart.__dict__.pop("day_1", None)
    visits = {visit.pk: visit for visit in chart.visits}
    for entry in chart.all():
        found.alerts += _raised(entry, chart)
        visit = visits.get(entry.visit_pk)
        found.departures += [
            Departed(f"{one.kind}:{entry.form.code}:{entry.pk}", one) for one in departures_of(entry, visit, chart)
        ]
        if entry.form.checks:
            failed = entry.form.failed(entry.values(), entry.visit, chart.besides(entry))
            found.failed += [Failed(entry, check) for check in failed if not check.hard]
    for visit in chart.visits:
        found.departures += [Departed(f"{one.kind}:VISIT:{visit.pk}", one) for one in departures_of_visit(visit, chart)]
    found.departures += [
        Departed(f"{one.kind}:{entry.form.code}:{entry.pk}", one) for entry, one in departures_of_decisions(chart)
    ]
    found.departures += times_departed(chart)
    found.departures += [Departed(f"{one.kind}:SUBJECT", one) for one in departures_of_subject(chart)]
    found.departures += [Departed(one.fingerprint, one) for one in departures_of_the_blind(chart)]
    return found


def times_departed(chart: Chart) -> list[Departed]:
    """What came about because days passed, without anybody's write."""
    return [Departed(f"{one.kind}:TIME:{entry.form.code}:{entry.pk}", one) for entry, one in departures_of_time(chart)]


def date_of_visit(chart: Chart, visit: Visit) -> date | None:
    """The day of most of the visit's dated records, on a tie the one prompted first.

    Without any dated record a visit that is settled keeps the date a person gave it; one that is not has none.
    """
    if visit.state == Visit.State.MISSED:
        return None
    place = _places(visit.code)
    dated = [one for one in chart.at(visit) if one.dated is not None and one.form.code in place]
    if not dated:
        return visit.occurred_on if visit.state == Visit.State.DONE else None
    counted = Counter(one.dated for one in dated)
    return min(dated, key=lambda one: (-counted[one.dated], place[one.form.code], one.row_number)).dated


@cache
def _places(visit_code: str) -> dict[str, int]:
    """The forms of the visit, and in which place each is prompted."""
    return {cell.form: number for number, cell in enumerate(trial.planned_at(visit_code))}


def _raised(entry: Entry, chart: Chart) -> list[Raised]:
    found = []
    for hook in alert_hooks(entry.form):
        reading = _Reading(entry)
        found += [Raised(entry, alert, _occurrence(alert, reading.read)) for alert in hook(reading, chart)]
    return found


def _occurrence(alert: Alert, answers: dict) -> str:
    """A name for the facts an alert was raised on: its sentence, and the answers of the record that were looked at."""
    told = "\x00".join([alert.sentence, *(f"{name}={value}" for name, value in sorted(answers.items()))])
    return hashlib.sha256(told.encode()).hexdigest()


class _Reading:
    """A record that notes which of its answers a hook reads."""

    def __init__(self, entry: Entry):
        self._entry, self.read = entry, {}

    def __getattr__(self, name):
        found = getattr(self._entry, name)
        if name in self._entry.form.items:
            self.read[name] = found
        return found

    def values(self) -> dict:
        """All answers; all of them count as read."""
        found = self._entry.values()
        self.read.update(found)
        return found
