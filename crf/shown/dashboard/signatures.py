"""Casebooks of randomised subjects: signed as they are, signed before something was added, not signed, locked."""

from collections import defaultdict

from django.db.models import Case, CharField, Count, Exists, OuterRef, Value, When

from crf.models import CasebookLock, Signature, Subject
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture

PARTS = {
    "locked": Part("Locked", "dark"),
    "whole": Part("Signed", "full"),
    "overtaken": Part("Signed, more came since", "half"),
    "revoked": Part("Signature revoked by a change", "hatched"),
    "none": Part("Not signed yet", "none"),
}


def signatures(viewer: Viewer) -> Picture | None:
    """One statement."""
    sites = viewer.sites("see progress")
    if not sites:
        return None
    own = Signature.objects.filter(subject=OuterRef("pk"), scope=Signature.Scope.CASEBOOK)
    found = (
        Subject.objects.filter(site_id__in=sites, randomised_at__isnull=False)
        .annotate(
            how=Case(
                When(
                    Exists(CasebookLock.objects.filter(subject=OuterRef("pk"), lifted_at__isnull=True)),
                    then=Value("locked"),
                ),
                When(Exists(own.filter(revoked_at__isnull=True, overtaken_at__isnull=True)), then=Value("whole")),
                When(Exists(own.filter(revoked_at__isnull=True)), then=Value("overtaken")),
                When(Exists(own), then=Value("revoked")),
                default=Value("none"),
                output_field=CharField(),
            )
        )
        .order_by()
        .values_list("site_id", "how")
        .annotate(many=Count("pk"))
    )
    counted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for site, how, many in found:
        counted[site][how] = many
    rows = [(site.name, [counted[site.pk][how] for how in PARTS]) for site in viewer.words(sites)]
    totals = {how: sum(of[how] for of in counted.values()) for how in PARTS}
    everybody = sum(totals.values())
    says = (
        f"Casebooks of randomised subjects: {everybody}. Locked or signed as they are: "
        f"{totals['whole'] + totals['locked']}. Signature revoked by a change: {totals['revoked']}."
    )
    return picture(
        "signatures",
        "Signatures and locks",
        says if everybody else "Nobody is randomised yet.",
        bars.lying(rows, list(PARTS.values())) if everybody else None,
        head=("Site", *(part.word for part in PARTS.values())),
        rows=[(name, *counts) for name, counts in rows],
        legend=list(PARTS.values()),
        link=viewer.link("Subjects", "/subjects/"),
    )
