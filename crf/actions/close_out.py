"""Close a site: its people keep their access until the final copy of its record is theirs, verified and confirmed."""

from django.utils import timezone

from crf import trial
from crf.models import CasebookLock, Envelope, Hold, RoleHeld, Shipment, Site, Subject, User
from crf.permissions import require
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.shown import stock
from crf.spec import dates
from crf.spec.kinds import shows_something

from . import sessions
from .act import act
from .copies import final_copy
from .lock import is_locked

R = RoleHeld.Role
AT_THE_SITE = (R.INVESTIGATOR, R.COORDINATOR, R.RATER, R.PHARMACIST)


def findings(site: Site) -> list[str]:
    """What speaks against closing the site, a sentence each (INV-07). The caller sees the site."""
    found = []
    subjects = Subject.objects.filter(site=site)
    if not subjects.exists():
        return found
    if not is_locked():
        locked = CasebookLock.objects.filter(site=site, lifted_at__isnull=True).values("subject")
        if Hold.objects.standing().filter(kind=Hold.Kind.LOCK, level=Hold.Level.SITE, site=site).exists():
            locked = subjects.values("pk")
        if count := subjects.exclude(pk__in=locked).count():
            found.append(f"{count} {'casebook is' if count == 1 else 'casebooks are'} not locked.")
    if final_copy(site) is None:
        found.append("The investigator has not confirmed a copy of the whole site that holds everything written here.")
    return found + open_supplies(site)


def open_supplies(site: Site) -> list[str]:
    """What is still to be said of kits and envelopes at the site, a sentence each; none in a trial without kits."""
    if trial.KITS is None:
        return []
    found = []
    if count := Shipment.objects.filter(site=site, received_at__isnull=True).count():
        found.append(f"{count} {'shipment was' if count == 1 else 'shipments were'} not received.")
    if count := sum(not kit.is_settled for kit in stock.kits_at([site])):
        found.append(
            f"{count} {'kit is' if count == 1 else 'kits are'} not accounted for to the last {trial.KITS.unit}."
        )
    if count := sum(one.last is None or one.last.found == Envelope.Found.MISSING for one in stock.envelopes([site])):
        found.append(
            f"{count} {'envelope is' if count == 1 else 'envelopes are'} neither intact nor recorded as opened."
        )
    return found


def close(*, site: Site, by: User, reason: str) -> Site:
    """End the access of everybody at the site, today. Raises NotYet with what speaks against it."""
    role = require(by, "administer", site.pk)
    if not shows_something(reason):
        raise Refusal("Say on what ground the site is closed, such as the close-out visit and its date.")
    with act(by=by, role=role, reason=reason.strip()):
        site = Site.objects.select_for_update().get(pk=site.pk)
        if site.closed_on is not None:
            raise AlreadySettled(f"{site} was closed on {dates.day(site.closed_on)}.")
        if found := findings(site):
            raise NotYet(f"{site} cannot be closed yet. What stands against it:", details=found)
        site.closed_on = site.today()
        site.save(update_fields=["closed_on"])
        today = timezone.now().date()
        held = RoleHeld.objects.current().filter(site=site, role__in=AT_THE_SITE).select_related("user")
        for one in held.select_for_update(of=("self",)):
            one.ended_at, one.ends_on = timezone.now(), max(today, one.starts_on)
            one.save(update_fields=["ended_at", "ends_on"])
            sessions.end_all(one.user)
    return site


def refuse_to_leave_without_a_copy(held: RoleHeld) -> None:
    """The last investigator of a site keeps the role until the final copy is confirmed, or somebody else has it."""
    if held.role != R.INVESTIGATOR:
        return
    others = RoleHeld.objects.current().filter(site=held.site, role=R.INVESTIGATOR, ends_on__isnull=True)
    if others.exclude(pk=held.pk).exclude(user=held.user).exists():
        return
    if Subject.objects.filter(site=held.site).exists() and final_copy(held.site) is None:
        raise NotYet(
            f"{held.user} is the last investigator of {held.site}, and the site has not confirmed its final copy. Give "
            "another person the role first. To stop a person's access at once, disable the account."
        )


def access_ends_too_early(site: Site) -> str:
    """The sentence where the roles of the site's investigators run out before its final copy is confirmed; "" else."""
    held = list(RoleHeld.objects.current().filter(site=site, role=R.INVESTIGATOR))
    if any(one.ends_on is None for one in held) or not Subject.objects.filter(site=site).exists() or final_copy(site):
        return ""
    if not held:
        return "No investigator has access, and the final copy is not confirmed."
    last = max(one.ends_on for one in held)
    return f"The last investigator’s role ends on {dates.day(last)}, and the final copy is not confirmed."
