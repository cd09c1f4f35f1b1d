"""Whether what an alert asks for besides an action is there: a prompt stands until it is (PROTOCOL 5 and 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crf.spec.consequences import PROMPT_DEVIATION, PROMPT_EVENT, PROMPT_JUDGEMENT, PROMPT_SERIOUS

#: What only a form for adverse events can answer.
OF_EVENTS = (PROMPT_SERIOUS, PROMPT_EVENT)
RECALL = timedelta(days=7)  # our assumption: an event within a week of the observation is the one it tells of


@dataclass(frozen=True)
class Event:
    """An adverse event as far as a prompt looks at it. `onset` and `resolved` may be partial dates; `tells_of`: whether
    it is of the kind that the alert is about, as the trial's own rule says."""

    is_serious: bool
    onset: str | None
    resolved: str | None
    tells_of: bool

    def was_there_about(self, day: date) -> bool:
        """Whether the event can have been there within a week of the day, as far as its dates are known."""
        first, last = (day - RECALL).isoformat(), (day + RECALL).isoformat()
        if self.onset is None or self.onset > last[: len(self.onset)]:
            return False
        return self.resolved is None or self.resolved >= first[: len(self.resolved)]


def unanswered(
    prompts: Sequence[str], *, observed_on: date, is_acknowledged: bool, events: Sequence[Event]
) -> list[str]:
    """The prompts of an alert that nothing answers yet.

    An event answers where it is of the alert's kind, was there about the day of the observation, and is serious if that
    is asked for. The judgement is the action with which the alert is acknowledged. The deviation is opened by the
    system together with the alert, and its assessment is a task of its own.
    """
    told = [one for one in events if one.tells_of and one.was_there_about(observed_on)]
    answered = {
        PROMPT_SERIOUS: any(one.is_serious for one in told),
        PROMPT_EVENT: bool(told),
        PROMPT_JUDGEMENT: is_acknowledged,
        PROMPT_DEVIATION: True,
    }
    return [prompt for prompt in prompts if not answered[prompt]]
