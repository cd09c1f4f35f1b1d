"""Results below or above a limit: what may be typed, how they compare, and how flags, rules and analysis count them."""

from decimal import Decimal as D

import pytest

from crf import spec
from crf.rules.laboratory import flag
from crf.spec import Limited
from crf.spec.results import in_a_rule, in_the_analysis, number_of, stored, times

pytestmark = [pytest.mark.finding("F-402"), pytest.mark.every_trial]
KIND = spec.Result("0", "1000", 2)
READ = {
    "<5": "<5",
    "< 0.50": "<0.50",
    ">300": ">300",
    "≤5": "<=5",
    ">= 7,5": ">=7.5",
    "blq": "BLQ",
    "BLOQ": "BLQ",
    "<LLOQ": "BLQ",
    "ALQ": "ALQ",
    "7.40": "7.40",
    "12": "12",
}
REFUSED = ["<", "<>5", "<1,250", "<0", "<-1", "<1001", "5<", "pending", "<5.123", "<<5", "~5", "<5 mg", "trace"]


@pytest.mark.parametrize(("typed", "kept"), READ.items())
def test_a_result_is_kept_as_it_is_reported(typed, kept):
    value = KIND.parse(typed)
    assert KIND.show(value) == KIND.raw(value) == kept
    assert KIND.parse(KIND.raw(value)) == value == stored(kept)
    assert isinstance(value, Limited) is (kept[0] in "<>AB")


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_result_is_refused_with_a_sentence(text):
    with pytest.raises(spec.Impossible) as found:
        KIND.parse(text)
    assert str(found.value).endswith(".")


FLAGS = [
    # result, lower limit, upper limit, flag
    ("<5", "0", "40", "NORMAL"),
    ("<5", None, "40", "NORMAL"),
    ("<5", "5", "40", "LOW"),
    ("<=5", "5", "40", None),
    ("<5", "3", "40", None),
    ("<50", "0", "40", None),
    (">300", "0", "40", "HIGH"),
    (">40", "0", "40", "HIGH"),
    (">=40", "0", "40", None),
    (">30", "0", "40", None),
    (">300", "5", None, "NORMAL"),
    ("BLQ", None, "40", "NORMAL"),
    ("BLQ", "0", "40", "NORMAL"),
    ("BLQ", "5", "40", None),
    ("ALQ", "5", "40", None),
    ("ALQ", "5", None, "NORMAL"),
    ("5", "5", "40", "NORMAL"),
]


@pytest.mark.parametrize(("result", "low", "high", "expected"), FLAGS)
def test_a_flag_is_given_only_where_it_can_be_told(result, low, high, expected):
    bounds = {"low": low and D(low), "high": high and D(high)}
    assert flag(KIND.parse(result), **bounds) == expected


def test_in_comparisons_it_lies_just_below_or_above_its_limit():
    below, above = Limited("<", D(5)), Limited(">", D(5))
    assert below < 5 < above and not below < D("4.99") and not above > D("5.01")
    assert Limited("BLQ") < 0 and Limited("ALQ") > 10**9 and below < above
    assert not D(80) <= below <= D(600)


COUNTED = [
    ("<5", "4.9999", "2.5"),
    (">300", "300.0001", "300"),
    ("<=5", "5", "2.5"),
    ("BLQ", None, None),
    ("7", "7", "7"),
]


@pytest.mark.parametrize(("text", "by_rules", "by_analysis"), COUNTED)
def test_rules_and_analysis_count_it_as_is_written_down(text, by_rules, by_analysis):
    value = KIND.parse(text)
    assert (in_a_rule(value), in_the_analysis(value)) == (by_rules and D(by_rules), by_analysis and D(by_analysis))
    assert number_of(value) == (D(7) if text == "7" else None)


def test_in_another_unit_its_limit_is_converted():
    assert times(Limited("<", D("0.5")), D("88.42")) == Limited("<", D("44.210"))
    assert times(Limited("BLQ"), D(3)) == Limited("BLQ")


def test_arithmetic_that_forgets_the_limit_is_a_mistake_and_shows():
    for wrong in (lambda: Limited("<", D(5)) * 2, lambda: Limited("<", D(5)) + 1, lambda: D(Limited("<", D(5)))):
        with pytest.raises(TypeError):
            wrong()
