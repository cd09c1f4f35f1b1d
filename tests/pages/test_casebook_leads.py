"""The casebook leads with what to do, names its logs, and counts one blood sample as one form (F-410, F-414, F-415)."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from crf.chart.facts import Settled
from crf.chart.signing import parts_to_sign
from crf.chart.standing import Standing
from crf.models import Site
from crf.permissions import readable_forms
from crf.shown.casebook import Casebook
from tests import trial
from trialsite.database.wall import seeing

BOOK = "/subjects/JER-001/"


@pytest.fixture
def subject(db):
    with seeing(Site.objects.all()):
        yield trial.subject("JER-001")


def page_of(client, person: str, url: str = BOOK) -> str:
    client.force_login(trial.person(person))
    return client.get(url).content.decode()


@pytest.mark.finding("F-415")
def test_what_comes_next_and_the_emergency_stand_before_everything_else_of_the_casebook(client, subject):
    page = page_of(client, "ines")
    places = [page.index(words) for words in ("What comes next", "Break the code in an emergency", "Forms by visit")]
    assert places == sorted(places)
    assert page.index("Break the code in an emergency") < page.index('class="grid"')
    assert "Break the code" not in page_of(client, "clara")


@pytest.mark.finding("F-410")
def test_a_log_is_a_table_of_names_dates_and_seriousness_with_the_state_of_each_row(client, subject):
    on = subject.site.today()
    trial.fill(subject, None, "AE", on, "ines", row=1, term="Headache", onset="5 Nov 2026", ongoing="Y", serious="N")
    page = page_of(client, "ines")
    table = page[page.index("<caption>Adverse event") :].split("</table>")[0]
    head = re.findall(r'<th scope="col">([^<]+)</th>', table)
    assert head[:4] == ["Name", "Onset", "End", "Serious"] and head[-1] == "State"
    row = " ".join(re.sub(r"<[^>]+>", " ", table.split("<tbody>")[1]).split())
    assert row.startswith("Headache, 5 Nov 2026 5 Nov 2026 — No ")
    assert "omplete" in row
    assert not re.search(r"row \d|Adverse event \d", page)


@pytest.mark.finding("F-411")
def test_a_visit_has_one_word_for_its_state_in_the_grid_and_in_the_list(client, subject):
    page = page_of(client, "ines")
    grid, listed = page.split('class="grid"')[1].split("</thead>")[0], page.split("Took place")[1].split("</table>")[0]
    for visit in Standing.of(subject).visits:
        in_grid = re.search(rf"{visit.label}<span.*?<span>([^<]+)</span>", grid, re.DOTALL)[1]
        in_list = re.search(rf">{visit.label}</th>.*?<span>([^<]+)</span>", listed, re.DOTALL)[1]
        assert in_grid == in_list, visit.label


@pytest.mark.finding("F-414")
def test_one_blood_sample_is_one_form_on_the_page_in_every_count_and_in_print(client, subject):
    readable = readable_forms(trial.person("ines"), subject.site_id)

    def counts():
        subject.refresh_from_db()
        standing, settled = Standing.of(subject), Settled.of(subject.pk)
        book = Casebook.of(standing, readable, set())
        to_verify = [column.to_verify for column in book.columns if column.visit.code == "SCR"]
        return book.unsigned, to_verify, [len(part.new) for part in parts_to_sign(standing, settled)]

    day = trial.visit_of(subject, "SCR").occurred_on
    before = counts()
    have = trial.record_of(subject, "LAB", "SCR").row_number if counts() else 1
    for row, (analyte, result, unit) in enumerate((("CREAT", "72", "umol/L"), ("HGB", "13.8", "g/dL")), start=have + 1):
        trial.fill(subject, "SCR", "LAB", day, "ines", row=row, analyte=analyte, result=result, unit=unit)
    assert counts() == before
    client.force_login(trial.person("ines"))
    content = client.get(f"{BOOK}casebook.pdf?purpose=Review").content
    said = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
    assert said.count("LAB, 3 rows") == 1
    assert "LAB: " not in said
    for words in ("Alanine aminotransferase", "Creatinine", "Haemoglobin", "72", "13.8"):
        assert words in said


@pytest.mark.finding("F-414")
def test_one_blood_sample_is_compared_with_its_source_as_one(client, subject):
    day = trial.visit_of(subject, "SCR").occurred_on
    trial.fill(subject, "SCR", "LAB", day, "ines", row=2, analyte="HGB", result="13.8", unit="g/dL")
    address = f"{BOOK}visits/SCR/verify/"
    boxes = re.findall(r'name="record" value="([^"]+)"', page_of(client, "mona", address))
    (sample,) = (box for box in boxes if box.startswith("LAB."))
    assert len(sample.split()) == 2
    client.post(address, {"record": sample})
    assert "1 form is verified against the source" in page_of(client, "mona")
