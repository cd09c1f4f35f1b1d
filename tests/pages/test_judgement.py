"""Each abnormal laboratory value is judged by the investigator, who signs; a change of the value takes it back."""

import pytest

from crf import trial as served
from crf.actions import enter, judge, lock
from crf.chart.judgements import judgement_of, waiting_at
from crf.chart.signed_content import content_of
from crf.models import AuditEntry, Query, Signature, Site
from crf.refusals import ChangedMeanwhile, NotAllowed, NotYet, Refusal
from crf.rules.laboratory import COMPONENT
from crf.shown import entry
from crf.trials.dcs_trd.forms.laboratory import Laboratory
from tests import trial
from tests.pages.test_deeds_by_page import sign_in
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
WHERE = "/subjects/JER-001/W3/LAB/judge/"


@pytest.fixture
def panel(db):
    """Week 3 of JER-001: ALT high, potassium low, sodium normal."""
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        given = (("ALT", "50", "U/L"), ("K", "3.0", "mmol/L"), ("SODIUM", "140", "mmol/L"))
        yield [
            trial.fill(
                subject, "W3", "LAB", subject.site.today(), "clara", row=row, analyte=code, result=result, unit=unit
            ).record
            for row, (code, result, unit) in enumerate(given, start=1)
        ]


def where(panel):
    return {"subject": trial.subject("JER-001"), "visit": trial.visit_of(trial.subject("JER-001"), "W3")}


def shown(panel) -> str:
    return content_of(**where(panel), form=Laboratory).sha256


def judged(panel, by="ines", **other) -> Signature:
    judgements = {panel[0].pk: "N", panel[1].pk: "Y"}
    given = {"judgements": judgements, "shown_sha256": shown(panel)} | other
    return judge.judge(**where(panel), by=trial.person(by), **given)


def corrected(record, result: str):
    answers, _ = entry.split(entry.typed_of(record) | {"result": result}, Laboratory)
    return enter.save(
        form=Laboratory,
        subject=trial.subject("JER-001"),
        visit=record.visit,
        by=trial.person("clara"),
        answers=answers,
        version=record.version,
        row=record.row_number,
        reason="Typing error",
    ).record


@pytest.mark.req("SIG-01")
@pytest.mark.req("SIG-03")
def test_the_judgements_stand_in_the_record_under_a_signature_of_the_investigator(panel):
    signature = judged(panel)
    for record in panel:
        record.refresh_from_db()
    assert [record.significant for record in panel] == ["N", "Y", None]
    assert (signature.signed_by.username, signature.scope, signature.meaning) == ("ines", "LABORATORY", judge.MEANING)
    assert signature.content_sha256 == shown(panel)
    assert judgement_of(panel[0]) == judgement_of(panel[1]) == signature
    written = AuditEntry.objects.filter(table="crf_form_lab", record=panel[0].pk).order_by("sequence").last()
    assert (written.actor_name, written.changes) == ("ines", {"significant": [None, "N"]})
    assert Query.objects.filter(form="LAB", record=panel[1].pk, check_code="LAB-05", state="open").exists()


@pytest.mark.req("SIG-07")
@pytest.mark.parametrize("person", ["clara", "mona", "dana", "mark", "isaac", "sofia", "adam"])
def test_nobody_else_judges(panel, person):
    with pytest.raises(NotAllowed):
        judged(panel, by=person)


@pytest.mark.req("SIG-04")
def test_what_changed_since_the_page_was_opened_is_not_judged(panel):
    before = shown(panel)
    panel[0] = corrected(panel[0], "60")
    with pytest.raises(ChangedMeanwhile):
        judged(panel, shown_sha256=before)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("judgements", [{}, {"first": "N"}, {"first": "N", "second": "maybe"}])
def test_every_abnormal_value_is_judged_or_none_is(panel, judgements):
    given = {panel[0 if key == "first" else 1].pk: value for key, value in judgements.items()}
    with pytest.raises(Refusal, match="Judge every abnormal value"):
        judged(panel, judgements=given)
    panel[0].refresh_from_db()
    assert panel[0].significant is None


def test_a_report_without_an_abnormal_value_has_nothing_to_judge(panel):
    subject = trial.subject("JER-001")
    with pytest.raises(NotYet):
        judge.judge(
            subject=subject,
            visit=trial.visit_of(subject, "SCR"),
            judgements={},
            shown_sha256="0" * 64,
            by=trial.person("ines"),
        )


@pytest.mark.req("SIG-05")
def test_a_changed_result_takes_its_judgement_back_and_is_to_be_judged_again(panel):
    signature = judged(panel)
    panel[0].refresh_from_db()
    changed = corrected(panel[0], "70")
    signature.refresh_from_db()
    assert signature.revoked_at is not None
    assert changed.significant is None
    trail = AuditEntry.objects.filter(table="crf_form_lab", record=changed.pk).order_by("sequence").last()
    assert trail.actor_name == COMPONENT and trail.changes["significant"] == ["N", None]
    (waiting,) = waiting_at(set(Site.objects.values_list("pk", flat=True)))
    assert {record.analyte for record in waiting.records} == {"ALT", "K"}, "the signature stood on both"
    panel[0] = changed
    judged(panel)
    assert waiting_at(set(Site.objects.values_list("pk", flat=True))) == []


def test_what_is_entered_besides_leaves_the_judgement_alone(panel):
    signature = judged(panel)
    subject = trial.subject("JER-001")
    trial.fill(subject, "W3", "LAB", subject.site.today(), "clara", row=4, analyte="GGT", result="90", unit="U/L")
    signature.refresh_from_db()
    assert signature.revoked_at is None
    (waiting,) = waiting_at(set(Site.objects.values_list("pk", flat=True)))
    assert [record.analyte for record in waiting.records] == ["GGT"]


@pytest.mark.req("LCK-02")
def test_values_that_nobody_judged_speak_against_locking(panel):
    assert "2 abnormal laboratory values are not judged." in lock.findings()
    judged(panel)
    assert not any("not judged" in sentence for sentence in lock.findings())


@pytest.mark.req("SIG-02")
def test_the_page_wants_fresh_authentication(client, panel):
    response = sign_in(client, "ines", fresh=False).get(WHERE)
    assert response.headers["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.req("SIG-01")
def test_the_investigator_finds_it_on_the_work_list_judges_and_signs(client, panel):
    signed_in = sign_in(client, "ines")
    sections = {section.title: section for section in signed_in.get("/").context["sections"]}
    (task,) = sections["Laboratory values to judge"].tasks
    assert (task.href, task.what) == (WHERE, "Week 3: 2 outside the limits of normal")
    page = signed_in.get(WHERE)
    assert [row["name"] for row in page.context["rows"]] == ["Alanine aminotransferase", "Potassium"]
    given = {"shown": page.context["shown"], f"judgement-{panel[0].pk}": "N"}
    refused = signed_in.post(WHERE, given)
    assert refused.status_code == 409 and "Judge every abnormal value" in refused.content.decode()
    assert signed_in.post(WHERE, given | {f"judgement-{panel[1].pk}": "N"}).status_code == 302
    assert "Judged not significant" in signed_in.get("/subjects/JER-001/W3/LAB/").content.decode()
    assert "Laboratory values to judge" not in signed_in.get("/").content.decode()


@pytest.mark.req("CHK-05")
def test_a_judgement_cannot_be_typed(client, panel):
    sign_in(client, "clara").post(
        "/subjects/JER-001/W3/LAB/", entry.typed_of(panel[0]) | {"version": "1", "significant": "N", "flag": "NORMAL"}
    )
    with seeing(Site.objects.all()):
        panel[0].refresh_from_db()
    assert (panel[0].significant, panel[0].flag) == (None, "HIGH")
    assert served.form("LAB").items["significant"].computed
