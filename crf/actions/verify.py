"""The monitor says that records agree with their source (SDV). Values are the site's: this deed changes none."""

from collections import defaultdict
from typing import NamedTuple

from django.utils import timezone

from crf import permissions
from crf.models import RECORDS, Record, Subject, User, Verification
from crf.permissions import require
from crf.refusals import AlreadySettled, ChangedMeanwhile, NotAllowed, Refusal
from crf.spec.kinds import shows_something

from .act import act


class Seen(NamedTuple):
    """A record as the monitor saw it: the form's code, the record's id, and its version then."""

    form: str
    record: int
    version: int


def verify(*, subject: Subject, seen: list[Seen], by: User) -> list[Verification]:
    """Each record agrees with its source, at the version that was seen; all of them or none.

    A record that is verified at that version already is passed over. Raises ChangedMeanwhile when one was changed since
    it was seen, Refusal when none is named, NotAllowed for a form that the monitor does not read.
    """
    role = require(by, "verify", subject.site_id)
    if not seen:
        raise Refusal("Choose the forms that agree with their source.")
    readable = {form.code for form in permissions.readable_forms(by, subject.site_id)}
    if not {form for form, _, _ in seen} <= readable:
        raise NotAllowed("You do not read one of these forms, so you cannot verify it.")
    with act(by=by, role=role):
        records = _held(subject, seen)
        for form, pk, version in seen:
            if records[form, pk].version != version:
                raise ChangedMeanwhile(
                    f"“{records[form, pk].form.title}” was changed since you saw it, so nothing was "
                    "verified. Compare it with its source as it is now."
                )
        before = set(
            Verification.objects.filter(subject=subject, withdrawn_at__isnull=True).values_list(
                "form", "record", "version"
            )
        )
        now = timezone.now()
        return Verification.objects.bulk_create(
            Verification(
                subject=subject,
                site_id=subject.site_id,
                visit_id=records[one.form, one.record].visit_id,
                form=one.form,
                record=one.record,
                version=one.version,
                verified_at=now,
                verified_by=by,
            )
            for one in dict.fromkeys(seen)
            if one not in before
        )


def withdraw(*, subject: Subject, form: str, record: int, by: User, reason: str) -> Verification:
    """A verification was a mistake: the latest one of the record is withdrawn for a reason, and stays on record."""
    role = require(by, "verify", subject.site_id)
    if not shows_something(reason):
        raise Refusal("Say why the verification is withdrawn.")
    with act(by=by, role=role, reason=reason):
        standing = Verification.objects.select_for_update(of=("self",)).filter(
            subject=subject, form=form, record=record, withdrawn_at__isnull=True
        )
        found = standing.order_by("-version").first()
        if found is None:
            raise AlreadySettled("This form is not verified, so there is nothing to withdraw.")
        found.withdrawn_at, found.withdrawn_by, found.withdrawn_because = timezone.now(), by, reason.strip()
        found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    return found


def _held(subject: Subject, seen: list[Seen]) -> dict[tuple[str, int], Record]:
    """The standing records, held until the verification is written: a save of one waits, or came first and is seen."""
    by_form = defaultdict(set)
    for form, pk, _ in seen:
        by_form[form].add(pk)
    found = {
        (form, record.pk): record
        for form, ids in sorted(by_form.items())
        for record in RECORDS[form]
        .objects.standing()
        .filter(subject=subject, pk__in=ids)
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    if any((form, pk) not in found for form, pk, _ in seen):
        raise Refusal("One of these forms is no longer there. Load the page again.")
    return found
