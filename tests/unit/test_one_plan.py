"""One outcome has one planned analysis, wherever its p is printed; what differs from the primary says why."""

import re

import pytest

from analysis.reports.document import Number
from tests import made_up


@pytest.fixture(scope="module")
def report():
    return made_up.final_report()


def table(report, key):
    return next(one for one in report.tables if one.key == key)


def row(found, label):
    return next(dict(zip(found.head, one, strict=True)) for one in found.rows if one[0] == label)


@pytest.mark.finding("F-706")
def test_the_planned_p_of_the_bdi_is_the_same_in_every_section(report):
    planned = row(table(report, "as_published"), "BDI")["As planned, here"]
    secondary = row(table(report, "secondary"), "BDI, mixed model")
    assert planned.startswith("MMRM with Kenward-Roger:")
    assert planned.endswith(f"p = {secondary['p, nominal']}")
    assert str(Number(secondary["Estimate"].value, 1)) in planned


@pytest.mark.finding("F-707")
def test_multiple_imputation_is_there_to_be_read_beside(report):
    found = table(report, "multiple_imputation")
    assert [one[0].split(":")[0] for one in found.rows] == ["MAR", "J2R", "CR", "CIR"]
    by_means, by_draws = (
        next(one for one in table(report, key).rows if one[0].startswith("MAR"))
        for key in ("reference_based", "multiple_imputation")
    )
    assert by_draws[1].value == pytest.approx(by_means[1].value, abs=0.5)
    assert by_draws[5].value > 0 and by_draws[3].value < 26


@pytest.mark.finding("F-707")
def test_where_the_tipping_point_starts_and_why_not_at_the_primary_is_said(report):
    section = next(one for one in report.sections if one.key == "robustness")
    told = next(
        block for block in section.blocks if isinstance(block, str) and block.startswith("The primary analysis")
    )
    numbers = re.findall(r"p = (0\.\d{4})", told)
    primary = next(one for one in table(report, "sequence").rows)
    mar = next(one for one in table(report, "reference_based").rows if one[0].startswith("MAR"))
    assert numbers == [str(primary[3]), str(mar[4])]
    assert "normal distribution" in told and "slope at each visit" in told
