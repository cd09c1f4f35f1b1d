"""What came of holding the opened allocation list against its commitment. Numbers and sentences, no arm."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verified:
    """`commitment`: the root printed before the first randomisation; `root`: that of the opened rows, both in hex.

    places: of each stratum its code, how many places its list has, and how many were given. disagreements: what
    speaks against the list, a sentence each.
    """

    commitment: str
    root: str
    places: tuple[tuple[str, int, int], ...]
    disagreements: tuple[str, ...]
