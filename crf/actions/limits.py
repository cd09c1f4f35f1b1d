"""Keep a site's own limits of normal: they begin, they end, and are never rewritten."""

from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from crf.chart.computed import Person, laboratory_row
from crf.chart.limits import own_limits
from crf.models import Site, SiteLimits, Subject, User, records_of
from crf.permissions import require
from crf.refusals import AlreadySettled, Locked, Refusal
from crf.rules.laboratory import FORM, name_of, unit_fits
from crf.spec.kinds import shows_something

from .act import act
from .enter import write_computed
from .follow import follow


def enter_limits(
    *,
    site: Site,
    by: User,
    analyte: str,
    sex: str,
    youngest: int,
    oldest: int,
    low: Decimal | None,
    high: Decimal | None,
    unit: str,
    valid_from,
    valid_to=None,
    through: str = "",
    reason: str = "",
    source_system: str = "",
    file_sha256: str = "",
) -> tuple[SiteLimits, SiteLimits | None]:
    """New limits of a test at the site; those of the same sex and age that stay in force end the day before.

    Results on record that were drawn while they hold are judged by them. Returns the new ones and those that ended.
    Raises Refusal where they cannot be, or overlap others.
    """
    role = require(by, "keep limits", site.pk)
    name = name_of(analyte)
    if low is None and high is None:
        raise Refusal("Give a lower limit, an upper limit, or both.")
    if low is not None and high is not None and low > high:
        raise Refusal("The lower limit lies above the upper limit. Correct one of them.")
    if not unit_fits(analyte, unit):
        raise Refusal(f"{name} is not reported in {unit}.")
    if youngest > oldest or oldest > 120:
        raise Refusal("The ages are the wrong way round, or beyond 120 years.")
    if valid_to is not None and valid_to < valid_from:
        raise Refusal("The limits end before they begin. Correct one of the dates.")
    with act(by=through or by, role=role, reason=reason):
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        before = SiteLimits.objects.filter(
            site=site,
            analyte=analyte,
            sex=sex,
            youngest=youngest,
            oldest=oldest,
            valid_to__isnull=True,
            valid_from__lt=valid_from,
            withdrawn_at__isnull=True,
        ).first()
        if before is not None:
            before.valid_to = valid_from - timedelta(days=1)
            before.save(update_fields=["valid_to"])
        try:
            with transaction.atomic():
                new = SiteLimits.objects.create(
                    site=site,
                    analyte=analyte,
                    sex=sex,
                    youngest=youngest,
                    oldest=oldest,
                    low=low,
                    high=high,
                    unit=unit,
                    valid_from=valid_from,
                    valid_to=valid_to,
                    entered_at=timezone.now(),
                    entered_by=by,
                    source_system=source_system,
                    file_sha256=file_sha256,
                )
        except IntegrityError as error:
            if "limits_never_overlap" in str(error):
                raise Refusal(
                    f"{name}: other limits are valid on some of these days for the same sex and age. End those first."
                ) from error
            raise
        hold_results_against(site=site, analyte=analyte, by=by)
    return new, before


def withdraw(*, limits: SiteLimits, by: User, reason: str) -> SiteLimits:
    """These limits were wrong: they count no more, and the results on record are judged by those that hold then.

    Limits that ended when these began do not hold again: the right ones are entered in their place.
    """
    role = require(by, "keep limits", limits.site_id)
    if not shows_something(reason):
        raise Refusal("Say what was wrong with these limits.")
    with act(by=by, role=role, reason=reason.strip()):
        limits = SiteLimits.objects.select_for_update(of=("self",)).select_related("site").get(pk=limits.pk)
        if limits.withdrawn_at is not None:
            raise AlreadySettled("These limits were withdrawn already.")
        limits.withdrawn_at, limits.withdrawn_by = timezone.now(), by
        limits.withdrawn_because = reason.strip()[:200]
        limits.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
        hold_results_against(site=limits.site, analyte=limits.analyte, by=by)
    return limits


def hold_results_against(*, site: Site, analyte: str, by: User) -> None:
    """Results on record of a test are computed anew by the limits that hold now, and what follows from them follows.

    Part of the caller's deed. The casebook of a subject that is locked, or frozen in part, stays as it is.
    """
    assert FORM is not None
    own, people = own_limits(site.pk, analyte), Person.by_subject(site.pk)
    by_subject: dict[int, list] = {}
    found = records_of(FORM.code).objects.standing().filter(site=site, analyte=analyte).select_related("visit")
    for record in found.order_by("subject", "pk"):
        values = record.values()
        person = people.get(record.subject_id, Person(None, None))
        computed = laboratory_row(values, person=person, own=own, before=record)
        if any(values[name] != value for name, value in computed.items()):
            by_subject.setdefault(record.subject_id, []).append((record, values | computed))
    because = f"The limits of normal of {name_of(analyte)} were changed"
    for subject in Subject.objects.filter(pk__in=by_subject).select_related("site"):
        try:
            with transaction.atomic():
                for record, values in by_subject[subject.pk]:
                    write_computed(record, values, because)
                follow(subject=subject, by=by, because=because)
        except Locked:
            continue
