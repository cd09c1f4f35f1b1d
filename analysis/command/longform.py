"""Reading a data set in long form, one row a subject and visit, from a CSV file.

Whatever is wrong ends in `Unreadable`, a sentence that names line and column. A row without a response is the same as
no row.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.command.csvfile import MISSING, NUMBER, Unreadable, as_number, cells_of, content

__all__ = ["Columns", "LongForm", "Unreadable", "order_of", "read"]


@dataclass(frozen=True)
class Columns:
    """Which column plays which part.

    What belongs to the subject: covariates (numbers) and factors (categories) of models, moderators (numbers) and
    groups (categories) that stand apart from them. numbers may change from visit to visit; others too, they are numbers
    where every value is one, else categories.
    """

    subject: str
    visit: str
    arm: str
    response: str
    covariates: tuple[str, ...]
    factors: tuple[str, ...]
    numbers: tuple[str, ...]
    others: tuple[str, ...]
    moderators: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class LongForm:
    """rows: one a subject and visit, in the file's order. subjects: one each, with arm, covariates and factors."""

    rows: pd.DataFrame
    subjects: pd.DataFrame
    visits: tuple[str, ...]
    active: str
    reference: str
    columns: Columns
    name: str
    sha256: str
    notes: tuple[str, ...]

    @property
    def heading(self) -> str:
        """What was analysed, in a few lines."""
        told = f"{self.name}: {len(self.subjects)} subjects, {len(self.rows)} rows, visits {', '.join(self.visits)}."
        signs = f"Differences are {self.active} minus {self.reference}."
        return "\n".join([told, signs, *(f"Note: {note}" for note in self.notes)])


def read(
    path: Path, columns: Columns, *, reference: str, active: str | None, visits: tuple[str, ...] | None
) -> LongForm:
    """Read and check the file. active may be None where the file has two arms, visits where their order is plain."""
    raw = content(path)
    header, cells = cells_of(raw)
    wanted = [columns.subject, columns.visit, columns.arm, columns.response]
    wanted += [*columns.covariates, *columns.factors, *columns.numbers, *columns.others]
    wanted += [*columns.moderators, *columns.groups]
    absent = [column for column in wanted if column not in header]
    if absent:
        raise Unreadable(f"line 1: there is no column {absent[0]}. The columns are {', '.join(header)}.")
    arms = _arms(cells, columns.arm, reference, active)
    active = next(arm for arm in arms if arm != reference) if active is None else active
    notes = []
    others = [arm for arm in arms if arm not in (active, reference)]
    if others:
        notes.append(f"Arm {', '.join(others)} is left out: {active} is compared with {reference}.")
        cells = [(line, row) for line, row in cells if row[columns.arm] not in others]
    rows, lines = _typed(cells, columns)
    _no_duplicates(rows, lines, columns)
    subjects = _subjects(rows, lines, columns)
    order, said = order_of(rows[columns.visit], visits, columns.visit)
    if not rows[columns.response].notna().any():
        raise Unreadable(f"column {columns.response}: no row has a value.")
    return LongForm(
        rows=rows[rows[columns.visit].isin(order)].reset_index(drop=True),
        subjects=subjects,
        visits=order,
        active=active,
        reference=reference,
        columns=columns,
        name=Path(path).name,
        sha256=hashlib.sha256(raw).hexdigest(),
        notes=(*notes, *said),
    )


def _arms(cells, column, reference, active):
    for line, row in cells:
        if row[column] in MISSING:
            raise Unreadable(f"line {line}, column {column}: the arm is missing.")
    arms = sorted({row[column] for _, row in cells})
    named = f"The arms in column {column} are {', '.join(arms)}"
    for arm in (reference, active):
        if arm is not None and arm not in arms:
            raise Unreadable(f"{named}: there is no {arm}.")
    if active == reference:
        raise Unreadable(f"{reference} is named as active and as reference arm.")
    if len(arms) < 2:
        raise Unreadable(f"{named}: two are needed.")
    if len(arms) > 2 and active is None:
        raise Unreadable(f"{named}: more than two. Say which is compared with {reference} by --active.")
    return arms


def _typed(cells, columns):
    numbers = {columns.response, *columns.covariates, *columns.numbers, *columns.moderators}
    categories = {columns.subject, columns.visit, columns.arm, *columns.factors, *columns.groups}
    if clash := sorted(numbers & categories):
        raise Unreadable(f"Column {clash[0]} is named as a number and as a category.")
    for column in set(columns.others) - categories:
        if all(row[column] in MISSING or NUMBER.fullmatch(row[column]) for _, row in cells):
            numbers.add(column)
    for line, row in cells:
        for column in (columns.subject, columns.visit):
            if row[column] in MISSING:
                raise Unreadable(f"line {line}, column {column}: the value is missing.")
        for column in numbers:
            row[column] = as_number(row[column], line, column)
    frame = pd.DataFrame([row for _, row in cells])
    for column in frame.columns.difference(list(numbers)):
        frame[column] = frame[column].astype("str").where(~frame[column].isin(MISSING))
    return frame, [line for line, _ in cells]


def _no_duplicates(rows, lines, columns):
    first = {}
    for line, who, visit in zip(lines, rows[columns.subject], rows[columns.visit], strict=True):
        if (who, visit) in first:
            raise Unreadable(
                f"line {line}, column {columns.visit}: subject {who} has visit {visit} a second time "
                f"(first in line {first[who, visit]})."
            )
        first[who, visit] = line


def _subjects(rows, lines, columns):
    """One row each; what belongs to the subject must not differ between its rows (a missing value may be filled)."""
    numbers = (*columns.covariates, *columns.moderators)
    fixed = list(dict.fromkeys((columns.arm, *numbers, *columns.factors, *columns.groups)))
    known: dict = {}
    for line, row in zip(lines, rows[[columns.subject, *fixed]].to_dict("records"), strict=True):
        own = known.setdefault(row[columns.subject], {})
        for column in fixed:
            value = row[column]
            if value is None or value != value:
                continue
            if column in own and own[column][0] != value:
                raise Unreadable(
                    f"line {line}, column {column}: subject {row[columns.subject]} has {value}, "
                    f"but {own[column][0]} in line {own[column][1]}."
                )
            own.setdefault(column, (value, line))
    table = [
        {columns.subject: who, **{column: own.get(column, (None,))[0] for column in fixed}}
        for who, own in known.items()
    ]
    subjects = pd.DataFrame(table)
    for column in numbers:
        subjects[column] = subjects[column].astype(float)
    return subjects


def order_of(seen, asked, column) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The visits in their order, as asked for or as their numbers say, and what must be said about it."""
    present = list(dict.fromkeys(seen))
    if asked is not None:
        for visit in asked:
            if visit not in present:
                raise Unreadable(f"column {column}: there is no visit {visit}. There are {', '.join(present)}.")
        if len(set(asked)) < len(asked):
            raise Unreadable("A visit is named twice in the order of visits.")
        rest = [visit for visit in present if visit not in asked]
        return tuple(asked), (f"Visit {', '.join(rest)} is left out.",) if rest else ()
    split = {visit: re.fullmatch(r"(\D*?)(-?\d+(?:\.\d+)?)", visit) for visit in present}
    if all(split.values()) and len({one[1] for one in split.values()}) == 1:
        return tuple(sorted(present, key=lambda visit: float(split[visit][2]))), ()
    if len(present) == 1:
        return tuple(present), ()
    return tuple(present), (f"The order of visits is taken from the file: {', '.join(present)}.",)
