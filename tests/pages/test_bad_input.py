"""What cannot be true is refused with a sentence and stays on the page; what breaks the protocol is saved and noted."""

from datetime import timedelta

import pytest

from crf import trial as served
from crf.chart.examine import examined
from crf.models import RECORDS, Alert, Site
from crf.rehearsal.typical import typical
from tests import trial
from trialsite.database.wall import seeing

IMPOSSIBLE = {
    "letters in a score": ("HAMD", {"mood": "abc"}, "is not one of the possible answers"),
    "a score out of range": ("HAMD", {"mood": "9"}, "is not one of the possible answers"),
    "a visit in the future": ("VITALS", {"measured_on": "2099-01-01"}, "is in the future"),
    "a huge number": ("VITALS", {"pulse": "9" * 400}, "too large"),
    "a NUL character": ("VITALS", {"pulse": "7\x000"}, "cannot be stored"),
    "a pasted script": ("VITALS", {"pulse": "<script>alert(1)</script>"}, "is not a whole number"),
    "a date that does not exist": ("VITALS", {"measured_on": "2026-02-30"}, "There is no 30 Feb 2026"),
    "severity without variation": ("HAMD", {"diurnal": "0", "diurnal_severity": "2"}, "does not apply"),
    "pressure upside down": ("VITALS", {"systolic": "80", "diastolic": "90"}, "VITALS-01"),
}


@pytest.fixture
def signed_in(db, client):
    client.force_login(trial.person("ines"))
    return client


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_is_refused_with_a_sentence_and_what_was_typed_is_still_there(signed_in, what):
    code, given, sentence = IMPOSSIBLE[what]
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        answers = typical(served.form(code), "W3", subject.site.today()) | given
    page = signed_in.post(f"/subjects/JER-001/W3/{code}/", answers)
    assert page.status_code == 422
    text = page.content.decode()
    assert sentence in text
    assert "<script>alert" not in text
    for name in answers:
        if name not in given:
            assert f'name="{name}"' in text
    if what in ("a visit in the future", "a date that does not exist"):
        assert f'value="{given["measured_on"]}"' in text
    if what == "a pasted script":
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    with seeing(Site.objects.all()):
        assert not RECORDS[code].objects.filter(subject=subject, visit__code="W3").exists()


def test_every_impossible_code_of_every_form_is_refused(signed_in):

    with seeing(Site.objects.all()):
        today = trial.subject("JER-001").site.today()
        for form in served.FORMS:
            for name, item in form.asked.items():
                _, errors = examined(form, "W3", {name: "zz\x01"}, {}, today=today)
                assert name in errors, (form.code, name, item)


def saved(client, form, visit, **answers):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        typed = typical(served.form(form), visit, subject.site.today(), **answers)
    answer = client.post(f"/subjects/JER-001/{visit}/{form}/", typed)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer


def deviations(kind):
    with seeing(Site.objects.all()):
        return list(RECORDS["DEVIATION"].objects.filter(subject=trial.subject("JER-001"), kind=kind))


def test_a_procedure_before_consent_is_saved_and_opens_a_deviation(signed_in):
    with seeing(Site.objects.all()):
        before = trial.subject("JER-001").screened_on - timedelta(days=3)
    saved(signed_in, "VITALS", "W3", measured_on=before.isoformat())
    assert len(deviations("BEFORECONSENT")) == 1


def test_a_visit_out_of_its_window_is_saved_and_opens_one_deviation(signed_in):
    saved(signed_in, "VITALS", "W3")
    saved(signed_in, "HAMD", "W3")
    (found,) = deviations("WINDOW")
    assert found.at_visit == "W3"


def test_an_overdose_is_recorded_never_refused_with_an_alert_and_a_deviation(signed_in):
    saved(signed_in, "CAPSULES", "W3", most_in_a_day="9", taken="20")
    assert deviations("OVERDOSE")[0].severity == "MAJOR"
    with seeing(Site.objects.all()):
        assert Alert.objects.filter(kind="overdose", is_blocking=True).count() == 1


def test_an_implausible_value_is_saved_and_queried_and_the_query_closes_when_it_is_corrected(signed_in):
    from crf.models import Query

    saved(signed_in, "VITALS", "W3", pulse="150")
    with seeing(Site.objects.all()):
        assert Query.objects.get(check_code="VITALS-04").state == "open"
        subject = trial.subject("JER-001")
        typed = typical(served.form("VITALS"), "W3", subject.site.today(), pulse="72")
    signed_in.post("/subjects/JER-001/W3/VITALS/", typed | {"version": "1", "reason_choice": "Typing error"})
    with seeing(Site.objects.all()):
        assert Query.objects.get(check_code="VITALS-04").state == "closed"


def test_a_changed_answer_without_a_reason_is_asked_for_one_and_stays_typed(signed_in):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        typed = typical(served.form("VITALS"), "W2", subject.site.today(), pulse="88")
    page = signed_in.post("/subjects/JER-001/W2/VITALS/", typed | {"version": "1"})
    assert page.status_code == 422
    assert "Please say why" in page.content.decode()
    assert 'value="88"' in page.content.decode()


def test_a_mark_for_a_missing_answer_wants_a_reason_and_makes_the_form_complete(signed_in):
    with seeing(Site.objects.all()):
        typed = typical(served.form("VITALS"), "W3", trial.subject("JER-001").site.today())
    del typed["pulse"]
    page = signed_in.post("/subjects/JER-001/W3/VITALS/", typed | {"pulse__missing": "ND"})
    assert page.status_code == 422
    assert "why there is no answer" in page.content.decode()
    marked = typed | {"pulse__missing": "ND", "pulse__why": "Device broken"}
    page = signed_in.post("/subjects/JER-001/W3/VITALS/", marked)
    assert page.status_code == 302
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "VITALS", "W3")
        assert record.is_complete
        assert record.missing == {"pulse": {"code": "ND", "reason": "Device broken"}}


def test_a_dose_that_the_rules_do_not_admit_is_refused_with_the_rule(signed_in):
    with seeing(Site.objects.all()):
        typed = typical(served.form("DOSING"), "W2", trial.subject("JER-001").site.today(), prescribed_mg="1000")
    page = signed_in.post("/subjects/JER-001/W2/DOSING/", typed)
    assert page.status_code == 409
    assert "TITR-26" in page.content.decode()
    assert not RECORDS["DOSING"].objects.filter(visit__code="W2").exists()


@pytest.mark.parametrize(("has_begun", "most"), [(True, 8), (False, 14)], ids=["begun", "opens a deviation"])
def test_saving_a_hamd_takes_few_statements(db, has_begun, most):
    """Not counted: BEGIN, SAVEPOINT, RELEASE, and the setting of actor, role and reason.

    The first save of a visit out of its window also dates the visit, opens the deviation, and looks once more.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from crf.actions import enter

    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        person, visit, form = trial.person("ines"), trial.visit_of(subject, "W3"), served.form("HAMD")
        if has_begun:
            trial.fill(subject, "W3", "BDI", subject.site.today(), "ines")
        person.current_roles  # noqa: B018 - read once per request, before the save
        answers = typical(form, "W3", subject.site.today())
        with CaptureQueriesContext(connection) as caught:
            enter.save(form=form, subject=subject, visit=visit, by=person, answers=answers)
    counted = [
        query["sql"]
        for query in caught
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN")) and "set_config" not in query["sql"]
    ]
    assert len(counted) <= most, "\n\n".join(s[:260] + " ... " + s[-160:] for s in counted)
