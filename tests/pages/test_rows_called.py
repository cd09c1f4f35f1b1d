"""Rows of repeating forms are called by what they are about, and what the system keeps for itself is not on a page."""

import pytest

from crf import trial as served
from crf.chart.rows import RowNames
from crf.models import RECORDS, Site
from crf.shown.header import TOLD_BY_ALERTS
from crf.spec import Purpose, dates
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-410")]
EVENTS, REPORTS = (served.code_serving(purpose) for purpose in (Purpose.ADVERSE_EVENTS, Purpose.SERIOUS_REPORTS))


@pytest.fixture
def subject():
    """JER-001 with two adverse events more, the second of them serious."""
    with seeing(Site.objects.all()):
        found = trial.subject("JER-001")
        on = found.site.today()
        for row, term, onset, serious in ((2, "Headache", "2026-03-10", "N"), (3, "Fall", "2026-03", "Y")):
            trial.fill(found, None, EVENTS, on, "ines", row=row, term=term, onset=onset, ongoing="Y", serious=serious)
        yield found


def page(client, url, person="ines"):
    client.force_login(trial.person(person))
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_casebook_and_the_page_of_a_row_bear_its_name(client, subject):
    assert "Headache, 10 Mar 2026" in page(client, "/subjects/JER-001/")
    shown = page(client, f"/subjects/JER-001/LOG/{EVENTS}/2/")
    assert "<small>Headache, 10 Mar 2026</small>" in shown
    assert ">Fall, Mar 2026</a>" in shown
    assert "Row 2" not in shown


def test_the_work_list_names_the_event_that_is_to_be_reported(client, subject):
    shown = page(client, "/")
    assert "Fall, Mar 2026" in shown and "Adverse event, row" not in shown


def test_a_report_offers_the_serious_events_by_name(client, subject):
    shown = page(client, f"/subjects/JER-001/LOG/{REPORTS}/")
    assert '<option value="3">Fall, Mar 2026</option>' in shown
    assert "Headache" not in shown and "row number" not in shown.lower()


def test_a_report_on_an_event_that_is_no_longer_serious_keeps_it(client, subject):
    with seeing(Site.objects.all()):
        trial.fill(subject, None, REPORTS, subject.site.today(), "ines", event="2", report="INITIAL")
    assert '<option value="2" selected>2</option>' in page(client, f"/subjects/JER-001/LOG/{REPORTS}/")


def test_the_page_that_voids_a_row_names_it(client, subject):
    assert "Headache, 10 Mar 2026" in page(client, f"/subjects/JER-001/LOG/{EVENTS}/2/void/")


def test_the_course_numbers_the_events_as_it_draws_them(client, subject):
    with seeing(Site.objects.all()):
        day_8 = trial.visit_of(subject, "W1").occurred_on
        trial.fill(subject, None, EVENTS, day_8, "ines", row=4, term="Tremor", onset=day_8.isoformat(), ongoing="Y")
    shown = page(client, "/subjects/JER-001/course/")
    assert f'<a href="/subjects/JER-001/LOG/{EVENTS}/4/">Tremor, {dates.day(day_8)}</a>, day 8' in shown


@pytest.mark.parametrize("form", [form for form in served.FORMS if form.repeating], ids=lambda form: form.code)
def test_a_row_without_answers_bears_its_form_and_number(form):
    assert form.row_called(2, dict.fromkeys(form.items)) == f"{form.title} 2"


def test_the_names_of_all_rows_of_a_subject_cost_one_statement(django_assert_num_queries, subject):
    forms = [form for form in served.FORMS if form.repeating]
    with django_assert_num_queries(1):
        names = RowNames.of(subject.pk, forms)
    record = RECORDS[EVENTS].objects.get(subject=subject, row_number=2)
    assert names.called(served.form(EVENTS), record.pk, 2) == "Headache, 10 Mar 2026"


@pytest.mark.finding("F-409")
def test_the_page_of_a_deviation_asks_for_nothing_that_the_system_keeps_for_itself(client, subject):
    shown = page(client, f"/subjects/JER-001/LOG/{served.code_serving(Purpose.DEVIATIONS)}/")
    assert "ingerprint" not in shown and "leave empty" not in shown


@pytest.mark.finding("F-409")
def test_no_page_of_a_form_shows_a_declaration_for_a_text(client, subject):
    for form in served.FORMS:
        assert "<Item" not in f"{form.reference}{form.title}", form.code


@pytest.mark.finding("F-106")
def test_alerts_are_for_who_reads_all_that_they_tell_of():
    assert {served.code_serving(Purpose.DOSING), EVENTS} <= TOLD_BY_ALERTS
