"""What people do on the pages, one question at a time; a refusal keeps what was typed and says what comes first."""

import re
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analysis.collect import datasets
from crf.actions import accounts, enter
from crf.actions import randomise as randomising
from crf.actions.act import act
from crf.models import Alert, Query, Site, StudyLock, Subject, Visit
from crf.shown import entry
from tests import trial
from trialsite.database.wall import seeing


def sign_in(client, username: str, *, fresh: bool = True):
    """Signed in; `fresh`: the person has just shown again who it is."""
    person = trial.person(username)
    client.force_login(person)
    if fresh:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
    return client


def text_of(response) -> str:
    """The words of the page, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def fetch(number: str) -> Subject:
    with seeing(Site.objects.all()):
        return trial.subject(number)


# -- screening


def test_a_new_subject_gets_the_next_number_of_the_site(client, db):
    site = Site.objects.get(code="JER")
    response = sign_in(client, "clara").post("/subjects/enrol/", {"site": site.pk, "screened_on": str(site.today())})
    assert response.headers["Location"] == "/subjects/JER-005/"
    assert fetch("JER-005").screened_on == site.today()


@pytest.mark.finding("F-408")
@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"]
)  # at any hour one of them has not UTC's day
def test_the_day_of_screening_that_is_set_already_is_the_sites(client, db, zone):
    with act(by="system:tests"):
        Site.objects.filter(code="JER").update(timezone=zone)
    form = sign_in(client, "clara").get("/subjects/enrol/").context["form"]
    assert form["screened_on"].initial == Site.objects.get(code="JER").today()


def test_a_screening_date_in_the_future_is_refused_and_stays_on_the_page(client, db):
    site = Site.objects.get(code="JER")
    tomorrow = str(site.today() + timedelta(days=1))
    response = sign_in(client, "clara").post("/subjects/enrol/", {"site": site.pk, "screened_on": tomorrow})
    assert response.status_code == 409
    assert "The screening date is in the future." in text_of(response)
    assert tomorrow in response.content.decode()


def test_nobody_enrols_at_another_site(client, db):
    afula = Site.objects.get(code="AFU")
    response = sign_in(client, "clara").post("/subjects/enrol/", {"site": afula.pk, "screened_on": str(afula.today())})
    assert response.status_code == 200
    assert "not one of the available choices" in text_of(response)


def test_a_screen_failure_is_kept_with_its_reasons(client, db):
    answers = {"criteria": ["E1 Any seizure ever"], "other": "Moved"}
    sign_in(client, "ines").post("/subjects/JER-003/screen-failure/", answers)
    failed = fetch("JER-003")
    assert failed.screen_failure_reasons == ["Not met: E1 Any seizure ever", "Moved"]
    assert "E1 Any seizure ever" in text_of(client.get("/subjects/JER-003/"))


def test_a_screen_failure_without_a_reason_is_refused(client, db):
    response = sign_in(client, "ines").post("/subjects/JER-003/screen-failure/", {})
    assert response.status_code == 409
    assert "Say why the subject fails screening" in text_of(response)


# -- attesting and randomising


def test_attesting_wants_fresh_authentication(client, db):
    response = sign_in(client, "ines", fresh=False).get("/subjects/JER-002/attest/")
    assert response.headers["Location"].startswith("/accounts/reauthenticate/")


def test_attesting_is_no_button_while_something_is_missing(client, db):
    page = text_of(sign_in(client, "ines").get("/subjects/JER-003/attest/"))
    assert "Eligibility cannot be attested yet." in page
    assert "I attest that" not in page


@pytest.mark.req("RND-03")
def test_randomising_twice_gives_one_kit(client, db):
    sign_in(client, "ines")
    first, second = (client.post("/subjects/JER-002/randomise/") for _ in range(2))
    kit = fetch("JER-002").kit
    assert (first.status_code, second.status_code) == (302, 302)
    page = text_of(client.get("/subjects/JER-002/randomise/"))
    assert kit in page
    assert "Randomise JER-002?" not in page


def test_randomising_too_early_is_refused_with_what_is_missing(client, db):
    response = sign_in(client, "ines").post("/subjects/JER-003/randomise/")
    assert response.status_code == 409
    assert "The investigator has not attested eligibility." in text_of(response)


# -- visits


def test_a_missed_visit_has_its_reason(client, db):
    sign_in(client, "clara").post("/subjects/JER-001/visits/D4/missed/", {"reason": "Not reached by telephone"})
    with seeing(Site.objects.all()):
        assert trial.visit_of(trial.subject("JER-001"), "D4").missed_reason == "Not reached by telephone"


@pytest.mark.finding("F-417")
def test_why_a_visit_was_missed_is_a_code_of_a_list_and_words_where_it_is_another(client, db):
    desk, url = sign_in(client, "clara"), "/subjects/JER-001/visits/D4/missed/"
    for answers in ({}, {"because": "OTHER"}, {"because": "NONSENSE"}, {"because": "OTHER", "reason": "\u200b"}):
        page = desk.post(url, answers)
        assert page.status_code == 200 and page.context["form"].errors, answers
    assert desk.post(url, {"because": "UNREACHED", "reason": "Three calls"}).status_code == 302
    with seeing(Site.objects.all()):
        visit = trial.visit_of(trial.subject("JER-001"), "D4")
        assert (visit.missed_because, visit.missed_reason) == (
            "UNREACHED",
            "The subject could not be reached: Three calls",
        )
        frame = datasets.collected().visits
        assert list(frame.loc[frame["state"] == "missed", "missed_because"]) == ["UNREACHED"]
        with pytest.raises(IntegrityError), transaction.atomic(), act(by="system:tests"):
            Visit.objects.filter(pk=visit.pk).update(missed_because="")


def test_a_visit_that_can_still_take_place_is_not_missed(client, db):
    response = sign_in(client, "clara").post("/subjects/JER-001/visits/W6/missed/", {"reason": "Away"})
    assert response.status_code == 409
    assert "can still take place" in text_of(response)


def test_a_visit_with_open_forms_is_not_complete(client, db):
    page = text_of(sign_in(client, "clara").get("/subjects/JER-001/visits/W1/complete/"))
    assert "These forms come first:" in page
    assert client.post("/subjects/JER-001/visits/W1/complete/").status_code == 409


def test_an_unscheduled_visit_is_added_and_found_in_the_casebook(client, db):
    sign_in(client, "clara")
    for page in ("/subjects/JER-001/visits/new/", "/subjects/JER-001/visits/new/?another"):
        assert client.post(page, {"code": "UNS"}).status_code == 302
    assert "/subjects/JER-001/UNS-2/HAMD/" in client.get(
        "/subjects/JER-001/"
    ).content.decode() or "Unscheduled 2" in text_of(client.get("/subjects/JER-001/"))


# -- queries and alerts


def state_of(pk: int) -> str:
    with seeing(Site.objects.all()):
        return Query.objects.get(pk=pk).state


def test_a_query_goes_from_the_monitor_to_the_site_and_back(client, everything):
    url = f"/queries/{everything.query}/"
    sign_in(client, "clara").post(url, {"deed": "answer", "text": "Confirmed with the source"})
    assert state_of(everything.query) == "answered"
    sign_in(client, "mona").post(url, {"deed": "reopen"})
    assert state_of(everything.query) == "open"
    client.post(url, {"deed": "close"})
    assert state_of(everything.query) == "closed"


def test_the_site_does_not_close_its_own_query(client, everything):
    response = sign_in(client, "clara").post(f"/queries/{everything.query}/", {"deed": "close"})
    assert response.status_code == 403
    assert state_of(everything.query) == "open"


def test_an_unknown_deed_on_a_query_is_not_found(client, everything):
    assert sign_in(client, "mona").post(f"/queries/{everything.query}/", {"deed": "burn"}).status_code == 404


def test_a_monitor_asks_about_an_item(client, everything):
    sign_in(client, "mona").post(f"/queries/ask/HAMD/{everything.record}/", {"item": "guilt", "text": "Please confirm"})
    with seeing(Site.objects.all()):
        assert Query.objects.get(text="Please confirm").item == "guilt"


def test_a_physician_acknowledges_an_alert_with_an_action(client, everything):
    url = f"/alerts/{everything.alert}/"
    assert text_of(sign_in(client, "ines").post(url, {"action": " "})).count("This is empty. Please fill it in.") == 1
    client.post(url, {"action": "Seen today, admitted"})
    with seeing(Site.objects.all()):
        assert Alert.objects.get(pk=everything.alert).action == "Seen today, admitted"
    assert "What was done?" not in text_of(client.get(url))


def test_a_coordinator_reads_the_alert_and_cannot_acknowledge_it(client, everything):
    url = f"/alerts/{everything.alert}/"
    assert "What was done?" not in text_of(sign_in(client, "clara").get(url))
    assert client.post(url, {"action": "Seen"}).status_code == 403


# -- the code break


ARMS = ("D-cycloserine", "Placebo")


def ask_for_the_arm(client) -> str:
    response = client.post("/subjects/JER-001/code-break/", {"reason": "Found unconscious at home"})
    return response.headers["Location"]


@pytest.mark.req("BLI-04")
def test_the_arm_is_shown_once_after_the_request_is_on_record(client, real_commits):
    url = ask_for_the_arm(sign_in(client, "ines"))
    before = text_of(client.get(url))
    assert not any(arm in before for arm in ARMS)
    shown = client.post(url)
    assert sum(arm in text_of(shown) for arm in ARMS) == 1
    assert "UNBLINDED" in text_of(shown)
    again = client.post(url)
    assert again.status_code == 409
    assert not any(arm in text_of(again) for arm in ARMS)


def test_a_request_for_one_subject_opens_no_other(client, real_commits):
    with seeing(Site.objects.all()):
        randomising.randomise(subject=trial.subject("JER-002"), by=trial.person("ines"))
    number = ask_for_the_arm(sign_in(client, "ines")).rstrip("/").rsplit("/", 1)[1]
    response = client.post(f"/subjects/JER-002/code-break/{number}/")
    assert response.status_code == 409
    assert not any(arm in text_of(response) for arm in ARMS)


def test_the_request_of_one_person_shows_nothing_to_another(client, real_commits):
    url = ask_for_the_arm(sign_in(client, "ines"))
    with seeing(Site.objects.all()):
        jerusalem = Site.objects.get(code="JER")
        accounts.give_role(
            user=trial.person("isaac"),
            site=jerusalem,
            role="investigator",
            starts_on=timezone.now().date(),
            by="system:tests",
        )
    response = sign_in(client, "isaac").post(url)
    assert response.status_code == 409
    assert not any(arm in text_of(response) for arm in ARMS)


def test_a_code_break_without_a_reason_goes_not_on_record(client, real_commits):
    response = sign_in(client, "ines").post("/subjects/JER-001/code-break/", {"reason": " "})
    assert response.status_code == 200
    assert "Requests so far" not in text_of(response)


# -- the lock


def test_the_study_is_locked_despite_findings_only_when_said_so(client, db):
    refused = sign_in(client, "dana").post("/study/lock/", {"reason": "Review of today"})
    assert refused.status_code == 409
    assert not StudyLock.objects.exists()
    client.post("/study/lock/", {"reason": "Review of today", "despite": "on"})
    assert not StudyLock.objects.exists()
    sign_in(client, "mark").post("/study/lock/", {"deed": "consent"})
    assert StudyLock.objects.get().exceptions
    assert "The study is locked" in text_of(client.get("/study/lock/"))
    sign_in(client, "david").post("/study/lock/", {"reason": "A late correction"})
    sign_in(client, "stefan").post("/study/lock/", {"deed": "consent"})
    assert StudyLock.objects.get().lifted_reason == "A late correction"


def test_a_locked_casebook_offers_nothing_that_would_be_refused(client, db):
    with seeing(Site.objects.all()):
        trial.lock_study()
    page = text_of(sign_in(client, "ines").get("/subjects/JER-002/"))
    assert "The study is locked." in page
    assert "Randomise" not in page
    assert "Add a visit" not in page


# -- reading


def test_a_whole_number_in_the_search_opens_the_casebook(client, db):
    response = sign_in(client, "ines").get("/subjects/?q=jer-001")
    assert response.headers["Location"] == "/subjects/JER-001/"


@pytest.mark.parametrize("q", ["AFU-001", "<script>", "%00", "' OR 1=1 --"])
def test_a_search_finds_nothing_of_another_site_and_takes_anything(client, db, q):
    response = sign_in(client, "ines").get("/subjects/", {"q": q})
    assert response.status_code == 200
    assert "No subject at your sites has the number" in text_of(response)
    assert "<script>" not in response.content.decode().split("<main")[1].split("</main")[0]


def test_a_rater_sees_own_ratings_and_nothing_of_dose_alerts_and_other_forms(client, everything):
    sign_in(client, "ruth")
    for url in ("/", "/subjects/JER-001/", "/queries/", "/subjects/"):
        page = text_of(client.get(url))
        for hidden in ("mg/d", "waiting", "Adverse event", "Beck", "Dosing", "Capsule", "kit"):
            assert hidden not in page, (url, hidden)
    assert "Hamilton" in text_of(client.get("/subjects/JER-001/"))


def test_the_trail_shows_old_and_new_and_why(client, everything):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        record = trial.record_of(subject, "VITALS", "W1")
        typed = {name: text for name, text in entry.typed_of(record).items() if "__" not in name}
        enter.save(
            form=record.form,
            subject=subject,
            visit=trial.visit_of(subject, "W1"),
            by=trial.person("ines"),
            answers=typed | {"weight": "71.5"},
            version=record.version,
            reason="Typing error",
        )
    page = text_of(sign_in(client, "mona").get("/subjects/JER-001/audit/?form=VITALS"))
    assert "Typing error" in page
    assert re.search(r"Weight: was \S+ is 71\.5", page), page
