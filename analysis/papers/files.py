"""A report in the form that was asked for: name, type and bytes."""

from dataclasses import dataclass
from hashlib import sha256

from analysis.papers.pdf import pdf
from analysis.papers.spreadsheet import csv, xlsx
from analysis.reports.document import Report

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
WORDS = {"pdf": "PDF", "xlsx": "Workbook (XLSX)", "csv": "Analysis data set (CSV)"}


@dataclass(frozen=True)
class File:
    """What is handed out."""

    name: str
    type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def file(report: Report, format: str) -> File:
    """The report as pdf, xlsx or csv. KeyError for another format."""
    make = {"pdf": pdf, "xlsx": xlsx, "csv": lambda one: csv(one.data, marks=one.marks)}[format]
    return File(f"{report.file_stem}.{format}", TYPES[format], make(report))
