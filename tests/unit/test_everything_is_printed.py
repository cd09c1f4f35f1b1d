"""Whatever a text holds, every PDF comes and nothing in it is cut (F-412, F-413)."""

import datetime as dt
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from analysis.papers import pdf as report_pdf
from analysis.reports.document import Report, Section, Table
from crf import trial as served
from crf.chart.standing import Standing
from crf.models import Site, Subject
from crf.papers import printed_blank, printed_casebook, typeset
from crf.papers.printable import text
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.every_trial, pytest.mark.finding("F-412"), pytest.mark.finding("F-413")]
SENTENCES = " ".join(f"Sentence {number} of the narrative." for number in range(130))  # 4,000 characters
ONE_WORD = "".join(f"{number:04}" for number in range(1000))
HOSTILE = (
    f"{SENTENCES}\n{ONE_WORD}\n{'🚀' * 40} שלום עולם مرحبا 中文 \ue000 \uf0b7 \ufdd0 \uffff \x00\x07\x1b \x7f"
    " \u202eturned\u202c \ud800 e\u0301 #*_`$@<x> \\"
)


def hostile(data):
    """The same data with the hostile text in place of every value in words."""
    match data:
        case dict():
            return {
                name: HOSTILE if name in ("value", "why", "text", "asked", "by") and value else hostile(value)
                for name, value in data.items()
            }
        case list():
            return [hostile(value) for value in data]
    return data


def casebook(annotated: bool):
    with seeing(Site.objects.all()):
        standing = Standing.of(Subject.objects.select_related("site").order_by("pk").first())
        data = printed_casebook.filled(standing, served.FORMS, annotated=annotated, is_synthetic=True)
    data["parts"] = data["parts"][:1]
    for form in data["parts"][0]["forms"]:
        form["sections"] = [section | {"items": section["items"][:2]} for section in form["sections"][:1]]
    # One of the forms will do: sixty pages say no more than six.
    data["parts"][0]["forms"] = data["parts"][0]["forms"][:1]
    data["grid"] = data["grid"] | {"rows": [], "logs": []}
    return typeset.pdf(hostile(data) | {"subtitle": HOSTILE[-60:], "notes": [HOSTILE]})


def blank():
    data = printed_blank.blank(list(served.FORMS)[:1], annotated=False, is_synthetic=False)
    return typeset.pdf(data | {"notes": [HOSTILE], "subtitle": HOSTILE[-60:]})


def report():
    rows = (("JER-001", HOSTILE), (HOSTILE[-60:], "x"))
    table = Table("listing", "Listing", ("Subject", "Event"), rows, notes=(HOSTILE,))
    return report_pdf.pdf(
        Report(
            name="any",
            title="Any report",
            study=f"Any {HOSTILE[-60:]}: study",
            sections=(Section("section", "Section", (HOSTILE, table)),),
            manifest=(("What", HOSTILE),),
            cut=dt.datetime(2026, 11, 5, tzinfo=dt.UTC),
            data=None,
            is_unblinded=True,
            is_synthetic=True,
            warning=HOSTILE,
        )
    )


KINDS = {
    "casebook": lambda: casebook(False),
    "annotated casebook": lambda: casebook(True),
    "blank casebook": blank,
    "report": report,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_comes_with_all_of_the_text_on_its_pages(kind, db):
    reader, said = PdfReader(BytesIO(KINDS[kind]())), ""
    for page in reader.pages:

        def look(words, page_to_paper, text_to_page, *_, paper=page.mediabox):
            if words.strip():
                (a, _, _, d, left, up), (*_, x, y) = page_to_paper, text_to_page
                assert 0 < left + a * x < float(paper.width), words[:80]
                assert 0 < up + d * y < float(paper.height), words[:80]

        lines = page.extract_text(visitor_text=look)
        without_leaders = re.sub(r"( \.){3,}", "", lines)
        assert max(map(len, without_leaders.splitlines()), default=0) < 160, "a line runs off the page"
        said += lines
    squeezed = re.sub(r"[\s\u200b-]+", "", said)
    pieces = [ONE_WORD[start : start + 16] for start in range(0, len(ONE_WORD), 16)]  # a page may end between two
    assert [piece for piece in pieces if piece not in squeezed] == []
    assert [number for number in range(130) if f"Sentence{number}ofthenarrative" not in squeezed] == []
    assert "[U+E000]" in squeezed
    assert "[U+1F680]" in squeezed
    assert "[U+202E]turned" in squeezed


def test_what_has_no_glyph_is_written_out_and_a_digest_stays_in_one_piece():
    assert text("a\ue000b\x07") == "a[U+E000]\u200bb[U+0007]\u200b"
    assert text("שלום Ω é • “q”") == "שלום Ω é • “q”"
    assert text("0123456789abcdef" * 4) == "0123456789abcdef" * 4
    assert text("x" * 40).replace("\u200b", "") == "x" * 40 != text("x" * 40)
