"""The primary outcome by visit, everybody in one drawing: threads, median and quartiles. Pooled, never by arm.

To nobody who rates at the site: a rater sees no earlier rating (PROTOCOL 6).
"""

from django.db import connection

from crf import permissions, trial
from crf.models import RECORDS
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import curves
from crf.shown.drawing.picture import Picture, picture

THREADS = 80  # of the subjects randomised last; more of them say nothing more


def courses(viewer: Viewer) -> Picture | None:
    """Two statements, whatever the number of subjects."""
    rated = set(viewer.sites("rate"))
    sites = sorted(set(viewer.sites("see course", "blinded report")) - rated)
    outcome = trial.ANALYSIS.primary
    if not sites:
        return None
    planned = [visit for visit in trial.VISITS if visit.analysed or visit.code == trial.BASELINE]
    places = {visit.code: place for place, visit in enumerate(planned)}
    told = {"sites": sites, "codes": list(places), "none": list(outcome.not_assessed), "most": THREADS}
    middle = [(places[code], *map(float, three), many) for code, *three, many in _rows(_MIDDLE, told)]
    middle.sort()
    threads = [
        sorted((places[code], float(value)) for code, value in zip(codes, values, strict=True))
        for codes, values in _rows(_THREADS, told)
    ]
    rows = [(planned[place].label, many, *(f"{value:g}" for value in three)) for place, *three, many in middle]
    title = f"{outcome.label} of all subjects together"
    head = ("Visit", "Rated", "Lower quartile", "Median", "Upper quartile")
    if not middle:
        return picture("courses", title, "Nobody was rated yet.", None, head=head, rows=rows)
    first, last = middle[0], middle[-1]
    says = (
        f"The median is {first[2]:g} at {planned[first[0]].label.lower()} ({first[-1]} rated) and {last[2]:g} at "
        f"{planned[last[0]].label.lower()} ({last[-1]} rated)."
    )
    values = [value for thread in threads for _, value in thread] + [value for one in middle for value in one[1:4]]
    low = min(outcome.low, *values)
    sheet = curves.by_visit([(visit.label, visit.day) for visit in planned], threads, middle, low=low, high=max(values))
    note = "The line is the median, the band holds the middle half. All arms together: nobody here knows who took what."
    if len(threads) == THREADS:
        note += f" Threads are those of the {THREADS} randomised last."
    link = (
        ("Blinded report", "/reports/blinded/") if permissions.may_anywhere(viewer.user, "blinded report") else ("", "")
    )
    return picture("courses", title, says, sheet, head=head, rows=rows, link=link, note=note)


def _rows(statement: str, told: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        return cursor.fetchall()


_OUTCOME = trial.ANALYSIS.primary
_FROM = (
    f"FROM {RECORDS[_OUTCOME.form]._meta.db_table} AS rating JOIN crf_visit AS visit ON visit.id = rating.visit_id"  # nosec B608 - our own names
    " JOIN crf_subject AS subject ON subject.id = rating.subject_id"
    " WHERE rating.voided_at IS NULL AND rating.site_id = ANY(%(sites)s) AND visit.code = ANY(%(codes)s)"
    f" AND subject.randomised_at IS NOT NULL AND rating.{_OUTCOME.score} IS NOT NULL"
    f" AND NOT rating.{_OUTCOME.score} = ANY(%(none)s::int[])"
)
_MIDDLE = (
    f"SELECT visit.code, percentile_cont(0.25) WITHIN GROUP (ORDER BY rating.{_OUTCOME.score}),"  # nosec B608
    f" percentile_cont(0.5) WITHIN GROUP (ORDER BY rating.{_OUTCOME.score}),"
    f" percentile_cont(0.75) WITHIN GROUP (ORDER BY rating.{_OUTCOME.score}), count(*) {_FROM} GROUP BY visit.code"
)
_THREADS = (
    f"SELECT array_agg(visit.code), array_agg(rating.{_OUTCOME.score}) {_FROM} AND subject.id IN (SELECT id FROM"  # nosec B608
    " crf_subject WHERE randomised_at IS NOT NULL AND site_id = ANY(%(sites)s) ORDER BY randomised_at DESC"
    " LIMIT %(most)s) GROUP BY subject.id ORDER BY subject.id"
)
