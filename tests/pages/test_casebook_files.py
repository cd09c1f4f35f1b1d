"""The casebook as PDF: what stands in it, for whom, and what is written down about it."""

import hashlib
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from crf import spec
from crf import trial as served
from crf.actions import enter, envelopes, output_kinds, queries
from crf.models import AuditEntry, ExportLog, Site, Subject
from crf.papers import typeset
from crf.refusals import NotAllowed
from crf.rehearsal.typical import typical
from crf.shown import trail_risks
from tests import trial
from trialsite.database.wall import seeing

FILLED = "/subjects/JER-001/casebook.pdf?purpose=Review"
BLANK = "/study/casebook-blank.pdf"


def text_of(content: bytes) -> str:
    """What the pages say, in one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


@pytest.fixture
def get(client, db):
    """get(person, address) -> the answer."""

    def ask(person, address):
        client.force_login(trial.person(person))
        return client.get(address)

    return ask


@pytest.mark.req("BCK-04")
def test_an_outage_is_bridged_on_paper_a_code_by_its_envelope_and_what_is_entered_later_says_so(get, client):
    """Blank forms for everybody of the site; an envelope opened meanwhile is a code break of its own moment; an entry
    after the declared days is a late transcription at the data point, in the trail and on the monitor's list, from
    paper as its source says; one a day sooner is none, nor is what the machine writes."""
    for person in ("ines", "clara", "ruth", "peter"):
        assert get(person, BLANK).headers["Content-Type"] == "application/pdf"
    limit = served.SETTINGS.late_days
    form, late = trial.world.RATING, trail_risks.BY_CODE["late"]
    with seeing(Site.objects.all()):
        subject, ines = trial.subject(trial.TREATED), trial.person("ines")
        at = subject.randomised_at + timedelta(hours=2)
        given = {"reason": "Coma while the system was away", "people": [], "described": "The night nurse"}
        broken = envelopes.opened(subject=subject, at=at, by=ines, **given)
        assert (broken.kind, broken.happened_on, broken.subject) == ("envelope", subject.randomised_on, subject)
        looked = trail_risks.Looked(timezone.now().date(), timezone.now().date(), served.FORMS)
        before = looked.counts()["late"]
        entered = []
        for visit, days in ((trial.world.NEXT, limit), (trial.world.AHEAD, limit + 1)):
            answers = trial.world.given(form, visit)
            on = subject.site.today() - timedelta(days=days)
            typed = typical(served.form(form), visit, on, **answers)
            at_visit = {"subject": subject, "visit": trial.visit_of(subject, visit), "by": ines, "source": "paper"}
            entered.append(enter.save(form=served.form(form), answers=typed, **at_visit).record)
        assert looked.counts()["late"] == before + 1
        (event,) = AuditEntry.objects.filter(table=entered[1]._meta.db_table, record=entered[1].pk, operation="INSERT")
        assert event.pk in looked.events(late)
    said = f"Late transcription, {limit + 1} days after"
    for person in ("mona", "ines", "aude"):
        assert said in get(person, f"/subjects/{subject}/{trial.world.AHEAD}/{form}/").content.decode()
        assert (
            "Late transcription" not in get(person, f"/subjects/{subject}/{trial.world.NEXT}/{form}/").content.decode()
        )
        page = get(person, f"/subjects/{subject}/audit/?form={form}&record={entered[1].pk}").content.decode()
        assert f"late transcription, {limit + 1} days after" in page and "paper" in page
        page = get(person, f"/subjects/{subject}/audit/?form={form}&record={entered[0].pk}").content.decode()
        assert "late transcription" not in page
    page = get("mona", "/study/trail/review/?risk=late").content.decode()
    assert f"more than {limit} days" in page and f"late transcription, {limit + 1} days after" in page


def test_the_blank_casebook_asks_every_question_but_those_that_unblind(get):
    said = text_of(get("ruth", BLANK).content)
    open_forms = [form for form in served.FORMS if form.discloses is not spec.UNBLINDS]
    assert [form.title for form in open_forms if form.title not in said] == []
    labels = {" ".join(item.label.split()) for form in open_forms for item in form.asked.values() if not item.retired}
    assert [label for label in labels if label not in said] == []
    assert "Drug level" not in said
    assert "HAMD201" not in said


@pytest.mark.finding("F-111")
def test_the_blank_casebook_is_set_once(get, monkeypatch):
    first = get("ruth", BLANK).content
    monkeypatch.setattr(typeset.typst, "compile", lambda *_, **__: pytest.fail("set anew at a second click"))
    assert get("stefan", BLANK).content == first


def test_annotated_it_carries_the_sdtm_names(get):
    said = text_of(get("stefan", BLANK + "?annotated=1").content)
    assert "RSORRES where RSTESTCD = HAMD201" in said
    assert "AETERM" in said
    assert "CYCLOSER" not in said


@pytest.mark.parametrize("address", [BLANK, BLANK + "?annotated=1", FILLED, FILLED + "&annotated=1"])
def test_the_same_record_gives_the_same_bytes(get, address):
    assert get("dana", address).content == get("dana", address).content


def test_the_filled_casebook_shows_values_reasons_units_people_queries_and_four_facts(get):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        vitals = trial.record_of(subject, "VITALS", "W1")
        query = queries.ask(record=vitals, item="pulse", text="Was the pulse counted at rest?", by=trial.person("mona"))
        queries.answer(query=query, text="At rest, for a minute", by=trial.person("clara"))
        trial.enter.save(
            form=served.form("GLYCINE"),
            subject=trial.subject("JER-003"),
            visit=trial.visit_of(trial.subject("JER-003"), "BL"),
            by=trial.person("clara"),
            answers={"taken": "N"},
            missing={"not_taken_because": {"code": "UNK", "reason": "Nobody wrote it down"}},
        )
    said = text_of(get("dana", FILLED).content)
    for words in (
        "JER-001",
        "Jerusalem",
        "Week 2",
        "study day 15",
        "124 mmHg",
        "4 Hardly anything else",
        "Entered by Ines",
        "Was the pulse counted at rest?",
        "At rest, for a minute",
        "Complete",
        "Not verified",
        "Not signed",
        "Not locked",
        "Total, HAMD-21",
    ):
        assert words in said, words
    assert "Unknown: Nobody wrote it down" in text_of(
        get("dana", "/subjects/JER-003/casebook.pdf?purpose=Review").content
    )


def test_it_holds_the_forms_that_the_reader_may_read_and_no_other(get):
    said = text_of(get("peter", FILLED).content)
    assert "Dispensing" in said
    assert "Hamilton" not in said
    assert "Vital signs" not in said


@pytest.mark.parametrize("person", ["dana", "ines", "aude"])
def test_a_drug_level_leaves_no_trace(get, person):
    before = get(person, FILLED).content
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia")
    assert get(person, FILLED).content == before


def test_a_rater_does_not_print_what_was_rated_before(get):
    assert get("ruth", FILLED).status_code == 403


@pytest.mark.req("PRV-06")
def test_every_casebook_that_leaves_is_written_down(get):
    answer = get("mona", FILLED + "&annotated=1")
    assert answer.headers["Content-Type"] == "application/pdf"
    noted = ExportLog.objects.latest("pk")
    assert (noted.by.username, noted.what, noted.format) == ("mona", "casebook JER-001, annotated", "pdf")
    assert noted.sha256 == hashlib.sha256(answer.content).hexdigest()
    assert noted.purpose == "Review"


@pytest.mark.req("PRV-06")
def test_a_blank_casebook_is_no_export_of_data(get):
    before = ExportLog.objects.count()
    get("mona", BLANK)
    assert ExportLog.objects.count() == before


def test_text_of_the_record_is_never_markup(get):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, None, "AE", subject.site.today(), "ines", term='#read("/etc/passwd") *bold* $x$ <b> שלום')
    said = text_of(get("dana", FILLED).content)
    assert '#read("/etc/passwd") *bold* $x$ <b>' in said


def test_the_number_of_statements_does_not_grow_with_visits(client, db):
    client.force_login(trial.person("dana"))

    def count(number):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/subjects/{number}/casebook.pdf?purpose=Review").status_code == 200
        return len(caught)

    count("JER-002")  # the first page of a session writes a little more
    # One more where a form that was filled in asks after another one: the UKU after the sex.
    assert count("JER-001") == count("JER-003") + 1


@pytest.mark.finding("F-507")
@pytest.mark.req("PRV-06")
def test_what_a_casebook_is_wanted_for_is_asked_once_a_session_and_kept(client, db):
    address = "/subjects/JER-001/casebook.pdf"
    client.force_login(trial.person("dana"))
    assert "What is the casebook wanted for?" in client.get(address).content.decode()
    assert not ExportLog.objects.exists()
    client.post(address, {"reason": "Closing of the site"})
    assert client.get(address).content.startswith(b"%PDF")
    assert client.get("/subjects/JER-002/casebook.pdf").content.startswith(b"%PDF")
    assert set(ExportLog.objects.values_list("purpose", flat=True)) == {"Closing of the site"}


@pytest.mark.finding("F-911")
@pytest.mark.req("PRV-06")
def test_the_casebooks_of_a_site_come_in_one_archive_of_that_site_alone(client, db, monkeypatch):
    monkeypatch.setattr(typeset, "pdf", lambda data: b"%PDF-")  # what stands in one is told above
    client.force_login(trial.person("mona"))
    wanted = {"site": "JER", "purpose": "Monitoring visit"}
    assert "what the casebooks are wanted for" not in client.get("/outputs/casebooks/").content.decode()
    answer = client.post("/outputs/casebooks/", wanted)
    page = client.get(answer.headers["Location"]).content.decode()
    content = client.get(answer.headers["Location"] + "files/casebooks-JER.zip/").content
    with zipfile.ZipFile(BytesIO(content)) as archive, seeing(Site.objects.all()):
        numbers = Subject.everything.filter(site__code="JER").values_list("number", flat=True)
        assert set(archive.namelist()) == {f"casebook-{number}.pdf" for number in numbers}
    digest = hashlib.sha256(content).hexdigest()
    assert digest in page
    (row,) = ExportLog.objects.all()
    assert (row.what, row.purpose, row.sha256) == ("casebooks of JER", "Monitoring visit", digest)
    client.force_login(trial.person("ruth"))  # who rates has no earlier ratings in a file either
    assert client.post("/outputs/casebooks/", wanted).status_code == 403
    client.force_login(trial.person("ines"))
    assert client.post("/outputs/casebooks/", wanted | {"site": "AFU"}).status_code == 200  # no such choice
    with pytest.raises(NotAllowed):
        output_kinds.ask("casebooks", by=trial.person("ines"), purpose="x", site="AFU")
