"""The tests that a laboratory reports, in which units, and the limits of normal where a site has none of its own.

A trial that declares a plan has one form that serves as the safety laboratory (crf/spec/purposes.py); its pages, result
files and limits by site follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crf.spec.kinds import DeclarationError
from crf.spec.results import Limited, rounded, times

SITE, TEXTBOOK = "SITE", "TEXTBOOK"
PLACES = Decimal("0.0001")


class UnknownUnit(ValueError):
    """The test is not reported in that unit; the sentence names those that are."""


@dataclass(frozen=True)
class Analyte:
    """A laboratory test: CDISC code, name, standard unit, and other units with the factor to the standard one."""

    code: str
    name: str
    unit: str
    others: tuple[tuple[str, str], ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """The standard unit first."""
        return (self.unit, *(unit for unit, _ in self.others))

    def factor(self, unit: str) -> Decimal:
        """What a value in the unit is multiplied by to be in the standard one. Raises UnknownUnit."""
        factors = {self.unit: "1"} | dict(self.others)
        if unit not in factors:
            raise UnknownUnit(f"{self.name} is not reported in {unit}; the units are {', '.join(factors)}.")
        return Decimal(factors[unit])


@dataclass(frozen=True)
class Limits:
    """Limits of normal for one sex or both and from one age to another, while they are valid.

    `unit`: the one the limits are written in, None for the analyte's standard unit. A limit of None: there is none on
    that side. `origin`: SITE or TEXTBOOK.
    """

    analyte: str
    low: Decimal | None
    high: Decimal | None
    sex: str | None = None
    youngest: int = 18
    oldest: int = 120
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None
    unit: str | None = None
    origin: str = TEXTBOOK

    def apply_to(
        self, *, analyte: str, sex: str | None, age: int | None, on: date, ages: tuple[int, int] = (18, 120)
    ) -> bool:
        """Sex or age None: not known, so only limits that hold for both, and for every age of the trial, apply."""
        youngest, oldest = (age, age) if age is not None else ages
        return (
            self.analyte == analyte
            and self.sex in (None, sex)
            and self.youngest <= youngest
            and oldest <= self.oldest
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )


def read_limits(text: str) -> tuple[Limits, ...]:
    """Read the table of textbook limits: a row for each test and sex (F, M, or a dash for both) with low and high."""
    rows = [line.split() for line in text.strip().splitlines()]
    for row in rows:
        if len(row) != 4 or row[1] not in ("F", "M", "-"):
            raise DeclarationError(f"The row {' '.join(row)!r} of the limits of normal needs test, sex, low and high.")
    return tuple(
        Limits(analyte, Decimal(low), Decimal(high), None if sex == "-" else sex) for analyte, sex, low, high in rows
    )


@dataclass(frozen=True)
class LaboratoryPlan:
    """The tests in the order of the report, and textbook limits for sites that have none of their own.

    `ages`: the youngest and the oldest of the trial, for a subject whose age is not known. `days_from_visit`,
    `days_from_screening`: how far from its visit a sample of a result file may be drawn.
    """

    analytes: tuple[Analyte, ...]
    limits: tuple[Limits, ...] = ()
    ages: tuple[int, int] = (18, 120)
    days_from_visit: int = 7
    days_from_screening: int = 14

    def __post_init__(self):
        codes = [analyte.code for analyte in self.analytes]
        if not codes:
            raise DeclarationError("A laboratory is declared without a test.")
        if twice := {code for code in codes if codes.count(code) > 1}:
            raise DeclarationError(f"The laboratory test {min(twice)} is declared twice.")
        for limits in self.limits:
            if limits.analyte not in codes:
                raise DeclarationError(f"There are limits of normal for {limits.analyte}, which is no declared test.")
            if limits.low is not None and limits.high is not None and limits.low > limits.high:
                raise DeclarationError(f"The limits of normal of {limits.analyte} stand the wrong way round.")

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that a test is reported in, once."""
        return tuple(dict.fromkeys(unit for analyte in self.analytes for unit in analyte.units))

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Code and name of each test, for an item or a column that names one."""
        return tuple((analyte.code, analyte.name) for analyte in self.analytes)

    def analyte(self, code: str) -> Analyte:
        """The test of that code. KeyError for an unknown one."""
        for found in self.analytes:
            if found.code == code:
                return found
        raise KeyError(code)

    def fits(self, code: str, unit: str) -> bool:
        """Is the unit one that this test is reported in?"""
        return unit in self.analyte(code).units

    def to_standard(self, code: str, value: Decimal | Limited, unit: str) -> Decimal | Limited:
        """The value in the test's standard unit, to four places. Raises UnknownUnit."""
        return rounded(times(value, self.analyte(code).factor(unit)), PLACES)

    def limits_of(
        self, code: str, *, sex: str | None, age: int | None, on: date, own: Iterable[Limits] = ()
    ) -> Limits | None:
        """The limits of normal that hold for the subject on that day: the site's `own`, else the textbook's.

        None where there are none, or where they hang on a sex or an age that is not known.
        """
        return next(
            (
                limits
                for limits in (*own, *self.limits)
                if limits.apply_to(analyte=code, sex=sex, age=age, on=on, ages=self.ages)
            ),
            None,
        )
