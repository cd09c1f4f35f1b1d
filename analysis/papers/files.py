"""A report in the form that was asked for: name, type and bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from analysis.papers.bundle import bundle
from analysis.papers.numbers import ard, ars
from analysis.papers.pdf import pdf
from analysis.papers.rtf import rtf
from analysis.papers.spreadsheet import csv, xlsx
from analysis.reports.document import Report

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "rtf": "application/rtf",
    "ard": "text/csv; charset=utf-8",
    "ars": "application/json",
    "zip": "application/zip",
}
WORDS = {
    "pdf": "PDF",
    "xlsx": "Workbook (XLSX)",
    "csv": "Analysis data set (CSV)",
    "rtf": "RTF",
    "ard": "Every number (CSV)",
    "ars": "Results (JSON, CDISC ARS)",
    "zip": "Everything (ZIP)",
}
OF_WORDS = ("pdf", "xlsx", "csv")  # the forms of what holds no results, such as a codebook
_ENDINGS = {"ard": "_ard.csv", "ars": "_ars.json"}


@dataclass(frozen=True)
class File:
    """What is handed out."""

    name: str
    type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def ending(format: str) -> str:
    """How the name of a file of that form ends."""
    return _ENDINGS.get(format, f".{format}")


def form_of(name: str) -> str:
    """The form of a file, by its name; what is no form of a report has its ending."""
    return next((one for one in _ENDINGS if name.endswith(_ENDINGS[one])), name.rpartition(".")[2])


def file(report: Report, format: str) -> File:
    """The report in one form. KeyError for another format."""
    if format == "zip":
        return next(one for one in every(report) if one.name.endswith(".zip"))
    return _named(report, format, _MAKE[format](report))


def every(report: Report) -> Iterable[File]:
    """The report in each form, one after another; the archive of all of them comes last."""
    made = []
    for format in _MAKE:
        made.append(_named(report, format, _MAKE[format](report)))
        yield made[-1]
    yield _named(report, "zip", bundle(report, {one.name: one.content for one in made}))


def _named(report: Report, format: str, content: bytes) -> File:
    return File(f"{report.file_stem}{ending(format)}", TYPES[format], content)


_MAKE = {
    "pdf": pdf,
    "xlsx": xlsx,
    "csv": lambda one: csv(one.data, marks=one.marks),
    "rtf": rtf,
    "ard": ard,
    "ars": ars,
}
