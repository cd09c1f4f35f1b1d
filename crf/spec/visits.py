"""Planned occasions, the epochs they belong to, and which form is due at which."""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crf.spec.kinds import DeclarationError


class Place(enum.Enum):
    """What the engine needs a visit for. SCREENING and BASELINE are wanted of every trial; the rest may be absent."""

    SCREENING = "screening"
    BASELINE = "baseline: randomisation, and the values that changes are counted from"
    EARLY_TERMINATION = "early termination"
    UNSCHEDULED = "unscheduled"


#: Why a visit was missed: what tells the analysis whether what is not known hangs on how the subject was.
MISSED_BECAUSE = (
    ("ILL", "The subject was ill"),
    ("WORSE", "The subject was too unwell in mind to come"),
    ("BETTER", "The subject felt well and saw no need"),
    ("DECLINED", "The subject did not want to come"),
    ("FORGOT", "The subject forgot, or took it for another day"),
    ("AWAY", "The subject was away, or could not travel"),
    ("UNREACHED", "The subject could not be reached"),
    ("SITE", "The site could not: staff, rooms, holidays"),
    ("LEFT", "The subject had left the study"),
    ("OTHER", "Other (say which)"),
)
OTHER_REASON = "OTHER"


@dataclass(frozen=True)
class Epoch:
    """A stretch of the trial (SDTM EPOCH). `before_randomisation`: its visits need no arm.

    `gate`: the name of a rule of the trial (trial.GATES) that must let a subject through before the next epoch.
    """

    code: str
    label: str
    before_randomisation: bool = False
    gate: str | None = None


@dataclass(frozen=True)
class Visit:
    """A planned occasion: study day `day` (there is no day 0), `before` and `after` days of window.

    `day` is None for a visit that is not planned. `number` is SDTM's VISITNUM. `analysed`: the study days of a rating
    that counts as this visit in the analysis. `dispenses`: the drug is handed out here. `signed_after`: the
    investigator is asked to sign once it is complete. `place`: what the engine needs it for.
    """

    code: str
    label: str
    number: int
    day: int | None = None
    before: int = 0
    after: int = 0
    epoch: str = "BLINDED TREATMENT"
    note: str = ""
    place: Place | None = None
    analysed: tuple[int, int] | None = None
    dispenses: bool = False
    signed_after: bool = False
    by_telephone: bool = False

    @property
    def on_day(self) -> str:
        """The planned study day in words; days before the first dose are not numbered."""
        return "" if self.day is None else "before day 1" if self.day < 1 else f"day {self.day}"

    @property
    def is_planned(self) -> bool:
        return self.day is not None


@dataclass(frozen=True)
class Planned:
    """One cell of the schedule: this form at this visit, required or optional, where the condition holds."""

    form: str
    visit: str
    required: bool
    when: str | None = None


def read_schedule(text: str, *, visits: Collection[str], conditions: Collection[str]) -> tuple[Planned, ...]:
    """Read the table of forms by visits.

    x: required. o: optional. A dot: not planned. A word at the end of a row names the condition under which the form
    is due (crf/rules/conditions.py). Raises DeclarationError for an unknown visit, mark or condition, and for a form
    named twice.
    """
    head, *rows = [line.split() for line in text.strip("\n").splitlines()]
    for code in head:
        if code not in visits:
            raise DeclarationError(f"The schedule names a visit {code!r} that is not declared.")
    cells: list[Planned] = []
    seen: set[str] = set()
    for form, *marks in rows:
        condition = marks.pop() if len(marks) == len(head) + 1 else None
        if form in seen:
            raise DeclarationError(f"The schedule names form {form} twice.")
        if len(marks) != len(head) or set(marks) - set("xo."):
            raise DeclarationError(
                f"The row of form {form} in the schedule needs {len(head)} marks, each x, o or a dot."
            )
        if condition is not None and condition not in conditions:
            raise DeclarationError(f"Form {form} is due when {condition!r}, which is no known condition.")
        seen.add(form)
        planned = [(at, mark) for at, mark in zip(head, marks, strict=True) if mark != "."]
        cells += [Planned(form, at, mark == "x", condition) for at, mark in planned]
    return tuple(cells)


def visits_before(visits: Sequence[Visit], code: str) -> tuple[str, ...]:
    """The planned visits before this one, in order; before an unplanned visit, whose place is unknown, none."""
    planned = [visit.code for visit in visits if visit.is_planned]
    return tuple(planned[: planned.index(code)]) if code in planned else ()


def police_visits(visits: Sequence[Visit], epochs: Sequence[Epoch]) -> None:
    """Refuse visits that contradict each other. Raises DeclarationError with a sentence."""
    for place in Place:
        found = [visit.code for visit in visits if visit.place is place]
        if len(found) > 1:
            raise DeclarationError(f"Visits {' and '.join(found)} are both declared as {place.value}.")
        if not found and place in (Place.SCREENING, Place.BASELINE):
            raise DeclarationError(f"No visit is declared as {place.value}.")
    known = {epoch.code for epoch in epochs}
    last_end = None
    days = [visit.day for visit in visits if visit.day is not None]
    if days != sorted(days):
        raise DeclarationError("The planned visits do not stand in the order of their study days.")
    for visit in visits:
        if visit.epoch not in known:
            raise DeclarationError(f"Visit {visit.code} belongs to the epoch {visit.epoch!r}, which is not declared.")
        if visit.day == 0:
            raise DeclarationError(f"Visit {visit.code} is planned for study day 0, which does not exist.")
        if visit.before < 0 or visit.after < 0:
            raise DeclarationError(f"The window of visit {visit.code} has a negative number of days.")
        if visit.day is None and (visit.analysed or visit.dispenses):
            raise DeclarationError(
                f"Visit {visit.code} has no planned day, so it is neither analysed nor dispensed at."
            )
        if visit.analysed:
            first, last = visit.analysed
            if not first <= (visit.day or 0) <= last:
                raise DeclarationError(f"The analysis window of visit {visit.code} does not hold its own day.")
            if last_end is not None and first <= last_end:
                raise DeclarationError(f"The analysis window of visit {visit.code} overlaps the one before it.")
            last_end = last
