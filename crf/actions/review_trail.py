"""Put on record that the audit trail was looked at: which risks, over which days, and what came of it (AUD-16)."""

from collections.abc import Collection
from datetime import date

from django.utils import timezone

from crf.models import Site, TrailReview, User
from crf.permissions import DEEDS, require_anywhere
from crf.refusals import Refusal
from crf.shown.trail_risks import BY_CODE, Looked
from crf.spec.kinds import shows_something

from .act import act


def review(*, looked: Looked, risks: Collection[str], outcome: str, finding: str, by: User) -> TrailReview:
    """The counts are taken now, so that the record says how many events there were to look at.

    Raises NotAllowed, Refusal where nothing was looked at or found, or where the days are not in order.
    """
    role = require_anywhere(by, "review trail")
    if not risks:
        raise Refusal("Say which kinds of events you looked at.")
    if not shows_something(finding):
        raise Refusal("Say what came of it: that nothing needs following up, or what was done.")
    _refuse_days(looked.since, looked.until)
    TrailReview.Outcome(outcome)
    with act(by=by, role=role):
        counts = looked.counts()
        return TrailReview.objects.create(
            since=looked.since,
            until=looked.until,
            sites=sorted(
                Site.objects.filter(pk__in=by.sites_as(*DEEDS["review trail"])).values_list("code", flat=True)
            ),
            looked_at=[[code, risk.word, counts[code]] for code, risk in BY_CODE.items() if code in risks],
            outcome=outcome,
            finding=finding.strip(),
            reviewed_at=timezone.now(),
            reviewed_by=by,
            role=role,
        )


def _refuse_days(since: date, until: date) -> None:
    if until < since:
        raise Refusal("The last day lies before the first. Correct one of them.")
    if since > timezone.now().date():
        raise Refusal("The first day lies in the future: there is nothing to look at yet.")
