"""What a paper printed of a trial, to stand beside the numbers of a synthetic demo that was fitted to it.

It belongs to the demo of one trial: a report prints it for synthetic data only, and never for a real trial's.
"""

import enum
from dataclasses import dataclass

from crf.spec.kinds import DeclarationError
from crf.spec.outcomes import Analysis


class By(enum.Enum):
    """The analysis that a published number is taken for."""

    CARRIED = "ANCOVA, last carried forward"
    RESPONSE = "Pearson without correction"
    MODERATION = "Least squares, last carried forward"


@dataclass(frozen=True)
class Result:
    """One published number in the paper's own words. `of`: the code of the outcome or of the moderator."""

    label: str
    printed: str
    by: By
    of: str = ""


@dataclass(frozen=True)
class Published:
    """The results, sentences on why they differ from the planned analysis, and the warning of the unblinded report."""

    results: tuple[Result, ...]
    remarks: tuple[str, ...] = ()
    warning: str = ""


def police_published(published: Published, analysis: Analysis) -> None:
    """Refuse a result whose analysis the trial does not have. Raises DeclarationError."""
    moderators = {moderator.code for moderator in analysis.moderators}
    for result in published.results:
        if result.by is By.CARRIED:
            analysis.outcome(result.of)
        elif result.by is By.RESPONSE and analysis.response is None:
            raise DeclarationError(f"The published result {result.label} is of response, which has no rule.")
        elif result.by is By.MODERATION and result.of not in moderators:
            raise DeclarationError(f"The published result {result.label} is of the moderator {result.of!r}, unknown.")
