"""A broken blind reaches who must know, without the arm, and marks who knows it; nobody else learns more than that."""

import re
from datetime import date

import pytest
from django.core import mail

from crf import spec
from crf import trial as served
from crf.actions import code_break, outbox, unblinded
from crf.models import RECORDS, ArmKnown, AuditEntry, CodeBreak, CodeBreakAnswer, Site
from crf.refusals import AlreadySettled, NotAllowed, NotYet, Refusal
from crf.shown import code_breaks as shown
from tests import trial
from tests.pages.conftest import fill_everything
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
ARMS = re.compile("|".join(rf"\b({arm.code}|{re.escape(arm.label)})\b" for arm in served.ARMS))
REASON = "Found unconscious at home"
URL = f"/subjects/{trial.TREATED}/code-break/"


@pytest.fixture
def subject(real_commits):
    """Real commits: an arm is shown only for a request that is committed."""
    with all_sites():
        return trial.subject(trial.TREATED)


def all_sites():
    return seeing(Site.objects.all())


def broken(subject, by="ines", reason=REASON) -> CodeBreak:
    """The code of the subject broken in an emergency, by deed."""
    with all_sites():
        number = code_break.request(subject=subject, by=trial.person(by), reason=reason)
        code_break.reveal(log_id=number, subject=subject, by=trial.person(by))
        return CodeBreak.objects.select_related("subject__site", "site").get(log=number)


def titles(username: str) -> list[str]:
    with all_sites():
        return [section.title for section in shown.tasks(trial.person(username))]


def mailed() -> dict[str, str]:
    outbox.send_due(most=1000)
    return {sent.to[0]: sent.subject + sent.body for sent in mail.outbox if "code" in sent.subject}


# -- an emergency


@pytest.mark.finding("F-601")
@pytest.mark.req("BLI-03")
@pytest.mark.req("BLI-06")
def test_an_emergency_code_break_is_told_at_once_to_those_who_must_know_and_without_the_arm(client, real_commits):
    asked = sign_in(client, "ines").post(URL, {"reason": REASON})
    with all_sites():
        found = CodeBreak.objects.get()
    told = {"mark": "medical_monitor", "sofia": "safety_officer", "dana": "data_manager", "david": "data_manager"}
    assert {name: role for role, name in found.told} == told
    texts = mailed()
    assert set(texts) == {f"{name}@example.org" for name in told}
    for text in texts.values():
        assert f"/code-breaks/{found.pk}/" in text
        assert trial.TREATED not in text and REASON not in text
    assert ARMS.search(text_of(client.post(asked.headers["Location"])))  # who asked is shown it
    everything = []
    with all_sites():
        found.refresh_from_db()
        assert found.shown_at is not None
        told_by_trail = AuditEntry.objects.filter(table__in=["crf_codebreak", "crf_armknown", "sealed.code_break"])
        everything += told_by_trail.values_list("body", flat=True)
        assert any("shown" in entry.changes for entry in told_by_trail.filter(table="sealed.code_break"))
    for person in ("mark", "sofia", "dana", "mona", "aude", "ines"):
        page = sign_in(client, person).get(f"/code-breaks/{found.pk}/")
        assert all(word in text_of(page) for word in (trial.TREATED, "Emergency", "Ines", REASON, "sofia"))
        everything += [text_of(page), text_of(client.get("/code-breaks/"))]
    assert not [text for text in everything if ARMS.search(text.replace(served.STUDY_ID, "").replace(served.TITLE, ""))]


@pytest.mark.finding("F-601")
def test_it_stands_on_the_work_list_of_each_until_acknowledged_and_on_casebook_and_matrix(client, subject):
    found = broken(subject)
    for person in ("mark", "sofia", "dana"):
        assert "Code breaks to acknowledge" in titles(person)
        home = sign_in(client, person).get("/safety/" if person == "sofia" else "/")
        assert f"/code-breaks/{found.pk}/" in home.content.decode()
        client.post(f"/code-breaks/{found.pk}/", {"deed": "acknowledge"})
        assert "Code breaks to acknowledge" not in titles(person)
        assert client.post(f"/code-breaks/{found.pk}/", {"deed": "acknowledge"}).status_code == 403
    assert "Code breaks to acknowledge" not in titles("david")  # one data manager is enough
    for person, sees in (("ines", True), ("dana", True), ("aude", True), ("ruth", False), ("peter", False)):
        for url in (subject.get_absolute_url(), "/visits/", "/subjects/"):
            assert ("Code broken" in text_of(sign_in(client, person).get(url))) is sees, (person, url)


@pytest.mark.finding("F-601")
def test_a_deviation_is_opened_and_the_intercurrent_event_asked_for_until_it_is_there(subject):
    assert "Intercurrent events to enter" not in titles("clara")
    broken(subject)
    with all_sites():
        row = RECORDS[served.code_serving(spec.Purpose.DEVIATIONS)].objects.get(subject=subject, kind="BLIND")
    assert (row.severity, row.opened_by, row.completed_at) == ("MAJOR", "SYSTEM", None)
    assert "Intercurrent events to enter" in titles("clara")
    form = served.code_serving(spec.Purpose.INTERCURRENT)
    with all_sites():
        trial.fill(subject, None, form, subject.site.today(), "ines", kind=shown.EVENT)
    assert "Intercurrent events to enter" not in titles("clara")


@pytest.mark.finding("F-601")
def test_who_knows_the_arm_is_marked_warned_when_rating_and_a_rating_all_the_same_is_a_deviation(client, subject):
    rating = f"/subjects/{trial.TREATED}/{trial.world.NEXT}/{trial.world.RATING}/"
    warning = f"You know what {trial.TREATED} takes"
    assert warning not in text_of(sign_in(client, "ines").get(rating))
    found = broken(subject)
    deviations = RECORDS[served.code_serving(spec.Purpose.DEVIATIONS)].objects.standing().filter(kind="BLIND")
    with all_sites():
        people, ines = [trial.person("ruth")], trial.person("ines")
        unblinded.tell_of_others(found=found, by=ines, people=people, described="Surgeon")
        known = ArmKnown.objects.values_list("person__username", "described", "how")
        assert set(known) == {("ines", "", "broke"), ("ruth", "", "told"), (None, "Surgeon", "told")}
        assert deviations.count() == 1  # what was rated before is no matter
    for person in ("ines", "ruth"):
        assert warning in text_of(sign_in(client, person).get(rating))
    with all_sites():
        typed = trial.world.given(trial.world.RATING, trial.world.NEXT)
        trial.fill(subject, trial.world.NEXT, trial.world.RATING, subject.site.today(), "ruth", **typed)
        assert "by a person who knows what the subject takes" in deviations.order_by("pk").last().description


def test_a_code_break_is_neither_refused_nor_left_untold_while_everything_is_locked_or_mail_cannot_be_written(
    subject, monkeypatch
):
    with all_sites():
        trial.lock_study()
    found = broken(subject)
    assert found.told and found.shown_at

    def no_disk(**_):
        raise OSError("no space left on device")

    with all_sites():
        monkeypatch.setattr(outbox, "put", no_disk)
        number = code_break.request(subject=subject, by=trial.person("ines"), reason=REASON)
        assert not CodeBreak.objects.filter(log=number).exists()
        monkeypatch.undo()
        assert code_break.reveal(log_id=number, subject=subject, by=trial.person("ines"))
        assert CodeBreak.objects.get(log=number).told  # made good before the page is given


@pytest.mark.finding("F-601")
def test_more_code_breaks_in_a_day_than_usual_are_told_as_such(subject):
    usual = broken(subject)
    with all_sites():
        other = trial.subject(trial.ELSEWHERE)
    assert (usual.is_unusual, broken(other, by="isaac").is_unusual) == (False, True)
    assert "Unusually many code breaks" in mailed()["mark@example.org"]


def test_the_way_to_a_code_break_stands_first_on_work_list_and_casebook_of_who_may(client, db):
    for person, may in (("ines", True), ("clara", False)):
        home = sign_in(client, person).get("/").content.decode()
        assert ("Emergency: break the code of" in home) is may
        if may:
            assert home.index("Emergency: break the code of") < home.index('<section aria-labelledby="s')
        casebook = client.get(f"/subjects/{trial.TREATED}/").content.decode()
        assert ("Break the code in an emergency" in casebook) is may
    answer = sign_in(client, "ines").get("/code-breaks/emergency/", {"number": f" {trial.TREATED.lower()} "})
    assert answer.headers["Location"] == URL
    assert client.get("/code-breaks/emergency/", {"number": trial.ELSEWHERE}).status_code == 404


# -- a planned one


@pytest.mark.req("BLI-02")
def test_a_planned_code_break_is_asked_for_approved_by_another_and_then_shown(client, subject):
    page = sign_in(client, "ines").post(f"{URL}planned/", {"reason": "Treatment after the study depends on it"})
    with all_sites():
        found = CodeBreak.objects.select_related("subject__site", "site").get()
        assert page.headers["Location"] == found.get_absolute_url()
        assert set(mailed()) == {"mark@example.org"}
        with pytest.raises(NotYet):
            code_break.go_on(found=found, by=trial.person("ines"))
        with pytest.raises(NotAllowed):
            unblinded.decide(found=found, by=trial.person("ines"), approves=True)
    assert client.post(found.get_absolute_url(), {"deed": "go on"}).status_code == 403
    assert titles("mark") == ["Planned code breaks to approve"]
    sign_in(client, "mark").post(found.get_absolute_url(), {"deed": "approve"})
    assert "Code breaks not gone on with" in titles("ines")
    reveal = sign_in(client, "ines").post(found.get_absolute_url(), {"deed": "go on"}).headers["Location"]
    assert ARMS.search(text_of(client.post(reveal)))
    with all_sites():
        found.refresh_from_db()
        assert found.shown_at and {role for role, _ in found.told} >= {"safety_officer", "data_manager"}
        assert [entry["kind"] for entry in code_break.requests_for(subject)] == ["planned"]


def test_a_declined_code_break_says_why_and_is_not_shown(client, db):
    with all_sites():
        asked = {"subject": trial.subject(trial.TREATED), "by": trial.person("ines")}
        found = unblinded.plan(**asked, reason="Curiosity of the family")
        with pytest.raises(AlreadySettled):
            unblinded.plan(**asked, reason="Once more")
    assert sign_in(client, "mark").post(found.get_absolute_url(), {"deed": "decline", "words": ""}).status_code == 200
    client.post(found.get_absolute_url(), {"deed": "decline", "words": "Treatment does not depend on it"})
    with all_sites():
        found.refresh_from_db()
        assert found.declined_because == "Treatment does not depend on it"
        with pytest.raises(NotYet):
            code_break.go_on(found=found, by=trial.person("ines"))


# -- an accident


@pytest.mark.req("BLI-07")
def test_a_blind_lost_by_accident_is_recorded_and_its_impact_assessed_by_investigator_and_medical_monitor(client, db):
    with all_sites():
        today = trial.subject(trial.TREATED).site.today()
    answers = {"happened_on": str(today), "people": [trial.person("ruth").pk]}
    page = sign_in(client, "ruth").post(f"{URL}accident/", answers | {"reason": f"He takes {served.ARMS[0].label}"})
    assert page.status_code == 409 and "Do not write what the subject takes" in text_of(page)
    client.post(f"{URL}accident/", answers | {"reason": "The parcel was opened at the desk"})
    with all_sites():
        found = CodeBreak.objects.get()
        assert (found.kind, found.log, len(found.told)) == ("accidental", None, 4)
        assert ArmKnown.objects.get().person == trial.person("ruth")
    for person in ("ines", "mark"):
        assert "Impact of a lost blind to assess" in titles(person)
        refused = sign_in(client, person).post(
            found.get_absolute_url(), {"deed": "assess", "words": f"Knows it is {served.ARMS[-1].label}"}
        )
        assert refused.status_code == 409
        client.post(found.get_absolute_url(), {"deed": "assess", "words": "Ruth rates this subject no more"})
        assert "Impact of a lost blind to assess" not in titles(person)
    with all_sites():
        answered = set(CodeBreakAnswer.objects.values_list("as_role", "kind"))
    assert answered == {("investigator", "impact"), ("medical_monitor", "impact")}


def test_an_accident_names_somebody_and_a_day_that_has_come(db):
    with all_sites():
        subject = trial.subject(trial.TREATED)
        told = {"subject": subject, "by": trial.person("ines"), "reason": "Seen on the screen"}
        for more in ({"happened_on": subject.site.today()}, {"described": "Nurse", "happened_on": date(2099, 1, 1)}):
            with pytest.raises(Refusal):
                unblinded.record_accident(**told, **more)
        assert not CodeBreak.objects.exists()


# -- for the report to an authority


@pytest.mark.req("BLI-13")
def test_the_safety_officer_opens_one_arm_for_a_report_and_nobody_who_runs_or_analyses_the_trial_learns_it(
    client, real_commits
):
    with all_sites():
        everything = fill_everything()

    def pages() -> dict:
        given = {}
        for person in ("ines", "dana", "aude"):
            client.force_login(trial.person(person))
            for url in ("/", "/code-breaks/", "/study/trail/", f"/subjects/{trial.TREATED}/"):
                given[person, url] = text_of(client.get(url))
        return given

    reason = "Report 2026-17 to the authority"
    url = f"/safety/{trial.TREATED}/{everything.serious}/arm/"
    assert sign_in(client, "sofia", fresh=False).get(url).headers["Location"].startswith("/accounts/reauthenticate/")
    before = pages()
    page = sign_in(client, "sofia").post(url, {"reason": reason})
    assert ARMS.search(text_of(client.post(page.headers["Location"])))
    assert client.post(page.headers["Location"]).status_code == 409  # shown once
    assert "Opened" in text_of(client.get("/safety/"))
    assert {key: re.sub(r"\d\d:\d\d", "", text) for key, text in pages().items()} == {
        key: re.sub(r"\d\d:\d\d", "", text) for key, text in before.items()
    }
    with all_sites():
        rows = AuditEntry.objects.filter(table="sealed.code_break", chain="apart")
        assert rows.filter(reason__contains=reason).exists() and any("shown" in row.changes for row in rows)
        assert not AuditEntry.objects.filter(reason__contains=reason).exclude(chain="apart").exists()
        # The register, and what the reports count, have the emergency of the fixture alone.
        assert CodeBreak.objects.count() == len(code_break.requests()) == 1
        with pytest.raises(NotYet):  # an event that is not serious
            code_break.request_for_report(
                subject=trial.subject(trial.TREATED), event=1, by=trial.person("sofia"), reason=reason
            )
    assert client.get(f"/safety/{trial.TREATED}/1/arm/").status_code == 404
