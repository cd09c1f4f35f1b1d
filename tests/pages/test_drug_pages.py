"""What the pages of the drug's forms say beside the entry: the proposal, what to hand out, what to expect back."""

from datetime import timedelta

import pytest

from crf import trial as served
from crf.actions import judge
from crf.chart.dose import dose_on
from crf.chart.judgements import abnormal
from crf.chart.others import Others
from crf.chart.signed_content import content_of
from crf.chart.standing import day_1_of
from crf.refusals import OutOfSteps
from tests import trial

pytestmark = pytest.mark.skipif(served.CODE != "dcs_trd", reason="the ladder of this trial")


@pytest.fixture
def subject(as_people):
    """The subject in week 2, on 250 mg since baseline."""
    return trial.subject("JER-001")


@pytest.fixture
def as_people(db):
    from trialsite.database.wall import seeing

    with seeing(trial.Site.objects.all()):
        yield


def view(subject, visit, on):
    place = trial.visit_of(subject, visit)
    return dose_on(subject, Others(subject.pk), day_1=day_1_of(subject), on=on, visit=place)


def decided(subject, visit, on, decision, mg, **more):
    answers = {"decision": decision, "prescribed_mg": str(mg), "effective_on": on.isoformat()} | more
    return trial.fill(subject, visit, "DOSING", on, "ines", **answers)


@pytest.mark.finding("F-309")
def test_the_dispensing_page_shows_kit_dose_and_quantity(client, subject):
    decided(subject, "W2", trial.visit_of(subject, "W2").occurred_on, "STEP_UP", 500)
    client.force_login(trial.person("peter"))
    page = client.get(f"/subjects/{subject.number}/W2/DISPENSE/").content.decode()
    assert f'kit <span class="number">{subject.kit}</span>, 18 capsules' in page
    assert "Prescribed: 500 mg/d (2 capsules a day, in 2 doses)." in page
    assert "As the protocol plans" not in page


@pytest.mark.finding("F-309")
def test_another_dose_than_planned_shows_both_quantities(client, subject):
    client.force_login(trial.person("peter"))
    page = client.get(f"/subjects/{subject.number}/W2/DISPENSE/").content.decode()
    assert "9 capsules last 9 days" in page
    assert "As the protocol plans it would be 18 capsules." in page


@pytest.mark.finding("F-309")
def test_the_count_page_shows_what_was_handed_out_and_what_to_expect(client, subject):
    client.force_login(trial.person("peter"))
    page = client.get(f"/subjects/{subject.number}/W2/CAPSULES/").content.decode()
    assert "15 capsules handed out, 1 expected back" in page
    assert "14 capsules prescribed since then" in page


@pytest.mark.finding("F-211")
def test_who_was_not_reached_stays_at_the_dose(subject):
    four = subject.first_dose_on + timedelta(days=5)
    assert view(subject, "D4", four).proposal.mg == 500
    trial.fill(
        subject,
        "D4",
        "CONTACT",
        four,
        "ines",
        reached="N",
        contacted_on="",
        contacted_at="",
        complaints="",
        as_prescribed="",
    )
    proposal = view(subject, "D4", four).proposal
    assert (proposal.decision, proposal.mg) == ("MAINTAIN", 250)
    assert proposal.because[0].sentence == "Day 4 contact: the subject was not reached, so the dose stays at 250 mg."
    assert view(subject, "W1", four + timedelta(days=2)).proposal.mg == 500


@pytest.mark.finding("F-305")
@pytest.mark.parametrize(("form", "answers", "because"), [("EOT", {}, "End of treatment"), ("EOS", {}, "End of study")])
def test_nothing_is_proposed_after_treatment_ended(subject, form, answers, because):
    today = subject.site.today()
    assert view(subject, "W2", today).proposal.decision == "STEP_UP"
    trial.fill(subject, None, form, today, "ines", **answers)
    subject.refresh_from_db()
    proposal = view(subject, "W2", today).proposal
    assert (proposal.decision, proposal.mg) == (None, 0)
    assert proposal.because[0].sentence.startswith("Treatment ended on ") and because in proposal.because[0].sentence
    assert view(subject, "W1", today - timedelta(days=7)).proposal.decision == "STEP_UP"
    with pytest.raises(OutOfSteps):
        decided(subject, "W2", today, "STEP_UP", 500, as_planned="Y")


@pytest.mark.finding("F-212")
def test_a_typed_date_of_a_panel_is_no_panel(subject):
    """A panel among the records, every abnormal value judged, opens the way to the third step; nothing else does."""
    on = subject.first_dose_on + timedelta(days=13)
    screening = view(subject, "W2", on).panel_day
    assert screening < 0
    trial.fill(
        subject,
        "W2",
        "DOSING",
        on,
        "ines",
        decision="STEP_UP",
        prescribed_mg="500",
        effective_on=str(on),
        panel_on=str(on),
    )
    assert view(subject, "W2", on).panel_day == screening
    trial.fill(subject, "W3", "LAB", on, "ines", analyte="ALT", result="300")
    assert view(subject, "W2", on).panel_day == screening  # not judged yet
    panel = {"subject": subject, "visit": trial.visit_of(subject, "W3")}
    (high,) = abnormal(**panel)
    shown = content_of(subject, visit=panel["visit"], form=high.form).sha256
    judge.judge(**panel, judgements={high.pk: "N"}, shown_sha256=shown, by=trial.person("ines"))
    assert view(subject, "W2", on).panel_day == 14


@pytest.mark.finding("F-306")
@pytest.mark.parametrize(
    ("form", "answers", "event"),
    [
        ("UKU", {"epileptic_seizures": "1"}, "Seizure"),
        ("SUICIDE", {"attempt": "Y", "details": "Took tablets"}, "Suicide attempt"),
        ("AE", {"special": "SEIZURE", "ongoing": "N"}, "Seizure"),
    ],
)
def test_a_stopping_event_proposes_the_stop_whichever_form_tells_it(subject, form, answers, event):
    on = trial.visit_of(subject, "W2").occurred_on
    trial.fill(subject, None if form == "AE" else "W1", form, on, "ines", **answers)
    proposal = view(subject, "W2", on).proposal
    assert (proposal.decision, proposal.mg) == ("STOP", 0)
    assert proposal.because[0].sentence == f"{event}: the protocol stops the drug."
