"""Take personal data out that was entered by mistake: one person asks, another carries it out (AUD-12).

The database does it (migrations/sql/redaction.sql): the value leaves the table, the drafts and every event of the
trail, a tombstone stays, the chain still verifies. A signature that covered the value is revoked, as by any change.
"""

from django.db import connection, transaction
from django.utils import timezone

from crf.models import Redaction, User
from crf.permissions import require
from crf.refusals import AlreadySettled, Refusal
from crf.shown.redactable import Place
from crf.spec.kinds import shows_something

from . import outputs
from .act import act

MINE = "You asked for this redaction. Another person carries it out."


def ask(*, subject, place: Place, why: str, by: User) -> Redaction:
    """One person names the place, and says why. Raises NotAllowed, Refusal, AlreadySettled where one waits already."""
    role = require(by, "ask redaction", subject.site_id)
    if not shows_something(why):
        raise Refusal("Say why it is taken out, without repeating what stands there.")
    if any(text.strip() and text.strip().casefold() in why.casefold() for text in place.texts):
        raise Refusal("The reason repeats what is to be taken out. Say why without it.")
    with act(by=by, role=role):
        if Redaction.objects.filter(
            table=place.table, record=place.record, column=place.column, sequence=place.sequence, settled_at=None
        ).exists():
            raise AlreadySettled("This is asked for already. Another person can carry it out.")
        return Redaction.objects.create(
            subject=subject,
            site_id=subject.site_id,
            table=place.table,
            record=place.record,
            column=place.column,
            sequence=place.sequence,
            why=why.strip(),
            asked_at=timezone.now(),
            asked_by=by,
        )


def carry_out(*, redaction: Redaction, by: User) -> int:
    """The second person. Gives how many events of the trail hold a tombstone now.

    Raises NotAllowed, Refusal for who asked for it, AlreadySettled, Locked.
    """
    role = require(by, "carry out redaction", redaction.site_id)
    if redaction.asked_by_id == by.pk:
        raise Refusal(MINE)
    with transaction.atomic():
        outputs.throw_away_everything()  # files that were made before it may hold it too
        return _settle(redaction, by, role, carry_out=True)


def withdraw(*, redaction: Redaction, by: User) -> None:
    """It is not taken out: either person may say so."""
    role = require(by, "ask redaction", redaction.site_id)
    _settle(redaction, by, role, carry_out=False)


def _settle(redaction: Redaction, by: User, role: str, *, carry_out: bool) -> int:
    with act(by=by, role=role, reason=redaction.why), connection.cursor() as cursor:
        if Redaction.objects.filter(pk=redaction.pk, settled_at__isnull=False).exists():
            raise AlreadySettled("This redaction is settled already.")
        cursor.execute("SELECT public.crf_redact(%s, %s)", [redaction.pk, carry_out])
        (changed,) = cursor.fetchone()
    return changed
