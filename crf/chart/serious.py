"""Serious adverse events whose first report to the sponsor is owed, with the time at which their clock runs out.

One statement for any number of sites and subjects.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from crf import trial
from crf.models import RECORDS, Record, Subject
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


def owed(*, now: datetime | None = None, **where) -> list[Owed]:
    """What is owed among the adverse events chosen by `where` (site_id__in, subject), the soonest first."""
    now = now or timezone.now()
    event_form, report_form = (
        trial.code_serving(purpose) for purpose in (Purpose.ADVERSE_EVENTS, Purpose.SERIOUS_REPORTS)
    )
    if event_form is None or report_form is None:
        return []
    reported = (
        RECORDS[report_form]
        .objects.standing()
        .filter(subject=OuterRef("subject"), event=OuterRef("row_number"), sent_to="SPONSOR", sent_on__isnull=False)
    )
    events = RECORDS[event_form].objects.standing().filter(~Exists(reported), serious="Y", **where)
    return sorted(
        (_owed(event, now) for event in events.select_related("subject__site")),
        key=lambda one: (one.due or now, one.subject.number, one.row),
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
