"""Laboratory values in standard units, against limits of normal (PROTOCOL 5)."""

from datetime import date
from decimal import Decimal as D

import pytest

from crf.rules.laboratory import ANALYTES, computed, flag, limits_of, to_standard
from crf.spec.laboratory import SITE, Limits, UnknownUnit
from crf.trials.dcs_trd.rules.laboratory import safety_values

ON = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "standard"),
    [
        ("CREAT", D("1"), "mg/dL", D("88.4")),
        ("CREAT", D("88.4"), "umol/L", D("88.4")),
        ("HGB", D("130"), "g/L", D("13")),
        ("HGB", D("13"), "g/dL", D("13")),
        ("GLUC", D("100"), "mg/dL", D("5.55")),
        ("BILI", D("1"), "mg/dL", D("17.104")),
        ("ALT", D("1"), "ukat/L", D("59.988")),
    ],
)
def test_a_value_in_the_standard_unit(analyte, value, unit, standard):
    assert to_standard(analyte, value, unit) == standard


def test_a_unit_that_does_not_fit_is_refused_with_those_that_do():
    with pytest.raises(UnknownUnit, match="Sodium is not reported in mg/dL; the units are mmol/L"):
        to_standard("SODIUM", D("140"), "mg/dL")


@pytest.mark.parametrize("sex", ["F", "M"])
@pytest.mark.parametrize("analyte", [analyte.code for analyte in ANALYTES])
def test_every_test_has_limits_for_both_sexes(sex, analyte):
    limits = limits_of(analyte, sex=sex, age=50, on=ON)
    assert limits.low < limits.high


def test_a_site_s_own_limits_go_before_the_textbook_and_new_ones_leave_old_results_alone():
    own = (
        Limits("ALT", D("0"), D("45"), valid_from=date(2026, 3, 2), valid_to=date(2026, 3, 9), origin=SITE),
        Limits("ALT", D("0"), D("35"), valid_from=date(2026, 3, 10), origin=SITE),
    )
    asked = [limits_of("ALT", sex="F", age=50, on=date(2026, 3, day), own=own).high for day in (1, 2, 9, 10)]
    assert asked == [D("40"), D("45"), D("45"), D("35")]


@pytest.mark.parametrize(("age", "found"), [(17, False), (18, True)])
def test_limits_are_for_adults(age, found):
    assert (limits_of("ALT", sex="F", age=age, on=ON) is not None) is found


def test_limits_that_hang_on_sex_or_age_are_not_guessed():
    assert limits_of("CREAT", sex=None, age=50, on=ON) is None
    assert limits_of("ALT", sex=None, age=50, on=ON) is not None
    assert limits_of("ALT", sex="F", age=None, on=ON) is not None, "the same at every age of the trial"
    young = Limits("ALT", D("0"), D("30"), oldest=30, origin=SITE)
    assert limits_of("ALT", sex="F", age=None, on=ON, own=(young,)).high == D("40")


def row(**given):
    return {"analyte": "CREAT", "result": D("1.0"), "unit": "mg/dL"} | given


@pytest.mark.req("CHK-05")
def test_a_result_gets_its_standard_value_the_limits_in_its_own_unit_and_the_flag():
    found = computed(row(), limits_of("CREAT", sex="F", age=50, on=ON))
    assert found == {
        "standard_result": D("88.4"),
        "lower_limit": D("0.5090"),
        "upper_limit": D("0.9502"),
        "limits_from": "TEXTBOOK",
        "flag": "HIGH",
    }


def test_the_flag_is_decided_on_the_exact_limit_not_on_the_rounded_one():
    """84 umol/L is 0.950226 mg/dL: 0.9502 lies below it, and 0.9503 above."""
    limits = limits_of("CREAT", sex="F", age=50, on=ON)
    assert [computed(row(result=D(text)), limits)["flag"] for text in ("0.9502", "0.9503")] == ["NORMAL", "HIGH"]


def test_limits_on_the_report_go_before_all_others():
    found = computed(row(high=D("1.1")), limits_of("CREAT", sex="F", age=50, on=ON))
    assert (found["lower_limit"], found["upper_limit"], found["limits_from"], found["flag"]) == (
        None,
        D("1.1"),
        "REPORT",
        "NORMAL",
    )


def test_limits_of_a_site_may_be_written_in_its_own_unit():
    own = Limits("CREAT", D("0.6"), D("1.0"), unit="mg/dL", origin=SITE)
    assert computed(row(), own)["flag"] == "NORMAL"
    assert computed(row(result=D("88.5"), unit="umol/L"), own)["flag"] == "HIGH"
    assert computed(row(result=D("88.5"), unit="umol/L"), own)["upper_limit"] == D("88.4")


@pytest.mark.parametrize("given", [{"result": None}, {"unit": None}, {"analyte": None}, {"unit": "U/L"}])
def test_what_cannot_be_known_is_not_computed(given):
    found = computed(row(**given), limits_of("CREAT", sex="F", age=50, on=ON))
    assert set(found.values()) == {None}


def test_without_any_limits_there_is_no_flag():
    assert computed(row(), None) == {
        "standard_result": D("88.4"),
        "lower_limit": None,
        "upper_limit": None,
        "limits_from": None,
        "flag": None,
    }


@pytest.mark.parametrize(
    ("value", "low", "high", "word"),
    [
        (D("5"), D("5"), D("40"), "NORMAL"),
        (D("40"), D("5"), D("40"), "NORMAL"),
        (D("4.9"), D("5"), D("40"), "LOW"),
        (D("40.1"), D("5"), D("40"), "HIGH"),
        (D("9"), None, None, "NORMAL"),
    ],
)
def test_a_value_on_the_limit_is_normal(value, low, high, word):
    assert flag(value, low=low, high=high) == word


def test_the_safety_rules_get_what_they_look_at():
    rows = [
        {"analyte": "ALT", "result": D("130"), "unit": "U/L", "upper_limit": D("40")},
        {"analyte": "CREAT", "result": D("1.2"), "unit": "mg/dL"},
        {"analyte": "HGB", "result": D("98"), "unit": "g/L"},
        {"analyte": "SODIUM", "result": D("140"), "unit": "mg/dL"},
        {"analyte": "K", "result": None, "unit": "mmol/L"},
    ]
    values = safety_values(rows, sex="M", age=55, creatinine_before=D("70"))
    assert (values.alt, values.alt_upper_limit, values.haemoglobin) == (D("130"), D("40"), D("9.8"))
    assert round(values.egfr) == 71
    assert values.egfr_baseline > 100


def test_without_age_or_sex_there_is_no_egfr():
    rows = [{"analyte": "CREAT", "result": D("1.2"), "unit": "mg/dL"}]
    assert safety_values(rows, sex=None, age=55).egfr is None
    assert safety_values(rows, sex="M", age=None).egfr is None
