"""Ask about what the checks of today flag in old records (CHK-03)."""

from collections.abc import Collection

from django.utils import timezone

from crf.chart.check_version import version_of
from crf.chart.newly_flagged import Flagged
from crf.models import Query, User
from crf.permissions import require

from .act import act

ACTOR = "system:recheck"


def open_queries(*, flagged: Collection[Flagged], by: User) -> list[Query]:
    """Open a query for each; the machine writes them, and `by` is who asks and later settles them.

    One that somebody else's save opened in the meantime is left as it is. Raises NotAllowed where the person may not
    ask at a site, and Locked once the study is locked.
    """
    for site in {one.record.site_id for one in flagged}:
        require(by, "open query", site)
    now = timezone.now()
    with act(by=ACTOR, role="system", reason="Checks were run again over stored records"):
        new = [
            Query.of_check(one.record, one.check, **one.record.belongs_to, version=version_of(one.check), at=now, by=by)
            for one in flagged
        ]
        Query.objects.bulk_create(new, ignore_conflicts=True)
        return list(Query.objects.filter(opened_at=now, opened_by=by).order_by("pk"))
