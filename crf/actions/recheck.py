"""Hold old records against the checks and rules of today: what is newly flagged, and what would follow (CHK-03)."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from crf.chart.check_version import version_of
from crf.chart.computed import in_words
from crf.chart.newly_flagged import Flagged
from crf.models import RECORDS, Alert, Found, Query, Subject, User, Visit
from crf.permissions import require
from crf.refusals import Refusal
from crf.rules.laboratory import COMPUTED, FORM
from crf.spec import dates
from crf.spec.kinds import shows_something

from .act import act
from .enter import compute_anew
from .follow import follow

ACTOR = "system:recheck"


def open_queries(*, flagged: Collection[Flagged], by: User) -> list[Query]:
    """Open a query for each; the machine writes them, and `by` is who asks and later settles them.

    One that somebody else's save opened in the meantime is left as it is. Raises NotAllowed where the person may not
    ask at a site, and Locked once the study is locked.
    """
    for site in {one.record.site_id for one in flagged}:
        require(by, "open query", site)
    now = timezone.now()
    with act(by=ACTOR, role="system", reason="Checks were run again over stored records"):
        new = [
            Query.of_check(one.record, one.check, **one.record.belongs_to, version=version_of(one.check), at=now, by=by)
            for one in flagged
        ]
        Query.objects.bulk_create(new, ignore_conflicts=True)
        return list(Query.objects.filter(opened_at=now, opened_by=by).order_by("pk"))


# -- everything that follows, when a rule has changed


@dataclass(frozen=True, order=True)
class Change:
    """What the rules of today open or close about a subject: an alert, a deviation, a query, the date of a visit, or
    what they compute of a result."""

    kind: str
    rule: str
    is_opened: bool
    subject: str
    sentence: str


def would_change(*, subject: Subject, by: User) -> list[Change]:
    """What following the rules of today would change about the subject; nothing stays changed.

    It is done and undone, so that it is exactly what `apply` does. Raises Locked where nothing can change any more.
    """
    try:
        with transaction.atomic():
            raise _Undone(_followed(subject, by, "A dry run of the rules"))
    except _Undone as undone:
        return undone.changes


def apply(*, subject: Subject, by: User, reason: str) -> list[Change]:
    """Bring the subject in line with the rules of today, for this reason.

    The audit trail names the component with its version; `by` is who asked, and stands in the columns of the rows.
    Raises NotAllowed, Locked, Refusal without a reason.
    """
    require(by, "recheck", subject.site_id)
    if not shows_something(reason):
        raise Refusal("Say why the rules are applied to what was entered before, such as the release and its decision.")
    with transaction.atomic():
        return _followed(subject, by, f"The rules changed: {reason.strip()}")


class _Undone(Exception):
    """Carries what was done out of a transaction that is rolled back."""

    def __init__(self, changes: list[Change]):
        super().__init__()
        self.changes = changes


def _followed(subject: Subject, by: User, because: str) -> list[Change]:
    before = _standing(subject)
    compute_anew(subject, because)
    follow(subject=subject, by=by, because=because)
    after = _standing(subject)
    return [
        Change(kind, rule, is_opened, subject.number, said)
        for is_opened, these in ((False, before - after), (True, after - before))
        for kind, rule, _, said in these.elements()
    ]


def _standing(subject: Subject) -> Counter:
    """Everything that follows from the record and stands: (kind, rule, on what, in words)."""
    about = {"subject": subject}
    found = [
        ("alert", one.rule, one.occurrence, one.sentence)
        for one in Alert.objects.filter(**about, no_longer_at__isnull=True)
    ]
    asked = Query.objects.filter(**about, state__in=(Query.State.OPEN, Query.State.ANSWERED)).exclude(check_code="")
    found += [("query", one.check_code, one.record, one.text) for one in asked]
    found += [
        ("deviation", one.occasion.partition(":")[0], one.occasion, one.sentence)
        for one in Found.objects.filter(**about, no_longer_at__isnull=True)
    ]
    found += [
        ("date of a visit", one.code, one.pk, dates.day(one.occurred_on) if one.occurred_on else "none")
        for one in Visit.objects.filter(**about)
    ]
    if FORM is not None:
        found += [
            ("computed result", one.analyte or "", one.pk, ", ".join(_computed(one)))
            for one in RECORDS[FORM.code].objects.standing().filter(**about)
        ]
    return Counter(found)


def _computed(record) -> list[str]:
    """What the server computed of a result, in words."""
    words = (in_words(record.form.items[name], getattr(record, name)) for name in COMPUTED)
    return [word for word in words if word]
