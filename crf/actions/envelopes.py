"""Sealed envelopes at the site: looked at, and opened on paper while the system was away.

An envelope that was opened is a code break as every other: in the register, told at once, followed by its deviation.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from crf.models import Bottle, CodeBreak, Envelope, Site, Subject, User
from crf.permissions import require
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.spec.kinds import shows_something

from . import code_break, unblinded
from .act import act

Found = Envelope.Found


def look(*, site: Site, found: dict[str, str], by: User, remark: str = "") -> list[Envelope]:
    """How each envelope was found: kit -> intact or missing. One that was opened is recorded by `opened`.

    Raises Refusal for a kit that is not at the site, and where one is missing without a word.
    """
    role = require(by, "run the pharmacy", site.pk)
    if not found:
        raise Refusal("Say of one envelope or more how it was found.")
    if any(Found(one) is Found.OPENED for one in found.values()):
        raise Refusal("An envelope that was opened is recorded with when, by whom and why.")
    known = set(Bottle.objects.filter(site=site, kit__in=found).values_list("kit", flat=True))
    if known != set(found):
        raise Refusal("One of these kits was never sent to this site.")
    if Found.MISSING in found.values() and not shows_something(remark):
        raise Refusal("Say where and since when the envelope is missing.")
    unblinded.refuse_arm(remark)
    with act(by=by, role=role, reason=remark.strip()):
        opened = set(
            Envelope.objects.standing()
            .filter(site=site, kit__in=found, found=Found.OPENED)
            .values_list("kit", flat=True)
        )
        if opened:
            raise AlreadySettled("One of these is on record as opened: it cannot be found intact any more.")
        now = timezone.now()
        return [
            Envelope.objects.create(
                site=site,
                kit=kit,
                found=state,
                looked_at=now,
                looked_by=by,
                remark=remark.strip() if state == Found.MISSING else "",
            )
            for kit, state in sorted(found.items())
        ]


def opened(
    *, subject: Subject, at: datetime, reason: str, people: Iterable[User], described: str, by: User
) -> CodeBreak:
    """The envelope of the subject's kit was opened: when, by whom, why. Never what it said.

    Raises NotYet where the subject has no kit, AlreadySettled where it is on record.
    """
    role = require(by, "record lost blind", subject.site_id)
    if not subject.is_randomised:
        raise NotYet(f"{subject} is not randomised, so there is no envelope of theirs.")
    if at > timezone.now():
        raise Refusal("This moment is in the future.")
    if at < subject.randomised_at:
        raise Refusal(f"{subject} was randomised after that moment. Correct the day or the time.")
    is_unusual = code_break.is_unusual_today(1)
    with act(by=by, role=role):
        subject = Subject.objects.select_for_update(of=("self",)).select_related("site").get(pk=subject.pk)
        if Envelope.objects.standing().filter(kit=subject.kit, found=Found.OPENED).exists():
            raise AlreadySettled("That this envelope was opened is on record already.")
        found = unblinded.record_envelope(
            subject=subject,
            by=by,
            role=role,
            opened_at=at,
            reason=reason,
            people=people,
            described=described,
            is_unusual=is_unusual,
        )
        Envelope.objects.create(
            site=subject.site,
            kit=subject.kit,
            found=Found.OPENED,
            code_break=found,
            looked_at=timezone.now(),
            looked_by=by,
        )
    unblinded.follow_up(subject, by)
    return found
