"""Strata, adjusted risk difference and exact interval against R (METHODS 5.8, 5.9, 12.4)."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.exact_difference import exact_difference
from analysis.stats.g_computation import adjusted_risk_difference
from analysis.stats.mantel_haenszel import (
    cmh,
    mantel_haenszel_difference,
    mantel_haenszel_odds_ratio,
    tables_by_stratum,
)
from analysis.stats.results import NotEstimable
from analysis.stats.two_by_two import Table
from tests.stats.oracles import antidepressant
from tests.stats.said_by_r import said_by_r

SITES = {"JER": Table(4, 7, 1, 7), "AFU": Table(3, 6, 1, 6)}
PARTS = {"subject": "PATIENT", "responded": "yes", "arm": "THERAPY", "active": "DRUG", "reference": "PLACEBO"}


def test_cmh_agrees_with_r():
    """binary.txt: mantelhaen.test."""
    said = said_by_r("binary")
    assert cmh(SITES, continuity=False).statistic == pytest.approx(said["sites.cmh_chi2"], rel=1e-12)
    assert cmh(SITES, continuity=False).p == pytest.approx(said["sites.cmh"], rel=1e-12)
    assert cmh(SITES, continuity=True).p == pytest.approx(said["sites.cmh_corrected"], rel=1e-12)


def test_common_odds_ratio_agrees_with_r():
    found, said = mantel_haenszel_odds_ratio(SITES, level=0.95), said_by_r("binary")
    for key, value in (("", found.estimate), ("_low", found.low), ("_high", found.high)):
        assert value == pytest.approx(said[f"sites.mh_or{key}"], rel=1e-12)


def test_common_difference_agrees_with_r():
    """binary.txt: epiR's Sato interval."""
    found, said = mantel_haenszel_difference(SITES, level=0.95), said_by_r("binary")
    for key, value in (("", found.estimate), ("_low", found.low), ("_high", found.high)):
        assert value == pytest.approx(said[f"sites.mh_rd{key}"], rel=1e-12)


def test_a_stratum_with_one_arm_is_left_out_and_named():
    scores = pd.DataFrame({"site": ["A", "A", "B"], "arm": ["x", "y", "x"], "yes": [True, False, True]})
    tables, left_out = tables_by_stratum(scores, arm="arm", active="x", reference="y", responded="yes", strata="site")
    assert tables == {"A": Table(1, 1, 0, 1)}
    assert left_out == ("site B: 1 subjects in one arm",)


def test_strata_without_information_give_a_warning():
    assert math.isnan(cmh({"A": Table(0, 4, 0, 4)}, continuity=False).p)
    assert mantel_haenszel_odds_ratio({"A": Table(2, 4, 0, 4)}, level=0.95).estimate == math.inf


def responded():
    data = antidepressant()
    data = data[data["VISIT"] == "7"]
    return data.assign(yes=2 * data["HAMDTL17"] <= data["BASVAL"])


def test_the_adjusted_risk_difference_agrees_with_r():
    """binary.txt: glm, standardised, delta method with vcov(glm)."""
    found = adjusted_risk_difference(responded(), covariates=("BASVAL",), factors=("GENDER",), level=0.95, **PARTS)
    assert found.estimate == pytest.approx(said_by_r("binary")["g.difference"], rel=1e-10)
    assert found.se == pytest.approx(said_by_r("binary")["g.se"], rel=1e-8)


def test_the_adjusted_risk_difference_agrees_with_statsmodels():
    data = responded().assign(y=lambda d: d["yes"].astype(float), treated=lambda d: (d["THERAPY"] == "DRUG") * 1.0)
    found = adjusted_risk_difference(data, covariates=("BASVAL",), factors=(), level=0.95, **PARTS)
    fitted = smf.logit("y ~ treated + BASVAL", data).fit(disp=0, tol=1e-12).get_margeff(dummy=True)
    assert found.estimate == pytest.approx(fitted.margeff[0], rel=1e-8)
    assert found.se == pytest.approx(fitted.margeff_se[0], rel=1e-6)


@pytest.mark.parametrize(
    ("yes", "sentence"),
    [
        ([True] * 8, "Everybody or nobody"),
        ([True] * 4 + [False] * 4, "without error"),
        ([True] * 5 + [False] * 3, "without error"),
    ],
)
def test_separated_responses_are_refused(yes, sentence):
    scores = pd.DataFrame(
        {"PATIENT": range(8), "THERAPY": ["DRUG"] * 4 + ["PLACEBO"] * 4, "yes": yes, "x": np.arange(8.0) ** 2}
    )
    with pytest.raises(NotEstimable, match=sentence):
        adjusted_risk_difference(scores, covariates=("x",), factors=(), level=0.95, **PARTS)


@pytest.mark.parametrize(("name", "table"), [("trial", Table(7, 13, 2, 13)), ("small", Table(2, 6, 0, 7))])
def test_the_exact_interval_agrees_with_brute_force_in_r(name, table):
    """binary.txt: Chan and Zhang by a grid; its search stops at about 2e-6."""
    found, said = exact_difference(table, level=0.95), said_by_r("binary")
    assert (found.low, found.high) == pytest.approx((said[f"{name}.exact_low"], said[f"{name}.exact_high"]), abs=5e-6)


def test_the_exact_interval_reaches_the_ends():
    assert exact_difference(Table(13, 13, 0, 13), level=0.95).high == 1
    assert exact_difference(Table(0, 13, 13, 13), level=0.95).low == -1


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 9), st.integers(0, 7))
def test_the_exact_interval_holds_the_estimate_and_turns_round(a, b):
    one = exact_difference(Table(a, 9, b, 7), level=0.95)
    other = exact_difference(Table(b, 7, a, 9), level=0.95)
    assert one.low <= one.estimate <= one.high
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-7)
