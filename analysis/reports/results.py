"""Every number of a report, one a row: where it stands, what it is, how it is printed, and its full value."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.reports.document import NOTHING, Analysis, Cell, Number, PValue, Report, Table, Told

_WHOLE = re.compile(r"-?\d{1,3}(,\d{3})+|-?\d+")
VALUE = "value"


@dataclass(frozen=True)
class Result:
    """A number of a table: `row` names its row, `column` heads it, `statistic` says which of a cell that holds several.

    `at`: the place of the row and of the column, from 0. `analysis`: how it was made, where that is told.
    """

    section: str
    table: str
    number: str
    title: str
    population: str
    row: str
    column: str
    statistic: str
    value: float
    printed: str
    at: tuple[int, int]
    analysis: Analysis | None

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What tells it from every other number of the report: columns by place, as heads may be alike."""
        return self.table, self.row, self.at[1], self.statistic


def results(report: Report) -> Iterator[Result]:
    """Every finite number of the report's tables, those behind the figures among them, in order."""
    numbers = report.numbers
    for section, block in report.numbered:
        table = block if isinstance(block, Table) else block.data
        population, labels = section.about(block), labels_of(table)
        for down, (name, row) in enumerate(zip(names_of(table), table.rows, strict=True)):
            for across, cell in enumerate(row):
                if across < labels:
                    continue
                for statistic, value in _numbers(cell):
                    yield Result(
                        section.key,
                        table.key,
                        numbers[block.key],
                        table.title,
                        population,
                        name,
                        table.head[across],
                        statistic,
                        value,
                        str(cell),
                        (down, across),
                        _made_by(table, name),
                    )


def labels_of(table: Table) -> int:
    """How many columns at the left name the rows: the first, and those after it that hold only words."""
    count = 1
    while count < len(table.head) and table.rows and all(_is_words(row[count]) for row in table.rows):
        count += 1
    return count if count < len(table.head) else 1


def names_of(table: Table) -> list[str]:
    """The name of each row, each once: a second row of a name bears its number."""
    count, told, names = labels_of(table), dict[str, int](), []
    for row in table.rows:
        name = " / ".join(str(cell).strip() for cell in row[:count])
        told[name] = told.get(name, 0) + 1
        names.append(name if told[name] == 1 else f"{name} ({told[name]})")
    return names


def _is_words(cell: Cell) -> bool:
    plain = isinstance(cell, str) and not isinstance(cell, Told)
    return plain and bool(cell) and cell != NOTHING and not any(map(str.isdigit, cell[:1]))


def _numbers(cell: Cell) -> list[tuple[str, float]]:
    match cell:
        case Told():
            found = list(cell.numbers)
        case Number() | PValue():
            found = [(VALUE, math.nan if cell.value is None else float(cell.value))]
        case bool():
            found = []
        case int():
            found = [(VALUE, float(cell))]
        case str() if _WHOLE.fullmatch(cell):
            found = [(VALUE, float(cell.replace(",", "")))]
        case _:
            found = []
    return [(name, value) for name, value in found if math.isfinite(value)]


def _made_by(table: Table, row: str) -> Analysis | None:
    own = [one for one in table.analyses if one.row in ("", row)]
    return next((one for one in own if one.row), own[0] if own else None)
