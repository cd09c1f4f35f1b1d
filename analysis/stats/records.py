"""From a data frame to the arrays of a mixed model for repeated measures, with the guards on the data (METHODS 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.design_matrix import Design, DesignError, Factor, design_of, factor, is_factor, numbers
from analysis.stats.formula import formula


@dataclass(frozen=True)
class Records:
    """The complete records: x (N, p), y (N,), codes of subject and visit, and how they are called.

    left_out: how many records lacked the response or a covariate. group: codes (N,) into groups, or None.
    weights: (N,) or None; x and y are then multiplied by their roots, so that Sigma is that of a record of weight 1.
    """

    x: np.ndarray
    y: np.ndarray
    subject: np.ndarray
    visit: np.ndarray
    subjects: np.ndarray
    visits: tuple
    design: Design
    left_out: int
    group: np.ndarray | None = None
    groups: tuple = ()
    weights: np.ndarray | None = None


def records(
    data: pd.DataFrame,
    *,
    subject: str,
    visit: str,
    response: str,
    fixed: str,
    reference: Mapping[str, object] | None = None,
    visits: Sequence | None = None,
    group: str | None = None,
    weights: str | None = None,
) -> Records:
    """The complete records of `data`, long form with one row per subject and visit.

    visits gives the order of visits; each must have been observed. group: the column of groups that have a covariance
    each. weights: a column of numbers above 0. Raises DesignError with a sentence.
    """
    read = formula(fixed)
    more = [name for name in (group, weights) if name]
    named = dict.fromkeys((subject, visit, response, *read.variables, *(reference or {}), *more))
    if missing := [name for name in named if name not in data.columns]:
        raise DesignError(f"The data have no column {', '.join(map(str, missing))}.")
    y = numbers(data[response])
    kept = np.isfinite(y)
    whens = data[visit]
    visit_factor = factor(whens)
    kept &= visit_factor.codes >= 0
    subject_codes, subjects = pd.factorize(data[subject].array)
    kept &= subject_codes >= 0
    factors, covariates = {}, {}
    for name in read.variables:
        column = whens if name == visit else data[name]
        if is_factor(column, name in read.forced):
            factors[name] = visit_factor if name == visit else factor(column)
            kept &= factors[name].codes >= 0
        else:
            covariates[name] = numbers(column)
            kept &= np.isfinite(covariates[name])
    groups = factor(data[group]) if group else None
    if groups is not None:
        kept &= groups.codes >= 0
    heavy = None if weights is None else numbers(data[weights])
    if heavy is not None:
        kept &= np.isfinite(heavy)
        if (heavy[kept] <= 0).any():
            raise DesignError(f"{weights} has {heavy[kept].min():g}, and weights are above 0.")
    used = int(np.count_nonzero(kept))
    if used == 0:
        raise DesignError(f"No record has {response} and all covariates.")
    at = visit_factor.only(kept)
    found = at.occurring(order=visits)
    if visits is not None:
        _refuse_other_visits(at, found, visits)
    if len(found.levels) > 62:
        raise DesignError(f"{len(found.levels)} visits are more than the 62 a missing-data pattern can hold.")
    subjects, subject_codes = _occurring(np.asarray(subjects), subject_codes[kept])
    _refuse_duplicates(subject_codes, found.codes, subjects, found.levels)
    for name in factors:
        whole = at if name == visit else factors[name].only(kept)
        factors[name] = whole.occurring(
            reference=(reference or {}).get(name), order=found.levels if name == visit else None
        )
    covariates = {name: values[kept] for name, values in covariates.items()}
    made, x = design_of(read, factors, covariates, used)
    if groups is not None:
        groups = groups.only(kept).occurring()
    y = y[kept]
    if heavy is not None:
        heavy = heavy[kept]
        x, y = x * np.sqrt(heavy)[:, None], y * np.sqrt(heavy)
    return Records(
        x,
        y,
        subject_codes,
        found.codes,
        subjects,
        found.levels,
        made,
        len(data) - used,
        None if groups is None else groups.codes,
        () if groups is None else groups.levels,
        heavy,
    )


def _occurring(labels: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The labels that have a code, in their order, and the codes into them."""
    present = np.bincount(codes, minlength=len(labels)) > 0
    return labels[present], (np.cumsum(present) - 1)[codes]


def _refuse_other_visits(at: Factor, found: Factor, visits: Sequence) -> None:
    """The visits listed and the visits recorded must be the same."""
    if never := [level for level in visits if level not in found.levels]:
        raise DesignError(f"Visit {', '.join(map(str, never))} was never observed.")
    if (found.codes < 0).any():
        extra = sorted({str(at.levels[code]) for code in at.codes[found.codes < 0]})
        raise DesignError(f"The data have records of visit {', '.join(extra)}, which the model does not list.")


def _refuse_duplicates(subject: np.ndarray, visit: np.ndarray, subjects, visits: tuple) -> None:
    cell = subject * len(visits) + visit
    counts = np.bincount(cell)
    if (counts > 1).any():
        first = int(np.flatnonzero(counts > 1)[0])
        raise DesignError(
            f"Subject {subjects[first // len(visits)]} has {counts[first]} records at visit "
            f"{visits[first % len(visits)]}; one is allowed."
        )
