"""Pieces of the mixed model against other programs and against definitions (METHODS 6.3, 6.4, 6.10, 6.13)."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.stats import multivariate_normal

sys.path.insert(0, str(Path(__file__).parent))
from bench_mmrm import simulated

from analysis.stats.contrasts import contrasts, covariance_of_effects
from analysis.stats.covariance import STRUCTURES, structure
from analysis.stats.likelihood import elements
from analysis.stats.mmrm import fit, fit_arrays
from analysis.stats.residuals import distances, residuals
from analysis.stats.terms import type_three, type_two

COLUMNS = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG"}


def trial(seed=11):
    return simulated(28, 4, seed=seed, missing=0.08, drop_out=0.05)


def a_theta(kind, seed):
    """Parameters of a positive definite Sigma."""
    rng = np.random.Generator(np.random.Philox(seed))
    root = rng.normal(size=(kind.m, 3 * kind.m))
    return kind.start(root @ root.T / (3 * kind.m))


def differences_of(function, theta, step):
    """Central differences of a function of theta, one row per parameter."""
    moved = np.eye(len(theta)) * step
    return np.array([(function(theta + move) - function(theta - move)) / (2 * step) for move in moved])


def elements_after(kind, theta):
    """The elements of Sigma as a function of a step from theta."""
    return lambda step: kind.sigma(kind.moved(theta, step))[elements(kind.m)]


@pytest.mark.parametrize("m", [2, 5])
@pytest.mark.parametrize("name", STRUCTURES)
def test_the_jacobian_is_the_derivative_of_sigma(name, m):
    kind = structure(name, m)
    theta = a_theta(kind, 1)
    numeric = differences_of(elements_after(kind, theta), np.zeros(kind.size), 1e-6)
    size = len(elements(m)[0])
    found, _ = kind.expansion(theta, np.zeros(size), np.zeros((m, m)))
    assert found == pytest.approx(numeric, abs=1e-8)


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_curvature_is_the_second_derivative_of_sigma(name):
    kind = structure(name, 5)
    theta = a_theta(kind, 2)
    rng = np.random.Generator(np.random.Philox(3))
    matrix = rng.normal(size=(5, 5))
    matrix = matrix + matrix.T
    rows, cols = elements(5)
    gradient = matrix[rows, cols] * np.where(rows == cols, 1.0, 2.0)
    after, none = elements_after(kind, theta), np.zeros(kind.size)
    numeric = differences_of(lambda at: differences_of(lambda s: after(at + s) @ gradient, none, 2e-3), none, 2e-3)
    finer = differences_of(lambda at: differences_of(lambda s: after(at + s) @ gradient, none, 1e-3), none, 1e-3)
    numeric = finer + (finer - numeric) / 3.0  # Richardson
    assert kind.expansion(theta, gradient, matrix)[1] == pytest.approx(numeric, abs=1e-6)


def test_the_chart_of_un_takes_the_third_derivative_from_the_normal_likelihood():
    # along a step from the maximum of log|Sigma| + tr(Sigma^-1 S) the likelihood is even to the third order
    kind = structure("un", 4)
    theta = a_theta(kind, 9)
    s = kind.sigma(theta)
    step = np.random.Generator(np.random.Philox(4)).normal(size=kind.size)

    def likelihood(length):
        sigma = kind.sigma(kind.moved(theta, length * step))
        return np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, s))

    odd = [likelihood(length) - likelihood(-length) for length in (0.02, 0.04)]
    even = likelihood(0.04) + likelihood(-0.04) - 2 * likelihood(0.0)
    assert even > 1e-3
    assert abs(odd[1]) < 1e-4 * even
    assert abs(odd[1]) > 16 * abs(odd[0])  # of the fifth order


def mmrm_sigma(theta, m):
    """mmrm's unstructured parametrisation, written from its vignette: D L L' D, D = exp(first m), L unit lower."""
    lower = np.eye(m)
    lower[np.tril_indices(m, -1)] = theta[m:]
    scaled = np.diag(np.exp(theta[:m])) @ lower
    return scaled @ scaled.T


def test_mmrm_s_unstructured_parameters_have_the_right_derivatives():
    m = 4
    kind = structure("un", m)
    sigma = kind.sigma(a_theta(kind, 5))
    root = np.linalg.cholesky(sigma)
    diagonal = np.diag(root)
    theta = np.append(np.log(diagonal), (root / diagonal[:, None])[np.tril_indices(m, -1)])
    assert mmrm_sigma(theta, m) == pytest.approx(sigma)
    found = kind.by_mmrm(None, sigma)

    def first(t):
        return differences_of(lambda u: mmrm_sigma(u, m)[elements(m)], t, 1e-4)

    assert found.jacobian == pytest.approx(first(theta), abs=1e-6)
    assert found.second == pytest.approx(differences_of(first, theta, 1e-4), abs=1e-5)


@pytest.mark.parametrize("name", ["ar1", "ar1h", "csh", "toeph", "ante1", "ante1h"])
def test_sas_s_parameters_are_variances_and_correlations(name):
    kind = structure(name, 4)
    theta = a_theta(kind, 6)
    variances, rho = kind.natural(theta)

    def sigma(natural):
        inner = np.append(np.log(natural[: len(variances)]), np.arctanh(natural[len(variances) :]))
        return kind.sigma(inner)[elements(4)]

    def first(natural):
        return differences_of(sigma, natural, 1e-4)

    natural = np.append(variances, rho)
    found = kind.by_sas(theta, kind.sigma(theta))
    assert found.jacobian == pytest.approx(first(natural), abs=1e-6)
    assert found.second == pytest.approx(differences_of(first, natural, 1e-4), abs=1e-5)


@pytest.mark.parametrize("name", ["cs", "toep"])
def test_compound_symmetry_and_toeplitz_are_linear_in_sas_s_parameters(name):
    kind = structure(name, 4)
    sigma = kind.sigma(a_theta(kind, 8))
    found = kind.by_sas(a_theta(kind, 8), sigma)
    lags = sigma[0, : len(found.jacobian)]
    assert lags @ found.jacobian == pytest.approx(sigma[elements(4)])
    assert not found.second.any()


def test_the_deviance_is_scipy_s_normal_likelihood():
    data = trial()
    found = fit(data, fixed="BASE + VISIT*ARM", covariance="un", method="ml", **COLUMNS)
    total, records = 0.0, found.records
    for subject in range(found.n_subjects):
        own = records.subject == subject
        visits = records.visit[own]
        mean, sigma = records.x[own] @ found.beta, found.sigma.to_numpy()[np.ix_(visits, visits)]
        total -= 2 * multivariate_normal(mean, sigma).logpdf(records.y[own])
    assert found.deviance == pytest.approx(total, rel=1e-11)


def test_one_visit_is_ordinary_regression():
    data = trial()
    data = data[(data["VISIT"] == "V02") & data["CHG"].notna()].astype({"VISIT": str, "ARM": str, "RACE": str})
    found = fit(data, fixed="ARM*RACE + BASE", covariance="un", method="reml", **COLUMNS)
    ols = smf.ols("CHG ~ ARM * RACE + BASE", data).fit()
    rows = contrasts(found, np.eye(len(found.beta)), df="kr", level=0.95)
    other = ols.params.rename(lambda name: name.replace("T.", "")).reindex(
        [n.replace("(I", "I").replace("t)", "t") for n in found.names]
    )
    assert found.beta == pytest.approx(other.to_numpy(), rel=1e-9)
    assert sorted(rows["se"]) == pytest.approx(sorted(ols.bse), rel=1e-9)
    assert rows["df"].to_numpy() == pytest.approx(ols.df_resid, rel=1e-9)
    two = sm.stats.anova_lm(ols, typ=2)
    found_two = type_two(found, df="kr").set_index("term")
    for term in ("ARM", "RACE", "ARM:RACE", "BASE"):
        assert found_two.loc[term, "f"] == pytest.approx(two.loc[term, "F"], rel=1e-8)
        assert found_two.loc[term, "p"] == pytest.approx(two.loc[term, "PR(>F)"], rel=1e-7)
    by_sums = smf.ols("CHG ~ C(ARM, Sum) * C(RACE, Sum) + BASE", data).fit()
    three = sm.stats.anova_lm(by_sums, typ=3).rename(lambda name: name.replace("C(", "").replace(", Sum)", ""))
    found_three = type_three(found, df="kr").set_index("term")
    for term in ("ARM", "RACE", "ARM:RACE", "BASE"):
        assert found_three.loc[term, "f"] == pytest.approx(three.loc[term, "F"], rel=1e-8)


def test_cr3_is_the_jackknife_of_subjects_at_a_fixed_covariance():
    found = fit(trial(), fixed="BASE + VISIT*ARM", covariance="toeph", method="reml", **COLUMNS)
    records, sigma = found.records, found.sigma.to_numpy()

    def beta_without(left_out):
        information, score = np.zeros((len(found.beta),) * 2), np.zeros(len(found.beta))
        for subject in range(found.n_subjects):
            own = records.subject == subject
            if subject == left_out:
                continue
            weight = np.linalg.inv(sigma[np.ix_(records.visit[own], records.visit[own])])
            information += records.x[own].T @ weight @ records.x[own]
            score += records.x[own].T @ weight @ records.y[own]
        return np.linalg.solve(information, score)

    assert beta_without(None) == pytest.approx(found.beta, rel=1e-8)
    moved = np.array([beta_without(subject) for subject in range(found.n_subjects)]) - found.beta
    assert covariance_of_effects(found, "cr3") == pytest.approx(moved.T @ moved, rel=1e-7, abs=1e-9)


def test_normalised_residuals_sum_to_the_residual_degrees_of_freedom():
    found = fit(trial(), fixed="BASE + VISIT*ARM", covariance="un", method="reml", **COLUMNS)
    table = residuals(found)
    degrees = found.n_observations - len(found.beta)
    assert np.sum(table["normalised"] ** 2) == pytest.approx(degrees, rel=1e-8)
    far = distances(found)
    assert far["distance"].sum() == pytest.approx(degrees, rel=1e-8)
    one = table[table["subject"] == far["subject"][0]]
    visits = [found.visits.index(visit) for visit in one["visit"]]
    sigma = found.sigma.to_numpy()[np.ix_(visits, visits)]
    raw = one["residual"].to_numpy()
    assert far["distance"][0] == pytest.approx(raw @ np.linalg.solve(sigma, raw))


def test_a_warm_start_reaches_the_same_optimum_in_fewer_steps():
    found = fit(trial(), fixed="BASE + VISIT*ARM", covariance="un", method="reml", **COLUMNS)
    records = found.records
    own = records.subject != 3
    subject = pd.factorize(records.subject[own])[0]
    arguments = (records.x[own], records.y[own], subject, records.visit[own])
    cold = fit_arrays(*arguments, n_visits=4, covariance="un", method="reml")
    warm = fit_arrays(*arguments, n_visits=4, covariance="un", method="reml", start=found.arrays.sigma)
    assert warm.beta == pytest.approx(cold.beta, rel=1e-8)
    assert warm.sigma == pytest.approx(cold.sigma, rel=1e-7)
    assert warm.optimum.iterations <= 5
