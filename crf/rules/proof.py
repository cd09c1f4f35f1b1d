"""Proves the dosing rules of a ladder by going through all states that decisions can lead to, day by day.

A state is what the rules look at: the day of the plan, where the subject stands on the ladder and since when, holds,
re-escalations. Of the many histories that lead to a state the first one found, a shortest one, stands for it. From each
state every decision at every dose is asked for, with and without an open alert and a panel, and compared with what the
declaration says, written down a second time here from the daily doses alone. What the history alone forbids is also
compared with the guard of the database.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from crf.rules import ladder as stand
from crf.rules import titration
from crf.rules.ladder import Decision, Prescription
from crf.spec.dosing import Ladder
from crf.spec.reasons import Because

History = tuple[Prescription, ...]
STOPPING = (Because("STOP-00", "A reason to stop."),)
DECIDING = (Because("DECIDE-00", "A reason to judge."),)
ENDED = Because("TITR-36", "Treatment ended.")


@dataclass(frozen=True)
class Violation:
    """An admitted decision or a proposal that the declaration forbids, with the shortest history that leads there."""

    rule: str
    day: int
    history: History
    decision: str
    mg: int

    def __str__(self):
        path = in_words(self.history) or "nothing prescribed"
        return f"{self.rule}: after {path}, on day {self.day} {_decided(self.decision, self.mg)}"


_WORDS: dict[str, str] = {
    Decision.STEP_UP: "step up to",
    Decision.MAINTAIN: "maintain",
    Decision.REDUCE: "reduce to",
    Decision.INTERRUPT: "interrupt, at",
    Decision.RESUME: "resume at",
    Decision.STOP: "stop, at",
}


def in_words(history: Sequence[Prescription]) -> str:
    """A history as a person tells it: day 1: step up to 250, day 4: step up to 500."""
    return ", ".join(f"day {one.day}: {_decided(one.decision, one.mg)}" for one in history)


def _decided(decision: str, mg: int) -> str:
    return f"{_WORDS.get(decision, decision)} {mg}"  # the codes of decisions are their values


@dataclass
class Proof:
    """What going through all states found."""

    states: int = 0
    transitions: int = 0
    violations: list[Violation] = field(default_factory=list)
    asked_of_guard: dict[tuple, tuple[History, Prescription, bool, bool, int]] = field(default_factory=dict)
    proposals: dict[tuple, tuple[History, str]] = field(default_factory=dict)


def prove(
    ladder: Ladder,
    *,
    propose: Callable = titration.propose,
    may_decide: Callable = titration.may_decide,
    beyond: int = 2,
    until_found: bool = False,
) -> Proof:
    """Go through all states up to `beyond` days after the last planned one; the rules are arguments, to be replaced by
    faulty ones in tests. `until_found`: end with the first violation, which has a shortest history."""
    proof, first = Proof(), (1, History())
    seen, waiting = {_position(ladder, *first)}, deque([first])
    while waiting and not (until_found and proof.violations):
        day, history = waiting.popleft()
        proof.states += 1
        reached = list(_transitions(ladder, proof, day, history, propose, may_decide))
        if day < ladder.last_day + beyond:
            for coming in ((day + 1, one) for one in [history, *reached]):
                position = _position(ladder, *coming)
                if position not in seen:
                    seen.add(position)
                    waiting.append(coming)
    return proof


def differences(one: Proof, other: Proof) -> list[str]:
    """Where two runs over the same ladder answer differently, each with the history that shows it: no rule may depend
    on what is different between the runs, such as which arm is which."""
    found = []
    for question, (history, entry, is_allowed, *_) in one.asked_of_guard.items():
        answer = other.asked_of_guard.get(question)
        if answer is None or answer[2] is not is_allowed:
            found.append(f"after {in_words(history) or 'nothing prescribed'}, {in_words([entry])} is admitted or not")
    for question, (history, said) in one.proposals.items():
        proposed = other.proposals.get(question)
        if proposed is None or proposed[1] != said:
            told = "nothing asked" if proposed is None else proposed[1]
            after = in_words(history) or "nothing prescribed"
            found.append(f"after {after}, on day {question[1]} “{said}” or “{told}” is proposed")
    return found


def _position(ladder: Ladder, day: int, history: History) -> tuple:
    """What the rules can tell one history from another by, on a day; counts beyond every limit are as good as one."""
    return day, _standing(ladder, day, history)


def _standing(ladder: Ladder, day: int, history: History) -> tuple:
    kept = stand.in_force(history)
    if not kept:
        return ("never",)
    if stand.is_stopped(kept):
        return ("stopped",)
    last, down = kept[-1], stand.step_down_day(kept)
    longest = max([step.after_days for step in ladder.steps] + [step.most_days or 0 for step in ladder.steps])
    return (
        last.mg,
        last.day - day if last.day > day else 0,
        stand.prescribed_on(kept, day),
        stand.dose_before_interruption(kept),
        stand.highest(kept),
        last.decision == Decision.INTERRUPT,
        min(stand.days_interrupted(kept, day), ladder.interruption_one_lower + 1),
        0 if ladder.interruptions is None else min(stand.interruptions(kept), ladder.interruptions),
        min(stand.days_on_dose(kept, day), longest),
        min(stand.reescalations(kept), ladder.reescalations),
        None if down is None else min(day - down, ladder.reescalate_after_days),
    )


def _transitions(ladder, proof, day, history, propose, may_decide) -> Iterator[History]:
    """Every decision asked for; the histories that admitted ones lead to."""
    no_step, too_high = ladder.doses[0] + 1, ladder.maximum + ladder.unit_dose
    standing = _standing(ladder, day, history)
    for alerts, panel in product(((), ("an alert",)), (day, None)):
        circumstances = {"open_alerts": alerts, "panel_day": panel}
        as_is = not alerts and panel is not None
        proposal = propose(ladder, history, day=day, **circumstances)
        said = "nothing" if proposal.decision is None else _decided(proposal.decision, proposal.mg)
        proof.proposals.setdefault((standing, day, alerts, panel is not None), (history, said))
        asked: Iterator[tuple[Decision, int]] = product(Decision, (0, *ladder.doses, no_step, too_high))
        if not as_is:  # alerts and panels are looked at for a step up, and for no other decision
            asked = ((Decision.STEP_UP, mg) for mg in ladder.doses)
        for decision, mg in asked:
            verdict = may_decide(ladder, decision, mg=mg, history=history, day=day, proposal=proposal, **circumstances)
            entry = Prescription(verdict.effective_day, decision.value, mg)
            proof.transitions += 1
            if as_is:
                by_history = any(one.rule in titration.BY_HISTORY for one in verdict.refusals)
                question = (standing, entry.day - day, decision, mg)
                proof.asked_of_guard.setdefault(question, (history, entry, verdict.allowed, by_history, day))
            if verdict.allowed:
                if wrong := forbidden(ladder, history, entry, day=day, alert=bool(alerts), panel=panel is not None):
                    proof.violations.append(Violation(wrong, day, history, decision, mg))
                elif as_is:
                    yield (*history, entry)
            elif decision is Decision.STOP and mg == 0 and history and not _stopped(history):
                proof.violations.append(Violation("a stop is refused", day, history, decision, mg))
        _judge_proposals(ladder, proof, day, history, propose, may_decide, circumstances)


def _judge_proposals(ladder, proof, day, history, propose, may_decide, circumstances) -> None:
    """What is proposed is admitted; after the end nothing is; over a reason to stop nothing but the stop is."""
    facts: list[tuple[tuple[Because, ...], tuple[Because, ...], Because | None]] = [((), (), None)]
    if not circumstances["open_alerts"]:
        facts += [(STOPPING, (), None), ((), DECIDING, None), (STOPPING, (), ENDED)]
    for stopping, deciding, ended in facts:
        proposal = propose(
            ladder, history, day=day, reasons_to_stop=stopping, reasons_to_decide=deciding, ended=ended, **circumstances
        )
        wrong = None
        if ended and (proposal.decision is not None or proposal.mg):
            wrong = "something is proposed after treatment ended"
        elif stopping and proposal.decision not in (Decision.STOP, None):
            wrong = "something else than to stop is proposed over a reason to stop"
        elif _is_open_to_judge(deciding, circumstances, history) and proposal.decision in _OVER_NOTHING_OPEN:
            wrong = f"to {proposal.decision.lower().replace('_', ' ')} is proposed before what is open is judged"
        elif proposal.decision is not None:
            verdict = may_decide(
                ladder, proposal.decision, mg=proposal.mg, history=history, day=day, proposal=proposal, **circumstances
            )
            if not verdict.allowed:
                wrong = "what is proposed is refused"
            elif verdict.reason_required:
                wrong = "what is proposed wants a reason"
        if wrong:
            proof.violations.append(Violation(wrong, day, history, proposal.decision or "nothing", proposal.mg))


_OVER_NOTHING_OPEN = (Decision.STEP_UP, Decision.MAINTAIN)


def _is_open_to_judge(deciding, circumstances, history) -> bool:
    """Whether an alert or a reason to judge is open; before the first dose it is documented beside (PROTOCOL 7)."""
    return bool(history and (deciding or circumstances["open_alerts"]))


def _stopped(history: History) -> bool:
    return any(one.decision == Decision.STOP for one in history)


# -- the declaration, written down a second time


def forbidden(
    ladder: Ladder, history: History, entry: Prescription, *, day: int, alert: bool, panel: bool
) -> str | None:
    """What the declaration says against a decision, from the doses of each day before it; None when nothing."""
    daily = doses_by_day(history, entry.day)
    before = _last_dose(history)
    pending = [one for one in history if one.day > day]
    mg, is_first = entry.mg, not history
    if mg and mg not in ladder.doses:
        return "a dose that is no step"
    if _stopped(history):
        return "a decision after a stop"
    if entry.decision in (Decision.INTERRUPT, Decision.STOP):
        if mg:
            return "a dose although the drug is interrupted or stopped"
        if entry.decision == Decision.INTERRUPT:
            return _wrong_interruption(ladder, history, daily)
        return None
    if mg == 0:
        return "no dose although the drug goes on"
    if is_first:
        return (
            None if entry.decision == Decision.STEP_UP and mg == ladder.doses[0] else "a first dose that is not step 1"
        )
    if pending:  # it was admitted on its own day; only to keep it or to go lower is open now
        last = pending[-1].mg
        return None if mg <= last else "more than is prescribed already"
    held = _days_held(daily, history)
    if held is not None and entry.decision != Decision.RESUME:
        return "another decision than to resume, to stop or to wait while interrupted"
    if held is None and entry.decision == Decision.RESUME:
        return "resumed what was not interrupted"
    climbed = ladder.doses.index(mg) - ladder.doses.index(before)
    if climbed > 0:
        if entry.decision != Decision.STEP_UP:
            return "a higher dose without a step up"
        return _wrong_step_up(ladder, history, daily, entry, day=day, climbed=climbed, alert=alert, panel=panel)
    if held is not None and held > ladder.interruption_one_lower:
        return "resumed after too long an interruption"
    if held is not None and held > ladder.interruption_same_step and climbed == 0 and mg != ladder.doses[0]:
        return "resumed at the same step after a longer interruption"
    if climbed == 0 and entry.decision in (Decision.STEP_UP, Decision.REDUCE):
        return "a step that is none"
    most = ladder.steps[ladder.doses.index(mg)].most_days
    if climbed == 0 and most is not None and _days_at(before, daily) >= most:
        return "longer on a step than its most days"
    if climbed < 0 and entry.decision == Decision.REDUCE and not ladder.unscheduled_changes:
        return "a lower dose although doses change by the plan alone"
    if climbed < 0 and entry.decision in (Decision.STEP_UP, Decision.MAINTAIN):
        return "a lower dose that is called otherwise"
    return None


def _wrong_step_up(ladder, history, daily, entry, *, day, climbed, alert, panel) -> str | None:
    steps = ladder.steps[ladder.doses.index(entry.mg) - climbed + 1 : ladder.doses.index(entry.mg) + 1]
    if climbed > ladder.steps_up_at_once:
        return "more steps up at once than admitted"
    if entry.day < steps[-1].first:
        return "a step before its planned day"
    if day > ladder.last_day:
        return "a step up after the planned treatment"
    if alert:
        return "a step up with an open alert"
    if not panel and any(step.needs_panel for step in steps):
        return "a step up without its panel"
    if entry.mg > max(one.mg for one in _begun(history)):
        if _days_at(_last_dose(history), daily) < max(step.after_days for step in steps):
            return "a step up before the least days"
        if not ladder.unscheduled_changes and entry.day > steps[-1].last:
            return "a step up after its planned days although doses change by the plan alone"
        return None
    if not ladder.unscheduled_changes:
        return "a dose given again although doses change by the plan alone"
    reached = again = 0
    for one in _begun(history):
        again += one.decision == Decision.STEP_UP and one.mg <= reached
        reached = max(reached, one.mg)
    if again >= ladder.reescalations:
        return "raised again too often"
    falls = [one.day for one, lower in _falls(_begun(history)) if lower]
    return "raised again too soon" if falls and entry.day - falls[-1] < ladder.reescalate_after_days else None


def _falls(history: History) -> list[tuple[Prescription, bool]]:
    found, above = [], 0
    for one in history:
        if one.mg:
            found.append((one, one.mg < above))
            above = one.mg
    return found


def _wrong_interruption(ladder: Ladder, history: History, daily: Sequence[int]) -> str | None:
    if not history:
        return "an interruption before anything was prescribed"
    if history[-1].decision == Decision.INTERRUPT:
        held = _days_held(daily, history)
        return "interrupted for longer than admitted" if held and held > ladder.interruption_one_lower else None
    begun = _begun(history)
    starts = [
        one
        for at, one in enumerate(begun)
        if one.decision == Decision.INTERRUPT and (at == 0 or begun[at - 1].decision != Decision.INTERRUPT)
    ]
    if ladder.interruptions is not None and len(starts) >= ladder.interruptions:
        return "interrupted more often than admitted"
    return None


def _days_held(daily: Sequence[int], history: History) -> int | None:
    """Days without drug up to now; None where the last decision was not to interrupt."""
    if history[-1].decision != Decision.INTERRUPT:
        return None
    held = 0
    for dose in reversed(daily):
        if dose:
            break
        held += 1
    return held


def _last_dose(history: History) -> int:
    """The last dose above 0 that began, or is about to."""
    return next((one.mg for one in reversed(_begun(history)) if one.mg), 0)


def _begun(history: History) -> History:
    """The decisions that no later one cancelled before they began."""
    return tuple(one for at, one in enumerate(history) if all(later.day >= one.day for later in history[at + 1 :]))


def _days_at(dose: int, daily: Sequence[int]) -> int:
    """Days at the dose up to the end, without days of interruption; 0 where the last day with drug was at another."""
    count = 0
    for taken in reversed([one for one in daily if one]):
        if taken != dose:
            break
        count += 1
    return count


def doses_by_day(history: History, day: int) -> list[int]:
    """The dose of each day from day 1 to the day before `day`."""
    daily = [0] * max(day - 1, 0)
    for one in history:  # a later decision overwrites what had not begun
        for at in range(max(one.day, 1) - 1, len(daily)):
            daily[at] = one.mg
    return daily
