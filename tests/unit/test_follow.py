"""What follows from the record follows it, whatever the order in which it was entered, corrected and voided."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from crf import spec
from crf import trial as served
from crf.actions import alerts, enter, passing_days
from crf.actions import move as moving
from crf.actions import void as voiding
from crf.actions.follow import COMPONENT, follow
from crf.chart.chart import Chart
from crf.chart.implied import implied
from crf.models import RECORDS, Alert, AuditEntry, Found, Query, Site, Subject, Visit
from crf.rehearsal.walk import clock_at
from crf.shown import entry
from crf.spec import dates
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject():
    with seeing(Site.objects.all()):
        yield trial.subject("JER-001")


def deviations(subject, *kinds):
    found = RECORDS["DEVIATION"].objects.standing().filter(subject=subject, opened_by="SYSTEM").order_by("row_number")
    return [one.kind for one in found if not kinds or one.kind in kinds]


def day_of(subject, visit):
    return Visit.objects.get(subject=subject, code=visit).occurred_on


def week_3(subject):
    """The planned day of week 3."""
    return subject.first_dose_on + timedelta(days=21)


@pytest.mark.finding("F-201")
def test_a_corrected_date_moves_the_visit_and_takes_its_deviation_away(subject):
    on = week_3(subject)
    wrong = on - timedelta(days=10)
    trial.fill(subject, "W3", "VITALS", wrong, "ines")
    assert (day_of(subject, "W3"), deviations(subject)) == (wrong, ["WINDOW"])
    if on > subject.site.today():
        on = subject.site.today()
    right = max(on, week_3(subject) - timedelta(days=2))
    if right > subject.site.today():
        pytest.skip("week 3 of the small world lies ahead of today")
    trial.change(subject, "W3", "VITALS", "ines", measured_on=right.isoformat())
    assert (day_of(subject, "W3"), deviations(subject)) == (right, [])


@pytest.mark.finding("F-205")
def test_a_consent_corrected_to_after_the_procedures_opens_a_deviation_for_each(subject):
    signed = trial.record_of(subject, "CONSENT", "SCR").signed_on
    assert deviations(subject) == []
    trial.change(subject, "SCR", "CONSENT", "ines", signed_on=(signed + timedelta(days=5)).isoformat())
    assert set(deviations(subject)) == {"BEFORECONSENT", "INELIGIBLE"}
    trial.change(subject, "SCR", "CONSENT", "ines", signed_on=signed.isoformat())
    assert deviations(subject) == []


@pytest.mark.finding("F-205")
def test_a_first_dose_moved_by_six_days_judges_every_window_anew(subject):
    taken = trial.record_of(subject, "FIRSTDOSE", "BL").taken_on
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=(taken + timedelta(days=6)).isoformat())
    assert deviations(subject, "WINDOW") != []
    subject.refresh_from_db()
    assert subject.first_dose_on == taken + timedelta(days=6)
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=taken.isoformat())
    assert deviations(subject) == []


@pytest.mark.finding("F-206")
def test_a_check_across_visits_asks_and_falls_silent_from_either_side(subject):
    def asked():
        return Query.objects.filter(subject=subject, check_code="VITALS-06", state="open").count()

    trial.change(subject, "W1", "VITALS", "ines", weight="80.0")
    assert asked() >= 1, "week 2 is asked about although week 1 was changed"
    trial.change(subject, "W1", "VITALS", "ines", weight="74.0")
    assert asked() == 0
    assert Query.objects.filter(subject=subject, check_code="VITALS-06", no_longer=True).exists()


@pytest.mark.finding("F-203")
def test_the_previous_rating_is_the_previous_in_time(subject):
    today = subject.site.today()
    from crf.actions import visits

    unscheduled = visits.begin_unplanned(subject=subject, code="UNS", by=trial.person("ines"))
    enter.save(
        form=served.form("HAMD"),
        subject=subject,
        visit=unscheduled,
        by=trial.person("ruth"),
        answers=_hamd("UNS", today - timedelta(days=1), suicide="0"),
    )
    trial.change(subject, "BL", "HAMD", "ruth", suicide="1")
    trial.change(subject, "W2", "HAMD", "ruth", suicide="1")
    assert not Alert.objects.waiting().filter(subject=subject).exists()
    trial.fill(subject, "W3", "HAMD", today, "ruth", suicide="2")
    (raised,) = Alert.objects.waiting().filter(subject=subject)
    assert "previous rating" in raised.sentence


def _hamd(visit, on, **answers):
    from crf.rehearsal.typical import typical

    return typical(served.form("HAMD"), visit, on, **answers)


@pytest.mark.finding("F-207")
def test_the_alert_of_a_voided_event_closes_as_such(subject):
    saved = trial.fill(
        subject,
        None,
        "AE",
        subject.site.today(),
        "ines",
        row=2,
        serious="Y",
        hospitalised="Y",
        aware_on=f"{subject.site.today()}",
        aware_at="00:01",
    )
    (alert,) = saved.alerts
    voiding.void(record=saved.record, by=trial.person("ines"), reason="Entered for the wrong subject")
    alert.refresh_from_db()
    assert alert.no_longer_because == "Adverse event was voided"
    assert not Alert.objects.waiting().filter(subject=subject).exists()


@pytest.mark.finding("F-209")
@pytest.mark.req("AUD-20")
def test_what_the_system_opens_and_closes_stands_under_its_component(subject):
    trial.change(subject, "W1", "VITALS", "ines", weight="80.0")
    query = Query.objects.filter(subject=subject, check_code="VITALS-06").first()
    trial.change(subject, "W1", "VITALS", "ines", weight="74.0")
    told = AuditEntry.objects.filter(table="crf_query", record=query.pk).order_by("pk")
    assert {one.told["actor"] for one in told} == {COMPONENT}


@pytest.mark.finding("F-214")
def test_what_a_person_did_about_a_deviation_stays_when_the_fact_is_gone(subject):
    signed = trial.record_of(subject, "CONSENT", "SCR").signed_on
    trial.change(subject, "SCR", "CONSENT", "ines", signed_on=(signed + timedelta(days=5)).isoformat())
    row = RECORDS["DEVIATION"].objects.standing().filter(subject=subject).order_by("row_number").first()
    typed = {name: text for name, text in entry.typed_of(row).items() if text and "__" not in name}
    enter.save(
        form=row.form,
        subject=subject,
        visit=None,
        by=trial.person("ines"),
        row=row.row_number,
        version=row.version,
        answers=typed | {"action": "Consent was asked for again"},
        reason="Assessed",
    )
    trial.change(subject, "SCR", "CONSENT", "ines", signed_on=signed.isoformat())
    row.refresh_from_db()
    assert row.voided_at is None
    assert row.action == "Consent was asked for again"
    assert Found.objects.get(record=row.pk, subject=subject).no_longer_at is not None


@pytest.mark.finding("F-307")
def test_a_dose_before_randomisation_is_recorded_with_a_deviation(subject):
    early = subject.randomised_on - timedelta(days=2)
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=early.isoformat())
    assert "BEFORERANDOM" in deviations(subject)


@pytest.mark.finding("F-311")
def test_a_major_deviation_is_not_complete_before_somebody_assessed_it(subject):
    early = subject.randomised_on - timedelta(days=2)
    trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=early.isoformat())
    found = RECORDS["DEVIATION"].objects.standing().get(subject=subject, kind="BEFORERANDOM")
    assert not found.is_complete


@pytest.mark.finding("F-204")
def test_more_than_was_prescribed_on_that_day_is_an_overdose(subject):
    day_2 = subject.first_dose_on + timedelta(days=1)
    saved = trial.fill(
        subject,
        "W1",
        "CAPSULES",
        subject.first_dose_on + timedelta(days=7),
        "ines",
        most_in_a_day="2",
        most_on=day_2.isoformat(),
        taken="8",
        returned="7",
    )
    assert [alert.sentence for alert in saved.alerts] == ["On one day the subject took more than prescribed."]
    assert "OVERDOSE" in deviations(subject)


@pytest.mark.finding("F-204")
@pytest.mark.parametrize(
    ("answers", "is_told"),
    [
        ({"taken": "8", "returned": "7"}, False),
        ({"taken": "9", "returned": "6"}, True),
        ({"taken": "8", "returned": "6"}, True),  # by the count one more than by the account
        ({"taken": "8", "returned": "", "bottle_returned": "N"}, False),
    ],
)
def test_more_in_all_than_was_prescribed_is_an_overdose_whatever_one_day_was(subject, answers, is_told):
    on = subject.first_dose_on + timedelta(days=7)
    saved = trial.fill(subject, "W1", "CAPSULES", on, "ines", **{"most_in_a_day": "1", "most_on": str(on)} | answers)
    told = ["Since the last count the subject took more in all than was prescribed."] if is_told else []
    assert [alert.sentence for alert in saved.alerts] == told
    assert deviations(subject, "OVERDOSE") == ["OVERDOSE"] * is_told
    if is_told:
        corrected = trial.change(subject, "W1", "CAPSULES", "ines", taken="7", returned="8")
        assert (corrected.alerts, deviations(subject, "OVERDOSE")) == ([], [])


def test_nothing_is_written_when_nothing_follows(subject):
    by = trial.person("ines")
    follow(subject=subject, by=by, because="A look")
    before = AuditEntry.objects.count()
    assert follow(subject=subject, by=by, because="A look").is_empty
    assert AuditEntry.objects.count() == before


def test_a_look_costs_few_statements(subject, django_assert_max_num_queries):
    by = trial.person("ines")
    follow(subject=subject, by=by, because="A look")
    with django_assert_max_num_queries(12):
        follow(subject=subject, by=by, because="A look")


def standing_of(subject) -> dict:
    """Everything that follows, without who and when: what two orders of entry must agree on."""
    subject = Subject.objects.select_related("site").get(pk=subject.pk)
    rows = {row.pk: row for row in RECORDS["DEVIATION"].objects.filter(subject=subject)}
    return {
        "visits": sorted(Visit.objects.filter(subject=subject).values_list("code", "number", "occurred_on")),
        "first dose": subject.first_dose_on,
        "alerts": sorted(
            Alert.objects.filter(subject=subject, no_longer_at__isnull=True).values_list("form", "rule", "sentence")
        ),
        "queries": sorted(
            Query.objects.filter(subject=subject, state="open")
            .exclude(check_code="")
            .exclude(form="DEVIATION")
            .values_list("form", "check_code")
        ),
        "deviations": sorted(
            rows[one.record].description for one in Found.objects.filter(subject=subject, no_longer_at__isnull=True)
        ),
    }


def agrees(subject):
    """What is stored is what the function says now."""
    subject = Subject.objects.select_related("site").get(pk=subject.pk)
    found = implied(Chart.of(subject))
    stored = Alert.objects.filter(subject=subject, no_longer_at__isnull=True).values_list(
        "form", "record", "rule", "occurrence"
    )
    assert sorted(stored) == sorted((o.entry.form.code, o.entry.pk, o.alert.rule, o.occurrence) for o in found.alerts)
    occasions = Found.objects.filter(subject=subject, no_longer_at__isnull=True).values_list("occasion", flat=True)
    assert sorted(occasions) == sorted(one.occasion for one in found.departures)
    assert dict(Visit.objects.filter(subject=subject).values_list("pk", "occurred_on")) == found.visit_dates


def _facts(subject):
    """Corrections of the same record, none of which needs another one first."""
    signed = trial.record_of(subject, "CONSENT", "SCR").signed_on
    taken = subject.first_dose_on
    return [
        lambda: trial.change(subject, "SCR", "CONSENT", "ines", signed_on=(signed + timedelta(days=1)).isoformat()),
        lambda: trial.change(subject, "BL", "FIRSTDOSE", "ines", taken_on=(taken + timedelta(days=4)).isoformat()),
        lambda: trial.change(subject, "W1", "VITALS", "ines", weight="80.0"),
        lambda: trial.change(subject, "W1", "HAMD", "ruth", suicide="3", mood="3"),
        lambda: trial.change(subject, "W2", "HAMD", "ruth", suicide="1"),
        lambda: trial.change(
            subject, "W2", "BDI", "ines", rated_on=(trial.record_of(subject, "BDI", "W2").rated_on).isoformat()
        ),
        lambda: voiding.void(
            record=trial.record_of(subject, "CGI", "W1"), by=trial.person("ines"), reason="Of another subject"
        ),
        lambda: _moved(subject, "VITALS", "W2", "W3"),
    ]


def _moved(subject, form, left, to):
    record = trial.record_of(subject, form, left)
    visit = trial.visit_of(subject, to)
    moving.move(record=record, to=visit, version=record.version, by=trial.person("ines"), reason="Wrong visit")


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_corrections_does_not_matter(subject, seed, subject_elsewhere_is_untouched):
    from django.db import transaction

    class Undo(Exception):
        pass

    ends = []
    for order in itertools.islice(_orders(seed), 2):
        try:
            with transaction.atomic():
                for place in order:
                    _facts(trial.subject("JER-001"))[place]()
                    agrees(subject)
                ends.append(standing_of(subject))
                raise Undo
        except Undo:
            pass
    first, second = ends
    assert first == second


def _orders(seed):
    drawn = random.Random(seed)
    while True:
        order = list(range(8))
        drawn.shuffle(order)
        # The first dose's own day is a fact that the others' dates are read beside, so it is not read anew in between.
        yield order


@pytest.fixture
def subject_elsewhere_is_untouched():
    with seeing(Site.objects.all()):
        other = trial.subject("AFU-001")
        before = standing_of(other)
        yield
        assert standing_of(other) == before


def test_an_alert_that_was_acted_upon_is_not_raised_again_by_another_form(subject):
    trial.change(subject, "W2", "HAMD", "ruth", suicide="3", mood="3")
    (alert,) = Alert.objects.waiting().filter(subject=subject)
    alerts.acknowledge(alert=alert, action="Seen", by=trial.person("ines"))
    trial.change(subject, "W2", "VITALS", "ines", pulse="80")
    assert not Alert.objects.waiting().filter(subject=subject).exists()


def test_forms_that_unblind_are_in_no_chart():
    hidden = {form.code for form in served.FORMS if form.discloses is spec.UNBLINDS}
    from crf.chart.chart import _statement

    assert not [code for code in hidden if f"'{code}'" in _statement().sql]


def too_long(subject):
    return [
        one.description for one in _of_titration(subject) if "most" in one.description or "more than" in one.description
    ]


def _of_titration(subject):
    return RECORDS["DEVIATION"].objects.standing().filter(subject=subject, opened_by="SYSTEM", kind="TITRATION")


@pytest.mark.finding("F-214")
def test_an_interruption_that_nobody_ended_in_time_is_a_deviation_once_the_day_has_passed(subject):
    """Opened by the passing of days, by the component and not by a person; closed once the record says otherwise."""
    today, ines = subject.site.today(), trial.person("ines")
    since = today - timedelta(days=8)
    given = {"decision": "INTERRUPT", "prescribed_mg": "0", "as_planned": "N", "reason": "AE"}
    saved = trial.fill(subject, "W1", "DOSING", since, "ines", **given, effective_on=str(since))
    now = timezone.now()
    passing_days.follow_the_days(now=now)
    assert too_long(subject) == []  # to stop today is in time
    with clock_at(now + timedelta(days=1)):
        assert passing_days.follow_the_days(now=now + timedelta(days=1)) == 1
        assert passing_days.follow_the_days(now=now + timedelta(days=1, minutes=1)) == 0
        (told,) = too_long(subject)
        assert told == f"The drug was interrupted for more than 7 days; nothing was decided by {dates.day(today)}."
        (row,) = _of_titration(subject)
        assert (row.severity, row.completed_at, row.created_by) == ("MAJOR", None, ines)
        (found,) = Found.objects.filter(subject=subject, occasion__contains=":TIME:", no_longer_at__isnull=True)
        assert found.occasion == f"TITRATION:TIME:DOSING:{saved.record.pk}"
        written = AuditEntry.objects.filter(table=RECORDS["DEVIATION"]._meta.db_table, record=str(row.pk))
        assert {one.actor_name for one in written} == {COMPONENT}
        later = since + timedelta(days=1)
        trial.change(subject, "W1", "DOSING", "ines", decided_on=str(later), effective_on=str(later))
        assert too_long(subject) == []
        assert "No longer so" in RECORDS["DEVIATION"].objects.get(pk=row.pk).void_reason


@pytest.mark.finding("F-214")
def test_a_step_that_went_on_beyond_its_most_days_is_a_deviation_until_a_decision_in_time_is_entered(
    subject, monkeypatch
):
    first, *others = served.LADDER.steps
    monkeypatch.setattr(served, "LADDER", replace(served.LADDER, steps=(replace(first, most_days=5), *others)))
    day_1 = subject.first_dose_on
    trial.change(subject, "W2", "VITALS", "ines", weight="80.5")  # any write looks at it
    due = dates.day(day_1 + timedelta(days=5))
    assert too_long(subject) == [f"250 mg is given for at most 5 days; no other dose was decided on by {due}."]
    up = day_1 + timedelta(days=5)
    trial.fill(subject, "D4", "CONTACT", up, "ines")
    given = {"decision": "STEP_UP", "prescribed_mg": "500", "as_planned": "Y", "effective_on": str(up)}
    trial.fill(subject, "D4", "DOSING", up, "ines", **given)
    assert too_long(subject) == []


def test_where_doses_are_not_titrated_days_bring_nothing_about(subject, monkeypatch):
    monkeypatch.setattr(served, "LADDER", None)
    assert passing_days.follow_the_days(now=timezone.now()) == 0
