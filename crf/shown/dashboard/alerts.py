"""Danger signs by kind: those that wait for a physician, and how soon the others were acted upon."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Case, CharField, Count, F, Q, Value, When

from crf import permissions, trial
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture
from crf.shown.worklist import readable_alerts

SOON = timedelta(hours=24)
PARTS = {
    "waits": Part("Waits for a physician", "bad"),
    "late": Part("Acted upon after a day", "hatched"),
    "soon": Part("Acted upon within a day", "full"),
    "gone": Part("No longer so", "none"),
}


def alerts(viewer: Viewer) -> Picture | None:
    """One statement."""
    if not viewer.user.sites_as(*permissions.READ_ALL_OPEN):
        return None
    found = (
        readable_alerts(viewer.user)
        .filter(subject__annulled_at__isnull=True)
        .order_by()
        .annotate(
            how=Case(
                When(
                    Q(acknowledged_at__isnull=False) & Q(acknowledged_at__lte=F("raised_at") + SOON), then=Value("soon")
                ),
                When(acknowledged_at__isnull=False, then=Value("late")),
                When(no_longer_at__isnull=False, then=Value("gone")),
                default=Value("waits"),
                output_field=CharField(),
            )
        )
        .values_list("kind", "how")
        .annotate(many=Count("pk"))
    )
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, how, many in found:
        counted[kind][how] = many
    kinds = sorted(counted, key=lambda kind: (-sum(counted[kind].values()), kind))
    rows = [(trial.ALERT_KINDS.get(kind, kind), [counted[kind][how] for how in PARTS]) for kind in kinds]
    waiting = sum(of["waits"] for of in counted.values())
    everything = sum(sum(of.values()) for of in counted.values())
    return picture(
        "alerts",
        "Alerts by kind",
        f"Raised so far: {everything}. Waiting for a physician: {waiting}." if rows else "No alert was raised yet.",
        bars.lying(rows, list(PARTS.values())) if rows else None,
        head=("Kind", *(part.word for part in PARTS.values())),
        rows=[(word, *counts) for word, counts in rows],
        legend=list(PARTS.values()),
        link=("Alerts", "/alerts/"),
    )
