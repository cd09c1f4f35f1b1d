"""Serious adverse events whose first report to the sponsor is owed, with the time at which their clock runs out.

One statement for any number of sites and subjects.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from crf import trial
from crf.models import RECORDS, Record, Subject
from crf.models.lookup import Lookup
from crf.rules import reporting
from crf.spec.purposes import Purpose


@dataclass(frozen=True)
class Owed:
    """The event by its row and how it is called, and when the report is due; None while it is not known since when."""

    subject: Subject
    row: int
    called: str
    due: datetime | None
    is_overdue: bool


EVENTS, REPORTS = trial.code_serving(Purpose.ADVERSE_EVENTS), trial.code_serving(Purpose.SERIOUS_REPORTS)


def owed(*, now: datetime | None = None, **where) -> list[Owed]:
    """What is owed among the adverse events chosen by `where` (site_id__in, subject), the soonest first."""
    return _soonest_first(list(_not_reported(**where)), now or timezone.now()) if EVENTS and REPORTS else []


def owed_at(sites) -> list[Owed]:
    """What is owed at these sites, the soonest first; for the work list."""
    return _soonest_first(_AT_SITES.of(sites), timezone.now()) if EVENTS and REPORTS else []


def _not_reported(**where):
    reported = (
        RECORDS[REPORTS]
        .objects.standing()
        .filter(subject=OuterRef("subject"), event=OuterRef("row_number"), sent_to="SPONSOR", sent_on__isnull=False)
    )
    events = RECORDS[EVENTS].objects.standing().filter(~Exists(reported), serious="Y", **where)
    return events.select_related("subject__site")


_AT_SITES = Lookup(lambda sites: _not_reported(site_id__in=sites))


def _soonest_first(events: list[Record], now: datetime) -> list[Owed]:
    return sorted(
        (_owed(event, now) for event in events), key=lambda one: (one.due or now, one.subject.number, one.row)
    )


def owed_for(event: Record) -> Owed | None:
    """What is owed for this adverse event; None where it is not serious or was reported."""
    return next((one for one in owed(subject=event.subject, row_number=event.row_number)), None)


def _owed(event: Record, now: datetime) -> Owed:
    values = event.values()
    due = reporting.due_at(
        aware_on=values.get("aware_on"), aware_at=values.get("aware_at"), zone=event.subject.site.zone
    )
    called = event.form.row_called(event.row_number, values)
    return Owed(event.subject, event.row_number, called, due, due is not None and due < now)
