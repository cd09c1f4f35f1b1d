"""One mark a participant, by two measures."""

from collections.abc import Sequence

from analysis.papers.figures import COLOURS, FAINT, MARKERS, QUIET, Drawn, Page, name_groups, room_for


def scatter(points: Sequence[tuple[str, float, float]], *, groups: Sequence[str], x: str, y: str) -> Drawn:
    """(group, x, y) of each; groups are told apart by colour and by mark, and named at the right."""
    right = room_for(groups, least=0.3, letter=0.085, beside=0.3)
    with Page(5.95 + right, 3.6) as page:
        axes = page.axes(left=0.65, right=right, bottom=0.55, top=0.1)
        for place, group in enumerate(groups):
            own = [(one, two) for name, one, two in points if name == group]
            if own:
                across, up = zip(*own, strict=True)
                colour = COLOURS[place % len(COLOURS)]
                axes.scatter(
                    across, up, s=26, marker=MARKERS[place % len(MARKERS)], color=colour, alpha=0.75, linewidth=0
                )
        name_groups(axes, groups)
        axes.axhline(0, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.grid(color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        return page.svg()
