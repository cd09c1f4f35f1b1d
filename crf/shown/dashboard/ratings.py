"""How long ratings of the primary outcome took, a dot each, by site. To nobody who rates."""

from django.db import connection

from crf import permissions, trial
from crf.models import RECORDS
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import curves
from crf.shown.drawing.picture import Picture, picture

MOST = 250  # the last ones of a site


def minutes(viewer: Viewer) -> Picture | None:
    """Minutes from the beginning to the end of each. One statement."""
    sites = viewer.sites("review ratings")
    form = trial.form(trial.ANALYSIS.primary.form)
    if not sites or not form.rating or permissions.may_anywhere(viewer.user, "rate"):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT site_id, minutes FROM (SELECT site_id, extract(epoch FROM ended - started)::int / 60 AS minutes,"
            " row_number() OVER (PARTITION BY site_id ORDER BY created_at DESC) AS nth"
            f" FROM {RECORDS[form.code]._meta.db_table} WHERE site_id = ANY(%s) AND voided_at IS NULL"  # nosec B608 - our own names
            " AND started IS NOT NULL AND ended > started) AS timed WHERE nth <= %s",
            [sites, MOST],
        )
        timed = cursor.fetchall()
    shown = viewer.words(sites)
    columns = [(site.name, [float(took) for at, took in timed if at == site.pk]) for site in shown]
    limit = form.short_under
    short = sum(limit is not None and took < limit for _, values in columns for took in values)
    rows = []
    for name, values in columns:
        ordered = sorted(values)
        middle = f"{ordered[len(ordered) // 2]:g}" if ordered else "—"
        few = sum(limit is not None and took < limit for took in values)
        rows.append((name, len(values), middle, f"{ordered[0]:g}" if ordered else "—", few))
    says = f"Ratings with both times: {len(timed)}."
    says += f" Shorter than {limit} minutes: {short}." if limit is not None else ""
    return picture(
        "minutes",
        f"Time taken for the {form.code}",
        says,
        curves.dots(columns, limit=limit, high=max((took for _, took in timed), default=1)) if timed else None,
        head=("Site", "Ratings", "Median, minutes", "Shortest", "Short"),
        rows=rows,
        link=("Short and late ratings", "/ratings/"),
        note=f"The last {MOST} of each site." if len(timed) >= MOST else "",
    )
