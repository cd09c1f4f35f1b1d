"""The prescribed dose over time as a strip for the casebook: its steps, its interruptions, and why.

It asks the database nothing: it is drawn from the decisions that the header of the page has read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils.safestring import SafeString

from crf import trial
from crf.chart.standing import Standing
from crf.rules.ladder import Decision, Prescription, in_force
from crf.rules.study_day import study_day
from crf.shown.drawing.sheet import LETTER, Sheet
from crf.spec import dates
from crf.spec.purposes import Purpose

DOSING = trial.serving(Purpose.DOSING)
WIDTH, HEIGHT = 880.0, 84.0
LEFT, RIGHT, TOP, FLOOR = 4.0, 70.0, 18.0, 62.0
LINE = 15.0  # height of a line of words
AS_PLANNED = {Decision.STEP_UP, Decision.MAINTAIN}


@dataclass(frozen=True)
class Told:
    """A decision that departs from going up: from when on, what it was and why."""

    on: date
    words: str
    because: str


@dataclass(frozen=True)
class DoseStrip:
    """The drawing, whose text says every step; `told`: reductions, interruptions and stops, with the reason given."""

    drawing: SafeString
    told: tuple[Told, ...]


def dose_strip(standing: Standing, decided: Sequence, *, today: date) -> DoseStrip | None:
    """The strip of a subject up to `today`; None before study day 1 and before anything was prescribed."""
    known = [one for one in decided if one.effective_on and one.decision and one.prescribed_mg is not None]
    if DOSING is None or trial.LADDER is None or standing.day_1 is None or not known:
        return None
    by_day: dict = {}
    for one in sorted(known, key=lambda record: (record.decided_on or record.effective_on, record.pk)):
        day = study_day(one.effective_on, day_1=standing.day_1)
        by_day.pop(day, None)  # of two for one day the later decided one stands, in its own turn
        by_day[day] = one
    now = study_day(today, day_1=standing.day_1)
    every = in_force([Prescription(day, one.decision, one.prescribed_mg) for day, one in by_day.items()])
    history = [one for one in every if one.day <= now]
    if not history:
        return None
    ended = standing.subject.treatment_ended_on
    over = study_day(ended + timedelta(days=1), day_1=standing.day_1) if ended else None
    last = min(day for day in (over, now + 1) if day is not None)
    periods = [(one.day, end, one) for one, end in _with_ends(history, max(last, history[-1].day + 1))]
    told = tuple(
        Told(by_day[one.day].effective_on, _what(one), _why(by_day[one.day]))
        for one in history
        if one.decision not in AS_PLANNED
    )
    says = ", ".join(f"{_what(one)} from day {one.day} ({dates.day(by_day[one.day].effective_on)})" for one in history)
    because = "".join(f". {one.words}, {dates.day(one.on)}: {one.because}" for one in told if one.because)
    end = f". Treatment ended on {dates.day(ended)}" if over is not None and over <= now + 1 else ""
    return DoseStrip(_drawn(periods, now).svg("dose-strip", "Prescribed dose", f"{says}{because}{end}."), told)


def _with_ends(history: Sequence[Prescription], last: int):
    for one, after in pairwise([*history, None]):
        yield one, after.day if after else last


def _what(one: Prescription) -> str:
    """The decision in words, with the dose where there is one."""
    dose = f"{one.mg} {trial.LADDER.unit}"
    match one.decision:
        case Decision.INTERRUPT:
            return "Interrupted"
        case Decision.STOP:
            return "Stopped"
        case Decision.REDUCE:
            return f"Reduced to {dose}"
        case Decision.RESUME:
            return f"Resumed at {dose}"
    return dose


def _why(record) -> str:
    """The reasons that were given, in words; what was not asked stays out."""
    found = []
    for name in DOSING.reasons:
        value = getattr(record, name)
        if value not in (None, ""):
            found.append(DOSING.items[name].kind.show(value))
    return ", ".join(found)


def _drawn(periods, now: int) -> Sheet:
    sheet, top = Sheet(HEIGHT, WIDTH), trial.LADDER.maximum
    first, last = periods[0][0], max(periods[-1][1], periods[0][0] + 14)

    def x(day: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first) / (last - first)

    def y(mg: int) -> float:
        return FLOOR - (FLOOR - TOP) * mg / top

    sheet.line("axis", LEFT, FLOOR, WIDTH - RIGHT, FLOOR)
    sheet.line("plan", LEFT, TOP, WIDTH - RIGHT, TOP)
    sheet.words(f"{top} {trial.LADDER.unit}", WIDTH - RIGHT + 6, TOP + 4, kind="soft")
    free = LEFT
    for begun, end, one in periods:
        kind = "fill-none" if one.decision in (Decision.INTERRUPT, Decision.STOP) else "fill-half"
        height = FLOOR - y(one.mg) if one.mg else 6.0
        sheet.rect(kind, x(begun), FLOOR - height, x(end) - x(begun), height)
        label = str(one.mg) if one.mg else _what(one).lower()
        if x(begun) + LETTER * len(label) + 4 <= x(end) or end == last:
            above = FLOOR - height - 4
            sheet.words(label, x(begun) + 3, above if above - LINE > TOP else above + LINE)  # else the line crosses it
        day = f"day {begun}" if begun == first else str(begun)
        if x(begun) >= free:
            sheet.line("tick", x(begun), FLOOR, x(begun), FLOOR + 4)
            sheet.words(day, x(begun), FLOOR + 17, kind="soft")
            free = x(begun) + LETTER * (len(day) + 1)
    if first <= now <= last and x(now) >= free:
        sheet.words(
            f"today, {now}", x(now), FLOOR + 17, kind="soft", at="middle" if x(now) < WIDTH - RIGHT - 30 else "end"
        )
    return sheet
