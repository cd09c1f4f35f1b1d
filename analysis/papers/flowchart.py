"""The flow of participants as CONSORT draws it: boxes from above to below, one column an arm."""

import textwrap
from collections.abc import Sequence

from matplotlib.patches import FancyBboxPatch

from analysis.papers.figures import FAINT, INK, QUIET, Page

Box = Sequence[str]  # lines; the first is the head

LINE, PAD, GAP = 0.165, 0.1, 0.28  # inches: a line of text, the margin in a box, the way between two boxes
COLUMN, BESIDE = 2.35, 0.25  # inches: a box's width, the way between columns
LETTERS = 38  # that fit into a line of a box


def flow(before: Box, aside: Box, randomised: Box, columns: Sequence[Sequence[Box]]) -> bytes:
    """Who was assessed, beside it who was not randomised, who was, and of each arm what became of it.

    columns: of each arm its boxes in order; all arms have as many.
    """
    before, aside, randomised = _wrapped(before), _wrapped(aside), _wrapped(randomised)
    stages = [[_wrapped(box) for box in stage] for stage in zip(*columns, strict=True)]
    heights = [max(map(_height, stage)) for stage in stages]
    width = max(len(columns) * (COLUMN + BESIDE) + BESIDE, 2 * (COLUMN + BESIDE) + BESIDE)
    upper = _height(before) + GAP + _height(aside) + GAP + _height(randomised)
    total = upper + sum(height + GAP for height in heights) + 2 * PAD
    with Page(width, total) as page:
        axes = page.axes(left=0, right=0, bottom=0, top=0)
        axes.set_xlim(0, width)
        axes.set_ylim(0, total)
        axes.axis("off")
        middle, at = width / 2, total - PAD
        spine = at - _height(before)
        _draw(axes, before, middle, at, _height(before))
        at = spine - GAP
        _draw(axes, aside, middle + COLUMN / 2 + BESIDE, at, _height(aside))
        _arrow(axes, middle, at - _height(aside) / 2, middle + BESIDE, at - _height(aside) / 2)
        at -= _height(aside) + GAP
        _arrow(axes, middle, spine, middle, at)
        _draw(axes, randomised, middle, at, _height(randomised))
        at -= _height(randomised)
        places = [middle + (place - (len(columns) - 1) / 2) * (COLUMN + BESIDE) for place in range(len(columns))]
        fork = at - GAP / 2
        if len(columns) > 1:
            axes.plot([middle, middle], [at, fork], color=QUIET, linewidth=0.9)
            axes.plot([places[0], places[-1]], [fork, fork], color=QUIET, linewidth=0.9)
        for number, (stage, height) in enumerate(zip(stages, heights, strict=True)):
            top = at - GAP
            for x, box in zip(places, stage, strict=True):
                _arrow(axes, x, fork if number == 0 and len(columns) > 1 else at, x, top)
                _draw(axes, box, x, top, height)
            at = top - height
        return page.svg()


def _wrapped(box: Box) -> list[str]:
    """The lines cut to the width of a box; what goes on is set in, as what was set in before is."""
    found = []
    for line in box:
        inner = len(line) - len(line.lstrip())
        found += textwrap.wrap(line, LETTERS, initial_indent="", subsequent_indent=" " * (inner + 2)) or [""]
    return found


def _height(lines: Sequence[str]) -> float:
    return LINE * len(lines) + 2 * PAD


def _draw(axes, lines: Sequence[str], middle: float, top: float, height: float) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (middle - COLUMN / 2, top - height),
            COLUMN,
            height,
            boxstyle="round,pad=0,rounding_size=0.04",
            facecolor="white",
            edgecolor=FAINT if not lines else QUIET,
            linewidth=0.9,
        )
    )
    for place, line in enumerate(lines):
        axes.text(
            middle - COLUMN / 2 + PAD,
            top - PAD - LINE * (place + 0.5),
            line,
            va="center",
            fontsize=7.6,
            color=INK,
            fontweight="bold" if place == 0 else "normal",
        )


def _arrow(axes, x: float, y: float, to_x: float, to_y: float) -> None:
    axes.annotate(
        "",
        (to_x, to_y),
        xytext=(x, y),
        arrowprops={"arrowstyle": "-|>", "color": QUIET, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0},
    )
