"""The stock of the sites, kit by kit and bottle by bottle, and what of it waits for somebody.

Kits are numbered, not named: nothing here tells an arm. A fixed number of statements, whatever the number of kits.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crf import permissions, trial
from crf.chart.states import DUE, State
from crf.models import Bottle, Envelope, KitBalance, Quarantine, Shipment, Site, Subject, User
from crf.rules import bottles as rules
from crf.rules.kit_ledger import Ledger
from crf.rules.kit_numbers import labelled
from crf.shown import pharmacy
from crf.spec import dates

EXPIRED = State("Expired", "failed", "bad")
EXPIRES_SOON = State("Expires soon", "alert", "warn")
SETTLED = State("Accounted for", "complete", "ok")
OPEN = State("Open", "incomplete", "doing")
UNACCOUNTED = State("Not accounted for", "alert", "warn")
EXPLAINED = State("Explained", "answered", "ok")
_TONES = {
    rules.SENT: ("planned", "quiet"),
    rules.IN_STOCK: ("complete", "ok"),
    rules.MISSING: ("missed", "warn"),
    rules.QUARANTINED: ("lock", "warn"),
    rules.REJECTED: ("failed", "warn"),
    rules.HANDED_OUT: ("answered", "ok"),
    rules.BACK: ("incomplete", "doing"),
    rules.LOST: ("missed", "warn"),
    rules.DAMAGED: ("failed", "warn"),
    rules.DESTROYED: ("no-fact", "quiet"),
    rules.SENT_BACK: ("no-fact", "quiet"),
}


@dataclass(frozen=True)
class Row:
    """A bottle as a list shows it."""

    bottle: Bottle
    expires_on: date
    today: date

    @property
    def state(self) -> State:
        """Expiry comes before what is in stock: such a bottle is no longer handed out."""
        if self.bottle.state == rules.IN_STOCK and rules.is_expired(self.expires_on, self.today):
            return EXPIRED
        return State(rules.WORDS[self.bottle.state], *_TONES[self.bottle.state])

    @property
    def warning(self) -> State | None:
        """That its expiry is near, where it is still to be handed out."""
        is_near = rules.expires_soon(self.expires_on, self.today, warn_days=trial.KITS.warn_days)
        return EXPIRES_SOON if is_near and self.bottle.state in (rules.SENT, rules.IN_STOCK) else None

    @property
    def may_be_handed_out(self) -> bool:
        return not rules.why_not_handed_out(self.bottle.state, self.expires_on, self.today)


@dataclass(frozen=True)
class Kit:
    """A kit at a site: whose it is, its bottles and its account."""

    number: str
    site: Site
    subject: Subject | None
    rows: tuple[Row, ...]
    ledger: Ledger
    explained: KitBalance | None

    @property
    def label(self) -> str:
        return labelled(self.number)

    @property
    def href(self) -> str:
        return href_of(self.number)

    @property
    def fit(self) -> int:
        """How many bottles could be handed out now."""
        return sum(row.may_be_handed_out for row in self.rows)

    @property
    def warning(self) -> State | None:
        """The first that a bottle of it asks for."""
        states = [row.state for row in self.rows if row.state is EXPIRED]
        return (states + [row.warning for row in self.rows if row.warning] + [None])[0]

    @property
    def is_settled(self) -> bool:
        return self.ledger.is_settled(self.explained.difference if self.explained else None)

    @property
    def state(self) -> State:
        if self.is_settled:
            return EXPLAINED if self.ledger.difference or self.ledger.at_site else SETTLED
        return OPEN if self.ledger.open_bottles else UNACCOUNTED


def href_of(kit: str) -> str:
    """Where the kit with this number is shown."""
    return f"/stock/kits/{kit}/"


def kits_at(sites: Collection[Site], *, number: str | None = None) -> list[Kit]:
    """The kits that were sent to the sites, by number; or the one. Six statements at most."""
    by_site = {site.pk: site for site in sites}
    members = _by_kit(site_id__in=by_site, **({"kit": number} if number is not None else {}))
    subjects = {
        subject.kit: subject
        for subject in Subject.objects.filter(site_id__in=by_site, kit__in=list(members)).select_related("site")
    }
    explained = {row.kit: row for row in KitBalance.objects.filter(site_id__in=by_site, kit__in=list(members))}
    sums = pharmacy.sums_of(by_site) if pharmacy.is_counted() else {}
    kits = []
    for kit, bottles in members.items():
        site, subject = by_site[bottles[0].site_id], subjects.get(kit)
        today = site.today()
        kits.append(
            Kit(
                kit,
                site,
                subject,
                tuple(Row(bottle, bottle.shipment.expires_on, today) for bottle in bottles),
                _ledger(bottles, sums.get(subject.pk) if subject else None),
                explained.get(kit),
            )
        )
    return kits


def _by_kit(**about) -> dict[str, list[Bottle]]:
    """The bottles that `about` chooses, by the numbers of their kits, each with its shipment."""
    members = defaultdict(list)
    for bottle in Bottle.objects.filter(**about).select_related("shipment").order_by("kit", "number"):
        members[bottle.kit].append(bottle)
    return members


def ledger_of(site: Site, kit: str) -> Ledger | None:
    """The account of one kit; None where it was never sent to the site."""
    return next((one.ledger for one in kits_at([site], number=kit)), None)


def _ledger(bottles: Iterable[Bottle], told: tuple[int, int, int, int] | None) -> Ledger:
    """`told`: by the forms handed out, returned, lost, taken. Where nothing is counted a bottle handed out is taken."""
    bottles, is_counted = list(bottles), pharmacy.is_counted()
    units = lambda *states: sum(one.units for one in bottles if one.state in states)  # noqa: E731
    arrived = units(*rules.WORDS) - units(rules.SENT, rules.MISSING)
    if is_counted:
        handed_out, returned, lost, taken = told or (0, 0, 0, 0)
    else:
        handed_out = taken = units(rules.HANDED_OUT)
        returned = lost = 0
    open_states = {rules.SENT, *rules.AT_SITE, *({rules.HANDED_OUT} if is_counted else set())}
    return Ledger(
        received=arrived,
        unopened=units(rules.IN_STOCK, rules.QUARANTINED, rules.REJECTED),
        gone=sum(one.units_gone or 0 for one in bottles),
        handed_out=handed_out,
        returned=returned,
        lost=lost,
        taken=taken,
        open_bottles=sum(one.state in open_states for one in bottles),
    )


def why_not_handed_out(subject: Subject, number: int) -> str:
    """What speaks against handing out this bottle of the subject's kit (0: any of it), in words; empty for nothing.

    Of a kit that no shipment on record holds nothing is known, and nothing is said.
    """
    found = {
        bottle.number: rules.why_not_handed_out(bottle.state, bottle.shipment.expires_on, subject.site.today())
        for bottle in Bottle.objects.filter(kit=subject.kit, site_id=subject.site_id).select_related("shipment")
    }
    if not found:
        return "no shipment on record holds it" if number else ""
    if number:
        return found.get(number, "no shipment on record holds it")
    return "" if "" in found.values() else next(iter(found.values()))


def trouble_with_bottle(subject: Subject, values: Mapping[str, Any]) -> str:
    """What is said at once beside a number that is typed as handed out; empty where the bottle is right.

    It is not refused: what was handed out is recorded as it happened, and opens a deviation.
    """
    typed, on = values.get("kit"), values.get("dispensed_on") or subject.site.today()
    if not typed or not subject.kit:
        return ""
    number = 0 if typed == subject.kit else rules.read_label(subject.kit, typed)
    if number is None:
        return f"WRONG BOTTLE: {subject} has kit {labelled(subject.kit)}. {_AS_IT_HAPPENED}"
    found = Bottle.objects.filter(kit=subject.kit, site_id=subject.site_id).select_related("shipment", "quarantine")
    why = rules.why_unfit((_stocked(bottle, subject.site) for bottle in found), number, on)
    return f"DO NOT HAND OUT this bottle: {why}. {_AS_IT_HAPPENED}" if why else ""


_AS_IT_HAPPENED = "Where it was handed out already, save it as it happened: a deviation is opened."


def _stocked(bottle: Bottle, site: Site) -> rules.Stocked:
    aside = bottle.quarantine
    released = aside.settled_at if aside and aside.outcome == Quarantine.Outcome.RELEASED else None
    return rules.Stocked(
        bottle.number,
        bottle.shipment.expires_on,
        aside and aside.opened_at.astimezone(site.zone).date(),
        released and released.astimezone(site.zone).date(),
    )


# -- what waits


@dataclass(frozen=True)
class Waiting:
    """Something about supplies that waits for this person: at which site, what, and where it is done."""

    site: Site
    what: str
    state: State
    href: str


def waiting(user: User) -> list[Waiting]:
    """Of the pharmacist: what comes, what expires, what nobody can replace any more. Three statements: no account of
    any kit is made for it."""
    sites = sites_of(user, "run the pharmacy")
    if trial.KITS is None or not sites:
        return []
    found = [
        Waiting(one.site, f"Shipment {one.number} to receive", DUE, one.get_absolute_url())
        for one in Shipment.objects.filter(site__in=sites, received_at__isnull=True).select_related("site")
    ]
    by_site = {site.pk: site for site in sites}
    today = {site.pk: site.today() for site in sites}
    for number, bottles in _by_kit(site_id__in=by_site, state__in=(rules.IN_STOCK, rules.SENT)).items():
        site, label, href = by_site[bottles[0].site_id], labelled(number), href_of(number)
        wanted = [Row(bottle, bottle.shipment.expires_on, today[site.pk]) for bottle in bottles]
        expired = sum(row.state is EXPIRED for row in wanted)
        near = [row for row in wanted if row.warning]
        if expired:
            found.append(Waiting(site, f"Kit {label}: {_many(expired)} expired", EXPIRED, href))
        if near:
            day = min(row.expires_on for row in near)
            words = f"Kit {label}: {_many(len(near))} to use before {dates.day(day)} ends"
            found.append(Waiting(site, words, EXPIRES_SOON, href))
    return found


def _many(count: int) -> str:
    return f"{count} {trial.KITS.bottle}{'' if count == 1 else 's'}"


def sites_of(user: User, deed: str) -> list[Site]:
    """The sites at which the person does the deed."""
    return list(Site.objects.filter(pk__in=user.sites_as(*permissions.DEEDS[deed])).order_by("code"))


def shipments(sites: Collection[Site]):
    return (
        Shipment.objects.filter(site__in=sites)
        .select_related("site", "sent_by", "received_by")
        .order_by("site__code", "-number")
    )


def quarantines(sites: Collection[Site]):
    """With their bottles, those that wait first."""
    found = Quarantine.objects.filter(site__in=sites).select_related("site", "opened_by", "settled_by")
    return sorted(found.prefetch_related("bottles"), key=lambda one: one.settled_at is not None)


@dataclass(frozen=True)
class Sealed:
    """The envelope of a kit, and how it was found last."""

    kit: str
    site: Site
    subject: Subject | None
    last: Envelope | None

    @property
    def label(self) -> str:
        return labelled(self.kit)

    @property
    def state(self) -> State:
        if self.last is None:
            return State("Not looked at", "no-fact")
        shape, tone = {"intact": ("complete", "ok"), "opened": ("unlocked", "warn"), "missing": ("missed", "bad")}[
            self.last.found
        ]
        return State(self.last.get_found_display(), shape, tone)


def envelopes(sites: Collection[Site]) -> list[Sealed]:
    """One for each kit that was sent to the sites. Three statements."""
    by_site = {site.pk: site for site in sites}
    kits = dict(Bottle.objects.filter(site_id__in=by_site).order_by().values_list("kit", "site").distinct())
    subjects = {one.kit: one for one in Subject.objects.filter(site_id__in=by_site, kit__in=list(kits))}
    last = {one.kit: one for one in Envelope.objects.standing().filter(site_id__in=by_site).select_related("looked_by")}
    return [Sealed(kit, by_site[site], subjects.get(kit), last.get(kit)) for kit, site in sorted(kits.items())]
