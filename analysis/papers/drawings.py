"""More drawings in the style of `analysis.papers.figures`: a map of p, a reference distribution, curves of steps."""

from collections.abc import Sequence
from itertools import pairwise

import matplotlib
import numpy as np

from analysis.papers.figures import COLOURS, FAINT, INK, QUIET, Page, counts_under, room_for

LINES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)))


def heat_map(
    p: np.ndarray, *, across: Sequence[float], up: Sequence[float], contour: float, x: str, y: str, words: str
) -> bytes:
    """p over a grid (up, across): the darker the smaller, with a line at `contour` named by `words`."""
    with Page(7.0, 4.4) as page:
        axes = page.axes(left=0.75, right=1.75, bottom=0.6, top=0.15)
        contour = round(contour, 10)
        below = sorted({contour, *(level for level in (0.001, 0.01) if level < contour)})
        above = [level for level in (0.1, 0.2, 0.5) if level > contour]
        levels = [0.0, *below, *above, 1.0]
        # Blue below the line, grey above it, the darker the smaller p.
        shades = ["#2c5d86", "#4f81a8", "#8fb3d0"][-len(below) :] + ["#dfe7ec", "#ecf0f2", "#f4f6f7", "#fbfbfb"][
            -len(above) - 1 :
        ]
        axes.contourf(across, up, p, levels=levels, colors=shades)
        if np.nanmin(p) < contour < np.nanmax(p):
            axes.contour(across, up, p, levels=[contour], colors=[COLOURS[1]], linewidths=1.8)
        axes.axhline(0, color=QUIET, linewidth=0.7, linestyle=(0, (3, 3)))
        axes.axvline(0, color=QUIET, linewidth=0.7, linestyle=(0, (3, 3)))
        axes.plot(0, 0, marker="o", markersize=5.5, color=INK, linestyle="none")
        axes.annotate("no shift", (0, 0), xytext=(6, 6), textcoords="offset points", fontsize=8)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        names = [f"p < {levels[1]:g}", *(f"{low:g} to {high:g}" for low, high in pairwise(levels[1:]))]
        for place, (shade, name) in enumerate(zip(shades, names, strict=True)):
            at = 1 - 0.07 * (place + 0.5)
            axes.add_patch(
                matplotlib.patches.Rectangle(
                    (1.03, at - 0.025),
                    0.05,
                    0.05,
                    transform=axes.transAxes,
                    facecolor=shade,
                    edgecolor=QUIET,
                    linewidth=0.5,
                    clip_on=False,
                )
            )
            axes.annotate(name, (1.1, at), xycoords="axes fraction", va="center", fontsize=8)
        axes.annotate("—", (1.03, 0.45), xycoords="axes fraction", va="center", color=COLOURS[1], fontweight="bold")
        axes.annotate(words, (1.1, 0.45), xycoords="axes fraction", va="center", fontsize=8, color=COLOURS[1])
        return page.svg()


def distribution(bins: Sequence[tuple[float, float, float]], *, observed: float, x: str, words: str) -> bytes:
    """Probabilities of a statistic over a reference set, (left, right, probability), with the observed value.

    What is at least as far from 0 as observed is dark. `words` stand at the observed line.
    """
    with Page(7.0, 3.2) as page:
        axes = page.axes(left=0.75, right=0.3, bottom=0.55, top=0.35)
        for left, right, height in bins:
            centre = 0.5 * (left + right)
            colour = COLOURS[0] if abs(centre) >= abs(observed) else "#b5d3e7"
            axes.bar(left, height, width=right - left, align="edge", color=colour, linewidth=0)
        top = max(height for *_, height in bins)
        axes.axvline(observed, color=COLOURS[1], linewidth=1.6)
        axes.axvline(-observed, color=COLOURS[1], linewidth=0.9, linestyle=(0, (3, 3)))
        side = -1 if observed > 0 else 1
        axes.annotate(
            words,
            (observed, 1),
            xycoords=("data", "axes fraction"),
            xytext=(5 * side, 6),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            color=COLOURS[1],
            fontsize=8.5,
        )
        reach = max(abs(bins[0][0]), abs(bins[-1][1]), abs(observed)) * 1.05
        axes.set_xlim(-reach, reach)
        axes.set_ylim(0, top * 1.08)
        axes.set_xlabel(x)
        axes.set_ylabel("Probability")
        return page.svg()


def risen(
    curves: Sequence[tuple[str, Sequence[tuple[float, float, float, float]], Sequence[float], Sequence[int]]],
    *,
    ticks: Sequence[tuple[float, str]],
    y: str,
) -> bytes:
    """Cumulative shares over time with their bands, a line an arm, and how many are at risk under the axis.

    A curve is (name, steps of (time, share, low, high), times of censoring, at risk at each tick).
    """
    names = [name for name, *_ in curves]
    left = room_for([f"at risk {name}" for name in names], least=1.25, letter=0.062, beside=0.15)
    right = room_for(names, least=1.05, letter=0.085, beside=0.2)
    with Page(4.7 + left + right, 3.6 + 0.18 * len(curves)) as page:
        axes = page.axes(left=left, right=right, bottom=0.5 + 0.18 * len(curves), top=0.1)
        end = ticks[-1][0]
        for place, (name, steps, censored, at_risk) in enumerate(curves):
            colour = COLOURS[place % len(COLOURS)]
            times = [0.0, *(time for time, *_ in steps), end]
            share, low, high = ([0.0, *(step[k] for step in steps), steps[-1][k] if steps else 0.0] for k in (1, 2, 3))
            axes.step(times, share, where="post", color=colour, linewidth=1.9, linestyle=LINES[place % len(LINES)])
            axes.fill_between(times, low, high, step="post", color=colour, alpha=0.13, linewidth=0)
            marks = [share[max(k for k, time in enumerate(times) if time <= one)] for one in censored]
            axes.plot(censored, marks, linestyle="none", marker="|", markersize=6, color=colour)
            axes.annotate(
                name,
                (end, share[-1]),
                xytext=(10, 0),
                textcoords="offset points",
                va="center",
                color=colour,
                fontweight="bold",
                annotation_clip=False,
            )
            counts = [(at, n) for (at, _), n in zip(ticks, at_risk, strict=True)]
            counts_under(axes, f"at risk {name}", counts, place=place, away=10, size=7)
        axes.set_xticks([at for at, _ in ticks], [label for _, label in ticks])
        axes.set_xlim(-0.01 * end, end * 1.01)
        axes.set_ylim(0, 1)
        axes.set_ylabel(y)
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        return page.svg()
