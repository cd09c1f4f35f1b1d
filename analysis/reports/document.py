"""What a report is, whatever it is printed on: sections of sentences, tables and figures, and a manifest.

A report is a frozen value. Page, PDF and workbook are made from the same one, so that they cannot differ.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

import pandas as pd

NOTHING = "–"
_WORDS = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True)
class Number:
    """A number printed with `places` decimal places; `signed` prints a plus. Not a number prints as a dash."""

    value: float
    places: int
    signed: bool = False

    def __str__(self):
        if self.value is None or math.isnan(self.value):
            return NOTHING
        if math.isinf(self.value):
            return "∞" if self.value > 0 else "−∞"
        text = f"{self.value:{'+' if self.signed else ''}.{self.places}f}"
        if float(text) == 0:
            text = text.lstrip("+-")
        return text.replace("-", "−")


@dataclass(frozen=True)
class PValue:
    """A p-value printed with four places; below that, as smaller than."""

    value: float

    def __str__(self):
        if self.value is None or math.isnan(self.value):
            return NOTHING
        return "<0.0001" if self.value < 0.00005 else f"{self.value:.4f}"


class Told(str):
    """Words of a cell with the numbers that stand in them, by name: they leave the report at full precision.

    `scale`: by how much a printed number is larger than what is meant, as per cent are.
    """

    numbers: tuple[tuple[str, float], ...]

    def __new__(cls, words: str, **numbers: float) -> "Told":
        told = super().__new__(cls, words)
        told.numbers = tuple((name, float(value)) for name, value in numbers.items())
        return told


Cell = str | int | Number | PValue | Told


@dataclass(frozen=True)
class Analysis:
    """How the numbers of a table, or of one row of it, were made: all that another program needs to make them anew.

    `method`: its name in analysis/second, where a program for R is written from it. `facts`: what the method is told:
    outcome, visit, ratings, population, terms, covariance; numbers, words, lists of words, or words by code.
    """

    method: str
    facts: tuple[tuple[str, object], ...] = ()
    row: str = ""

    @classmethod
    def of(cls, method: str, row: str = "", **facts: object) -> "Analysis":
        """The same, its facts as arguments."""
        return cls(method, tuple(facts.items()), row)


@dataclass(frozen=True)
class Table:
    """Rows of cells under a head. The first column names the row.

    `refs`: the sections that each row is about, by key; in print their pages stand beside it.
    """

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    population: str = ""
    analyses: tuple[Analysis, ...] = ()
    refs: tuple[tuple[str, ...], ...] = ()

    def by(self, *analyses: Analysis) -> "Table":
        """The table with how its numbers were made."""
        return replace(self, analyses=(*self.analyses, *analyses))

    def __post_init__(self):
        if wrong := [row for row in self.rows if len(row) != len(self.head)]:
            raise ValueError(f"Table {self.key}: the row {wrong[0]!r} has not {len(self.head)} cells.")

    @property
    def sides(self) -> tuple[str, ...]:
        """Where the cells of each column stand: numbers right, words and the names of the rows left."""
        words = [
            any(isinstance(row[at], str) and _WORDS.search(row[at]) for row in self.rows)
            for at in range(len(self.head))
        ]
        return tuple("left" if at == 0 or is_words else "right" for at, is_words in enumerate(words))


class Drawing(Protocol):
    """A drawing: its bytes are an SVG file, and it can be had as a picture."""

    def __bytes__(self) -> bytes: ...

    def png(self) -> bytes:
        """The drawing as a PNG file."""


@dataclass(frozen=True)
class Figure:
    """A drawing with the sentence that says what is seen, the text for who cannot see it, and its numbers."""

    key: str
    title: str
    says: str
    alt: str
    draw: Callable[[], Drawing] = field(repr=False)
    data: Table
    population: str = ""

    @property
    def keys(self) -> tuple[str, str]:
        """Its own key, and that of the table of its numbers."""
        return self.key, self.data.key

    @cached_property
    def _drawn(self) -> Drawing:
        return self.draw()

    def svg(self) -> bytes:
        """The drawing as an SVG file; the same numbers give the same bytes."""
        return bytes(self._drawn)

    def png(self) -> bytes:
        """The same drawing as a PNG file."""
        return self._drawn.png()


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it, in order: sentences, tables, figures.

    `population`: whom its tables and figures are about; one of another population says so itself.
    """

    key: str
    title: str
    blocks: tuple[str | Table | Figure, ...]
    population: str = ""

    def about(self, block: Table | Figure) -> str:
        """Whom the table or figure is about, in words."""
        return block.population or self.population

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Figure))


@dataclass(frozen=True)
class DataSet:
    """An analysis data set that goes out with the report: its frame and what each column means."""

    name: str
    title: str
    columns: dict[str, str]
    frame: pd.DataFrame = field(repr=False)

    def __post_init__(self):
        if list(self.frame.columns) != list(self.columns):
            raise ValueError(f"Data set {self.name}: its columns are not the described ones.")


@dataclass(frozen=True)
class Report:
    """A report as it is told. `cut` is the time of the data, and the only time that is printed.

    `manifest`: (what, value) pairs that let another person make the same bytes again. `program`: the second program
    with the data that it reads, by path.
    """

    name: str
    title: str
    study: str
    sections: tuple[Section, ...]
    manifest: tuple[tuple[str, str], ...]
    cut: datetime
    data: DataSet
    is_unblinded: bool
    is_synthetic: bool
    warning: str = ""
    program: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self):
        keys = [key for _, block in self.numbered for key in ([block.key] if isinstance(block, Table) else block.keys)]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"The report {self.name} has two tables or figures called {twice[0]}.")

    @property
    def numbered(self) -> tuple[tuple[Section, Table | Figure], ...]:
        """Every table and figure in order, with its section."""
        return tuple(
            (section, block)
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Table | Figure)
        )

    @property
    def numbers(self) -> dict[str, str]:
        """By key, what each table and figure is called: Table 1, Table 2, Figure 1, as they stand."""
        told, found = {"Table": 0, "Figure": 0}, {}
        for _, block in self.numbered:
            kind = type(block).__name__
            told[kind] += 1
            found[block.key] = f"{kind} {told[kind]}"
        return found

    @property
    def file_stem(self) -> str:
        """The name of the files, without ending. An unblinded file says so."""
        marks = (["UNBLINDED"] if self.is_unblinded else []) + (["synthetic"] if self.is_synthetic else [])
        return "_".join([self.name, *marks, f"{self.cut:%Y-%m-%d}"])

    @property
    def marks(self) -> tuple[str, ...]:
        """The words that stand on every page of it."""
        return (("UNBLINDED",) if self.is_unblinded else ()) + (("Synthetic data",) if self.is_synthetic else ())

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, the numbers of the figures among them, in order."""
        return tuple(block if isinstance(block, Table) else block.data for _, block in self.numbered)
