"""Every number of a report for programs: a row a number (ARD), and as JSON in CDISC's Analysis Results Standard 1.0.

The Analysis Results Data say of each number where it stands, what it is, how it is printed, its full value and how it
was made. The JSON is a ReportingEvent of the public model (github.com/cdisc-org/analysis-results-standard), whose
classes and required slots `tests/unit/test_numbers_for_programs.py` holds it against.
"""

import csv
import io
import json

from analysis.reports.document import Analysis, Report, Table
from analysis.reports.made_by import UNCOVERED
from analysis.reports.results import Result, names_of, results
from crf import trial
from crf.exchange.cells import harmless

HEAD = ("section", "output", "table", "title", "population", "row", "column", "statistic", "value", "printed", "method")
STANDARD = "CDISC Analysis Results Standard 1.0"
IN_TABLE = "as the note of its table says"


def ard(report: Report) -> bytes:
    """A row a number, CSV (RFC 4180, UTF-8), values at full precision."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*HEAD, "facts", "marks"])
    for one in results(report):
        method, facts = _told(one.analysis)
        row = (one.section, one.number, one.table, one.title, one.population, one.row, one.column, one.statistic)
        told = (repr(one.value), one.printed, method, facts, "; ".join(report.marks))
        writer.writerow([harmless(text) for text in row] + [told[0], *map(harmless, told[1:])])
    return out.getvalue().encode()


def _told(analysis: Analysis | None) -> tuple[str, str]:
    if analysis is None:
        return "", ""
    return analysis.method, json.dumps(dict(analysis.facts), ensure_ascii=False, default=list)


def ars(report: Report) -> bytes:
    """The report as a ReportingEvent: an output a table or figure, an analysis a table, a result a number."""
    tables = [(block, block if isinstance(block, Table) else block.data) for _, block in report.numbered]
    by_table: dict[str, list[Result]] = {table.key: [] for _, table in tables}
    for one in results(report):
        by_table[one.table].append(one)
    sets, called = _sets(report), report.numbers
    told = {
        "id": f"{trial.STUDY_ID}.{report.name}",
        "name": report.title,
        "label": f"{report.study} ({STANDARD})",
        "description": " ".join((*report.marks, report.warning)).strip() or report.title,
        "version": 1,
        "mainListOfContents": _contents(report),
        "referenceDocuments": [
            {"id": f"MANIFEST.{place}", "name": what, "description": value}
            for place, (what, value) in enumerate(report.manifest, start=1)
        ],
        "analysisSets": [
            {"id": code, "name": words, "level": 1, "order": place}
            for place, (words, code) in enumerate(sets.items(), start=1)
        ],
        "analysisGroupings": [factor for _, table in tables if by_table[table.key] for factor in _groupings(table)],
        "methods": [_method(table, by_table[table.key]) for _, table in tables if by_table[table.key]],
        "analyses": [
            _analysis(table, by_table[table.key], sets[section.about(block)], section.key)
            for (section, block), (_, table) in zip(report.numbered, tables, strict=True)
            if by_table[table.key]
        ],
        "outputs": [_output(block, table, called[block.key], report.file_stem) for block, table in tables],
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _sets(report: Report) -> dict[str, str]:
    words = dict.fromkeys(section.about(block) for section, block in report.numbered)
    return {one: f"SET.{place}" for place, one in enumerate(words, start=1)}


def _contents(report: Report) -> dict:
    numbers, items = report.numbers, []
    for place, section in enumerate(report.sections, start=1):
        own = [
            {"name": f"{numbers[block.key]}. {block.title}", "level": 2, "order": at, "outputId": f"OUT.{block.key}"}
            for at, (_, block) in enumerate([pair for pair in report.numbered if pair[0] is section], start=1)
        ]
        item = {"name": section.title, "level": 1, "order": place}
        items.append(item | ({"sublist": {"listItems": own}} if own else {}))
    return {"name": "Contents", "contentsList": {"listItems": items}}


def _groupings(table: Table) -> list[dict]:
    """What tells the numbers of a table apart: its rows and its columns."""
    rows = [
        {"id": f"{table.key}.ROW.{place}", "name": name, "level": 1, "order": place + 1}
        for place, name in enumerate(names_of(table))
    ]
    columns = [
        {"id": f"{table.key}.COL.{place}", "name": name or "-", "level": 1, "order": place + 1}
        for place, name in enumerate(table.head)
    ]
    return [
        {"id": f"{table.key}.ROWS", "name": f"Rows of {table.title}", "dataDriven": True, "groups": rows},
        {"id": f"{table.key}.COLS", "name": f"Columns of {table.title}", "dataDriven": False, "groups": columns},
    ]


def _method(table: Table, found: list[Result]) -> dict:
    methods = dict.fromkeys(one.method for one in table.analyses if one.method != UNCOVERED)
    return {
        "id": f"{table.key}.METHOD",
        "name": ", ".join(methods) or IN_TABLE,
        "description": " ".join(table.notes) or table.title,
        "operations": [
            {"id": f"{table.key}.OP.{name}", "name": name, "order": place}
            for place, name in enumerate(dict.fromkeys(one.statistic for one in found), start=1)
        ],
    }


def _analysis(table: Table, found: list[Result], population: str, section: str) -> dict:
    purposes = {"primary": "PRIMARY OUTCOME MEASURE", "sequence": "SECONDARY OUTCOME MEASURE"}
    purpose = purposes.get(section, "EXPLORATORY OUTCOME MEASURE")
    made = [(one.method, one.row, dict(one.facts)) for one in table.analyses]
    said = json.dumps(made, ensure_ascii=False, default=list) if made else ""
    code = {"programmingCode": {"context": "R: analysis/second/estimators.R", "code": said}} if said else {}
    return {
        "id": f"AN.{table.key}",
        "name": table.title,
        "version": 1,
        "reason": {"controlledTerm": "SPECIFIED IN SAP"},
        "purpose": {"controlledTerm": purpose},
        "methodId": f"{table.key}.METHOD",
        "analysisSetId": population,
        "dataset": "analysis",
        "orderedGroupings": [
            {"order": 1, "groupingId": f"{table.key}.ROWS", "resultsByGroup": True},
            {"order": 2, "groupingId": f"{table.key}.COLS", "resultsByGroup": True},
        ],
        **code,
        "results": [
            {
                "operationId": f"{table.key}.OP.{one.statistic}",
                "resultGroups": [
                    {"groupingId": f"{table.key}.ROWS", "groupId": f"{table.key}.ROW.{one.at[0]}"},
                    {"groupingId": f"{table.key}.COLS", "groupId": f"{table.key}.COL.{one.at[1]}"},
                ],
                "rawValue": repr(one.value),
                "formattedValue": one.printed,
            }
            for one in found
        ],
    }


def _output(block, table: Table, number: str, stem: str) -> dict:
    notes = [
        {"order": place, "subSection": {"id": f"{block.key}.NOTE.{place}", "text": note}}
        for place, note in enumerate(table.notes, start=1)
    ]
    title = {"order": 1, "subSection": {"id": f"{block.key}.TITLE", "text": f"{number}. {block.title}"}}
    sections = [{"sectionType": "Title", "orderedSubSections": [title]}]
    sections += [{"sectionType": "Footnote", "orderedSubSections": notes}] if notes else []
    display = {"id": f"DISPLAY.{block.key}", "name": number, "version": 1, "displaySections": sections}
    return {
        "id": f"OUT.{block.key}",
        "name": f"{number}. {block.title}",
        "version": 1,
        "displays": [{"order": 1, "display": display}],
        "fileSpecifications": [
            {"name": f"{stem}.{kind}", "fileType": {"controlledTerm": kind}} for kind in ("pdf", "rtf")
        ],
    }
