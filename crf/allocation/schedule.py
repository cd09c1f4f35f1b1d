"""The allocation list: permuted blocks per stratum, drawn from a seed. Pure: no Django, no clock, no file.

The same seed and arguments give the same list on every machine and with every numpy: only the raw words of the
Philox4x64-10 generator are used (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), whose stream
numpy holds fixed; shuffling and ranges are our own few lines. Each purpose has a stream of its own, keyed by the
seed and the purpose's name, so that a longer list begins with the shorter one's arms (of blocks of drawn sizes, up to
the shorter one's last), and a site that is added changes no other site.
"""

import functools
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np

from crf.allocation.inference import told_by_kits
from crf.allocation.places import Place

GENERATOR = "allocation/1: permuted blocks, Fisher-Yates, Philox4x64-10 keyed by SHA-256 of the seed"
KIT_NUMBERS = range(10_000, 100_000)


class BadList(Exception):
    """The list asked for, or brought along, cannot be an allocation list; the message says why, a sentence a line."""


class Stream:
    """A stream of random numbers for one purpose.

    Key: the first 16 bytes (big-endian) of SHA-256("allocation/1" 0x00 SHA-256(seed) purpose); counter from one.
    """

    def __init__(self, seed: str, purpose: str):
        digest = hashlib.sha256(b"allocation/1\0" + hashlib.sha256(seed.encode()).digest() + purpose.encode()).digest()
        self.words = np.random.Philox(key=int.from_bytes(digest[:16], "big"))

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1, each equally likely: words past the last full multiple are dropped."""
        unbiased = 2**64 - 2**64 % limit
        while (word := int(self.words.random_raw())) >= unbiased:
            pass
        return word % limit

    def sample(self, items: Iterable, count: int) -> list:
        """`count` of the items, in random order (the first steps of a Fisher-Yates shuffle)."""
        left = list(items)
        for done in range(count):
            pick = done + self.below(len(left) - done)
            left[done], left[pick] = left[pick], left[done]
        return left[:count]


def draw(
    seed: str,
    *,
    strata: Sequence[str],
    arms: Mapping[str, int] | Sequence[str],
    block_sizes: Sequence[int],
    length: int,
    kits: Mapping[str, str] | None = None,
) -> tuple[Place, ...]:
    """The list: `length` places for each stratum, in blocks that hold each arm as often as its share says.

    `arms`: code -> share of a block, or codes alone for equal shares. Of several `block_sizes` each block's is drawn.
    `kits` maps the number of each packed kit to its arm; without it, random five-digit numbers are drawn for the
    whole list, independent of place and arm, and packing follows the list. Raises BadList.
    """
    if wrong := _wrong_arguments(seed, strata, arms, block_sizes, length):
        raise BadList("\n".join(wrong))
    shares = shares_of(arms)
    order = [
        (stratum, block, arm)
        for stratum in strata
        for block, arm in _blocks(seed, stratum, shares, block_sizes, length)
    ]
    numbers = _drawn_kits(seed, len(order)) if kits is None else _packed_kits(seed, [arm for *_, arm in order], kits)
    return tuple(
        Place(stratum, at % length + 1, block, kit, arm)
        for at, ((stratum, block, arm), kit) in enumerate(zip(order, numbers, strict=True))
    )


def shares_of(arms: Mapping[str, int] | Sequence[str]) -> dict[str, int]:
    """Each arm's share of a block; equal ones where only codes are named."""
    return dict(arms) if isinstance(arms, Mapping) else dict.fromkeys(arms, 1)


def _wrong_arguments(seed, strata, arms, block_sizes, length) -> list[str]:
    wrong, shares = [], shares_of(arms)
    whole = sum(shares.values())
    if not seed:
        wrong.append("The seed is empty.")
    if not strata or len(set(strata)) != len(strata):
        wrong.append("The list needs at least one stratum, each named once.")
    if len(shares) < 2 or len(shares) != len(arms):
        wrong.append("The list needs at least two different arms.")
    elif min(shares.values()) < 1:
        wrong.append("Each arm has a share of 1 or more.")
    elif not block_sizes or any(size < whole or size % whole for size in block_sizes):
        ratio = ":".join(str(share) for share in shares.values())
        what = f"{len(shares)} arms" if set(shares.values()) == {1} else f"shares, {ratio}: of {whole}"
        wrong.append(f"The block size must be a multiple of the {what}.")
    elif length < min(block_sizes) or not _whole_blocks(length, tuple(sorted(set(block_sizes))))[length]:
        wrong.append("The number of places in each stratum must be a whole number of blocks.")
    elif length * len(strata) > len(KIT_NUMBERS):
        wrong.append(f"There are only {len(KIT_NUMBERS)} five-digit kit numbers: make the list shorter.")
    return wrong


def _blocks(seed, stratum, shares, block_sizes, length):
    """Block by block. One fixed size needs no draw, so the stream of sizes is touched only where there are several."""
    orders, sizes = Stream(seed, f"stratum:{stratum}"), Stream(seed, f"sizes:{stratum}")
    once = [arm for arm, share in shares.items() for _ in range(share)]
    whole, possible = sum(shares.values()), tuple(sorted(set(block_sizes)))
    left, block, fits = length, 0, _whole_blocks(length, tuple(sorted(set(block_sizes))))
    while left:
        # Towards the end only sizes that leave a whole number of blocks; long before it no subject is enrolled.
        open_to = [size for size in possible if size <= left and fits[left - size]]
        size = open_to[sizes.below(len(open_to))] if len(possible) > 1 else possible[0]
        block, left = block + 1, left - size
        for arm in orders.sample(once * (size // whole), size):
            yield block, arm


@functools.cache
def _whole_blocks(length: int, sizes: tuple[int, ...]) -> tuple[bool, ...]:
    """For each number of places up to `length`, whether it is a whole number of blocks of these sizes."""
    reached = [True] + [False] * length
    for places in range(1, length + 1):
        reached[places] = any(size <= places and reached[places - size] for size in sizes)
    return tuple(reached)


def _drawn_kits(seed, count) -> list[str]:
    return [str(number) for number in Stream(seed, "kits").sample(KIT_NUMBERS, count)]


def _packed_kits(seed, wanted, kits) -> list[str]:
    """A random kit of the wanted arm for each place."""
    packed = defaultdict(list)
    for kit in sorted(kits):
        packed[kits[kit]].append(kit)
    need = Counter(wanted)
    if short := [arm for arm in need if len(packed[arm]) < need[arm]]:
        raise BadList(
            "\n".join(f"The list needs {need[arm]} kits of arm {arm}; {len(packed[arm])} are packed." for arm in short)
        )
    if unknown := sorted(set(packed) - set(need)):
        raise BadList(f"The packed kits name arms that the trial does not have: {', '.join(unknown)}.")
    shuffled = {arm: iter(Stream(seed, f"kits:{arm}").sample(packed[arm], need[arm])) for arm in sorted(need)}
    return [next(shuffled[arm]) for arm in wanted]


def mistakes_in(
    places: Sequence[Place],
    *,
    strata: Sequence[str],
    arms: Mapping[str, int] | Sequence[str],
    block_sizes: Sequence[int],
    least: int,
) -> list[str]:
    """What is wrong with a list, a sentence each; an empty list of sentences when nothing is (RND-10).

    Checked: strata and arms known, places 1, 2, 3 ... without gap, at least `least` in each stratum, no kit twice,
    every block whole and of a planned size and ratio, kit numbers that follow neither place nor arm nor block.
    """
    found, shares = [], shares_of(arms)
    by_stratum = {stratum: [place for place in places if place.stratum == stratum] for stratum in strata}
    if unknown := sorted({place.stratum for place in places} - set(strata)):
        found.append(f"Unknown strata: {', '.join(unknown)}.")
    if unknown := sorted({place.arm for place in places} - set(shares)):
        found.append(f"Unknown arms: {', '.join(unknown)}.")
    if twice := sorted(kit for kit, times in Counter(place.kit for place in places).items() if times > 1):
        found.append(f"Kit numbers that stand in the list more than once: {', '.join(twice[:10])}.")
    for stratum, rows in by_stratum.items():
        found += _mistakes_in_stratum(stratum, rows, shares, block_sizes, least)
    return found + told_by_kits(places)


def _mistakes_in_stratum(stratum, rows, shares, block_sizes, least) -> list[str]:
    found, whole = [], sum(shares.values())
    if len(rows) < least:
        found.append(f"{stratum}: {len(rows)} places, but at least {least} are needed.")
    if [row.sequence for row in rows] != list(range(1, len(rows) + 1)):
        found.append(f"{stratum}: the places are not 1, 2, 3 ... in order, each once.")
    blocks = [(number, list(members)) for number, members in groupby(rows, key=lambda row: row.block)]
    numbered = [number for number, _ in blocks] == list(range(1, len(blocks) + 1))
    if not numbered or any(len(members) not in block_sizes for _, members in blocks):
        found.append(f"{stratum}: the blocks do not follow each other with the planned number of places.")
    start = 1
    for _, members in blocks:
        counts, size = Counter(row.arm for row in members), len(members)
        if size not in block_sizes or any(counts[arm] * whole != share * size for arm, share in shares.items()):
            found.append(f"{stratum}: the block from place {start} on is not in the planned ratio.")
        start += size
    return found


def summary(places: Sequence[Place]) -> list[str]:
    """Lines to compare with the statistician's own summary. It tells arms: for the unblinded person's eyes."""
    lines = []
    for stratum in dict.fromkeys(place.stratum for place in places):
        rows = [place for place in places if place.stratum == stratum]
        arms = Counter(row.arm for row in rows)
        shares = ", ".join(f"{arm} {count}" for arm, count in sorted(arms.items()))
        lines.append(f"{stratum}: {len(rows)} places in {len({row.block for row in rows})} blocks; {shares}")
    return lines
