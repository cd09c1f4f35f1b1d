"""Thin and bad data: no subjects, an empty arm, nobody at the primary visit, zeros, no baseline, and so on.

Every report and every export comes, with words where a number cannot be.
"""

import io
import json
import math
import re
import zipfile

import pandas as pd
import pytest

from analysis.collect import oversight
from analysis.extract import archive, dataset_json, of_analysis
from analysis.extract.packing import Packed
from analysis.extract.short_names import named
from analysis.extract.spool import Spool
from analysis.papers import files
from analysis.reports import blinded, conducted, final, monitoring
from analysis.reports.document import NOTHING, PValue, Report
from analysis.reports.results import results
from crf import trial
from tests import thin
from tests.dataset_json import problems

pytestmark = pytest.mark.every_trial
NO_NUMBER = re.compile(r"(?<![A-Za-z])(nan|NaN|NaT|inf|Infinity|<NA>)(?![A-Za-z])|^None$")
DRAWN = "one site"  # the case of which every figure is drawn too: it has the most of them
#: The cases in which the blinded report has to say something of its own, and those with other cells in the export.
POOLED = ("no subjects", "nobody at the primary visit", "all zeros", "no baseline", "an interim cut")
#: Nothing was asked, entered, signed, rated or reviewed besides.
UNSEEN = oversight.Oversight(
    *(
        pd.DataFrame(columns=list(columns))
        for columns in (oversight.QUERIES, oversight.FORMS, oversight.CASEBOOKS, oversight.RATINGS, oversight.REVIEWS)
    )
)
TAKEN_OUT = ("no subjects", "one subject", "all zeros", "no baseline")


@pytest.mark.parametrize("case", thin.CASES)
def test_every_report_comes_with_words_where_a_number_cannot_be(case):
    collected = thin.CASES[case]()
    arms = thin.arms_of(case, collected)
    made = [
        *([blinded.build(collected, thin.ABOUT)] if case in POOLED else []),
        *([conducted.build(collected, UNSEEN, thin.ABOUT)] if case in POOLED else []),
        monitoring.open_report(collected, thin.ABOUT),
        monitoring.closed_report(collected, thin.ABOUT, arms),
        final.build(collected, thin.ABOUT, arms),
    ]
    for report in made:
        assert not [words for words in said(report) if NO_NUMBER.search(words)], report.name
        assert all(0 <= one.value <= 1 for one in probabilities(report))
        assert all(math.isfinite(one.value) for one in results(report))
        in_every_form(report, drawn=case == DRAWN and report.is_unblinded)
    assert in_the_flow(made[-1]) == len(collected.subjects)
    if case not in ("one site", "an interim cut"):  # nothing can be compared, so nothing is
        assert not [one for section in made[-1].sections if section.key == "primary" for one in section.tables]


def said(report: Report):
    """All that is printed: sentences, heads, notes, and every cell."""
    for section in report.sections:
        yield from (block for block in section.blocks if isinstance(block, str))
    for table in report.tables:
        yield from (table.title, *table.head, *table.notes, *(str(cell) for row in table.rows for cell in row))


def probabilities(report: Report) -> list[PValue]:
    found = [cell for table in report.tables for row in table.rows for cell in row if isinstance(cell, PValue)]
    return [one for one in found if str(one) != NOTHING]


def in_the_flow(report: Report) -> int:
    """How many were screened, as the flow of participants has it."""
    (flow,) = (section for section in report.sections if section.key == "flow")
    return next((int(row[-1]) for table in tables_of(flow) for row in table.rows), 0)


def tables_of(section):
    return [*section.tables, *(figure.data for figure in section.figures)]


def in_every_form(report: Report, *, drawn: bool) -> None:
    """The files can be made; without `drawn` those that hold no figure."""
    if not drawn:
        for format in ("xlsx", "csv", "ard", "ars"):
            content = files.file(report, format).content
            assert format != "ars" or json.loads(content, parse_constant=pytest.fail)
        return
    *each, whole = files.every(report)
    assert each[0].content.startswith(b"%PDF")
    assert set(zipfile.ZipFile(io.BytesIO(whole.content)).namelist()) >= {one.name for one in each}


@pytest.mark.parametrize("case", TAKEN_OUT)
def test_every_data_set_is_taken_out_in_every_format(case, tmp_path):
    collected = thin.CASES[case]()
    derived = list(of_analysis.derived(collected, thin.arms_of(case, collected)))
    spools = [Spool(shape, tmp_path) for shape in named([shape for shape, _ in derived])]
    for spool, (_, batch) in zip(spools, derived, strict=True):
        spool.add(batch)
        spool.close()
        assert spool.rows == batch.num_rows
    assert spools[0].rows == len(collected.subjects)
    about = dataset_json.Said(trial.STUDY_ID, "1", thin.ABOUT.cut)
    with Packed(tmp_path / "data.zip") as packed:
        archive.write_formats(tuple(archive.FORMATS), spools, packed, about, lambda *_: None)
    with zipfile.ZipFile(tmp_path / "data.zip") as kept:
        kept.extractall(tmp_path)
    for spool in spools:
        text = (tmp_path / "csv" / f"{spool.shape.name}.csv").read_text(encoding="utf-8-sig")
        assert not NO_NUMBER.search(text)
        found = json.loads((tmp_path / "json" / f"{spool.shape.name}.json").read_text(), parse_constant=pytest.fail)
        assert not problems(found) and found["records"] == spool.rows
