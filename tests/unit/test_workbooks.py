"""F-807: a workbook is read within bounds of time, memory, rows and cells, by a process of its own."""

import io
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from crf.exchange import tables, workbook
from crf.exchange.tables import Unreadable, read

pytestmark = [pytest.mark.finding("F-807"), pytest.mark.req("XFR-03")]


def saved(rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = saved([("accession", "result"), ("GL-1", 210.5)])
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(text: str) -> bytes:
    """The workbook with another sheet in place of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == SHEET else old.read(part))
    return out.getvalue()


def sheet(rows: str, dimension: str = "A1:B2") -> str:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    )


def row(number, *values) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{number}">{cells}</row>'


HEAD = row(1, "accession", "result")


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (HEAD + row(99999999999, "GL-1", "1"), "below row"),
        (HEAD + row(1048576, "GL-1", "1"), "below row"),
        (HEAD + "".join(row(number, "x", "1") for number in range(2, 10_100)), "below row"),
        (HEAD + '<row r="2">' + '<c t="s"/>' * 200_001 + "</row>", "cells"),
        (HEAD + '<row r="2"><c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row>', "more than 40 cells"),
    ],
    ids=["a row without end", "the last row there is", "many rows", "many cells", "a far column"],
)
def test_rows_and_cells_beyond_the_bounds_are_refused_at_once(rows, word):
    content, began = with_sheet(sheet(rows)), time.monotonic()
    with pytest.raises(Unreadable, match=word):
        read(content, most_rows=1000)
    assert time.monotonic() - began < 15


def test_a_declared_range_to_the_last_row_costs_nothing():
    began = time.monotonic()
    table = read(with_sheet(sheet(HEAD + row(2, "GL-1", "1"), dimension="A1:XFD1048576")), most_rows=10)
    assert table.rows == [["GL-1", "1"]] and time.monotonic() - began < 15


def test_formatted_rows_without_a_value_do_not_count():
    assert read(with_sheet(sheet(HEAD + row(2, "GL-1", "1") + '<row r="1048576"><c s="1"/></row>')), most_rows=10).rows


def test_a_damaged_compressed_stream_is_refused_with_a_sentence():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        start = archive.getinfo(SHEET).header_offset + 60
    spoilt = GOOD[:start] + bytes(byte ^ 0xFF for byte in GOOD[start : start + 40]) + GOOD[start + 40 :]
    with pytest.raises(Unreadable, match="damaged"):
        read(spoilt, most_rows=10)


def test_a_reader_that_never_ends_is_ended(monkeypatch):
    """Whatever else a file can do to the reader: the deadline holds."""
    monkeypatch.setattr(workbook, "DEADLINE", 0.01)
    with pytest.raises(Unreadable, match="too long or too much"):
        read(GOOD, most_rows=10)


def test_a_reader_is_told_nothing_of_ours(monkeypatch):
    seen = {}
    run = workbook.subprocess.run
    monkeypatch.setattr(workbook.subprocess, "run", lambda words, **more: seen.update(more) or run(words, **more))
    assert read(GOOD, most_rows=10).rows == [["GL-1", "210.5"]]
    assert set(seen["env"]) == {"PATH", "LC_ALL"}


KINDS = {
    "xlsx": GOOD,
    "csv": b"accession,result\nGL-1,210.5\n",
    "utf-16": "accession\tresult\nGL-1\t1\n".encode("utf-16"),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_was_done_to_a_file_it_is_read_or_refused_with_a_sentence(kind, data):
    """Bytes changed, cut out or put in, of every kind of file that is taken."""
    content = KINDS[kind]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 30))
        content = content[:at] + data.draw(st.binary(max_size=30)) + content[at + cut :]
    try:
        read(content, most_rows=1000)
    except Unreadable as unreadable:
        assert str(unreadable).endswith((".", "."))


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail)))
def test_any_bytes_are_read_or_refused_with_a_sentence(content):
    try:
        tables.read(content, most_rows=10)
    except Unreadable as unreadable:
        assert str(unreadable)
