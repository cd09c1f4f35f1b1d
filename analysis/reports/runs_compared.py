"""Two runs of a report compared: which numbers changed, came or went, and what differed that can be the cause."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

from analysis.papers.bundle import MANIFEST

SAME = "Nothing that a run is made of differs."
_KEYS = ("table", "row", "column", "statistic")


@dataclass(frozen=True)
class Run:
    """A run as its archive has it: what it was made of, and each number as printed and in full, by its place."""

    made_of: dict[str, str]
    numbers: dict[tuple[str, ...], tuple[str, str]]

    @classmethod
    def of(cls, path: Path) -> "Run":
        """The run in the archive of everything. ValueError with a sentence where the file is no such archive."""
        try:
            with zipfile.ZipFile(path) as archive:
                told = json.loads(archive.read(MANIFEST))
                (name,) = [one for one in archive.namelist() if one.endswith("_ard.csv")]
                rows = csv.DictReader(io.StringIO(archive.read(name).decode()))
                numbers, times = {}, dict[tuple[str, ...], int]()
                for row in rows:
                    key = tuple(row[one] for one in _KEYS)
                    times[key] = times.get(key, 0) + 1
                    numbers[*key, str(times[key])] = (row["printed"], row["value"])
                return cls(told["made_of"], numbers)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as trouble:
            raise ValueError(f"{path} is not the archive of everything of a report ({trouble}).") from trouble


def lines(before: Run, after: Run) -> list[str]:
    """What changed and why, a line each; numbers that print alike and differ beyond are counted only."""
    told = ["What differs in what the runs were made of:"]
    causes = [
        f"   {what}: {before.made_of.get(what, 'not told')} -> {after.made_of.get(what, 'not told')}"
        for what in dict.fromkeys((*before.made_of, *after.made_of))
        if before.made_of.get(what) != after.made_of.get(what)
    ]
    told += causes or [f"   {SAME}"]
    both = [key for key in before.numbers if key in after.numbers]
    printed = [key for key in both if before.numbers[key][0] != after.numbers[key][0]]
    behind = [key for key in both if key not in set(printed) and before.numbers[key][1] != after.numbers[key][1]]
    gone = [key for key in before.numbers if key not in after.numbers]
    new = [key for key in after.numbers if key not in before.numbers]
    told.append(
        f"{len(both)} numbers in both: {len(printed)} print otherwise, {len(behind)} differ behind what is printed; "
        f"{len(gone)} are gone, {len(new)} are new."
    )
    told += [f"   {_place(key)}: {before.numbers[key][0]} -> {after.numbers[key][0]}" for key in printed]
    told += [f"   gone: {_place(key)}: {before.numbers[key][0]}" for key in gone]
    told += [f"   new: {_place(key)}: {after.numbers[key][0]}" for key in new]
    if (printed or behind or gone or new) and not causes:
        told.append("The numbers changed though nothing that decides them did: this must not be. Tell us.")
    return told


def _place(key: tuple[str, ...]) -> str:
    table, row, column, statistic, _ = key
    return f"{table}, {row.strip()}, {column}" + ("" if statistic == "value" else f", {statistic}")
