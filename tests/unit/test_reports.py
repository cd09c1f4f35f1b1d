"""Reports of a made-up trial: what they print, that they print it twice alike, and what a blinded one cannot hold."""

import csv
import dataclasses
import io
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pypdf
import pytest

from analysis.papers import pdf, spreadsheet
from analysis.reports import final, masking
from analysis.reports.document import DataSet, Number, PValue, Section, Table
from crf import trial
from tests import made_up


@pytest.fixture(scope="module")
def collected():
    return made_up.trial(1)


@pytest.fixture(scope="module")
def pooled():
    return made_up.blinded_report()


@pytest.fixture(scope="module")
def by_arm():
    return made_up.final_report()


@pytest.fixture(scope="module")
def files(by_arm):
    """The unblinded report in every form, made once."""
    return {
        "pdf": pdf.pdf(by_arm),
        "xlsx": spreadsheet.xlsx(by_arm),
        "csv": spreadsheet.csv(by_arm.data, marks=by_arm.marks),
    }


@pytest.fixture(scope="module")
def pages(files) -> list[str]:
    """What stands on each page of the unblinded report, read once: reading takes longer than making."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(files["pdf"])).pages]


@pytest.fixture(scope="module")
def book(files):
    """Its workbook, read once."""
    return openpyxl.load_workbook(io.BytesIO(files["xlsx"]))


def table(report, key) -> Table:
    return next(one for one in report.tables if one.key == key)


def row(found: Table, label: str) -> dict[str, str]:
    return next(dict(zip(found.head, map(str, one), strict=True)) for one in found.rows if str(one[0]) == label)


def text_of(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)


# -- what the final report prints


def test_it_prints_the_published_baseline_to_the_digit(by_arm):
    printed = row(table(by_arm, "baseline"), "HAMD-21, mean (SD)")
    assert (printed["DCS"], printed["Placebo"]) == ("25.1 (5.6)", "27.2 (4.9)")


def test_it_prints_the_three_p_values_of_seven_and_two_of_thirteen(by_arm):
    # STATISTICS 1: Pearson .0393, Fisher .0968, Boschloo .0485 with the arms in columns.
    tests = table(by_arm, "response_tests")
    printed = [row(tests, name)["p"] for name in ("Pearson, no correction", "Fisher, two-sided", "Boschloo (primary)")]
    assert printed == ["0.0393", "0.0968", "0.0485"]


def test_it_prints_the_risk_differences(by_arm):
    # STATISTICS 1: 38.46 points; Newcombe 1.98 to 63.94, Miettinen-Nurminen 1.21 to 66.79.
    found = table(by_arm, "risk_differences")
    assert row(found, "Newcombe") == {"Interval": "Newcombe", "Difference": "38.46", "Low": "1.98", "High": "63.94"}
    assert row(found, "Miettinen-Nurminen")["Low"] == "1.21"
    assert "NNTB 2.6 (NNTB 1.6 to 50.6)" in found.notes[0]


def test_it_prints_the_published_p_values_by_the_named_analyses(by_arm):
    ancova = table(by_arm, "ancova")
    assert row(ancova, "HAMD-21, last carried forward")["p"] == "0.0050"
    assert row(ancova, "BDI, last carried forward")["p"] == "0.0460"
    assert row(table(by_arm, "glycine_moderation"), "Treatment x serum glycine")["p"] == "0.0430"


def test_differences_are_active_minus_placebo_everywhere(by_arm):
    for key, column in (("ancova", "Estimate"), ("mmrm", "Difference")):
        assert all(str(cell).startswith("−") for cell in _column(table(by_arm, key), column))
    assert all(float(str(cell)) > 0 for cell in _column(table(by_arm, "risk_differences"), "Difference"))


def _column(found: Table, name: str):
    return [one[found.head.index(name)] for one in found.rows]


def test_swapping_the_arms_turns_every_difference_round(collected):
    other = made_up.arms(1).map({"DCS": "PLACEBO", "PLACEBO": "DCS"})
    as_given, turned = (
        table(final.build(collected, made_up.circumstances(), arms), "ancova") for arms in (made_up.arms(1), other)
    )
    for one, two in zip(_column(as_given, "Estimate"), _column(turned, "Estimate"), strict=True):
        assert one.value == pytest.approx(-two.value, abs=1e-9)


# -- what every report owes


def test_the_synthetic_report_says_that_it_is_no_evidence(pooled, by_arm):
    for report in (pooled, by_arm):
        assert "made to reproduce" in report.warning and "evidence" in report.warning
        assert "Synthetic data" in report.marks and "synthetic" in report.file_stem


def test_the_same_data_give_the_same_bytes(collected, files):
    again = final.build(collected, made_up.circumstances(), made_up.arms(1))
    assert pdf.pdf(again) == files["pdf"]
    assert spreadsheet.xlsx(again) == files["xlsx"]
    assert spreadsheet.csv(again.data, marks=again.marks) == files["csv"]


@pytest.mark.req("BLI-11")
def test_every_page_and_every_file_of_the_unblinded_report_says_so(by_arm, files, pages, book):
    assert "UNBLINDED" in by_arm.file_stem
    assert all("UNBLINDED" in page and "Synthetic data" in page for page in pages)
    assert all("UNBLINDED" in sheet.oddHeader.right.text for sheet in book)
    rows = csv.DictReader(io.StringIO(files["csv"].decode()))
    assert all("UNBLINDED" in one["marks"] for one in rows)


def test_the_pdf_is_for_keeping(pooled):
    file = pdf.pdf(pooled)
    assert b"pdfaid" in file and b"<pdfaid:part>2</pdfaid:part>" in file.replace(b'"', b"")
    read = pypdf.PdfReader(io.BytesIO(file))
    assert read.metadata.title == "Blinded efficacy report"
    assert read.metadata.creation_date.date() == made_up.CUT.date()


def test_the_manifest_names_data_code_and_commitment(pooled):
    named = dict(pooled.manifest)
    assert named["Commitment to the allocation list"] == "ab" * 32
    assert re.fullmatch("[0-9a-f]{64}", named["Data read, SHA-256"])
    assert "numpy" in named["Python and packages"]


def test_another_value_gives_another_data_hash(collected):
    changed = collected.scores.copy()
    changed.loc[0, "value"] += 1
    assert dataclasses.replace(collected, scores=changed).digest() != collected.digest()


def test_every_figure_says_what_is_seen_and_brings_its_numbers(pooled, by_arm):
    drawn = [block for report in (pooled, by_arm) for section in report.sections for block in section.figures]
    assert len(drawn) >= 8
    for one in drawn:
        assert one.says and one.alt and one.data.rows
        assert one.svg().startswith(b"<?xml")


@pytest.mark.finding("F-711")
def test_every_table_and_figure_has_a_number_a_title_and_a_population_and_stands_in_the_contents(
    by_arm, pooled, pages, book
):
    for report in (by_arm, pooled):
        numbers = [report.numbers[block.key] for _, block in report.numbered]
        for kind in ("Table", "Figure"):
            own = [number for number in numbers if number.startswith(kind)]
            assert own == [f"{kind} {place}" for place in range(1, len(own) + 1)]
        assert [block.key for section, block in report.numbered if not (block.title and section.about(block))] == []
    printed = " ".join("\n".join(pages).split())
    listed = [row[:2] for row in book["Contents"].iter_rows(min_row=2, values_only=True)]
    for section, block in by_arm.numbered:
        called = f"{by_arm.numbers[block.key]}. {block.title}"
        assert printed.count(" ".join(called.split())) >= 2, called  # in the contents and where it stands
        assert (by_arm.numbers[block.key], block.title) in listed
        assert f"Population: {section.about(block)}." in printed


def test_two_tables_of_one_name_are_refused(pooled):
    with pytest.raises(ValueError, match="two tables or figures called"):
        dataclasses.replace(pooled, sections=(*pooled.sections, pooled.sections[0]))


# -- the blind


def test_a_blinded_report_holds_no_arm_and_no_kit(pooled):
    said = json.dumps(pdf.as_data(pooled)["sections"]).replace('"blocks":', "") + text_of(pdf.pdf(pooled))
    said += spreadsheet.csv(pooled.data, marks=pooled.marks).decode()
    said = " ".join(said.split()).replace(trial.DESIGN, "")  # what the design compares is public; who had it is not
    for word in ("DCS", "lacebo", "PLACEBO", "kit", "Kit", "block"):
        assert word not in said.replace("DCS-TRD", ""), word
    assert "arm" not in pooled.data.columns


def test_the_rehearsal_runs_the_same_sections_with_dummy_arms(collected, by_arm):
    dummies = masking.dummy_arms(collected.randomised, seed=7)
    rehearsal = final.build(collected, made_up.circumstances(), dummies, seed=7)
    assert [section.key for section in rehearsal.sections] == [section.key for section in by_arm.sections]
    assert not rehearsal.is_unblinded and "dummies" in rehearsal.warning
    assert dict(rehearsal.manifest)["Seed of the dummy arms"] == "7"


def test_dummy_arms_halve_each_site_and_look_at_nothing_else(collected):
    dummies = masking.dummy_arms(collected.randomised, seed=3)
    assert dummies.groupby(dummies.index.str[:3]).value_counts().tolist() == [6, 6, 7, 7]
    shuffled = collected.randomised.sample(frac=1, random_state=np.random.RandomState(1))
    assert masking.dummy_arms(shuffled, seed=3).equals(dummies)


# -- what could go wrong on paper


@pytest.mark.req("SEC-13")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_text_can_be_taken_for_a_formula(start, pooled):
    nasty = f"{start}HYPERLINK(1)"
    data = DataSet("d", "D", {"text": "some text"}, pd.DataFrame({"text": [nasty]}))
    assert spreadsheet.csv(data, marks=()).decode().splitlines()[1].lstrip('"').startswith("'")
    report = dataclasses.replace(
        pooled, data=data, sections=(Section("s", "S", (Table("t", "T", ("a",), ((nasty,),)),)),)
    )
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx(report)))
    for sheet in ("t", "data"):
        cells = [str(cell.value) for line in book[sheet] for cell in line]
        assert [cell for cell in cells if "HYPERLINK" in cell] == ["'" + nasty]


def test_text_of_the_record_is_never_read_as_markup(pooled):
    nasty = "#panic() $x$ <b>bold</b> */ // @ref"
    report = dataclasses.replace(pooled, sections=(Section("s", "S", (nasty, Table("t", nasty, ("a",), ((nasty,),)))),))
    assert text_of(pdf.pdf(report)).count("#panic()") == 4  # the title of the table stands in the contents too


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [(25.08, 1, "25.1"), (-0.04, 1, "0.0"), (-6.4, 1, "−6.4"), (float("nan"), 1, "–"), (float("inf"), 0, "∞")],
)
def test_numbers_are_printed(value, places, printed):
    assert str(Number(value, places)) == printed


@pytest.mark.parametrize(("p", "printed"), [(0.03928, "0.0393"), (0.00001, "<0.0001"), (float("nan"), "–")])
def test_p_values_are_printed(p, printed):
    assert str(PValue(p)) == printed
