"""The dashboard: each role's own pictures, of its own sites, at a fixed cost; their numbers are the record's."""

import re
from datetime import date, timedelta

import pytest

from crf import trial as served
from crf.actions import visits
from crf.chart.standing import Standing
from crf.models import Query, Site, Subject
from crf.rules.pace import forecast
from tests import trial
from tests.pages.test_costs import statements
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.every_trial]
URL = "/dashboard/"
SEEN = {
    "ines": "enrolment visits forms queries signatures courses alerts code-breaks",
    "ruth": "visits queries",
    "peter": "enrolment visits queries stock",
    "mona": "enrolment visits forms queries signatures courses alerts code-breaks minutes stock",
    "dana": "enrolment visits forms queries signatures courses alerts code-breaks minutes",
    "mark": "enrolment visits forms queries signatures courses alerts code-breaks",
    "stefan": "enrolment visits forms signatures courses",
    "sofia": "code-breaks",
    "adam": "sign-ins",
    "ursula": "enrolment",
    "rolf": "enrolment",
    "sven": "enrolment",
}


def pictures(client, person: str) -> dict[str, str]:
    """By code: what the section of the picture holds, as text with its mark-up."""
    client.force_login(trial.person(person))
    page = client.get(URL).content.decode()
    return {part.split('"')[0]: part for part in page.split('<section class="picture" aria-labelledby="h-')[1:]}


def row(picture: str, name: str) -> list[str]:
    """The numbers of the row of that name in the table below a drawing."""
    found = re.search(rf'<th scope="row">{re.escape(name)}</th>(.*?)</tr>', picture)
    return re.findall(r'<td class="number">(.*?)</td>', found[1])


@pytest.mark.parametrize("person", SEEN)
def test_each_role_sees_its_own_pictures_and_no_other(client, everything, person):
    expected = set(SEEN[person].split())
    absent = {"stock"} if not served.KITS else set()
    if not served.form(served.ANALYSIS.primary.form).rating:
        absent.add("minutes")
    assert set(pictures(client, person)) == expected - absent


def test_a_site_sees_its_own_numbers_and_the_sponsor_all(client, everything):
    with seeing(Site.objects.all()):
        of_site = Subject.objects.filter(site__code=trial.FIRST)
        name = of_site[0].site.name
        both = [str(found.filter(randomised_at__isnull=False).count()) for found in (of_site, Subject.objects.all())]
        waiting = Query.objects.filter(site__code=trial.FIRST, state="open").count()
    own, whole = pictures(client, "ines"), pictures(client, "dana")
    assert row(own["enrolment"], name)[2] == both[0]
    assert "Together" not in own["enrolment"]
    assert row(whole["enrolment"], "Together")[2] == both[1]
    assert sum(map(int, row(own["queries"], f"{name}, to be answered"))) == waiting > 0
    assert f"{waiting}. Answers" in own["queries"]


def test_the_numbers_of_the_visits_and_forms_are_those_of_the_record(client, everything):
    with seeing(Site.objects.all()):
        standings = Standing.of_all(Subject.objects.select_related("site"))
        took = sum(
            visit.code == served.BASELINE and visit.occurred_on is not None for one in standings for visit in one.visits
        )
        begun = sum(not fact.is_complete for one in standings for fact in one.facts if fact.visit)
    found = pictures(client, "dana")
    label = served.visit(served.BASELINE).label
    assert sum(map(int, row(found["visits"], label)[:2])) == took
    assert f"Begun: {begun}." in found["forms"]


def test_a_drawing_is_named_and_has_its_numbers_as_a_table(client, everything):
    for code, picture in pictures(client, "dana").items():
        if '<svg class="drawing"' not in picture:
            continue
        assert f'role="img" aria-labelledby="p-{code}-title p-{code}-says"' in picture
        assert f'<title id="p-{code}-title">' in picture
        assert f'<desc id="p-{code}-says">' in picture
        assert "<table" in picture
        assert "style=" not in picture  # the Content-Security-Policy refuses it


def test_it_costs_the_same_whatever_the_number_of_subjects(client, everything):
    before = len(statements(client, URL, "dana"))
    assert before <= 14
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        for _ in range(3):
            visits.begin_unplanned(subject=subject, code=served.UNSCHEDULED, by=trial.person("ines"))
    assert len(statements(client, URL, "dana")) == before


def test_the_forecast_goes_on_as_it_went_and_says_nothing_from_too_little():
    today = date(2026, 11, 1)
    weekly = [today - timedelta(days=7 * week) for week in range(10)]
    found = forecast(weekly, plan=20, today=today)
    assert found.likely == today + timedelta(days=63)
    assert today < found.first < found.likely < found.last
    assert forecast(weekly[:2], plan=20, today=today) is None
    assert forecast(weekly, plan=10, today=today) is None
    assert forecast([], plan=10, today=today) is None
    # The more is known, the narrower.
    daily = [today - timedelta(days=day) for day in range(170)]
    wide = (found.last - found.first) / (found.likely - today)
    close = forecast(daily, plan=340, today=today)
    assert (close.last - close.first) / (close.likely - today) < wide
