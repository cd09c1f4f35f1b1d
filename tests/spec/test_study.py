"""The trial as declared polices itself, and says what PROTOCOL says."""

import ast

import pytest

from crf import trial
from crf.spec.kinds import DeclarationError
from crf.spec.trial import CONDITIONS
from crf.spec.visits import read_schedule, visits_before


def test_26_subjects_are_planned_on_two_sites():
    assert {site.code: site.planned for site in trial.SITES} == {"JER": 14, "AFU": 12}
    assert trial.PLANNED_SUBJECTS == 26
    assert {site.timezone for site in trial.SITES} == {"Asia/Jerusalem"}


@pytest.mark.finding("F-114")
def test_the_visits_are_listed_once():
    """Whoever needs the weeks, the visits before one or those that are analysed asks the table of visits."""
    codes = {visit.code for visit in trial.VISITS}
    written = []
    for path in sorted(trial.FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
                named = [one.value for one in node.elts if isinstance(one, ast.Constant) and one.value in codes]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = [word for word in node.value.split() if word in codes]
            else:
                continue
            if len(named) >= 3:
                written.append((path.name, len(named)))
    assert written == [("protocol.py", len(codes))]  # the head of the table of assessments


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
    assert visits_before(trial.VISITS, "W1") == ("SCR", "BL", "D4")
    assert visits_before(trial.VISITS, "SCR") == visits_before(trial.VISITS, "UNS") == ()


def test_required_and_optional_are_told_apart():
    required = {cell.form: cell.required for cell in trial.planned_at("W1")}
    assert required["SUICIDE"]
    assert required.keys() >= {"HAMD"} and not required.get("GLYCINE")
    assert not any(cell.required for cell in trial.planned_at("D4") if cell.form == "SUICIDE")


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
