"""A data set that is taken out: its columns, said once for every format, and where its rows come from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import pyarrow as pa


class Holds(Enum):
    """What a column holds, and the type that says so in Arrow."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    DATE = "date"
    TIME = "time of day"


ARROW = {
    Holds.TEXT: pa.string(),
    Holds.WHOLE: pa.int64(),
    Holds.NUMBER: pa.float64(),
    Holds.DATE: pa.date32(),
    Holds.TIME: pa.time32("s"),
}
#: Words that a program keeps for itself and so are no name of a variable there, in small letters.
KEPT_BY_SPSS = frozenset("all and by eq ge gt le lt ne not or to with".split())
KEPT_BY_STATA = frozenset(
    "_all _b _coef _cons _n _pi _pred _rc _skip byte double float if in int long strl using with".split()
)
LONGEST_IN_STATA = 32


@dataclass(frozen=True)
class Column:
    """A variable. `codes`: what its answers mean; `unit`: of its numbers; `origin`: its place in SDTM, in words.

    `declared`: the SDTM name of at most eight characters that it was declared with, if any; `short`: the name that it
    has where eight are the limit (short_names.py gives it).
    """

    name: str
    label: str
    holds: Holds = Holds.TEXT
    codes: tuple[tuple[int | str, str], ...] = ()
    unit: str = ""
    origin: str = ""
    declared: str = ""
    short: str = ""

    @property
    def titled(self) -> str:
        """The label with the unit: what programs show that know no units."""
        return f"{self.label} [{self.unit}]" if self.unit else self.label

    @property
    def in_spss(self) -> str:
        return f"{self.name}_" if self.name in KEPT_BY_SPSS else self.name

    @property
    def in_stata(self) -> str:
        name = self.name if len(self.name) <= LONGEST_IN_STATA else self.name[: LONGEST_IN_STATA - 4] + self.short[-4:]
        return f"{name}_" if name in KEPT_BY_STATA else name


@dataclass(frozen=True)
class Shape:
    """A data set without its rows: `name` is the name of its files, `keys` the columns that tell its rows apart."""

    name: str
    title: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()
    is_derived: bool = False
    short: str = ""

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(one.name, ARROW[one.holds]) for one in self.columns])

    def column(self, name: str) -> Column:
        """The column of that name. KeyError without one."""
        return {one.name: one for one in self.columns}[name]

    def called(self, short: str, columns: Sequence[str]) -> "Shape":
        """The same with the names of at most eight characters, in the order of the columns."""
        named = tuple(replace(one, short=name) for one, name in zip(self.columns, columns, strict=True))
        return replace(self, short=short, columns=named)
