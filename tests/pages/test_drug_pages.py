"""What the pages of the drug's forms say beside the entry: the proposal, what to hand out, what to expect back."""

import re
from datetime import timedelta

import pytest

from crf import trial as served
from crf.actions import judge, void
from crf.chart.dose import dose_on
from crf.chart.judgements import abnormal
from crf.chart.others import Others
from crf.chart.signed_content import content_of
from crf.chart.standing import day_1_of
from crf.models import RECORDS
from crf.refusals import OutOfSteps, Refusal
from crf.spec import dates
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.skipif(served.CODE != "dcs_trd", reason="the ladder of this trial")


@pytest.fixture
def subject(as_people):
    """The subject in week 2, on 250 mg since baseline."""
    return trial.subject("JER-001")


@pytest.fixture
def as_people(db):
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
def test_a_decision_as_proposed_is_accepted_with_one_press_and_another_proposal_by_then_is_not(client, subject):
    client.force_login(trial.person("ines"))
    address = f"/subjects/{subject.number}/W2/DOSING/"
    shown = client.get(address).content.decode()
    mark = re.search(r'form="entry" name="accept" value="([^"]+)">Accept: ([^<]+)<', shown)
    sent = {"version": "", "source": "esource", "decided_by": ""}
    refused = client.post(address, sent | {"accept": "STOP|0|1 Jan 2026"})
    assert refused.status_code == 409
    assert "The protocol proposes something else by now" in refused.content.decode()
    saved = client.post(address, sent | {"accept": mark[1]})
    assert saved.status_code == 302, re.findall(r"trouble-error\">(.*?)</p>|<strong>(.*?)<", saved.content.decode())
    with seeing([subject.site]):
        record = trial.record_of(subject, "DOSING", "W2")
    assert record.is_complete
    assert mark[1] == f"{record.decision}|{record.prescribed_mg}|{dates.day(record.effective_on)}"
    assert str(record.prescribed_mg) in mark[2]
    assert (record.as_planned, record.decided_by) == ("Y", "I")


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
    unknown = view(subject, "D4", four).proposal
    assert (unknown.decision, unknown.mg) == ("MAINTAIN", 250)
    label = "Day 4 contact: no contact is recorded yet, so the dose stays at 250 mg."
    assert unknown.because[0].sentence == label
    with pytest.raises(OutOfSteps, match="cannot be prescribed"):
        decided(subject, "D4", four, "STEP_UP", 500, as_planned="Y")
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
    trial.change(
        subject,
        "D4",
        "CONTACT",
        "ines",
        reached="Y",
        contacted_on=str(four),
        contacted_at="10:00",
        complaints="N",
        as_prescribed="Y",
    )
    assert view(subject, "D4", four).proposal.mg == 500


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
    awaited = trial.fill(subject, "W3", "LAB", on, "ines", row=2, analyte="CREAT", result="").record
    assert view(subject, "W2", on).panel_day == screening  # a result is awaited
    void.void(record=awaited, by=trial.person("ines"), reason="The tube broke")
    assert view(subject, "W2", on).panel_day == 14
    trial.change(subject, "W3", "LAB", "ines", result="400")
    assert view(subject, "W2", on).panel_day == screening  # another value than was judged
    trial.change(subject, "W3", "LAB", "ines", result="20")
    assert view(subject, "W2", on).panel_day == 14  # nothing to judge
    void.void(record=trial.record_of(subject, "LAB", "W3"), by=trial.person("ines"), reason="Another subject's")
    assert view(subject, "W2", on).panel_day == screening


def opened(subject, kind):
    found = RECORDS["DEVIATION"].objects.standing().filter(subject=subject, opened_by="SYSTEM", kind=kind)
    return [one.description for one in found]


def on_500_for_two_weeks(subject):
    """The first dose a week earlier than the small world has it, and 500 mg from the eighth day: today is day 23."""
    begun = subject.first_dose_on - timedelta(days=7)
    trial.change(subject, "BL", "DOSING", "ines", decided_on=str(begun), effective_on=str(begun))
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=str(begun))
    subject.refresh_from_db()
    decided(subject, "W1", subject.first_dose_on + timedelta(days=7), "STEP_UP", 500)
    return subject.site.today()


@pytest.mark.finding("F-212")
def test_what_a_decision_stood_on_goes_and_the_decision_is_judged_again(subject):
    """A panel voided, or another value than was judged, after 750 mg was decided: a deviation, a query, no proposal."""
    today = on_500_for_two_weeks(subject)
    assert opened(subject, "TITRATION") == []
    trial.fill(subject, "W3", "LAB", today, "ines", analyte="ALT", result="30")
    decided(subject, "W3", today, "STEP_UP", 750, panel_on=str(today))
    assert opened(subject, "TITRATION") == []
    assert not view(subject, "W4", today).proposal.must_judge

    changed = trial.change(subject, "W3", "LAB", "ines", result="300")  # abnormal, and nobody judged it
    assert [one.kind for one in changed.deviations] == ["TITRATION"]
    (told,) = opened(subject, "TITRATION")
    assert "750 mg/d was decided on" in told and "reviewed safety panel" in told
    assert "DOSING-04" in [query.check_code for query in changed.queries]
    proposal = view(subject, "W4", today).proposal
    assert (proposal.decision, proposal.must_judge) == (None, True)
    assert any(because.rule == "TITR-43" for because in proposal.because)

    trial.change(subject, "W3", "LAB", "ines", result="31")
    assert opened(subject, "TITRATION") == []
    void.void(record=trial.record_of(subject, "LAB", "W3"), by=trial.person("ines"), reason="Another's blood")
    assert len(opened(subject, "TITRATION")) == 1


@pytest.mark.finding("F-205")
def test_an_earlier_decision_or_the_first_dose_corrected_judges_later_decisions_again(subject):
    today = on_500_for_two_weeks(subject)
    trial.fill(subject, "W3", "LAB", today, "ines", analyte="ALT", result="30")
    decided(subject, "W3", today, "STEP_UP", 750, panel_on=str(today))
    begun = subject.first_dose_on
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=str(begun + timedelta(days=5)))
    assert any("750 mg is not planned before day 22" in one for one in opened(subject, "TITRATION"))
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=str(begun))
    assert opened(subject, "TITRATION") == []
    with pytest.raises(Refusal, match="750 is more than 1 step"):  # the guard of the database, before anything follows
        void.void(record=trial.record_of(subject, "DOSING", "W1"), by=trial.person("ines"), reason="Never decided")


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


#: Every source that PROTOCOL 5 and 7 name: form, answers, what is proposed, and the word that names it.
SOURCES = {
    "UKU seizure": ("UKU", {"epileptic_seizures": "1"}, "STOP", "Seizure"),
    "UKU confusion": ("UKU", {"confusion": "1"}, None, "(confusion)"),
    "BPRS": ("BPRS", {"hallucinations": "5"}, None, "(psychosis)"),
    "HAMD suicide": ("HAMD", {"suicide": "3", "mood": "3"}, None, "(suicidality)"),
    "BDI suicide": ("BDI", {"item_9": "2"}, None, "(suicidality)"),
    "classification, plan": ("SUICIDE", {"plan": "Y"}, None, "(suicidality)"),
    "classification, attempt": ("SUICIDE", {"attempt": "Y", "details": "Took tablets"}, "STOP", "Suicide attempt"),
    "stopping event": ("AE", {"special": "MANIA", "term": "Mania"}, "STOP", "Mania"),
    "sign of the nervous system": ("AE", {"special": "TREMOR", "ongoing": "Y", "resolved": ""}, None, "Tremor"),
    "serious event": ("AE", {"serious": "Y", "hospitalised": "Y"}, None, "(serious adverse event)"),
    "laboratory": ("LAB", {"analyte": "ALT", "result": "300"}, None, "ALT is above"),
    "overdose": ("CAPSULES", {"most_in_a_day": "5"}, None, "(overdose)"),
    "impression": ("CGI", {"improvement": "6"}, None, "CGI-I 6 or 7"),
    "pregnancy": ("PREG", {"result": "POSITIVE"}, "STOP", "Pregnancy"),
}
AT = {"LAB": "W3", "PREG": "W6", "AE": None, "UKU": "W1", "BPRS": "W1"}


@pytest.mark.finding("F-306")
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_of_the_protocol_stops_the_proposal_or_leaves_it_to_the_investigator(client, subject, source):
    form, answers, decision, named = SOURCES[source]
    visit = AT.get(form, "W2")
    on = trial.visit_of(subject, "W2").occurred_on
    if form in ("HAMD", "BDI", "CGI"):
        trial.change(subject, visit, form, "ruth" if form != "BDI" else "ines", **answers)
    else:
        trial.fill(subject, visit, form, on, "ines", **answers)
    proposal = view(subject, "W2", subject.site.today()).proposal
    assert proposal.decision == decision and proposal.decision != "MAINTAIN"
    assert proposal.must_judge is (decision is None)
    assert named in " ".join(because.sentence for because in proposal.because)
    client.force_login(trial.person("ines"))
    page = client.get("/subjects/JER-001/W3/DOSING/").content.decode()
    assert ("you decide, after judging what is open" if decision is None else "Stop for good") in page


@pytest.mark.finding("F-306")
def test_the_sources_tried_above_are_all_kinds_of_alert_that_are_declared():
    tried = " ".join(named.lower() for *_, named in SOURCES.values())
    kinds = {*served.TRIAL.alert_kinds, "overdose", "SAE"}
    assert all(served.alert_in_words(kind) in tried or kind == "laboratory" for kind in kinds)
