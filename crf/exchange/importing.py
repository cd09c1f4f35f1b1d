"""The rows of a table as typed answers and values, held against the specification of its kind."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crf.exchange.tables import Table, Unreadable
from crf.spec import kinds
from crf.spec.result_files import Specification


@dataclass
class Row:
    """A row of the file: its number, what stood in it, the values that makes, and what is impossible in it."""

    number: int
    typed: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def rows_of(table: Table, specification: Specification) -> list[Row]:
    """The rows. Raises Unreadable where the columns are not those of the specification."""
    unknown = [name for name in table.head if name not in specification.names]
    absent = [column.name for column in specification.columns if column.required and column.name not in table.head]
    if unknown or absent:
        said = [f"{specification.title}, version {specification.version}, has other columns."]
        said += [f"Not known: {', '.join(unknown)}."] if unknown else []
        said += [f"Missing: {', '.join(absent)}."] if absent else []
        raise Unreadable(" ".join(said))
    return list(_rows(table, specification))


def _rows(table: Table, specification: Specification) -> Iterator[Row]:
    for number, cells in zip(table.numbers, table.rows, strict=True):
        row = Row(number, dict(zip(table.head, cells, strict=True)))
        for column in specification.columns:
            text = row.typed.get(column.name, "")
            if not text:
                row.values[column.name] = None
                if column.required:
                    row.troubles.append(f"{column.name} is blank.")
                continue
            try:
                is_time = isinstance(column.kind, kinds.Time)
                row.values[column.name] = column.kind.parse(column.kind.of_a_file(text) if is_time else text)
            except kinds.Impossible as impossible:
                row.values[column.name] = None
                row.troubles.append(f"{column.name}: {impossible}")
        yield row
