"""Results of an assay: a number, or below or above what the assay can tell, kept as the laboratory reports them.

How such a result counts in rules and in the analysis stands here and nowhere else (trialsite/decisions/0018).
"""

import re
from dataclasses import dataclass
from decimal import Decimal as Number
from functools import total_ordering
from typing import Any

from crf.spec.kinds import Decimal, DeclarationError, Impossible, clean

BELOW, ABOVE = "BLQ", "ALQ"  # below, above the limit of quantification, where the report gives no limit
#: What laboratories write, and how it is kept.
WORDS = {"BLOQ": BELOW, "<LOQ": BELOW, "<LLOQ": BELOW, "ALOQ": ABOVE, ">LOQ": ABOVE, ">ULOQ": ABOVE} | {
    BELOW: BELOW,
    ABOVE: ABOVE,
}
#: How the column holds a result with at most so many places: BLQ, <5, >=300, 12.50.
STORED = r"^(BLQ|ALQ|(<|<=|>|>=)?[0-9]{{1,12}}(\.[0-9]{{1,{places}}})?)$"
_TYPED = re.compile(r"(<=|>=|<|>|≤|≥)\s*(.+)")
_SIDES = {"<": -1, "<=": 0, ">": 1, ">=": 0, BELOW: -1, ABOVE: 1}
_STEP = Number("0.0001")  # the last place that results are kept to


@total_ordering
@dataclass(frozen=True, eq=False)
class Limited:
    """A result that is only known to lie below or above a limit: `<5`, `>=300`, or BLQ and ALQ without a number.

    In comparisons `<5` lies just below 5 and `>5` just above it; BLQ lies below and ALQ above every number. It is no
    number: to compute with it one says how it counts (`in_a_rule`, `in_the_analysis`).
    """

    comparator: str
    limit: Number | None = None

    def __str__(self) -> str:
        return self.comparator if self.limit is None else f"{self.comparator}{self.limit:f}"

    @property
    def is_below(self) -> bool:
        return self.comparator in ("<", "<=", BELOW)

    @property
    def _place(self) -> tuple[Number, int]:
        where = Number("Infinity") * (-1 if self.is_below else 1) if self.limit is None else self.limit
        return where, _SIDES[self.comparator]

    def __eq__(self, other) -> bool:
        return isinstance(other, Limited) and (self.comparator, self.limit) == (other.comparator, other.limit)

    def __hash__(self) -> int:
        return hash((self.comparator, self.limit))

    def __lt__(self, other) -> bool:
        return self._place < (other._place if isinstance(other, Limited) else (Number(other), 0))

    def times(self, factor: Number) -> "Limited":
        """The same in another unit."""
        return self if self.limit is None else Limited(self.comparator, self.limit * factor)

    def can_be_below(self, bound: Number) -> bool:
        """Whether the true value can lie below the bound; no result is less than 0."""
        if self.is_below:
            return bound > 0
        return self.limit is not None and (bound > self.limit)

    def can_be_above(self, bound: Number) -> bool:
        """Whether the true value can lie above the bound. An assay tells apart what is normal from what is high: BLQ
        without a limit is not above a limit of normal."""
        return (self.limit is not None and self.limit > bound) if self.is_below else True

    def is_surely_below(self, bound: Number) -> bool:
        return self.is_below and self.limit is not None and self._place < (bound, 0)

    def is_surely_above(self, bound: Number) -> bool:
        return not self.is_below and self.limit is not None and self._place > (bound, 0)


def in_a_rule(value: Number | Limited | None) -> Number | None:
    """The number by which a rule or an alert counts a result: just below or above its limit; BLQ and ALQ have none."""
    if not isinstance(value, Limited) or value.limit is None:
        return None if isinstance(value, Limited) else value
    return max(value.limit + _SIDES[value.comparator] * _STEP, Number(0))


def in_the_analysis(value: Any) -> Any:
    """The number by which the analysis counts a result: half of a limit it lies below, the limit it lies above; BLQ
    and ALQ are missing. Anything else is as it is (METHODS 2.13)."""
    if not isinstance(value, Limited):
        return value
    if value.limit is None:
        return None
    return value.limit / 2 if value.is_below else value.limit


def times(value: Number | Limited, factor: Number) -> Number | Limited:
    """A result in another unit."""
    return value.times(factor) if isinstance(value, Limited) else Number(value) * factor


def rounded(value: Number | Limited, places: Number) -> Number | Limited:
    """A result to at most so many places: what is computed has no zeros at its end."""
    if isinstance(value, Limited):
        return value if value.limit is None else Limited(value.comparator, _rounded(value.limit, places))
    return _rounded(value, places)


def _rounded(number: Number, places: Number) -> Number:
    return number.quantize(places).normalize()


def stored(text: str) -> Number | Limited:
    """A result as its column holds it."""
    if text in (BELOW, ABOVE):
        return Limited(text)
    comparator = text[: len(text) - len(text.lstrip("<>="))]
    number = Number(text[len(comparator) :])
    return Limited(comparator, number) if comparator else number


def number_of(value: Number | Limited | None) -> Number | None:
    """The number alone, for a variable that holds numbers (STRESN): None where the result is none."""
    return None if isinstance(value, Limited) else value


@dataclass(frozen=True)
class Result(Decimal):
    """A number between `low` and `high` as an assay reports it, with its places, or below or above a limit."""

    def __post_init__(self):
        if Number(self.low) < 0:
            raise DeclarationError(f"A result from {self.low} on: results of an assay begin at 0.")

    def parse(self, text):
        text = clean(text)
        if (word := re.sub(r"\s", "", text).upper()) in WORDS:
            return Limited(WORDS[word])
        found = _TYPED.fullmatch(text)
        number = self._number(found[2] if found else text)
        if not found:
            return number
        comparator = {"≤": "<=", "≥": ">="}.get(found[1], found[1])
        if comparator == "<" and number <= Number(self.low):
            raise Impossible(f"Nothing lies below {self.low}. Enter the limit as the report gives it.")
        return Limited(comparator, number)

    def _number(self, text: str) -> Number:
        number = super().parse(text)
        typed = re.sub(r"^\+", "", clean(text).replace(",", "."))
        return Number(typed) if Number(typed) == number else number  # 7.40 stays 7.40

    def show(self, value):
        return "" if value is None else value if isinstance(value, str) else _plain(value)

    raw = show


def _plain(value: Number | Limited) -> str:
    return str(value) if isinstance(value, Limited) else f"{value:f}"
