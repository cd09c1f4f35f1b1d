"""Void a sample whose level was entered wrongly: by who enters such samples, told to nobody who is blinded (BLI-08)."""

from django.utils import timezone

from crf.models import Query, Record, User
from crf.permissions import require_entry
from crf.refusals import Refusal
from crf.spec.kinds import shows_something

from .act import act
from .void import held


def void_level(*, record: Record, by: User, reason: str) -> Record:
    """The sample counts nowhere any more, stays readable where it was, struck through, and keeps its number.

    Nothing follows from it in the chart, which holds no such records, so nothing is written where others read. Raises
    NotAllowed, AlreadySettled where it is voided, Refusal without a reason.
    """
    role = require_entry(by, record.form, record.site_id)
    if not shows_something(reason):
        raise Refusal("Say why this sample is wrong.")
    now = timezone.now()
    with act(by=by, role=role, reason=reason):
        record = held(record)
        record.voided_at, record.voided_by, record.void_reason = now, by, reason.strip()
        record.version += 1
        record.save(update_fields=["voided_at", "voided_by", "void_reason", "version"])
        asked = Query.objects.filter(form=record.form.code, record=record.pk)
        asked.filter(state__in=(Query.State.OPEN, Query.State.ANSWERED)).update(
            state=Query.State.CANCELLED, settled_at=now, settled_by=by, no_longer=True
        )
    return record
