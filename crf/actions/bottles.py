"""What becomes of a bottle at the site: handed out, back, lost, damaged, destroyed, sent back; and what replaces it."""

from collections.abc import Collection

from django.utils import timezone

from crf.models import Bottle, KitBalance, Site, Subject, User
from crf.permissions import require
from crf.refusals import NotYet, Refusal
from crf.rules import bottles as rules
from crf.shown.stock import ledger_of
from crf.spec.kinds import shows_something

from .act import act
from .shipments import tell_of_trouble
from .unblinded import refuse_arm

#: What a pharmacist says of a bottle, besides handing out; quarantine has a deed of its own.
SAID = (rules.BACK, rules.LOST, rules.DAMAGED, rules.DESTROYED, rules.SENT_BACK)
WITHOUT_REASON = frozenset({rules.BACK})


def hand_out(*, bottle: Bottle, by: User) -> Bottle:
    """Give the bottle to the subject who has its kit. How many units, the form of dispensing says.

    Raises Refusal for one that expired, is in quarantine or no longer there, and NotYet where nobody has the kit.
    """
    role = require(by, "run the pharmacy", bottle.site_id)
    with act(by=by, role=role):
        return _hand_out(bottle)


def _hand_out(bottle: Bottle) -> Bottle:
    """Inside of a deed."""
    row = _held([bottle.pk])[0]
    if not Subject.objects.filter(kit=row.kit, site_id=row.site_id, randomised_at__isnull=False).exists():
        raise NotYet(f"Nobody was given the kit of {row}: it is not handed out.")
    if why := rules.why_not_handed_out(row.state, row.shipment.expires_on, row.site.today()):
        raise Refusal(f"Do not hand out {row}: {why}.")
    row.state, row.since = rules.HANDED_OUT, timezone.now()
    row.save(update_fields=["state", "since"])
    return row


def say(*, bottles: Collection[int], state: str, by: User, reason: str = "", units: int | None = None) -> list[Bottle]:
    """What became of bottles (their ids). `units`: how many were in the one that is destroyed or sent back; of bottles
    that were never opened it need not be said.
    """
    if state not in SAID:
        raise Refusal("Say what became of the bottles.")
    found = list(Bottle.objects.filter(pk__in=bottles))
    if not found or len(found) != len(set(bottles)):
        raise Refusal("Choose one bottle or more.")
    role = require(by, "run the pharmacy", found[0].site_id)
    if any(row.site_id != found[0].site_id for row in found):
        raise Refusal("These bottles are at different sites.")
    if state not in WITHOUT_REASON and not shows_something(reason):
        raise Refusal("Say why, and where it is on record.")
    with act(by=by, role=role, reason=reason.strip()):
        rows = _held([row.pk for row in found])
        for row in rows:
            _become(row, state, units, alone=len(rows) == 1)
        if state in (rules.LOST, rules.DAMAGED):
            tell_of_trouble(rows[0].site, "A bottle was lost or damaged")
    return rows


def replace(*, bottle: Bottle, state: str, reason: str, by: User) -> Bottle | None:
    """A bottle was lost or damaged: hand out another of the same kit. None where none is left, which is told.

    It is always the subject's own kit that is asked, so neither the bottle nor a refusal depends on what a kit holds.
    """
    role = require(by, "run the pharmacy", bottle.site_id)
    if state not in (rules.LOST, rules.DAMAGED):
        raise Refusal("A bottle is replaced when it was lost or damaged.")
    with act(by=by, role=role, reason=reason.strip()):
        say(bottles=[bottle.pk], state=state, reason=reason, by=by)
        others = list(Bottle.objects.filter(kit=bottle.kit, site_id=bottle.site_id).select_related("shipment"))
        number = rules.next_bottle(
            ((one.number, one.state, one.shipment.expires_on) for one in others), bottle.site.today()
        )
        if number is None:
            tell_of_trouble(bottle.site, "No bottle is left to replace one that was lost or damaged")
            return None
        return _hand_out(next(one for one in others if one.number == number))


def _become(row: Bottle, state: str, units: int | None, *, alone: bool) -> None:
    if not rules.may_become(row.state, state):
        raise Refusal(
            f"{row} is on record as “{row.in_words.lower()}”; it cannot become “{rules.WORDS[state].lower()}”."
        )
    if state == rules.LOST:
        row.units_gone = 0 if row.state == rules.HANDED_OUT else row.units
    elif state in rules.GONE:
        is_full = row.state in (rules.IN_STOCK, rules.REJECTED)
        if not is_full and not (alone and units is not None):
            raise Refusal(f"{row} was opened or damaged: choose it alone, and say how many were in it.")
        row.units_gone = row.units if units is None or not alone else units
        if row.units_gone > row.units:
            raise Refusal(f"{row} was filled with {row.units}; there cannot be {row.units_gone} in it.")
    else:
        row.units_gone = None
    row.state, row.since = state, timezone.now()
    row.save(update_fields=["state", "since", "units_gone"])


def explain(*, site: Site, kit: str, explanation: str, by: User) -> KitBalance:
    """Why units of a kit cannot be accounted for: for the difference as it is now."""
    role = require(by, "run the pharmacy", site.pk)
    ledger = ledger_of(site, kit)
    if ledger is None:
        raise Refusal("This kit is not at this site.")
    if ledger.difference == 0:
        raise NotYet("Nothing of this kit is unaccounted for, so there is nothing to explain.")
    if ledger.open_bottles:
        raise NotYet("Say first what became of every bottle of this kit; what is left over then is explained.")
    if not shows_something(explanation):
        raise Refusal("Say why these cannot be accounted for.")
    refuse_arm(explanation)
    with act(by=by, role=role, reason=explanation.strip()):
        return KitBalance.objects.create(
            site=site,
            kit=kit,
            difference=ledger.difference,
            explanation=explanation.strip(),
            explained_at=timezone.now(),
            explained_by=by,
        )


def _held(ids: Collection[int]) -> list[Bottle]:
    return list(
        Bottle.objects.select_for_update(of=("self",)).select_related("shipment", "site").filter(pk__in=list(ids))
    )
