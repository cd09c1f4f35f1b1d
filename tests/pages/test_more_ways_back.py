"""A wrong first step about a subject, an alert, a lost blind or a correction can be taken back on its page."""

import contextlib
from datetime import timedelta

import pytest

from analysis.collect import datasets
from crf import trial as served
from crf.actions import alerts, code_break, corrections, enrol, envelopes, hold, lock, move, unblinded
from crf.chart.chart import Chart
from crf.chart.held import Place
from crf.models import RECORDS, Alert, AuditEntry, CodeBreak, Correction, Mail, Site, TakenBack
from crf.refusals import AlreadySettled, NotAllowed, NotYet
from crf.shown.code_breaks import knows_the_arm
from crf.spec import Purpose
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-302")]
TREATED = f"/subjects/{trial.TREATED}/"


@pytest.fixture(autouse=True)
def client(client, monkeypatch):
    """A desk; the test itself sees every site, also after a request, which ends with what its person saw."""
    ask = client.request
    with contextlib.ExitStack() as sees:

        def request(**given):
            answer = ask(**given)
            sees.enter_context(seeing(Site.objects.all()))
            return answer

        monkeypatch.setattr(client, "request", request)
        sees.enter_context(seeing(Site.objects.all()))
        yield client


def said(answer):
    return answer.content.decode()


def reasons(kind):
    return list(AuditEntry.objects.filter(table="crf_takenback").values_list("reason", flat=True))


def test_a_screen_failure_of_the_wrong_subject_is_taken_back(client):
    """Struck through in the casebook and in print; screening goes on, and the person is not offered for rescreening."""
    client.force_login(trial.person("ines"))
    path = f"/subjects/{trial.FAILED}/screen-failure/"
    assert path in said(client.get(f"/subjects/{trial.FAILED}/"))
    assert "Say" not in said(client.get(path))
    page = said(client.post(path, {"deed": "take back", "reason": "The next number was meant"}, follow=True))
    assert "is in screening again" in page
    assert "<s>Screen failure (E1 Any seizure ever)</s>" in page
    failed = trial.subject(trial.FAILED)
    assert not failed.is_screen_failure
    trial.fill(failed, served.SCREENING, trial.DEMOGRAPHY, failed.screened_on, "ines", sex="M")
    assert "The next number was meant" in reasons("FAILED")
    again = enrol.fail_screening(subject=failed, reasons=["E1"], by=trial.person("ines"))
    enrol.enrol(site=failed.site, screened_on=failed.site.today(), by=trial.person("ines"), rescreen_of=again)
    with pytest.raises(NotYet, match="screened again as"):
        enrol.take_back_failure(subject=again, by=trial.person("ines"), reason="Wrong")


def test_a_screen_failure_recorded_from_the_page_of_before_is_refused_and_takes_nothing_back(client):
    client.force_login(trial.person("ines"))
    answer = client.post(f"/subjects/{trial.FAILED}/screen-failure/", {"other": "Moved away"})
    assert answer.status_code == 409
    assert trial.subject(trial.FAILED).is_screen_failure


@pytest.mark.finding("F-201")
def test_the_day_on_which_screening_began_is_corrected_with_a_reason(client):
    client.force_login(trial.person("clara"))
    was = trial.subject(trial.BEGUN).screened_on
    path = f"/subjects/{trial.BEGUN}/screening/"
    late = {"screened_on": (was + timedelta(days=30)).isoformat(), "reason": "Misread"}
    assert "in the future" in said(client.post(path, late))
    right = {"screened_on": (was - timedelta(days=3)).isoformat(), "reason": "Misread"}
    page = said(client.post(path, right, follow=True))
    assert "<s>Screening began on" in page
    assert trial.subject(trial.BEGUN).screened_on == was - timedelta(days=3)
    assert client.post(path, right).status_code == 409


def test_an_action_written_at_the_wrong_alert_is_taken_back_and_the_alert_waits_and_is_told_again(client):
    subject = trial.subject(trial.TREATED)
    world = trial.world
    found = trial.fill(
        subject,
        world.NEXT,
        world.RATING,
        subject.site.today(),
        "ines",
        **world.given(world.RATING, "") | world.ALARMING,
    ).alerts[0]
    alerts.acknowledge(alert=found, action="Called the family of another", by=trial.person("ines"))
    mails = Mail.objects.count()
    client.force_login(trial.person("mark"))
    path = f"/alerts/{found.pk}/"
    assert "enter" in said(client.post(path, {"deed": "take back", "reason": ""})).lower()
    page = said(client.post(path, {"deed": "take back", "reason": "JER-002 was meant"}, follow=True))
    assert "waits for a physician again" in page
    assert "Called the family of another</s> was taken back by Mark" in page
    assert Alert.objects.waiting().filter(pk=found.pk).exists()
    assert Chart.of(subject).open_alerts
    assert Mail.objects.count() > mails
    assert client.post(path, {"deed": "take back", "reason": "Again"}).status_code == 409
    client.force_login(trial.person("clara"))
    assert client.post(path, {"deed": "take back", "reason": "No"}).status_code == 403


@pytest.mark.parametrize("how", ["accident", "envelope"])
def test_a_lost_blind_recorded_at_the_wrong_subject_is_taken_back_by_the_medical_monitor(client, how):
    """Its deviation goes, the rater rates again, another one can be recorded; the register keeps all of it."""
    subject, ruth = trial.subject(trial.TREATED), trial.person("ruth")
    today = subject.site.today()

    def record():
        more = {"subject": subject, "reason": "Label read aloud", "people": [ruth], "by": trial.person("peter")}
        if how == "accident":
            return unblinded.record_accident(happened_on=today, described="", **more)
        return envelopes.opened(at=subject.randomised_at + timedelta(days=1), described="", **more)

    found = record()
    deviations = RECORDS["DEVIATION"].objects.standing().filter(subject=subject)
    lost = deviations.count()
    assert knows_the_arm(ruth, subject)
    path = f"/code-breaks/{found.pk}/"
    client.force_login(trial.person("dana"))
    assert client.post(path, {"deed": "take back", "words": "Elsewhere"}).status_code == 403
    client.force_login(trial.person("mark"))
    page = said(
        client.post(path, {"deed": "take back", "words": "It was another subject, says the label"}, follow=True)
    )
    assert "Recorded by mistake" in page or "recorded by mistake" in page
    assert "It was another subject, says the label" in page
    assert not knows_the_arm(ruth, subject)
    assert not Chart.of(subject).knowing
    assert deviations.count() == lost - 1
    assert "Knows the arm" not in page
    assert Mail.objects.order_by("-pk").first().title.endswith("recorded by mistake is taken back")
    assert "note-error" not in said(client.get(TREATED))
    assert datasets.code_breaks({subject.pk: (subject.number,)}).empty
    assert record().is_lost
    assert len(datasets.code_breaks({subject.pk: (subject.number,)})) == (how == "envelope")


def test_who_recorded_a_lost_blind_never_takes_it_back_and_what_was_shown_stays_shown():
    subject, mark = trial.subject(trial.TREATED), trial.person("mark")
    given = {"happened_on": subject.site.today(), "reason": "Overheard", "described": "A nurse"}
    found = unblinded.record_accident(subject=subject, by=mark, **given)
    with pytest.raises(NotAllowed):
        unblinded.take_back(found=found, by=mark, because="Wrong subject")
    assert not CodeBreak(kind=CodeBreak.Kind.EMERGENCY, shown_at=found.shown_at).may_be_taken_back


def test_a_correction_asked_by_mistake_is_withdrawn_by_who_asked_and_a_decision_is_taken_again(client):
    client.force_login(trial.person("clara"))
    client.post(f"{TREATED}correction/", {"text": "The stratum is another"})
    found = Correction.objects.get()
    path = f"/corrections/{found.pk}/"

    def decide(by, deed):
        client.force_login(trial.person(by))
        return client.post(path, {"deed": deed, "text": "As the source says"}).status_code

    assert decide("ines", "withdraw") == 403
    assert [decide("dana", deed) for deed in ("refuse", "accept", "done", "accept", "refuse", "accept")] == [302] * 6
    assert decide("clara", "withdraw") in (403, 404, 409)
    client.post(f"{TREATED}correction/", {"text": "The stratum is another one"})
    path = f"/corrections/{Correction.objects.order_by('-pk').first().pk}/"
    assert "Withdraw: it was asked by mistake" in said(client.get(path))
    assert decide("clara", "withdraw") == 302
    assert Correction.objects.order_by("-pk").first().state == "withdrawn"
    assert not Correction.objects.waiting().filter(state="asked").exists()


def test_what_was_taken_back_of_a_subject_is_printed(client):
    client.force_login(trial.person("ines"))
    client.post(f"/subjects/{trial.FAILED}/screen-failure/", {"deed": "take back", "reason": "Another was meant"})
    assert TakenBack.objects.get().was == "E1 Any seizure ever"
    assert client.get(f"/subjects/{trial.FAILED}/casebook.pdf").status_code == 200


def test_an_emergency_asked_for_at_the_wrong_subject_is_withdrawn_and_a_new_one_is_never_refused(client):
    subject, ines = trial.subject(trial.TREATED), trial.person("ines")
    number = code_break.request(subject=subject, by=ines, reason="Found unconscious")
    found = CodeBreak.objects.get(log=number)
    path = f"/code-breaks/{found.pk}/"
    client.force_login(trial.person("mona"))
    assert client.post(path, {"deed": "withdraw", "words": "Not mine"}).status_code == 403
    client.force_login(ines)
    assert "Withdrawn" in said(client.post(path, {"deed": "withdraw", "words": "JER-002 was meant"}, follow=True))
    with pytest.raises(AlreadySettled, match="withdrawn"):
        code_break.reveal(log_id=number, subject=subject, by=ines)
    assert datasets.code_breaks({subject.pk: (subject.number,)}).empty
    again = CodeBreak.objects.get(log=code_break.request(subject=subject, by=ines, reason="Found unconscious"))
    assert again.waits_to_be_shown
    unblinded.shown(again, by=ines, role="investigator")
    with pytest.raises(AlreadySettled, match="nothing to withdraw"):
        unblinded.withdraw(found=again, by=ines, because="Too late")


def test_a_planned_code_break_is_withdrawn_by_who_asked_or_approved_until_it_is_shown():
    subject, ines, mark = trial.subject(trial.TREATED), trial.person("ines"), trial.person("mark")
    for person in (ines, mark):
        found = unblinded.plan(subject=subject, by=ines, reason="Surgery in two weeks")
        found = unblinded.decide(found=found, by=mark, approves=True)
        unblinded.withdraw(found=found, by=person, because="Another subject was meant")
        found.refresh_from_db()
        with pytest.raises(AlreadySettled, match="withdrawn"):
            code_break.go_on(found=found, by=ines)


def test_what_was_asked_to_be_corrected_of_a_form_goes_with_it_to_another_visit():
    subject, world = trial.subject(trial.TREATED), trial.world
    form, visit = world.RATING, world.DONE[0][0]
    record = trial.record_of(subject, form, visit)
    held = hold.freeze(place=Place(subject.site, subject), by=trial.person("dana"), reason="Clean")
    place = {"subject": subject, "form": served.form(form), "visit": record.visit}
    asked = corrections.ask(**place, by=trial.person("ines"), text="Item 1 is 2 in the source")
    hold.lift(hold=held, by=trial.person("dana"), reason="Moved")
    to = trial.visit_of(subject, world.NEXT)
    move.move(record=record, to=to, version=record.version, by=trial.person("ines"), reason="Wrong visit")
    asked.refresh_from_db()
    assert asked.visit == to


@pytest.mark.finding("F-201")
def test_an_amended_protocol_follows_to_the_site_and_to_what_is_entered_from_then_on(client, monkeypatch):
    """By its approval, on the page of the site; what is on record, and a locked casebook, keep theirs."""
    client.force_login(trial.person("adam"))
    path = f"/sites/{trial.FIRST}/"
    answers = {"deed": "protocol", "approved_on": "1 Nov 2026", "reference": "EC 12/2026"}
    assert "This system serves version" not in said(client.get(path))
    monkeypatch.setattr(served, "PROTOCOL_VERSION", "9.0")
    assert "This system serves version 9.0" in said(client.get(path))
    assert client.post(path, answers | {"reference": ""}).context["form"].errors
    subject = trial.subject(trial.BEGUN)
    was = trial.record_of(subject, trial.CONSENT, served.SCREENING)
    locked = trial.subject(trial.TREATED)
    lock.lock_casebook(subject=locked, by=trial.person("dana"), reason="Clean", despite=True)
    page = said(client.post(path, answers, follow=True))
    assert "works by version 9.0 of the protocol from now on" in page
    assert "Protocol 9.0: EC 12/2026" in page
    subject.refresh_from_db()
    added = trial.fill(subject, None, served.code_serving(Purpose.ADVERSE_EVENTS), subject.site.today(), "ines").record
    was.refresh_from_db()
    locked.refresh_from_db()
    new = enrol.enrol(site=Site.objects.get(code=trial.FIRST), screened_on=subject.screened_on, by=trial.person("ines"))
    versions = [one.protocol_version for one in (added, new, was, locked, trial.subject(trial.ELSEWHERE))]
    assert versions == ["9.0", "9.0"] + [was.protocol_version] * 3
    client.post(path, answers)
    assert Site.objects.get(code=trial.FIRST).approvals.filter(reference="Protocol 9.0: EC 12/2026").count() == 1
