"""XFR-03, SEC-14: a file is told by its content, read within bounds, and refused whole with a sentence."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from crf.exchange import tables
from crf.exchange import workbook as workbook_reader
from crf.exchange.importing import rows_of
from crf.exchange.tables import Unreadable, read
from crf.rules.result_files import SPECIFICATIONS
from crf.trials.dcs_trd.result_files import GLYCINE

pytestmark = [pytest.mark.req("XFR-03"), pytest.mark.req("SEC-14")]
CSV = "Accession,result\nGL-1,210.5\nGL-2,198\n"


def rows(content: bytes, most_rows=10):
    return read(content, most_rows=most_rows).rows


def workbook(*lines, sheets=1) -> Workbook:
    book = Workbook()
    for number in range(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for line in lines:
            sheet.append(line)
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        (CSV + "\n\n").encode(),
        saved(workbook(("Accession", "result"), ("GL-1", 210.5), ("GL-2", 198))),
    ],
    ids=["lines", "Windows lines", "semicolons", "tabs", "with a mark", "UTF-16", "blank lines", "XLSX"],
)
def test_the_same_table_comes_out_of_every_format(content):
    table = read(content, most_rows=10)
    assert (table.head, table.rows, table.numbers) == (
        ["accession", "result"],
        [["GL-1", "210.5"], ["GL-2", "198"]],
        [2, 3],
    )


def test_dates_and_times_of_a_workbook_are_read_as_one_would_type_them():
    import datetime as dt

    book = workbook(("a", "b", "c"), (dt.datetime(2026, 3, 9), dt.date(2026, 3, 10), dt.time(8, 5)))
    assert rows(saved(book)) == [["2026-03-09", "2026-03-10", "08:05"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b\n", "no row below"),
        (b"a,a\n1,2\n", "name each column once"),
        (b"a,b\n1,2,3\n", "3 cells, but there are 2 columns"),
        (b"a,b\n" + b"1,2\n" * 11, "more than 10 rows"),
        (b"a,b\n=1+1,2\n", "formula"),
        (b"a,b\n@SUM(A1),2\n", "formula"),
        (b"a,b\n =1+1,2\n", "formula"),
        (b"a\n" + b"x" * 501 + b"\n", "more than 500 characters"),
        (b'a\n"open\n', "no CSV"),
        ("a\nµmol\n".encode("latin-1"), "UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8|neither"),
        (b"a\nx\x00y\n", "neither CSV nor XLSX"),
        (b"a\nx\x07y\n", "no record can hold"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "without a password"),
        (b"x" * (tables.MOST_BYTES + 1), "larger than"),
        (b"PK\x03\x04 not an archive", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        rows(content)


def test_an_archive_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("harmless.txt", "a,b")
    with pytest.raises(Unreadable, match="no Excel workbook"):
        rows(out.getvalue())


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    bomb = with_part(saved(workbook(("a",), (1,))), "xl/media/big.xml", b"0" * (workbook_reader.MOST_UNPACKED + 1))
    assert len(bomb) < tables.MOST_BYTES
    with pytest.raises(Unreadable, match="unpacks to more"):
        rows(bomb)


@pytest.mark.parametrize(
    "text",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a []><a/>'.encode("utf-16"),
    ],
)
def test_document_types_and_entities_are_refused(text):
    with pytest.raises(Unreadable, match="XML that is not taken"):
        rows(with_part(saved(workbook(("a",), (1,))), "xl/customXml.xml", text))


def test_macros_formulas_and_a_second_sheet_are_refused():
    with pytest.raises(Unreadable, match="macros"):
        rows(with_part(saved(workbook(("a",), (1,))), "xl/vbaProject.bin", b"x"))
    with pytest.raises(Unreadable, match="formula"):
        rows(saved(workbook(("a",), ("=1+1",))))
    with pytest.raises(Unreadable, match="2 sheets hold something"):
        rows(saved(workbook(("a",), (1,), sheets=2)))


@pytest.mark.req("XFR-01")
def test_columns_are_those_of_the_specification_and_no_others():
    with pytest.raises(Unreadable, match=r"Not known: remark\. Missing: unit, analysed_on"):
        rows_of(read(b"accession,subject,drawn_on,result,remark\n1,2,3,4,5\n", most_rows=9), GLYCINE)


@pytest.mark.req("XFR-01")
def test_each_cell_is_held_against_its_column():
    head = "accession,subject,drawn_on,result,unit,analysed_on"
    (row,) = rows_of(read(f"{head}\nGL-1,JER-001,9 March,high,mg/dL,\n".encode(), most_rows=9), GLYCINE)
    assert [sentence.split(":")[0].split(" is blank")[0] for sentence in row.troubles] == [
        "drawn_on",
        "result",
        "unit",
        "analysed_on",
    ]


def test_every_specification_says_its_version_and_names_each_column_once():
    for specification in SPECIFICATIONS.values():
        assert specification.version
        assert len(set(specification.names)) == len(specification.names)
