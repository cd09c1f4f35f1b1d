"""Annul a subject number that was given in error: the person was enrolled twice, or is not there."""

from django.db.models import F
from django.utils import timezone

from crf.models import RECORDS, Draft, DraftSettled, Query, Subject, User, Visit
from crf.models.lookup import Lookup
from crf.permissions import require
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.spec.kinds import shows_something

from . import drafts
from .act import act
from .follow import follow

_LONGEST = 200


def annul(*, subject: Subject, typed_number: str, by: User, reason: str) -> Subject:
    """The number was given in error: it counts nowhere, is never given again, and nothing more is entered for it.

    What was entered is voided and stays readable; queries, alerts and deviations go with it; drafts are discarded. It
    is not taken back, so the number is typed once more. Refused after randomisation, and where the person was
    rescreened under another number.
    """
    role = require(by, "annul", subject.site_id)
    if not shows_something(reason):
        raise Refusal("Say why the number was given in error, such as: enrolled twice, the other number is …")
    if typed_number.strip().upper() != subject.number.upper():
        raise Refusal(f"Type {subject.number} to confirm. Nothing was changed.")
    because, now = reason.strip()[:_LONGEST], timezone.now()
    with act(by=by, role=role, reason=because):
        found = Subject.everything.select_for_update(of=("self",)).select_related("site")
        subject = found.get(pk=subject.pk)
        _refuse(subject)
        facts = {"voided_at": now, "voided_by": by, "void_reason": f"{subject} was entered in error"}
        for model in RECORDS.values():
            model.objects.standing().filter(subject=subject).update(version=F("version") + 1, **facts)
        asked = Query.objects.filter(subject=subject, check_code="", state__in=[Query.State.OPEN, Query.State.ANSWERED])
        asked.update(state=Query.State.CANCELLED, settled_at=now, settled_by=by)
        _discard_drafts(subject, by, because)
        Visit.objects.filter(subject=subject).update(undone_at=now, undone_by=by, undone_reason=because)
        follow(subject=subject, by=by, because=f"{subject} was entered in error")
        subject.annulled_at, subject.annulled_by, subject.annulled_reason = now, by, because
        subject.rescreen_of = None
        subject.save(update_fields=["annulled_at", "annulled_by", "annulled_reason", "rescreen_of"])
    return subject


def annulled(sites) -> list[Subject]:
    """The numbers of these sites that were given in error: where subjects are counted, the page says these are not."""
    return _ANNULLED.of(sites)


_ANNULLED = Lookup(
    lambda sites: Subject.everything.filter(site_id__in=sites, annulled_at__isnull=False).select_related("site")
)


def _refuse(subject: Subject) -> None:
    if subject.is_annulled:
        raise AlreadySettled(f"{subject} was annulled already.")
    if subject.is_randomised:
        raise NotYet(f"{subject} is randomised: its kit is given, so the subject stays and ends the study instead.")
    if after := Subject.objects.filter(rescreen_of=subject).first():
        raise NotYet(f"{after} is the rescreening of {subject}. Annul that one first, if it is wrong too.")


def _discard_drafts(subject: Subject, by: User, because: str) -> None:
    """What people were typing goes; that there was something, and whose, stays on the trail."""
    found = Draft.objects.filter(subject=subject).defer("answers", "fired").select_related("user")
    DraftSettled.objects.bulk_create(
        drafts.settlement(one, by=by, reason=because, outcome=DraftSettled.Outcome.DISCARDED) for one in found
    )
    found.delete()
