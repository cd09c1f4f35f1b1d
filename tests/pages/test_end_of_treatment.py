"""Treatment has ended on a day: one fact, whichever record tells it, read alike wherever the drug is asked about."""

from datetime import timedelta

import pytest

from crf import trial as served
from crf.chart.dose import dose_on
from crf.chart.others import Others
from crf.chart.standing import Standing, day_1_of
from crf.models import RECORDS
from crf.rehearsal.typical import typical
from crf.shown.course import course_of
from crf.spec import dates
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(served.CODE != "dcs_trd", reason="the ladder of this trial"),
    pytest.mark.finding("F-305"),
]
#: What ends treatment: form, visit, answers, and the words of the header's tooltip for who reads the form.
ENDS = {
    "end of treatment": ("EOT", None, {}, "End of treatment"),
    "end of study": ("EOS", None, {"consent_withdrawn": "N"}, "End of study"),
    "withdrawal": ("EOS", None, {"consent_withdrawn": "Y", "reason": "WITHDRAWAL BY SUBJECT"}, "Consent was withdrawn"),
    "stop": ("DOSING", "W2", {"decision": "STOP", "prescribed_mg": "0", "stop_criterion": "NONE"}, "stopped for good"),
    "pregnancy test": ("PREG", "W6", {"result": "POSITIVE"}, "Pregnancy"),
    "pregnancy told as an event": ("AE", None, {"special": "PREGNANCY", "term": "Pregnancy"}, "Pregnancy"),
}


@pytest.fixture
def subject():
    with seeing(trial.Site.objects.all()):
        yield trial.subject("JER-001")


def end(subject, which, on):
    form, visit, answers, words = ENDS[which]
    if form == "EOS" and answers["consent_withdrawn"] == "Y":
        answers = answers | {"consent_withdrawn_on": str(on), "details": "Wished to stop"}
    if form == "AE":
        answers = answers | {"onset": str(on), "ongoing": "Y", "resolved": ""}
    if form == "DOSING":
        answers = answers | {"effective_on": str(on), "as_planned": "N", "reason": "WISH"}
    trial.fill(subject, visit, form, on, "ines", **answers)
    subject.refresh_from_db()
    return words


def after_the_end(subject):
    found = RECORDS["DEVIATION"].objects.standing().filter(subject=subject, kind="AFTERSTOP")
    return list(found.order_by("row_number").values_list("description", flat=True))


@pytest.mark.parametrize("which", ENDS)
def test_whatever_ends_treatment_is_read_alike_everywhere(client, subject, which):
    on = trial.visit_of(subject, "W2").occurred_on  # yesterday
    words = end(subject, which, on)
    assert (subject.treatment_ended_on, words in subject.treatment_ended_because) == (on, True)

    today = subject.site.today()
    view = dose_on(subject, Others(subject.pk), day_1=day_1_of(subject), on=today, visit=trial.visit_of(subject, "W3"))
    assert view.proposal.decision in (None, "STOP") and view.proposal.mg == 0
    assert view.proposal.because[0].sentence

    standing = Standing.of(subject)
    due = {form.code for form, _ in standing.due_at(trial.visit_of(subject, "W3"))}
    assert not due & {"DOSING", "DISPENSE"}, "neither decision nor bottle is due at a visit after the end"

    course = course_of(standing, Others(subject.pk), today=today)
    assert course.dose_on(standing.day_of(today)) == 0

    client.force_login(trial.person("ines"))
    header = client.get("/subjects/JER-001/").content.decode()
    assert f"Treatment ended {dates.day(on)}" in header

    client.force_login(trial.person("peter"))
    page = client.get("/subjects/JER-001/W2/DISPENSE/")
    if page.status_code == 200 and which != "withdrawal":  # after a withdrawal no record of it is begun at all
        assert f"Hand out nothing: treatment ended on {dates.day(on)}" in page.content.decode()
    assert "Pregnancy" not in page.content.decode(), "the pharmacist reads neither the test nor adverse events"


@pytest.mark.parametrize("which", ["end of treatment", "pregnancy test"])
def test_a_bottle_a_decision_and_a_dose_after_the_end_are_recorded_and_said_at_once(client, subject, which):
    on = trial.visit_of(subject, "W2").occurred_on
    end(subject, which, on)
    today = subject.site.today()
    client.force_login(trial.person("peter"))
    answers = typical(served.form("DISPENSE"), "W3", today, kit=subject.kit)
    page = client.post("/subjects/JER-001/W3/DISPENSE/", answers | {"version": ""}, follow=True).content.decode()
    assert f"The drug was handed out on {dates.day(today)}; treatment ended on {dates.day(on)}." in page

    client.force_login(trial.person("ines"))
    decision = {"decision": "MAINTAIN", "prescribed_mg": "250", "effective_on": str(today), "as_planned": "N"}
    answers = typical(served.form("DOSING"), "W3", today, **decision, reason="WISH")
    page = client.post("/subjects/JER-001/W3/DOSING/", answers | {"version": ""}, follow=True).content.decode()
    assert f"A dose was prescribed on {dates.day(today)}; treatment ended on {dates.day(on)}." in page

    with seeing(trial.Site.objects.all()):
        saved = trial.fill(subject, "W3", "CAPSULES", today, "peter", last_taken_on=str(today))
        told = [one.description for one in saved.deviations]
        assert f"The drug was taken on {dates.day(today)}; treatment ended on {dates.day(on)}." in told
        assert len(after_the_end(subject)) == 3
        rows = RECORDS["DEVIATION"].objects.standing().filter(subject=subject, kind="AFTERSTOP")
        assert not any(row.is_complete for row in rows), "each stands on the investigator's list until assessed"


def test_a_bottle_handed_out_before_the_end_becomes_one_after_it_when_the_end_is_dated_back(subject):
    today = subject.site.today()
    end(subject, "end of treatment", today)
    trial.fill(subject, "W2", "DISPENSE", today - timedelta(days=1), "peter", kit=subject.kit)
    assert after_the_end(subject) == []
    trial.change(subject, None, "EOT", "ines", decided_on=str(today - timedelta(days=3)))
    assert len(after_the_end(subject)) == 1
    trial.change(subject, None, "EOT", "ines", decided_on=str(today))
    assert after_the_end(subject) == []


def test_what_was_taken_after_the_end_is_more_than_was_prescribed(subject):
    today = subject.site.today()
    end(subject, "end of treatment", today - timedelta(days=3))
    saved = trial.fill(
        subject, "W2", "CAPSULES", today, "peter", most_in_a_day="1", most_on=str(today - timedelta(days=1))
    )
    assert "overdose" in [alert.kind for alert in saved.alerts]


@pytest.mark.finding("F-307")
def test_a_decision_dated_before_randomisation_is_recorded_with_a_deviation(subject):
    early = subject.randomised_on - timedelta(days=2)
    saved = trial.change(
        subject, "BL", "DOSING", "ines", decided_on=str(early), effective_on=str(subject.randomised_on)
    )
    assert "BEFORERANDOM" in [one.kind for one in saved.deviations]
