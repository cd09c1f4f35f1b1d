"""The course of one subject as an SVG file: totals above, prescribed dose and adverse events below, by study day.

The same course gives the same bytes (fixed salt, no date, text as outlines). Lines are named at their ends and told
apart by marker and dash as well as by colour.
"""

import io
import threading
from itertools import cycle, groupby

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from crf import trial
from crf.shown.course import Course

INK, QUIET, FAINT, WASH = "#1a2226", "#5a656b", "#d5dadd", "#dcebf0"
#: Colour, marker and dash of each total; a seventh begins again.
LINES = (
    ("#0072b2", "o", "-"),
    ("#c24e00", "s", (0, (4, 2))),
    ("#00734f", "^", (0, (1, 1.5))),
    ("#8a3b70", "D", (0, (6, 2, 1, 2))),
    ("#6b5a00", "v", "-"),
    ("#3d4a8a", "P", (0, (4, 2))),
)
STYLE = {
    "svg.hashsalt": "course",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
}
_ONE_AT_A_TIME = threading.Lock()  # matplotlib's settings are global


def drawn(course: Course) -> bytes:
    """The SVG, about 9 by 4.6 inches."""
    out = io.BytesIO()
    with _ONE_AT_A_TIME, matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.0, 4.6))
        FigureCanvasSVG(figure)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        figure.subplots_adjust(left=0.07, right=0.9, top=0.97, bottom=0.11, hspace=0.12)
        _totals(above, course)
        _dose(below, course)
        _days(below, course)
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def _totals(axes, course: Course):
    for (words, points), (colour, marker, dash) in zip(course.scales.items(), cycle(LINES)):
        if not points:
            continue
        days, values = [point.day for point in points], [point.value for point in points]
        axes.plot(days, values, color=colour, marker=marker, markersize=5, linestyle=dash, linewidth=1.4, clip_on=False)
        axes.annotate(
            f"{words} {values[-1]}",
            (days[-1], values[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Total")
    axes.tick_params(axis="x", length=0)


def _dose(axes, course: Course):
    if course.doses:
        days = [dose.day for dose in course.doses] + [max(course.last, course.doses[-1].day + 1)]
        mg = [dose.mg for dose in course.doses] + [course.doses[-1].mg]
        axes.fill_between(days, mg, step="post", color=WASH, linewidth=0)
        axes.step(days, mg, where="post", color=INK, linewidth=1.4)
        axes.annotate(
            f"{mg[-1]} {course.unit}",
            (days[-1], mg[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    top = trial.LADDER.maximum if trial.LADDER else 1
    axes.set_yticks([0, *sorted({step.mg for step in trial.LADDER.steps})] if trial.LADDER else [])
    axes.set_ylim(0, top * 1.3)
    axes.set_ylabel(f"Prescribed, {course.unit}" if course.unit else "Events")
    for day, numbers, serious in _by_day(course):
        axes.plot(
            day,
            top * 1.15,
            marker="v",
            markersize=7 if serious else 5,
            color=QUIET,
            markerfacecolor=INK if serious else "white",
            clip_on=False,
        )
        axes.annotate(
            numbers, (day, top * 1.15), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8, color=QUIET
        )


def _by_day(course: Course):
    """(day, the numbers of its events as the list below the drawing gives them, whether one is serious)."""
    for day, found in groupby(enumerate(course.events, start=1), key=lambda one: one[1].day):
        numbered = list(found)
        first, last = numbered[0][0], numbered[-1][0]
        yield day, str(first) if first == last else f"{first}–{last}", any(event.serious for _, event in numbered)


def _days(axes, course: Course):
    first = min([day for day, _ in course.visits] + [1])
    axes.set_xlim(first - 1, max(course.last, first + 14) + 1)
    planned = [visit.day for visit in trial.VISITS if visit.is_planned]
    axes.set_xticks(sorted({1, *(day for day in planned if first <= day <= course.last)}))
    axes.set_xlabel("Study day")
    for above in axes.figure.axes:
        above.grid(axis="x", color=FAINT, linewidth=0.6)
        above.set_axisbelow(True)
