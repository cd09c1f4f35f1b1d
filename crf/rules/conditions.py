"""The conditions under which a form of the schedule is due at a visit (PROTOCOL 3); a trial may bring more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from crf import trial


@dataclass(frozen=True)
class Circumstances:
    """What the conditions look at: of the subject, and of the visit.

    `visit_on`: the day of the visit, or today while it has not taken place. `visit_before_on`: the day of the visit
    before it. `treatment_ended_on`: the day of the decision to end treatment, None while it goes on.
    """

    may_become_pregnant: bool = False
    was_randomised: bool = False
    has_first_dose: bool = False
    treatment_ended_on: date | None = None
    visit_on: date | None = None
    visit_before_on: date | None = None


def is_treated(c: Circumstances) -> bool:
    """Under treatment at the visit: a decision is due up to the day on which the last one was taken."""
    return c.was_randomised and (
        c.treatment_ended_on is None or (c.visit_on is not None and c.visit_on <= c.treatment_ended_on)
    )


def goes_on_with_the_drug(c: Circumstances) -> bool:
    """Has something to be handed out: on the day on which treatment ended, nothing is."""
    return is_treated(c) and (c.treatment_ended_on is None or c.visit_on != c.treatment_ended_on)


def has_capsules(c: Circumstances) -> bool:
    """May have capsules to bring back: also at the first visit after treatment ended."""
    return (
        c.was_randomised
        and c.has_first_dose
        and (
            is_treated(c)
            or c.visit_before_on is None
            or c.treatment_ended_on is None
            or c.visit_before_on < c.treatment_ended_on
        )
    )


@dataclass(frozen=True)
class Due:
    """A condition of the schedule: when it holds, and how the documents say it."""

    holds: Callable[[Circumstances], bool]
    words: str


CONDITIONS: dict[str, Due] = {
    "may_become_pregnant": Due(lambda c: c.may_become_pregnant, "where the subject may become pregnant"),
    "was_randomised": Due(lambda c: c.was_randomised, "once randomised"),
    "has_capsules": Due(has_capsules, "while capsules are to be returned"),
    "is_treated": Due(is_treated, "while on the study drug"),
    "goes_on_with_the_drug": Due(goes_on_with_the_drug, "while the study drug is to be taken further"),
    **{name: Due(*given) for name, given in trial.RULES.conditions.items()},
}


def holds(name: str, circumstances: Circumstances) -> bool:
    """Whether the condition with this name holds. KeyError for an unknown one."""
    return CONDITIONS[name].holds(circumstances)
