"""The dose: what the protocol proposes on a day and why, and which decisions it admits (PROTOCOL 5).

Everything here is about what is *prescribed*. `rules/ladder.py` says where the subject stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crf import trial
from crf.rules.ladder import (
    Decision,
    Prescription,
    days_interrupted,
    days_on_dose,
    distance,
    dose_before_interruption,
    effective_day_of_step_up,
    in_force,
    is_stopped,
    next_step,
    prescribed_on,
    reescalations,
    step_down_day,
)
from crf.spec.reasons import Because


@dataclass(frozen=True)
class Proposal:
    """What the protocol proposes. `decision` is None where nothing is left to decide."""

    decision: Decision | None
    mg: int
    effective_day: int
    because: tuple[Because, ...]

    @property
    def step(self) -> int | None:
        """The rung of the ladder, None for 0 mg."""
        return self.mg // trial.LADDER.unit_dose or None


@dataclass(frozen=True)
class Verdict:
    """Whether a decision is admitted; where it is, from which day it holds and whether it wants a reason."""

    refusals: tuple[Because, ...]
    effective_day: int
    reason_required: bool

    @property
    def allowed(self) -> bool:
        return not self.refusals


def obstacles_to_step_up(
    history: Sequence[Prescription], *, day: int, open_alerts: Sequence[str] = (), panel_day: int | None = None
) -> tuple[Because, ...]:
    """Why the dose may not be raised by one step with a decision on study day `day`; empty when it may.

    `open_alerts`: the kinds of alerts nobody has acted on. `panel_day`: study day of the latest reviewed safety panel.
    """
    history = in_force(history)
    step = next_step(history)
    if step is None:
        return (Because("TITR-01", f"{trial.LADDER.maximum} mg is the highest dose."),)
    effective, found = effective_day_of_step_up(step, day), []
    if effective < step.first:
        found.append(Because("TITR-02", f"{step.mg} mg is not planned before day {step.first}; today is day {day}."))
    if day > trial.LADDER.last_day:
        found.append(Because("TITR-03", f"The planned treatment ended on day {trial.LADDER.last_day}."))
    if open_alerts:
        found.append(Because("TITR-04", f"An alert is open ({', '.join(open_alerts)}): no step up until it is closed."))
    highest = max((entry.mg for entry in history), default=0)
    if step.mg <= highest:
        found += _obstacles_to_reescalation(history, step, effective)
    elif (spent := days_on_dose(history, effective)) < step.after_days:
        below = trial.LADDER.step(step.number - 1)
        found.append(
            Because(
                "TITR-05",
                f"{step.mg} mg needs at least {step.after_days} days on {below.mg} mg; "
                f"by day {effective} it is {spent}.",
            )
        )
    if step.needs_panel and (panel_day is None or not 0 <= distance(panel_day, day) <= trial.LADDER.panel_days):
        found.append(
            Because(
                "TITR-06",
                f"{step.mg} mg needs a reviewed safety panel that is not older than {trial.LADDER.panel_days} days.",
            )
        )
    return tuple(found)


def _obstacles_to_reescalation(history, step, effective) -> list[Because]:
    found, since = [], step_down_day(history)
    if reescalations(history) >= trial.LADDER.reescalations:
        found.append(Because("TITR-07", f"{step.mg} mg was reached before and the dose was raised again once already."))
    if since is not None and effective - since < trial.LADDER.reescalate_after_days:
        found.append(
            Because(
                "TITR-08",
                f"The dose was lowered on day {since}; it may be raised again after "
                f"{trial.LADDER.reescalate_after_days} days, on day {since + trial.LADDER.reescalate_after_days}.",
            )
        )
    return found


def dose_to_resume(history: Sequence[Prescription], *, day: int) -> tuple[int | None, Because]:
    """The dose after an interruption: the same up to 3 days, one step lower up to 7, none after that (stop)."""
    gap, before = days_interrupted(history, day), dose_before_interruption(history)
    if gap <= trial.LADDER.interruption_same_step:
        return before, Because("TITR-10", f"Interrupted for {gap} days, at most 3: resume at the same {before} mg.")
    if gap <= trial.LADDER.interruption_one_lower:
        mg = max(
            before - trial.LADDER.unit_dose, trial.LADDER.unit_dose
        )  # from 250 mg there is no lower step; our assumption
        return mg, Because("TITR-11", f"Interrupted for {gap} days, 4 to 7: resume one step lower, at {mg} mg.")
    return None, Because("TITR-12", f"Interrupted for {gap} days, more than 7: the drug is stopped for good.")


def propose(
    history: Sequence[Prescription],
    *,
    day: int,
    open_alerts: Sequence[str] = (),
    panel_day: int | None = None,
    reasons_to_stop: Sequence[Because] = (),
    reasons_to_decide: Sequence[Because] = (),
) -> Proposal:
    """What the protocol proposes on study day `day`, with the rules that say so.

    `reasons_to_stop` and `reasons_to_decide` come from `rules/safety.py`: the first
    propose to stop, the second hold the dose where it is until the investigator has judged them.
    """
    history = in_force(history)
    present = prescribed_on(history, day)
    if is_stopped(history):
        return Proposal(None, 0, day, (Because("TITR-13", "The drug was stopped, and a stop is final."),))
    if reasons_to_stop:
        return Proposal(Decision.STOP, 0, day, tuple(reasons_to_stop))
    if not history:
        return _propose_first_dose(day, open_alerts)
    if days_interrupted(history, day) > 0 or history[-1].decision == Decision.INTERRUPT:
        return _propose_after_interruption(history, day, open_alerts)
    if day > trial.LADDER.last_day:
        return Proposal(
            None, 0, day, (Because("TITR-03", f"The planned treatment ended on day {trial.LADDER.last_day}."),)
        )
    pending = history[-1]
    if pending.day > day:
        return Proposal(
            Decision.MAINTAIN,
            pending.mg,
            pending.day,
            (Because("TITR-14", f"{pending.mg} mg is prescribed already, from day {pending.day}."),),
        )
    step = next_step(history)
    if step is None or day < step.first - trial.LADDER.early_days:
        return Proposal(Decision.MAINTAIN, present, day, (_why_maintain(present, day),))
    obstacles = obstacles_to_step_up(history, day=day, open_alerts=open_alerts, panel_day=panel_day)
    if obstacles or reasons_to_decide:
        return Proposal(Decision.MAINTAIN, present, day, (*reasons_to_decide, *obstacles))
    effective = effective_day_of_step_up(step, day)
    return Proposal(
        Decision.STEP_UP,
        step.mg,
        effective,
        (Because("TITR-15", f"{step.mg} mg is planned from day {step.first} and nothing stands against it."),),
    )


def _propose_first_dose(day: int, open_alerts: Sequence[str]) -> Proposal:
    first = trial.LADDER.steps[0]
    why = [Because("TITR-16", f"The first dose is {first.mg} mg, for days {first.first} to {first.last}.")]
    if open_alerts:
        why.append(Because("TITR-17", "An alert is open at baseline: the investigator documents the judgement."))
    return Proposal(Decision.STEP_UP, first.mg, max(day, 1), tuple(why))


def _propose_after_interruption(history, day, open_alerts) -> Proposal:
    mg, why = dose_to_resume(history, day=day)
    if mg is None:
        return Proposal(Decision.STOP, 0, day, (why,))
    if open_alerts:
        return Proposal(Decision.INTERRUPT, 0, day, (_interrupted_while(open_alerts), why))
    return Proposal(Decision.RESUME, mg, day, (why,))


def _interrupted_while(open_alerts: Sequence[str]) -> Because:
    return Because("TITR-18", f"An alert is open ({', '.join(open_alerts)}): stay interrupted until it is closed.")


def _why_maintain(mg: int, day: int) -> Because:
    if mg == trial.LADDER.maximum:
        return Because("TITR-01", f"{trial.LADDER.maximum} mg is the highest dose.")
    step = trial.LADDER.step(mg // trial.LADDER.unit_dose)
    return Because("TITR-19", f"Day {day} lies before the next planned step; {mg} mg is planned to day {step.last}.")


def may_decide(
    decision: str,
    *,
    mg: int,
    history: Sequence[Prescription],
    day: int,
    proposal: Proposal,
    open_alerts: Sequence[str] = (),
    panel_day: int | None = None,
) -> Verdict:
    """Whether the decision is admitted on study day `day`, from when it holds, and whether it wants a reason.

    A reason is wanted where the decision or the dose is not the proposed one.
    """
    decision, history = Decision(decision), in_force(history)
    refused = list(_impossible_doses(mg)) + list(_out_of_place(decision, history, day))
    if not refused:
        refused += _refusals_of(decision, mg, history, day, open_alerts, panel_day)
    effective = day if day > 0 else 1
    if decision is Decision.STEP_UP and history and (step := next_step(history)):
        effective = effective_day_of_step_up(step, day)
    elif decision is Decision.MAINTAIN and history and history[-1].day > day:
        effective = history[-1].day
    return Verdict(tuple(refused), effective, (decision, mg) != (proposal.decision, proposal.mg))


def _impossible_doses(mg: int):
    if mg < 0 or mg > trial.LADDER.maximum:
        yield Because("TITR-20", f"{mg} mg/d cannot be prescribed: the limits are 0 and {trial.LADDER.maximum} mg/d.")
    if mg % trial.LADDER.unit_dose:
        yield Because("TITR-21", f"{mg} mg/d cannot be made of {trial.LADDER.unit_dose} mg capsules.")


def _out_of_place(decision: Decision, history, day: int):
    if is_stopped(history):
        yield Because("TITR-13", "The drug was stopped, and a stop is final.")
    elif not history and decision is not Decision.STEP_UP:
        yield Because("TITR-22", "Nothing has been prescribed yet: the first decision is the step up to 250 mg.")
    elif history and day < history[-1].day and decision in (Decision.STEP_UP, Decision.RESUME):
        yield Because("TITR-23", f"A decision holds from day {history[-1].day} already; a further step comes after it.")


def _refusals_of(decision: Decision, mg: int, history, day, open_alerts, panel_day) -> list[Because]:
    interrupted = bool(history) and history[-1].decision == Decision.INTERRUPT
    present = history[-1].mg if history else 0
    match decision:
        case Decision.STEP_UP if interrupted:
            return [Because("TITR-24", "The drug is interrupted: resume it before it is stepped up.")]
        case Decision.STEP_UP if not history:
            first = trial.LADDER.steps[0].mg
            return [] if mg == first else [Because("TITR-25", f"The first dose is {first} mg.")]
        case Decision.STEP_UP if present == trial.LADDER.maximum:
            return list(obstacles_to_step_up(history, day=day))
        case Decision.STEP_UP if mg != present + trial.LADDER.unit_dose:
            return [
                Because(
                    "TITR-26", f"From {present} mg one step up is {present + trial.LADDER.unit_dose} mg, never more."
                )
            ]
        case Decision.STEP_UP:
            return list(obstacles_to_step_up(history, day=day, open_alerts=open_alerts, panel_day=panel_day))
        case Decision.MAINTAIN if mg != present or interrupted:
            return [
                Because(
                    "TITR-27",
                    f"To maintain means to stay at {present} mg."
                    if not interrupted
                    else "The drug is interrupted: resume, stop, or interrupt further.",
                )
            ]
        case Decision.REDUCE if interrupted or not 0 < mg < present:
            return [Because("TITR-28", f"To reduce means a dose below {present} mg and above 0 mg.")]
        case Decision.INTERRUPT | Decision.STOP if mg != 0:
            return [Because("TITR-29", "To interrupt or to stop means 0 mg.")]
        case Decision.INTERRUPT if interrupted:
            resumed, why = dose_to_resume(history, day=day)
            return [why] if resumed is None else []
        case Decision.RESUME:
            return _refusals_of_resuming(mg, history, day, interrupted, open_alerts)
    return []


def _refusals_of_resuming(mg, history, day, interrupted, open_alerts) -> list[Because]:
    if not interrupted:
        return [Because("TITR-30", "The drug is not interrupted, so there is nothing to resume.")]
    admitted, why = dose_to_resume(history, day=day)
    if admitted is None:
        return [why]
    if not 0 < mg <= admitted:
        return [Because("TITR-31", f"{why.sentence} A higher dose is not admitted.")]
    if open_alerts:
        return [_interrupted_while(open_alerts)]
    return []
