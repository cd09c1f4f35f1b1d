"""Serious adverse events whose first report to the sponsor is owed, with the time at which their clock runs out.

One statement for any number of sites and subjects.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from crf.models import RECORDS, Record, Subject
from crf.rules import reporting


@dataclass(frozen=True)
class Owed:
    """The event (its row of AE) and when the report is due; None while the time of awareness is not entered."""

    subject: Subject
    row: int
    due: datetime | None
    is_overdue: bool


def owed(*, now: datetime | None = None, **where) -> list[Owed]:
    """What is owed among the adverse events chosen by `where` (site_id__in, subject), the soonest first."""
    now = now or timezone.now()
    reported = (
        RECORDS["SAEREPORT"]
        .objects.standing()
        .filter(subject=OuterRef("subject"), event=OuterRef("row_number"), sent_to="SPONSOR", sent_on__isnull=False)
    )
    events = RECORDS["AE"].objects.standing().filter(~Exists(reported), serious="Y", **where)
    return sorted(
        (_owed(event, now) for event in events.select_related("subject__site")),
        key=lambda one: (one.due or now, one.subject.number, one.row),
    )


def owed_for(event: Record) -> Owed | None:
    """What is owed for this row of AE; None where it is not serious or was reported."""
    return next((one for one in owed(subject=event.subject, row_number=event.row_number)), None)


def _owed(event: Record, now: datetime) -> Owed:
    due = reporting.due_at(aware_on=event.aware_on, aware_at=event.aware_at, zone=event.subject.site.zone)
    return Owed(event.subject, event.row_number, due, due is not None and due < now)
