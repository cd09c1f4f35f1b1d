"""What a statistician reads back from a workbook: numbers as numbers, days as days, and no formula."""

import dataclasses
import io
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.papers import spreadsheet
from analysis.reports.document import DataSet, Number, PValue, Section, Table
from tests import made_up

pytestmark = pytest.mark.finding("F-701")


@pytest.fixture(scope="module")
def reports():
    return {"blinded": made_up.blinded_report(), "final": made_up.final_report()}


def read_back(report, sheet) -> pd.DataFrame:
    return pd.read_excel(io.BytesIO(spreadsheet.xlsx(report)), sheet_name=sheet)


@pytest.mark.parametrize("name", ["blinded", "final"])
def test_every_number_of_the_data_sheet_reads_back_as_the_number_it_was(reports, name):
    report = reports[name]
    found = read_back(report, "data")
    columns = [column for column in report.data.frame if pd.api.types.is_numeric_dtype(report.data.frame[column])]
    assert {"day", "value", "base", "change", "percent"} <= set(columns)
    for column in columns:
        own = report.data.frame[column].astype(float)
        assert pd.api.types.is_numeric_dtype(found[column]), column
        np.testing.assert_allclose(
            found[column].to_numpy(float), own.to_numpy(), rtol=1e-15
        )  # the format has 16 digits


def test_the_change_at_week_6_of_each_arm_keeps_all_its_values(reports):
    own, found = reports["final"].data.frame, read_back(reports["final"], "data")
    week_6 = found[(found["score"] == "HAMD-21") & (found["visit"] == "W6")].groupby("arm")["change"]
    expected = own[(own["score"] == "HAMD-21") & (own["visit"] == "W6")].astype({"change": float}).groupby("arm")
    assert week_6.count().to_dict() == expected["change"].count().to_dict()
    assert week_6.mean().to_dict() == pytest.approx(expected["change"].mean().to_dict(), abs=1e-12)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (np.int64(-7), -7),
        (np.int32(-7), -7),
        (np.float32(-0.5), -0.5),
        (-7, -7),
        (Decimal("-7.25"), -7.25),
        (np.float64("nan"), None),
        (float("inf"), "inf"),
        (pd.NA, None),
        (True, "Y"),
        (np.bool_(False), "N"),
        (date(2026, 3, 9), datetime(2026, 3, 9)),
        (pd.Timestamp("2026-03-09"), datetime(2026, 3, 9)),
        (date(1899, 3, 9), "1899-03-09"),
        (12345678901234567890, "12345678901234567890"),
        ("-7", "'-7"),
        ("=1+1", "'=1+1"),
        ("plain", "plain"),
    ],
)
def test_a_cell_of_the_data_sheet_has_its_type(reports, value, cell):
    data = DataSet("d", "D", {"x": "a value"}, pd.DataFrame({"x": pd.Series([value], dtype=object)}))
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx(dataclasses.replace(reports["blinded"], data=data))))
    assert book["data"]["A2"].value == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (np.int64(-7), -7),
        (Number(-7.26, 1), -7.26),
        (PValue(0.03), 0.03),
        (Number(float("nan"), 1), "–"),
        (Number(None, 1), "–"),
        ("-7", "'-7"),
    ],
)
def test_a_cell_of_a_table_has_its_type(reports, value, cell):
    sections = (Section("s", "S", (Table("t", "T", ("a",), ((value,),)),)),)
    report = dataclasses.replace(reports["blinded"], sections=sections)
    assert openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx(report)))["t"]["A4"].value == cell


def test_a_data_set_too_long_for_a_sheet_is_named_and_not_cut(reports, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 10)
    n = len(reports["final"].data.frame)
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx(reports["final"])))
    assert [cell.value for cell in book["data"]["A"]] == [
        f"The data set has {n:,} rows: too many to look at here. They are in its CSV file."
    ]
    assert len(spreadsheet.csv(reports["final"].data, marks=()).splitlines()) == n + 1
