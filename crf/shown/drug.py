"""What stands beside the entry of the drug's forms: what is proposed, what to hand out, what to expect back."""

from typing import Any

from crf import trial
from crf.chart import dose, supply
from crf.spec.purposes import Purpose


def beside(desk: Any) -> dict[str, Any]:
    """For the page of a record: `proposal` with `proposed`, `hand_out` or `counting`; nothing for any other form.

    `desk`: the form, subject, visit, other records and the record, if there is one (crf/views/desk.py).
    """
    if trial.LADDER is None or desk.visit is None or not desk.subject.is_randomised:
        return {}
    match desk.form.purpose:
        case Purpose.DOSING if desk.record is None:
            return _proposal(desk)
        case Purpose.DISPENSING if trial.serving(Purpose.DOSING) in desk.page.readable:
            found = supply.to_hand_out(
                desk.subject, desk.others, desk.visit, day_1=desk.page.standing.day_1, on=_day_of(desk)
            )
            return {"hand_out": found}
        case Purpose.RETURNS if trial.serving(Purpose.DISPENSING) in desk.page.readable:
            return {"counting": supply.to_count(desk.others, day_1=desk.page.standing.day_1, on=_day_of(desk))}
    return {}


def _proposal(desk) -> dict[str, Any]:
    """What the protocol proposes and why, and the decision in words."""
    view = dose.dose_on(desk.subject, desk.others, day_1=desk.page.standing.day_1, on=_day_of(desk), visit=desk.visit)
    return {"proposal": view, "proposed": desk.form.items["decision"].kind.show(view.proposal.decision)}


def _day_of(desk):
    """The day the record is about, else that of the visit, else today at the site."""
    told = getattr(desk.record, desk.form.dated, None) if desk.record is not None else None
    return told or desk.visit.occurred_on or desk.subject.site.today()
