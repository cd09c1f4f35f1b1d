"""The account of one kit, to the last unit. Pure.

Units that were handed out, and what became of those, are told by the forms; what left the site, by the bottles.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ledger:
    """Of one kit: `received` in bottles that arrived; `unopened` in bottles that the site still has; `gone` with
    bottles that were destroyed, sent back or lost at the site; the rest by the forms of dispensing and of the count.

    `open_bottles`: how many bottles something is still to be said of before the site closes.
    """

    received: int
    unopened: int
    gone: int
    handed_out: int
    returned: int
    lost: int
    taken: int
    open_bottles: int

    @property
    def with_subject(self) -> int:
        """Handed out, and not accounted for by the subject."""
        return self.handed_out - self.returned - self.lost - self.taken

    @property
    def at_site(self) -> int:
        """Came to the site, and not handed out, nor in unopened bottles, nor gone: in opened bottles, or nowhere."""
        return self.received - self.handed_out + self.returned - self.unopened - self.gone

    @property
    def difference(self) -> int:
        """What nobody accounts for once no bottle is open: 0 where all is well."""
        return self.with_subject + self.at_site

    def is_settled(self, explained: int | None) -> bool:
        """Whether nothing is left to say: every bottle is settled, and the difference is 0 or explained as it is."""
        balanced = self.with_subject == 0 and self.at_site == 0
        return self.open_bottles == 0 and (balanced or explained == self.difference)
