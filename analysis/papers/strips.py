"""Values in strips side by side: a dot each, the mean of each strip as a bar, and its number under the axis."""

from collections.abc import Sequence

from matplotlib.ticker import MaxNLocator

from analysis.papers.figures import COLOURS, FAINT, QUIET, Drawn, Page

WIDEST = 14  # strips that can be named under the axis


def strips(columns: Sequence[tuple[str, Sequence[float]]], *, y: str, limit: float | None = None) -> Drawn:
    """`columns`: (name, values); `limit`: a line below which one looks."""
    with Page(max(7.0, 1.2 + 0.95 * len(columns)), 3.2) as page:
        axes = page.axes(left=0.65, right=0.25, bottom=0.6, top=0.12)
        for place, (_, values) in enumerate(columns):
            axes.scatter(_beside(values, place), values, s=11, color=COLOURS[0], alpha=0.45, linewidth=0)
            if len(values):
                mean = sum(values) / len(values)
                axes.plot([place - 0.28, place + 0.28], [mean, mean], color=COLOURS[1], linewidth=2)
        if limit is not None:
            axes.axhline(limit, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.set_xticks(range(len(columns)), [f"{name}\nn {len(values)}" for name, values in columns])
        axes.set_xlim(-0.6, len(columns) - 0.4)
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_ylabel(y)
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        return page.svg()


def _beside(values: Sequence[float], place: int) -> list[float]:
    """Where each dot stands: beside those of the same value, never by chance."""
    seen: dict[float, int] = {}
    found = []
    for value in values:
        nth = seen[value] = seen.get(value, 0) + 1
        away = 0.055 * (nth // 2) * (1 if nth % 2 else -1)
        found.append(place + max(min(away, 0.4), -0.4))
    return found
