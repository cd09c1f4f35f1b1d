"""Record what a site was granted, and activate it once it has everything (ACC-10)."""

from datetime import date

from django.utils import timezone

from crf.models import Site, SiteApproval, User
from crf.permissions import require
from crf.refusals import AlreadySettled, NotYet, Refusal
from crf.rules.access import APPROVALS
from crf.spec import dates
from crf.spec.kinds import shows_something

from .act import act


def record_approval(*, site: Site, what: str, approved_on: date, reference: str, by: User) -> SiteApproval:
    """Put an approval on record: what, its date, and the reference under which it is filed."""
    role = require(by, "administer", site.pk)
    if what not in APPROVALS:
        raise Refusal("Choose which approval it is.")
    if approved_on > site.today():
        raise Refusal("The approval is dated in the future. Enter the day on which it was given.")
    if not shows_something(reference):
        raise Refusal("Give the reference under which the approval is filed.")
    with act(by=by, role=role):
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if SiteApproval.objects.filter(site=site, what=what, reference=reference.strip()).exists():
            raise AlreadySettled("This approval is on record already.")
        return SiteApproval.objects.create(
            site=site,
            what=what,
            approved_on=approved_on,
            reference=reference.strip(),
            recorded_at=timezone.now(),
            recorded_by=by,
        )


def missing_approvals(site: Site) -> list[str]:
    """What the site still lacks before it can be activated, in words."""
    have = set(SiteApproval.objects.filter(site=site).values_list("what", flat=True))
    return [word for what, word in APPROVALS.items() if what not in have]


def activate(*, site: Site, by: User) -> Site:
    """From today on the site screens subjects. Raises NotYet with what is missing."""
    role = require(by, "administer", site.pk)
    with act(by=by, role=role):
        site = Site.objects.select_for_update().get(pk=site.pk)
        if site.activated_on is not None:
            raise AlreadySettled(f"{site} was activated on {dates.day(site.activated_on)}.")
        if missing := missing_approvals(site):
            raise NotYet(f"{site} cannot be activated yet. What is not on record:", details=missing)
        site.activated_on = site.today()
        site.save(update_fields=["activated_on"])
    return site
