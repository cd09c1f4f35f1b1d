"""What the estimand needs is collected: intercurrent events, two ends told apart, a reason for whatever is missing."""

from datetime import timedelta

import pytest

from crf import trial as served
from crf.actions import enter, visits
from crf.chart.standing import Standing
from crf.models import RECORDS, Site, Visit
from crf.refusals import ImpossibleValues, Refusal
from crf.rehearsal.typical import typical
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
HAMD_W3 = "/subjects/JER-001/W3/HAMD/"
#: ICH E9(R1) and PROTOCOL 9, by the code of the form.
EVENTS = (
    "STOPDRUG",
    "NEWAD",
    "CHANGEDAD",
    "ECT",
    "TMS",
    "KETAMINE",
    "REDUCTION",
    "INTERRUPTION",
    "CODEBREAK",
    "ATTEMPT",
    "ADMISSION",
    "DEATH",
)


@pytest.fixture
def world():
    with seeing(Site.objects.all()):
        yield


@pytest.fixture
def stopped(world):
    """JER-001 stopped the study drug in week 2 and agrees to further visits."""
    subject = trial.subject("JER-001")
    on = trial.visit_of(subject, "W2").occurred_on
    last = (on - timedelta(days=1)).isoformat()
    trial.fill(subject, None, "EOT", on, "ines", reason="ADVERSE EVENT", last_dose_on=last, visits_go_on="Y")
    trial.fill(subject, None, "ICE", on, "ines", kind="STOPDRUG", why="AE", began_on=on.isoformat())
    return trial.subject("JER-001")


# -- intercurrent events


@pytest.mark.req("EST-01")
@pytest.mark.parametrize("kind", EVENTS)
def test_each_intercurrent_event_is_kept_with_its_type_date_and_reason(world, kind):
    subject = trial.subject("JER-001")
    on = trial.visit_of(subject, "W1").occurred_on
    saved = trial.fill(subject, None, "ICE", on, "clara", kind=kind, why="WORSE", began_on=on.isoformat())
    kept = RECORDS["ICE"].objects.get(pk=saved.record.pk)
    assert (kept.kind, kept.began_on, kept.why, kept.is_complete) == (kind, on, "WORSE", True)


@pytest.mark.req("EST-01")
@pytest.mark.parametrize("left_out", ["kind", "began_on", "why"])
def test_an_event_without_type_date_or_reason_is_not_complete(world, left_out):
    subject = trial.subject("JER-001")
    saved = trial.fill(subject, None, "ICE", subject.site.today(), "ines", **{left_out: ""})
    assert not saved.record.is_complete
    assert (served.form("ICE"), None) in Standing.of(subject).incomplete()


@pytest.mark.req("EST-01")
def test_visits_go_on_after_the_drug_was_stopped(stopped):
    later = [visit.code for visit in Standing.of(stopped).visits if visit.code in served.ANALYSED][2:]
    standing = Standing.of(stopped)
    for code in later:
        due = {form.code for form, required in standing.due_at(standing.visit(code)) if required}
        assert {"HAMD", "BDI", "CGI", "VITALS"} <= due, code
        assert not {"DOSING", "DISPENSE"} & due, code
    saved = trial.fill(stopped, "W3", "HAMD", stopped.site.today(), "ruth", **trial.hamd_of(15))
    assert saved.record.total_21 == 15


@pytest.mark.req("EST-01")
def test_a_changed_antidepressant_that_is_not_recorded_as_an_event_is_asked_about(world):
    subject = trial.subject("JER-001")
    saved = trial.fill(
        subject, None, "CONMED", subject.site.today(), "ines", group="AD", change="NEW", event_recorded="N"
    )
    assert "CONMED-02" in {query.check_code for query in saved.queries}


# -- two ends


@pytest.mark.req("EST-02")
def test_the_end_of_treatment_is_not_the_end_of_the_study(stopped):
    assert not Standing.of(stopped).has_record("EOS")
    assert trial.record_of(stopped, "EOT").reason == "ADVERSE EVENT"
    saved = trial.fill(stopped, None, "EOS", stopped.site.today(), "ines", reason="LOST TO FOLLOW-UP")
    assert saved.record.reason == "LOST TO FOLLOW-UP"
    assert trial.record_of(stopped, "EOT").reason == "ADVERSE EVENT"


@pytest.mark.req("EST-02")
def test_the_data_sets_keep_both_ends_with_their_reasons(stopped):
    from analysis.collect import datasets

    trial.fill(stopped, None, "EOS", stopped.site.today(), "ines", reason="LOST TO FOLLOW-UP")
    row = datasets.collected().subjects.set_index("subject").loc["JER-001"]
    assert (row["treatment_ended"], row["study_ended"]) == ("ADVERSE EVENT", "LOST TO FOLLOW-UP")


@pytest.mark.req("EST-02")
@pytest.mark.parametrize("form", ["EOT", "EOS"])
def test_each_end_has_a_reason_that_an_assumption_about_missing_data_can_use(form):
    codes = {code for code, _ in served.form(form).items["reason"].kind.codes}
    assert {"ADVERSE EVENT", "LACK OF EFFICACY", "LOST TO FOLLOW-UP", "WITHDRAWAL BY SUBJECT", "DEATH"} <= codes
    assert served.form(form).items["reason"].required


@pytest.mark.req("EST-02")
def test_an_end_of_study_without_an_end_of_treatment_is_asked_about(world):
    subject = trial.subject("JER-001")
    saved = trial.fill(subject, None, "EOS", subject.site.today(), "ines", reason="LOST TO FOLLOW-UP")
    assert "EOS-05" in {query.check_code for query in saved.queries}


# -- missing with reason


@pytest.mark.req("EST-03")
def test_a_visit_is_missed_only_with_a_reason(world):
    visit = Visit.objects.select_related("subject__site").get(subject__number="JER-001", code="D4")
    with pytest.raises(Refusal, match="why"):
        visits.miss(visit=visit, reason=" ", by=trial.person("ines"))
    assert visits.miss(visit=visit, reason="Telephone not answered", by=trial.person("ines")).missed_reason


@pytest.mark.req("EST-03")
def test_a_blank_answer_is_incomplete_and_one_with_a_reason_is_not(world):
    subject, vitals = trial.subject("JER-001"), served.form("VITALS")
    visit = trial.visit_of(subject, "W3")
    answers = typical(vitals, "W3", subject.site.today(), pulse="")
    kept = {"form": vitals, "subject": subject, "visit": visit, "by": trial.person("ines"), "answers": answers}
    with pytest.raises(ImpossibleValues):
        enter.save(**kept, missing={"pulse": {"code": "ND", "reason": ""}})
    blank = enter.save(**kept)
    assert not blank.record.is_complete
    told = enter.save(**kept, missing={"pulse": {"code": "ND", "reason": "cuff broken"}}, version=blank.record.version)
    assert told.record.is_complete


@pytest.mark.req("EST-03")
def test_a_whole_form_is_marked_with_one_reason(client):
    client.force_login(trial.person("ruth"))
    page = client.get(f"{HAMD_W3}not-done/").content.decode()
    assert "Was “Hamilton Depression Rating Scale” not done at Week 3?" in page
    answer = client.post(f"{HAMD_W3}not-done/", {"code": "ND", "why": "rater was ill"}, follow=True)
    assert "not done, with the reason" in answer.content.decode()
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W3")
        assert record.is_complete
        assert record.total_21 is None
        assert {given["reason"] for given in record.missing.values()} == {"rater was ill"}
        assert record.missing["mood"]["code"] == "ND"


@pytest.mark.req("EST-03")
def test_what_was_answered_before_stays(client):
    client.force_login(trial.person("ruth"))
    client.post(HAMD_W3, {"mood": "3", "guilt": "2", "then": "stay"})
    client.post(f"{HAMD_W3}not-done/", {"code": "ND", "why": "subject left before the end"})
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W3")
        assert (record.mood, record.guilt, record.is_complete) == (3, 2, True)
        assert "mood" not in record.missing
        assert "work" in record.missing


@pytest.mark.req("EST-03")
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"code": "ND"}, "in a few words why"),
        ({"why": "ill"}, "Choose not done"),
        ({"code": "XX", "why": "ill"}, "Choose not done"),
    ],
)
def test_it_is_refused_without_kind_or_reason_and_what_was_typed_stays(client, sent, sentence):
    client.force_login(trial.person("ruth"))
    answer = client.post(f"{HAMD_W3}not-done/", sent)
    page = answer.content.decode()
    assert answer.status_code >= 400
    assert sentence in page
    assert sent.get("why", "") in page
    with seeing(Site.objects.all()):
        assert not RECORDS["HAMD"].objects.filter(subject__number="JER-001", visit__code="W3").exists()


@pytest.mark.req("EST-03")
def test_eligibility_that_was_not_answered_does_not_let_anybody_in(world, client):
    from crf.actions import enrol
    from crf.refusals import NotEligible

    subject = enrol.enrol(
        site=Site.objects.get(code="JER"), screened_on=trial.subject("JER-003").site.today(), by=trial.person("ines")
    )
    client.force_login(trial.person("ines"))
    client.post(f"/subjects/{subject}/SCR/ELIG/not-done/", {"code": "ND", "why": "later"})
    with seeing(Site.objects.all()), pytest.raises(NotEligible):
        enrol.attest(subject=trial.subject(str(subject)), by=trial.person("ines"))
