"""What a subject's record implies, from charts that no database has seen: dates of visits, and what is judged anew."""

import hashlib
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
        ((("BDI", 7), ("HAMD", 8), ("VITALS", 8)), 8),
        ((("BDI", None), ("HAMD", 8)), 8),
        ((("HAMD", 7), ("BDI", 8)), 8),  # a tie: the one prompted first
        ((("VITALS", 8), ("HAMD", 7)), 7),
    ],
)
def test_a_visit_has_the_day_of_most_of_its_forms(days, told):
    at = visit(1, "W1")
    order = [cell.form for cell in trial.planned_at("W1")]
    assert order.index("BDI") < order.index("HAMD") < order.index("VITALS")
    records = [
        entry(10 + number, form, at, **{trial.form(form).dated: None if day is None else DAY_1 + timedelta(days=day)})
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
    found = implied(chart(at, ratings))
    assert [(one.entry.pk, one.alert.kind) for one in found.alerts] == [(12, "suicidality")]
    assert found.alerts[0].occurrence == implied(chart(at, ratings)).alerts[0].occurrence
    higher = [*ratings[:2], entry(12, "HAMD", at[2], rated_on=DAY_1 + timedelta(days=14), suicide=3)]
    assert implied(chart(at, higher)).alerts[0].occurrence != found.alerts[0].occurrence


def test_departures_bear_the_record_visit_or_subject_they_were_found_on_and_checks_their_entry():
    at = visit(1, "BL"), visit(2, "W1")
    records = [
        entry(10, "FIRSTDOSE", at[0], taken_on=DAY_1),
        entry(11, "HAMD", at[1], rated_on=W1 + timedelta(days=5), guilt=3, mood=0),
    ]
    found = implied(chart(at, records))
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
    occasions = [one.occasion for one in implied(lost).departures]
    assert "MISSED:VISIT:2" in occasions and "BLIND:7" in occasions


def test_the_end_of_study_tells_a_withdrawal_of_consent_and_the_end_of_treatment():
    ended = entry(10, "EOS", None, ended_on=W1, consent_withdrawn="Y", consent_withdrawn_on=W1 - timedelta(days=1))
    found = implied(chart([visit(1, "BL")], [ended]))
    assert found.consent_withdrawn_on == W1 - timedelta(days=1)
    assert found.treatment_ended.on == W1 - timedelta(days=1)


@pytest.mark.parametrize(("ended_on", "expected"), [(W1, W1), (None, NOTED.date())])
def test_a_withdrawal_without_its_day_counts_from_the_end_of_study_or_else_from_its_entry(ended_on, expected):
    ended = entry(10, "EOS", None, ended_on=ended_on, consent_withdrawn="Y")
    assert implied(chart([visit(1, "BL")], [ended])).consent_withdrawn_on == expected


def test_day_1_that_was_asked_for_before_is_found_anew_once_the_visits_are_dated():
    at = visit(1, "BL"), visit(2, "W1")
    known = chart(at, [entry(10, "VITALS", at[0], measured_on=DAY_1), entry(11, "HAMD", at[1], rated_on=W1)])
    known.subject.randomised_on = W1 + timedelta(days=30)
    before = known.day_1
    implied(known)
    assert (before, known.day_1) == (W1 + timedelta(days=30), DAY_1)


def test_every_departure_says_what_it_is_and_is_found_on_its_own_occasion():
    at = visit(1, "BL"), visit(2, "W1")
    records = [
        entry(10, "FIRSTDOSE", at[0], taken_on=DAY_1),
        entry(11, "HAMD", at[1], rated_on=W1 + timedelta(days=5)),
        entry(12, "DOSING", at[1], decided_on=W1, decision="STEP_UP", prescribed_mg=750, effective_on=W1),
        entry(13, "ELIG", at[0], assessed_on=DAY_1, e1="Y"),
    ]
    found = implied(chart(at, records))
    told = {one.occasion: one.departure for one in found.departures}
    for occasion in ("BEFORECONSENT:HAMD:11", "WINDOW:VISIT:2", "TITRATION:DOSING:12", "INELIGIBLE:SUBJECT"):
        assert told[occasion].kind == occasion.partition(":")[0]
        assert told[occasion].sentence


def test_alerts_of_several_records_and_of_several_hooks_of_one_form_are_all_raised():
    at = visit(1, "BL"), visit(2, "W1")
    records = [
        entry(10, "HAMD", at[1], rated_on=W1, suicide=4),
        entry(11, "BDI", at[1], completed_on=W1, item_9=3),
        entry(12, "UKU", at[1], rated_on=W1, epileptic_seizures=1, confusion=1),
    ]
    found = implied(chart(at, records))
    assert sorted((one.entry.pk, one.alert.kind) for one in found.alerts) == [
        (10, "suicidality"),
        (11, "suicidality"),
        (12, "confusion"),
        (12, "seizure"),
    ]


def test_an_occurrence_is_named_by_the_sentence_and_the_answers_that_were_read():
    """The name is stored with the alert: another way to make it would raise every alert anew."""
    at = visit(1, "W1")
    (one,) = implied(chart([at], [entry(10, "HAMD", at, rated_on=W1, suicide=4, mood=2)])).alerts
    told = f"{one.alert.sentence}\x00suicide=4"
    assert one.occurrence == hashlib.sha256(told.encode()).hexdigest()


def test_checks_see_the_visit_and_the_other_records():
    at = visit(1, "SCR"), visit(2, "W1")
    consent = entry(10, "CONSENT", at[0], signed_on=W1)
    dosing = entry(11, "DOSING", at[1], decided_on=W1, decision="STEP_UP", prescribed_mg=750, effective_on=W1)
    found = implied(chart(at, [consent, dosing]))
    assert ("DOSING-04", 11) in {(one.check.code, one.entry.pk) for one in found.failed}
