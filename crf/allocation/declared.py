"""What the trial declares about its allocation list."""

from fractions import Fraction
from typing import Any

from crf import trial


def shape() -> dict[str, Any]:
    """How the list is drawn: strata, the arms with their shares of a block, the sizes of blocks, places a stratum."""
    return {
        "strata": list(trial.ALLOCATION.strata(trial.SITES)),
        "arms": {arm.code: arm.share for arm in trial.ARMS},
        "block_sizes": list(trial.ALLOCATION.block_sizes),
        "length": trial.ALLOCATION.places,
    }


def least_places() -> int:
    """How many places each stratum needs at least: all subjects planned may fall into one of its levels."""
    planned = [site.planned for site in trial.SITES]
    return max(planned) if trial.ALLOCATION.by_site else sum(planned)


def sham_act() -> Fraction | None:
    """The share of sham messages that ask to act; None in a trial whose sites are told nothing of drug levels."""
    return trial.LEVEL_MESSAGES.sham_act if trial.LEVEL_MESSAGES else None
