"""Planned visits: what took place, in its window or not, what was missed, what is due and what is still to come."""

from collections import defaultdict

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Now

from crf import trial
from crf.chart.days_in_sql import closes, local_date, opens
from crf.chart.study_end import has_ended
from crf.models import Visit
from crf.shown.awaited import day_1
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture

PARTS = {
    "in": Part("In window", "full"),
    "out": Part("Outside window", "half"),
    "missed": Part("Missed", "hatched"),
    "overdue": Part("Overdue", "bad"),
    "due": Part("Due now", "now"),
    "coming": Part("To come", "none"),
}


def visits(viewer: Viewer) -> Picture | None:
    """One statement, whatever the number of subjects."""
    sites = viewer.sites("see subjects", "see progress")
    if not sites:
        return None
    is_over = Q(subject__screen_failed_at__isnull=False) | Q(ended=True)
    found = (
        Visit.objects.filter(site_id__in=sites, subject__annulled_at__isnull=True, number=1)
        .filter(Q(subject__randomised_at__isnull=False) | Q(code__in=trial.BEFORE_RANDOMISATION))
        .annotate(day_1=day_1("subject__"), today=local_date("site__timezone", Now()), ended=has_ended("subject"))
        .annotate(opens=opens(F("day_1")), closes=closes(F("day_1")))
        .annotate(
            how=Case(
                When(
                    Q(occurred_on__isnull=False)
                    & (Q(opens__isnull=True) | Q(occurred_on__gte=F("opens"), occurred_on__lte=F("closes"))),
                    then=Value("in"),
                ),
                When(occurred_on__isnull=False, then=Value("out")),
                When(state=Visit.State.MISSED, then=Value("missed")),
                When(is_over, then=Value("over")),
                When(closes__lt=F("today"), then=Value("overdue")),
                When(opens__lte=F("today"), then=Value("due")),
                default=Value("coming"),
                output_field=CharField(),
            )
        )
        .order_by()
        .values_list("code", "how")
        .annotate(many=Count("pk"))
    )
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for code, how, many in found:
        counted[code][how] = many
    planned = [visit for visit in trial.VISITS if visit.is_planned]
    rows = [(visit.label, [counted[visit.code][how] for how in PARTS]) for visit in planned]
    totals = {how: sum(of[how] for of in counted.values()) for how in PARTS}
    done = totals["in"] + totals["out"]
    says = (
        f"Took place: {done}, of these in their window {totals['in']}. Missed: {totals['missed']}. Overdue: "
        f"{totals['overdue']}. Due now: {totals['due']}."
    )
    return picture(
        "visits",
        "Visits",
        says,
        bars.lying(rows, list(PARTS.values())) if counted else None,
        head=("Visit", *(part.word for part in PARTS.values())),
        rows=[(label, *counts) for label, counts in rows],
        legend=list(PARTS.values()),
        link=viewer.link("All visits", "/visits/"),
        note="Visits that will not come any more, of who left or failed screening, are not counted.",
    )
