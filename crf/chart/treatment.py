"""That treatment with the study drug has ended: one fact, from whichever record says so first.

The subject carries it (crf/actions/follow.py), so that header, work list, schedule, course, proposal and dispensing
read the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crf import trial
from crf.rules.ladder import Decision
from crf.rules.withdrawal import withdrawn_on
from crf.spec import dates
from crf.spec.purposes import Purpose


@dataclass(frozen=True, order=True)
class Ended:
    """The day on which treatment ended, what says so in words, and the form that does.

    `is_decided`: a person decided it or it is over anyway; otherwise a stop is still to be decided (our assumption for
    what a trial's own rule says). `from_that_day`: nothing is taken on that day either.
    """

    on: date
    because: str
    form: str
    is_decided: bool = True
    from_that_day: bool = False

    @property
    def sentence(self) -> str:
        return f"Treatment ended on {dates.day(self.on)} ({self.because}): nothing more is prescribed."

    def is_after(self, day: date, *, taken: bool = False) -> bool:
        """Whether a day lies after the end. What is handed out or prescribed on the day itself is for the days after
        it; a capsule may have been swallowed before the decision (our assumption), unless the drug was stopped."""
        return day > self.on or (day == self.on and (self.from_that_day or not taken))


def treatment_ended(chart: Any) -> Ended | None:
    """The earliest end that the records tell: end of treatment or of study, a stop, consent withdrawn, and what the
    trial's own rules name; None without one. `chart`: what holds of a subject (crf/chart/others.py)."""
    return chart.once("treatment ended", lambda: _earliest(list(_ends(chart))))


def _earliest(found: list[Ended]) -> Ended | None:
    return replace(min(found), is_decided=any(one.is_decided for one in found)) if found else None


def noted_on(chart: Any, record: Any) -> Callable[[], date]:
    """The day at the site on which the record was last entered: it stands for a day that was left blank, and does not
    move with the calendar."""
    return lambda: record.changed_at.astimezone(chart.zone).date()


def _ends(chart: Any) -> Iterator[Ended]:
    if end := trial.serving(Purpose.END_OF_TREATMENT):
        for record in chart.records(end.code):
            if on := record.decided_on or record.last_dose_on:
                yield Ended(on, end.title, end.code)
    if end := trial.serving(Purpose.END_OF_STUDY):
        for record in chart.records(end.code):
            if record.ended_on:
                yield Ended(record.ended_on, end.title, end.code)
            if on := withdrawn_on(record.values(), noted_on(chart, record)):
                yield Ended(on, "Consent was withdrawn", end.code)
    if dosing := trial.serving(Purpose.DOSING):
        for record in chart.records(dosing.code):
            if record.decision == Decision.STOP and (on := record.effective_on or record.decided_on):
                yield Ended(on, "The drug was stopped for good", dosing.code, from_that_day=True)
    for on, because, form in trial.RULES.ends_treatment(chart):
        yield Ended(on, because, form, is_decided=False)
