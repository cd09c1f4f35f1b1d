"""Drug levels: the safety officer has a list and an entry page; to everybody else nothing of it exists (BLI-08)."""

import json
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from crf.actions import lock
from crf.models import RECORDS, Draft, Site
from crf.rehearsal.typical import typical
from crf.trials.dcs_trd.forms.drug_level import DrugLevel
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.req("BLI-08")]


@pytest.fixture
def sofia(client, db):
    client.force_login(trial.person("sofia"))
    return client


def look():
    return seeing(Site.objects.all())


def answers(**given) -> dict[str, str]:
    with look():
        return typical(DrugLevel, None, trial.subject("JER-001").site.today(), **given)


def test_a_sample_is_wanted_then_entered(sofia):
    assert sofia.get("/").headers["Location"] == "/safety/"
    assert sofia.post("/levels/", {"number": "jer-001"}).headers["Location"] == "/levels/JER-001/1/"
    assert sofia.post("/levels/", {"number": "JER-999"}).status_code == 200
    assert sofia.post("/levels/JER-001/1/", answers(level="")).status_code == 302
    page = sofia.get("/levels/").content.decode()
    assert "Wanted" in page and "UNBLINDED" in page
    changed = answers(level="17.9") | {"version": "1"}
    assert sofia.post("/levels/JER-001/1/", changed).status_code == 302
    with look():
        assert trial.record_of(trial.subject("JER-001"), "DRUGLEVEL").level == D("17.9")
    assert "Entered" in sofia.get("/levels/").content.decode()


def test_what_cannot_be_is_refused_and_what_was_typed_stays(sofia):
    page = sofia.post("/levels/JER-001/1/", answers() | {"level": "900"})
    assert page.status_code == 422
    assert 'value="900"' in page.content.decode()
    sofia.post("/levels/JER-001/1/", answers())
    page = sofia.post("/levels/JER-001/1/", answers(level="3") | {"version": "1"})
    assert page.status_code == 422, "a saved value changes only with a reason"
    page = sofia.post("/levels/JER-001/1/", answers(level="3") | {"version": "7", "reason_words": "Typing error"})
    assert page.status_code == 409
    assert 'name="version" value="1"' in page.content.decode(), "the next save is on top of what is stored"


def test_what_is_typed_is_kept_as_a_draft_that_nobody_else_is_told_of(sofia, client):
    sent = json.dumps({"changes": {"level": "55.5"}, "version": None})
    kept = sofia.post("/levels/JER-001/1/draft/", sent, content_type="application/json").json()
    assert "DRUGLEVEL-01" in kept["warnings"]["level"][0]
    assert 'value="55.5"' in sofia.get("/levels/JER-001/1/").content.decode()
    with look():
        Draft.objects.update(kept_at=timezone.now() - timedelta(days=3))
    for person, url in (("clara", "/"), ("dana", "/drafts/"), ("clara", "/drafts/")):
        client.force_login(trial.person(person))
        assert "rug level" not in client.get(url).content.decode()


def test_rows_are_numbered_one_after_the_other_and_wrong_addresses_are_not_found(sofia):
    for wrong in ("/levels/JER-001/2/", "/levels/JER-001/0/", "/levels/XYZ-001/1/"):
        assert sofia.get(wrong).status_code == 404
    sofia.post("/levels/JER-001/1/", answers())
    assert sofia.get("/levels/JER-001/2/").status_code == 200


@pytest.mark.req("LCK-02")
def test_what_speaks_against_locking_says_nothing_of_drug_levels(db):
    with look():
        before = lock.findings()
        subject = trial.subject("JER-001")
        trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia", level="55")  # with a query
        trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia", row=2, level="")  # incomplete
        assert RECORDS["DRUGLEVEL"].objects.count() == 2
        assert lock.findings() == before
