"""Reading a table that is not in long form (periods of dosing, adverse events, ratings by date) from a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.command.csvfile import MISSING, Unreadable, as_number
from analysis.command.datafile import Reading, ask_about_codes, read_cells

YES = {"1", "true", "yes", "y"}
NO = {"0", "false", "no", "n"}


@dataclass(frozen=True)
class TableForm:
    """rows: as in the file, numbers as float (NaN where missing), truth values as boolean, all else as text or None."""

    rows: pd.DataFrame
    name: str
    sha256: str
    notes: tuple[str, ...] = ()

    @property
    def described(self) -> dict:
        """What was analysed, for the head of the JSON."""
        return {"file": self.name, "sha256": self.sha256, "rows": len(self.rows), "notes": list(self.notes)}

    @property
    def heading(self) -> str:
        """What was analysed, in a line."""
        return f"{self.name}: {len(self.rows)} rows." + "".join(f"\nNote: {note}" for note in self.notes)


def read_table(
    path: Path | str,
    *,
    numbers: Iterable[str] = (),
    texts: Iterable[str] = (),
    truths: Iterable[str] = (),
    wanted: Iterable[str] = (),
    reading: Reading = Reading(),
) -> TableForm:
    """Read and check the file: the columns named must be there; those of `wanted` have a value in every row."""
    found = read_cells(path, reading)
    header, cells = found.header, found.rows
    numbers, texts, truths = (tuple(dict.fromkeys(names)) for names in (numbers, texts, truths))
    for column in (*numbers, *texts, *truths):
        if column not in header:
            raise Unreadable(f"{Path(path).name}, line 1: there is no column {column}. There are {', '.join(header)}.")
    for column in truths:
        if column in numbers:
            raise Unreadable(f"Column {column} is named as a number and as yes or no; each wants a column of its own.")
    for line, row in cells:
        for column in wanted:
            if row[column] in MISSING:
                raise Unreadable(f"{Path(path).name}, line {line}, column {column}: the value is missing.")
        for column in numbers:
            row[column] = as_number(row[column], line, column)
        for column in truths:
            row[column] = _truth(row[column], line, column)
    if reading.missing is None:
        for column in numbers:
            ask_about_codes(column, ((line, row[column]) for line, row in cells))
    kept = dict.fromkeys((*texts, *numbers, *truths))
    frame = pd.DataFrame([{column: row[column] for column in kept} for _, row in cells], columns=list(kept))
    for column in texts:
        frame[column] = frame[column].astype(object).where(~frame[column].isin(MISSING), None)
    for column in truths:
        frame[column] = frame[column].astype("boolean")
    return TableForm(frame, found.name, found.sha256, found.notes)


def _truth(text, line, column):
    if text in MISSING:
        return None
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise Unreadable(f"line {line}, column {column}: {text!r} is neither yes nor no (1/0, true/false, yes/no).")
