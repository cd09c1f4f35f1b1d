"""Everything in one archive: the data sets in every format, codebook, programs, and a manifest with each file's hash.

The same data give the same bytes: no clock is looked at, and nothing that differs from one export to the next.
"""

import hashlib
import json
import platform
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis.collect import datasets
from analysis.extract import book, codebook, dataset_json, delimited, of_forms, packages, programs, reading
from analysis.extract.packing import Packed
from analysis.extract.sets import Shape
from analysis.extract.spool import Spool
from analysis.papers.pdf import pdf_apart
from crf import spec, trial
from crf.code_digest import code_digest
from crf.exchange.cells import as_csv
from crf.exchange.trail.export import one_moment
from crf.models import Site

READ, WRITTEN = 40, 98  # per cent of the work
PACKAGES = ("pandas", "pyarrow", "pyreadstat", "XlsxWriter", "typst")
FORMATS = {
    "csv": "CSV (UTF-8, ISO dates)",
    "parquet": "Parquet",
    "xpt": "SAS transport (XPT version 5)",
    "sav": "SPSS (SAV)",
    "dta": "Stata (DTA)",
    "xlsx": "Workbook (XLSX)",
    "json": "Dataset-JSON 1.1",
}


@dataclass(frozen=True)
class Wanted:
    """What is taken out, for whom: it decides the bytes, with the data and nothing else.

    `forms` by code and `sites` by id: those that the person may read. `past`: a moment; None: as it stands now, which
    is the locked record where the study is locked.
    """

    sites: tuple[int, ...]
    forms: tuple[str, ...]
    with_scores: bool = True
    with_derived: bool = True
    formats: tuple[str, ...] = tuple(FORMATS)
    past: datetime | None = None
    arms: pd.Series | None = field(default=None, repr=False, compare=False)

    @property
    def is_unblinded(self) -> bool:
        return self.arms is not None


@dataclass(frozen=True)
class Made:
    """What was written: the archive's hash and its manifest."""

    sha256: str
    manifest: dict


def shapes(wanted: Wanted, derived: Iterable[Shape] = ()) -> list[Shape]:
    """The data sets that the person gets, with their short names: what the codebook tells."""
    return reading.shapes(reading.form_sets(wanted.forms, with_scores=wanted.with_scores), derived)


def write(
    path: Path, wanted: Wanted, *, is_synthetic: bool, tell: Callable[[int, str], None] = lambda *_: None
) -> Made:
    """Write the archive. The caller sees the sites. `tell` is called with a percentage and what is being done.

    Nothing is left at `path` where it does not come to its end.
    """
    if closed := [code for code in wanted.forms if not of_forms.may_leave(trial.form(code))]:
        raise datasets.Unblinding(f"{', '.join(closed)} is of a class that is not taken out.")
    tell = _where_it_moves(tell)
    part = path.with_name(f"{path.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="ecrf-extract-") as kept:
            told = _write(part, Path(kept), wanted, is_synthetic, tell)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    with open(path, "rb") as file:
        return Made(hashlib.file_digest(file, "sha256").hexdigest(), told)


def _where_it_moves(tell: Callable[[int, str], None]) -> Callable[[int, str], None]:
    """Told once each: whoever is told may write it down, and rows are written faster than that."""
    before: tuple[int, str] | None = None

    def told(percent: int, doing: str) -> None:
        nonlocal before
        if before != (percent, doing):
            before = percent, doing
            tell(percent, doing)

    return told


def _write(path: Path, folder: Path, wanted: Wanted, is_synthetic: bool, tell) -> dict:
    with one_moment():
        tell(1, "reading the record")
        circumstances = datasets.circumstances()
        as_of = min(wanted.past or circumstances.cut, circumstances.cut)
        spools = reading.read(wanted, folder, lambda share, doing: tell(1 + int(share * (READ - 1)), doing))
    with Packed(path) as packed:
        tell(READ, "writing the codebook")
        _write_words(spools, packed, as_of, is_synthetic=is_synthetic, wanted=wanted)
        said = dataset_json.Said(trial.STUDY_ID, code_digest()[:12], as_of)
        write_formats(wanted.formats, spools, packed, said, tell)
        told = _manifest(wanted, spools, packed, as_of, circumstances, is_synthetic)
        text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        packed.put("manifest.json", text.encode())
    return told


# -- writing


def write_formats(formats: Sequence[str], spools: Sequence[Spool], packed: Packed, said, tell) -> None:
    """Each data set in each of the formats. `tell` is called with what is done of all rows in all formats."""
    each = {
        "csv": delimited.write_csv,
        "parquet": delimited.write_parquet,
        "xpt": packages.write_xpt,
        "sav": packages.write_sav,
        "dta": packages.write_dta,
        "json": partial(dataset_json.write_dataset_json, said),
    }
    asked = [format for format in FORMATS if format in formats]
    rows = max(1, sum(spool.rows for spool in spools) * len(asked))
    done = 0
    for format in asked:

        def wrote(more: int, doing=f"writing {FORMATS[format]}") -> None:
            nonlocal done
            done += more
            tell(READ + (WRITTEN - READ) * done // rows, doing)

        wrote(0)
        if format == "xlsx":
            codes = codebook.as_rows([spool.shape for spool in spools])
            with packed.file("xlsx/data.xlsx") as file:
                book.write_xlsx(spools, file, title=trial.STUDY_ID, codebook=codes, tell=wrote)
            continue
        for spool in spools:
            name = spool.shape.short.lower() if format == "xpt" else spool.shape.name
            with packed.file(f"{format}/{name}.{format}") as file:
                each[format](spool, file, wrote)


def _write_words(spools, packed: Packed, as_of: datetime, *, is_synthetic: bool, wanted: Wanted) -> None:
    told = [spool.shape for spool in spools]
    document = codebook.report(told, as_of=as_of, is_synthetic=is_synthetic, is_unblinded=wanted.is_unblinded)
    packed.put("codebook.pdf", pdf_apart(document))
    head, *rows = codebook.as_rows(told)
    packed.put("codebook.csv", as_csv(head, rows).encode())
    if "csv" in wanted.formats:
        packed.put("read.R", programs.in_r(told).encode())
        packed.put("read.py", programs.in_python(told).encode())
    if "xpt" in wanted.formats:
        packed.put("read.sas", programs.in_sas(told).encode())


def _manifest(wanted: Wanted, spools, packed, as_of, circumstances, is_synthetic: bool) -> dict:
    marks = (["UNBLINDED"] if wanted.is_unblinded else []) + (["SYNTHETIC DATA"] if is_synthetic else [])
    return {
        "study": trial.STUDY_ID,
        "protocol_version": trial.PROTOCOL_VERSION,
        "marks": marks,
        "data_as_of": as_of.astimezone(UTC).isoformat(timespec="seconds"),
        "of": "a past moment, replayed from the audit trail" if wanted.past else "the record as it stood then",
        "locked": {"at": circumstances.locked[0].isoformat(), "sha256": circumstances.locked[1]}
        if circumstances.locked and wanted.past is None
        else None,
        "sites": sorted(Site.objects.filter(pk__in=wanted.sites).values_list("code", flat=True)),
        "left_out": "Whatever could tell the arm or identify a person: "
        + (", ".join(sorted(_left_out())) or "nothing of this trial is of these classes"),
        "data_sets": {
            spool.shape.name: {"title": spool.shape.title, "in_sas": spool.shape.short, "rows": spool.rows}
            for spool in spools
        },
        "code_sha256": code_digest(),
        "python_and_packages": [f"Python {platform.python_version()}", *(f"{one} {version(one)}" for one in PACKAGES)],
        "files": dict(sorted(packed.files.items())),
    }


def _left_out() -> set[str]:
    """The forms and items that are of no class that goes out: named, as the data dictionary names them, never told."""
    found = {form.code for form in trial.FORMS if not of_forms.may_leave(form)}
    for form in trial.FORMS:
        if form.code not in found:
            items = form.items.values()
            found |= {f"{form.code}.{item.name}" for item in items if form.disclosure(item) is not spec.OPEN}
    return found
