"""Every number of a report beside the one that R made: how many agree, which differ, which no other program makes."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.collect.frames import Collected
from analysis.reports.document import Report
from analysis.reports.made_by import UNCOVERED
from analysis.reports.results import Result, results
from analysis.second import programme

TOLERANCE = 1e-8
DEADLINE = 1800
#: Where a number hangs on where a search stops, it is held to less, and the print says so.
SEARCHED = {"effect_table": (1e-6, "R's non-central t is exact to about eight digits")}
#: Why no number of a table is made by the second program, by the beginning of its key.
WHY_NOT = {
    "multiple_imputation": "drawn at random: another program draws other numbers",
    "outside": "the reasons why somebody is outside a set stand in no data set",
    "as_published": "the numbers of another table, in words",
    "model_search": "how the first program's own search ended",
}
DEFAULT_WHY = "a count or listing of forms; the second program reads the derived data sets"


@dataclass(frozen=True)
class Difference:
    """A number that the two programs do not agree on; `second` is None where R made none."""

    result: Result
    second: float | None

    def __str__(self):
        one = self.result
        place = f"{one.number} ({one.table}), {one.row}, {one.column}, {one.statistic}"
        return f"{place}: {one.value!r}, R {'made none' if self.second is None else repr(self.second)}"


@dataclass(frozen=True)
class Verdict:
    """What the comparison found. `uncovered`: number of numbers by table and reason; `loosely`: by tolerance."""

    compared: int
    differing: tuple[Difference, ...]
    uncovered: dict[tuple[str, str, str], int]
    loosely: dict[tuple[float, str], int]
    failures: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return self.compared > 0 and not self.differing and not self.failures

    def lines(self) -> list[str]:
        """The verdict as it is printed."""
        told = [f"{self.compared} numbers compared, {len(self.differing)} differing beyond {TOLERANCE:g}."]
        told += [
            f"   of them {n} held to {tolerance:g} only: {why}" for (tolerance, why), n in sorted(self.loosely.items())
        ]
        told += [f"DIFFERS {one}" for one in self.differing]
        told += [f"FAILED in R: {one}" for one in self.failures]
        told.append(f"{sum(self.uncovered.values())} numbers not covered:")
        told += [f"   {number} ({table}), {n}: {why}" for (number, table, why), n in self.uncovered.items()]
        return told


def run(report: Report, collected: Collected, arms: pd.Series) -> str:
    """What R prints over the exported data. RuntimeError with R's own words where it cannot."""
    if (rscript := shutil.which("Rscript")) is None:
        raise RuntimeError("Rscript is not installed here.")
    with tempfile.TemporaryDirectory(prefix="ecrf-second-") as kept:
        folder = Path(kept)
        (folder / "csv").mkdir()
        for name, text in programme.with_program(report, collected, arms).program:
            (folder / name).write_text(text, encoding="utf-8")
        made = subprocess.run(
            [rscript, "--vanilla", "second.R"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
    if made.returncode:
        raise RuntimeError(f"R stopped: {made.stderr.strip()[-500:]}")
    return made.stdout


def compare(report: Report, said: str) -> Verdict:
    """The numbers of the report beside what R said."""
    second, failures = _parsed(said)
    compared, differing = 0, []
    uncovered: dict[tuple[str, str, str], int] = {}
    loosely: dict[tuple[float, str], int] = {}
    covered = {key[0] for key in second} | {one.split(":", 1)[0] for one in failures}
    for one in results(report):
        if one.analysis is None or one.analysis.method == UNCOVERED or _is_without(one):
            place = (one.number, one.table, _why_not(one, covered))
            uncovered[place] = uncovered.get(place, 0) + 1
            continue
        compared += 1
        tolerance, why = SEARCHED.get(one.analysis.method, (TOLERANCE, ""))
        if tolerance > TOLERANCE:
            loosely[tolerance, why] = loosely.get((tolerance, why), 0) + 1
        other = second.get(one.key)
        if other is None or not abs(other - one.value) <= tolerance * max(1.0, abs(one.value)):
            differing.append(Difference(one, other))
    return Verdict(compared, tuple(differing), uncovered, loosely, tuple(failures))


def _is_without(one: Result) -> bool:
    """Whether the number stands in a column that the analysis says no other program makes."""
    return one.analysis is not None and str(one.at[1]) in dict(one.analysis.facts).get("without", {})


def _why_not(one: Result, covered: set[str]) -> str:
    """Why no other program makes the number."""
    if one.analysis is not None and _is_without(one):
        return dict(one.analysis.facts)["without"][str(one.at[1])]
    if one.analysis is not None:
        return str(dict(one.analysis.facts)["why"])
    if one.table in covered:
        return "a row of a method that the second program does not have"
    return next((why for key, why in WHY_NOT.items() if one.table.startswith(key)), DEFAULT_WHY)


def _parsed(said: str) -> tuple[Mapping[tuple[str, str, int, str], float], list[str]]:
    found, failures = {}, []
    for line in said.splitlines():
        parts = line.split("\t")
        if parts[0] == "#failed":
            failures.append(f"{parts[1]}: {parts[2]}")
        elif len(parts) == 5:
            table, row, column, statistic, value = parts
            found[table, row, int(column), statistic] = float(value)
    return found, failures
