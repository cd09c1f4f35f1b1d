"""What a week's change of weight proposes for HAMD item 16B; the rater decides (PROTOCOL 6)."""

from decimal import Decimal

from crf.spec.visits import visits_before
from crf.trials.dcs_trd import protocol


def proposed_weight_loss(before: Decimal | None, now: Decimal | None) -> int | None:
    """The proposed score: less than 0.5 kg lost (or a gain) is 0, up to 1 kg is 1, more is 2."""
    if before is None or now is None:
        return None
    lost = before - now
    if lost < Decimal("0.5"):
        return 0
    return 1 if lost <= 1 else 2


def weight_hint(visit: str | None, others) -> str | None:
    """The sentence beside 16B: the score that this visit's weight and the last one before it propose."""
    if visit is None or others.value("VITALS", "weight", visit=visit) is None:
        return None
    before = next(
        (
            weight
            for code in reversed(visits_before(protocol.VISITS, visit))
            if (weight := others.value("VITALS", "weight", visit=code)) is not None
        ),
        None,
    )
    proposed = proposed_weight_loss(before, others.value("VITALS", "weight", visit=visit))
    return None if proposed is None else f"The measured weights propose {proposed}; you decide."
