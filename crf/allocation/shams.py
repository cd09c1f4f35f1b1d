"""Sham messages: for each place of the list a row of them, drawn with the list and kept as close (BLI-08).

They answer drug levels that say nothing by themselves. The row of a place follows from the seed and the place alone,
not from the arm: it is the same whoever takes what.
"""

from collections.abc import Sequence
from fractions import Fraction

from crf.allocation.places import Place
from crf.allocation.schedule import Stream

#: In a row; the message to a sample further on is taken from the beginning again.
LENGTH = 32
GO_ON, ACT = "0", "1"


def drawn(seed: str, places: Sequence[Place], act: Fraction) -> dict[str, str]:
    """Kit -> its row, of which the share `act` asks to act. A stream for each stratum, as for the arms."""
    streams: dict[str, Stream] = {}
    rows = {}
    for place in sorted(places, key=lambda one: (one.stratum, one.sequence)):
        stream = streams.setdefault(place.stratum, Stream(seed, f"shams:{place.stratum}"))
        asks = (stream.below(act.denominator) < act.numerator for _ in range(LENGTH))
        rows[place.kit] = "".join(ACT if one else GO_ON for one in asks)
    return rows


def asks_to_act(row: str, number: int) -> bool:
    """What the row says to the subject's sample of that number, from 1."""
    return row[(number - 1) % len(row)] == ACT
