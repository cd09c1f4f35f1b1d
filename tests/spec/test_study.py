"""The trial as declared polices itself, and says what PROTOCOL says."""

import pytest

from crf import trial
from crf.spec.kinds import DeclarationError
from crf.spec.trial import CONDITIONS
from crf.spec.visits import read_schedule


def test_26_subjects_are_planned_on_two_sites():
    assert {site.code: site.planned for site in trial.SITES} == {"JER": 14, "AFU": 12}
    assert trial.PLANNED_SUBJECTS == 26
    assert {site.timezone for site in trial.SITES} == {"Asia/Jerusalem"}


@pytest.mark.parametrize(
    ("visit", "required", "optional"),
    [
        ("SCR", "CONSENT DEMOG PSYHX ADTRIAL MEDHX HAMD SUICIDE VITALS LAB PREG ELIG", ""),
        ("BL", "BDI HAMD HAMA CGI BPRS SUICIDE UKU VITALS PREG ELIG GLYCINE DOSING DISPENSE FIRSTDOSE", ""),
        ("D4", "CONTACT DOSING", "SUICIDE"),
        ("W1", "BDI HAMD CGI BPRS SUICIDE UKU VITALS CAPSULES DOSING DISPENSE", ""),
        ("W2", "BDI HAMD HAMA CGI SUICIDE VITALS CAPSULES DOSING DISPENSE", ""),
        ("W3", "BDI HAMD CGI BPRS SUICIDE UKU VITALS LAB CAPSULES DOSING DISPENSE", ""),
        ("W4", "BDI HAMD HAMA CGI BPRS SUICIDE UKU VITALS CAPSULES DOSING DISPENSE", ""),
        ("W5", "BDI HAMD CGI BPRS SUICIDE UKU VITALS CAPSULES DOSING DISPENSE", ""),
        ("W6", "BDI HAMD HAMA CGI BPRS SUICIDE UKU VITALS LAB PREG GUESSS GUESSR GUESSI CAPSULES", ""),
        ("FU", "BDI HAMD CGI SUICIDE VITALS", ""),
        ("ET", "BDI HAMD HAMA CGI BPRS SUICIDE UKU VITALS LAB PREG GUESSS GUESSR GUESSI CAPSULES", ""),
    ],
)
def test_the_schedule_of_assessments_in_prompted_order(visit, required, optional):
    planned = trial.planned_at(visit)
    assert [cell.form for cell in planned if cell.required] == required.split()
    assert [cell.form for cell in planned if not cell.required] == optional.split()


def test_early_termination_has_the_week_6_set():
    assert {cell.form for cell in trial.planned_at("ET")} == {cell.form for cell in trial.planned_at("W6")}


def test_before_randomisation_nothing_of_the_dose_is_needed():
    after = {form.code for form in trial.FORMS if form.after_randomisation}
    assert after == {"DOSING", "DISPENSE", "FIRSTDOSE"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SCR W9\nHAMD x x", "visit 'W9' that is not declared"),
        ("SCR BL\nHAMD x x\nHAMD x x", "HAMD twice"),
        ("SCR BL\nHAMD x y", "each x, o or a dot"),
        ("SCR BL\nHAMD x", "needs 2 marks"),
        ("SCR BL\nHAMD x x full_moon", "no known condition"),
    ],
)
def test_a_schedule_that_contradicts_itself_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(DeclarationError, match=sentence):
        read_schedule(text, visits=[visit.code for visit in trial.VISITS], conditions=CONDITIONS)


@pytest.mark.parametrize(("ask", "what"), [(trial.visit, "W9"), (trial.planned_at, "")])
def test_an_unknown_code_is_refused_with_a_sentence(ask, what):
    with pytest.raises(DeclarationError, match="There is no"):
        ask(what)


@pytest.mark.parametrize("number", [0, 5])
def test_there_are_four_steps(number):
    with pytest.raises(DeclarationError, match="There is no step"):
        trial.LADDER.step(number)


def test_earlier_visits_are_planned_ones_in_order():
    assert trial.visits_before("W1") == ("SCR", "BL", "D4")
    assert trial.visits_before("SCR") == trial.visits_before("UNS") == ()


def test_required_and_optional_are_told_apart():
    assert trial.is_required("SUICIDE", "W1")
    assert not trial.is_required("SUICIDE", "D4")
    assert not trial.is_required("GLYCINE", "W1")


def test_the_rater_sees_no_total_no_band_no_earlier_rating_and_no_threshold():
    settings = trial.SETTINGS
    assert not any(
        (
            settings.rater_sees_total,
            settings.rater_sees_bands,
            settings.rater_sees_earlier_ratings,
            settings.rater_sees_entry_threshold,
        )
    )
    assert settings.investigator_sees_total_after_saving
