"""Two proportions against expected.json (the trial's 7/13 and 2/13) and R (METHODS 5)."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from analysis.stats import ratios, two_by_two, unconditional
from analysis.stats.responders import of_table, responders
from analysis.stats.results import NotEstimable
from analysis.stats.risk_difference import mee, miettinen_nurminen, needed_to_treat, newcombe, wald
from analysis.stats.two_by_two import Table
from tests.stats.oracles import expected
from tests.stats.said_by_r import said_by_r

TRIAL = Table(7, 13, 2, 13)
TABLES = {"trial": TRIAL, "unequal": Table(3, 9, 1, 14), "reversed": Table(2, 11, 8, 15), "empty": Table(5, 12, 0, 10)}
TESTS = {
    "pearson": two_by_two.pearson,
    "yates": two_by_two.yates,
    "n_minus_1": two_by_two.n_minus_1,
    "g2": two_by_two.likelihood_ratio,
    "fisher": two_by_two.fisher,
    "fisher_one_sided": two_by_two.fisher_one_sided,
    "boschloo": unconditional.boschloo,
    "barnard": unconditional.barnard,
}


@pytest.mark.parametrize(
    ("key", "test"),
    [
        ("pearson", two_by_two.pearson),
        ("yates", two_by_two.yates),
        ("n_minus_1", two_by_two.n_minus_1),
        ("fisher", two_by_two.fisher),
        ("fisher_midp", two_by_two.fisher_midp),
        ("barnard_pooled", unconditional.barnard),
        ("boschloo", unconditional.boschloo),
    ],
)
def test_the_trials_p_values_are_those_expected(key, test):
    assert test(TRIAL).p == pytest.approx(expected()["trial_2x2"][key], abs=1e-12)


def test_the_trials_chi_square_is_4_248():
    assert two_by_two.pearson(TRIAL).statistic == pytest.approx(expected()["trial_2x2"]["chi2"], abs=1e-12)


@pytest.mark.parametrize(("key", "interval"), [("newcombe", newcombe), ("miettinen_nurminen", miettinen_nurminen)])
def test_the_trials_risk_difference_has_the_expected_intervals(key, interval):
    found = interval(TRIAL, level=0.95)
    assert (found.low, found.high) == pytest.approx(expected()["trial_2x2"][key], abs=1e-12)
    assert found.estimate == pytest.approx(expected()["trial_2x2"]["rd"], abs=1e-12)


def test_the_trials_number_needed_to_treat_is_2_6():
    found = needed_to_treat(newcombe(TRIAL, level=0.95))
    assert found.estimate == pytest.approx(expected()["trial_2x2"]["nnt"], abs=1e-12)
    low, high = expected()["trial_2x2"]["nnt_ci_newcombe"]
    assert (found.benefit_low, found.benefit_high) == pytest.approx((low, high), abs=5e-9)
    assert found.text == "NNTB 2.6 (NNTB 1.6 to 50.6)"


def test_the_trials_odds_and_risk_ratio_are_those_expected():
    said = expected()["trial_2x2"]
    assert ratios.odds_ratio(TRIAL, level=0.95).estimate == pytest.approx(said["or"], abs=1e-9)
    assert ratios.risk_ratio(TRIAL, level=0.95).estimate == pytest.approx(said["rr"], abs=1e-12)
    # expected.json has what R's fisher.test prints; its search stops at 1e-4 of 1/odds ratio: 2e-6, 5e-6 and 2e-3 off.
    conditional = ratios.conditional_odds_ratio(TRIAL, level=0.95)
    assert conditional.estimate == pytest.approx(said["or_cond_mle"], rel=2e-6)
    assert conditional.low == pytest.approx(said["or_exact_ci"][0], rel=5e-6)
    assert conditional.high == pytest.approx(said["or_exact_ci"][1], rel=2e-3)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("key", TESTS)
def test_p_values_agree_with_r(name, key):
    """binary.txt; the exact tests there are brute force over R's own fisher.test and dbinom."""
    assert TESTS[key](TABLES[name]).p == pytest.approx(said_by_r("binary")[f"{name}.{key}"], abs=2e-12)


@pytest.mark.parametrize("name", ["trial", "unequal", "reversed"])
def test_score_intervals_agree_with_r(name):
    """binary.txt finds the restricted rates by optimize(), good to 1e-8."""
    said = said_by_r("binary")
    for key, interval in (("mn", miettinen_nurminen), ("mee", mee)):
        found = interval(TABLES[name], level=0.95)
        low, high = said[f"{name}.{key}_low"], said[f"{name}.{key}_high"]
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-9)


@pytest.mark.parametrize("name", ["trial", "unequal", "reversed"])
def test_the_conditional_odds_ratio_agrees_with_r_solved_to_the_end(name):
    found, said = ratios.conditional_odds_ratio(TABLES[name], level=0.95), said_by_r("binary")
    assert found.estimate == pytest.approx(said[f"{name}.or_conditional"], rel=1e-7)
    assert (found.low, found.high) == pytest.approx((said[f"{name}.or_low"], said[f"{name}.or_high"]), rel=1e-6)


def test_scipy_answers_another_question_when_the_arms_stand_in_rows():
    arms_in_columns, arms_in_rows = TRIAL.counts.astype(int), TRIAL.counts.T.astype(int)
    ours = unconditional.boschloo(TRIAL).p
    assert scipy_stats.boschloo_exact(arms_in_columns, n=512).pvalue == pytest.approx(ours, abs=1e-6)
    assert scipy_stats.boschloo_exact(arms_in_rows, n=512).pvalue == pytest.approx(0.0529, abs=5e-5)
    assert scipy_stats.barnard_exact(arms_in_rows, n=512).pvalue > 0.05 > unconditional.barnard(TRIAL).p


def test_barnard_and_boschloo_collect_88_tables_at_rate_0_3038():
    """STATISTICS, section 1: a grid of two million points."""
    for test in (unconditional.barnard, unconditional.boschloo):
        assert "88 tables, largest at event rate 0.3038" in test(TRIAL).method


def test_the_number_needed_to_treat_goes_through_infinity_where_the_difference_may_be_0():
    """Altman 1998 (BMJ 317:1309): the two pieces are from benefit to infinity and from infinity to harm."""
    found = needed_to_treat(wald(Table(5, 13, 2, 13), level=0.95))
    assert found.disjoint
    assert found.benefit_high == found.harm_high == math.inf
    assert "to infinity to NNTH" in found.text


def test_a_harmful_difference_is_a_number_needed_to_harm():
    found = needed_to_treat(newcombe(Table(2, 13, 7, 13), level=0.95))
    assert found.text == "NNTH 2.6 (NNTH 1.6 to 50.6)"
    assert (found.harm_low, found.harm_high) == pytest.approx((1.564088387, 50.584596342), abs=5e-9)


def test_no_difference_has_an_infinite_number_needed_to_treat():
    assert needed_to_treat(newcombe(Table(3, 10, 3, 10), level=0.95)).estimate == math.inf


@pytest.mark.parametrize("table", [Table(0, 13, 0, 13), Table(13, 13, 13, 13)])
def test_nobody_or_everybody_gives_warnings_and_no_crash(table):
    found = of_table(
        table, active="A", reference="B", imputed=(0, 0), rule="", left_out=(), level=0.95, method="counted"
    )
    assert found.primary.p == 1
    assert math.isnan(found.test("Pearson").p)
    assert "Everybody or nobody had the event: no chi-square." in found.warnings


@pytest.mark.parametrize("bad", [(5, 4, 0, 3), (-1, 4, 0, 3), (0, 0, 0, 3), (1.5, 4, 0, 3)])
def test_a_table_that_cannot_be_is_refused(bad):
    with pytest.raises(NotEstimable):
        Table(*bad)


def test_a_missing_response_counts_as_none_or_is_left_out():
    scores = pd.DataFrame(
        {
            "who": list("abcdef"),
            "arm": ["A", "A", "A", "B", "B", "B"],
            "yes": pd.array([True, True, None, False, True, None], dtype="boolean"),
        }
    )
    kept = {
        "subject": "who",
        "arm": "arm",
        "active": "A",
        "reference": "B",
        "responded": "yes",
        "rule": "r",
        "level": 0.95,
    }
    counted = responders(scores, missing="non-response", **kept)
    assert [(c.events, c.n, c.missing) for c in (counted.active, counted.reference)] == [(2, 3, 1), (1, 3, 1)]
    seen = responders(scores, missing="left out", **kept)
    assert [(c.events, c.n) for c in (seen.active, seen.reference)] == [(2, 2), (1, 2)]
    assert seen.left_out == ("c: response not known", "f: response not known")


tables = st.tuples(st.integers(1, 25), st.integers(1, 25)).flatmap(
    lambda n: st.builds(Table, st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_exchanging_the_arms_turns_the_difference_round_and_keeps_p(table):
    for test in (unconditional.boschloo, unconditional.barnard, two_by_two.fisher):
        assert test(table).p == pytest.approx(test(table.swapped).p, abs=1e-12)
    for interval in (newcombe, miettinen_nurminen, mee, wald):
        one, other = interval(table, level=0.95), interval(table.swapped, level=0.95)
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)
        assert one.low <= one.estimate + 1e-12 and one.estimate <= one.high + 1e-12


@settings(max_examples=40, deadline=None)
@given(tables)
def test_boschloo_is_never_above_fisher(table):
    """Boschloo 1970: uniformly more powerful."""
    assert unconditional.boschloo(table).p <= two_by_two.fisher(table).p + 1e-12


@settings(max_examples=60, deadline=None)
@given(tables)
def test_the_score_interval_leaves_out_0_where_its_test_rejects(table):
    found = miettinen_nurminen(table, level=0.95)
    if not math.isnan(found.p) and abs(found.p - 0.05) > 1e-6:
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)
