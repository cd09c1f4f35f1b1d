"""A rule and the sentence a person reads when it speaks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Because:
    """Why something is proposed or refused: the code of the rule, and a sentence."""

    rule: str
    sentence: str
