"""Is the model near the data: normalised residuals against what was fitted, and against normal quantiles."""

from collections.abc import Sequence

import numpy as np

from analysis.papers.figures import COLOURS, FAINT, QUIET, Page

MARKS, ENDS = 5_000, 100  # marks that a drawing holds, and those at each end that are always drawn


def residuals(fitted: Sequence[float], normalised: Sequence[float], quantiles: Sequence[float], *, x: str) -> bytes:
    """Left: residual by fitted value. Right: residuals in order by the normal quantile of their place.

    Of more than MARKS every so many is drawn, at the right the hundred at each end in any case.
    """
    fitted, normalised, quantiles = (np.asarray(values, float) for values in (fitted, normalised, quantiles))
    ordered = np.sort(normalised)
    step = -(-len(ordered) // MARKS)
    if step > 1:
        kept = np.unique(np.r_[:ENDS, 0 : len(ordered) : step, len(ordered) - ENDS : len(ordered)])
        ordered, quantiles = ordered[kept], quantiles[kept]
        fitted, normalised = fitted[::step], normalised[::step]
    with Page(7.0, 3.3) as page:
        width, height = page.size
        for place, (across, up, label) in enumerate(((fitted, normalised, x), (quantiles, ordered, "Normal quantile"))):
            axes = page.figure.add_axes(((0.6 + 3.4 * place) / width, 0.5 / height, 2.7 / width, 2.7 / height))
            axes.plot(across, up, linestyle="none", marker="o", markersize=3, color=COLOURS[0], alpha=0.6)
            if place == 0:
                axes.axhline(0, color=QUIET, linewidth=0.9)
                axes.set_ylabel("Normalised residual")
            else:
                ends = min(across), max(across)
                axes.plot(ends, ends, color=QUIET, linewidth=0.9)
            axes.set_xlabel(label)
            axes.grid(color=FAINT, linewidth=0.5)
            axes.set_axisbelow(True)
        return page.svg()
