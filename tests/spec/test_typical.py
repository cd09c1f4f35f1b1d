"""A typical record of every form, at every visit where it is planned, is one that no check objects to."""

from datetime import date

import pytest

from crf import trial
from crf.rehearsal.typical import typical
from crf.rules.laboratory import computed, limits_of
from tests.spec.rows import OtherRecords

#: Consent was given, and the first adverse event is serious.
BESIDE = OtherRecords({"CONSENT.signed_on@SCR": date(2026, 3, 1), "AE.serious": {1: "Y"}})
ON = date(2026, 3, 10)
GIVEN = {"DISPENSE": {"kit": "K-0001"}}  # the subject's own kit; nothing is typical of it
PLACES = [(form, visit) for form in trial.FORMS for visit in (trial.visits_of(form.code) or (None,))]


@pytest.mark.parametrize(("form", "visit"), PLACES, ids=[f"{form.code} {visit or 'log'}" for form, visit in PLACES])
def test_no_check_objects_to_a_typical_record(form, visit):
    typed = typical(form, visit, ON, **GIVEN.get(form.code, {}))
    values = {name: form.items[name].kind.parse(text) for name, text in typed.items()}
    values |= computed(values, limits_of(values["analyte"], sex="F", age=50, on=ON)) if form.code == "LAB" else {}
    assert [check.code for check in form.failed(values, visit, BESIDE)] == []
    assert form.unanswered(values, {}, visit) == []
