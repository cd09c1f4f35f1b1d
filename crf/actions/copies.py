"""Copies that are the site's: taken by its investigator at any time and alone, or pushed to a place that it holds."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from crf import trial
from crf.actions.verify_record import anchors
from crf.chart.places import in_address
from crf.chart.signed_content import signed_forms
from crf.chart.standing import Standing
from crf.exchange.copy import bundle, tables
from crf.exchange.trail.export import one_moment
from crf.models import AuditEntry, RoleHeld, Site, SiteCopy, Subject, User, Visit
from crf.papers import printed_casebook, typeset
from crf.permissions import require
from crf.refusals import AlreadySettled, Refusal
from crf.shown.trail import Trail
from crf.spec.kinds import shows_something

from .act import act

WHAT = "certified copy"
SYSTEM = "system:copies"


def write(
    path: Path,
    *,
    site: Site,
    by: User,
    purpose: str,
    subject: Subject | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> SiteCopy:
    """Write the copy of the whole site, or of one subject, to `path`: what `keep` puts on record.

    Raises NotAllowed, Refusal without a purpose or for a site without subjects. `tell`: casebooks set, of how many.
    """
    role = require(by, "take copy", site.pk)
    if not shows_something(purpose):
        raise Refusal("Say what the copy is wanted for. Nothing was handed out.")
    subjects = _subjects(site, subject)
    made_by = {
        "username": by.username,
        "name": str(by),
        "role": RoleHeld.Role(role).label,
        "organisation": by.organisation,
    }
    how = SiteCopy.How.DOWNLOADED
    return _written(path, site, subjects, subject, how, purpose.strip(), made_by, timezone.now(), tell)


def keep(copy: SiteCopy, *, by: User) -> SiteCopy:
    """Put a written copy on record with its purpose and checksum."""
    copy.made_by = by
    with act(by=by, role=require(by, "take copy", copy.site_id), reason=copy.purpose):
        copy.save()
    return copy


def make_for_the_push(path: Path, *, site: Site, now: datetime) -> SiteCopy:
    """The same for the nightly push: not on record until `pushed` says that it arrived."""
    subjects = _subjects(site, None)
    made_by = {"username": SYSTEM, "name": "the system, by itself", "role": "", "organisation": ""}
    how = SiteCopy.How.PUSHED
    return _written(path, site, subjects, None, how, "Nightly copy of the site", made_by, now, lambda done, of: None)


def pushed(copy: SiteCopy) -> SiteCopy:
    """Put on record that the copy is where the site holds it."""
    with act(by=SYSTEM, role="system"):
        copy.save()
    return copy


def confirm(*, copy: SiteCopy, by: User, sha256: str, kept_at: str) -> SiteCopy:
    """The investigator has and verified the copy: says the checksum that the verifier printed, and where it is kept.

    Raises NotAllowed, AlreadySettled, Refusal where it is another file's checksum or the copy is not of the whole site.
    """
    role = require(by, "take copy", copy.site_id)
    if not copy.is_of_site:
        raise Refusal("This copy is of one subject. The site confirms a copy of the whole site.")
    if not shows_something(kept_at):
        raise Refusal("Say where the site keeps the copy.")
    if sha256.strip().lower() != copy.sha256:
        raise Refusal(
            "This is not the checksum of this copy. Run verify_copy.py on the file that you keep, and enter the "
            "SHA-256 that it prints at its end."
        )
    with act(by=by, role=role):
        copy = SiteCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
        if copy.confirmed_at is not None:
            raise AlreadySettled("This copy is confirmed already.")
        copy.confirmed_at, copy.confirmed_by, copy.kept_at = timezone.now(), by, kept_at.strip()[:200]
        copy.save(update_fields=["confirmed_at", "confirmed_by", "kept_at"])
    return copy


def heads_now(site: Site) -> str:
    """The hash over where the chains of the site's subjects end now: a copy with the same one holds everything."""
    chains = [bundle.chain_of(pk) for pk in Subject.everything.filter(site=site).values_list("pk", flat=True)]
    return bundle.heads_sha256(bundle.heads_of(chains))


def final_copy(site: Site) -> SiteCopy | None:
    """The copy of the whole site that its investigator confirmed, and after which nothing was written; None without."""
    confirmed = SiteCopy.objects.filter(site=site, subject__isnull=True, confirmed_at__isnull=False)
    return confirmed.filter(heads_sha256=heads_now(site)).order_by("-confirmed_at").first()


def _subjects(site: Site, subject: Subject | None) -> list[Subject]:
    if subject:
        return [subject]
    found = list(Subject.everything.filter(site=site).select_related("site").order_by("number"))
    if not found:
        raise Refusal(f"{site} has no subject yet, so there is nothing to copy.")
    return found


def _written(path, site, subjects, subject, how, purpose, made_by, at, tell) -> SiteCopy:
    """Write the archive as of one moment; the row that tells of it, not saved yet."""
    stated = bundle.Stated(
        study=trial.STUDY_ID,
        title=trial.TITLE,
        protocol=trial.PROTOCOL_VERSION,
        site=site.code,
        site_name=site.name,
        subject=subject.number if subject else "",
        made_at=at,
        made_by=made_by,
        purpose=purpose,
        how=how.label.lower(),
    )
    with one_moment():
        visits = Visit.everything.filter(subject__in=subjects)
        names = tables.Names(
            {one.pk: one.number for one in subjects}, {visit.pk: in_address(visit) for visit in visits}
        )
        casebooks = _casebooks(subjects, tell)
        written = bundle.write(
            path, stated, readable=signed_forms(), names=names, casebooks=casebooks, anchors=anchors().folder
        )
    return SiteCopy(
        site=site,
        subject=subject,
        how=how,
        purpose=purpose,
        made_at=at,
        sha256=written.sha256,
        size=written.size,
        heads_sha256=written.heads_sha256,
    )


def _casebooks(subjects: list[Subject], tell: Callable[[int, int], None]) -> Iterator[tuple[str, bytes]]:
    """Each subject's casebook with its audit trail, one after the other."""
    for done, subject in enumerate(subjects):
        tell(done, len(subjects))
        standing = Standing.of(subject)
        entries = AuditEntry.objects.filter(chain=bundle.chain_of(subject.pk)).order_by("sequence")
        data = printed_casebook.filled(
            standing,
            signed_forms(),
            annotated=False,
            is_synthetic=settings.DEMO,
            history=[_happened(line) for line in Trail(standing, entries).lines()],
        )
        yield subject.number, typeset.pdf(data)


def _happened(line) -> printed_casebook.Happened:
    by = ", ".join(filter(None, (line.who, line.role, line.organisation)))
    told = line.entry.told
    return printed_casebook.Happened(
        table=told["table"],
        record=told["record"],
        at=line.at,
        who=by,
        what=line.what,
        did=line.did,
        changes=tuple((change.label, change.old, change.new) for change in line.changes),
        why=line.reason,
    )
