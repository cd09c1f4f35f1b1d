"""How the drug comes to the sites: in numbered kits that were made before, or otherwise."""

from dataclasses import dataclass

from crf.spec.arms import Allocation
from crf.spec.kinds import DeclarationError
from crf.spec.typed import police_types


@dataclass(frozen=True)
class Kits:
    """Each place of the allocation list has a kit, made and labelled before the first subject.

    A kit holds so many `bottles`, numbered from 1, each with `units` of what is handed out, called `unit`; more
    bottles than the plan needs replace those that are lost or damaged, so that a replacement comes from the subject's
    own kit and tells nothing (decisions/0023). `warn_days`: how long before its expiry a bottle is spoken of.
    """

    bottles: int
    units: int
    unit: str = "capsule"
    bottle: str = "bottle"
    warn_days: int = 30

    def __post_init__(self):
        police_types(self, "the kits")
        if not 1 <= self.bottles <= 99:
            raise DeclarationError("A kit holds from 1 to 99 bottles.")
        if self.units < 1:
            raise DeclarationError("Each bottle of a kit holds 1 unit or more.")
        if self.warn_days < 0:
            raise DeclarationError("warn_days of the kits is below 0.")


def police_supply(kits: Kits | None, allocation: Allocation) -> None:
    """Refuse kits that no site could be sent. Raises DeclarationError."""
    if kits is not None and not allocation.by_site:
        raise DeclarationError(
            "Kits are sent to sites before anybody is randomised, so the list needs strata by site (by_site): of one "
            "list for all sites nobody knows which kit is wanted where."
        )
