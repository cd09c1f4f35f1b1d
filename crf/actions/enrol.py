"""Screen a subject, attest that it is eligible, or keep it as a screen failure; and the way back."""

from datetime import date

from django.db import connection
from django.db.models.functions import Length
from django.utils import timezone

from crf import trial
from crf.chart.standing import Standing
from crf.models import Site, Subject, TakenBack, User, Visit
from crf.permissions import require
from crf.refusals import AlreadySettled, NotEligible, NotYet, Refusal
from crf.spec import dates
from crf.spec.kinds import shows_something

from .act import act

_NUMBERS = 7261002  # advisory lock: two screenings at one site get two numbers


def enrol(*, site: Site, screened_on: date, by: User, rescreen_of: Subject | None = None) -> Subject:
    """Give the next subject number of the site, and plan the visits.

    A rescreened person gets a new number that is linked to the first. Raises NotYet while the site is not activated
    and Refusal on a date in the future or a person who is in the trial already.
    """
    role = require(by, "enrol", site.pk)
    if site.activated_on is None or site.activated_on > site.today():
        raise NotYet(f"{site.name} is not activated yet. The administrator records the approvals first.")
    if screened_on > site.today():
        raise Refusal("The screening date is in the future. Enter the day on which screening began.")
    if rescreen_of is not None and not rescreen_of.is_screen_failure:
        raise Refusal(f"{rescreen_of} is not a screen failure, so it cannot be rescreened.")
    with act(by=by, role=role):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERS, site.pk])
        by_place = Subject.everything.filter(site=site).order_by(Length("number").desc(), "-number")  # JER-1000 is last
        last = by_place.values_list("number", flat=True).first()
        place = int(last.rsplit("-", 1)[1]) + 1 if last else 1
        subject = Subject.objects.create(
            number=trial.subject_number(site.code, place),
            site=site,
            protocol_version=site.protocol_version,
            screened_on=screened_on,
            rescreen_of=rescreen_of,
        )
        Visit.objects.bulk_create(
            Visit(subject=subject, site=site, code=visit.code) for visit in trial.VISITS if visit.is_planned
        )
    return subject


def correct_screening(*, subject: Subject, screened_on: date, by: User, reason: str) -> Subject:
    """Screening began on another day than was typed when the number was given; what it was stays on record."""
    role = require(by, "enrol", subject.site_id)
    if not shows_something(reason):
        raise Refusal("Say why the day was wrong.")
    if screened_on > subject.site.today():
        raise Refusal("The screening date is in the future. Enter the day on which screening began.")
    with act(by=by, role=role, reason=reason.strip()):
        subject = _held(subject)
        if screened_on == subject.screened_on:
            raise AlreadySettled(f"Screening of {subject} began on {dates.day(screened_on)} by what is on record.")
        _note_taken_back(subject, TakenBack.Kind.SCREENED, dates.day(subject.screened_on), by, reason)
        subject.screened_on = screened_on
        subject.save(update_fields=["screened_on"])
    return subject


def _held(subject: Subject) -> Subject:
    """The subject as it is stored, held until the deed is done. Raises AlreadySettled where it was annulled."""
    found = Subject.everything.select_for_update(of=("self",)).select_related("site").get(pk=subject.pk)
    refuse_annulled(found)
    return found


def _note_taken_back(subject: Subject, kind: str, was: str, by: User, reason: str) -> None:
    TakenBack.objects.create(
        subject=subject,
        site_id=subject.site_id,
        kind=kind,
        was=was[:500],
        reason=reason.strip()[:200],
        taken_back_at=timezone.now(),
        taken_back_by=by,
    )


def refuse_annulled(subject: Subject) -> None:
    """Raises AlreadySettled where the number was given in error."""
    if subject.is_annulled:
        raise AlreadySettled(f"{subject} was entered in error; nothing more is entered for it.")


def attest(*, subject: Subject, by: User) -> Subject:
    """The investigator attests that every criterion is met. Raises NotEligible with what is missing or not met."""
    role = require(by, "attest eligibility", subject.site_id)
    with act(by=by, role=role):
        subject = Subject.everything.select_for_update(of=("self",)).select_related("site").get(pk=subject.pk)
        refuse_annulled(subject)
        if subject.is_randomised or subject.is_screen_failure:
            fate = "randomised" if subject.is_randomised else "a screen failure"
            raise AlreadySettled(f"{subject} is {fate} already.")
        if reasons := Standing.of(subject).reasons_against_attesting():
            raise NotEligible(f"{subject} cannot be attested eligible yet.", details=reasons)
        subject.attested_at, subject.attested_by = timezone.now(), by
        subject.attestation_revoked_at, subject.attestation_revoked_by_form = None, ""
        subject.save(
            update_fields=["attested_at", "attested_by", "attestation_revoked_at", "attestation_revoked_by_form"]
        )
    return subject


def fail_screening(*, subject: Subject, reasons: list[str], by: User) -> Subject:
    """Keep the subject as a screen failure, with the reasons why."""
    role = require(by, "fail screening", subject.site_id)
    reasons = [reason.strip() for reason in reasons if shows_something(reason)]
    if not reasons:
        raise Refusal("Say why the subject fails screening: name the criteria or what else happened.")
    with act(by=by, role=role, reason="; ".join(reasons)):
        subject = Subject.everything.select_for_update(of=("self",)).select_related("site").get(pk=subject.pk)
        refuse_annulled(subject)
        if subject.is_randomised:
            raise AlreadySettled(f"{subject} is randomised and cannot become a screen failure.")
        if subject.is_screen_failure:
            raise AlreadySettled(f"{subject} is a screen failure already.")
        subject.screen_failed_at, subject.screen_failed_by = timezone.now(), by
        subject.screen_failure_reasons = reasons
        subject.attested_at = subject.attested_by = None
        subject.save(
            update_fields=[
                "screen_failed_at",
                "screen_failed_by",
                "screen_failure_reasons",
                "attested_at",
                "attested_by",
            ]
        )
    return subject


def take_back_failure(*, subject: Subject, by: User, reason: str) -> Subject:
    """The subject is no screen failure after all, such as when another was meant: screening goes on.

    Eligibility is attested anew. Raises NotYet where the person was screened again under another number.
    """
    role = require(by, "fail screening", subject.site_id)
    if not shows_something(reason):
        raise Refusal("Say why this is no screen failure.")
    with act(by=by, role=role, reason=reason.strip()):
        subject = _held(subject)
        if not subject.is_screen_failure:
            raise AlreadySettled(f"{subject} is no screen failure.")
        if again := Subject.objects.filter(rescreen_of=subject).first():
            raise NotYet(f"The person was screened again as {again}. Annul that number first if it was given in error.")
        _note_taken_back(subject, TakenBack.Kind.FAILED, "; ".join(subject.screen_failure_reasons), by, reason)
        subject.screen_failed_at, subject.screen_failed_by, subject.screen_failure_reasons = None, None, []
        subject.save(update_fields=["screen_failed_at", "screen_failed_by", "screen_failure_reasons"])
    return subject
