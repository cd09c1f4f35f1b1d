"""Privacy on the entry pages: cautions about names and doubles, and what follows when consent is withdrawn."""

import json

import pytest

from crf.actions import queries, randomise, visits
from crf.models import CheckFiring, Draft, Site, Subject
from crf.refusals import NotEligible, NotYet, Refusal
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
AE = "/subjects/JER-001/LOG/AE/1/"
DEMOG = "/subjects/JER-002/SCR/DEMOG/"
NAMED = "Her sister Miriam Azoulay called from 052-1234567"


@pytest.fixture
def world():
    with seeing(Site.objects.all()):
        yield


def keep(client, url: str, **changes) -> dict:
    answer = client.post(
        f"{url}draft/", json.dumps({"changes": changes, "version": None}), content_type="application/json"
    )
    assert answer.status_code == 200
    return answer.json()


# -- free text that looks like a person


@pytest.mark.req("PRV-03")
def test_it_is_said_while_one_types(client):
    client.force_login(trial.person("ines"))
    said = " ".join(keep(client, AE, term=NAMED)["warnings"]["term"])
    assert "person's name" in said and "telephone" in said
    assert "term" not in keep(client, AE, term="Headache")["warnings"]


@pytest.mark.req("PRV-03")
def test_it_is_said_on_saving_and_does_not_refuse(client):
    client.force_login(trial.person("ines"))
    answer = client.post(AE, {"term": NAMED, "then": "stay"}, follow=True)
    page = answer.content.decode()
    assert "looks like a person" in page.replace("&#x27;", "'")
    with seeing(Site.objects.all()):
        assert trial.record_of(trial.subject("JER-001"), "AE").term == NAMED


@pytest.mark.req("PRV-03")
def test_a_reason_for_a_missing_answer_is_free_text_too(client):
    client.force_login(trial.person("ines"))
    said = keep(client, "/subjects/JER-001/W3/VITALS/", pulse__missing="ND", pulse__why="ask dana.levi@example.org")
    assert "e-mail" in " ".join(said["warnings"]["pulse"])


@pytest.mark.req("PRV-03")
def test_the_name_is_not_kept_beside_the_record_once_it_is_taken_out(client):
    client.force_login(trial.person("ines"))
    keep(client, AE, term=NAMED)
    client.post(AE, {"term": "Headache", "then": "stay"})
    with seeing(Site.objects.all()):
        assert not Draft.objects.exists()
        assert not CheckFiring.objects.filter(first_answer__contains="Miriam").exists()


# -- perhaps one person twice


def test_the_same_sex_year_and_site_is_pointed_out(client, world):
    theirs = trial.record_of(trial.subject("JER-003"), "DEMOG", "SCR")
    client.force_login(trial.person("ines"))
    said = keep(client, DEMOG, sex=theirs.sex, birth_year=str(theirs.birth_year))["warnings"]
    assert "JER-003" in said["birth_year"][-1]
    other = keep(client, DEMOG, birth_year=str(theirs.birth_year - 30))["warnings"]
    assert "JER-003" not in " ".join(other.get("birth_year", []))


def test_it_never_refuses(client, world):
    from crf.actions import enrol

    theirs = trial.record_of(trial.subject("JER-003"), "DEMOG", "SCR")
    new = enrol.enrol(site=theirs.site, screened_on=theirs.site.today(), by=trial.person("ines"))
    client.force_login(trial.person("ines"))
    answer = client.post(
        f"/subjects/{new}/SCR/DEMOG/",
        follow=True,
        data={"sex": theirs.sex, "birth_year": str(theirs.birth_year), "then": "stay"},
    )
    assert "The same sex and year of birth at this site: JER-003" in answer.content.decode()
    with seeing(Site.objects.all()):
        assert trial.record_of(new, "DEMOG", "SCR").birth_year == theirs.birth_year


def test_the_other_site_is_not_looked_at(client, world):
    afula = trial.record_of(trial.subject("AFU-001"), "DEMOG", "SCR")
    client.force_login(trial.person("ines"))
    said = keep(client, DEMOG, sex=afula.sex, birth_year=str(afula.birth_year))["warnings"]
    assert "AFU-001" not in " ".join(said.get("birth_year", []))


def test_a_rescreening_is_no_double_of_the_first(world):
    from crf.actions import enrol
    from crf.shown.cautions import likely_the_same

    first = trial.subject("JER-004")
    again = enrol.enrol(site=first.site, screened_on=first.site.today(), by=trial.person("ines"), rescreen_of=first)
    trial.fill(again, "SCR", "DEMOG", first.site.today(), "ines", birth_year="1950", sex="M")
    assert likely_the_same(first, {"sex": "M", "birth_year": 1950}) == []
    assert likely_the_same(trial.subject("JER-003"), {"sex": "M", "birth_year": 1950}) == [again.number]


# -- consent withdrawn


@pytest.fixture
def withdrawn(world) -> Subject:
    subject = trial.subject("JER-001")
    today = subject.site.today()
    trial.fill(
        subject,
        None,
        "EOS",
        today,
        "ines",
        reason="WITHDRAWAL BY SUBJECT",
        consent_withdrawn="Y",
        consent_withdrawn_on=today.isoformat(),
        details="Wants no more visits",
    )
    return trial.subject("JER-001")


@pytest.mark.req("PRV-04")
def test_the_subject_is_marked(client, withdrawn):
    assert withdrawn.consent_withdrawn_on == withdrawn.site.today()
    client.force_login(trial.person("mona"))
    for url in ("/subjects/JER-001/", "/subjects/"):
        assert "Consent withdrawn" in client.get(url).content.decode()


@pytest.mark.req("PRV-04")
def test_what_was_collected_stays_and_can_be_corrected(withdrawn):
    from crf import trial as served
    from crf.actions import enter
    from crf.shown import entry

    record = trial.record_of(withdrawn, "VITALS", "W2")
    typed = {name: text for name, text in entry.typed_of(record).items() if text} | {"pulse": "91"}
    saved = enter.save(
        form=served.form("VITALS"),
        subject=withdrawn,
        visit=record.visit,
        by=trial.person("ines"),
        answers=typed,
        version=record.version,
        reason="Typing error",
    )
    assert saved.record.pulse == 91
    assert queries.ask(record=saved.record, item="pulse", text="Is this right?", by=trial.person("mona")).pk


@pytest.mark.req("PRV-04")
@pytest.mark.parametrize(("form", "visit"), [("VITALS", "W3"), ("BDI", "W3"), ("HAMD", "W3"), ("EOT", None)])
def test_nothing_new_is_begun(withdrawn, client, form, visit):
    with pytest.raises(NotYet, match="withdrew consent"):
        trial.fill(withdrawn, visit, form, withdrawn.site.today(), "ines")
    client.force_login(trial.person("ines"))
    for further in ("", "not-done/") if visit else ("",):
        told = client.post(f"/subjects/{withdrawn}/{visit or 'LOG'}/{form}/{further}", {"source": "esource"})
        assert told.status_code in (403, 409) and (
            told.status_code == 403 or "withdrew consent" in told.content.decode()
        )


@pytest.mark.req("PRV-04")
@pytest.mark.parametrize("form", ["AE", "DEVIATION"])
def test_harm_and_departures_are_still_entered(withdrawn, form):
    from crf.models import RECORDS

    row = RECORDS[form].objects.filter(subject=withdrawn).count() + 1
    from crf import trial as served
    from crf.actions import enter
    from crf.rehearsal.typical import typical

    declared = served.form(form)
    saved = enter.save(
        form=declared,
        subject=withdrawn,
        visit=None,
        by=trial.person("ines"),
        row=row,
        answers=typical(declared, None, withdrawn.site.today()),
    )
    assert saved.record.pk


@pytest.mark.req("PRV-04")
def test_no_visit_begins_and_nobody_is_randomised(withdrawn):
    with pytest.raises(Refusal, match="withdrew consent"):
        visits.begin_unplanned(subject=withdrawn, code="UNS", by=trial.person("ines"))
    ready = trial.subject("JER-002")
    trial.fill(
        ready,
        None,
        "EOS",
        ready.site.today(),
        "ines",
        reason="WITHDRAWAL BY SUBJECT",
        consent_withdrawn="Y",
        consent_withdrawn_on=ready.site.today().isoformat(),
    )
    with pytest.raises(NotEligible, match="withdrew consent"):
        randomise.randomise(subject=ready, by=trial.person("ines"))


@pytest.mark.req("PRV-04")
def test_the_page_offers_no_new_form_and_refuses_one_that_was_open(client, withdrawn):
    client.force_login(trial.person("ines"))
    assert 'id="entry"' not in client.get("/subjects/JER-001/W3/BDI/").content.decode()
    answer = client.post("/subjects/JER-001/W3/VITALS/", {"pulse": "70"})
    assert answer.status_code == 409


@pytest.mark.req("PRV-04")
def test_a_withdrawal_that_was_a_typing_error_is_taken_back(withdrawn):
    from crf import trial as served
    from crf.actions import enter
    from crf.shown import entry

    record = trial.record_of(withdrawn, "EOS")
    typed = {name: text for name, text in entry.typed_of(record).items() if text}
    typed |= {"consent_withdrawn": "N", "consent_withdrawn_on": ""}
    enter.save(
        form=served.form("EOS"),
        subject=withdrawn,
        visit=None,
        by=trial.person("ines"),
        answers=typed,
        version=record.version,
        reason="Typing error",
    )
    assert trial.subject("JER-001").consent_withdrawn_on is None
