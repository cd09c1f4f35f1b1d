"""Send kits to a site, and receive them there. Which kits follows from the list, not from who sends them."""

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from crf import trial
from crf.allocation import hatch
from crf.models import Bottle, Mail, Quarantine, RoleHeld, Shipment, Site, User
from crf.permissions import require
from crf.refusals import AlreadySettled, Refusal
from crf.rules import bottles as rules
from crf.rules.kit_numbers import matches
from crf.spec.kinds import shows_something

from . import outbox
from .act import act

MOST_KITS, MOST_BOTTLES = 200, 99
#: Who is told that a shipment did not arrive as it was sent, and that bottles were put aside.
TOLD_OF_TROUBLE = (RoleHeld.Role.SUPPLY_MANAGER, RoleHeld.Role.MONITOR)


def send(*, site: Site, kits: int, expires_on: date, by: User, kit: str = "", more: int = 0) -> Shipment:
    """The next so many kits of each stratum of the site, and so many more bottles of one kit that is there already.

    Raises Refusal where nothing is sent, the list has no more, or the kit is not at the site.
    """
    role = require(by, "send supplies", site.pk)
    plan = trial.KITS
    if plan is None:
        raise Refusal("This trial sends no kits.")
    if not kits and not more:
        raise Refusal("Say how many kits are sent, or of which kit how many more bottles.")
    if kits > MOST_KITS or more > MOST_BOTTLES:
        raise Refusal(f"One shipment holds {MOST_KITS} kits and {MOST_BOTTLES} further bottles at most.")
    if rules.is_expired(expires_on, site.today()):
        raise Refusal("These have expired: they are not sent.")
    with act(by=by, role=role):
        Site.objects.select_for_update().get(pk=site.pk)  # two shipments at once take numbers one after the other
        there = sorted(set(Bottle.objects.filter(site=site).values_list("kit", flat=True)))
        wanted = _next_kits(site, there, kits, by) if kits else []
        rows = [(one, number) for one in wanted for number in range(1, plan.bottles + 1)]
        if more:
            rows += _further(there, kit, more)
        last = Shipment.objects.filter(site=site).aggregate(last=Max("number"))["last"] or 0
        now = timezone.now()
        found = Shipment.objects.create(site=site, number=last + 1, expires_on=expires_on, sent_at=now, sent_by=by)
        Bottle.objects.bulk_create(
            Bottle(site=site, shipment=found, kit=one, number=number, units=plan.units, since=now)
            for one, number in sorted(rows)
        )
        _tell(site, (RoleHeld.Role.PHARMACIST,), "A shipment is on its way", f"/stock/shipments/{found.pk}/")
    return found


def _next_kits(site: Site, there: list[str], many: int, by: User) -> list[str]:
    declared = [one for one in trial.SITES if one.code == site.code]
    found = []
    for stratum in trial.ALLOCATION.strata(declared):
        kits = hatch.next_kits(by=by.pk, stratum=stratum, sent=there, many=many)
        if len(kits) < many:
            raise Refusal(f"The list has only {len(kits)} more kits for {stratum} that were not sent yet.")
        found += kits
    return found


def _further(there: list[str], typed: str, more: int) -> list[tuple[str, int]]:
    """The numbers of further bottles of a kit, which its own treatment is filled into."""
    kit = next((one for one in there if matches(one, typed) or one == typed.strip().upper()), None)
    if kit is None:
        raise Refusal("This kit was never sent to this site. Type its number as it is printed, with its check digit.")
    last = Bottle.objects.filter(kit=kit).aggregate(last=Max("number"))["last"]
    if last + more > MOST_BOTTLES:
        raise Refusal(f"A kit has {MOST_BOTTLES} bottles at most.")
    return [(kit, number) for number in range(last + 1, last + more + 1)]


def receive(
    *,
    shipment: Shipment,
    condition: str,
    received_on: date,
    counted: int,
    by: User,
    missing: Collection[int] = (),
    damaged: Collection[int] = (),
    remark: str = "",
) -> Shipment:
    """What arrived, and how. `missing`, `damaged`: ids of bottles; `counted`: how many are whole, by the pharmacist.

    Outside its temperature it goes into quarantine. What is not as it was sent is told to the supply manager and the
    monitor. Raises Refusal where the count and the marks do not agree.
    """
    role = require(by, "run the pharmacy", shipment.site_id)
    missing, damaged = set(missing), set(damaged)
    condition = Shipment.Condition(condition)
    if missing & damaged:
        raise Refusal("A bottle that did not arrive cannot be damaged: mark it once.")
    if received_on > shipment.site.today():
        raise Refusal("This day is in the future.")
    if condition != Shipment.Condition.GOOD and not shows_something(remark):
        raise Refusal("Say in words what was wrong with the shipment.")
    with act(by=by, role=role, reason=remark.strip()):
        shipment = Shipment.objects.select_for_update(of=("self",)).select_related("site").get(pk=shipment.pk)
        if not shipment.is_on_its_way:
            raise AlreadySettled("This shipment was received before.")
        if received_on < shipment.sent_at.astimezone(shipment.site.zone).date():
            raise Refusal("This day lies before the shipment was sent.")
        rows = list(Bottle.objects.select_for_update().filter(shipment=shipment))
        whole = [row for row in rows if row.pk not in missing | damaged]
        if counted != len(whole):
            raise Refusal(
                f"You counted {counted} whole bottles, but by what is marked below {len(whole)} arrived whole. Count "
                "again, and mark each bottle that did not arrive or is damaged. Nothing is saved yet."
            )
        now = timezone.now()
        shipment.received_at, shipment.received_by, shipment.received_on = now, by, received_on
        shipment.condition, shipment.counted, shipment.remark = condition, counted, remark.strip()
        shipment.save()
        aside = None
        if condition == Shipment.Condition.TEMPERATURE and whole:
            aside = Quarantine.objects.create(
                site_id=shipment.site_id, reason=remark.strip()[:500], opened_at=now, opened_by=by
            )
        for row in rows:
            row.since, row.quarantine = now, aside if row in whole else None
            row.state = (
                rules.MISSING
                if row.pk in missing
                else rules.DAMAGED
                if row.pk in damaged
                else rules.QUARANTINED
                if aside
                else rules.IN_STOCK
            )
            row.save(update_fields=["state", "since", "quarantine"])
        if missing or damaged or condition != Shipment.Condition.GOOD:
            tell_of_trouble(shipment.site, "A shipment did not arrive as it was sent")
    return shipment


def tell_of_trouble(site: Site, what: str) -> None:
    """Mail those who see to supplies. Part of the deed; the mail names the site and nothing else."""
    _tell(site, TOLD_OF_TROUBLE, what, "/")


def told_that_it_is_settled(site: Site) -> None:
    """Mail the pharmacists that a quarantine was settled."""
    _tell(site, (RoleHeld.Role.PHARMACIST,), "A quarantine was settled", "/stock/")


def _tell(site: Site, roles: Collection[str], what: str, where: str) -> None:
    held = RoleHeld.objects.current().filter(site=site, role__in=list(roles)).select_related("user")
    outbox.put(
        kind=Mail.Kind.ALERT,
        to=[one.user.email for one in held if one.user.email],
        title=f"[{trial.STUDY_ID}] {what}",
        text=f"{what}: {site.name}.\n\nSign in and look: {settings.PUBLIC_ADDRESS}{where}\n",
    )
