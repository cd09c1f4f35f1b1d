"""The dose: what the protocol proposes on a day and why, and which decisions it admits (PROTOCOL 5).

Everything here is about what is *prescribed*. `rules/ladder.py` says where the subject stands. The ladder is an
argument, and every sentence is made from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crf.rules.ladder import (
    Decision,
    Prescription,
    days_interrupted,
    days_on_dose,
    distance,
    dose_before_interruption,
    effective_day_of_step_up,
    highest,
    in_force,
    interruptions,
    is_interrupted,
    is_stopped,
    prescribed_on,
    reescalations,
    step_down_day,
    steps_above,
)
from crf.spec.dosing import Ladder, Step
from crf.spec.reasons import Because

#: Refusals that the prescribed history alone decides, whatever the day of the plan, alerts and panels say: the
#: database refuses these once more (crf/migrations/sql/dosing.sql).
BY_HISTORY = frozenset(
    {
        *("TITR-01", "TITR-05", "TITR-07", "TITR-08", "TITR-12", "TITR-13", "TITR-20", "TITR-21", "TITR-22", "TITR-24"),
        *("TITR-25", "TITR-26", "TITR-27", "TITR-28", "TITR-29", "TITR-30", "TITR-31", "TITR-32", "TITR-33", "TITR-34"),
    }
)


@dataclass(frozen=True)
class Proposal:
    """What the protocol proposes. `decision` is None where nothing is left to decide, and where the investigator has to
    judge something first (`must_judge`): then `mg` is the dose in force, and whatever is decided wants a reason."""

    decision: Decision | None
    mg: int
    effective_day: int
    because: tuple[Because, ...]
    must_judge: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether a decision is admitted; where it is, from which day it holds and whether it wants a reason."""

    refusals: tuple[Because, ...]
    effective_day: int
    reason_required: bool

    @property
    def allowed(self) -> bool:
        return not self.refusals


# -- raising the dose


def obstacles_to_step_up(
    ladder: Ladder,
    history: Sequence[Prescription],
    *,
    day: int,
    to: Step | None = None,
    open_alerts: Sequence[str] = (),
    panel_day: int | None = None,
) -> tuple[Because, ...]:
    """Why the dose may not be raised with a decision on study day `day`; empty when it may. `to`: by default one step.

    `open_alerts`: the kinds of alerts nobody has acted on. `panel_day`: study day of the latest reviewed safety panel.
    """
    history, amount = in_force(history), ladder.amount
    above = steps_above(ladder, history)
    if not above:
        return (_is_highest(ladder),)
    step = to or above[0]
    climbed = above[: above.index(step) + 1]
    effective, found = effective_day_of_step_up(ladder, step, day), []
    if effective < step.first:
        found.append(
            Because("TITR-02", f"{step.mg} {amount} is not planned before day {step.first}; today is day {day}.")
        )
    if day > ladder.last_day:
        found.append(_is_over(ladder))
    if open_alerts:
        found.append(Because("TITR-04", f"An alert is open ({', '.join(open_alerts)}): no step up until it is closed."))
    if step.mg <= highest(history):
        found += _obstacles_to_reescalation(ladder, history, step, effective)
    else:
        found += _too_soon(ladder, history, step, climbed, effective)
    if any(one.needs_panel for one in climbed) and not _is_recent(ladder, panel_day, day):
        found.append(
            Because(
                "TITR-06",
                f"{step.mg} {amount} needs a reviewed safety panel that is not older than {_days(ladder.panel_days)}.",
            )
        )
    return tuple(found)


def _is_recent(ladder: Ladder, panel_day: int | None, day: int) -> bool:
    return panel_day is not None and 0 <= distance(panel_day, day) <= ladder.panel_days


def _too_soon(ladder, history, step, climbed, effective) -> list[Because]:
    found = []
    least, spent = max(one.after_days for one in climbed), days_on_dose(history, effective)
    if spent < least:
        found.append(
            Because(
                "TITR-05",
                f"{step.mg} {ladder.amount} needs at least {_days(least)} on {dose_before_interruption(history)} "
                f"{ladder.amount}; by day {effective} it is {spent}.",
            )
        )
    if not ladder.unscheduled_changes and effective > step.last:
        found.append(
            Because(
                "TITR-35",
                f"{step.mg} {ladder.amount} was planned for days {step.first} to {step.last}; in this trial it is not "
                "begun later.",
            )
        )
    return found


def _obstacles_to_reescalation(ladder: Ladder, history, step, effective) -> list[Because]:
    found, since, amount = [], step_down_day(history), ladder.amount
    if not ladder.unscheduled_changes:
        return [Because("TITR-32", f"{step.mg} {amount} was reached before; in this trial no dose is given again.")]
    if reescalations(history) >= ladder.reescalations:
        times = {0: "is not raised again", 1: "was raised again once already"}
        said = times.get(ladder.reescalations, f"was raised again {ladder.reescalations} times already")
        found.append(Because("TITR-07", f"{step.mg} {amount} was reached before and the dose {said}."))
    if since is not None and effective - since < ladder.reescalate_after_days:
        found.append(
            Because(
                "TITR-08",
                f"The dose was lowered on day {since}; it may be raised again after "
                f"{_days(ladder.reescalate_after_days)}, on day {since + ladder.reescalate_after_days}.",
            )
        )
    return found


# -- after an interruption


def dose_to_resume(ladder: Ladder, history: Sequence[Prescription], *, day: int) -> tuple[int | None, Because]:
    """The dose after an interruption: the same after a short one, one step lower after a longer one, else none (stop).

    From the lowest step there is no lower step, so that one is resumed (our assumption).
    """
    gap, before, amount = days_interrupted(history, day), dose_before_interruption(history), ladder.amount
    same, lower = ladder.interruption_same_step, ladder.interruption_one_lower
    if gap > lower:
        return None, Because(
            "TITR-12", f"Interrupted for {_days(gap)}, more than {lower}: the drug is stopped for good."
        )
    if gap > same:
        mg = ladder.lower(before)
        longer = f"{same + 1} to {lower}" if same + 1 < lower else f"{lower}"
        why = Because("TITR-11", f"Interrupted for {_days(gap)}, {longer}: resume one step lower, at {mg} {amount}.")
    else:
        mg = before
        why = Because("TITR-10", f"Interrupted for {_days(gap)}, at most {same}: resume at the same {before} {amount}.")
    if mg == before and (spent_up := _spent_up(ladder, history, day)):
        below = ladder.lower(before)
        return (below if below < before else None), spent_up
    return mg, why


def _spent_up(ladder: Ladder, history, day: int) -> Because | None:
    """That the most days on the present dose have been spent."""
    present = dose_before_interruption(history)
    if not present or not ladder.is_dose(present):
        return None
    most, spent = ladder.steps[ladder.rung_of(present) - 1].most_days, days_on_dose(history, day)
    if most is None or spent < most:
        return None
    amount = ladder.amount
    return Because("TITR-34", f"{present} {amount} is given for at most {_days(most)}; by day {day} it is {spent}.")


# -- what is proposed


def propose(
    ladder: Ladder,
    history: Sequence[Prescription],
    *,
    day: int,
    open_alerts: Sequence[str] = (),
    panel_day: int | None = None,
    reasons_to_stop: Sequence[Because] = (),
    reasons_to_decide: Sequence[Because] = (),
    reasons_to_stay: Sequence[Because] = (),
    ended: Because | None = None,
) -> Proposal:
    """What the protocol proposes on study day `day`, with the rules that say so.

    `reasons_to_stop` and `reasons_to_decide` come from the trial's own rules: the first propose to stop, the second,
    and any open alert, leave the decision to the investigator, who judges them. `reasons_to_stay`: why the dose stays
    where it is. `ended`: that treatment has ended, and by what.
    """
    history = in_force(history)
    if is_stopped(history):
        return Proposal(None, 0, day, (_was_stopped(),))
    if ended is not None:
        return Proposal(None, 0, day, (ended,))
    if not history:
        return _propose_first_dose(ladder, day, open_alerts, reasons_to_stop, reasons_to_decide)
    if reasons_to_stop:
        return Proposal(Decision.STOP, 0, day, tuple(reasons_to_stop))
    if day > ladder.last_day:
        return Proposal(None, 0, day, (_is_over(ladder),))
    if is_interrupted(history):
        return _propose_after_interruption(ladder, history, day, open_alerts, reasons_to_decide)
    to_judge = (*reasons_to_decide, *_of_alerts(open_alerts))
    if to_judge:
        return Proposal(None, prescribed_on(history, day), day, to_judge, must_judge=True)
    pending = history[-1]
    if pending.day > day:
        sentence = f"{pending.mg} {ladder.amount} is prescribed already, from day {pending.day}."
        return Proposal(Decision.MAINTAIN, pending.mg, pending.day, (Because("TITR-14", sentence),))
    due = [step for step in steps_above(ladder, history) if day >= step.first - ladder.early_days]
    if not due:
        return _propose_to_stay(ladder, history, day, (_why_maintain(ladder, history, day),))
    obstacles = {step: obstacles_to_step_up(ladder, history, day=day, to=step, panel_day=panel_day) for step in due}
    free = [step for step in due if not obstacles[step]]
    if not free or reasons_to_stay:
        return _propose_to_stay(ladder, history, day, (*reasons_to_stay, *(obstacles[due[0]] if not free else ())))
    step = free[-1]
    sentence = f"{step.mg} {ladder.amount} is planned from day {step.first} and nothing stands against it."
    effective = effective_day_of_step_up(ladder, step, day)
    return Proposal(Decision.STEP_UP, step.mg, effective, (Because("TITR-15", sentence),))


def _of_alerts(open_alerts: Sequence[str]) -> tuple[Because, ...]:
    return tuple(
        Because("TITR-42", f"An alert is open ({kind}): it is judged before a dose is decided on.")
        for kind in open_alerts
    )


def _propose_first_dose(ladder: Ladder, day: int, open_alerts, reasons_to_stop, reasons_to_decide) -> Proposal:
    if reasons_to_stop:
        not_begun = Because("TITR-37", "Nothing has been prescribed yet, and the drug is not begun.")
        return Proposal(None, 0, day, (*reasons_to_stop, not_begun))
    first = ladder.steps[0]
    why = [Because("TITR-16", f"The first dose is {first.mg} {ladder.amount}, for days {first.first} to {first.last}.")]
    if open_alerts:
        named = ", ".join(open_alerts)
        sentence = f"An alert is open at baseline ({named}): the investigator documents the judgement."
        why.append(Because("TITR-17", sentence))
    return Proposal(Decision.STEP_UP, first.mg, max(day, 1), (*why, *reasons_to_decide))


def _propose_after_interruption(ladder: Ladder, history, day, open_alerts, reasons_to_decide) -> Proposal:
    """An open alert forbids a step up and nothing else (PROTOCOL 5): a wait could turn the same step into a stop."""
    mg, why = dose_to_resume(ladder, history, day=day)
    if mg is None:
        return Proposal(Decision.STOP, 0, day, (why,))
    first = []
    if open_alerts:
        sentence = f"An alert is open ({', '.join(open_alerts)}): judge it first. It forbids a step up, not to resume."
        first.append(Because("TITR-18", sentence))
    return Proposal(Decision.RESUME, mg, day, (*first, *reasons_to_decide, why))


def _propose_to_stay(ladder: Ladder, history, day: int, because: tuple[Because, ...]) -> Proposal:
    """At the present dose; where the most days on it are spent, one step lower, and from the lowest to stop."""
    present = prescribed_on(history, day)
    if (spent_up := _spent_up(ladder, history, day)) is None:
        return Proposal(Decision.MAINTAIN, present, day, because)
    below = ladder.lower(present)
    if below < present and ladder.unscheduled_changes:
        return Proposal(Decision.REDUCE, below, day, (spent_up, *because))
    return Proposal(Decision.STOP, 0, day, (spent_up, *because))


def _why_maintain(ladder: Ladder, history, day: int) -> Because:
    mg = dose_before_interruption(history)
    if mg >= ladder.maximum:
        return _is_highest(ladder)
    last = steps_above(ladder, history)[0].first - 1
    amount = ladder.amount
    return Because("TITR-19", f"Day {day} lies before the next planned step; {mg} {amount} is planned to day {last}.")


def _is_highest(ladder: Ladder) -> Because:
    return Because("TITR-01", f"{ladder.maximum} {ladder.amount} is the highest dose.")


def _is_over(ladder: Ladder) -> Because:
    return Because("TITR-03", f"The planned treatment ended on day {ladder.last_day}.")


def _was_stopped() -> Because:
    return Because("TITR-13", "The drug was stopped, and a stop is final.")


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


# -- what is admitted


def may_decide(
    ladder: Ladder,
    decision: str,
    *,
    mg: int,
    history: Sequence[Prescription],
    day: int,
    proposal: Proposal,
    begins: int | None = None,
    open_alerts: Sequence[str] = (),
    panel_day: int | None = None,
) -> Verdict:
    """Whether the decision is admitted on study day `day`, from when it holds, and whether it wants a reason.

    `begins`: the study day entered as the first at this dose. A reason is wanted where the decision or the dose is not
    the proposed one; to stop where nothing is proposed any more is none.
    """
    decision, history = Decision(decision), in_force(history)
    refused = list(_impossible_doses(ladder, mg)) + list(_out_of_place(ladder, decision, history, day))
    if not refused:
        refused += _refusals_of(ladder, decision, mg, history, day, begins or day, open_alerts, panel_day)
    effective, must_wait = max(day, 1), False
    if decision is Decision.STEP_UP and history:
        step = next((step for step in steps_above(ladder, history) if step.mg == mg), None)
        if step is not None:
            effective, must_wait = effective_day_of_step_up(ladder, step, day), True
    elif decision is Decision.MAINTAIN and history and history[-1].day > day:
        effective, must_wait = history[-1].day, True
    if not refused and must_wait and begins is not None and begins < effective:
        what = "higher" if decision is Decision.STEP_UP else "prescribed"
        refused.append(Because("TITR-41", f"The {what} dose can begin on study day {effective}, not before."))
    expected = (decision, mg) == (proposal.decision, proposal.mg) or (
        proposal.decision is None and mg == 0 and not proposal.must_judge
    )
    return Verdict(tuple(refused), effective, not expected)


def _impossible_doses(ladder: Ladder, mg: int):
    if mg < 0 or mg > ladder.maximum:
        sentence = f"{mg} {ladder.unit} cannot be prescribed: the limits are 0 and {ladder.maximum} {ladder.unit}."
        yield Because("TITR-20", sentence)
    if mg % ladder.unit_dose:
        strengths = " and ".join(f"{strength} {ladder.amount}" for strength in ladder.strengths)
        yield Because("TITR-21", f"{mg} {ladder.unit} cannot be made of {strengths} {ladder.capsule}s.")
    elif 0 < mg < ladder.maximum and not ladder.is_dose(mg):
        doses = ", ".join(str(dose) for dose in ladder.doses)
        yield Because("TITR-21", f"{mg} {ladder.unit} is the dose of no step; the steps are {doses} {ladder.unit}.")


def _out_of_place(ladder: Ladder, decision: Decision, history, day: int):
    if is_stopped(history):
        yield _was_stopped()
    elif not history and decision is not Decision.STEP_UP:
        first = f"{ladder.steps[0].mg} {ladder.amount}"
        yield Because("TITR-22", f"Nothing has been prescribed yet: the first decision is the step up to {first}.")
    elif history and day < history[-1].day and decision in (Decision.STEP_UP, Decision.RESUME):
        yield Because("TITR-23", f"A decision holds from day {history[-1].day} already; a further step comes after it.")


def _refusals_of(
    ladder: Ladder, decision: Decision, mg: int, history, day, begins, open_alerts, panel_day
) -> list[Because]:
    interrupted = is_interrupted(history)
    present, amount = (history[-1].mg if history else 0), ladder.amount
    match decision:
        case Decision.STEP_UP if interrupted:
            return [Because("TITR-24", "The drug is interrupted: resume it before it is stepped up.")]
        case Decision.STEP_UP if not history:
            first = ladder.steps[0].mg
            return [] if mg == first else [Because("TITR-25", f"The first dose is {first} {amount}.")]
        case Decision.STEP_UP:
            return _refusals_of_stepping_up(ladder, mg, history, day, open_alerts, panel_day)
        case Decision.MAINTAIN if interrupted:
            return [Because("TITR-27", "The drug is interrupted: resume, stop, or interrupt further.")]
        case Decision.MAINTAIN if mg != present:
            return [Because("TITR-27", f"To maintain means to stay at {present} {amount}.")]
        case Decision.MAINTAIN:
            spent_up = _spent_up(ladder, history, day)
            return [spent_up] if spent_up else []
        case Decision.REDUCE if interrupted or not 0 < mg < present:
            return [Because("TITR-28", f"To reduce means a dose below {present} {amount} and above 0 {amount}.")]
        case Decision.REDUCE if not ladder.unscheduled_changes:
            return [Because("TITR-32", "In this trial no dose is lowered: interrupt or stop the drug instead.")]
        case Decision.INTERRUPT | Decision.STOP if mg != 0:
            return [Because("TITR-29", f"To interrupt or to stop means 0 {amount}.")]
        case Decision.INTERRUPT if interrupted:
            resumed, why = dose_to_resume(ladder, history, day=begins)
            return [why] if resumed is None else []
        case Decision.INTERRUPT:
            return _refusals_of_interrupting(ladder, history)
        case Decision.RESUME:
            return _refusals_of_resuming(ladder, mg, history, begins, interrupted)
    return []


def _refusals_of_stepping_up(ladder: Ladder, mg, history, day, open_alerts, panel_day) -> list[Because]:
    above, amount = steps_above(ladder, history), ladder.amount
    step = next((step for step in above if step.mg == mg), None)
    if above and step is None:
        steps = "one step up" if len(above) == 1 else f"up to {len(above)} steps up"
        present = dose_before_interruption(history)
        return [Because("TITR-26", f"From {present} {amount} {steps} is {above[-1].mg} {amount}, never more.")]
    return list(obstacles_to_step_up(ladder, history, day=day, to=step, open_alerts=open_alerts, panel_day=panel_day))


def _refusals_of_interrupting(ladder: Ladder, history) -> list[Because]:
    most = ladder.interruptions
    if most is None or interruptions(history) < most:
        return []
    times = {0: "The drug is not interrupted in this trial", 1: "The drug was interrupted once already"}
    return [
        Because("TITR-33", f"{times.get(most, f'The drug was interrupted {most} times already')}: stop it instead.")
    ]


def _refusals_of_resuming(ladder: Ladder, mg, history, begins, interrupted) -> list[Because]:
    if not interrupted:
        return [Because("TITR-30", "The drug is not interrupted, so there is nothing to resume.")]
    admitted, why = dose_to_resume(ladder, history, day=begins)
    if admitted is None:
        return [why]
    if not 0 < mg <= admitted:
        return [Because("TITR-31", f"{why.sentence} A higher dose is not admitted.")]
    return []
