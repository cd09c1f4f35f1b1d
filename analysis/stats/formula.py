"""The small formula language of fixed effects: "ARM*VISIT + BASVAL:VISIT + SITE" (METHODS 6.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from analysis.stats.results import NotEstimable

TERM = re.compile(r"C\(\s*([A-Za-z_.][\w.]*)\s*\)|([A-Za-z_.][\w.]*)")


class FormulaError(NotEstimable):
    """The formula cannot be read; the message says which part."""


@dataclass(frozen=True)
class Formula:
    """What a formula says: whether there is an intercept, its terms in order of degree, and the forced factors."""

    intercept: bool
    terms: tuple[tuple[str, ...], ...]
    forced: frozenset[str]

    @property
    def variables(self) -> tuple[str, ...]:
        """Each variable once, in order of appearance."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term))


@lru_cache(maxsize=256)
def formula(text: str) -> Formula:
    """Read a formula: + adds, : is a product, * is a product with all its margins, 0 or -1 removes the intercept.

    C(x) makes a numeric column categorical. Raises FormulaError with a sentence.
    """
    intercept, terms, forced = True, list[tuple[str, ...]](), set[str]()
    text = text.split("~", 1)[-1]
    for sign, part in _parts(text):
        if part in ("0", "1"):
            intercept = (part == "1") == (sign == "+")
            continue
        if sign == "-":
            raise FormulaError(f"Only the intercept can be taken away; '- {part}' cannot.")
        if not part:
            raise FormulaError(f"The formula '{text.strip()}' has an empty term.")
        terms += _expand(part, forced)
    unique = list(dict.fromkeys(terms))
    distinct: list[tuple[str, ...]] = []
    for term in unique:
        if not any(set(term) == set(other) for other in distinct):
            distinct.append(term)
    if not intercept and not distinct:
        raise FormulaError("The formula has neither an intercept nor a term.")
    return Formula(intercept, tuple(sorted(distinct, key=len)), frozenset(forced))


def _parts(text: str) -> list[tuple[str, str]]:
    """The signed summands of the formula, stripped."""
    pieces = re.split(r"([+-])", text)
    if not pieces[0].strip():
        pieces = pieces[1:] if len(pieces) > 1 else pieces
        pieces = pieces if pieces[0] in "+-" else ["+", *pieces]
    else:
        pieces = ["+", *pieces]
    return [(sign, part.strip()) for sign, part in zip(pieces[::2], pieces[1::2], strict=True)]


def _expand(part: str, forced: set[str]) -> list[tuple[str, ...]]:
    """One summand as a list of terms: A*B gives A, B, A:B."""
    factors = []
    for product in part.split("*"):
        names = []
        for word in product.split(":"):
            match = TERM.fullmatch(word.strip())
            if not match:
                raise FormulaError(f"'{word.strip()}' in '{part}' is not a column name.")
            name = match.group(1) or match.group(2)
            if match.group(1):
                forced.add(name)
            names.append(name)
        factors.append(tuple(dict.fromkeys(names)))
    terms: list[tuple[str, ...]] = []
    for factor in factors:
        terms += [factor, *(tuple(dict.fromkeys((*term, *factor))) for term in terms)]
    return terms
