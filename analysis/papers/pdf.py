"""A report as PDF/A, by typst. Fonts come with the packages and the date is the data's: same report, same bytes."""

import functools
import json
import subprocess
import sys
from pathlib import Path

import typst

from analysis.reports.document import Figure, Report, Section, Table
from crf.papers.printable import FONTS, printable, with_glyphs
from crf.spec import dates

TEMPLATE = Path(__file__).with_name("report.typ")
APART = Path(__file__).with_name("typeset_apart.py")
STANDARD = "a-2a"  # for keeping, and readable aloud: tagged, every figure with its text


def pdf(report: Report) -> bytes:
    """The report as a PDF/A-2a file."""
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"report": json.dumps(as_data(report))},
        timestamp=int(report.cut.timestamp()),
    )


def pdf_apart(report: Report) -> bytes:
    """The same, made by a process of its own: typst keeps a hundred megabytes and more until its process ends."""
    asked = {"template": str(TEMPLATE), "fonts": str(FONTS), "standard": STANDARD, "data": as_data(report)}
    asked["timestamp"] = int(report.cut.timestamp())
    made = subprocess.run(
        [sys.executable, "-P", str(APART)], input=json.dumps(asked).encode(), capture_output=True, check=True
    )
    return made.stdout


def as_data(report: Report) -> dict:
    """What the template reads: text, lists and numbers only, all of it fit to print."""
    numbers = report.numbers
    return printable(_texts_of(report)) | {
        "sections": [
            {
                "key": section.key,
                "title": printable(section.title),
                "blocks": [_block(block, section, numbers) for block in section.blocks],
            }
            for section in report.sections
        ]
    }


def _texts_of(report: Report) -> dict:
    """What the report says of itself as a whole."""
    return {
        "name": report.name,
        "title": report.title,
        "study": report.study,
        "marks": list(report.marks),
        "warning": report.warning,
        "is_unblinded": report.is_unblinded,
        "cut": {
            "year": report.cut.year,
            "month": report.cut.month,
            "day": report.cut.day,
            "text": dates.moment(report.cut),
        },
        "manifest": [list(pair) for pair in report.manifest],
    }


def _block(block: str | Table | Figure, section: Section, numbers: dict[str, str]) -> dict:
    match block:
        case Table():
            table = {
                "kind": "table",
                "key": block.key,
                "number": numbers[block.key],
                "title": block.title,
                "population": section.about(block),
                "head": list(block.head),
                "sides": list(block.sides),
                "rows": [[str(cell) for cell in row] for row in block.rows],
                "notes": list(block.notes),
            }
            if block.refs:
                table["refs"] = [list(keys) for keys in block.refs]
            return printable(table)
        case Figure():
            said = {
                "kind": "figure",
                "key": block.key,
                "number": numbers[block.key],
                "title": block.title,
                "population": section.about(block),
                "says": block.says,
                "alt": block.alt,
                "head": list(block.data.head),
                "sides": list(block.data.sides),
                "rows": [[str(cell) for cell in row] for row in block.data.rows],
            }
            return printable(said) | {"svg": with_glyphs(block.svg().decode())}
    return printable({"kind": "text", "text": block})


@functools.cache
def _fonts() -> typst.Fonts:
    """Those in the typst and matplotlib packages; what the machine has besides is not looked at."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
