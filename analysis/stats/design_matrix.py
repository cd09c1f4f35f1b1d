"""The design matrix of a formula: treatment coding by R's rule of margins, built column-wise (METHODS 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from analysis.stats.formula import Formula, formula
from analysis.stats.results import NotEstimable


class DesignError(NotEstimable):
    """The design cannot be fitted; the message is a sentence saying why."""


@dataclass(frozen=True)
class Design:
    """A formula tied to the levels seen in the data; makes columns for data and for reference grids.

    levels: factor -> its levels, reference first. means: covariate -> mean over the records used.
    shares: factor -> the share of records at each level.
    """

    formula: Formula
    levels: Mapping[str, tuple]
    means: Mapping[str, float]
    shares: Mapping[str, np.ndarray]

    @cached_property
    def _margins(self) -> set[frozenset[str]]:
        """The variables of each term; of none for the intercept."""
        return {*map(frozenset, self.formula.terms), *([frozenset()] if self.formula.intercept else [])}

    def coded_by_contrasts(self, term: tuple[str, ...], name: str) -> bool:
        """R's rule: a factor loses its reference column when the term without it is in the model."""
        return frozenset(term) - {name} in self._margins

    def blocks(self) -> list[tuple[str, tuple[str, ...], list[str]]]:
        """For each term: its label, its variables and the names of its columns."""
        found: list[tuple[str, tuple[str, ...], list[str]]] = []
        if self.formula.intercept:
            found.append(("(Intercept)", (), ["(Intercept)"]))
        for term in self.formula.terms:
            names = [""]
            for name in term:
                if name in self.levels:
                    levels = self.levels[name][1 if self.coded_by_contrasts(term, name) else 0 :]
                    parts = [f"{name}[{level}]" for level in levels]
                else:
                    parts = [name]
                names = [f"{before}:{part}" if before else part for part in parts for before in names]
            found.append((":".join(term), term, names))
        return found

    @cached_property
    def names(self) -> list[str]:
        """The names of all columns."""
        return [name for _, _, names in self.blocks() for name in names]

    def term_columns(self) -> dict[str, np.ndarray]:
        """Term label -> positions of its columns."""
        found, at = {}, 0
        for label, _, names in self.blocks():
            found[label] = np.arange(at, at + len(names))
            at += len(names)
        return found

    def columns(
        self, codes: Mapping[str, np.ndarray], values: Mapping[str, np.ndarray], n: int, *, coding: str = "treatment"
    ) -> np.ndarray:
        """The (n, p) matrix for level codes of the factors and values of the covariates.

        coding "treatment" drops the reference; "sum" makes effects add to zero (used for type III tests).
        """
        parts: list[np.ndarray] = [np.ones((n, 1))] if self.formula.intercept else []
        for term in self.formula.terms:
            block: np.ndarray | None = None
            for name in term:
                if name in self.levels:
                    dummies = self._dummies(term, name, codes[name], coding)
                else:
                    dummies = np.asarray(values[name], dtype=float)[:, None]
                block = dummies if block is None else (dummies[:, :, None] * block[:, None, :]).reshape(n, -1)
            assert block is not None, "A term of a formula names a variable."
            parts.append(block)
        return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]

    def _dummies(self, term: tuple[str, ...], name: str, codes: np.ndarray, coding: str) -> np.ndarray:
        kind = coding if self.coded_by_contrasts(term, name) else "all"
        return _code(len(self.levels[name]), kind).take(codes, axis=0)


@cache
def _code(size: int, coding: str) -> np.ndarray:
    """The columns of each level of a factor: all of them, or without the first. Not to be written to."""
    code = np.eye(size)
    if coding == "all":
        return code
    code = np.ascontiguousarray(code[:, 1:])
    if coding == "sum":
        code[0, :] = -1.0
    return code


@dataclass(frozen=True)
class Factor:
    """A categorical column: codes (N,), -1 where missing, into levels. Levels need not all occur."""

    name: str
    codes: np.ndarray
    levels: tuple

    def only(self, kept: np.ndarray) -> Factor:
        """The factor for some of the records."""
        return Factor(self.name, self.codes[kept], self.levels)

    def occurring(self, *, reference: object = None, order: Sequence | None = None) -> Factor:
        """The levels that occur only, in the given order, the reference first. Codes of levels outside are -1."""
        present = np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels)) > 0
        seen = [level for level, is_there in zip(self.levels, present, strict=True) if is_there]
        wanted = seen if order is None else [level for level in order if level in seen]
        if reference is not None:
            if reference not in wanted:
                raise DesignError(f"The reference level {reference!r} of {self.name} is not among {wanted}.")
            wanted = [reference, *(level for level in wanted if level != reference)]
        if tuple(wanted) == self.levels:
            return self
        renumber = np.full(len(self.levels) + 1, -1, dtype=np.intp)
        for new, level in enumerate(wanted):
            renumber[self.levels.index(level)] = new
        return Factor(self.name, renumber[self.codes], tuple(wanted))


def factor(column: pd.Series) -> Factor:
    """A column as a factor: a Categorical keeps its order of levels, everything else is sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        values = column.array
        return Factor(column.name, values.codes.astype(np.intp), tuple(values.categories))
    codes, levels = pd.factorize(column.array)
    levels = levels.tolist()
    order = sorted(range(len(levels)), key=levels.__getitem__)
    rank = np.empty(len(levels) + 1, dtype=np.intp)
    rank[order], rank[-1] = np.arange(len(levels)), -1
    return Factor(column.name, rank[codes], tuple(levels[place] for place in order))


def numbers(column: pd.Series) -> np.ndarray:
    """A numeric column as floats, missing values as NaN."""
    values = column.to_numpy()
    return values if values.dtype == float else column.to_numpy(dtype=float, na_value=np.nan)


def is_factor(column: pd.Series, forced: bool = False) -> bool:
    """Text, categories and truth values are factors; numbers are covariates unless forced by C(x)."""
    return forced or not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype)


def design(
    data: pd.DataFrame, fixed: str, *, reference: Mapping[str, object], order: Mapping[str, Sequence]
) -> tuple[Design, np.ndarray]:
    """The design of complete records `data` and its (N, p) matrix. Raises DesignError or FormulaError."""
    read = formula(fixed)
    if missing := [name for name in (*read.variables, *reference) if name not in data.columns]:
        raise DesignError(f"The data have no column {', '.join(missing)}.")
    factors, covariates = {}, {}
    for name in read.variables:
        if is_factor(data[name], name in read.forced):
            factors[name] = factor(data[name]).occurring(reference=reference.get(name), order=order.get(name))
        else:
            covariates[name] = numbers(data[name])
    return design_of(read, factors, covariates, len(data))


def design_of(
    read: Formula, factors: Mapping[str, Factor], covariates: Mapping[str, np.ndarray], n: int
) -> tuple[Design, np.ndarray]:
    """The design of complete records and its (N, p) matrix. Raises DesignError where a factor has one level."""
    for name in factors:
        if len(factors[name].levels) < 2:
            (only,) = factors[name].levels or ("none",)
            raise DesignError(
                f"{name} has one level only, {only}, among the rows used; it cannot be a factor of the model."
            )
    made = Design(
        read,
        {name: found.levels for name, found in factors.items()},
        {name: float(values.mean()) for name, values in covariates.items()},
        {name: np.bincount(found.codes, minlength=len(found.levels)) / n for name, found in factors.items()},
    )
    return made, made.columns({name: found.codes for name, found in factors.items()}, covariates, n)
