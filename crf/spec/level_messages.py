"""What a site is told after a drug level: one of two messages, in every arm as often and in the same words (BLI-08)."""

from dataclasses import dataclass
from decimal import Decimal as Number
from enum import StrEnum
from fractions import Fraction

from crf.spec.kinds import DeclarationError
from crf.spec.results import Limited, in_a_rule


class Says(StrEnum):
    """The two messages: nothing follows from the level, or something is to be done."""

    GO_ON = "go_on"
    ACT = "act"


@dataclass(frozen=True)
class LevelMessages:
    """The two messages, in words that the site reads, and which of them a level asks for.

    A level above `acts_above`, in the unit of the form, asks for `act`. One below the limit of quantification is a
    value too: it asks for nothing by itself, as that of everybody who takes no drug. For it the message comes from the
    list of sham messages, which is drawn and sealed with the allocation list: `sham_act` is their share that ask for
    `act`, and should be what is expected of measured levels. Whoever is sent which message so depends on level and
    list alone, never on an arm.
    """

    go_on: str
    act: str
    acts_above: int
    sham_act: Fraction

    def __post_init__(self):
        if not self.go_on.strip() or not self.act.strip() or self.go_on == self.act:
            raise DeclarationError("The two messages after a drug level are two different sentences.")
        if not 0 < self.sham_act < 1:
            raise DeclarationError(
                f"Sham messages that ask to act have a share between 0 and 1, not {self.sham_act}: at either end they "
                "would tell who takes the drug."
            )

    def words(self, says: str) -> str:
        """The message as the site reads it."""
        return self.act if says == Says.ACT else self.go_on

    def asked_by(self, level: Number | Limited) -> Says | None:
        """Which message the level asks for; None below the limit of quantification: the list says."""
        if isinstance(level, Limited) and level.is_below:
            return None
        number = in_a_rule(level)
        return Says.ACT if number is None or number > self.acts_above else Says.GO_ON
