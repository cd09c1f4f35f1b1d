"""Counts that grow over time towards a plan, and values by visit: what is drawn as lines."""

from collections.abc import Sequence
from datetime import date

from crf.rules.pace import Forecast
from crf.shown.drawing.sheet import WIDTH, Sheet
from crf.spec.dates import MONTHS

LEFT, RIGHT, TOP, FOOT = 30, 12, 14, 24


def towards(
    days: Sequence[date], *, plan: int, since: date, today: date, forecast: Forecast | None, height: float = 200
) -> Sheet:
    """How many came by each day, the plan as a line, and the fan in which the plan is reached."""
    sheet = Sheet(height)
    until = max([today, *([min(forecast.last, _at_most(since, today))] if forecast else [])])
    span = max((until - since).days, 1)
    most = max(plan, len(days), 1)

    def x(day: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max((day - since).days / span, 0), 1)

    def y(count: float) -> float:
        return height - FOOT - (height - FOOT - TOP) * count / most

    _grid(sheet, [0, *_round_steps(most)], y, height)
    _months(sheet, since, until, x, height)
    sheet.line("plan", LEFT, y(plan), WIDTH - RIGHT, y(plan))
    sheet.words(f"planned {plan}", LEFT + 4, y(plan) - 4, kind="soft")
    here = (x(today), y(len(days)))
    if forecast:
        sheet.path("fan", [here, (x(forecast.first), y(plan)), (x(forecast.last), y(plan))], closed=True)
        sheet.path("forecast", [here, (x(forecast.likely), y(plan))])
    by_then = {day: n for n, day in enumerate(sorted(days), start=1)}  # one step a day, however many came
    sheet.steps("main", [(x(since), y(0)), *((x(day), y(n)) for day, n in by_then.items()), here])
    sheet.circle("dot", *here, 3.5)
    is_right = here[0] < WIDTH - 60
    sheet.words(
        len(days), here[0] + (8 if is_right else -8), here[1] + 14, kind="strong", at="start" if is_right else "end"
    )
    return sheet


def by_visit(
    visits: Sequence[tuple[str, float]],
    lines: Sequence[Sequence[tuple[int, float]]],
    middle: Sequence[tuple[int, float, float, float, int]],
    *,
    low: float,
    high: float,
    height: float = 230,
) -> Sheet:
    """Values of many at visits. `visits`: (label, day); `lines`: of one each, (place of the visit, value); `middle`:
    (place, lower quartile, median, upper quartile, how many)."""
    sheet = Sheet(height)
    foot = FOOT + 16
    first, last = visits[0][1], visits[-1][1]
    span = max(last - first, 1)
    inset = 14

    def x(place: int) -> float:
        return LEFT + inset + (WIDTH - LEFT - RIGHT - 2 * inset) * (visits[place][1] - first) / span

    def y(value: float) -> float:
        return height - foot - (height - foot - TOP) * (value - low) / max(high - low, 1)

    _grid(sheet, [low, *(low + step for step in _round_steps(high - low))], y, height)
    for line in lines:
        sheet.path("thread", [(x(place), y(value)) for place, value in line])
    sheet.path(
        "band",
        [(x(place), y(upper)) for place, _, _, upper, _ in middle]
        + [(x(place), y(lower)) for place, lower, *_ in reversed(middle)],
        closed=True,
    )
    sheet.path("main", [(x(place), y(median)) for place, _, median, _, _ in middle])
    taken = -100.0
    for place, _, median, _, many in middle:
        sheet.circle("dot", x(place), y(median), 3.5)
        if x(place) - taken >= 40 or place == middle[-1][0]:
            sheet.words(visits[place][0], x(place), height - foot + 16, kind="soft", at="middle")
            taken = x(place)
        sheet.words(many, x(place), height - 4, kind="soft", at="middle")
    sheet.words("n", LEFT - 6, height - 4, kind="soft", at="end")
    return sheet


def dots(
    columns: Sequence[tuple[str, Sequence[float]]], *, limit: float | None, high: float, height: float = 200
) -> Sheet:
    """A dot a value in columns, side by side where several are the same; a line at the limit below which one looks."""
    sheet = Sheet(height)

    def y(value: float) -> float:
        return height - FOOT - (height - FOOT - TOP) * min(value, high) / max(high, 1)

    _grid(sheet, [0, *_round_steps(high)], y, height)
    step = (WIDTH - LEFT - RIGHT) / max(len(columns), 1)
    for place, (label, values) in enumerate(columns):
        middle, seen = LEFT + step * (place + 0.5), {}
        for value in sorted(values):
            nth = seen[round(value)] = seen.get(round(value), 0) + 1
            away = ((nth // 2) * 5.2) * (1 if nth % 2 else -1)
            if abs(away) < step / 2:
                sheet.circle("low" if limit is not None and value < limit else "spot", middle + away, y(value), 2.4)
        sheet.words(label, middle, height - 6, kind="soft", at="middle")
    if limit is not None:
        sheet.line("limit", LEFT, y(limit), WIDTH - RIGHT, y(limit))
        sheet.words(f"{limit:g} min", WIDTH - RIGHT, y(limit) - 4, kind="soft", at="end")
    return sheet


def _at_most(since: date, today: date) -> date:
    """The forecast takes no more of the width than what is known does."""
    return today + (today - since)


def _grid(sheet: Sheet, values: Sequence[float], y, height: float) -> None:
    for value in values:
        sheet.line("axis" if value == values[0] else "grid-line", LEFT, y(value), WIDTH - RIGHT, y(value))
        sheet.words(f"{value:g}", LEFT - 6, y(value) + 4, kind="soft", at="end")


def _round_steps(most: float) -> list[float]:
    """Round numbers up to the most: three to five of them."""
    step = next(
        size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 10**9) if most / size <= 5
    )
    return [step * place for place in range(1, int(most / step) + 1)]


def _months(sheet: Sheet, since: date, until: date, x, height: float) -> None:
    """The first day of months, no more than six of them."""
    months = (until.year - since.year) * 12 + until.month - since.month
    every = max(1, -(-months // 6))
    for ahead in range(1, months + 1, every):
        year, month = divmod(since.year * 12 + since.month - 1 + ahead, 12)
        at = x(date(year, month + 1, 1))
        if at < WIDTH - 24:
            sheet.line("tick", at, height - FOOT, at, height - FOOT + 4)
            sheet.words(f"{MONTHS[month]} {year % 100:02d}", at, height - 6, kind="soft", at="middle")
