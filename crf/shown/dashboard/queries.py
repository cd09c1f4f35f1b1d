"""How long queries have waited: for an answer of the site, and for a look at the answer."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Case, CharField, Count, F, Value, When
from django.utils import timezone

from crf.models import Query
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture
from crf.shown.readable_queries import readable_queries

AGES = (("up to 7 days", 7), ("8 to 14", 14), ("15 to 28", 28), ("over 28", None))
PARTS = {Query.State.OPEN: Part("To be answered", "full"), Query.State.ANSWERED: Part("To be reviewed", "half")}


def ageing(viewer: Viewer) -> Picture | None:
    """The queries that stand, of forms that the person may read. One statement."""
    sites = viewer.sites("see subjects")
    if not sites:
        return None
    now = timezone.now()
    age = Case(
        *(When(since__gt=now - timedelta(days=days + 1), then=Value(word)) for word, days in AGES if days),
        default=Value(AGES[-1][0]),
        output_field=CharField(),
    )
    found = (
        readable_queries(viewer.user, sites)
        .filter(state__in=list(PARTS))
        .order_by()
        .annotate(since=Case(When(state=Query.State.ANSWERED, then=F("answered_at")), default=F("opened_at")))
        .annotate(age=age)
        .values_list("site_id", "state", "age")
        .annotate(many=Count("pk"))
    )
    counted: dict[tuple, int] = defaultdict(int)
    for site, state, word, many in found:
        counted[site, state, word] += many
    columns = [(word, [sum(counted[site, state, word] for site in sites) for state in PARTS]) for word, _ in AGES]
    waiting, to_review = (sum(counts[place] for _, counts in columns) for place in (0, 1))
    old = sum(sum(counts) for word, counts in columns if word == AGES[-1][0])
    says = f"To be answered: {waiting}. Answers to be reviewed: {to_review}. Waiting for more than four weeks: {old}."
    rows = [
        (f"{site.name}, {part.word.lower()}", *(counted[site.pk, state, word] for word, _ in AGES))
        for site in viewer.words(sites)
        for state, part in PARTS.items()
    ]
    return picture(
        "queries",
        "Queries by age",
        says if waiting + to_review else "No query waits.",
        bars.standing(columns, list(PARTS.values())) if waiting + to_review else None,
        head=("Site, state", *(word for word, _ in AGES)),
        rows=rows,
        legend=list(PARTS.values()),
        link=("Queries", "/queries/"),
    )
