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
    """(form, visit, site, how far, how many). All rows of a form at one visit count as one; of a log each counts."""
    parts = [
        f"SELECT '{form.code}' AS form, subject_id, visit_id, site_id, version, id, completed_at IS NOT NULL AS whole"  # nosec B608 - our own names
        f" FROM {RECORDS[form.code]._meta.db_table} WHERE voided_at IS NULL AND site_id = ANY(%s)"
        for form in read
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH stored AS ({" UNION ALL ".join(parts)}),
                sheet AS (
                  SELECT stored.form, stored.visit_id, stored.site_id, stored.subject_id,
                         bool_and(whole) AS whole,
                         bool_and(seen.version IS NOT NULL) AS seen,
                         bool_and(seen.version IS NOT NULL AND seen.version = stored.version) AS as_now
                    FROM stored LEFT JOIN (
                      SELECT form, record, max(version) AS version FROM crf_verification
                       WHERE withdrawn_at IS NULL GROUP BY form, record) AS seen
                      ON seen.form = stored.form AND seen.record = stored.id
                   GROUP BY stored.form, stored.subject_id, stored.visit_id, stored.site_id,
                         CASE WHEN stored.visit_id IS NULL THEN stored.id END)
              SELECT sheet.form, visit.code, sheet.site_id,
                     CASE WHEN NOT whole THEN 'begun' WHEN as_now THEN 'verified' WHEN seen THEN 'changed'
                          ELSE 'complete' END AS how, count(*)
                FROM sheet JOIN crf_subject AS subject ON subject.id = sheet.subject_id AND subject.annulled_at IS NULL
                LEFT JOIN crf_visit AS visit ON visit.id = sheet.visit_id
               GROUP BY 1, 2, 3, 4""",  # nosec B608 - our own names
            list(read.values()),
        )
        return cursor.fetchall()
