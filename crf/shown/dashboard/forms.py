"""Forms of visits that took place: missing, begun, complete, verified, changed since; by visit."""

from collections import defaultdict

from django.db import connection
from django.db.models import Count

from crf import permissions, spec, trial
from crf.models import RECORDS, Visit
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture

Read = dict[type[spec.Form], list[int]]  # the sites at which a form is read
PARTS = {
    "verified": Part("Verified", "full"),
    "changed": Part("Changed since verified", "hatched"),
    "complete": Part("Complete, not verified", "half"),
    "begun": Part("Begun", "now"),
    "missing": Part("Missing", "bad"),
}


def forms(viewer: Viewer) -> Picture | None:
    """How far the forms are that the person may read. Three statements, whatever the number of subjects."""
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
    there: dict[tuple[str, str, int], int] = {}
    for code, visit, site, how, many in entered(read):
        counted[visit][how] += many
        there[code, visit, site] = there.get((code, visit, site), 0) + many
    took_place = _took_place(sites)
    for form, at in read.items():
        for cell in _always_due(form.code):
            for site in at:
                due = took_place.get((cell.visit, site), 0)
                missing = max(due - there.get((form.code, cell.visit, site), 0), 0)
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


def entered(read: Read) -> list[tuple]:
    """(form, visit, site, how far, how many). All rows of a form at one visit count as one; of a log each counts.

    All that stand are counted and those that are only begun; which of the others do not stand verified as they are
    now, the database keeps (crf/models/to_verify.py). What is left is verified: nothing is looked up of it.
    """
    counted: dict[tuple, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with connection.cursor() as cursor:
        cursor.execute(_stored(read), {form.code: at for form, at in read.items()})
        for form, visit, site, many, begun in cursor.fetchall():
            counted[form, visit, site] |= {"begun": begun, "verified": many - begun}
        cursor.execute(_waiting(read), {form.code: at for form, at in read.items()})
        for form, visit, site, was_seen, many in cursor.fetchall():
            counted[form, visit, site]["changed" if was_seen else "complete"] += many
            counted[form, visit, site]["verified"] -= many
    return [(*place, how, many) for place, of in counted.items() for how, many in of.items() if many]


#: The subjects that were entered in error, read once for all forms.
_GONE = "WITH gone AS MATERIALIZED (SELECT id FROM crf_subject WHERE annulled_at IS NOT NULL)"


def _stored(read: Read) -> str:
    """(form, visit, site, how many, how many of these only begun). The visits are joined once, to the records of all
    forms together: form by form it took twice as long."""
    sheets, logs = [], []
    for form in read:
        rows = f"FROM {_table(form)} WHERE voided_at IS NULL AND site_id = ANY(%({form.code})s)"
        if form.log:
            logs.append(
                f" SELECT '{form.code}', NULL, site_id, count(*), count(*) FILTER (WHERE completed_at IS NULL) {rows}"
                " AND subject_id NOT IN (SELECT id FROM gone) GROUP BY site_id"  # nosec B608 - our own names
            )
        elif form.repeating:
            sheets.append(
                f"SELECT '{form.code}' AS form, visit_id, bool_or(completed_at IS NULL) AS begun {rows}"
                " GROUP BY visit_id"
            )
        else:
            sheets.append(f"SELECT '{form.code}' AS form, visit_id, completed_at IS NULL AS begun {rows}")
    at_visits = (
        " SELECT form, code, site_id, count(*), count(*) FILTER (WHERE begun)"  # nosec B608 - our own names
        f" FROM ({' UNION ALL '.join(sheets)}) AS sheet JOIN crf_visit AS visit ON visit.id = visit_id"
        " WHERE subject_id NOT IN (SELECT id FROM gone) GROUP BY form, code, site_id"
    )
    return _GONE + " UNION ALL ".join([*([at_visits] if sheets else []), *logs])


def _waiting(read: Read) -> str:
    """(form, visit, site, whether all was verified before it changed, how many) of what is complete and not verified
    as it is now. Nobody saw the first version of what waits in it."""
    parts = []
    for form in read:
        rows = (
            "SELECT waits.*, version > 1 AND EXISTS (SELECT FROM crf_verification AS earlier"  # nosec B608 - our own names
            " WHERE earlier.form = waits.form AND earlier.record = waits.record AND withdrawn_at IS NULL) AS seen"
            f" FROM crf_toverify AS waits WHERE form = '{form.code}' AND site_id = ANY(%({form.code})s)"
            " AND subject_id NOT IN (SELECT id FROM gone)"
        )
        if form.repeating and not form.log:
            rows = (
                f"SELECT form, visit_id, site_id, bool_and(seen) AS seen FROM ({rows}) AS row"  # nosec B608
                f" WHERE NOT EXISTS (SELECT FROM {_table(form)} AS stored WHERE stored.visit_id = row.visit_id"
                " AND voided_at IS NULL AND completed_at IS NULL) GROUP BY form, visit_id, site_id"
            )
        parts.append(f"SELECT form, visit_id, site_id, seen FROM ({rows}) AS sheet")  # nosec B608
    return (
        f"{_GONE} SELECT form, code, sheet.site_id, seen, count(*) FROM ({' UNION ALL '.join(parts)}) AS sheet"  # nosec B608
        " LEFT JOIN crf_visit AS visit ON visit.id = visit_id GROUP BY form, code, sheet.site_id, seen"
    )


def _table(form: type[spec.Form]) -> str:
    return RECORDS[form.code]._meta.db_table
