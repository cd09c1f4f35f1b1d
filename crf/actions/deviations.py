"""Open a deviation that the system has found. The departure itself is decided by `crf.rules.deviations`."""

from django.utils import timezone

from crf.models import RECORDS, Record, Subject, User
from crf.rules.deviations import Departure


def opened(departure: Departure | None, *, subject: Subject, by: User) -> Record | None:
    """The row of DEVIATION that records the departure, within the caller's deed; None where there is nothing new.

    A departure is recorded once: its fingerprint says whether the system opened it before. People add what was done.
    """
    if departure is None:
        return None
    model = RECORDS["DEVIATION"]
    earlier = model.objects.filter(subject_id=subject.pk)
    if earlier.filter(fingerprint=departure.fingerprint).exists():
        return None
    last = earlier.order_by("-row_number").values_list("row_number", flat=True).first() or 0
    now = timezone.now()
    return model.objects.create(
        subject_id=subject.pk,
        site_id=subject.site_id,
        row_number=last + 1,
        created_at=now,
        created_by=by,
        changed_at=now,
        changed_by=by,
        completed_at=now,
        completed_by=by,
        protocol_version=subject.protocol_version,
        source=Record.Source.ESOURCE,
        kind=departure.kind,
        description=departure.sentence,
        occurred_on=departure.occurred_on,
        found_on=now.astimezone(subject.site.zone).date(),
        opened_by="SYSTEM",
        severity=departure.severity,
        at_visit=departure.at_visit,
        fingerprint=departure.fingerprint,
    )
