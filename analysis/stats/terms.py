"""Tests of whole terms of the model: type III and type II (METHODS 6.12)."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from analysis.stats.contrasts import f_test
from analysis.stats.design_matrix import Design
from analysis.stats.mmrm import Fit


def type_three(fit: Fit, *, df: str) -> pd.DataFrame:
    """SAS's type III tests: each term averaged over the others with equal weights, covariates at zero.

    Columns term, numerator, denominator, f, p, one row per term. df as in `contrasts`.
    """
    change, places = _to_effects(fit.design), fit.design.term_columns()
    rows = {
        label: _against_reference(fit.design, variables) @ change[places[label]]
        for label, variables, _ in fit.design.blocks()
        if variables
    }
    return _table(fit, rows, df)


def type_two(fit: Fit, *, df: str) -> pd.DataFrame:
    """SAS's type II tests: each term adjusted for every term that does not contain it, by X'X as in a linear model.

    Columns as `type_three`.
    """
    rows = {label: _type_two_rows(fit, label) for label, variables, _ in fit.design.blocks() if variables}
    return _table(fit, rows, df)


def _against_reference(design: Design, term: tuple[str, ...]) -> np.ndarray:
    """From effects that add to zero to differences from the reference level, for the columns of one term.

    Satterthwaite's joint df depend on how a hypothesis is written; SAS writes it as differences from one level.
    """
    turn: np.ndarray = np.ones((1, 1))
    for name in term:
        if name not in design.levels:
            continue
        size = len(design.levels[name])
        own = np.eye(size - 1) + 1.0 if design.coded_by_contrasts(term, name) else np.eye(size)
        turn = np.kron(own, turn)
    return turn


def _table(fit: Fit, rows: dict[str, np.ndarray], df: str) -> pd.DataFrame:
    found = {term: f_test(fit, matrix, df=df) for term, matrix in rows.items()}
    return pd.DataFrame(
        {
            "term": list(found),
            "numerator": [test.numerator for test in found.values()],
            "denominator": [test.denominator for test in found.values()],
            "f": [test.statistic for test in found.values()],
            "p": [test.p for test in found.values()],
        }
    )


def _to_effects(design: Design) -> np.ndarray:
    """The matrix (p, p) from treatment-coded coefficients to effects that add to zero over the levels of a factor.

    Solved on a grid of all levels with each covariate at 0 and 1: terms are linear in each covariate.
    """
    axes = [range(len(levels)) for levels in design.levels.values()] + [(0.0, 1.0)] * len(design.means)
    grid = np.array(list(product(*axes)))
    n_factors = len(design.levels)
    codes = {name: grid[:, i].astype(int) for i, name in enumerate(design.levels)}
    values = {name: grid[:, n_factors + i] for i, name in enumerate(design.means)}
    treatment = design.columns(codes, values, len(grid))
    effects = design.columns(codes, values, len(grid), coding="sum")
    return np.linalg.lstsq(effects, treatment, rcond=None)[0]


def _contains(design: Design, large: frozenset[str], small: frozenset[str]) -> bool:
    """SAS's containment: the same covariates and more factors. The intercept is contained in every factor."""
    covariates = design.means.keys()
    return large > small and large & covariates == small & covariates


def _type_two_rows(fit: Fit, term: str) -> np.ndarray:
    """The rows that test a term in the model without the terms that contain it."""
    variables = {label: frozenset(names) for label, names, _ in fit.design.blocks()}
    places = fit.design.term_columns()
    own = places[term]
    above = [label for label in places if _contains(fit.design, variables[label], variables[term])]
    higher = np.concatenate([places[label] for label in above]) if above else np.array([], dtype=int)
    lower = np.setdiff1d(np.arange(len(fit.beta)), np.concatenate([own, higher]))
    metric = fit.arrays.r.T @ fit.arrays.r
    rows = np.zeros((len(own), len(fit.beta)))
    within = metric[np.ix_(own, own)]
    if len(lower):
        between = metric[np.ix_(own, lower)]
        within = within - between @ np.linalg.solve(metric[np.ix_(lower, lower)], between.T)
    for block in (own, higher):
        adjusted = metric[np.ix_(own, block)]
        if len(lower):
            adjusted = adjusted - metric[np.ix_(own, lower)] @ np.linalg.solve(
                metric[np.ix_(lower, lower)], metric[np.ix_(lower, block)]
            )
        rows[:, block] = np.linalg.solve(within, adjusted)
    return rows
