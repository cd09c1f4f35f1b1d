"""What supply manager and pharmacists do in the demo: kits are sent, received, handed out, counted back, destroyed.

Nothing is written past the deeds. What was done is not done again, so a running trial is carried on where it stands.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta

from crf import trial
from crf.actions import bottles, envelopes, quarantines, shipments
from crf.models import Bottle, Quarantine, Shipment, Site, Subject
from crf.rules import bottles as rules
from crf.shown import stock

#: In days before the first subject, the day a shipment leaves; it arrives, and is released, so many days later.
FIRST, SECOND, ARRIVES, RELEASED = -12, -9, 2, 4
TOO_WARM = "The logger in the box shows 27 degrees for six hours"
RELEASE = "Stable for three days at 30 degrees, says the manufacturer"
DESTROYED = "Destroyed after the count; certificate in the pharmacy file"
KEPT_DAYS = 400  # from the beginning to the day of expiry


def stock_up(walk) -> None:
    """Two shipments to each site before anybody is screened; the second was too warm and waits to be released. A third
    is on its way, with further bottles of one kit."""
    if trial.KITS is None or Shipment.objects.exists():
        return
    first, expires = walk.story.begins, walk.date_of(KEPT_DAYS)
    for declared in trial.SITES:
        site = walk.sites[declared.code]
        manager = walk.person("supply_manager", declared.code)
        half = max(declared.planned // 2, 1)
        for day, kits in ((first + FIRST, half), (first + SECOND, declared.planned - half)):
            if not kits:
                continue
            with walk.on_day(walk.date_of(day)):
                sent = shipments.send(site=site, kits=kits, expires_on=expires, by=manager)
            is_warm = day == first + SECOND
            receive(walk, sent, walk.date_of(day + ARRIVES), remark=TOO_WARM if is_warm else "")
            with walk.on_day(walk.date_of(day + RELEASED)):
                settle(walk, site)
        with walk.on_day(min(walk.date_of(first + SECOND + RELEASED + 1), walk.until)):
            look_at_envelopes(walk, site)
        if walk.is_finishing:
            continue
        with walk.on_day(walk.until - timedelta(days=1)):
            kit = Bottle.objects.filter(site=site).order_by("kit").values_list("kit", flat=True).first()
            shipments.send(site=site, kits=0, more=2, kit=kit, expires_on=expires, by=manager)


def receive(walk, sent: Shipment, on: date, *, remark: str = "") -> None:
    """The pharmacist counts what came."""
    with walk.on_day(on):
        shipments.receive(
            shipment=sent,
            condition=Shipment.Condition.TEMPERATURE if remark else Shipment.Condition.GOOD,
            received_on=on,
            counted=sent.bottles.count(),
            remark=remark,
            by=walk.person("pharmacist", sent.site.code),
        )


def settle(walk, site: Site) -> None:
    """The supply manager releases what was put aside."""
    for aside in Quarantine.objects.filter(site=site, settled_at=None):
        outcome, manager = Quarantine.Outcome.RELEASED, walk.person("supply_manager", site.code)
        quarantines.settle(quarantine=aside, outcome=outcome, because=RELEASE, by=manager)


def look_at_envelopes(walk, site: Site) -> None:
    """Every envelope at the site is found intact that is not on record as opened."""
    waiting = {one.kit: "intact" for one in stock.envelopes([site]) if one.last is None}
    if waiting:
        envelopes.look(site=site, found=waiting, by=walk.person("pharmacist", site.code))


def put_aside(walk, code: str) -> None:
    """In the running demo two spare bottles stood too warm at the site and wait for the supply manager."""
    site = walk.sites[code]
    if trial.KITS is None or Quarantine.objects.filter(site=site, settled_at=None).exists():
        return
    spare = Bottle.objects.filter(site=site, state=rules.IN_STOCK).order_by("-number", "kit")
    rows = list(spare.values_list("pk", flat=True)[:2])
    if rows:
        with walk.on_day(walk.until - timedelta(days=1)):  # the night before: today's afternoon may lie ahead
            reason, pharmacist = "The refrigerator stood open over night: 15 degrees", walk.person("pharmacist", code)
            quarantines.put_aside(site=site, bottles=rows, reason=reason, by=pharmacist)


def hand_out(walk, subject: Subject) -> None:
    """The next bottle of the subject's kit, with the form of dispensing."""
    found = list(_of(subject))
    number = rules.next_bottle(
        ((one.number, one.state, one.shipment.expires_on) for one in found), subject.site.today()
    )
    if number is not None:
        bottle = next(one for one in found if one.number == number)
        bottles.hand_out(bottle=bottle, by=walk.person("pharmacist", subject.site.code))


def take_back(walk, subject: Subject) -> None:
    """Whatever the subject had at home comes back to be counted."""
    rows = [one.pk for one in _of(subject) if one.state == rules.HANDED_OUT]
    if rows:
        bottles.say(bottles=rows, state=rules.BACK, by=walk.person("pharmacist", subject.site.code))


def destroy(walk, site: Site, kits: list[stock.Kit]) -> None:
    """All that is left of these kits: bottles that came back each with what is in it, unopened ones together."""
    pharmacist = walk.person("pharmacist", site.code)
    unopened = []
    for kit in kits:
        rows = defaultdict(list)
        for row in kit.rows:
            rows[row.bottle.state].append(row.bottle)
        if out := [one.pk for one in rows[rules.HANDED_OUT]]:  # the subject never brought them back
            bottles.say(bottles=out, state=rules.LOST, reason="Not brought back, as the subject says", by=pharmacist)
        unopened += [one.pk for one in (*rows[rules.IN_STOCK], *rows[rules.REJECTED])]
        left = sum(one.units for one in rows[rules.BACK]) - kit.ledger.handed_out + kit.ledger.returned
        for bottle in rows[rules.BACK]:
            units = min(bottle.units, max(left, 0))
            left -= units
            bottles.say(bottles=[bottle.pk], state=rules.DESTROYED, units=units, reason=DESTROYED, by=pharmacist)
    if unopened:
        bottles.say(bottles=unopened, state=rules.DESTROYED, reason=DESTROYED, by=pharmacist)


def destroy_of(walk, subject: Subject) -> None:
    """When the subject is through, its kit leaves the site."""
    if trial.KITS is not None and subject.kit:
        found = [one for one in stock.kits_at([subject.site], number=subject.kit) if one.ledger.open_bottles]
        destroy(walk, subject.site, found)


def close(walk, code: str) -> None:
    """At close-out everything is received, settled and destroyed, and what nobody accounts for is explained."""
    site = walk.sites[code]
    if trial.KITS is None:
        return
    for sent in Shipment.objects.filter(site=site, received_at=None).select_related("site"):
        receive(walk, sent, walk.until)
    with walk.on_day(walk.until):
        settle(walk, site)
        look_at_envelopes(walk, site)
        destroy(walk, site, [one for one in stock.kits_at([site]) if one.ledger.open_bottles])
        for kit in stock.kits_at([site]):
            if not kit.is_settled:
                explanation = "Not brought back by the subject, who was reminded twice by telephone"
                pharmacist = walk.person("pharmacist", code)
                bottles.explain(site=site, kit=kit.number, explanation=explanation, by=pharmacist)


def states_of(site: Site) -> Counter:
    """How many bottles of the site are in which state."""
    return Counter(Bottle.objects.filter(site=site).values_list("state", flat=True))


def _of(subject: Subject):
    if trial.KITS is None or not subject.kit:
        return []
    found = Bottle.objects.filter(kit=subject.kit, site=subject.site)
    return found.select_related("shipment", "site").order_by("number")
