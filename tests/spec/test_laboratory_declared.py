"""What a trial may declare of its laboratory and of its files of results, and what is refused with a sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crf import trial
from crf.spec import Purpose
from crf.spec.kinds import DeclarationError
from crf.spec.laboratory import Analyte, LaboratoryPlan, Limits, read_limits
from crf.spec.result_files import Sample, Specification, column_of, police_imports, subject_column

pytestmark = pytest.mark.finding("F-106")
SODIUM = Analyte("SODIUM", "Sodium", "mmol/L")
GLUCOSE = Analyte("GLUC", "Glucose", "mmol/L", (("mg/dL", "0.0555"),))
FORMS = {form.code: form for form in trial.FORMS}


def test_units_and_names_follow_from_the_tests():
    plan = LaboratoryPlan((SODIUM, GLUCOSE))
    assert plan.units == ("mmol/L", "mg/dL")
    assert plan.codes == (("SODIUM", "Sodium"), ("GLUC", "Glucose"))
    assert plan.fits("GLUC", "mg/dL") and not plan.fits("SODIUM", "mg/dL")
    assert plan.to_standard("GLUC", Decimal(100), "mg/dL") == Decimal("5.55")


@pytest.mark.parametrize(
    ("analytes", "limits", "sentence"),
    [
        ((), (), "without a test"),
        ((SODIUM, SODIUM), (), "SODIUM is declared twice"),
        ((SODIUM,), (Limits("GLUC", Decimal(1), Decimal(2)),), "GLUC, which is no declared test"),
        ((SODIUM,), (Limits("SODIUM", Decimal(2), Decimal(1)),), "the wrong way round"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(analytes, limits, sentence):
    with pytest.raises(DeclarationError, match=sentence):
        LaboratoryPlan(analytes, limits)


def test_a_row_of_limits_that_cannot_be_read_is_refused():
    with pytest.raises(DeclarationError, match="needs test, sex, low and high"):
        read_limits("SODIUM 135 145")


@pytest.mark.skipif(trial.TRIAL.laboratory is None, reason="The served trial has no laboratory.")
def test_a_laboratory_needs_plan_and_form_and_both_name_the_same_tests():
    with pytest.raises(DeclarationError, match="needs both"):
        replace(trial.TRIAL, laboratory=None)
    with pytest.raises(DeclarationError, match="other tests than the plan"):
        replace(trial.TRIAL, laboratory=LaboratoryPlan((SODIUM,)))


def specification(**changed):
    form = next(form for form in trial.FORMS if form.purpose is Purpose.LABORATORY)
    columns = (subject_column("A-001"), *(column_of(form, name, name) for name in ("accession", "drawn_on", "result")))
    given = {"form": form.code, "sample": Sample(fills=("result",)), "columns": columns} | changed
    return Specification("some-results", "1.0", "Some results", "", **given)


@pytest.mark.skipif(trial.TRIAL.laboratory is None, reason="The served trial has no laboratory.")
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"form": "NOSUCH"}, "fills the form NOSUCH, which is not declared"),
        ({"sample": None}, "does not say which sample"),
        ({"sample": Sample(fills=())}, "fills no item"),
        ({"sample": Sample(fills=("nothing",))}, "names “nothing”, no item"),
        ({"sample": Sample(fills=("unit",))}, "has no column “unit”"),
        ({"sample": Sample(fills=("result",), not_taken=("taken", "N"))}, "looks at “taken”"),
    ],
)
def test_a_file_that_names_what_is_not_declared_is_refused(changed, sentence):
    police_imports((specification(),), forms=FORMS)
    with pytest.raises(DeclarationError, match=sentence):
        police_imports((specification(**changed),), forms=FORMS)


@pytest.mark.skipif(trial.TRIAL.laboratory is None, reason="The served trial has no laboratory.")
def test_a_file_declared_twice_is_refused():
    with pytest.raises(DeclarationError, match="declared twice"):
        police_imports((specification(), specification()), forms=FORMS)
