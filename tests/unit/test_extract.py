"""What a statistician takes out: the same cells, labels and days in every format, read back by programs of others."""

import dataclasses
import hashlib
import io
import json
import math
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime, time, timedelta

import openpyxl
import pandas as pd
import pyarrow.parquet
import pyreadstat
import pytest
from django.core.management import CommandError, call_command

from analysis.collect.datasets import Unblinding
from analysis.extract import archive, of_forms, reading, take_out
from analysis.extract.packages import in_parts
from analysis.extract.sets import Column, Shape
from analysis.extract.short_names import named
from crf import spec
from crf import trial as served
from crf.actions import enter
from crf.models import ExportLog, Site
from crf.refusals import NotAllowed
from crf.shown import entry
from tests import trial
from tests.dataset_json import problems
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.every_trial, pytest.mark.django_db]
LONG = "Kopfdrücken, Übelkeit und Schläfrigkeit; ähnlich wie früher, " + "später nur gelegentlich über Tag, " * 12


@pytest.fixture
def sites():
    with seeing(Site.objects.all()):
        yield


def written(tmp_path, user="stefan", name="data.zip", *, with_derived=True, **asked):
    """The archive as `manage.py export` writes it: its manifest, and its files by name."""
    wanted = take_out.wanted_by(trial.person(user), **asked)
    wanted = dataclasses.replace(wanted, with_derived=wanted.with_derived and with_derived)
    made = archive.write(tmp_path / name, wanted, is_synthetic=True)
    with zipfile.ZipFile(tmp_path / name) as kept:
        kept.extractall(tmp_path / "out")
    return made, tmp_path / "out"


def typed() -> tuple[str, str]:
    """Say an adverse event in more than 200 bytes, with letters that are no ASCII: the item, and the text."""
    subject = trial.subject(trial.TREATED)
    form = served.serving(spec.Purpose.ADVERSE_EVENTS)
    item = next(one for one in form.items.values() if isinstance(one.kind, spec.Text) and one.when is None)
    text = LONG[: item.kind.max_length].strip()
    trial.fill(subject, None, form.code, subject.site.today(), "ines", **{item.name: text})
    return item.name, text


# -- the same in every format


def expected(folder, name) -> pd.DataFrame:
    """The cells as Parquet has them, with None for what is blank."""
    table = pyarrow.parquet.read_table(folder / "parquet" / f"{name}.parquet")
    return pd.DataFrame({column: table.column(column).to_pylist() for column in table.column_names}, dtype=object)


def cells(frame: pd.DataFrame) -> list[list]:
    return [[plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]


def plain(value):
    """What a cell says, whatever type a reader gives it: None, text, a number, a day or a time of day."""
    if (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or value == ""
        or (isinstance(value, float) and math.isnan(value))
    ):
        return None
    if isinstance(value, datetime):
        return value.time() if value.year in (1960, 1582) else value.date()
    if isinstance(value, timedelta):
        return (datetime.min + value).time()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return value


def rounded(rows) -> list[list]:
    """A workbook holds 16 digits of a number."""
    return [[float(f"{value:.15g}") if isinstance(value, float) else value for value in row] for row in rows]


def from_csv(path, frame):
    read = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in frame:
        known = next((value for value in frame[column] if value is not None), "")
        convert = {date: date.fromisoformat, time: time.fromisoformat, int: float, float: float}.get(type(known), str)
        read[column] = [None if text == "" else convert(text) for text in read[column]]
    return read


def from_json(path, frame):
    told = json.loads(path.read_text(encoding="utf-8"))
    assert not problems(told), path.name
    read = pd.DataFrame(told["rows"], columns=list(frame), dtype=object)
    for place, column in enumerate(told["columns"]):
        convert = {"date": date.fromisoformat, "time": time.fromisoformat}.get(column["dataType"])
        if convert:
            read.isetitem(
                place, pd.Series([None if v is None else convert(v) for v in read.iloc[:, place]], dtype=object)
            )
    return read


def joined(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Of a transport file: the pieces of long texts put together again."""
    found = {}
    for at, name in enumerate(frame.columns):
        if name in names:
            last = name
            found[name] = frame.iloc[:, at].copy()
        else:
            found[last] = [one + more for one, more in zip(found[last], frame.iloc[:, at], strict=True)]
    return pd.DataFrame(found, dtype=object)


@pytest.mark.finding("F-712")
@pytest.mark.finding("F-701")
@pytest.mark.req("INV-04")
def test_every_cell_label_and_day_is_the_same_in_every_format_of_every_data_set(sites, tmp_path, monkeypatch):
    item, text = typed()
    assert len(text.encode()) > 200
    made, folder = written(tmp_path)
    monkeypatch.setattr(reading, "SUBJECTS_AT_ONCE", 5)
    again, _ = written(tmp_path, name="again.zip")
    assert made.sha256 == again.sha256  # the same data, the same bytes
    shapes = {}
    codebook = pd.read_csv(folder / "codebook.csv", dtype=str, keep_default_na=False)
    book = openpyxl.load_workbook(folder / "xlsx" / "data.xlsx", read_only=True)
    compared = 0
    for name, told in made.manifest["data_sets"].items():
        frame = expected(folder, name)
        own = cells(frame)
        assert len(own) == told["rows"]
        columns = codebook[codebook["set"] == name]
        labels = [
            f"{label} [{unit}]" if unit else label
            for label, unit in zip(columns["label"], columns["unit"], strict=True)
        ]
        assert list(frame) == list(columns["variable"])
        # CSV, JSON, the workbook
        assert cells(from_csv(folder / "csv" / f"{name}.csv", frame)) == own, name
        assert cells(from_json(folder / "json" / f"{name}.json", frame)) == own, name
        sheet = [[plain(value) for value in row] for row in book[name[:31]].iter_rows(min_row=2, values_only=True)]
        width = len(frame.columns)
        assert rounded(row + [None] * (width - len(row)) for row in sheet) == rounded(own), name
        # the packages, with labels
        sav, about = pyreadstat.read_sav(str(folder / "sav" / f"{name}.sav"))
        assert cells(sav) == own, name
        assert about.column_labels == labels
        dta, about = pyreadstat.read_dta(str(folder / "dta" / f"{name}.dta"))
        assert cells(dta) == own, name
        assert [label.rstrip("…") for label in about.column_labels] == [
            label if len(label) <= 80 else label[:79] for label in labels
        ]
        xpt, about = pyreadstat.read_xport(str(folder / "xpt" / f"{told['in_sas'].lower()}.xpt"))
        assert cells(joined(xpt, list(columns["variable_in_sas"]))) == own, name
        assert all(len(column) <= 8 for column in xpt) and len(set(xpt)) == len(list(xpt))
        for label, said in zip(about.column_labels, labels, strict=False) if len(xpt.columns) == width else ():
            assert said.startswith(label.rstrip("…"))
        # And by readers that share no code with the writers. Days and times are bare numbers in pandas.
        bare = [at for at in range(len(dta.columns)) if not {type(row[at]) for row in own} & {date, time}]
        other = pd.read_stata(folder / "dta" / f"{name}.dta", convert_categoricals=False)
        assert cells(other.iloc[:, bare]) == [[row[at] for at in bare] for row in own], name
        if own and len(xpt.columns) == width:  # pandas has no empty transport file
            other = pd.read_sas(folder / "xpt" / f"{told['in_sas'].lower()}.xpt", encoding="utf-8")
            assert len(own) - len(other) in (0, 1)  # it may take a last row that ends in blanks for padding
            found = cells(other.iloc[:, bare].replace(16.0**-65, 0.0))  # what pandas makes of eight bytes of zero
            assert found == [[row[at] for at in bare] for row in own][: len(other)], name
        compared += len(own) * width
        shapes[name] = frame
    assert {form.code.lower() for form in served.FORMS if form.discloses is spec.OPEN} <= set(shapes)
    assert {"subjects", "visits", "analysis", "analysis_wide", "missing_answers"} <= set(shapes)
    assert compared > 3000
    assert text in list(shapes[served.code_serving(spec.Purpose.ADVERSE_EVENTS).lower()][item])
    _the_codes_have_their_labels(folder)
    _each_file_has_the_hash_of_the_manifest(made, tmp_path)
    _the_program_in_python_reads_every_data_set(made, folder)


def _the_codes_have_their_labels(folder):
    """SPSS for every coded variable, Stata for those whose codes are numbers."""
    for form in served.FORMS:
        if not of_forms.may_leave(form):
            continue
        shape, name = of_forms.form_set(form).shape, form.code.lower()
        said = {one.in_spss: dict(one.codes) for one in shape.columns if one.codes}
        _, about = pyreadstat.read_sav(str(folder / "sav" / f"{name}.sav"), metadataonly=True)
        assert {column: _plain_codes(codes) for column, codes in about.variable_value_labels.items()} == said
        numbered = {one: codes for one, codes in said.items() if isinstance(next(iter(codes)), int)}
        _, about = pyreadstat.read_dta(str(folder / "dta" / f"{name}.dta"), metadataonly=True)
        found = {column: _plain_codes(codes) for column, codes in about.variable_value_labels.items()}
        assert list(found.values()) == list(numbered.values())


def _plain_codes(codes: dict) -> dict:
    return {int(code) if isinstance(code, float) else code: label for code, label in codes.items()}


def _each_file_has_the_hash_of_the_manifest(made, tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip") as kept:
        for name, told in made.manifest["files"].items():
            content = kept.read(name)
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (told["sha256"], told["bytes"])
        assert set(kept.namelist()) == {*made.manifest["files"], "manifest.json"}


def _the_program_in_python_reads_every_data_set(made, folder):
    found = subprocess.run([sys.executable, folder / "read.py"], capture_output=True, text=True, check=True).stdout
    assert found.splitlines() == [
        f"{name}: {told['rows']} rows, {len(codebook_of(folder, name))} columns"
        for name, told in made.manifest["data_sets"].items()
    ]
    for program, names in (("read.R", set(made.manifest["data_sets"])), ("read.sas", _in_sas(made))):
        text = (folder / program).read_text()
        assert all(name in text for name in names)


def _in_sas(made) -> set[str]:
    return {f"%take({told['in_sas'].lower()})" for told in made.manifest["data_sets"].values()}


def codebook_of(folder, name) -> pd.DataFrame:
    codebook = pd.read_csv(folder / "codebook.csv", dtype=str, keep_default_na=False)
    return codebook[codebook["set"] == name]


@pytest.mark.parametrize(
    ("planted", "sentence"),
    [
        ({"rows": [["A-1", 3, "2026-02-30"]]}, "day: '2026-02-30' is no date"),
        ({"rows": [["A-1", "3", None]]}, "n: '3' is no integer"),
        ({"rows": [["A-1", 3]]}, "a row has not one cell a column"),
        ({"rows": []}, "1 records are told of, 0 are there"),
        ({"datasetJSONVersion": "1.0"}, "the version is not 1.1"),
        ({"creationDateTime": "2026-01-05"}, "creationDateTime is not of the specification"),
        ({"label": None}, "label is no text"),
    ],
)
def test_a_file_that_is_no_dataset_json_is_found(planted, sentence):
    column = {"itemOID": "IT.X.", "label": "What it is"}
    named_so = [("who", "string", {"length": 3, "keySequence": 1}), ("n", "integer", {})]
    named_so += [("day", "date", {"targetDataType": "integer"})]
    sound = {
        "datasetJSONCreationDateTime": "2026-01-05T10:00:00Z",
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": "IG.X",
        "records": 1,
        "name": "X",
        "label": "X",
        "columns": [
            {**column, "itemOID": f"IT.X.{name}", "name": name, "dataType": kind, **more}
            for name, kind, more in named_so
        ],
        "rows": [["A-1", 3, "2026-01-05"]],
    }
    assert problems(sound) == []
    assert problems(sound | planted) == [sentence]


def test_an_answer_that_is_missing_goes_out_with_its_reason(sites, tmp_path):
    subject, form = trial.subject(trial.BEGUN), served.form(trial.DEMOGRAPHY)
    record = trial.record_of(subject, form.code, served.SCREENING)
    name = next(one.name for one in form.items.values() if one.required and record.values()[one.name] is not None)
    typed = {one: text for one, text in entry.typed_of(record).items() if "__" not in one}
    enter.save(
        form=form,
        subject=subject,
        visit=record.visit,
        by=trial.person("ines"),
        answers=typed | {name: ""},
        missing={name: {"code": "UNK", "reason": "The subject does not know"}},
        version=record.version,
        reason="Asked once more",
    )
    _, folder = written(tmp_path, formats=["parquet"], with_derived=False)
    (row,) = expected(folder, "missing_answers").to_dict("records")
    assert (row["subject"], row["form"], row["item"], row["code"]) == (trial.BEGUN, form.code, name, "UNK")
    assert row["reason"] == "The subject does not know"
    own = expected(folder, form.code.lower()).set_index("subject").loc[trial.BEGUN]
    assert (own[name], own["missing"]) == (None, f"{name}=UNK")


# -- what is not in it


@pytest.mark.req("ACC-03")
def test_what_identifies_or_unblinds_is_absent_from_every_file_and_not_masked(sites, tmp_path, monkeypatch):
    """An item of either class: no file has a column of it, derived ones neither, nor its label or its answers."""
    form, rating = served.form(trial.DEMOGRAPHY), served.form(trial.world.RATING)
    for item, discloses in ((form.items["sex"], spec.IDENTIFIES), (rating.items["rated_by"], spec.UNBLINDS)):
        monkeypatch.setattr(item, "discloses", discloses)
        monkeypatch.setattr(item, "label", "A label that no other item has")
    made, folder = written(tmp_path, formats=["csv", "json", "xpt"])
    for path in (folder / "csv").iterdir():
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert "sex" not in header, path.name
        assert path.stem != rating.code.lower() or "rated_by" not in header
    assert {f"{form.code}.sex", f"{rating.code}.rated_by"} <= set(made.manifest["left_out"].split(": ")[1].split(", "))
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"A label that no other item has" not in path.read_bytes(), path.name
    closed = {one.code for one in served.FORMS if one.discloses is not spec.OPEN}
    assert not {code.lower() for code in closed} & set(made.manifest["data_sets"])
    for code in closed:
        with pytest.raises(Unblinding):
            archive.write(tmp_path / "x.zip", archive.Wanted((), (code,)), is_synthetic=True)


@pytest.mark.req("ACC-02")
@pytest.mark.req("INV-01")
def test_an_investigator_takes_out_the_own_site_alone_and_nothing_derived(sites, tmp_path):
    made, folder = written(tmp_path, "isaac", formats=["csv"])
    assert made.manifest["sites"] == [trial.SECOND]
    rows = expected_csv(folder, trial.DEMOGRAPHY.lower())
    assert set(rows["subject"]) == {trial.ELSEWHERE}
    assert not {"subjects", "analysis"} & set(made.manifest["data_sets"])
    for name in ("ruth", "adam", "rolf", "ursula", "sofia", "clara"):
        with pytest.raises(NotAllowed):
            take_out.wanted_by(trial.person(name))


def expected_csv(folder, name) -> pd.DataFrame:
    return pd.read_csv(folder / "csv" / f"{name}.csv", dtype=str, keep_default_na=False)


# -- of a past moment


@pytest.mark.req("LCK-05")
def test_a_past_moment_gives_the_rows_that_the_record_had_then(sites, tmp_path):
    subject = trial.subject(trial.TREATED)
    moment = datetime.now(UTC)
    wanted = take_out.wanted_by(trial.person("dana"), formats=["csv"])
    before = dataclasses.replace(wanted, with_derived=False)
    told: list[tuple] = []
    archive.write(tmp_path / "then.zip", before, is_synthetic=True, tell=lambda *moved: told.append(moved))
    assert len(set(told)) == len(told) > 15  # by what is read and written; nothing is told twice
    assert [percent for percent, _ in told] == sorted(percent for percent, _ in told) and told[-1][0] < 100
    trial.change(subject, trial.world.DONE[0][0], trial.world.RATING, "ines", **trial.world.ALARMING)
    trial.fill(subject, None, served.code_serving(spec.Purpose.ADVERSE_EVENTS), subject.site.today(), "ines")
    past = dataclasses.replace(wanted, past=moment)
    archive.write(tmp_path / "past.zip", past, is_synthetic=True)
    archive.write(tmp_path / "now.zip", before, is_synthetic=True)
    then, replayed, now = (data_of(tmp_path / f"{name}.zip") for name in ("then", "past", "now"))
    assert replayed == then
    assert now != then


def data_of(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as kept:
        return {name: kept.read(name) for name in kept.namelist() if name.startswith("csv/")}


def test_an_export_that_is_ended_in_the_middle_leaves_nothing(sites, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    wanted = dataclasses.replace(take_out.wanted_by(trial.person("stefan"), formats=["csv"]), with_derived=False)

    def tell(percent, doing):
        found = {path.name for path in tmp_path.iterdir()}
        if doing.startswith("writing CSV") and percent > 60:
            assert "data.zip.part" in found and len(found) == 2  # and the folder of the spools
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.write(tmp_path / "data.zip", wanted, is_synthetic=True, tell=tell)
    assert list(tmp_path.iterdir()) == []


# -- the command


@pytest.mark.req("PRV-06")
def test_the_command_writes_who_took_the_data_what_for_and_the_hash(tmp_path, capsys):
    path = tmp_path / "data.zip"
    call_command("export", str(path), by="stefan", purpose="Interim look", format=["csv"], stderr=io.StringIO())
    (row,) = ExportLog.objects.all()
    assert (row.by.username, row.what, row.purpose, row.is_unblinded) == ("stefan", "data", "Interim look", False)
    assert row.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    for asked in ({"by": "ruth", "purpose": "x"}, {"by": "stefan", "purpose": " "}, {"by": "nobody", "purpose": "x"}):
        with pytest.raises(CommandError):
            call_command("export", str(tmp_path / "no.zip"), **asked, stderr=io.StringIO())
    assert not (tmp_path / "no.zip").exists()


@pytest.mark.parametrize(
    ("name", "declared", "short"),
    [
        ("mood", "HAMD201", "HAMD201"),
        ("mood", "", "MOOD"),
        ("episode_began", "", "EPSDBGN"),
        ("may_become_pregnant", "", "MYBCMPRG"),
        ("2nd", "", "V2ND"),
    ],
)
def test_a_name_of_at_most_eight_characters(name, declared, short):
    shape = Shape("x", "X", (Column("other", "O"), Column(name, "M", declared=declared), Column("a" * 40, "A")))
    found = named([shape, Shape("x" * 20, "X", ()), Shape("x" * 21, "X", ())])
    assert found[0].columns[1].short == short
    names = [one.short for one in found[0].columns]
    assert len(set(names)) == 3 and max(map(len, names)) <= 8
    assert len({one.short for one in found}) == 3


def test_a_long_text_is_cut_into_pieces_that_make_it_again():
    pieces = in_parts(LONG.strip(), 200)
    assert "".join(pieces) == LONG.strip() and len(pieces) > 2
    assert all(len(piece.encode()) <= 200 and piece == piece.strip() for piece in pieces)
