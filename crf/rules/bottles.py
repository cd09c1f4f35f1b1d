"""What a numbered bottle can be, and what becomes of it. The database refuses the same (migrations/sql/supply.sql).

A bottle belongs to a kit, a kit to a place of the list: so what replaces a bottle is another of its own kit, and
nothing that is seen of stock, of shipments or of a refusal depends on what a kit holds (decisions/0023).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crf.rules.kit_numbers import labelled, matches
from crf.spec import dates

SENT, IN_STOCK, MISSING, QUARANTINED, REJECTED = "sent", "in_stock", "missing", "quarantined", "rejected"
HANDED_OUT, BACK, LOST, DAMAGED = "handed_out", "back", "lost", "damaged"
DESTROYED, SENT_BACK = "destroyed", "sent_back"

#: From each state, those that a bottle can pass to. What is destroyed or sent back stays so.
BECOMES: dict[str, frozenset[str]] = {
    SENT: frozenset({IN_STOCK, MISSING, QUARANTINED, DAMAGED}),
    MISSING: frozenset({IN_STOCK, QUARANTINED, DAMAGED}),
    IN_STOCK: frozenset({HANDED_OUT, QUARANTINED, LOST, DAMAGED, DESTROYED, SENT_BACK}),
    QUARANTINED: frozenset({IN_STOCK, REJECTED}),
    REJECTED: frozenset({DESTROYED, SENT_BACK}),
    HANDED_OUT: frozenset({BACK, LOST, DAMAGED}),
    BACK: frozenset({DESTROYED, SENT_BACK, LOST}),
    DAMAGED: frozenset({DESTROYED, SENT_BACK}),
    LOST: frozenset({BACK}),  # it was found
    DESTROYED: frozenset(),
    SENT_BACK: frozenset(),
}
WORDS = {
    SENT: "On its way",
    IN_STOCK: "In stock",
    MISSING: "Did not arrive",
    QUARANTINED: "In quarantine",
    REJECTED: "Rejected",
    HANDED_OUT: "Handed out",
    BACK: "Back from the subject",
    LOST: "Lost",
    DAMAGED: "Damaged",
    DESTROYED: "Destroyed",
    SENT_BACK: "Sent back",
}
#: What left the site for good, by which no unit is left to account for there.
GONE = frozenset({DESTROYED, SENT_BACK})
#: What has to leave the site before it closes: here nothing of a kit is left to anybody.
AT_SITE = frozenset({IN_STOCK, QUARANTINED, REJECTED, BACK, DAMAGED})


def may_become(state: str, other: str) -> bool:
    return other in BECOMES[state]


def is_expired(expires_on: date, today: date) -> bool:
    """The day of expiry is the last on which it may be taken."""
    return today > expires_on


def expires_soon(expires_on: date, today: date, *, warn_days: int) -> bool:
    """Whether its day comes within the days of warning, and has not passed."""
    return not is_expired(expires_on, today) and expires_on - today <= timedelta(days=warn_days)


def why_not_handed_out(state: str, expires_on: date, today: date) -> str:
    """What stands against handing this bottle out, in words; empty where nothing does."""
    if state != IN_STOCK:
        return {
            SENT: "it has not been received",
            MISSING: "it did not arrive",
            QUARANTINED: "it is in quarantine until the supply manager releases it",
            REJECTED: "it was rejected after its quarantine",
            HANDED_OUT: "it was handed out before",
            BACK: "it came back from the subject",
            LOST: "it is on record as lost",
            DAMAGED: "it is on record as damaged",
            DESTROYED: "it is on record as destroyed",
            SENT_BACK: "it is on record as sent back",
        }[state]
    return "it has expired" if is_expired(expires_on, today) else ""


@dataclass(frozen=True)
class Stocked:
    """What the days say of a bottle at a site: its expiry, since when it was aside, and when it was released again."""

    number: int
    expires_on: date
    aside_from: date | None = None
    released_on: date | None = None

    def why_unfit(self, on: date) -> str:
        """What stood against handing it out on that day, in words; empty where nothing did."""
        if is_expired(self.expires_on, on):
            return f"it expired on {dates.day(self.expires_on)}"
        if self.aside_from and self.aside_from <= on and (self.released_on is None or on < self.released_on):
            return f"it was in quarantine, since {dates.day(self.aside_from)}"
        return ""


def why_unfit(bottles: Iterable[Stocked], number: int, on: date) -> str:
    """What stood against handing out this bottle of a kit on that day (0: any of it), in words; empty for nothing.

    Of a kit that no shipment on record holds nothing is known, and nothing is said.
    """
    found = {one.number: one.why_unfit(on) for one in bottles}
    if not found:
        return ""
    if number:
        return found.get(number, "no shipment on record holds it")
    return "" if "" in found.values() else next(iter(found.values()))


def bottle_label(kit: str, number: int) -> str:
    """As it is printed: 35937-4/2 is the second bottle of kit 35937."""
    return f"{labelled(kit)}/{number}"


def read_label(kit: str, typed: str) -> int | None:
    """The number of the bottle in a label of this kit, 0 where the label names the kit alone; None of another kit."""
    head, slash, tail = typed.strip().rpartition("/")
    number = tail.strip() if slash else ""
    if not matches(kit, head if slash else typed):
        return None
    if not slash:
        return 0
    return int(number) if re.fullmatch(r"[0-9]{1,2}", number) else None


def next_bottle(bottles: Iterable[tuple[int, str, date]], today: date) -> int | None:
    """The number of the bottle of a kit that is handed out next: of (number, state, expiry) the first to expire, by
    number where several do; None where none can be."""
    fit = [(expires, number) for number, state, expires in bottles if not why_not_handed_out(state, expires, today)]
    return min(fit)[1] if fit else None
