"""The dashboard: each role's own pictures, of its own sites, at a fixed cost; their numbers are the record's."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from django.utils import timezone

from crf import spec
from crf import trial as served
from crf.actions import visits
from crf.actions.act import act
from crf.actions.verify import Seen, verify
from crf.chart.standing import Standing
from crf.models import RECORDS, Query, Site, Subject, Verification
from crf.rules.pace import forecast
from crf.shown.dashboard.forms import entered
from crf.shown.dashboard.visits import HOW, PARTS
from crf.spec.purposes import Purpose
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
        expected = Counter()
        for one in standings:
            is_over = one.subject.is_screen_failure or one.has_record(served.code_serving(Purpose.END_OF_STUDY))
            for visit in one.visits:
                is_counted = one.subject.is_randomised or visit.code in served.BEFORE_RANDOMISATION
                is_awaited = visit.state == "planned" and not visit.occurred_on
                if visit.number == 1 and is_counted and not (is_over and is_awaited):
                    expected[visit.code, HOW[one.status_of(visit, one.subject.site.today())]] += 1
        begun = sum(not fact.is_complete for one in standings for fact in one.facts if fact.visit)
    found = pictures(client, "dana")
    for visit in served.VISITS:
        if visit.is_planned:
            assert row(found["visits"], visit.label) == [str(expected[visit.code, part]) for part in PARTS]
    assert len({how for _, how in expected}) > 2
    assert f"Begun: {begun}." in found["forms"]


def how_far(form, at: set[int]) -> list[tuple]:
    """(visit, site, how far) of each sheet of the form: all rows at a visit are one, of a log each is one."""
    seen = defaultdict(set)
    for one in Verification.objects.filter(form=form.code, withdrawn_at__isnull=True):
        seen[one.record].add(one.version)
    sheets = defaultdict(list)
    for record in RECORDS[form.code].objects.standing().filter(subject__annulled_at=None, site__in=at):
        sheets[record.pk if form.log else (record.subject_id, record.visit_id)].append(record)
    found = []
    for rows in sheets.values():
        how = "complete"
        if not all(row.is_complete for row in rows):
            how = "begun"
        elif all(row.version in seen[row.pk] for row in rows):
            how = "verified"
        elif all(seen[row.pk] for row in rows):
            how = "changed"
        found.append((rows[0].visit_code, rows[0].site_id, how))
    return found


def test_how_far_each_form_is_follows_from_its_records_and_their_verifications(everything):
    mona, told = trial.person("mona"), [form for form in served.FORMS if form.discloses is not spec.UNBLINDS]
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        every = {form: list(RECORDS[form.code].objects.standing().filter(subject=subject)) for form in told}
        to_see = [Seen(form.code, one.pk, one.version) for form in told for one in every[form] if one.is_complete]
        verify(subject=subject, seen=to_see, by=mona)
        with act(by="system:tests", role="system", reason="x"):
            for form in told:
                rows = RECORDS[form.code].objects.filter(pk__in=[one.pk for one in every[form]])
                for place, one in enumerate(rows.order_by("visit", "row_number")):
                    if place % 3 == 1:
                        rows.filter(pk=one.pk).update(version=one.version + 1)
                    elif place % 4 == 2:
                        rows.filter(pk=one.pk).update(completed_at=None, completed_by=None)
            gone = Subject.objects.filter(randomised_at=None).exclude(pk=subject.pk)
            gone.update(annulled_at=timezone.now(), annulled_by=mona, annulled_reason="x")
        sites = set(Site.objects.values_list("pk", flat=True))
        read = {form: sites if place % 2 else {min(sites)} for place, form in enumerate(told)}
        expected = Counter((form.code, *one) for form in told for one in how_far(form, read[form]))
        found = entered({form: sorted(at) for form, at in read.items()})
    assert {tuple(place): many for *place, many in found} == expected
    assert {how for *_, how, _ in found} == {"begun", "complete", "verified", "changed"}


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
