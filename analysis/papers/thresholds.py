"""The share of each arm that improved by at least so much, a line an arm."""

from collections.abc import Mapping, Sequence

from analysis.papers.drawings import LINES
from analysis.papers.figures import COLOURS, FAINT, MARKERS, QUIET, Page, apart, room_for


def improved(curves: Mapping[str, Sequence[float]], *, steps: Sequence[float], mark: float, x: str) -> bytes:
    """Per cent of each arm at each threshold, its name where the line ends; `mark`: a named threshold."""
    right = room_for(list(curves), least=1.05, letter=0.085, beside=0.3)
    with Page(5.95 + right, 3.4) as page:
        axes = page.axes(left=0.65, right=right, bottom=0.5, top=0.1)
        ends = apart([values[-1] for values in curves.values()], least=7.5)
        for place, ((name, values), at) in enumerate(zip(curves.items(), ends, strict=True)):
            colour = COLOURS[place % len(COLOURS)]
            axes.plot(
                steps,
                values,
                color=colour,
                linewidth=1.8,
                linestyle=LINES[place % len(LINES)],
                marker=MARKERS[place % len(MARKERS)],
                markersize=5,
                markeredgecolor="white",
                markeredgewidth=0.7,
            )
            axes.annotate(
                name,
                (steps[-1], at),
                xytext=(12, 0),
                textcoords="offset points",
                va="center",
                color=colour,
                fontweight="bold",
                annotation_clip=False,
            )
        axes.axvline(mark, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.set_xlim(steps[0] - 2, steps[-1] + 2)
        axes.set_ylim(-2, 102)
        axes.set_xlabel(x)
        axes.set_ylabel("Share of the arm (%)")
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        return page.svg()
