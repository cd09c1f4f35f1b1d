"""What an alert asks for besides an action stands on the work list until it is there, or somebody says why not."""

import pytest

from crf import trial as served
from crf.actions import alerts, void
from crf.models import Alert
from crf.refusals import AlreadySettled, NotAllowed
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(served.CODE != "dcs_trd", reason="the alerts of this trial"),
    pytest.mark.finding("F-308"),
]
#: form, visit, answers that raise the alert; what it asks for; an event that answers; one that does not
RAISED = {
    "HAMD item 3 is 4": (
        ("HAMD", "W3", {"suicide": "4", "mood": "4"}),
        "Serious adverse event",
        {"special": "ATTEMPT", "serious": "Y", "hospitalised": "Y"},
        {"special": "ATTEMPT", "serious": "N"},
    ),
    "an attempt": (
        ("SUICIDE", "W3", {"attempt": "Y", "details": "Took tablets"}),
        "Serious adverse event",
        {"special": "ATTEMPT", "serious": "Y", "hospitalised": "Y"},
        {"special": "HEADACHE", "serious": "Y", "hospitalised": "Y"},
    ),
    "psychosis in the BPRS": (
        ("BPRS", "W1", {"hallucinations": "5"}),
        "Adverse event",
        {"special": "PSYCHOSIS"},
        {"special": "NONE", "term": "Dry mouth"},
    ),
    "a seizure in the UKU": (
        ("UKU", "W1", {"epileptic_seizures": "1"}),
        "Adverse event",
        {"special": "SEIZURE"},
        {"special": "HEADACHE"},
    ),
    "an overdose": (("CAPSULES", "W2", {"most_in_a_day": "5"}), "Adverse event", {"special": "NONE"}, None),
}


@pytest.fixture
def subject():
    with seeing(trial.Site.objects.all()):
        yield trial.subject("JER-001")


def prompting(subject):
    return list(Alert.objects.prompting().filter(subject=subject).order_by("raised_at"))


def raise_it(subject, which):
    form, visit, answers = RAISED[which][0]
    trial.fill(subject, visit, form, subject.site.today(), "ines", **answers)


def event(subject, row, **answers):
    today = subject.site.today()
    more = {"aware_on": f"{today}", "aware_at": "00:01", "narrative": "Told"} if answers.get("serious") == "Y" else {}
    return trial.fill(subject, None, "AE", today, "ines", row=row, **more, **answers).record


@pytest.mark.parametrize("which", RAISED)
def test_it_stands_on_work_list_and_casebook_until_the_form_is_entered(client, subject, which):
    _, wanted, right, wrong = RAISED[which]
    raise_it(subject, which)
    for person in ("ines", "clara"):
        client.force_login(trial.person(person))
        page = client.get("/").content.decode()
        assert "Asked for by alerts" in page and f"{wanted} asked for: " in page
    assert f"{wanted} asked for: " in client.get("/subjects/JER-001/").content.decode()
    for person in ("ruth", "peter", "mona"):
        client.force_login(trial.person(person))
        assert "Asked for by alerts" not in client.get("/").content.decode()
    with seeing(trial.Site.objects.all()):
        for alert in Alert.objects.waiting().filter(subject=subject):
            alerts.acknowledge(alert=alert, action="Seen", by=trial.person("ines"))
        assert prompting(subject), "an action is not the event"
        if wrong:
            event(subject, 1, **wrong)
            assert prompting(subject), "another event does not answer"
        record = event(subject, 2 if wrong else 1, **right)
        assert prompting(subject) == []
        void.void(record=record, by=trial.person("ines"), reason="Entered for the wrong subject")
        assert prompting(subject), "voided, it answers nothing"


def test_an_event_entered_before_the_rating_answers_too_and_an_old_one_does_not(subject):
    event(subject, 1, special="SEIZURE", ongoing="Y", resolved="")
    raise_it(subject, "a seizure in the UKU")
    trial.change(subject, "W1", "UKU", "ines", confusion="1")
    assert [one.kind for one in prompting(subject)] == ["confusion"]
    event(subject, 2, special="CONFUSION", onset="2024-05", resolved="2024-06")
    assert [one.kind for one in prompting(subject)] == ["confusion"]


def test_a_reason_answers_too_and_stays_to_be_read(client, subject):
    raise_it(subject, "psychosis in the BPRS")
    (open_one,) = prompting(subject)
    url = f"/alerts/{open_one.pk}/"
    client.force_login(trial.person("clara"))
    assert "asked for besides: adverse event" in client.get(url).content.decode().lower()
    refused = client.post(url, {"deed": "prompts", "reason": " "})
    assert refused.status_code == 200 and "This is empty" in refused.content.decode()
    client.post(url, {"deed": "prompts", "reason": "A metaphor, the subject explained"})
    assert "A metaphor, the subject explained" in client.get(url).content.decode()
    assert "Asked for by alerts" not in client.get("/").content.decode()
    with seeing(trial.Site.objects.all()):
        assert prompting(subject) == []
        with pytest.raises(AlreadySettled):
            alerts.settle_prompts(alert=open_one, reason="Once more", by=trial.person("ines"))
        assert Alert.objects.get(pk=open_one.pk).acknowledged_at is None, "a physician still acts"


def test_only_who_enters_adverse_events_answers(subject):
    raise_it(subject, "psychosis in the BPRS")
    (open_one,) = prompting(subject)
    with pytest.raises(NotAllowed):
        alerts.settle_prompts(alert=open_one, reason="No", by=trial.person("mona"))


def test_the_judgement_at_baseline_is_asked_for_until_the_alert_is_acknowledged(subject):
    trial.change(subject, "BL", "HAMD", "ruth", suicide="3", mood="4")
    (open_one,) = prompting(subject)
    assert open_one.prompts_open == ["documented judgement of the investigator"]
    alerts.acknowledge(alert=open_one, action="No plan, no intent; may take part", by=trial.person("ines"))
    assert prompting(subject) == []


def test_what_the_record_asks_for_no_longer_is_not_prompted(subject):
    raise_it(subject, "a seizure in the UKU")
    trial.change(subject, "W1", "UKU", "ines", epileptic_seizures="0")
    assert prompting(subject) == []
