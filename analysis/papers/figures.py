"""Drawings as SVG files: direct labels, intervals always, n under the axis, told apart by more than colour.

Every function takes numbers and gives bytes; the same numbers give the same bytes (fixed salt, no date, text as
outlines, so that no font of the machine matters).
"""

import io
import math
import struct
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import matplotlib
import typst
from matplotlib import dates as mdates
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK, QUIET, FAINT = "#1a2226", "#5a656b", "#d5dadd"
# Okabe and Ito's blue and vermilion: told apart in every common kind of colour blindness; then bluish green, purple.
COLOURS = ("#0072b2", "#c24e00", "#007a5a", "#8a4f7d")
MARKERS = ("o", "s", "D", "^")
HATCHES, SQUARES = ("", "////", "....", "xxxx"), ("■", "▨", "▤", "▩")  # of bars; the first is filled
DOTS_AN_INCH = 150.0  # of a picture; a drawing has none
_SHEET = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
_NO_FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[])
_HEAD = 33  # bytes of a PNG file up to the end of its header
STYLE = {
    "svg.hashsalt": "figure",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": 9.0,
    "axes.grid": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "figure.facecolor": "white",
    "axes.unicode_minus": True,
}
_ONE_AT_A_TIME = threading.Lock()  # matplotlib's settings are global


@dataclass(frozen=True)
class Series:
    """One line of a course: at each x the mean with its interval and how many it is the mean of."""

    label: str
    x: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: tuple[int, ...]


@dataclass(frozen=True)
class Bar:
    """One row of a forest: an estimate with its interval and the words at its right."""

    label: str
    estimate: float
    low: float
    high: float
    text: str
    is_primary: bool = False


def course(series: Sequence[Series], *, ticks: Sequence[tuple[float, str]], y: str, floor: float | None = 0.0) -> bytes:
    """Means over time, a line for each group with its name at the end, n under the axis. floor None: as they lie."""
    left = room_for([f"n {one.label}" for one in series], least=0.8, letter=0.062)
    right = room_for([one.label for one in series], least=1.05, letter=0.085, beside=0.3)
    with Page(5.15 + left + right, 3.75 + 0.18 * len(series)) as page:
        axes = page.axes(left=left, right=right, bottom=0.5 + 0.18 * len(series), top=0.1)
        step = 0.07
        for place, one in enumerate(series):
            colour, shift = COLOURS[place % len(COLOURS)], step * (place - (len(series) - 1) / 2)
            x = [value + shift for value in one.x]
            axes.vlines(x, one.low, one.high, color=colour, linewidth=1.1)
            for edge in (one.low, one.high):
                axes.plot(x, edge, linestyle="none", marker="_", markersize=5, color=colour)
            axes.plot(
                x,
                one.mean,
                color=colour,
                linewidth=1.8,
                marker=MARKERS[place % len(MARKERS)],
                markersize=5.5,
                markeredgecolor="white",
                markeredgewidth=0.7,
                zorder=3,
            )
        axes.set_xticks([at for at, _ in ticks], [label for _, label in ticks])
        axes.set_xlim(min(at for at, _ in ticks) - 0.35, max(at for at, _ in ticks) + 0.35)
        top = max(max(one.high) for one in series)
        if floor is None:
            floor = min(min(one.low) for one in series)
            room = 0.05 * max(top - floor, 1.0)
            axes.set_ylim(floor - room, top + room)
            axes.axhline(0, color=QUIET, linewidth=0.8)
        else:
            axes.set_ylim(floor, max(top * 1.04, floor + 1))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_ylabel(y)
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        ends = apart([one.mean[-1] for one in series], least=(top - floor) * 0.075)
        for place, (one, at) in enumerate(zip(series, ends, strict=True)):
            axes.annotate(
                one.label,
                (one.x[-1], at),
                xytext=(16, 0),
                textcoords="offset points",
                va="center",
                color=COLOURS[place % len(COLOURS)],
                fontweight="bold",
                annotation_clip=False,
            )
        for place, one in enumerate(series):
            name = "n" if len(series) == 1 else f"n {one.label}"
            counts_under(axes, name, list(zip(one.x, one.n, strict=True)), place=place, away=2, size=7.5)
        return page.svg()


def counts_under(axes, name: str, counts: Sequence[tuple], *, place: int, away: float, size: float) -> None:
    """A row of numbers below the axis, the `place`-th, in its group's colour: (x, number), and what they count."""
    below = -32 - 13 * place
    colour = COLOURS[place % len(COLOURS)]
    axes.annotate(
        name,
        (0, 0),
        xycoords="axes fraction",
        xytext=(-away, below),
        textcoords="offset points",
        ha="right",
        fontsize=size,
        color=colour,
    )
    for x, n in counts:
        axes.annotate(
            str(n),
            (x, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, below),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=colour,
        )


def enrolment(lines: Sequence[tuple[str, tuple[date, ...], int]], *, until: date) -> bytes:
    """Randomised subjects added up over time. A line is (name, dates of randomisation, planned number)."""
    with Page(7.0, 3.3) as page:
        axes = page.axes(left=0.6, right=1.65, bottom=0.4, top=0.1)
        began = min((day for _, days, _ in lines for day in days), default=until)
        ends = apart([len(days) for _, days, _ in lines], least=max(planned for *_, planned in lines) * 0.085)
        for place, ((name, days, planned), at) in enumerate(zip(lines, ends, strict=True)):
            colour = COLOURS[place % len(COLOURS)]
            ordered = sorted(days)
            x = [began, *ordered, until]
            axes.step(
                x,
                [0, *range(1, len(ordered) + 1), len(ordered)],
                where="post",
                color=colour,
                linewidth=2.0 if place == 0 else 1.4,
            )
            axes.annotate(
                f"{name} {len(days)} of {planned}",
                (mdates.date2num(until), at),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=colour,
                fontweight="bold",
                annotation_clip=False,
            )
        planned = lines[0][2]
        axes.axhline(planned, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.annotate(
            f"planned {planned}",
            (0, planned),
            xycoords=("axes fraction", "data"),
            xytext=(4, 3),
            textcoords="offset points",
            color=QUIET,
            fontsize=8,
        )
        axes.set_ylim(0, planned * 1.12)
        axes.set_ylabel("Randomised")
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        locator = mdates.AutoDateLocator(minticks=3, maxticks=7)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        return page.svg()


def forest(bars: Sequence[Bar], *, x: str, favours: tuple[str, str] | None) -> bytes:
    """Estimates with intervals about zero; `favours` says what the left and the right mean, where all bars agree.

    An interval without an end goes on to the edge, where an arrow says so.
    """
    left = room_for([bar.label for bar in bars], least=2.1, letter=0.072)
    with Page(4.9 + left, 0.9 + 0.34 * len(bars)) as page:
        axes = page.axes(left=left, right=2.25, bottom=0.55, top=0.3)
        edges = _edges(bars)
        rows = range(len(bars) - 1, -1, -1)
        for row, bar in zip(rows, bars, strict=True):
            colour = COLOURS[0] if bar.is_primary else INK
            axes.plot(
                [max(bar.low, edges[0]), min(bar.high, edges[1])],
                [row, row],
                color=colour,
                linewidth=2.2 if bar.is_primary else 1.4,
                solid_capstyle="butt",
            )
            for end, edge, arrow in ((bar.low, edges[0], "<"), (bar.high, edges[1], ">")):
                if math.isinf(end):
                    axes.plot(edge, row, marker=arrow, markersize=6, color=colour, linestyle="none", clip_on=False)
            axes.plot(
                bar.estimate,
                row,
                marker="D" if bar.is_primary else "s",
                markersize=6 if bar.is_primary else 5,
                color=colour,
                linestyle="none",
            )
            axes.annotate(
                bar.text,
                (1, row),
                xycoords=("axes fraction", "data"),
                xytext=(10, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        axes.axvline(0, color=QUIET, linewidth=0.9)
        axes.set_yticks(list(rows), [bar.label for bar in bars])
        for label, bar in zip(axes.get_yticklabels(), bars, strict=True):
            label.set_fontweight("bold" if bar.is_primary else "normal")
        axes.set_ylim(-0.6, len(bars) - 0.4)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(*edges)
        axes.set_xlabel(x)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        for words, side, offset in ((favours[0], "right", -6), (favours[1], "left", 6)) if favours else ():
            axes.annotate(
                words,
                (0, 1),
                xycoords=("data", "axes fraction"),
                xytext=(offset, 5),
                textcoords="offset points",
                ha=side,
                fontsize=8,
                color=QUIET,
            )
        return page.svg()


def moderation(
    points: Sequence[tuple[float, float, float, float, bool]],
    *,
    observed: Sequence[tuple[str, Sequence[float]]],
    bounds: Sequence[float],
    x: str,
    y: str,
    band: str,
) -> bytes:
    """The difference between arms along a baseline value, with its band; what nobody had is grey (Johnson-Neyman).

    `observed` are the values seen, (arm, values), drawn as a rug under the curve, each arm with its own mark.
    """
    right = room_for([name for name, _ in observed], least=1.05, letter=0.085, beside=0.2)
    with Page(5.95 + right, 3.7) as page:
        axes = page.axes(left=0.65, right=right, bottom=0.5, top=0.1)
        values, effect, low, high, inside = zip(*points, strict=True)
        seen = [place for place, flag in enumerate(inside) if flag]
        first, last = seen[0], seen[-1]
        axes.fill_between(values, low, high, color=FAINT, linewidth=0)
        span = slice(first, last + 1)
        axes.fill_between(values[span], low[span], high[span], color="#b5d3e7", linewidth=0)
        axes.plot(values, effect, color=QUIET, linewidth=1.0, linestyle=(0, (4, 3)))
        axes.plot(values[span], effect[span], color=COLOURS[0], linewidth=2.0)
        axes.axhline(0, color=INK, linewidth=0.8)
        bottom, top = min(low), max(high)
        axes.set_xlim(values[0], values[-1])
        axes.set_ylim(bottom - 0.22 * (top - bottom), top)
        for bound in bounds:
            if values[0] <= bound <= values[-1]:
                axes.axvline(bound, color=COLOURS[1], linewidth=1.0, linestyle=(0, (2, 2)))
                axes.annotate(
                    f"{bound:.0f}",
                    (bound, 1),
                    xycoords=("data", "axes fraction"),
                    xytext=(3, -9),
                    textcoords="offset points",
                    color=COLOURS[1],
                    fontsize=8.5,
                )
        for place, (name, seen_values) in enumerate(observed):
            at = bottom - (0.07 + 0.09 * place) * (top - bottom)
            axes.plot(
                seen_values,
                [at] * len(seen_values),
                linestyle="none",
                marker=MARKERS[place % len(MARKERS)],
                markersize=4.5,
                color=COLOURS[place % len(COLOURS)],
                markeredgecolor="white",
                markeredgewidth=0.5,
            )
            axes.annotate(
                name,
                (1, at),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                va="center",
                textcoords="offset points",
                color=COLOURS[place % len(COLOURS)],
                fontweight="bold",
                annotation_clip=False,
            )
        axes.annotate(
            band,
            (1, effect[-1]),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            va="center",
            textcoords="offset points",
            color=QUIET,
            fontsize=8.5,
            annotation_clip=False,
        )
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        return page.svg()


def waterfall(
    bars: Sequence[tuple[str, float, str]], *, groups: Sequence[str], line: float, y: str, falls: bool
) -> bytes:
    """One bar a subject, the largest fall last, or, unless it `falls`, the largest rise.

    A bar is (subject, value, group); the groups differ in hatching too.
    """
    right = room_for(groups, least=1.05, letter=0.085, beside=0.3)
    with Page(5.95 + right, 3.3) as page:
        axes = page.axes(left=0.65, right=right, bottom=0.1, top=0.1)
        ordered = sorted(bars, key=lambda bar: (-bar[1] if falls else bar[1], bar[0]))
        for place, (_, value, group) in enumerate(ordered):
            which = groups.index(group) % len(COLOURS)
            axes.bar(
                place,
                value,
                width=0.82,
                facecolor=COLOURS[which] if which == 0 else "white",
                edgecolor=COLOURS[which],
                linewidth=1.1,
                hatch=HATCHES[which],
            )
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.axhline(line, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.annotate(
            f"{line:.0f} %".replace("-", "−"),
            (1, line),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=QUIET,
        )
        name_groups(axes, groups)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_xlim(-0.8, len(ordered) - 0.2)
        axes.set_ylabel(y)
        return page.svg()


def _edges(bars: Sequence[Bar]) -> tuple[float, float]:
    """The ends of the axis of a forest: all that is finite, and room on both sides of zero."""
    ends = [end for bar in bars for end in (bar.low, bar.estimate, bar.high) if math.isfinite(end)]
    reach = max(map(abs, ends), default=1.0) * 1.05 or 1.0
    return min(min(0, *ends, 0) * 1.08, -0.25 * reach), max(max(0, *ends, 0) * 1.08, 0.25 * reach)


def name_groups(axes, groups: Sequence[str]) -> None:
    """The groups one below the other at the right, each with its square and in its colour."""
    for place, group in enumerate(groups):
        axes.annotate(
            f"{SQUARES[place % len(SQUARES)]} {group}",
            (1, 1),
            xycoords="axes fraction",
            xytext=(6, -12 - 16 * place),
            textcoords="offset points",
            color=COLOURS[place % len(COLOURS)],
            fontweight="bold",
        )


def room_for(words: Sequence[str], *, least: float, letter: float, beside: float = 0.0) -> float:
    """Inches of margin that hold the longest of the words, at so many inches a letter; `least` where that is more."""
    return max(least, beside + letter * max(map(len, words), default=0))


def apart(wanted: Sequence[float], *, least: float) -> list[float]:
    """Places for labels at the wanted heights, moved so that neighbours are at least that far apart."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = list(map(float, wanted))
    for lower, upper in pairwise(order):
        placed[upper] = max(placed[upper], placed[lower] + least)
    spread = sum(placed[index] - wanted[index] for index in order) / max(len(order), 1)
    return [place - spread for place in placed] if spread > 0 else placed


class Page:
    """A figure under the house style, of a size in inches."""

    def __init__(self, width: float, height: float):
        self.size = (width, height)

    def __enter__(self):
        _ONE_AT_A_TIME.acquire()
        self.settings = matplotlib.rc_context(STYLE)
        self.settings.__enter__()
        self.figure = Figure(figsize=self.size)
        return self

    def __exit__(self, *trouble):
        self.settings.__exit__(*trouble)
        _ONE_AT_A_TIME.release()

    def axes(self, *, left: float, right: float, bottom: float, top: float):
        """Axes with these margins in inches."""
        width, height = self.size
        return self.figure.add_axes(
            (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)
        )

    def svg(self) -> "Drawn":
        out = io.BytesIO()
        FigureCanvasSVG(self.figure).print_svg(out, metadata={"Date": None, "Creator": None})
        return Drawn(out.getvalue())


class Drawn(bytes):
    """An SVG file that can be had as a picture too, made of the very same file."""

    @cached_property
    def _picture(self) -> bytes:
        # Not by matplotlib: it would draw everything a second time, at more than twice the cost.
        return with_density(
            typst.compile(
                _SHEET, font_paths=_NO_FONTS, format="png", ppi=DOTS_AN_INCH, sys_inputs={"svg": self.decode()}
            )
        )

    def png(self) -> bytes:
        """The drawing as a PNG file."""
        return self._picture


def with_density(png: bytes) -> bytes:
    """The PNG file with its dots a metre, by which a word processor knows how large it is."""
    said = b"pHYs" + struct.pack(">IIB", *(round(DOTS_AN_INCH / 0.0254),) * 2, 1)
    return png[:_HEAD] + struct.pack(">I", len(said) - 4) + said + struct.pack(">I", zlib.crc32(said)) + png[_HEAD:]
