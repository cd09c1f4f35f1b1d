"""What a subject's record implies, from charts that no database has seen: dates of visits, and what is judged anew."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from crf import trial
from crf.chart.chart import Chart, Entry
from crf.chart.implied import date_of_visit, implied
from crf.models import Visit

DAY_1 = date(2026, 3, 2)
SITE = SimpleNamespace(today=lambda: DAY_1 + timedelta(days=60), zone=ZoneInfo("Asia/Jerusalem"))
NOTED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def visit(pk, code, *, state=Visit.State.PLANNED, on=None):
    return Visit(pk=pk, code=code, number=1, state=state, occurred_on=on)


def entry(pk, form, at, **answers):
    declared = trial.form(form)
    values = dict.fromkeys((*declared.items, *declared.scores)) | answers
    return Entry(declared, pk, at and at.code, at and at.pk, 1, 1, 1, {}, True, NOTED, NOTED, 1, values)


def chart(visits, entries):
    subject = SimpleNamespace(pk=1, site=SITE, is_randomised=True, randomised_on=DAY_1, kit="10001")
    found = Chart(subject, visits, entries)
    found.__dict__["open_alerts"] = ()
    return found


W1 = DAY_1 + timedelta(days=7)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((), None),
        ((("HAMD", 7),), 7),
        ((("HAMD", 7), ("BDI", 8), ("VITALS", 8)), 8),
        ((("HAMD", 7), ("BDI", 8)), 8),  # a tie: the one prompted first
        ((("VITALS", 8), ("HAMD", 7)), 7),
    ],
)
def test_a_visit_has_the_day_of_most_of_its_forms(days, told):
    at = visit(1, "W1")
    order = [cell.form for cell in trial.planned_at("W1")]
    assert order.index("BDI") < order.index("HAMD") < order.index("VITALS")
    records = [
        entry(10 + number, form, at, **{trial.form(form).dated: DAY_1 + timedelta(days=day)})
        for number, (form, day) in enumerate(days)
    ]
    found = date_of_visit(chart([at], records), at)
    assert found == (None if told is None else DAY_1 + timedelta(days=told))


@pytest.mark.parametrize(
    ("state", "kept"), [(Visit.State.PLANNED, None), (Visit.State.DONE, W1), (Visit.State.MISSED, None)]
)
def test_without_a_dated_form_only_a_visit_that_is_done_keeps_its_day(state, kept):
    at = visit(1, "W1", state=state, on=W1)
    assert date_of_visit(chart([at], []), at) == kept
    dated = chart([at], [entry(10, "HAMD", at, rated_on=DAY_1)])
    assert (date_of_visit(dated, at) is None) is (state == Visit.State.MISSED)


def test_the_alert_of_a_rating_follows_the_rating_before_it_in_time():
    at = [visit(1, "BL"), visit(2, "W1"), visit(3, "W2")]
    ratings = [
        entry(10 + number, "HAMD", where, rated_on=DAY_1 + timedelta(days=7 * number), suicide=score)
        for number, (where, score) in enumerate(zip(at, (0, 0, 2), strict=True))
    ]
    found = implied(chart(at, ratings), today=SITE.today())
    assert [(one.entry.pk, one.alert.kind) for one in found.alerts] == [(12, "suicidality")]
    assert found.alerts[0].occurrence == implied(chart(at, ratings), today=SITE.today()).alerts[0].occurrence
    higher = [*ratings[:2], entry(12, "HAMD", at[2], rated_on=DAY_1 + timedelta(days=14), suicide=3)]
    assert implied(chart(at, higher), today=SITE.today()).alerts[0].occurrence != found.alerts[0].occurrence


def test_departures_bear_the_record_visit_or_subject_they_were_found_on_and_checks_their_entry():
    at = visit(1, "BL"), visit(2, "W1")
    records = [
        entry(10, "FIRSTDOSE", at[0], taken_on=DAY_1),
        entry(11, "HAMD", at[1], rated_on=W1 + timedelta(days=5), guilt=3, mood=0),
    ]
    found = implied(chart(at, records), today=SITE.today())
    assert found.first_dose_on == DAY_1 and found.consent_withdrawn_on is None and found.treatment_ended is None
    assert found.visit_dates == {1: DAY_1, 2: W1 + timedelta(days=5)}
    occasions = {one.occasion for one in found.departures}
    assert {"BEFORECONSENT:HAMD:11", "WINDOW:VISIT:2"} <= occasions
    assert ("HAMD-01", 11) in {(one.check.code, one.entry.pk) for one in found.failed}
    assert not any(one.check.hard for one in found.failed)


def test_a_missed_visit_and_a_lost_blind_are_departures_of_their_own():
    at = [visit(1, "BL"), visit(2, "W1", state=Visit.State.MISSED)]
    lost = chart(at, [])
    lost.broken = [SimpleNamespace(pk=7, kind="emergency", on=W1)]
    occasions = [one.occasion for one in implied(lost, today=SITE.today()).departures]
    assert "MISSED:VISIT:2" in occasions and "BLIND:7" in occasions


def test_the_end_of_study_tells_a_withdrawal_of_consent_and_the_end_of_treatment():
    ended = entry(10, "EOS", None, ended_on=W1, consent_withdrawn="Y", consent_withdrawn_on=W1 - timedelta(days=1))
    found = implied(chart([visit(1, "BL")], [ended]), today=SITE.today())
    assert found.consent_withdrawn_on == W1 - timedelta(days=1)
    assert found.treatment_ended.on == W1 - timedelta(days=1)
