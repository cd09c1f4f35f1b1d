"""What breaks the protocol is recorded with a deviation, never refused (PROTOCOL 8)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from crf.chart.treatment import Ended
from crf.rules import deviations, reporting
from crf.rules.exposure import TakenInAll
from crf.trials.dcs_trd.rules.medication import prohibited

JERUSALEM = ZoneInfo("Asia/Jerusalem")
DAY_1, DAY_2 = date(2026, 3, 10), date(2026, 3, 11)


@pytest.mark.parametrize(
    ("form", "done", "consent", "opened"),
    [("HAMD", DAY_1, DAY_1, False), ("HAMD", DAY_1, DAY_2, True), ("HAMD", DAY_1, None, True)],
)
def test_a_procedure_before_consent(form, done, consent, opened):
    found = deviations.before_consent(form=form, done_on=done, consent_on=consent, visit="SCR")
    assert bool(found) is opened
    assert found is None or (found.kind, found.severity) == ("BEFORECONSENT", "MAJOR")


@pytest.mark.parametrize(
    ("visit", "on", "opened"),
    [
        ("W1", date(2026, 3, 15), False),
        ("W1", date(2026, 3, 14), True),
        ("W1", date(2026, 3, 19), False),
        ("W1", date(2026, 3, 20), True),
        ("UNS", date(2026, 3, 20), False),
        ("ET", date(2026, 3, 20), False),
    ],
)
def test_a_visit_outside_its_window(visit, on, opened):
    found = deviations.outside_window(visit=visit, on=on, day_1=DAY_1)
    assert bool(found) is opened


def test_without_a_day_1_no_window_is_broken():
    assert deviations.outside_window(visit="W1", on=DAY_1, day_1=None) is None


@pytest.mark.parametrize(
    ("most", "prescribed", "severity"),
    [(None, 500, None), (2, 500, None), (3, 500, "MINOR"), (5, 1000, "MAJOR"), (5, None, "MAJOR"), (4, None, None)],
)
def test_an_overdose(most, prescribed, severity):
    found = deviations.overdose(most_in_a_day=most, prescribed_mg=prescribed, in_all=None, on=DAY_1, visit="W1")
    assert (found and found.severity) == severity


@pytest.mark.parametrize(("taken", "told"), [(8, False), (9, True)])
def test_an_overdose_in_all_is_told_with_days_and_numbers(taken, told):
    in_all = TakenInAll(DAY_1, DAY_1 + timedelta(days=7), taken, 8)
    found = deviations.overdose(most_in_a_day=1, prescribed_mg=250, in_all=in_all, on=DAY_1, visit="W1")
    assert (found is not None) is told
    if found:
        assert found.severity == "MINOR"
        assert (
            found.sentence.startswith("9 capsules were taken from ")
            and "; 8 capsules were prescribed" in found.sentence
        )


def test_what_is_not_admitted_as_the_record_stands_is_told_with_its_reasons():
    found = deviations.not_admitted(dose="750 mg/d", on=DAY_1, because=["One.", "Two."], visit="W3")
    assert (found.kind, found.severity, found.at_visit) == ("TITRATION", "MAJOR", "W3")
    assert found.sentence.endswith("as the record stands, this was not admitted. One. Two.")
    assert len(deviations.not_admitted(dose="750 mg/d", on=DAY_1, because=["x" * 600], visit=None).sentence) == 500


@pytest.mark.finding("F-305")
@pytest.mark.parametrize(
    ("on", "taken", "stopped", "after"),
    [
        (DAY_1, True, True, False),
        (DAY_2, True, True, True),  # stopped from that day on
        (DAY_2, True, False, False),  # it may have been swallowed before the decision
        (DAY_2, False, False, True),  # what is handed out is for the days that come
    ],
)
def test_what_lies_after_the_end_of_treatment(on, taken, stopped, after):
    ended = Ended(DAY_2, "The drug was stopped for good" if stopped else "End of treatment", "X", from_that_day=stopped)
    assert ended.is_after(on, taken=taken) is after


@pytest.mark.parametrize(("reasons", "opened"), [([], False), (["I3", "E3"], True)])
def test_randomised_without_meeting_the_criteria(reasons, opened):
    assert bool(deviations.ineligible(reasons=reasons, randomised_on=DAY_1)) is opened


@pytest.mark.parametrize(("handed_out", "opened"), [("K-014", False), ("K-041", True)])
def test_the_wrong_bottle(handed_out, opened):
    assert bool(deviations.wrong_bottle(expected="K-014", handed_out=handed_out, on=DAY_1)) is opened


@pytest.mark.parametrize(
    ("aware_at", "sent", "opened"),
    [
        (time(9), datetime(2026, 3, 11, 9), False),
        (time(9), datetime(2026, 3, 11, 9, 1), True),
        (None, datetime(2026, 3, 11, 0, 0), False),
        (None, datetime(2026, 3, 11, 0, 1), True),
        (time(9), None, False),
    ],
)
def test_a_serious_event_reported_later_than_24_hours_after_awareness(aware_at, sent, opened):
    due = reporting.due_at(aware_on=DAY_1, aware_at=aware_at, zone=JERUSALEM)
    sent = sent and sent.replace(tzinfo=JERUSALEM)
    assert bool(deviations.late_report(due=due, sent=sent, event=1)) is opened


def test_the_clock_counts_hours_that_pass_when_the_clocks_change():
    """In Jerusalem the clocks go forward an hour in the night to 2026-03-27."""
    due = reporting.due_at(aware_on=date(2026, 3, 26), aware_at=time(20), zone=JERUSALEM)
    assert due.replace(tzinfo=None) == datetime(2026, 3, 27, 21)


def test_the_clock_does_not_run_before_the_day_of_awareness_is_known():
    assert reporting.due_at(aware_on=None, aware_at=time(9), zone=JERUSALEM) is None


@pytest.mark.parametrize(
    ("group", "until", "first_dose", "opened"),
    [
        ("NMDA", None, DAY_1, True),
        ("NMDA", "2026-03", DAY_1, True),
        ("NMDA", "2026-03-10", DAY_1, True),
        ("NMDA", "2026-03-09", DAY_1, False),
        ("NMDA", "2026-02", DAY_1, False),
        ("NMDA", None, None, False),
        ("AD", None, DAY_1, False),
        (None, None, DAY_1, False),
    ],
)
def test_a_prohibited_drug_under_treatment(group, until, first_dose, opened):
    found = prohibited(drug_row=2, group=group, until=until, first_dose_on=first_dose)
    assert bool(found) is opened


def test_a_missed_visit_names_the_visit():
    found = deviations.missed_visit(visit="W3", on=DAY_1)
    assert found.sentence == "Week 3 was missed."


def test_the_same_departure_has_the_same_fingerprint():
    one, other = (deviations.outside_window(visit="W1", on=date(2026, 3, day), day_1=DAY_1) for day in (20, 21))
    assert one.fingerprint == other.fingerprint
