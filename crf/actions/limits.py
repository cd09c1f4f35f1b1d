"""Keep a site's own limits of normal: they begin, they end, and are never rewritten."""

from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from crf.models import Site, SiteLimits, User
from crf.permissions import require
from crf.refusals import Refusal
from crf.rules.laboratory import name_of, unit_fits

from .act import act


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

    Returns the new ones and those that ended. Raises Refusal where they cannot be, or overlap others.
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
    return new, before
