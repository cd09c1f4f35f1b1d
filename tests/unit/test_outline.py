"""What is open at a visit is the same summed up for many subjects and looked up in the standing of each."""

import pytest
from django.utils import timezone

from crf import trial
from crf.actions.act import act
from crf.chart.outline import Outline
from crf.chart.standing import Standing
from crf.models import RECORDS, Site, Subject, User, Visit
from crf.spec.purposes import Purpose
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
CODES = frozenset(form.code for form in trial.FORMS)


@pytest.fixture(autouse=True)
def treated(db):
    with seeing(Site.objects.all()):
        yield Subject.objects.filter(first_dose_on__isnull=False, annulled_at__isnull=True).select_related("site")


def said(of, visit, codes) -> tuple:
    """What an outline or a standing says of a visit, of these forms."""
    if isinstance(of, Outline):
        return of.status_of(visit), of.window_of(visit), of.is_due_at(visit, codes), of.incomplete_at(visit, codes)
    status = of.status_of(visit, of.subject.site.today())
    is_due = any(form.code in codes for form, _ in of.due_at(visit))
    return status, of.window_of(visit), is_due, [form for form in of.incomplete_at(visit) if form.code in codes]


def open_forms(subjects) -> int:
    """How many forms are open; asserts that both say the same of every visit, of all forms and of some."""
    found = 0
    for standing, outline in zip(Standing.of_all(subjects), Outline.of_all(subjects, CODES), strict=True):
        outlined = {visit.pk: visit for visit in outline.visits}
        assert outlined.keys() == {visit.pk for visit in standing.visits}
        for visit in standing.visits:
            for codes in (CODES, frozenset(sorted(CODES)[::2]), frozenset()):
                assert said(outline, outlined[visit.pk], codes) == said(standing, visit, codes), (visit, codes)
            assert outlined[visit.pk].label == visit.label
            found += len(standing.incomplete_at(visit))
    return found


def test_an_outline_says_of_each_visit_what_the_standing_says(treated, django_assert_num_queries):
    before = open_forms(list(treated))
    with act(by="system:tests", role="system", reason="x"):
        # A third of the forms taken back, a third only begun; one ended treatment; some may become pregnant.
        for place, form in enumerate({cell.form: None for cell in trial.SCHEDULE}):
            rows = RECORDS[form].objects.filter(subject__in=treated, visit__isnull=False)
            if place % 3 == 0:
                rows.update(voided_at=timezone.now(), voided_by=User.objects.first(), void_reason="x")
            elif place % 3 == 1:
                rows.update(completed_at=None, completed_by=None)
        last = Visit.objects.filter(subject__in=treated, occurred_on__isnull=False).order_by("-occurred_on")[0]
        ended = {"treatment_ended_on": last.occurred_on, "treatment_ended_form": "x"}
        Subject.objects.filter(pk=last.subject_id).update(**ended)
        told = RECORDS[trial.code_serving(Purpose.DEMOGRAPHY)].objects.filter(subject__in=list(treated)[::2])
        told.update(voided_at=None, voided_by=None, void_reason="", may_become_pregnant="Y")
    subjects = list(treated)
    assert open_forms(subjects) > before
    with django_assert_num_queries(2):
        Outline.of_all(subjects, CODES)
    assert Outline.of_all([], CODES) == []
