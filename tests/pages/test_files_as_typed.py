"""Files of results are read as they were written: numbers, rows and subject numbers (F-401, F-416)."""

import io

import pytest
from openpyxl import Workbook

from crf.actions import imports
from crf.exchange.tables import read
from tests import trial
from tests.pages.test_imports import HEAD, named, outcomes, row, site, stage  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
UNREAD = ["1,250", "1.250,5", "1 250", "1'250", "١٢٥"]


def workbook(*rows) -> bytes:
    book = Workbook()
    for one in rows:
        book.active.append(one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.finding("F-401")
def test_no_file_guesses_a_mark_of_thousands(site):  # noqa: F811
    record = named("JER-001", "GL-0101")
    for text in UNREAD:
        sent = row(record, result=text).replace(",", ";") if "," not in text else ""
        cells = row(record, result="@").split(",")
        cells[HEAD.split(",").index("result")] = text
        for content in filter(
            None, (sent and f"{HEAD.replace(',', ';')}\n{sent}".encode(), workbook(HEAD.split(","), cells))
        ):
            staged = imports.stage(
                kind="glycine-results",
                site=site,
                content=content,
                by=trial.person("clara"),
                rows_stated=1,
                source_system="Central laboratory",
                name="results",
            )
            ((outcome, said),) = outcomes(staged)
            assert outcome == "REFUSED" and text in said, (text, said)
            imports.discard(staged=staged)


@pytest.mark.finding("F-416")
def test_a_row_is_called_as_a_spreadsheet_counts_it_whatever_stands_in_its_cells():
    table = read(b'a,b\r\n1,"x\r\ny\r\nz"\r\n2,w\r\n\r\n3,v\r\n', most_rows=10)
    assert table.numbers == [2, 3, 5]
    assert read(workbook(("a", "b"), (1, "x\ny\nz"), (2, "w"), (), (3, "v")), most_rows=10).numbers == [2, 3, 5]


@pytest.mark.finding("F-416")
@pytest.mark.parametrize(
    "typed", ["JER–001", "jer-001", " JER 001 ", "JER\u200b-001", "ＪＥＲ－００１", "JER — 1", "jer001"]
)
def test_a_subject_number_is_found_as_people_write_it(site, client, typed):  # noqa: F811
    record = named("JER-001", "GL-0101")
    assert outcomes(stage(site, row(record, subject=typed))) == [("NEW", "")]
    client.force_login(trial.person("ines"))
    found = client.get("/subjects/", {"q": typed})
    assert found.status_code == 302 and found.headers["Location"] == "/subjects/JER-001/"
    assert client.get("/queries/", {"subject": typed}).context["asked"]["subject"] == "JER-001"
