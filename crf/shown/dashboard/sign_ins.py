"""Who came in on each of the last days, and how often somebody failed to."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Case, CharField, Count, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from crf.models import SignIn
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture
from crf.spec import dates

DAYS = 28
KINDS = SignIn.Kind
PARTS = {
    "in": (Part("Signed in", "full"), (KINDS.IN,)),
    "failed": (Part("Failed or refused", "bad"), (KINDS.FAILED, KINDS.FAILED_CODE, KINDS.REFUSED)),
}


def sign_ins(viewer: Viewer) -> Picture | None:
    """Of the last four weeks, by day (UTC). One statement."""
    if not viewer.sites("read access"):
        return None
    since = timezone.now() - timedelta(days=DAYS)
    found = (
        SignIn.objects.filter(at__gte=since)
        .annotate(
            on=TruncDate("at"),
            how=Case(
                *(When(kind__in=kinds, then=Value(name)) for name, (_, kinds) in PARTS.items()),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .order_by()
        .values_list("on", "how")
        .annotate(many=Count("pk"))
    )
    counted: dict = defaultdict(lambda: defaultdict(int))
    for on, how, many in found:
        counted[on][how] = many
    days = [viewer.today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    columns = [(f"{day.day} {dates.MONTHS[day.month - 1]}", [counted[day][name] for name in PARTS]) for day in days]
    came, failed = (sum(counts[place] for _, counts in columns) for place in (0, 1))
    parts = [part for part, _ in PARTS.values()]
    return picture(
        "sign-ins",
        "Sign-ins of the last four weeks",
        f"Signed in: {came} times. Failed or refused: {failed} times.",
        bars.standing(columns, parts) if came + failed else None,
        head=("Day (UTC)", *(part.word for part in parts)),
        rows=[(dates.day(day), *counts) for day, (_, counts) in zip(days, columns, strict=True)],
        legend=parts,
        link=("Sign-ins", "/people/sign-ins/"),
    )
