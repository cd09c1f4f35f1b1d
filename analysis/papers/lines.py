"""Every subject's own line over the visits."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from analysis.papers.figures import COLOURS, FAINT, Page, name_groups, room_for


@dataclass(frozen=True)
class Line:
    """One subject: its group and its values at the places of the visits."""

    group: str
    x: tuple[float, ...]
    y: tuple[float, ...]


def spaghetti(lines: Sequence[Line], *, groups: Sequence[str], ticks: Sequence[tuple[float, str]], y: str) -> bytes:
    """A thin line for each subject; of several groups each in its colour, named at the right."""
    right = room_for(groups, least=0.3, letter=0.085, beside=0.3) if len(groups) > 1 else 0.3
    with Page(5.95 + right, 3.6) as page:
        axes = page.axes(left=0.65, right=right, bottom=0.45, top=0.1)
        for line in lines:
            colour = COLOURS[groups.index(line.group) % len(COLOURS)]
            axes.plot(line.x, line.y, color=colour, linewidth=0.8, alpha=0.55, marker="o", markersize=2.2)
        if len(groups) > 1:
            name_groups(axes, groups)
        axes.set_xticks([at for at, _ in ticks], [label for _, label in ticks])
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_ylabel(y)
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        return page.svg()
