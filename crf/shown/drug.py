"""What stands beside the entry of the drug's forms: what is proposed, what to hand out, what to expect back."""

from datetime import timedelta
from typing import Any

from crf import trial
from crf.chart import dose, supply
from crf.refusals import Refusal
from crf.shown.entry import initials
from crf.spec import dates
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
    proposed = desk.form.items["decision"].kind.show(view.proposal.decision)
    accepted = accepted_answers(desk, view) if desk.may_enter else {}
    return {
        "proposal": view,
        "proposed": proposed,
        "accept": _mark(accepted),
        "accept_on": accepted.get("effective_on"),
    }


def accepted(desk: Any, mark: str) -> dict[str, str]:
    """The answers of a decision that is just what the protocol proposes; Refusal where it proposes another by now.

    `mark`: what the page showed (`accept` of `beside`).
    """
    view = dose.dose_on(desk.subject, desk.others, day_1=desk.page.standing.day_1, on=_day_of(desk), visit=desk.visit)
    answers = accepted_answers(desk, view)
    if not answers or _mark(answers) != mark:
        raise Refusal("The protocol proposes something else by now. Nothing was saved: look at the proposal again.")
    return answers


def accepted_answers(desk: Any, view: dose.DoseView) -> dict[str, str]:
    """What a decision says that follows the proposal; nothing where the investigator must judge first."""
    proposal = view.proposal
    if not proposal.decision or proposal.must_judge:
        return {}
    on = _day_of(desk)
    panel = on + timedelta(days=view.panel_day - view.day) if view.panel_day is not None else None
    answers = {
        "decided_on": dates.day(on),
        "decision": str(proposal.decision),
        "prescribed_mg": str(proposal.mg),
        "effective_on": dates.day(on + timedelta(days=max(view.effective_in, 0))),
        "as_planned": "Y",
        "panel_on": dates.day(panel) if proposal.decision == "STEP_UP" else "",
        "decided_by": initials(desk.user),
    }
    return {name: text for name, text in answers.items() if name in desk.form.items and text}


def _mark(answers: dict[str, str]) -> str:
    """The decision, the dose and its first day, so that only what was shown can be accepted."""
    return "|".join(answers[name] for name in ("decision", "prescribed_mg", "effective_on")) if answers else ""


def _day_of(desk):
    """The day the record is about, else that of the visit, else today at the site."""
    told = getattr(desk.record, desk.form.dated, None) if desk.record is not None else None
    return told or desk.visit.occurred_on or desk.subject.site.today()
