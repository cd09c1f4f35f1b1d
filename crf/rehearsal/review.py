"""What monitor and investigator do in the demo after the site has entered: verify against the source, and sign."""

from datetime import date, timedelta

from crf import trial
from crf.actions import sign, verify
from crf.chart.closing import unverified
from crf.chart.facts import Settled
from crf.chart.signed_content import content_of
from crf.chart.standing import Standing
from crf.models import Subject, Visit

MONITORED_EVERY = timedelta(days=14)  # so the latest visits of the running demo wait for the monitor
SIGNED_WITHIN = timedelta(days=7)


def review_visit(walk, visit: Visit, on: date) -> None:
    """The monitor has seen the visit if it is old enough; the investigator signs where the study asks for it."""
    subject = Subject.objects.select_related("site").get(pk=visit.subject_id)
    if on + MONITORED_EVERY <= walk.until:
        verify_all(walk, subject, visit.pk)
    if visit.code in trial.SIGNED_AFTER and on + SIGNED_WITHIN <= walk.until:
        sign_all(walk, subject)


def close_site(walk, code: str) -> None:
    """Before lock: every form of the site is verified, every casebook of a randomised subject signed."""
    with walk.on_day(walk.until):
        for subject in Subject.objects.select_related("site").filter(site__code=code):
            verify_all(walk, subject)
            if subject.is_randomised:
                sign_all(walk, subject)


def verify_all(walk, subject: Subject, *visits: int) -> None:
    """What the monitor did not compare with the source yet: of these visits (ids), or of the whole casebook."""
    waiting = unverified(Standing.of(subject), Settled.of(subject.pk))
    seen = [verify.Seen(fact.form, fact.record, fact.version) for fact in waiting if not visits or fact.visit in visits]
    if seen:
        verify.verify(subject=subject, seen=seen, by=walk.person("monitor", subject.site.code))


def sign_all(walk, subject: Subject) -> None:
    """The investigator signs the casebook as it is."""
    sign.sign_casebook(
        subject=subject, shown_sha256=content_of(subject).sha256, by=walk.person("investigator", subject.site.code)
    )
