"""Who may be randomised (PROTOCOL 4)."""

from datetime import date
from decimal import Decimal as D

import pytest

from crf.rules.eligibility import CRITERIA, unmet_criteria
from crf.rules.same_person import is_possible_duplicate
from crf.trials.dcs_trd.rules.eligibility import ScreeningFacts, Taken, ages_possible, contradictions
from crf.trials.dcs_trd.rules.kidney import egfr

ON = date(2026, 3, 10)
ELIGIBLE = {criterion.item: criterion.meeting[0] for criterion in CRITERIA}
KNOWN = ScreeningFacts(
    consent_on=ON,
    birth_year=1973,
    sex="F",
    may_become_pregnant=True,
    pregnancy_test="NEGATIVE",
    hamd_21={"SCR": 20, "BL": 26},
    hamd_suicide=2,
    creatinine=D("0.8"),
    alt=D("30"),
    alt_upper_limit=D("40"),
    haemoglobin=D("13"),
    adequate_trials=2,
    antidepressant_changes=(date(2026, 1, 1),),
    prohibited_drugs=(),
)


def reasons_against(answers, facts, *, on):
    return unmet_criteria(answers) + contradictions(answers, facts, on=on)


def changed(**facts):
    return ScreeningFacts(**{**KNOWN.__dict__, **facts})


def test_there_are_seven_inclusion_and_thirteen_exclusion_criteria():
    codes = [criterion.code for criterion in CRITERIA]
    assert codes == [f"I{n}" for n in range(1, 8)] + [f"E{n}" for n in range(1, 14)]
    assert sum(criterion.is_inclusion for criterion in CRITERIA) == 7


def test_nothing_stands_against_who_meets_all():
    assert reasons_against(ELIGIBLE, KNOWN, on=ON) == ()


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.code)
def test_each_criterion_alone_stands_against(criterion):
    wrong = "N" if criterion.is_inclusion else "Y"
    [reason] = unmet_criteria(ELIGIBLE | {criterion.item: wrong})
    assert reason.code == criterion.code
    assert criterion.text in reason.sentence


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.code)
def test_each_criterion_wants_an_answer(criterion):
    [reason] = unmet_criteria(ELIGIBLE | {criterion.item: None})
    assert reason.code == criterion.code
    assert "not answered" in reason.sentence


def test_contraception_may_be_not_applicable_for_who_cannot_become_pregnant():
    answers = ELIGIBLE | {"i7": "NA"}
    assert reasons_against(answers, changed(may_become_pregnant=False), on=ON) == ()
    assert [reason.code for reason in reasons_against(answers, KNOWN, on=ON)] == ["I7"]


@pytest.mark.finding("F-213")
@pytest.mark.parametrize(
    ("fact", "value", "codes"),
    [
        ("consent_on", date(2026, 3, 10), []),
        ("consent_on", date(2026, 3, 11), ["CONSENT"]),
        ("consent_on", None, ["CONSENT"]),
        ("birth_year", 2008, []),
        ("birth_year", 2009, ["I1"]),
        ("birth_year", 1950, []),
        ("birth_year", 1949, ["I1"]),
        ("birth_year", None, []),
        ("hamd_21", {"SCR": 20, "BL": 20}, []),
        ("hamd_21", {"SCR": 19, "BL": 20}, ["I3"]),
        ("hamd_21", {"SCR": 20, "BL": 19}, ["I3"]),
        ("hamd_21", {"SCR": 20, "BL": None}, []),
        ("hamd_suicide", 3, []),
        ("hamd_suicide", 4, ["E8"]),
        ("creatinine", D("1.0"), []),
        ("creatinine", D("1.4"), ["E3"]),
        ("alt", D("80"), []),
        ("alt", D("80.1"), ["E11"]),
        ("haemoglobin", D("11"), []),
        ("haemoglobin", D("10.9"), ["E11"]),
        ("adequate_trials", 2, []),
        ("adequate_trials", 1, ["I4"]),
        ("antidepressant_changes", (date(2026, 2, 10),), []),
        ("antidepressant_changes", (date(2026, 2, 11),), ["I5"]),
        ("antidepressant_changes", (date(2026, 3, 11),), []),
        ("prohibited_drugs", (Taken("Memantine", "2026-01", None),), ["E6"]),
        ("prohibited_drugs", (Taken("Memantine", "2026-01", "2026-02"),), []),
        ("prohibited_drugs", (Taken("Memantine", "2026-03-11", None),), []),
        ("pregnancy_test", "POSITIVE", ["E5"]),
        ("pregnancy_test", None, []),
    ],
)
def test_what_other_forms_say_is_compared(fact, value, codes):
    assert [reason.code for reason in contradictions(ELIGIBLE, changed(**{fact: value}), on=ON)] == codes


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "rate"),
    [
        (1.2, 55, "M", 71),  # the example of the National Kidney Foundation's calculator
        (0.9, 50, "M", 104.1),  # at kappa both powers are 1: 142 x 0.9938^50
        (0.7, 50, "F", 105.3),  # the same x 1.012
        (0.45, 50, "M", 128.3),  # half of kappa: x 0.5^-0.302 = 1.2329
        (1.8, 50, "M", 45.3),  # twice kappa: x 2^-1.2 = 0.4353
        (1.4, 50, "F", 45.8),
    ],
)
def test_egfr_by_ckd_epi_2021(creatinine, age, sex, rate):
    assert egfr(creatinine, age=age, sex=sex) == pytest.approx(rate, abs=0.5)


@pytest.mark.parametrize(("creatinine", "sex"), [(0, "F"), (-1, "M"), (1, "X"), (1, None)])
def test_egfr_refuses_what_it_cannot_compute(creatinine, sex):
    with pytest.raises(ValueError, match="eGFR needs"):
        egfr(creatinine, age=50, sex=sex)


def test_from_the_year_of_birth_two_ages_are_possible():
    assert ages_possible(1973, ON) == (52, 53)


def test_the_same_sex_year_and_site_is_a_possible_duplicate():
    assert is_possible_duplicate(("F", 1973, "JER"), ("F", 1973, "JER"))
    assert not is_possible_duplicate(("F", 1973, "JER"), ("F", 1973, "AFU"))
