"""The course of one subject at a look: what it shows, to whom, and that the same course is the same drawing."""

import html

import pytest
from django.utils import timezone

from crf.actions import accounts
from crf.chart.others import Others
from crf.chart.standing import Standing
from crf.models import Site
from crf.shown.course import course_of
from crf.shown.course_figure import drawn
from crf.spec import dates
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
COURSE = "/subjects/JER-001/course/"


def the_course(number: str):
    subject = trial.subject(number)
    return course_of(Standing.of(subject), Others(subject.pk), today=subject.site.today())


@pytest.fixture
def world():
    with seeing(Site.objects.all()):
        yield


def test_it_holds_the_totals_the_dose_and_the_events_by_study_day(world):
    subject = trial.subject("JER-001")
    day_8 = trial.visit_of(subject, "W1").occurred_on
    trial.fill(subject, None, "AE", day_8, "ines", row=2, onset=day_8.isoformat(), term="Headache", ongoing="Y")
    trial.fill(subject, None, "AE", day_8, "ines", row=3, onset=f"{day_8:%Y-%m}", term="Tremor", ongoing="Y")
    found = the_course("JER-001")
    totals = {point.visit: (point.day, point.value) for point in found.scales["HAMD-21"]}
    assert totals["Week 1"] == (8, 20)
    assert totals["Week 2"] == (15, 18)
    assert [(dose.day, dose.mg) for dose in found.doses] == [(1, 250)]
    assert (2, 8, "Headache") in [(event.row, event.day, event.term) for event in found.events]
    assert 3 not in {event.row for event in found.events}
    assert found.dose_on(8) == 250
    assert found.dose_on(-1) is None


def test_an_interruption_is_no_milligram(world):
    subject = trial.subject("JER-001")
    day_8 = trial.visit_of(subject, "W1").occurred_on
    trial.fill(
        subject,
        "W1",
        "DOSING",
        day_8,
        "ines",
        decision="INTERRUPT",
        prescribed_mg="0",
        as_planned="N",
        reason="AE",
        effective_on=day_8.isoformat(),
    )
    assert [(dose.day, dose.mg) for dose in the_course("JER-001").doses] == [(1, 250), (8, 0)]


def test_the_casebook_has_the_dose_as_a_strip_with_every_interruption_and_why_for_who_reads_doses(client, world):
    subject = trial.subject("JER-001")
    day_8 = trial.visit_of(subject, "W1").occurred_on
    answers = {"decision": "INTERRUPT", "prescribed_mg": "0", "as_planned": "N", "reason": "OTHER"}
    answers |= {"reason_text": "A dentist's appointment", "effective_on": day_8.isoformat()}
    trial.fill(subject, "W1", "DOSING", day_8, "ines", **answers)
    seen = {}
    for person in ("ines", "ruth"):
        client.force_login(trial.person(person))
        seen[person] = html.unescape(client.get("/subjects/JER-001/").content.decode())
    on = dates.day(day_8)
    assert f"Interrupted from day 8 ({on}). Interrupted, {on}: Other, A dentist's appointment." in seen["ines"]
    assert "250 mg/d from day 1 (" in seen["ines"]
    assert "<li>Interrupted, " in seen["ines"]
    assert "dose-strip" not in seen["ruth"]
    assert "dentist" not in seen["ruth"]


def test_after_the_last_dose_nothing_is_prescribed(world):
    subject = trial.subject("JER-001")
    last = trial.visit_of(subject, "W2").occurred_on
    trial.fill(subject, None, "EOT", last, "ines", reason="ADVERSE EVENT", last_dose_on=last.isoformat())
    assert [(dose.day, dose.mg) for dose in the_course("JER-001").doses] == [(1, 250), (16, 0)]


def test_without_a_study_day_1_there_is_nothing_to_draw(client, world):
    assert the_course("JER-003").is_empty
    client.force_login(trial.person("ines"))
    assert "nothing to draw yet" in client.get("/subjects/JER-003/course/").content.decode()
    assert client.get("/subjects/JER-003/course.svg").status_code == 404


def test_the_same_course_is_the_same_drawing_and_another_is_not(world):
    one = drawn(the_course("JER-001"))
    assert one == drawn(the_course("JER-001"))
    assert one != drawn(the_course("AFU-001"))
    assert one.startswith(b"<?xml")


def test_the_page_gives_the_numbers_beside_the_drawing(client):
    client.force_login(trial.person("ines"))
    page = client.get(COURSE).content.decode()
    assert "20 on day 8" in page
    assert '<td class="number">18</td>' in page
    assert client.get("/subjects/JER-001/course.svg")["Content-Type"] == "image/svg+xml"


def test_whoever_rates_at_the_site_does_not_see_it_whatever_else_they_are(client):
    with seeing(Site.objects.all()):
        site = Site.objects.get(code="JER")
        accounts.give_role(
            user=trial.person("clara"), site=site, role="rater", starts_on=timezone.now().date(), by="system:tests"
        )
    for person in ("ruth", "clara"):
        client.force_login(trial.person(person))
        assert client.get(COURSE).status_code == 403
        assert client.get("/subjects/JER-001/course.svg").status_code == 403
        assert "course/" not in client.get("/subjects/JER-001/").content.decode()
