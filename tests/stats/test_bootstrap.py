"""Conditional-mean imputation with the bootstrap (METHODS 8.8)."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.executor import HereAndNow
from analysis.stats.imputation import bootstrap as module
from analysis.stats.imputation.bootstrap import bootstrap, percentile_p, quantile
from analysis.stats.imputation.panel import panel
from analysis.stats.results import NotEstimable
from tests.stats.antidepressant import antidepressant_data, antidepressant_panel
from tests.stats.oracles import expected
from tests.stats.said_by_r import said_by_r

NUMBERS = np.array([-3.1, -2.4, -2.2, -1.9, -1.5, -1.2, -0.8, -0.7, -0.3, 0.1, 0.4, 1.6])
NAMES = {"subject": "who", "visit": "visit", "response": "y", "arm": "arm", "active": "A", "reference": "R"}


@pytest.fixture(scope="module")
def trial():
    return antidepressant_panel(antidepressant_data())


def sampled(panel, strategies=("MAR", "J2R"), samples=200, **how):
    how = {"covariance": "un", "seed": 4, "level": 0.95, "executor": HereAndNow()} | how
    return bootstrap(panel, strategies=strategies, samples=samples, **how)


def one_visit(active, reference):
    rows = [("A", value) for value in active] + [("R", value) for value in reference]
    data = pd.DataFrame([{"who": k, "visit": "W6", "arm": arm, "y": value} for k, (arm, value) in enumerate(rows)])
    return panel(data, **NAMES, covariates=[], factors=[], visits=("W6",), events={})


def test_quantiles_and_p_are_those_of_r_and_rbmi():
    """reference/bootstrap.txt: quantile(type = 6), and rbmi's rule for the percentile p."""
    said = said_by_r("bootstrap")
    assert (quantile(NUMBERS, 0.1), quantile(NUMBERS, 0.9)) == pytest.approx(
        (said["quantile.low"], said["quantile.high"]), abs=1e-12
    )
    assert percentile_p(NUMBERS) == pytest.approx(said["p"], abs=1e-12)


def test_with_nothing_missing_the_error_is_the_textbooks():
    # The ideal bootstrap variance of a mean is sum (x - mean)^2 / n^2 (Efron and Tibshirani 1994, 5.2), arm by arm;
    # 400 samples have a Monte Carlo error of 3.5 %.
    active, reference = np.array([1.0, 4, 2, 8, 5, 7]), np.array([3.0, 6, 9, 9, 5])
    ideal = np.sqrt(active.var() / 6 + reference.var() / 5)
    found = sampled(one_visit(active, reference), strategies=["MAR"], samples=400)["MAR"].at("W6")[1]
    assert found.estimate == pytest.approx(active.mean() - reference.mean(), abs=1e-12)
    assert found.se == pytest.approx(ideal, rel=0.12)


def test_the_bootstrap_agrees_with_rbmis_jackknife(trial):
    # Two estimates of one standard error (Wolbers et al. 2022): .858 by the jackknife, information-anchored 1.123.
    # 200 samples have a Monte Carlo error of 5 %.
    said = expected()
    percentile, normal, anchored = sampled(trial)["J2R"].at("7")
    assert normal.estimate == pytest.approx(-said["antidep_condmean_jackknife_JR"]["visit7"][0], abs=5.1e-4)
    assert normal.se == pytest.approx(said["antidep_condmean_jackknife_JR"]["visit7"][1], rel=0.16)
    assert anchored.se == pytest.approx(said["antidep_condmean_jackknife_JR"]["info_anchored_visit7"][1], rel=0.16)
    assert percentile.estimate == normal.estimate
    assert (percentile.low, percentile.high) == pytest.approx((normal.low, normal.high), abs=0.5)


def test_under_mar_the_two_errors_are_one(trial):
    _, normal, anchored = sampled(trial, strategies=["MAR"], samples=40)["MAR"].at("7")
    assert normal.se == anchored.se


def test_a_sample_depends_on_its_number_and_not_on_how_many_are_drawn(trial, monkeypatch):
    few, many = sampled(trial, samples=6)["J2R"], sampled(trial, samples=9)["J2R"]
    monkeypatch.setattr(module, "SAMPLES_PER_JOB", 4)
    assert sampled(trial, samples=6)["J2R"] == few
    assert few.normal[3].se != many.normal[3].se


def test_another_seed_draws_other_samples(trial):
    one, other = (sampled(trial, samples=5, seed=seed)["J2R"].normal[3].se for seed in (1, 2))
    assert one != other


def test_everyone_keeps_their_arm_and_no_arm_loses_its_size(trial):
    random = np.random.default_rng(3)
    for _ in range(20):
        chosen = module._sample(trial.active, random)
        assert trial.active[chosen].sum() == trial.active.sum() and len(chosen) == len(trial.subjects)


def test_samples_without_a_fit_are_drawn_anew_and_counted():
    # Two subjects an arm: half of the samples hold one subject of an arm twice; some leave nothing that varies.
    found = sampled(one_visit([1.0, 4.0], [2.0, 2.5]), strategies=["MAR"], samples=60)["MAR"]
    assert found.redrawn > 0
    assert any("drawn anew" in note for note in found.warnings)


def test_one_sample_is_refused(trial):
    with pytest.raises(NotEstimable, match="1 sample cannot show a spread"):
        sampled(trial, samples=1)
