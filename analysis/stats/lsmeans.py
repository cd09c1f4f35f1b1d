"""Least-squares means and differences by visit: factors weighed equally, covariates at their means (METHODS 6.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from analysis.stats.contrasts import contrasts
from analysis.stats.design_matrix import DesignError
from analysis.stats.mmrm import Fit


def lsmeans_rows(
    fit: Fit, cells: Sequence[Mapping[str, object]], *, at: Mapping[str, float] | None = None, weights: str = "equal"
) -> np.ndarray:
    """For each cell, factor -> level, the coefficients of its mean, averaged over all other factors: (cells, p).

    Covariates stand at their means over the records used, unless `at` says otherwise. weights: "equal" (protocol,
    section 9) or "observed" (levels by their share of records). Raises ValueError for an unknown name or level.
    """
    design, at = fit.design, dict(at or {})
    if unknown := [name for name in at if name not in design.means]:
        raise ValueError(f"{', '.join(unknown)} is not a covariate of the model.")
    if weights not in ("equal", "observed"):
        raise ValueError(f"The weights are 'equal' or 'observed', not {weights!r}.")
    for name, level in dict.fromkeys(item for cell in cells for item in cell.items()):
        if level not in design.levels.get(name, ()):
            raise DesignError(f"The model has no factor {name} with level {level!r} among the records used.")
    sizes = [len(levels) for levels in design.levels.values()]
    grid = np.indices(sizes).reshape(len(sizes), -1)
    codes = dict(zip(design.levels, grid, strict=True))
    n = grid.shape[1] if sizes else 1
    columns = design.columns(codes, {name: np.full(n, at.get(name, mean)) for name, mean in design.means.items()}, n)
    weight = np.ones((len(cells), n))
    for name, levels in design.levels.items():
        wanted = np.array([levels.index(cell[name]) if name in cell else -1 for cell in cells])[:, None]
        share = design.shares[name][codes[name]] if weights == "observed" else 1.0
        weight *= np.where(wanted < 0, share, codes[name] == wanted)
    return weight @ columns / weight.sum(axis=1, keepdims=True)


def lsmeans(
    fit: Fit,
    *,
    factor: str,
    by: str | None = None,
    at: Mapping[str, float] | None = None,
    weights: str = "equal",
    df: str,
    level: float,
) -> pd.DataFrame:
    """The least-squares mean at each level of `factor` (within `by`): estimate, se, df, low, high, t, p."""
    names = [by, factor] if by else [factor]
    if unknown := [name for name in names if name not in fit.design.levels]:
        raise ValueError(f"{', '.join(unknown)} is not a factor of the model.")
    levels = list(product(*(fit.design.levels[name] for name in names)))
    cells = [dict(zip(names, cell, strict=True)) for cell in levels]
    rows = lsmeans_rows(fit, cells, at=at, weights=weights)
    labels = {name: [cell[name] for cell in cells] for name in names}
    return contrasts(fit, rows, df=df, level=level, labels=labels)


def difference_by_visit(
    fit: Fit,
    *,
    arm: str,
    active: str | None = None,
    reference: str,
    visit: str | None = None,
    at: Mapping[str, float] | None = None,
    weights: str = "equal",
    df: str,
    level: float,
) -> pd.DataFrame:
    """Active minus reference at each visit: columns visit, estimate, se, df, low, high, t, p.

    active: the level compared, by default the only other one. visit: the visit factor's name, by default the factor
    whose levels are the visits. Raises ValueError when the model has no such factors.
    """
    levels = fit.design.levels
    if arm not in levels or reference not in levels[arm]:
        raise ValueError(f"{arm} with level {reference!r} is not a factor of the model.")
    others = [name for name in levels[arm] if name != reference]
    if active is None:
        if len(others) != 1:
            raise ValueError(f"{arm} has levels {others} beside {reference!r}; say which is active.")
        active = others[0]
    if visit is None:
        visit = next((name for name in levels if set(levels[name]) == set(fit.visits)), None)
    cells = [{visit: label} for label in fit.visits] if visit else [{} for _ in fit.visits]
    means = [{arm: level_of_arm, **cell} for level_of_arm in (active, reference) for cell in cells]
    rows = lsmeans_rows(fit, means, at=at, weights=weights)
    labels = {"visit": list(fit.visits)}
    return contrasts(fit, rows[: len(cells)] - rows[len(cells) :], df=df, level=level, labels=labels)
