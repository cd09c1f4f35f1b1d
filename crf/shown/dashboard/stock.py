"""What the sites have of the drug, bottle by bottle. Kits are numbered: nothing here tells an arm."""

from collections import defaultdict

from django.db.models import Count

from crf import trial
from crf.models import Bottle
from crf.rules import bottles
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture

#: What the states of a bottle are drawn as; the states of one part are told apart in the stock's own page.
PARTS = {
    "coming": (Part("On the way", "none"), {bottles.SENT}),
    "stock": (Part("In stock", "full"), {bottles.IN_STOCK}),
    "out": (Part("Handed out", "half"), {bottles.HANDED_OUT}),
    "back": (Part("Brought back", "now"), {bottles.BACK}),
    "aside": (
        Part("Put aside, damaged or missing", "hatched"),
        {bottles.QUARANTINED, bottles.REJECTED, bottles.MISSING, bottles.LOST, bottles.DAMAGED},
    ),
}


def stock(viewer: Viewer) -> Picture | None:
    """One statement."""
    sites = viewer.sites("read stock") if trial.KITS else []
    if not sites:
        return None
    counted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    found = Bottle.objects.filter(site_id__in=sites).order_by().values_list("site_id", "state")
    for site, state, many in found.annotate(many=Count("pk")):
        for name, (_, states) in PARTS.items():
            if state in states:
                counted[site][name] += many
    parts = [part for part, _ in PARTS.values()]
    rows = [(site.name, [counted[site.pk][name] for name in PARTS]) for site in viewer.words(sites)]
    in_stock = sum(of["stock"] for of in counted.values())
    return picture(
        "stock",
        "Bottles at the sites",
        f"In stock: {in_stock} bottles, those that expired among them." if counted else "Nothing was sent yet.",
        bars.lying(rows, parts) if counted else None,
        head=("Site", *(part.word for part in parts)),
        rows=[(name, *counts) for name, counts in rows],
        legend=parts,
        link=("Stock", "/stock/"),
    )
