"""Visits in time: target, window and actual date, with study days as CDISC counts them."""

from datetime import date, timedelta

import pytest

from crf.actions.act import act
from crf.chart.standing import Standing
from crf.models import Site, Visit
from crf.shown.timeline import Stop, timeline
from tests import trial
from trialsite.database.wall import seeing


@pytest.fixture
def stops(db) -> dict[str, Stop]:
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        return {stop.visit.code: stop for stop in timeline(Standing.of(subject), today=subject.site.today())}


def test_a_visit_that_took_place_has_target_window_date_and_study_day(stops):
    week_1, baseline = stops["W1"], stops["BL"]
    assert (baseline.day, baseline.away, baseline.away_in_words) == (1, 0, "on target")
    assert week_1.window.target == week_1.on
    assert (week_1.window.closes - week_1.window.opens).days == 4
    assert (week_1.day, week_1.state.word) == (8, "Begun")


def test_before_day_1_days_are_negative_and_there_is_no_day_0(stops):
    assert stops["SCR"].day == -10
    assert (stops["SCR"].state.word, stops["SCR"].away_in_words) == ("Begun", "4 days after target")


def test_a_visit_out_of_its_window_says_so(db):
    with seeing(Site.objects.all()):
        screening = trial.visit_of(trial.subject("JER-001"), "SCR")
        with act(by="system:tests", reason="Typing error"):
            Visit.objects.filter(pk=screening.pk).update(occurred_on=screening.occurred_on - timedelta(days=5))
        subject = trial.subject("JER-001")
        found = {stop.visit.code: stop for stop in timeline(Standing.of(subject), today=subject.site.today())}
    assert (found["SCR"].day, found["SCR"].state.word) == (-15, "Begun, outside window")
    assert found["SCR"].away_in_words == "1 day before target"


def test_a_visit_to_come_has_a_target_and_no_date(stops):
    assert stops["W6"].window.target > date.today()
    assert (stops["W6"].on, stops["W6"].day, stops["W6"].away_in_words) == (None, None, "")


def test_they_stand_in_the_order_of_time(stops):
    assert list(stops)[:4] == ["SCR", "BL", "D4", "W1"]


def test_the_casebook_shows_them(client, db):
    client.force_login(trial.person("ruth"))
    page = client.get("/subjects/JER-001/").content.decode()
    assert "Visits in time" in page
    assert "4 days after target" in page
