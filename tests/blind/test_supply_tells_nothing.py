"""The criterion for supplies: whatever a person sees of kits, shipments, replacements and refusals, nothing follows.

Every arrangement of the arms that the blocks allow is a world. Worlds that look alike are those a person cannot tell
apart; what holds in all of them, and not in all worlds, is a certain inference: that somebody takes an arm, or that two
take the same, with a code broken or without. None may follow from our scheme. That the count can fail is shown with the
usual one: a pool of spares at the site, from which one is taken that fits.
"""

from collections import defaultdict
from datetime import date
from itertools import combinations, permutations, product

import pytest

from crf.rules import bottles as rules
from crf.rules.bottles import bottle_label

pytestmark = [pytest.mark.req("BLI-05"), pytest.mark.req("BLI-08"), pytest.mark.req("RND-09")]
TODAY, LATER = date(2026, 12, 1), date(2027, 12, 1)
KITS = ("35937", "10482", "88120", "51906", "27744", "60013", "94425", "13370")  # by place, in no order
BLOCK = ("A", "A", "B", "B")
WORLDS = [one + other for one, other in product(sorted(set(permutations(BLOCK))), repeat=2)]
#: Whose bottle is lost, one after the other; each asks for another.
LOSSES = [order for many in (1, 2, 3) for order in product(range(4), repeat=many)]


def own_kits(arms, losses, *, in_a_kit=3):
    """What is seen under our scheme: which kits came, and for each loss the bottle that replaces it, or a refusal."""
    seen = [tuple(sorted(KITS[:6]))]
    states = {kit: {1: rules.HANDED_OUT, **dict.fromkeys(range(2, in_a_kit + 1), rules.IN_STOCK)} for kit in KITS[:6]}
    for subject in losses:
        kit = KITS[subject]
        number = rules.next_bottle(((n, state, LATER) for n, state in states[kit].items()), TODAY)
        if number is not None:
            states[kit][number] = rules.HANDED_OUT
        seen.append(bottle_label(kit, number) if number else "none is left")
    return tuple(seen)


def a_pool(arms, losses):
    """What is seen of a pool of two spares of each arm: whether a spare was given, and how many boxes stand there."""
    left, seen = {"A": 2, "B": 2}, []
    for subject in losses:
        arm = arms[subject]
        seen.append("given" if left[arm] else "none is left")
        left[arm] -= bool(left[arm])
    return (*seen, sum(left.values()))


def told(scheme, losses, *, broken=None) -> set:
    """What follows for certain in some world, and did not before. `broken`: whose code was broken besides."""
    alike = defaultdict(list)
    for arms in WORLDS:
        alike[scheme(arms, losses), arms[broken] if broken is not None else None].append(arms)
    before = defaultdict(list)
    for arms in WORLDS:
        before[arms[broken] if broken is not None else None].append(arms)
    return {fact for (_, known), worlds in alike.items() for fact in certain(worlds) - certain(before[known])}


def certain(worlds) -> set:
    """Facts about the first block's subjects that hold in every one of these worlds."""
    found = {(one, worlds[0][one]) for one in range(4) if len({arms[one] for arms in worlds}) == 1}
    for one, other in combinations(range(4), 2):
        if len({arms[one] == arms[other] for arms in worlds}) == 1:
            found.add((one, other, worlds[0][one] == worlds[0][other]))
    return found


@pytest.mark.parametrize("broken", [None, 0])
def test_nothing_follows_from_kits_and_replacements_out_of_the_own_kit(broken):
    assert len(WORLDS) == 36
    assert [losses for losses in LOSSES if told(own_kits, losses, broken=broken)] == []


def test_a_pool_of_spares_would_tell_and_the_count_finds_it():
    telling = [losses for losses in LOSSES if told(a_pool, losses)]
    assert (0, 0, 1) in telling  # the third is refused while two stand there: those two take the same
    assert told(a_pool, (0, 0, 1), broken=0)
