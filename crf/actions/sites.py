"""Record what a site was granted, activate it once it has everything (ACC-10), and take it to an amended protocol."""

from datetime import date

from django.utils import timezone

from crf import trial
from crf.chart.study_end import has_ended
from crf.models import Site, SiteApproval, Subject, User
from crf.permissions import require
from crf.refusals import AlreadySettled, Locked, NotYet, Refusal
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


def adopt_protocol(*, site: Site, approved_on: date, reference: str, by: User) -> Site:
    """From now on the site works by the version of the protocol that this system serves, which its committee approved.

    What is entered of its subjects from then on bears that version, also of those who were enrolled before, as long as
    they are in the study (our assumption); what is on record keeps its own. A locked casebook stays as it is.
    """
    role, version = require(by, "administer", site.pk), trial.PROTOCOL_VERSION
    with act(by=by, role=role, reason=f"Protocol version {version}"):
        site = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if site.protocol_version == version:
            raise AlreadySettled(f"{site} works by version {version} of the protocol already.")
        if not shows_something(reference):
            raise Refusal("Give the reference under which the approval is filed.")
        filed = f"Protocol {version}: {reference.strip()}"[:100]
        record_approval(site=site, what="ETHICS", approved_on=approved_on, reference=filed, by=by)
        site.protocol_version = version
        site.save(update_fields=["protocol_version"])
        for subject in Subject.objects.filter(~has_ended(), site=site, screen_failed_at__isnull=True):
            try:
                with act(by=by, role=role, reason=f"Protocol version {version}"):
                    subject.protocol_version = version
                    subject.save(update_fields=["protocol_version"])
            except Locked:
                continue
    return site
