"""What the manufacturer needs: which kit holds what, and the labels. For the supply manager, each look on record."""

from crf import trial
from crf.allocation import hatch
from crf.models import User
from crf.permissions import require_anywhere
from crf.refusals import Refusal
from crf.spec.kinds import shows_something


def packing(*, by: User, reason: str) -> dict[str, str]:
    """Kit -> arm of every place of the list, by kit number. Raises Refusal without a reason, and as the hatch does."""
    require_anywhere(by, "take packing list")
    if trial.KITS is None:
        raise Refusal("This trial sends no kits.")
    if not shows_something(reason):
        raise Refusal("Say what the packing list is taken for.")
    return hatch.packing(by=by.pk, reason=reason.strip())
