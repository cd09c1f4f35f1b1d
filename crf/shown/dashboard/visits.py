"""Planned visits: what took place, in its window or not, what was missed, what is due and what is still to come."""

from collections import defaultdict
from datetime import date, timedelta

from django.db import connection

from crf import trial
from crf.chart.study_end import ENDED
from crf.rules import windows
from crf.rules.windows import VisitStatus
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
    """Two statements, whatever the number of subjects."""
    sites = viewer.sites("see subjects", "see progress")
    if not sites:
        return None
    today = {pk: site.today() for pk, site in viewer.named.items()}
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for code, site, *so_far, many in _alike(sites):
        counted[code][_how(code, *so_far, today=today[site])] += many
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


def _alike(sites: list[int]) -> list[tuple]:
    """(code, site, is missed, took place, days from day 1 to that, day 1 of what is awaited, is over, how many)."""
    told = {"sites": sites, "before": list(trial.BEFORE_RANDOMISATION), "baseline": trial.BASELINE}
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, told)
        return cursor.fetchall()


def _how(
    code: str, is_missed: bool, took_place: bool, away: int | None, day_1: date | None, is_over: bool, *, today: date
) -> str:
    """The part that such visits are drawn in; “over” in none."""
    if took_place:
        day_1 = None if away is None else _ANY_DAY
        on = _ANY_DAY + timedelta(days=away or 0)
        return HOW[windows.visit_status(code, day_1=day_1, today=today, done_on=on)]
    if is_over and not is_missed:
        return "over"
    return HOW[windows.visit_status(code, day_1=day_1, today=today, missed=is_missed)]


HOW = {
    VisitStatus.DONE: "in",
    VisitStatus.OUTSIDE: "out",
    VisitStatus.MISSED: "missed",
    VisitStatus.OVERDUE: "overdue",
    VisitStatus.TO_BE_MARKED_MISSED: "overdue",
    VisitStatus.DUE: "due",
    VisitStatus.IN_WINDOW: "due",
    VisitStatus.PLANNED: "coming",
    VisitStatus.UNPLANNED: "coming",
}
_ANY_DAY = date(2001, 1, 1)
#: What is known of a subject is found once, and not at each of its visits; a hundred kinds of visits are left.
_ALIKE = f"""
  WITH ended AS ({ENDED}
  ), known AS MATERIALIZED (
       SELECT id, randomised_at, screen_failed_at IS NOT NULL OR id IN (SELECT subject_id FROM ended) AS is_over,
              COALESCE(first_dose_on, (
                  SELECT occurred_on FROM crf_visit AS baseline WHERE baseline.subject_id = subject.id
                     AND baseline.code = %(baseline)s AND baseline.undone_at IS NULL LIMIT 1
              ), randomised_at::date) AS day_1
         FROM crf_subject AS subject WHERE annulled_at IS NULL AND site_id = ANY(%(sites)s)
  ), visit AS (
       SELECT code, site_id, state = 'missed' AS is_missed, occurred_on IS NOT NULL AS took_place,
              occurred_on - day_1 AS away, day_1, occurred_on IS NULL AND is_over AS is_over
         FROM crf_visit JOIN known ON known.id = subject_id
        WHERE number = 1 AND undone_at IS NULL AND (randomised_at IS NOT NULL OR code = ANY(%(before)s::text[]))
  )
SELECT code, site_id, is_missed, took_place, away, CASE WHEN NOT (is_missed OR took_place OR is_over) THEN day_1 END,
       is_over, count(*)
  FROM visit GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # nosec B608 - our own names
