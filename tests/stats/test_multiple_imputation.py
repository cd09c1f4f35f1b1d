"""Gibbs multiple imputation, Rubin's rules (METHODS 8.5, 8.6). Expected numbers: SAS's five macros, 10,000 draws."""

import numpy as np
import pandas as pd
import pytest
from distributed import LocalCluster

from analysis.stats.executor import HereAndNow, open_executor
from analysis.stats.imputation import gibbs
from analysis.stats.imputation.gibbs import analyses, multiple_imputation
from analysis.stats.imputation.panel import panel
from analysis.stats.imputation.rubin import rubin
from analysis.stats.imputation.strategies import STRATEGIES
from analysis.stats.results import NotEstimable
from tests.stats.antidepressant import antidepressant_data, antidepressant_panel
from tests.stats.oracles import expected

# results_SAS.txt, Summary Table: Diff (placebo - drug), SE_Diff, MCSE_Diff, df at visits 5 and 6
SAS = {
    ("MAR", "5"): (1.40782, 0.92470, 0.002122018, 158.2),
    ("CIR", "5"): (1.30068, 0.92567, 0.002007340, 159.2),
    ("CR", "5"): (1.29901, 0.92578, 0.002014402, 159.1),
    ("J2R", "5"): (1.30490, 0.92665, 0.002051476, 158.8),
    ("MAR", "6"): (2.22320, 0.99971, 0.002982167, 152.2),
    ("CIR", "6"): (2.01133, 0.99971, 0.002795992, 154.0),
    ("CR", "6"): (1.97458, 0.99955, 0.002799947, 153.9),
    ("J2R", "6"): (1.92600, 1.00183, 0.002854680, 153.5),
}


@pytest.fixture(scope="module")
def trial():
    return antidepressant_panel(antidepressant_data())


@pytest.fixture(scope="module")
def results(trial):
    return multiple_imputation(
        trial, strategies=STRATEGIES, draws=4000, burn_in=25, seed=20, level=0.95, executor=HereAndNow()
    )


def sas_at(strategy, visit):
    if visit != "7":
        return SAS[strategy, visit]
    both = expected()["antidep_sas_five_macros_10000_draws_week6"][strategy]
    return both[0], both[1], both[4], both[2]


# -- agreement -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visit", ["5", "6", "7"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_means_agree_with_sas_within_monte_carlo_error(results, strategy, visit):
    # 3.5 standard errors of both programs' draws together (about 0.03 points at the last visit)
    estimate, _, error, _ = sas_at(strategy, visit)
    ours = results[strategy]
    own_error = ours.pooled.monte_carlo_error[ours.visits.index(visit)]
    assert ours.at(visit).estimate == pytest.approx(-estimate, abs=3.5 * np.hypot(error, own_error))
    assert own_error < 0.008


@pytest.mark.parametrize("visit", ["5", "6", "7"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_standard_errors_and_df_agree_with_sas(results, strategy, visit):
    # 0.6 %: the macros' prior of Sigma is not Jeffreys', which shows in the third decimal. df within 2.
    _, se, _, df = sas_at(strategy, visit)
    ours = results[strategy].at(visit)
    assert ours.se == pytest.approx(se, rel=0.006)
    assert ours.df == pytest.approx(df, abs=2)


def test_the_first_visit_has_nothing_to_impute_and_is_plain_ancova(results):
    # results_SAS.txt, visit 4: -0.09181, 0.68263, 169.0, 0.8932; drug minus placebo here
    ours = results["J2R"].at("4")
    assert (ours.estimate, ours.se) == (pytest.approx(0.09181, abs=5.1e-6), pytest.approx(0.68263, abs=5.1e-6))
    assert (ours.df, ours.p) == (169, pytest.approx(0.8932, abs=5.1e-5))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_rubins_df_follow_from_sass_own_between_variance(strategy):
    # SAS prints SE and MCSE = sqrt(B / 10000): total and between variance, hence its df, to the printed decimal
    _, se, error, df = sas_at(strategy, "7")
    error = {"MAR": 0.004112952, "CIR": 0.003671591, "CR": 0.003659039, "J2R": 0.003998859}[strategy]
    between = error**2 * 10_000
    spread = np.tile([-1.0, 1.0], 5000) * np.sqrt(between * 9999 / 10_000)
    pooled = rubin(spread, np.full(10_000, se**2 - between * 1.0001), complete_df=169)
    assert pooled.se == pytest.approx(se, rel=1e-12)
    assert pooled.df == pytest.approx(df, abs=0.051)


def test_jump_to_reference_is_rbmis_bayesian_imputation_within_monte_carlo_error(results):
    # rbmi's quickstart, 150 draws by Stan: between variance .16 / 150 makes a Monte Carlo error of .033
    estimate, se, _, _, _ = expected()["antidep_rbmi_quickstart_JR_150_draws"]["trt_7"]
    ours = results["J2R"].at("7")
    assert ours.estimate == pytest.approx(-estimate, abs=3.5 * np.sqrt(0.16 / 150))
    assert ours.se == pytest.approx(se, rel=0.03)


def test_rubins_rules_by_hand():
    # W = 1, B = 1, T = 1 + 4/3, share 4/7; df: 2 / (4/7)^2 = 6.125 and (11/13) 10 (3/7) = 3.6264
    pooled = rubin(np.array([1.0, 2.0, 3.0]), np.ones(3), complete_df=10)
    assert (pooled.estimate, pooled.se**2) == (pytest.approx(2), pytest.approx(7 / 3))
    assert pooled.missing_information == pytest.approx(4 / 7)
    assert pooled.df == pytest.approx(1 / (1 / 6.125 + 1 / (11 / 13 * 10 * 3 / 7)), rel=1e-12)
    assert pooled.monte_carlo_error == pytest.approx(1 / np.sqrt(3))


def test_parameters_drawn_from_complete_data_have_the_posterior_of_the_textbook():
    # Nothing missing: E Sigma = S / (n - q - T - 1), E B = least squares, cov B_jt = bread_jj E Sigma_tt
    random = np.random.default_rng(6)
    n, q, visits, chains = 20, 3, 2, 20_000
    design = np.column_stack([np.ones(n), np.arange(n) % 2, random.normal(size=n)])
    y = random.normal(size=(n, visits)) @ np.array([[2.0, 1.0], [0.0, 1.0]])
    whole = panel_of(design, y)
    nobody = whole.only(np.zeros(n, dtype=bool))
    numbers = {
        "chi": np.sqrt(random.chisquare(n - q - np.arange(visits), size=(chains, 1, visits))),
        "below": random.standard_normal((chains, 1, visits, visits)),
        "coefficients": random.standard_normal((chains, 1, q, visits)),
        "gaps": np.zeros((chains, 1, 0, visits)),
    }
    coefficients, sigma = gibbs._chains(whole, nobody, whole, (np.zeros((q, visits)), np.eye(visits)), 1, numbers)
    bread = np.linalg.inv(design.T @ design)
    best = bread @ design.T @ y
    scatter = (y - design @ best).T @ (y - design @ best)
    middle = scatter / (n - q - visits - 1)
    assert np.allclose(sigma.mean(0), middle, atol=0.02 * np.abs(middle).max())
    assert np.allclose(coefficients.mean(0), best, atol=4 * np.sqrt(middle.max() * bread.max() / chains))
    expected = np.outer(np.diag(bread), np.diag(middle))
    assert np.allclose(coefficients.var(0), expected, rtol=0.05)


# -- the same draws everywhere ---------------------------------------------------------------------------------------


def test_local_processes_and_a_dask_cluster_of_two_workers_give_the_same_numbers(trial, monkeypatch):
    monkeypatch.setattr(gibbs, "CHAINS_PER_JOB", 20)

    def effects(executor):
        return analyses(trial, strategies=["J2R"], columns={}, draws=60, burn_in=3, seed=9, executor=executor)["J2R"]

    here = effects(HereAndNow())
    with open_executor(processes=2, scheduler=None) as executor:
        local = effects(executor)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        open_executor(processes=1, scheduler=cluster.scheduler_address) as executor,
    ):
        dask = effects(executor)
    assert np.array_equal(here.effect, local.effect) and np.array_equal(local.effect, dask.effect)
    assert np.array_equal(here.rss, local.rss) and np.array_equal(local.rss, dask.rss)


def test_a_draw_depends_on_its_number_and_not_on_how_many_are_drawn(trial):
    how = {"strategies": ["CR"], "columns": {}, "burn_in": 4, "seed": 9, "executor": HereAndNow()}
    few, many = (analyses(trial, draws=draws, **how)["CR"].effect for draws in (5, 12))
    assert np.allclose(few, many[:5], rtol=1e-12)


def test_another_seed_draws_other_numbers(trial):
    how = {"strategies": ["CR"], "columns": {}, "burn_in": 2, "draws": 3, "executor": HereAndNow()}
    one, other = (analyses(trial, seed=seed, **how)["CR"].effect for seed in (1, 2))
    assert not np.isclose(one[:, 3], other[:, 3]).any()


# -- refusals --------------------------------------------------------------------------------------------------------


def test_one_draw_cannot_be_pooled():
    with pytest.raises(NotEstimable, match="two are the least"):
        rubin(np.array([1.0]), np.array([1.0]), complete_df=10)


def test_too_few_subjects_for_the_model_are_refused():
    thin = panel_of(np.column_stack([np.ones(6), np.arange(6) % 2]), np.random.default_rng(1).normal(size=(6, 5)))
    with pytest.raises(NotEstimable, match="6 subjects with an outcome cannot carry 2 coefficients and 5 visits"):
        analyses(thin, strategies=["MAR"], columns={}, draws=5, burn_in=2, seed=1, executor=HereAndNow())


def panel_of(design, y):
    """A complete panel of arrays; the second column of the design is the arm."""
    rows = [
        {"who": i, "visit": t, "y": y[i, t], "arm": "A" if design[i, 1] else "R"}
        | {f"x{k}": design[i, k] for k in range(2, design.shape[1])}
        for i in range(len(y))
        for t in range(y.shape[1])
    ]
    made = panel(
        pd.DataFrame(rows),
        subject="who",
        visit="visit",
        response="y",
        arm="arm",
        active="A",
        reference="R",
        covariates=[f"x{k}" for k in range(2, design.shape[1])],
        factors=[],
        visits=range(y.shape[1]),
        events={},
    )
    from dataclasses import replace

    return replace(made, design=design)  # covariates as given, not centred
