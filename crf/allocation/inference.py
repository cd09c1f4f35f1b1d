"""What somebody who sees kit numbers alone could infer from them: a list that tells arm, order or block is refused.

The criterion. A feature of a kit number (a character at a place, its length, the remainder of its digits when divided
by 2 to 12, its half, quarter or tenth among all numbers, the parity of its rank) *tells* a label (the arm; the place
within a block) when

- for one value of the feature and one label, so many kits agree (or so few) that chance alone would bring it with a
  probability below 1 in a million, over all features, values and labels together (hypergeometric tail, Bonferroni); or
- every value of a feature that is no digit goes with one arm alone, however short the list: P for placebo.

Kit numbers *follow the places* when, in a stratum of 8 places or more, they rise or fall throughout, as text or by
their last digits, or their ranks correlate with the places beyond 5.5 standard errors (Spearman).
Of lists with drawn numbers fewer than one in a hundred thousand is refused, but for the shortest ones that rise by
chance.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from math import exp, lgamma, sqrt

from crf.allocation.places import Place

CHANCE = 1e-6
FEW = 8  # places in a stratum below which a rising order is no wonder
STANDARD_ERRORS = 5.5
DIVISORS = range(2, 13)


def told_by_kits(places: Sequence[Place]) -> list[str]:
    """Sentences on what the kit numbers tell; none when nothing. They name no arm."""
    found = [sentence for sentence in (_arm_told(places), _place_in_block_told(places)) if sentence]
    for stratum in dict.fromkeys(place.stratum for place in places):
        kits = [place.kit for place in places if place.stratum == stratum]
        if _follow_the_places(kits):
            found.append(f"{stratum}: the kit numbers follow the places, so that a kit would tell its place.")
    return found


def _arm_told(places: Sequence[Place]) -> str | None:
    kits, arms = [place.kit for place in places], [place.arm for place in places]
    if told := _told(kits, arms):
        return f"The kit numbers tell the arm: {told}. Take numbers that are drawn at random."
    return None


def _place_in_block_told(places: Sequence[Place]) -> str | None:
    kits, labels = [], []
    for _, members in groupby(places, key=lambda place: (place.stratum, place.block)):
        for at, place in enumerate(members, start=1):
            kits.append(place.kit)
            labels.append(at)
    if told := _told(kits, labels):
        return f"The kit numbers tell the place within a block: {told}. Take numbers that are drawn at random."
    return None


# -- features and labels


def _features(kits: Sequence[str]) -> Iterator[tuple[str, bool, list]]:
    """What is looked at: in words, whether a value of it is more than a digit, and the value of each kit."""
    longest = max(map(len, kits), default=0)
    for at in range(longest):
        yield f"character {at + 1}", True, [kit[at : at + 1] for kit in kits]
        yield f"character {at + 1} from the end", True, [kit[::-1][at : at + 1] for kit in kits]
    yield "length", False, [len(kit) for kit in kits]
    numbers = [_number(kit) for kit in kits]
    for divisor in DIVISORS:
        yield f"remainder when divided by {divisor}", False, [number % divisor for number in numbers]
    order = sorted(range(len(kits)), key=lambda one: (numbers[one], kits[one]))
    ranks = [0] * len(kits)
    for rank, one in enumerate(order):
        ranks[one] = rank
    for parts, name in ((2, "half"), (4, "quarter"), (10, "tenth")):
        yield f"{name} of all numbers", False, [rank * parts // len(kits) for rank in ranks]
    for divisor in (2, 3, 4):
        yield f"rank, divided by {divisor}", False, [rank % divisor for rank in ranks]


def _number(kit: str) -> int:
    return int("".join(re.findall(r"[0-9]", kit)) or 0)


def _told(kits: Sequence[str], labels: Sequence) -> str | None:
    """The feature that tells most of the labels, in words; None where none does."""
    if len(kits) < 4 or len(set(labels)) < 2:
        return None
    cases, compared = [], 0
    together = Counter(labels)
    for name, has_letters, values in _features(kits):
        by_value = defaultdict(list)
        for value, label in zip(values, labels, strict=True):
            by_value[value].append(label)
        if len(by_value) < 2:
            continue
        marks = {str(value) for value in by_value}
        are_letters = has_letters and not any(mark.isdigit() for mark in marks)
        if are_letters and len(by_value) <= len(together) and all(len(set(one)) == 1 for one in by_value.values()):
            return f"each value of “{name}” goes with one of them alone"
        for value, members in by_value.items():
            counts = Counter(members)
            for label, total in together.items():
                compared += 1
                chance = _chance(counts[label], len(members), total, len(labels))
                cases.append((chance, name, value))
    if not cases:
        return None
    chance, name, value = min(cases, key=lambda case: case[0])
    return (
        f"“{name}” is {value} far more often with one of them than chance allows" if _beyond(chance, compared) else None
    )


def _beyond(chance: float, compared: int) -> bool:
    return chance * compared < CHANCE


def _chance(seen: int, drawn: int, marked: int, total: int) -> float:
    """How probable a number at least as far from the expected one is: of `total` kits `marked` bear the label, and
    `drawn` have the value (the tail of the hypergeometric distribution, doubled)."""
    expected = drawn * marked / total
    if (seen - expected) ** 2 < 16 * expected * (1 - marked / total):  # within 4 deviations: never one in a million
        return 1.0
    step: Callable[[int], int] = (lambda one: one + 1) if seen >= expected else (lambda one: one - 1)
    tail, at, term = 0.0, seen, _probability(seen, drawn, marked, total)
    while term > 0 and tail + term != tail:
        tail += term
        at = step(at)
        term = _probability(at, drawn, marked, total)
    return min(1.0, 2 * tail)


def _probability(seen: int, drawn: int, marked: int, total: int) -> float:
    if not max(0, drawn + marked - total) <= seen <= min(drawn, marked):
        return 0.0
    exponent = _choose(marked, seen) + _choose(total - marked, drawn - seen) - _choose(total, drawn)
    return exp(exponent)


def _choose(of: int, taken: int) -> float:
    """The logarithm of the binomial coefficient."""
    return lgamma(of + 1) - lgamma(taken + 1) - lgamma(of - taken + 1)


# -- order


def _follow_the_places(kits: Sequence[str]) -> bool:
    if len(kits) < FEW:
        return False
    tails = [int(found[-1]) if (found := re.findall(r"[0-9]+", kit)) else 0 for kit in kits]
    if any(_is_monotone(row) for row in (kits, tails)):
        return True
    return abs(_rank_correlation([_number(kit) for kit in kits])) * sqrt(len(kits) - 1) > STANDARD_ERRORS


def _is_monotone(row: Sequence) -> bool:
    return all(a < b for a, b in pairwise(row)) or all(a > b for a, b in pairwise(row))


def _rank_correlation(numbers: Sequence[int]) -> float:
    """Spearman's, of the numbers with their places."""
    count = len(numbers)
    ranks = {one: rank for rank, one in enumerate(sorted(range(count), key=lambda one: numbers[one]))}
    apart = sum((ranks[place] - place) ** 2 for place in range(count))
    return 1 - 6 * apart / (count * (count**2 - 1))
