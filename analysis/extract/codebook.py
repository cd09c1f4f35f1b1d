"""The codebook: every variable of every data set that goes out. Page, PDF, workbook and CSV from one table."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from analysis.extract.sets import Shape
from analysis.reports.document import DataSet, Report, Section, Table
from crf import trial

HEAD = ("Variable", "In SAS", "Label", "Holds", "Unit", "Codes", "SDTM")
NAME, TITLE = "codebook", "Codebook"
ABOUT = (
    "Each data set has the same name in every format. SAS transport files know names of eight characters only: they "
    "bear the name in the column “In SAS”, which is the declared SDTM name where there is one; a text of more than 200 "
    "bytes goes on in further variables of the same name with a number. Dates are ISO 8601 in CSV and Dataset-JSON and "
    "dates of the program elsewhere; dates of which a part is unknown are text everywhere. A blank cell was not "
    "answered: the variable “missing” of each form and the data set “missing_answers” say why, where a reason was "
    "given. In CSV a text that begins with =, +, -, @ or a tab has an apostrophe before it, so that no spreadsheet "
    "takes it for a formula. Nothing that could tell the arm, or who somebody is, is in any of these files."
)
DERIVED = "Derived data set."
COLUMNS = {
    "set": "name of the data set",
    "set_in_sas": "its name in SAS",
    "title": "what the data set is",
    "variable": "name of the variable",
    "variable_in_sas": "its name in SAS",
    "label": "what it is",
    "holds": "kind of value",
    "unit": "unit of its numbers",
    "codes": "what its codes mean",
    "sdtm": "place in SDTM",
    "is_key": "Y: tells rows apart",
}


def lines(shapes: Sequence[Shape]) -> list[tuple[str, ...]]:
    """A line a variable, columns as in COLUMNS."""
    return [
        (
            shape.name,
            shape.short,
            shape.title,
            one.name,
            one.short,
            one.label,
            one.holds.value,
            one.unit,
            in_words(one.codes),
            one.origin,
            "Y" if one.name in shape.keys else "N",
        )
        for shape in shapes
        for one in shape.columns
    ]


def in_words(codes: Sequence[tuple]) -> str:
    return "; ".join(f"{code} = {label}" if str(code) != str(label) else str(code) for code, label in codes)


def as_rows(shapes: Sequence[Shape]) -> list[tuple[str, ...]]:
    """The codebook as a table of text, its head first."""
    return [tuple(COLUMNS), *lines(shapes)]


def report(shapes: Sequence[Shape], *, as_of: datetime, is_synthetic: bool, is_unblinded: bool = False) -> Report:
    """The codebook as a document: a section a data set."""
    sections = [Section("about", "How to read it", (ABOUT,))]
    for shape in shapes:
        rows = tuple(
            (one.name, one.short, one.label, one.holds.value, one.unit, in_words(one.codes), one.origin)
            for one in shape.columns
        )
        told = f"In SAS: {shape.short}. Rows are told apart by {', '.join(shape.keys)}."
        blocks = ((DERIVED,) if shape.is_derived else ()) + (told, Table(shape.name, shape.title, HEAD, rows))
        sections.append(Section(shape.name, f"{shape.name}: {shape.title}", blocks))
    frame = pd.DataFrame(lines(shapes), columns=list(COLUMNS), dtype=object)
    return Report(
        name=NAME,
        title=TITLE,
        study=f"{trial.STUDY_ID}: {trial.TITLE}",
        sections=tuple(sections),
        manifest=(("Study and protocol version", f"{trial.STUDY_ID}, {trial.PROTOCOL_VERSION}"),),
        cut=as_of,
        data=DataSet(NAME, TITLE, COLUMNS, frame),
        is_unblinded=is_unblinded,
        is_synthetic=is_synthetic,
    )
