"""Delta adjustment and tipping points (METHODS 8.7). Expected numbers: explicit analysis of shifted data."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.stats.executor import HereAndNow
from analysis.stats.imputation.conditional_mean import conditional_mean, imputed, replicates
from analysis.stats.imputation.delta import (
    delta_weights,
    tipping_point_conditional_mean,
    tipping_point_multiple_imputation,
)
from analysis.stats.imputation.gibbs import multiple_imputation
from tests.stats.antidepressant import antidepressant_data, antidepressant_panel

GRID = {"active": (-2.0, 0.0, 1.0, 4.0), "reference": (-3.0, 0.0, 2.0)}
DRAWS = {"draws": 200, "burn_in": 10, "seed": 4}


@pytest.fixture(scope="module")
def trial():
    return antidepressant_panel(antidepressant_data())


@pytest.fixture(scope="module")
def by_means(trial):
    return tipping_point_conditional_mean(
        trial, strategy="MAR", visit="7", pattern="constant", covariance="un", level=0.95, executor=HereAndNow(), **GRID
    )


@pytest.fixture(scope="module")
def by_draws(trial):
    return tipping_point_multiple_imputation(
        trial, strategy="MAR", visit="7", pattern="constant", level=0.95, executor=HereAndNow(), **DRAWS, **GRID
    )


def test_without_a_shift_the_grid_is_the_imputation_itself(trial, by_means, by_draws):
    ours = conditional_mean(trial, strategies=["MAR"], covariance="un", level=0.95, executor=HereAndNow())["MAR"]
    expected, _ = ours.at("7")
    cell = by_means.estimate[1, 1], by_means.se[1, 1], by_means.p[1, 1]
    assert cell == pytest.approx((expected.estimate, expected.se, expected.p), rel=1e-10)
    drawn = multiple_imputation(trial, strategies=["MAR"], level=0.95, executor=HereAndNow(), **DRAWS)["MAR"].at("7")
    cell = by_draws.estimate[1, 1], by_draws.se[1, 1], by_draws.p[1, 1]
    assert cell == pytest.approx((drawn.estimate, drawn.se, drawn.p), rel=1e-10)


def test_a_cell_is_least_squares_on_the_shifted_outcomes(trial, by_means):
    model = replicates(trial, "un", HereAndNow(), None)
    weights = delta_weights(trial, "constant")
    for i, active in enumerate(GRID["active"]):
        for j, reference in enumerate(GRID["reference"]):
            shifted = imputed(trial, model, "MAR")[0] + active * weights[0] + reference * weights[1]
            fitted = sm.OLS(shifted[:, 3], trial.design).fit()
            assert by_means.estimate[i, j] == pytest.approx(fitted.params[1], rel=1e-9)


def test_a_drawn_cell_pools_least_squares_on_the_shifted_draws(trial):
    from analysis.stats.imputation import gibbs
    from analysis.stats.imputation.rubin import rubin
    from analysis.stats.imputation.strategies import fill, means

    grid = tipping_point_multiple_imputation(
        trial,
        strategy="J2R",
        visit="7",
        pattern="accumulating",
        active=(1.5,),
        reference=(-1.0,),
        draws=30,
        burn_in=3,
        seed=4,
        level=0.95,
        executor=HereAndNow(),
    )
    gaps = trial.missing.any(axis=1)
    numbers = gibbs._numbers(trial, trial.only(gaps), 3, 4, range(30))
    coefficients, sigma = gibbs._chains(trial, trial.only(gaps), trial.only(~gaps), gibbs._start(trial), 3, numbers)
    outcomes = fill(trial, means(trial, coefficients, "J2R"), sigma, numbers["imputation"])
    weights = delta_weights(trial, "accumulating")
    fits = [sm.OLS(one[:, 3], trial.design).fit() for one in outcomes + 1.5 * weights[0] - weights[1]]
    pooled = rubin(np.array([f.params[1] for f in fits]), np.array([f.bse[1] ** 2 for f in fits]), complete_df=169)
    assert (grid.estimate[0, 0], grid.se[0, 0]) == pytest.approx((pooled.estimate, pooled.se), rel=1e-9)


@pytest.mark.parametrize("kind", ["by_means", "by_draws"])
def test_at_the_tipping_point_p_is_the_level(trial, kind, request):
    found = request.getfixturevalue(kind)
    how = {"strategy": "MAR", "visit": "7", "pattern": "constant", "level": 0.95, "executor": HereAndNow()}
    tip = found.tipping[1]
    assert 0 < tip < 3
    if kind == "by_means":
        again = tipping_point_conditional_mean(trial, active=(tip,), reference=(0.0,), covariance="un", **how)
    else:
        again = tipping_point_multiple_imputation(trial, active=(tip,), reference=(0.0,), **DRAWS, **how)
    assert again.p[0, 0] == pytest.approx(0.05, abs=1e-7)


def test_what_is_not_significant_has_no_tipping_point(by_means):
    assert by_means.p[1, 0] > 0.05 and np.isnan(by_means.tipping[0])


def test_drop_outs_are_shifted_and_gaps_are_not(trial, by_means):
    weights = delta_weights(trial, "constant")
    assert weights[:, trial.subjects.index("3618")].sum() == 0
    assert (by_means.shifted_active, by_means.shifted_reference) == (20, 23)


def test_an_accumulating_delta_grows_by_one_at_each_visit_after_the_event(trial):
    weights = delta_weights(trial, "accumulating")[0]
    first = trial.event == 1  # seen at the first visit only
    assert weights[first & trial.active].tolist() == [[0, 1, 2, 3]] * 6
    assert weights[first & ~trial.active].sum() == 0


def test_it_refuses_an_unknown_pattern(trial):
    with pytest.raises(ValueError, match="'ramp' is unknown; choose among constant, accumulating"):
        delta_weights(trial, "ramp")
