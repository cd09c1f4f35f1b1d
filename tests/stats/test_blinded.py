"""Blinded estimation: the pooled variance and a new sample size (METHODS 13)."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower

sys.path.insert(0, str(Path(__file__).parent))
from oracles import antidepressant

from analysis.stats.blinded import (
    PooledVariance,
    one_sample_variance,
    pooled_variance,
    power,
    reestimate_sample_size,
    required_total,
)


def pooled(variance=40.0, n=60):
    return PooledVariance("W6", variance, None, n, "arm-free MMRM", (), True, "un")


def reestimated(variance=40.0, **changes):
    planned = {
        "planning_effect": 4.0,
        "alpha": 0.05,
        "power_wanted": 0.8,
        "planned": 60,
        "maximum": 120,
        "adjusted": False,
        "retention": 1.0,
    }
    return reestimate_sample_size(pooled(variance), **(planned | changes))


def test_the_arm_free_variance_of_the_antidepressant_trial_is_46_82():
    # the plan's number (5.11): 46.82 blinded, against 45.26 with the arms in the model (SAS)
    found = pooled_variance(
        antidepressant(),
        subject="PATIENT",
        visit="VISIT",
        response="CHANGE",
        covariates=["BASVAL:VISIT"],
        at="7",
        covariance="un",
    )
    assert round(found.variance, 2) == 46.82
    assert found.converged
    assert found.n == 172


def test_the_pooled_variance_is_the_same_for_any_allocation():
    data = antidepressant()
    columns = {"subject": "PATIENT", "visit": "VISIT", "response": "CHANGE", "covariates": ["BASVAL"], "at": "7"}
    flipped = data.assign(THERAPY=np.where(data["THERAPY"] == "DRUG", "PLACEBO", "DRUG"))
    first = pooled_variance(data, covariance="un", **columns)
    second = pooled_variance(flipped, covariance="un", **columns)
    assert first.variance == second.variance


@pytest.mark.parametrize(
    ("effect", "power_wanted", "per_arm"),
    [  # R's help of power.t.test: delta = 1, power .90: n = 22.02; Cohen 1988 table 2.4.1: d = .5, .8, .2 at .80
        (1.0, 0.90, 23),
        (0.5, 0.80, 64),
        (0.8, 0.80, 26),
        (0.2, 0.80, 394),
    ],
)
def test_the_sample_size_is_the_tables(effect, power_wanted, per_arm):
    assert required_total(variance=1.0, effect=effect, alpha=0.05, power_wanted=power_wanted) == 2 * per_arm


@settings(max_examples=30, deadline=None)
@given(st.integers(4, 80), st.floats(0.05, 0.9), st.sampled_from([0.01, 0.05, 0.1]))
def test_power_is_statsmodels_s(per_arm, effect, alpha):
    # within the range where statsmodels has a number
    other = TTestIndPower().power(effect, nobs1=per_arm, alpha=alpha)
    assert power(2 * per_arm, variance=1.0, effect=effect, alpha=alpha) == pytest.approx(other, abs=1e-8)


def test_the_size_stays_between_the_planned_and_the_maximum():
    # d = 4 / sqrt(40): 2 x 41 by R's power.t.test(delta = 4, sd = sqrt(40), power = .8): n = 40.23
    assert reestimated().total == 82
    assert reestimated(variance=10.0).total == 60
    huge = reestimated(variance=200.0)
    assert huge.total == 120
    assert "more than the maximum of 120" in huge.warnings[0]


def test_drop_out_is_allowed_for():
    assert reestimated(retention=0.8).needed == 104  # 82 / .8 = 102.5, in two equal arms


def test_the_adjustment_takes_the_planning_effect_out():
    # Kieser & Friede: S2 - n / (4 (n - 1)) d2 = 40 - 60 / 236 * 16
    assert one_sample_variance(40.0, n=60, planning_effect=4.0) == pytest.approx(40.0 - 60.0 / 236.0 * 16.0)
    assert reestimated(adjusted=True).needed < reestimated().needed
    assert one_sample_variance(1.0, n=60, planning_effect=4.0) == 0.0


def test_impossible_plans_are_refused():
    for wrong in ({"planning_effect": 0.0}, {"power_wanted": 0.01}, {"retention": 0.0}, {"planned": 200}):
        with pytest.raises(ValueError, match=r"needs an effect|Retention lies"):
            reestimated(**wrong)
