"""The open queries and alerts of the subjects on a page of a list, as this person may see them."""

from collections.abc import Iterable

from crf.models import Alert, User
from crf.models.lookup import Lookup
from crf.shown.readable_queries import queries_of, what_is_read
from crf.shown.worklist import alert_sites


def open_queries(user: User, subjects: Iterable[int]) -> list[tuple[int, int | None]]:
    """(subject, visit) of each query that is open or answered. One statement."""
    return [(one.subject_id, one.visit_id) for one in _QUERIES.of(list(subjects), *what_is_read(user))]


def open_alerts(user: User, subjects: Iterable[int]) -> list[tuple[int, int | None]]:
    """(subject, visit) of each alert that waits or is noticed still. One statement."""
    return [(one.subject_id, one.visit_id) for one in _ALERTS.of(list(subjects), alert_sites(user))]


_QUERIES = Lookup(
    lambda subjects, *told: (
        queries_of(told).filter(subject_id__in=subjects, state__in=("open", "answered")).only("subject_id", "visit_id")
    )
)
_ALERTS = Lookup(
    lambda subjects, sites: Alert.objects.filter(
        site_id__in=sites, subject_id__in=subjects, acknowledged_at__isnull=True, no_longer_at__isnull=True
    ).only("subject_id", "visit_id")
)
