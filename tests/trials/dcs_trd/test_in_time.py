"""What is “the latest” goes by the day of the record; what was entered late, or corrected, changes what hangs on it."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from crf import trial as served
from crf.actions import enter, lock, queries, recheck, visits
from crf.actions.limits import enter_limits, withdraw
from crf.chart import dose
from crf.chart.chart import Chart
from crf.chart.others import Others
from crf.chart.standing import day_1_of
from crf.models import RECORDS, Alert, Query, Site, SiteLimits
from crf.rehearsal.typical import typical
from crf.rehearsal.walk import clock_at
from crf.rules import laboratory
from crf.trials.dcs_trd.rules import drug
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject():
    with seeing(Site.objects.all()):
        yield trial.subject(trial.TREATED)


def ago(days):
    return trial.subject(trial.TREATED).site.today() - timedelta(days=days)


def unscheduled(subject, form, days, **answers):
    """A form at a new unscheduled visit, so many days ago."""
    visit = visits.begin_unplanned(subject=subject, code="UNS", by=trial.person("ines"))
    typed = typical(served.form(form), "UNS", ago(days), **answers)
    return enter.save(form=served.form(form), subject=subject, visit=visit, by=trial.person("ines"), answers=typed)


def rules(reasons):
    return [one.rule for one in reasons]


@pytest.mark.finding("F-203")
@pytest.mark.parametrize("of", [Others, Chart.of])
def test_the_dose_is_judged_by_the_latest_impression_and_results_whichever_visit_they_stand_at(subject, of):
    """An unscheduled visit of last week is no later than the planned one of today, and a repeat that looks at one test
    takes nothing away from the others."""
    look = (lambda: drug.decide(Others(subject.pk))) if of is Others else lambda: drug.decide(Chart.of(subject))
    unscheduled(subject, "CGI", 5, improvement="7")
    unscheduled(subject, "LAB", 5, analyte="ALT", result="400", unit="U/L")
    assert rules(look()) == ["LAB-01"]  # the impression of week 2 is of yesterday
    trial.change(subject, "W2", "CGI", "ines", rated_on=ago(6).isoformat())
    assert rules(look()) == ["LAB-01", "DECIDE-03"]
    trial.fill(subject, "W3", "CGI", ago(0), "ines", improvement="2")
    trial.fill(subject, "W3", "LAB", ago(1), "ines", analyte="ALT", result="20", unit="U/L")
    assert rules(look()) == []
    unscheduled(subject, "LAB", 0, analyte="ALT", result="400", unit="U/L")
    unscheduled(subject, "LAB", 0, analyte="CREAT", result="72", unit="umol/L")
    assert rules(look()) == ["LAB-01"]


@pytest.mark.finding("F-203")
def test_what_was_seen_at_an_unscheduled_visit_before_the_first_dose_does_not_stop_the_drug(subject):
    ready = trial.subject(trial.READY)
    unscheduled(ready, "UKU", 3, epileptic_seizures="1")
    assert rules(drug.stop(Others(ready.pk))) == []
    unscheduled(subject, "UKU", 3, epileptic_seizures="1")
    assert rules(drug.stop(Others(subject.pk))) == ["STOP-01"]


@pytest.mark.finding("F-203")
def test_at_one_of_two_unscheduled_visits_a_check_looks_at_what_stands_there(subject):
    """The dose explained is held against the decision of the same visit, not of the first that was not planned."""
    unscheduled(subject, "DOSING", 1, decision="MAINTAIN", prescribed_mg="250", as_planned="N", reason="WISH")
    other = visits.begin_unplanned(subject=subject, code="UNS", by=trial.person("ines"))
    answers = typical(served.form("DISPENSE"), "UNS", ago(0), daily_mg="500", capsules="9", kit=subject.kit)
    saved = enter.save(
        form=served.form("DISPENSE"), subject=subject, visit=other, by=trial.person("peter"), answers=answers
    )
    assert [query.check_code for query in saved.queries] == []


@pytest.mark.finding("F-203")
def test_a_rating_without_a_day_stands_after_the_visits_before_it(subject):
    first, second = (trial.record_of(subject, "HAMD", visit).pk for visit in ("W1", "W2"))
    trial.change(subject, "W1", "HAMD", "ines", suicide="1")
    trial.change(subject, "W2", "HAMD", "ines", suicide="2", rated_on="")
    trial.fill(subject, "W3", "HAMD", ago(0), "ines", suicide="2")
    chart = Chart.of(subject)
    at = {one.pk: chart.previous(one, "suicide") for one in chart.records("HAMD")}
    third = next(one.pk for one in chart.records("HAMD") if one.visit == "W3")
    assert (at[second], at[third]) == (1, 2)
    assert at[first] == chart.value("HAMD", "suicide", visit="BL")


@pytest.mark.finding("F-205")
def test_a_prohibited_drug_departs_from_the_day_it_was_begun_and_not_after_treatment(subject):
    def found():
        rows = RECORDS["DEVIATION"].objects.standing().filter(subject=subject, kind="PROHIBITED")
        return list(rows.values_list("occurred_on", flat=True))

    given = {"drug": "Memantine", "group": "NMDA", "ongoing": "Y", "change": ""}
    trial.fill(subject, None, "CONMED", ago(0), "ines", began=ago(3).isoformat(), **given)
    assert found() == [ago(3)]
    trial.change(subject, None, "CONMED", "ines", began=str(ago(400).year))
    assert found() == [subject.first_dose_on]
    trial.change(subject, None, "CONMED", "ines", began=ago(3).isoformat())
    ended = {"decided_on": ago(6).isoformat(), "last_dose_on": ago(6).isoformat(), "reason": "LACK OF EFFICACY"}
    trial.fill(subject, None, "EOT", ago(6), "ines", ever_dosed="Y", details="", visits_go_on="Y", **ended)
    assert found() == []


@pytest.mark.finding("F-201")
@pytest.mark.parametrize(
    ("form", "answers", "carried"),
    [
        (
            "EOS",
            {"reason": "WITHDRAWAL BY SUBJECT", "consent_withdrawn": "Y", "ended_on": "", "details": "By telephone"}
            | {"consent_withdrawn_on": "", "died_on": ""},
            ("consent_withdrawn_on", "treatment_ended_on"),
        ),
        ("AE", {"special": "PREGNANCY", "onset": "this year"}, ("treatment_ended_on",)),
    ],
)
def test_a_day_that_was_left_open_is_that_of_the_entry_and_does_not_move_on_with_the_calendar(
    subject, form, answers, carried
):
    today = subject.site.today()
    typed = {name: str(today.year) if text == "this year" else text for name, text in answers.items()}
    trial.fill(subject, None, form, today, "ines", **typed)
    later = datetime.combine(today + timedelta(days=3), time(12), tzinfo=subject.site.zone)
    with clock_at(later):
        trial.change(subject, "W1", "VITALS", "ines", pulse="73")
        subject.refresh_from_db()
        assert {getattr(subject, name) for name in carried} == {today}
        view = dose.dose_on(subject, Others(subject.pk), day_1=day_1_of(subject), on=later.date())
    assert view.proposal.decision in (None, "STOP")


@pytest.mark.finding("F-214")
def test_what_a_person_let_stand_is_asked_anew_once_it_was_gone_in_between(subject):
    """The weight of week 3 differs from week 2: closed by the monitor; week 2 is corrected and corrected again."""

    def states():
        asked = Query.objects.filter(subject=subject, check_code="VITALS-06", visit__code="W3").order_by("pk")
        return list(asked.values_list("state", flat=True))

    trial.fill(subject, "W3", "VITALS", ago(0), "ines", weight="90")
    queries.close(query=Query.objects.get(subject=subject, check_code="VITALS-06"), by=trial.person("mona"))
    trial.change(subject, "W2", "VITALS", "ines", pulse="73")
    assert states() == ["closed"]  # nothing that it was asked about has changed
    trial.change(subject, "W2", "VITALS", "ines", weight="90")
    trial.change(subject, "W2", "VITALS", "ines", weight="60")
    assert states() == ["closed", "open"]


@pytest.mark.finding("F-201")
def test_limits_that_come_later_judge_the_results_on_record_from_their_first_day_on(subject):
    early = unscheduled(subject, "LAB", 12, analyte="ALT", result="100", unit="U/L").record
    late = unscheduled(subject, "LAB", 1, analyte="ALT", result="100", unit="U/L").record
    assert not Alert.objects.filter(subject=subject).exists()
    enter_limits(
        site=subject.site,
        by=trial.person("dana"),
        analyte="ALT",
        sex="",
        youngest=18,
        oldest=120,
        low=None,
        high=Decimal(20),
        unit="U/L",
        valid_from=ago(10),
    )
    for record, upper, source in ((early, 40, "TEXTBOOK"), (late, 20, "SITE")):
        record.refresh_from_db()
        assert (record.upper_limit, record.limits_from) == (upper, source)
    assert [alert.record for alert in Alert.objects.filter(subject=subject)] == [late.pk]
    lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Clean", despite=True)
    withdraw(limits=SiteLimits.objects.get(), by=trial.person("dana"), reason="Of another laboratory")
    late.refresh_from_db()
    assert late.limits_from == "SITE"  # a locked casebook stays as it is


@pytest.mark.finding("F-201")
def test_a_changed_rule_of_the_laboratory_is_told_of_results_on_record_and_applied_with_a_reason(subject, monkeypatch):
    """Another unit factor or other limits of a release: the results were computed by those of before."""
    record = unscheduled(subject, "LAB", 1, analyte="ALT", result="30", unit="U/L").record
    ours = laboratory.limits_of
    lower = replace(ours("ALT", sex="F", age=50, on=ago(1)), high=Decimal(8))
    monkeypatch.setattr(
        laboratory, "limits_of", lambda *args, **more: lower if more["on"] == ago(1) else ours(*args, **more)
    )
    told = recheck.would_change(subject=subject, by=trial.person("dana"))
    assert [(one.kind, one.rule) for one in told if one.is_opened] == [
        ("alert", "ALERT-09"),
        ("computed result", "ALT"),
    ]
    recheck.apply(subject=subject, by=trial.person("dana"), reason="Release 2")
    record.refresh_from_db()
    assert (record.flag, record.upper_limit) == ("HIGH", 8)


@pytest.mark.finding("F-203")
def test_a_weight_is_held_against_the_latest_one_and_a_count_against_all_that_was_handed_out(subject):
    """Whichever visit they were weighed or given at: an unscheduled one stands between two planned ones."""
    trial.change(subject, "W2", "VITALS", "ines", measured_on=ago(6).isoformat())
    unscheduled(subject, "VITALS", 2, weight="76.5")
    saved = trial.fill(subject, "W3", "VITALS", ago(0), "ines", weight="79")
    assert [query.check_code for query in saved.queries] == []
    trial.change(subject, "W3", "VITALS", "ines", weight="80")
    asked = Query.objects.filter(subject=subject, check_code="VITALS-06", state="open")
    assert [query.visit.code for query in asked] == ["W3"]
    for days, capsules in ((8, "12"), (3, "5")):
        unscheduled(subject, "DISPENSE", days, capsules=capsules, daily_mg="250", kit=subject.kit)
    counted = trial.fill(subject, "W3", "CAPSULES", ago(0), "ines", taken="30", returned="2", lost="0")
    assert not {"CAPSULES-01", "CAPSULES-02"} & {query.check_code for query in counted.queries}
