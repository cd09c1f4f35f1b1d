"""Compares an opened list with the commitment that was printed before the first subject was randomised. Pure.

Leaves stand in the order of stratum (by code point) and sequence. Anyone who has the opened rows with their salts can
do the same with any program that knows SHA-256: `manage.py verify_allocation --csv FILE` writes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crf.allocation import schedule
from crf.allocation.schedule import Place
from crf.allocation.sealing import Sealed, leaf_of, root_of, unseal


@dataclass(frozen=True)
class Opened:
    """An opened row: the place, its salt, its leaf as stored when the list was loaded, and who got it (or None)."""

    place: Place
    salt: bytes
    leaf: bytes
    subject_id: int | None = None


def opened(row: Sealed, key: bytes, subject_id: int | None = None) -> Opened:
    """Raises KeyTrouble when the key does not open the row."""
    place, salt = unseal(row, key)
    return Opened(place, salt, bytes(row.leaf), subject_id)


def in_order(rows: Iterable[Opened]) -> list[Opened]:
    return sorted(rows, key=lambda row: (row.place.stratum, row.place.sequence))


def disagreements(rows: Iterable[Opened], root: str) -> list[str]:
    """What speaks against the list, a sentence each: rows that differ from their leaf, another root than the printed
    one (hex), or places given out of order."""
    rows = in_order(rows)
    leaves = [leaf_of(row.salt, row.place) for row in rows]
    found = [
        f"{row.place.stratum}, place {row.place.sequence}: the row is not the one that was committed to."
        for row, leaf in zip(rows, leaves, strict=True)
        if leaf != row.leaf
    ]
    if root_of(leaves).hex() != root:
        found.append(f"The list as a whole is not the one that was committed to: its root is not {root}.")
    return found + skipped(rows)


def skipped(rows: Iterable[Opened]) -> list[str]:
    """Places that were left out: within a stratum the places given are the first ones, without gap (RND-02)."""
    found, free = [], dict[str, int]()
    for row in in_order(rows):
        stratum, sequence = row.place.stratum, row.place.sequence
        if row.subject_id is None:
            free.setdefault(stratum, sequence)
        elif stratum in free:
            found.append(f"{stratum}: place {sequence} was given although place {free[stratum]} was free.")
    return found


def differences_from_seed(rows: Iterable[Opened], seed: str, parameters: dict) -> list[str]:
    """Places whose arm or block is not what the seed gives with the list's own parameters (RND-06); kit numbers are
    compared where they were drawn, too."""
    drawn = schedule.draw(
        seed,
        strata=parameters["strata"],
        arms=parameters["arms"],
        block_sizes=parameters["block_sizes"],
        length=parameters["length"],
    )
    expected = {(place.stratum, place.sequence): place for place in drawn}
    found = []
    for row in in_order(rows):
        place = row.place
        want = expected.pop((place.stratum, place.sequence), None)
        same_kit = parameters["kits"] != "drawn" or (want and want.kit == place.kit)
        if want is None or (want.block, want.arm) != (place.block, place.arm) or not same_kit:
            found.append(f"{place.stratum}, place {place.sequence}: the seed gives something else.")
    found += [f"{stratum}, place {sequence}: missing in the list." for stratum, sequence in expected]
    return found
