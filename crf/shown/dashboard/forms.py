"""Forms of visits that took place: missing, begun, complete, verified, changed since; by visit."""

from collections import defaultdict

from django.db import connection
from django.db.models import Count

from crf import permissions, spec, trial
from crf.models import RECORDS, Visit
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture

PARTS = {
    "verified": Part("Verified", "full"),
    "changed": Part("Changed since verified", "hatched"),
    "complete": Part("Complete, not verified", "half"),
    "begun": Part("Begun", "now"),
    "missing": Part("Missing", "bad"),
}


def forms(viewer: Viewer) -> Picture | None:
    """How far the forms are that the person may read. Two statements, whatever the number of subjects."""
    sites = viewer.sites("see progress")
    blinded = viewer.sites("blinded report")  # to these the report says the same
    read = {
        form: [site for site in sites if site in blinded or form in permissions.readable_forms(viewer.user, site)]
        for form in _told()
    }
    read = {form: at for form, at in read.items() if at}
    if not read:
        return None
    counted: dict[str | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    entered: dict[tuple[str, str, int], int] = {}
    for code, visit, site, how, many in _entered(read):
        counted[visit][how] += many
        entered[code, visit, site] = entered.get((code, visit, site), 0) + many
    took_place = _took_place(sites)
    for form, at in read.items():
        for cell in _always_due(form.code):
            for site in at:
                due = took_place.get((cell.visit, site), 0)
                missing = max(due - entered.get((form.code, cell.visit, site), 0), 0)
                counted[cell.visit]["missing"] += missing
    order = [visit for visit in trial.VISITS if visit.code in counted]
    rows = [(visit.label, [counted[visit.code][how] for how in PARTS]) for visit in order]
    if None in counted:
        rows.append(("At any time", [counted[None][how] for how in PARTS]))
    totals = {how: sum(of[how] for of in counted.values()) for how in PARTS}
    stored = totals["verified"] + totals["changed"] + totals["complete"]
    says = (
        f"Missing: {totals['missing']} required forms. Begun: {totals['begun']}. Complete: {stored}, of these verified "
        f"as they are now {totals['verified']}."
    )
    return picture(
        "forms",
        "Forms, from missing to verified",
        says,
        bars.lying(rows, list(PARTS.values())) if rows else None,
        head=("Visit", *(part.word for part in PARTS.values())),
        rows=[(label, *counts) for label, counts in rows],
        legend=list(PARTS.values()),
        link=viewer.link("Work list", "/"),
        note="A form that is due under a condition counts once it is begun.",
    )


def _told() -> list[type[spec.Form]]:
    return [form for form in trial.FORMS if form.discloses is not spec.UNBLINDS]


def _always_due(form_code: str):
    return [cell for cell in trial.SCHEDULE if cell.form == form_code and cell.required and cell.when is None]


def _took_place(sites: list[int]) -> dict[tuple[str, int], int]:
    """How many visits of a kind took place at a site."""
    found = Visit.objects.filter(site_id__in=sites, occurred_on__isnull=False, subject__annulled_at__isnull=True)
    counted = found.order_by().values_list("code", "site_id").annotate(many=Count("pk"))
    return {(code, site): many for code, site, many in counted}


def _entered(read: dict[type[spec.Form], list[int]]) -> list[tuple]:
    """(form, visit, site, how far, how many). All rows of a form at one visit count as one; of a log each counts.

    Which complete record was not verified as it is now, the database keeps (crf/models/to_verify.py): only of those is
    it looked up whether they were verified before.
    """
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(map(_counted, read)), list(read.values()))
        return cursor.fetchall()


def _counted(form: type[spec.Form]) -> str:
    code, table = form.code, RECORDS[form.code]._meta.db_table
    seen = "EXISTS (SELECT FROM crf_verification WHERE form = waits.form AND record = waits.record"
    rows = (
        "SELECT stored.subject_id, stored.visit_id, stored.site_id, completed_at IS NOT NULL AS whole,"  # nosec B608 - our own names
        f" waits.record IS NULL AS as_now, waits.record IS NULL OR {seen} AND withdrawn_at IS NULL) AS seen"
        f" FROM {table} AS stored LEFT JOIN crf_toverify AS waits ON waits.form = '{code}' AND waits.record = stored.id"
        " WHERE voided_at IS NULL AND stored.site_id = ANY(%s)"
        " AND stored.subject_id NOT IN (SELECT id FROM crf_subject WHERE annulled_at IS NOT NULL)"
    )
    if form.repeating and not form.log:
        rows = (
            "SELECT visit_id, site_id, bool_and(whole) AS whole, bool_and(as_now) AS as_now, bool_and(seen) AS seen"  # nosec B608
            f" FROM ({rows}) AS row GROUP BY subject_id, visit_id, site_id"
        )
    return (
        f"(SELECT '{code}', visit.code, sheet.site_id, CASE WHEN NOT whole THEN 'begun' WHEN as_now THEN 'verified'"  # nosec B608
        f" WHEN seen THEN 'changed' ELSE 'complete' END, count(*) FROM ({rows}) AS sheet"
        " LEFT JOIN crf_visit AS visit ON visit.id = sheet.visit_id GROUP BY 2, 3, 4)"
    )
