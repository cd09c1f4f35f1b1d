"""Departures that the system finds are recorded by it, once each; a serious event's clock is on the work list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crf import trial as served
from crf.actions import enter, visits
from crf.chart.serious import owed
from crf.models import RECORDS, Site
from crf.rehearsal.typical import typical
from crf.shown import entry
from crf.spec import dates
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject():
    with seeing(Site.objects.all()):
        yield trial.subject("JER-001")


def deviations(subject, *kinds: str) -> list:
    found = RECORDS["DEVIATION"].objects.filter(subject=subject, opened_by="SYSTEM").order_by("row_number")
    return [one for one in found if not kinds or one.kind in kinds]


def corrected(record, **answers):
    typed = {name: text for name, text in entry.typed_of(record).items() if text} | answers
    return enter.save(
        form=record.form,
        subject=record.subject,
        visit=record.visit,
        by=trial.person("ines"),
        answers=typed,
        version=record.version,
        reason="Source was misread",
        row=record.row_number,
    )


def serious(subject, aware, row=2):
    return trial.fill(
        subject,
        None,
        "AE",
        aware.date(),
        "ines",
        row=row,
        serious="Y",
        hospitalised="Y",
        aware_on=f"{aware:%Y-%m-%d}",
        aware_at=f"{aware:%H:%M}",
    )


def reported(subject, at, row=1, event="2", **more):
    more |= {"event": event, "sent_at": f"{at:%H:%M}"}
    return trial.fill(subject, None, "SAEREPORT", at.date(), "ines", row=row, **more)


def test_a_missed_visit_opens_a_minor_deviation(subject):
    visits.miss(visit=trial.visit_of(subject, "D4"), reason="Telephone not answered", by=trial.person("ines"))
    (found,) = deviations(subject)
    assert (found.kind, found.severity, found.at_visit) == ("MISSED", "MINOR", "D4")


def test_a_criterion_that_proves_unmet_after_randomisation_opens_a_major_deviation_once(subject):
    record = trial.record_of(subject, "HAMD", "SCR")
    first = corrected(record, mood="0", work="0", anxiety_psychic="0")
    again = corrected(first.record, guilt="0")
    (found,) = deviations(subject, "INELIGIBLE")
    assert found.severity == "MAJOR"
    assert "I3" in found.description
    assert again.deviations == []


def test_a_correction_that_changes_no_criterion_opens_nothing(subject):
    corrected(trial.record_of(subject, "HAMD", "SCR"), rated_by="XY")
    assert deviations(subject, "INELIGIBLE") == []


def test_a_prohibited_drug_under_treatment_opens_a_major_deviation(subject):
    trial.fill(subject, None, "CONMED", subject.site.today(), "ines", group="NMDA", drug="Memantine", ongoing="Y")
    assert [(one.kind, one.severity) for one in deviations(subject, "PROHIBITED")] == [("PROHIBITED", "MAJOR")]


def test_the_work_list_counts_down_to_the_first_report_of_a_serious_event(client, subject):
    aware = timezone.now().astimezone(subject.site.zone) - timedelta(hours=5)
    serious(subject, aware)
    (found,) = owed(subject=subject)
    assert found.due == (aware + timedelta(hours=24)).replace(second=0, microsecond=0)
    assert not found.is_overdue
    client.force_login(trial.person("ines"))
    assert "Serious adverse events to report" in client.get("/").content.decode()
    page = client.get("/subjects/JER-001/LOG/AE/2/").content.decode()
    assert f"by {dates.moment(found.due, found.subject.site.zone)}" in page
    client.force_login(trial.person("ruth"))
    assert "Serious adverse events" not in client.get("/").content.decode()


def test_a_report_in_time_ends_the_clock_and_is_no_deviation(client, subject):
    aware = timezone.now().astimezone(subject.site.zone) - timedelta(hours=30)
    serious(subject, aware)
    assert owed(subject=subject)[0].is_overdue
    saved = reported(subject, aware + timedelta(hours=23))
    assert owed(subject=subject) == []
    assert deviations(subject) == []
    assert saved.queries == []


def test_a_late_report_opens_a_major_deviation(subject):
    aware = timezone.now().astimezone(subject.site.zone) - timedelta(hours=30)
    serious(subject, aware)
    reported(subject, aware + timedelta(hours=25))
    assert [(one.kind, one.severity) for one in deviations(subject)] == [("SAELATE", "MAJOR")]


def test_every_version_of_a_report_stays_and_a_report_to_the_committee_alone_does_not_end_the_clock(subject):
    aware = timezone.now().astimezone(subject.site.zone) - timedelta(hours=5)
    serious(subject, aware)
    reported(subject, aware + timedelta(hours=1), sent_to="ETHICS")
    assert len(owed(subject=subject)) == 1
    reported(subject, aware + timedelta(hours=2), row=2)
    saved = reported(subject, aware + timedelta(hours=4), row=3, report="FOLLOWUP", news="Discharged")
    assert owed(subject=subject) == []
    assert saved.queries == []
    versions = RECORDS["SAEREPORT"].objects.standing().filter(subject=subject).order_by("row_number")
    assert [one.report for one in versions] == ["INITIAL", "INITIAL", "FOLLOWUP"]


def test_a_serious_event_of_the_other_site_is_not_on_the_list(client, subject):
    other = trial.subject("AFU-001")
    trial.fill(other, None, "AE", other.site.today(), "isaac", serious="Y", hospitalised="Y")
    client.force_login(trial.person("ines"))
    assert "AFU-001" not in client.get("/").content.decode()


def test_the_report_form_is_declared_for_those_who_enter_adverse_events():
    from crf.permissions import may_enter_form, may_read_form

    report, event = served.form("SAEREPORT"), served.form("AE")
    assert may_enter_form(report) == may_enter_form(event)
    assert may_read_form(report) == may_read_form(event)


@pytest.mark.finding("F-309")
def test_the_pharmacist_who_hands_out_a_wrong_bottle_is_told_at_once(client, subject):
    client.force_login(trial.person("peter"))
    on = trial.visit_of(subject, "W2").occurred_on
    answers = typical(served.form("DISPENSE"), "W2", on, kit="99999")
    answer = client.post("/subjects/JER-001/W2/DISPENSE/", answers | {"version": ""}, follow=True)
    assert f"Kit 99999 was handed out instead of {subject.kit}" in answer.content.decode()
    assert client.get("/subjects/JER-001/LOG/DEVIATION/1/").status_code in (403, 404), "the words, not the record"


def test_a_rater_is_told_nothing_about_what_raters_may_not_read(client, subject):
    client.force_login(trial.person("ruth"))
    trial.change(subject, "W1", "VITALS", "ines", weight="80.0")
    record = trial.record_of(subject, "HAMD", "W2")
    saved = corrected(record, mood="1")
    assert all(query.form == "HAMD" for query in saved.queries)


@pytest.mark.finding("F-309")
def test_who_types_is_told_that_the_visit_lies_outside_its_window(client, subject):
    client.force_login(trial.person("peter"))
    on = subject.first_dose_on + timedelta(days=11)
    answers = typical(served.form("CAPSULES"), "W3", on, most_in_a_day="1")
    page = client.post("/subjects/JER-001/W3/CAPSULES/", answers | {"version": ""}, follow=True).content.decode()
    assert "Deviation opened: Week 3 took place on" in page


@pytest.mark.finding("F-311")
def test_a_major_deviation_stands_on_the_investigators_list_until_it_is_assessed(client, subject):
    early = subject.randomised_on - timedelta(days=2)
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=early.isoformat())
    (row,) = deviations(subject, "BEFORERANDOM")
    client.force_login(trial.person("ines"))
    page = client.get("/").content.decode()
    assert "Deviations to assess" in page and row.description in page
    for person in ("clara", "mona", "ruth", "peter"):
        client.force_login(trial.person(person))
        assert "Deviations to assess" not in client.get("/").content.decode()
    client.force_login(trial.person("ines"))
    url = f"/subjects/JER-001/LOG/DEVIATION/{row.row_number}/"
    typed = {name: text for name, text in entry.typed_of(row).items() if text}
    client.post(
        url if row.row_number > 1 else url.replace("/1/", "/"),
        typed | {"action": "The subject was told; the sponsor decides", "version": "1", "reason_words": "Assessed"},
    )
    with seeing(Site.objects.all()):
        row.refresh_from_db()
        assert row.is_complete and row.action
    assert row.description not in client.get("/").content.decode().partition("Deviations to assess")[2][:4000]
