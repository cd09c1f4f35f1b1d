"""Two pages of one form open at once, and answers hidden by a slip: nothing typed is lost (F-403, F-404)."""

import json
import re
from datetime import timedelta

import pytest

from crf import trial as served
from crf.actions import enrol, lock, visits
from crf.actions import void as voiding
from crf.models import Draft, Site
from crf.shown import entry
from crf.shown.panel import Panel
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
BDI, AE = "/subjects/JER-001/W3/BDI/", "/subjects/JER-001/LOG/AE/1/"
KEPT = {f"item_{n}": "1" for n in range(1, 11)}
NARRATIVE = "Fell on the stairs.\n" * 72


@pytest.fixture
def ines(client):
    client.force_login(trial.person("ines"))
    return client


def keep(client, url, **changes) -> dict:
    answer = client.post(f"{url}draft/", json.dumps({"changes": changes, "version": None}), "application/json")
    assert answer.status_code == 200
    return answer.json()


def bdi():
    with seeing(Site.objects.all()):
        return trial.record_of(trial.subject("JER-001"), "BDI", "W3")


def draft() -> dict:
    with seeing(Site.objects.all()):
        return Draft.objects.get(user=trial.person("ines")).answers


@pytest.mark.finding("F-403")
def test_answers_typed_on_another_page_are_saved_with_those_of_an_older_one(ines):
    """The older page leaves them blank; its script says that all of its own are kept."""
    keep(ines, BDI, **KEPT)
    keep(ines, BDI, item_11="2", item_12="2")
    answer = ines.post(BDI, {"item_11": "2", "item_12": "2", "kept": "1"}, follow=True)
    assert "Saved with what you typed on another page" in answer.content.decode()
    saved = bdi().values()
    assert {name: saved[name] for name in (*KEPT, "item_11", "item_12")} == dict.fromkeys(KEPT, 1) | {
        "item_11": 2,
        "item_12": 2,
    }


@pytest.mark.finding("F-403")
def test_where_two_pages_answer_differently_the_other_answer_stays_a_draft_and_is_compared(ines):
    keep(ines, BDI, **KEPT)
    page = ines.post(BDI, {"item_1": "3", "item_11": "2", "kept": "1"}, follow=True).content.decode()
    assert "On another page you answered differently" in page and draft() == {"item_1": "1"}
    assert [bdi().values()[name] for name in ("item_1", "item_2", "item_11")] == [3, 1, 2]
    opened = ines.get(BDI)
    typed = {line.name: line.text for line in opened.context["lines"]}
    assert typed["item_1"] == "1" and opened.context["version"] is None
    compared = ines.post(BDI, typed | {"kept": "1"})
    assert compared.status_code == 409 and [row["item"].name for row in compared.context["rows"]] == ["item_1"]


@pytest.mark.finding("F-403")
def test_a_page_without_the_script_never_throws_a_draft_away(ines):
    keep(ines, BDI, **KEPT)
    page = ines.post(BDI, {"item_11": "2"})
    assert page.status_code == 409 and "Nothing is lost and nothing is saved yet" in page.content.decode()
    assert draft() == KEPT
    rows = page.context["rows"]
    posted = {f"choose.{row['item'].name}": "theirs" for row in rows} | {"same.item_11": "2", "settled": "draft"}
    posted |= {f"theirs.{key}": text for row in rows for key, text in row["their_texts"]}
    assert ines.post(f"{BDI}settle/", posted).status_code == 302
    assert [bdi().values()[name] for name in ("item_1", "item_10", "item_11")] == [1, 1, 2]


@pytest.mark.finding("F-403")
def test_a_page_without_the_script_is_saved_where_it_answers_all_of_the_draft(ines):
    keep(ines, BDI, **KEPT)
    assert ines.post(BDI, KEPT | {"item_1": "0", "item_11": "2"}).status_code == 302
    assert bdi().values()["item_1"] == 0


@pytest.mark.finding("F-403")
def test_an_untouched_page_throws_nothing_away_that_was_typed_on_another(ines):
    keep(ines, BDI, source="esource")
    assert ines.post(BDI, {"kept": "1", "source": "esource"}).headers["Location"] != BDI
    keep(ines, BDI, **KEPT, source="esource")
    answer = ines.post(BDI, {"kept": "1", "source": "esource"}, follow=True)
    assert "What you typed on another page is here" in answer.content.decode()
    assert KEPT.items() <= draft().items()


@pytest.mark.finding("F-404")
def test_what_a_slip_hides_stays_in_the_draft_until_the_save(ines):
    event = {"term": "Fall", "serious": "Y", "narrative": NARRATIVE}
    keep(ines, AE, **event)
    said = keep(ines, AE, serious="N")
    assert "narrative" not in said["errors"]
    page = ines.get(AE)
    hidden = {line.name: line.text for line in page.context["lines"] if line.is_skipped}
    assert hidden["narrative"] == NARRATIVE and "narrative" not in page.context["errors"]
    keep(ines, AE, serious="Y")
    shown = {line.name: line.text for line in ines.get(AE).context["lines"] if not line.is_skipped}
    assert shown["narrative"] == NARRATIVE


@pytest.mark.finding("F-404")
def test_a_save_leaves_out_what_is_set_aside_and_a_refused_one_keeps_it(ines):
    keep(ines, AE, term="Fall", serious="Y", narrative=NARRATIVE)
    keep(ines, AE, serious="N")
    refused = ines.post(AE, {"term": "Fall", "serious": "N", "severity": "nonsense", "kept": "1"})
    assert refused.status_code == 422
    assert {line.name: line.text for line in refused.context["lines"]}["narrative"] == NARRATIVE
    assert ines.post(AE, {"term": "Fall", "serious": "N", "kept": "1"}).status_code == 302
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "AE")
        assert (record.serious, record.narrative) == ("N", None)
        assert not Draft.objects.filter(user=trial.person("ines")).exists()


@pytest.mark.finding("F-406")
def test_draft_and_save_agree_on_how_long_a_text_is(ines):
    """Four thousand characters as the box counts them; a browser's save sends each line break as two."""
    text = ("x" * 49 + "\n") * 80
    said = keep(ines, AE, term="Fall", serious="Y", narrative=text)
    assert "narrative" not in said["errors"]
    answer = ines.post(AE, {"term": "Fall", "serious": "Y", "narrative": text.replace("\n", "\r\n"), "kept": "1"})
    assert answer.status_code == 302, answer.context["errors"]
    longer = keep(ines, "/subjects/JER-001/LOG/AE/2/", serious="Y", narrative=text + "y" * 3000)["errors"]["narrative"]
    assert "7000 characters" in longer[0]
    assert len(draft()["narrative"]) == 7000, "what does not fit is not cut"


@pytest.mark.finding("F-416")
def test_a_page_that_is_open_when_the_casebook_is_locked_says_so_and_loses_nothing(ines):
    keep(ines, BDI, item_1="1")
    with seeing(Site.objects.all()):
        lock.lock_casebook(subject=trial.subject("JER-001"), by=trial.person("dana"), reason="Clean", despite=True)
    sent = json.dumps({"changes": {"item_2": "2"}, "version": None})
    for url in (BDI, "/subjects/JER-001/W3/LAB/panel/"):
        answer = ines.post(f"{url}draft/", sent, "application/json")
        assert answer.status_code == 423 and "frozen or locked" in answer.json()["locked"]
    with seeing(Site.objects.all()):
        kept = Draft.objects.get(form="BDI").answers
    assert {"item_1": "1", "item_2": "2"}.items() <= kept.items()
    page = ines.post(BDI, {"item_1": "1", "item_2": "2"})
    assert page.status_code == 409 and {line.name: line.text for line in page.context["lines"]}["item_2"] == "2"
    text = ines.get(BDI).content.decode()
    assert "What you typed before is kept and is not saved" in text and 'id="entry"' not in text
    assert len(ines.get(BDI).context["left_over"]) == 2


# -- what is missing is named (F-407) ----------------------------------------------------------------------------------


@pytest.mark.finding("F-407")
def test_what_is_missing_is_named_each_with_a_link_to_it(ines):
    given = {f"item_{n}": "1" for n in range(1, 22) if n not in (7, 12)}
    page = ines.post(BDI, given | {"then": "stay"}, follow=True).content.decode()
    (note,) = re.findall(r"answers are missing: (.*?)</div>", page)
    links = dict(re.findall(r'<a href="(.*?)">(.*?)</a>', note))
    record = bdi()
    lacking = record.form.unanswered(record.values(), record.missing, "W3")
    assert {"item_7", "item_12"} <= set(lacking) and len(lacking) == len(links)
    assert links == {f"{BDI}#item-{name}": record.form.items[name].label for name in lacking}
    assert all(f'id="item-{name}"' in page for name in lacking) and "data-incomplete" in page
    required = re.findall(r'data-item="(\w+)" data-required', page)
    assert set(lacking) <= set(required) <= {name for name, item in record.form.asked.items() if item.required}


# -- no false defaults (F-408) -----------------------------------------------------------------------------------------


@pytest.mark.finding("F-408")
def test_a_rating_of_another_day_is_not_preset_to_the_clock_of_now(ines):
    preset = {line.name: line.text for line in ines.get("/subjects/JER-001/W3/BDI/").context["lines"]}
    assert preset["started"] and not preset["ended"], "a rating of today begins now"
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        past = subject.site.today() - timedelta(days=9)
        trial.fill(subject, "W3", "VITALS", past, "ines")
    preset = {line.name: line.text for line in ines.get("/subjects/JER-001/W3/BDI/").context["lines"]}
    assert served.form("BDI").items["rated_on"].kind.parse(preset["rated_on"]) == past
    assert (preset["started"], preset["ended"]) == ("", "")


@pytest.mark.finding("F-408")
def test_what_belongs_to_screening_is_preset_to_the_day_on_which_it_began(ines):
    with seeing(Site.objects.all()):
        site = Site.objects.get(code="JER")
        began = site.today() - timedelta(days=40)
        subject = enrol.enrol(site=site, screened_on=began, by=trial.person("ines"))
        drawn = Panel(subject, trial.visit_of(subject, "SCR")).preset(site.today())["drawn_on"]
    assert served.form("LAB").items["drawn_on"].kind.parse(drawn) == began
    wrong = []
    for cell in served.planned_at("SCR"):
        form = served.form(cell.form)
        page = ines.get(f"/subjects/{subject.number}/SCR/{form.code}/")
        shown = {line.name: line for line in page.context["lines"]}
        if form.dated and form.items[form.dated].kind.parse(shown[form.dated].text) != began:
            wrong.append(form.code)
        wrong += [(form.code, name) for name in ("started", "ended") if name in shown and shown[name].text]
    assert not wrong


@pytest.mark.finding("F-403")
def test_a_correction_begun_before_the_form_was_voided_on_another_page_is_saved_as_a_new_form(ines):
    vitals = "/subjects/JER-001/W2/VITALS/"
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        record = trial.record_of(subject, "VITALS", "W2")
        typed = entry.typed_of(record)
    change = {"changes": {"pulse": "99"}, "version": record.version}
    assert ines.post(f"{vitals}draft/", json.dumps(change), "application/json").status_code == 200
    with seeing(Site.objects.all()):
        voiding.void(record=record, by=trial.person("clara"), reason="Of another subject")
    page = ines.get(vitals).content.decode()
    assert 'name="version" value=""' in page
    assert 'value="99"' in page
    assert ines.post(vitals, typed | {"pulse": "99", "version": ""}).status_code == 302
    with seeing(Site.objects.all()):
        assert trial.record_of(subject, "VITALS", "W2").pulse == 99


@pytest.mark.finding("F-405")
def test_what_was_typed_before_the_visit_was_called_missed_or_the_row_voided_is_shown_and_can_be_discarded(ines):
    contact = "/subjects/JER-001/D4/CONTACT/"
    keep(ines, contact, attempts="3", called_by="IN")
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        visits.miss(visit=trial.visit_of(subject, "D4"), by=trial.person("clara"), reason="On holiday")
        event = trial.fill(subject, None, "AE", subject.site.today(), "ines").record
    change = {"changes": {"term": "Very dry mouth"}, "version": event.version}
    assert ines.post(f"{AE}draft/", json.dumps(change), "application/json").status_code == 200
    with seeing(Site.objects.all()):
        voiding.void(record=event, by=trial.person("clara"), reason="Of another subject")
    for path, why, typed in ((contact, "Day 4 contact was called missed.", "IN"), (AE, "This was voided.", "Very dry")):
        page = ines.get(path).content.decode()
        assert f"{why} What you typed before is kept" in page
        assert typed in page
        assert "Discard it" in page
    assert "What you typed before" not in trial_client(ines, "clara").get(contact).content.decode()


def trial_client(client, name):
    client.force_login(trial.person(name))
    return client
