"""The limits of normal that a site's laboratory handed in, for the rules of crf/rules/laboratory.py."""

from crf.models import SiteLimits
from crf.spec.laboratory import SITE, Limits


def own_limits(site_id: int, analyte: str | None = None) -> tuple[Limits, ...]:
    """The site's own limits, of one test or of all, whenever they are valid. One statement."""
    found = SiteLimits.objects.filter(site_id=site_id, withdrawn_at__isnull=True)
    if analyte is not None:
        found = found.filter(analyte=analyte)
    return tuple(
        Limits(
            one.analyte,
            one.low,
            one.high,
            one.sex or None,
            one.youngest,
            one.oldest,
            one.valid_from,
            one.valid_to,
            unit=one.unit,
            origin=SITE,
        )
        for one in found
    )
