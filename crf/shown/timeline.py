"""The visits of a subject in time: target, window and actual date, and the study day as CDISC counts it (no day 0)."""

from dataclasses import dataclass
from datetime import date

from crf.chart import states
from crf.chart.standing import Standing
from crf.chart.states import State
from crf.models import Visit
from crf.rules import windows
from crf.shown.header import END_OF_STUDY


@dataclass(frozen=True)
class Stop:
    """One visit. Target and window are None for unplanned visits and while there is no study day 1; `away` is how many
    days the actual date lies after the target (negative: before it)."""

    visit: Visit
    state: State
    window: windows.Window | None
    on: date | None
    day: int | None
    away: int | None

    @property
    def away_in_words(self) -> str:
        if self.away is None:
            return ""
        if self.away == 0:
            return "on target"
        days = "day" if abs(self.away) == 1 else "days"
        return f"{abs(self.away)} {days} {'after' if self.away > 0 else 'before'} target"


def timeline(standing: Standing, *, today: date) -> list[Stop]:
    """The visits in the order of the protocol, unplanned ones by date among those that took place. No statement."""
    stops, is_over = [], standing.subject.is_screen_failure or standing.has_record(END_OF_STUDY)
    for visit in standing.visits:
        window = standing.window_of(visit)
        on = visit.occurred_on
        stops.append(
            Stop(
                visit,
                states.visit_state(visit, standing.status_of(visit, today), is_over=is_over),
                window,
                on,
                standing.day_of(on),
                (on - window.target).days if on and window else None,
            )
        )
    return sorted(stops, key=_when)


def _when(stop: Stop):
    """By the date on which it took place, else by the target; what has neither comes last, in the protocol's order."""
    known = stop.on or (stop.window.target if stop.window else None)
    number = stop.visit.definition.number
    return (known is None, known or date.max, number, stop.visit.number)
