"""A whole laboratory report on one page: what is typed is kept, computed and saved, a record a test, all or nothing."""

import json
from decimal import Decimal as D

import pytest

from crf.models import RECORDS, Draft, Site
from crf.rules.laboratory import ANALYTES
from crf.shown.panel import Panel
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
WHERE = "/subjects/JER-001/W3/LAB/panel/"


@pytest.fixture
def clara(client, db):
    client.force_login(trial.person("clara"))
    return client


def look():
    return seeing(Site.objects.all())


def stored() -> dict:
    with look():
        found = RECORDS["LAB"].objects.filter(subject=trial.subject("JER-001"), visit__code="W3")
        return {record.analyte: record for record in found}


def report(**typed) -> dict[str, str]:
    with look():
        today = trial.subject("JER-001").site.today().isoformat()
    units = {f"{one.code}__unit": one.unit for one in ANALYTES}
    return units | {"drawn_on": today, "accession": "S-9"} | typed


def test_a_row_a_test_in_the_order_of_the_panel_with_limits(clara):
    page = clara.get(WHERE)
    assert [row.analyte for row in page.context["rows"]] == list(ANALYTES)
    text = page.content.decode()
    assert all(f'name="{one.code}"' in text for one in ANALYTES)
    assert page.context["rows"][0].shown["limits"]["text"] == "0 to 40"


def test_the_rows_with_a_result_are_saved_and_the_others_are_not(clara):
    answer = clara.post(WHERE, report(ALT="130", K="4.1", CREAT="0.8", CREAT__unit="mg/dL"))
    assert answer.status_code == 302, answer.context["errors"]
    records = stored()
    assert set(records) == {"ALT", "K", "CREAT"}
    assert (records["ALT"].flag, records["CREAT"].standard_result) == ("HIGH", D("70.72"))
    assert {record.accession for record in records.values()} == {"S-9"}
    assert all(record.is_complete for record in records.values())


def test_the_unit_is_the_one_last_used_at_the_site(clara):
    clara.post(WHERE, report(CREAT="0.8", CREAT__unit="mg/dL"))
    with look():
        subject = trial.subject("JER-001")
        assert Panel(subject, trial.visit_of(subject, "W6")).preset(subject.site.today())["CREAT__unit"] == "mg/dL"


@pytest.mark.req("EST-03")
def test_rows_left_blank_can_be_marked_not_done_with_one_reason(clara):
    assert clara.post(WHERE, report(ALT="24", blank="ND", blank_why="")).status_code == 422
    assert clara.post(WHERE, report(ALT="24", blank="ND", blank_why="Tube broken")).status_code == 302
    records = stored()
    assert set(records) == {one.code for one in ANALYTES}
    assert records["K"].missing == {
        "result": {"code": "ND", "reason": "Tube broken"},
        "unit": {"code": "ND", "reason": "Tube broken"},
    }
    assert all(record.is_complete for record in records.values())


@pytest.mark.req("CHK-02")
def test_one_impossible_row_keeps_all_others_out_and_everything_typed_stays(clara):
    page = clara.post(WHERE, report(ALT="24", K="high", SODIUM__low="135"))
    assert page.status_code == 422
    assert set(page.context["errors"]) == {"K", "SODIUM"}
    assert 'value="high"' in page.content.decode() and 'value="24"' in page.content.decode()
    assert stored() == {}


def test_an_empty_report_is_refused_with_a_sentence(clara):
    page = clara.post(WHERE, report())
    assert page.status_code == 409
    assert "There is no result to save" in page.content.decode()


def test_what_is_typed_is_kept_and_answered_with_what_follows_from_it(clara):
    sent = {"changes": {"ALT": "130", "K": "x", "nonsense": "1"}}
    kept = clara.post(f"{WHERE}draft/", json.dumps(sent), content_type="application/json").json()
    assert kept["computed"]["ALT__flag"] == {"code": "HIGH", "text": "▲ High"}
    assert "K" in kept["errors"]
    page = clara.get(WHERE).content.decode()
    assert 'value="130"' in page and "kept but not saved yet" in page
    with look():
        assert Draft.objects.get(form="LAB", row_number=0).answers == {"ALT": "130", "K": "x"}
    clara.post(WHERE, report(ALT="130"))
    with look():
        assert not Draft.objects.exists()


def test_a_test_that_is_on_record_is_shown_and_not_asked_again(clara):
    clara.post(WHERE, report(ALT="24"))
    page = clara.get(WHERE).content.decode()
    assert 'name="ALT"' not in page and 'name="AST"' in page
    clara.post(WHERE, report(ALT="99", AST="30"))
    assert stored()["ALT"].result == D("24")
    with look():
        assert RECORDS["LAB"].objects.filter(analyte="ALT", visit__code="W3").count() == 1


def test_a_high_result_raises_the_alert_that_a_single_row_raises(clara):
    clara.post(WHERE, report(ALT="130"))
    with look():
        assert trial.subject("JER-001").alerts.filter(kind="laboratory").count() == 1
