"""A place in the allocation list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A place in the list: the `sequence`-th of its stratum (from 1), in a block (from 1), with a kit of an arm."""

    stratum: str
    sequence: int
    block: int
    kit: str
    arm: str
