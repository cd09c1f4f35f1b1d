"""The program of the second programmer: R text, written from what the report tells of its analyses.

It reads a few CSV files of the export by arm (READ) and nothing else, and needs base R alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from analysis.collect.frames import Collected
from analysis.derive import plan
from analysis.extract import of_analysis
from analysis.extract.delimited import csv_of, head_of
from analysis.extract.programs import in_r
from analysis.extract.sets import Shape
from analysis.reports.document import Analysis, Report, Table
from analysis.reports.made_by import UNCOVERED
from crf import trial

ESTIMATORS = Path(__file__).with_name("estimators.R")
READ = (
    *("subjects", "ratings", "analysis", "events", "adverse_events", "exposure"),
    *("deviations", "occurrences", "guesses"),
)
HEAD = """# {title}
# {study}
# Made with the report from what it tells of its analyses. Run it in the folder of the export by arm:
#   Rscript {name} > numbers.txt
# It prints each number it makes as: table, row, column, statistic, value.
options(digits = 17, warn = -1)
"""


def programme(report: Report, shapes: Iterable[Shape], *, name: str = "second.R") -> str:
    """The whole program: reading, estimators, and a call for each analysis that the report tells of."""
    wanted = [shape for shape in shapes if shape.name in READ]
    parts = [HEAD.format(title=report.title, study=report.study, name=name), in_r(wanted)]
    parts.append(ESTIMATORS.read_text(encoding="utf-8"))
    parts.append(f"reference_arm <- {_r(trial.REFERENCE.code)}\narms_printed <- {_r(plan.names())}\n")
    parts += [f"attempt({_r(table)}, {call})" for table, call in calls(report)]
    return "\n".join(parts) + "\n"


def with_program(report: Report, collected: Collected, arms) -> Report:
    """The report with its second program and the data that it reads: together they run in one folder."""
    made = [(shape, text) for shape, text in data(collected, arms)]
    files = {f"csv/{shape.name}.csv": text for shape, text in made}
    files |= dict(report.program)  # what the report itself hands out: the lists of the inference by randomisation
    return replace(report, program=(("second.R", programme(report, [shape for shape, _ in made])), *files.items()))


def calls(report: Report) -> Iterator[tuple[str, str]]:
    """(table, the call in R) for each analysis, in the order of the report."""
    for _, block in report.numbered:
        table = block if isinstance(block, Table) else block.data
        for one in table.analyses:
            if one.method != UNCOVERED:
                yield table.key, _call(table.key, one)


def _call(table: str, one: Analysis) -> str:
    facts = ({"row": one.row} if one.row else {}) | dict(one.facts)
    return f"{one.method}({', '.join([_r(table), *(f'{name} = {_r(value)}' for name, value in facts.items())])})"


def _r(value) -> str:
    """A value as R writes it."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
        case Mapping():
            kind = "list" if any(isinstance(one, Mapping | tuple | list) for one in value.values()) else "c"
            if len({type(one) for one in value.values()}) > 1:
                kind = "list"
            return f"{kind}({', '.join(f'{_r(name)} = {_r(one)}' for name, one in value.items())})"
        case tuple() | list():
            return f"c({', '.join(map(_r, value))})" if value else "character(0)"
    return repr(float(value)) if not isinstance(value, int) else str(value)


def data(collected: Collected, arms) -> Iterator[tuple[Shape, str]]:
    """The data sets that the program reads, as CSV: the ones of the export by arm, byte for byte."""
    for shape, batch in of_analysis.derived(collected, arms):
        if shape.name in READ:
            yield shape, (head_of(shape) + bytes(csv_of(batch))).decode()
