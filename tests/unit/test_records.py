"""The records of the packages' files, for texts and numbers that no demo has, read back by others' programs."""

import io
import math
from datetime import date, time

import openpyxl
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from openpyxl.utils.escape import unescape

from analysis.extract import book, delimited, packages
from analysis.extract.sets import Column, Holds, Shape
from analysis.extract.short_names import named
from analysis.extract.spool import AT_ONCE, Spool

TEXTS = {
    "short": ["a", None, " b ", ""],
    "of_300_bytes": ["x" * 300, "ü" * 130, None, "y"],
    "of_1100_bytes": ["ab " * 366, "é" * 520, "z" * 255, None],
}
NUMBERS = [1 / 3, -0.0, None, 2.0**53 + 2, -1e-60, 1e60, 16.0, 0.1 + 0.2]
ROWS = len(NUMBERS)


def spool_of(folder, texts: dict[str, list]) -> Spool:
    """Eight rows of each kind of column."""
    kinds = dict.fromkeys(texts, Holds.TEXT)
    kinds |= {"number": Holds.NUMBER, "whole": Holds.WHOLE, "day": Holds.DATE, "at": Holds.TIME}
    columns = tuple(Column(name, name.capitalize(), kind) for name, kind in kinds.items())
    (shape,) = named([Shape("odd", "Odd values", columns)])
    days = [date(1899, 12, 31), date(1900, 2, 28), date(1900, 3, 1), None, date(2026, 2, 3)]
    values = {name: own + [None] * (ROWS - len(own)) for name, own in texts.items()}
    values |= {"number": NUMBERS, "whole": [1, None, -3, 4, 5, 6, 7, 8], "day": days + [date(2200, 1, 1)] * 3}
    values["at"] = [time(0, 0), time(23, 59), None, *[time(9, 30)] * 5]
    spool = Spool(shape, folder)
    for at in range(ROWS):  # a row at a time: the batches of the spool are its own
        spool.add(pa.record_batch({name: own[at : at + 1] for name, own in values.items()}, schema=shape.schema))
    spool.close()
    return spool


def written(write, spool, path):
    with open(path, "wb") as file:
        write(spool, file, lambda rows: None)
    return path


def same(found, expected) -> None:
    for one, other in zip(found, expected, strict=True):
        if other is None:
            assert one is None or one is pd.NaT or (isinstance(one, float) and math.isnan(one))
        else:
            assert one == other


def test_the_packages_read_every_text_and_number_as_it_is(tmp_path):
    spool = spool_of(tmp_path, TEXTS)
    sav, _ = pyreadstat.read_sav(str(written(packages.write_sav, spool, tmp_path / "odd.sav")))
    dta, _ = pyreadstat.read_dta(str(written(packages.write_dta, spool, tmp_path / "odd.dta")))
    stata = pd.read_stata(tmp_path / "odd.dta")
    xpt, _ = pyreadstat.read_xport(str(written(packages.write_xpt, spool, tmp_path / "odd.xpt")))
    sas = pd.read_sas(tmp_path / "odd.xpt", encoding="utf-8")
    whole = [1, None, -3, 4, 5, 6, 7, 8]
    for frame in (sav, dta, stata):
        for name, texts in TEXTS.items():
            assert [text.rstrip() for text in frame[name]][: len(texts)] == [(text or "").rstrip() for text in texts]
    for frame, names in ((sav, ("number", "whole")), (dta, ("number", "whole")), (stata, ("number", "whole"))):
        same(frame[names[0]], NUMBERS)
        same(frame[names[1]], whole)
    for frame in (xpt, sas):
        names = [column.short for column in spool.shape.columns]
        found = frame[names[3]].replace(16.0**-65, 0.0)  # what pandas makes of eight bytes of zero
        same(found, NUMBERS)
        same(frame[names[4]], whole)
        parts = [column for column in frame if column[:4] == names[2][:4]]
        joined = ["".join(pieces) for pieces in frame[parts].fillna("").itertuples(index=False, name=None)]
        assert [text.rstrip() for text in joined][:4] == [(text or "").rstrip() for text in TEXTS["of_1100_bytes"]]
    assert list(sav["day"][:3]) == [date(1899, 12, 31), date(1900, 2, 28), date(1900, 3, 1)] == list(xpt[names[5]][:3])


def test_a_text_that_is_longer_than_a_record_of_stata_holds_is_whole_all_the_same(tmp_path):
    long = "wörtlich " * 400
    spool = spool_of(tmp_path, {"said": [long, "b"]})
    written(packages.write_dta, spool, tmp_path / "odd.dta")
    assert list(pd.read_stata(tmp_path / "odd.dta")["said"][:2]) == [long, "b"]


def test_a_workbook_shows_letters_that_xml_does_not_hold_and_days_that_a_spreadsheet_does_not_know(tmp_path):
    odd = ["a\x01b", "_x0041_", "<&>\n", "=1+1", " c "]
    spool, file = spool_of(tmp_path, {"said": odd}), io.BytesIO()
    book.write_xlsx([spool], file, title="T", codebook=[("a", "b")], tell=lambda rows: None)
    sheet = openpyxl.load_workbook(file, read_only=True)["odd"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [unescape(row[0]) for row in rows[:5]] == ["a\x01b", "_x0041_", "<&>\n", "'=1+1", " c "]
    days = [row[3] if isinstance(row[3], str) or row[3] is None else row[3].date() for row in rows[:5]]
    assert days == ["1899-12-31", date(1900, 2, 28), date(1900, 3, 1), None, date(2026, 2, 3)]
    assert [row[4] for row in rows[:4]] == [time(0, 0), time(23, 59), None, time(9, 30)]
    assert sheet.calculate_dimension() == f"A1:E{ROWS + 1}"


def test_no_file_is_written_where_the_packages_own_writer_would_write_it_otherwise(tmp_path, monkeypatch):
    spool = spool_of(tmp_path, {"said": ["a"]})
    monkeypatch.setattr(packages.records, "MISSING_IN_SPSS", packages.records.MISSING_IN_STATA)
    with pytest.raises(packages.NotAsWritten):
        written(packages.write_sav, spool, tmp_path / "odd.sav")


def test_the_rows_of_a_spool_do_not_tell_in_which_portions_they_came(tmp_path):
    (shape,) = named([Shape("many", "Many rows", (Column("n", "N", Holds.WHOLE),))])
    files, rows = [], 2 * AT_ONCE + 1
    for portion in (7, AT_ONCE + 1):
        spool = Spool(shape, tmp_path)
        for start in range(0, rows, portion):
            spool.add(pa.record_batch({"n": range(start, min(start + portion, rows))}, schema=shape.schema))
        spool.close()
        assert spool.rows == rows and [batch.num_rows for batch in spool.batches()] == [AT_ONCE, AT_ONCE, 1]
        files.append(written(delimited.write_parquet, spool, tmp_path / "many.parquet").read_bytes())
    assert files[0] == files[1]
