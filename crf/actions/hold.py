"""Freeze or lock an answer, a form, a visit, a subject, a site or the study, and lift it again (LCK-01).

A freeze holds what was entered: queries, verification and signature go on. A lock holds those as well, and bears the
hash of what it holds; what is open refuses it unless each point stays on record (LCK-02). The database enforces both.
"""

from django.db import connection
from django.utils import timezone

from crf.chart.closing import open_at
from crf.chart.held import LOCKED_HERE, Place
from crf.models import Hold, User
from crf.permissions import require, require_anywhere
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.spec.kinds import shows_something

from .act import act
from .content import content_at
from .lock import STUDY_LOCK

_DEED = "freeze and lock"


def freeze(*, place: Place, by: User, reason: str) -> Hold:
    """Nothing that was entered here changes until the freeze is lifted. Raises AlreadySettled, Refusal."""
    return _placed(place, Hold.Kind.FREEZE, by, reason)


def lock(*, place: Place, by: User, reason: str, despite: bool = False) -> Hold:
    """Nothing here changes, queries and verification neither. Findings refuse it unless `despite`; then each is kept.

    Raises NotYet with the findings, AlreadySettled, Refusal without a reason or where the lock has a page of its own.
    """
    if place.level not in LOCKED_HERE:
        raise Refusal("A whole casebook and the study are locked on their own pages.")
    return _placed(place, Hold.Kind.LOCK, by, reason, despite=despite)


def lift(*, hold: Hold, by: User, reason: str) -> Hold:
    """What was frozen or locked can change again, where nothing else holds it. Raises AlreadySettled, Refusal."""
    role = _role(hold.site_id, by)
    if not shows_something(reason):
        raise Refusal("Say why it is lifted.")
    with act(by=by, role=role, reason=reason):
        hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
        if hold.lifted_at is not None:
            raise AlreadySettled("This was lifted already.")
        hold.lifted_at, hold.lifted_by, hold.lifted_reason = timezone.now(), by, reason.strip()
        hold.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    return hold


def _placed(place: Place, kind: str, by: User, reason: str, *, despite: bool = False) -> Hold:
    role = _role(place.site and place.site.pk, by)
    if not shows_something(reason):
        raise Refusal("Say on what ground, such as the review and its date.")
    with act(by=by, role=role, reason=reason):
        if place.subject is None:  # waits for every save under way at the site or in the study, and holds up the next
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STUDY_LOCK])
        if place.standing().filter(kind=kind).exists():
            raise AlreadySettled(f"This is {'locked' if kind == Hold.Kind.LOCK else 'frozen'} already.")
        found, content = [], ""
        if kind == Hold.Kind.LOCK:
            found, content = open_at(place), content_at(place)
            if found and not despite:
                raise NotYet("This cannot be locked yet.", details=found)
        placed = Hold.objects.create(
            **place.named,
            kind=kind,
            placed_at=timezone.now(),
            placed_by=by,
            reason=reason.strip(),
            content_hash=content,
            exceptions=found,
        )
        # The audit row of the lock waited for every save of the subject under way: what it let pass is not in the hash.
        if content and content_at(place) != content:
            raise NotYet("Something here was saved at this moment, so it is not locked. Look at it again.")
    return placed


def _role(site_id: int | None, by: User) -> str:
    return require_anywhere(by, _DEED) if site_id is None else require(by, _DEED, site_id)
