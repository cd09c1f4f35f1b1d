"""Everything in one archive: the data sets in every format, codebook, programs, and a manifest with each file's hash.

The same data give the same bytes: no clock is looked at, and nothing that differs from one export to the next.
"""

import hashlib
import json
import platform
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis.collect import datasets
from analysis.extract import book, codebook, dataset_json, delimited, of_analysis, of_forms, packages, past, programs
from analysis.extract.of_forms import FormSet
from analysis.extract.sets import Row, Shape
from analysis.extract.short_names import named
from analysis.extract.spool import Spool
from analysis.papers.pdf import pdf
from crf import spec, trial
from crf.code_digest import code_digest
from crf.exchange.cells import as_csv
from crf.exchange.trail.export import one_moment
from crf.models import Site

_MADE = (1980, 1, 1, 0, 0, 0)  # of a file in the archive: no time
_PACKED = {".parquet", ".xlsx", ".pdf"}  # as small as they get
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
    """The data sets that go out, with their short names: forms, reasons for missing answers, then derived ones."""
    forms = [of_forms.form_set(trial.form(code), with_scores=wanted.with_scores).shape for code in wanted.forms]
    return named([*forms, of_forms.REASONS, *derived])


def write(
    path: Path, wanted: Wanted, *, is_synthetic: bool, tell: Callable[[int, str], None] = lambda *_: None
) -> Made:
    """Write the archive. The caller sees the sites. `tell` is called with a percentage and what is being done."""
    if closed := [code for code in wanted.forms if not of_forms.may_leave(trial.form(code))]:
        raise datasets.Unblinding(f"{', '.join(closed)} is of a class that is not taken out.")
    with tempfile.TemporaryDirectory(prefix="ecrf-extract-") as kept:
        folder = Path(kept)
        with one_moment():
            tell(2, "reading the record")
            circumstances = datasets.circumstances()
            as_of = min(wanted.past or circumstances.cut, circumstances.cut)
            spools = _read(wanted, folder, tell)
        files = folder / "files"
        files.mkdir()
        said = dataset_json.Said(trial.STUDY_ID, code_digest()[:12], as_of)
        _write_formats(wanted, spools, files, said, tell)
        tell(92, "writing the codebook")
        _write_words(spools, files, as_of, is_synthetic=is_synthetic, wanted=wanted)
        told = _manifest(wanted, spools, files, as_of, circumstances, is_synthetic)
        (files / "manifest.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        tell(95, "packing")
        _pack(files, path)
    with open(path, "rb") as file:
        return Made(hashlib.file_digest(file, "sha256").hexdigest(), told)


# -- reading


def _read(wanted: Wanted, folder: Path, tell) -> list[Spool]:
    sets = [of_forms.form_set(trial.form(code), with_scores=wanted.with_scores) for code in wanted.forms]
    derived: list[tuple[Shape, Iterator[Row]]] = []
    # What is derived is derived of the record as it stands; of a past moment only what was entered is told.
    if wanted.with_derived and wanted.past is None:
        derived = list(of_analysis.derived(datasets.collected(), wanted.arms))
        tell(15, "reading the forms")
    shapes_in_order = shapes(wanted, [shape for shape, _ in derived])
    spools = {shape.name: Spool(shape, folder) for shape in shapes_in_order}
    for one, place, answers, record in _rows(wanted, sets):
        spools[one.shape.name].add(one.row(place, answers, record))
        for row in one.reasons_rows(place, record[0]):
            spools[of_forms.REASONS.name].add(row)
    for shape, rows in derived:
        for row in rows:
            spools[shape.name].add(row)
    for spool in spools.values():
        spool.close()
    return list(spools.values())


def _rows(wanted: Wanted, sets: Sequence[FormSet]):
    if wanted.past is None:
        return of_forms.rows_now(sets, wanted.sites)
    return past.rows_at(wanted.past, sets, wanted.sites)


# -- writing


def _write_formats(wanted: Wanted, spools: Sequence[Spool], files: Path, said, tell) -> None:
    each = {
        "csv": lambda spool, path: delimited.write_csv(spool, path),
        "parquet": lambda spool, path: delimited.write_parquet(spool, path),
        "xpt": lambda spool, path: packages.write_xpt(spool, path),
        "sav": lambda spool, path: packages.write_sav(spool, path),
        "dta": lambda spool, path: packages.write_dta(spool, path),
        "json": lambda spool, path: dataset_json.write_dataset_json(spool, path, said),
    }
    asked = [format for format in FORMATS if format in wanted.formats]
    for at, format in enumerate(asked):
        tell(20 + 70 * at // len(asked), f"writing {FORMATS[format]}")
        (files / format).mkdir()
        if format == "xlsx":
            rows = codebook.as_rows([spool.shape for spool in spools])
            book.write_xlsx(spools, files / "xlsx" / "data.xlsx", title=trial.STUDY_ID, codebook=rows)
            continue
        for spool in spools:
            name = spool.shape.short.lower() if format == "xpt" else spool.shape.name
            each[format](spool, files / format / f"{name}.{format}")


def _write_words(spools: Sequence[Spool], files: Path, as_of: datetime, *, is_synthetic: bool, wanted: Wanted) -> None:
    told = [spool.shape for spool in spools]
    document = codebook.report(told, as_of=as_of, is_synthetic=is_synthetic, is_unblinded=wanted.is_unblinded)
    (files / "codebook.pdf").write_bytes(pdf(document))
    with open(files / "codebook.csv", "w", encoding="utf-8", newline="") as file:
        head, *rows = codebook.as_rows(told)
        file.write(as_csv(head, rows))
    if "csv" in wanted.formats:
        (files / "read.R").write_text(programs.in_r(told), encoding="utf-8")
        (files / "read.py").write_text(programs.in_python(told), encoding="utf-8")
    if "xpt" in wanted.formats:
        (files / "read.sas").write_text(programs.in_sas(told), encoding="utf-8")


def _manifest(wanted: Wanted, spools: Sequence[Spool], files: Path, as_of, circumstances, is_synthetic: bool) -> dict:
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
        "files": {
            path.relative_to(files).as_posix(): {"sha256": _sha256(path), "bytes": path.stat().st_size}
            for path in _sorted(files)
        },
    }


def _left_out() -> set[str]:
    """The forms and items that are of no class that goes out: named, as the data dictionary names them, never told."""
    found = {form.code for form in trial.FORMS if not of_forms.may_leave(form)}
    for form in trial.FORMS:
        if form.code not in found:
            items = form.items.values()
            found |= {f"{form.code}.{item.name}" for item in items if form.disclosure(item) is not spec.OPEN}
    return found


def _sorted(files: Path) -> list[Path]:
    return sorted((path for path in files.rglob("*") if path.is_file()), key=lambda path: path.as_posix())


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(files: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for one in _sorted(files):
            told = zipfile.ZipInfo(one.relative_to(files).as_posix(), _MADE)
            told.compress_type = zipfile.ZIP_STORED if one.suffix in _PACKED else zipfile.ZIP_DEFLATED
            told.external_attr = 0o644 << 16
            with open(one, "rb") as source, archive.open(told, "w", force_zip64=True) as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
