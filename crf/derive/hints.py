"""What the page says beside an item from other records: proposals of the protocol, never a comparison for a rater."""

from collections.abc import Mapping

from crf import spec, study
from crf.derive.others import Others
from crf.rules.scoring import proposed_weight_loss


def hints_for(form: type[spec.Form], visit_code: str | None, others: Others) -> Mapping[str, str]:
    """Sentences by item name; most forms have none."""
    if form.code == "HAMD" and "weight_measured" in form.items:
        proposed = _weight(visit_code, others)
        if proposed is not None:
            return {"weight_measured": f"The measured weights propose {proposed}; you decide."}
    return {}


def _weight(visit_code, others) -> int | None:
    """The score of 16B that the week's change of weight proposes (PROTOCOL 6); None where a weight is missing."""
    if visit_code not in study.WEEKLY:
        return None
    now = others.value("VITALS", "weight", visit=visit_code)
    before = next(
        (
            weight
            for code in reversed(study.visits_before(visit_code))
            if (weight := others.value("VITALS", "weight", visit=code)) is not None
        ),
        None,
    )
    return proposed_weight_loss(before, now)
