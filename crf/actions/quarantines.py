"""Put bottles aside together, and release or reject them together: bottle by bottle an arm could be told."""

from collections.abc import Collection

from django.utils import timezone

from crf.models import Bottle, Quarantine, Site, User
from crf.permissions import require
from crf.refusals import AlreadySettled, Refusal
from crf.rules import bottles as rules
from crf.spec.kinds import shows_something

from .act import act
from .shipments import tell_of_trouble, told_that_it_is_settled
from .unblinded import refuse_arm


def put_aside(*, site: Site, bottles: Collection[int], reason: str, by: User) -> Quarantine:
    """Bottles in stock (their ids) that may have become unfit: none is handed out until it is released."""
    role = require(by, "run the pharmacy", site.pk)
    if not shows_something(reason):
        raise Refusal("Say what happened, such as how warm and for how long.")
    with act(by=by, role=role, reason=reason.strip()):
        rows = list(Bottle.objects.select_for_update().filter(site=site, pk__in=bottles))
        if not rows or len(rows) != len(set(bottles)) or any(row.state != rules.IN_STOCK for row in rows):
            raise Refusal("Choose bottles that are in stock. Somebody may have changed one meanwhile; look again.")
        now = timezone.now()
        found = Quarantine.objects.create(site=site, reason=reason.strip(), opened_at=now, opened_by=by)
        for row in rows:
            row.state, row.since, row.quarantine = rules.QUARANTINED, now, found
            row.save(update_fields=["state", "since", "quarantine"])
        tell_of_trouble(site, "Bottles were put into quarantine")
    return found


def settle(*, quarantine: Quarantine, outcome: str, because: str, by: User) -> Quarantine:
    """Release or reject the whole of it, and say why."""
    role = require(by, "settle quarantine", quarantine.site_id)
    outcome = Quarantine.Outcome(outcome)
    if not shows_something(because):
        raise Refusal("Say why it is released or rejected. The site reads it: write nothing of what a kit holds.")
    refuse_arm(because)
    with act(by=by, role=role, reason=because.strip()):
        found = Quarantine.objects.select_for_update(of=("self",)).select_related("site").get(pk=quarantine.pk)
        if found.settled_at is not None:
            raise AlreadySettled("This quarantine was settled before.")
        now = timezone.now()
        found.settled_at, found.settled_by, found.outcome, found.because = now, by, outcome, because.strip()
        found.save()
        for row in Bottle.objects.select_for_update().filter(quarantine=found, state=rules.QUARANTINED):
            row.state = rules.IN_STOCK if outcome == Quarantine.Outcome.RELEASED else rules.REJECTED
            row.since = now
            row.save(update_fields=["state", "since"])
        told_that_it_is_settled(found.site)
    return found
