"""The mixed model on tiny and odd data: finite numbers, a fit that says it failed, or a refusal in a sentence.

METHODS 6.2 and 6.5. No warning of numpy leaks, no error of LAPACK comes through.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.contrasts import METHODS
from analysis.stats.covariance import STRUCTURES
from analysis.stats.design_matrix import DesignError
from analysis.stats.guards import NoCovariance
from analysis.stats.lsmeans import difference_by_visit
from analysis.stats.mmrm import fit, fit_arrays, fit_with_fallback
from analysis.stats.results import NotEstimable
from analysis.stats.terms import type_three

COLUMNS = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG"}
FORMULAS = ("VISIT*ARM", "BASE + VISIT*ARM", "BASE + TWIN + VISIT*ARM", "ARM", "1", "VISIT + ARM", "0 + VISIT")
ODDITIES = ("none", "constant", "rounded", "one value a subject", "huge", "minute", "two visits alike", "an outlier")


def odd(response: np.ndarray, oddity: str) -> np.ndarray:
    """The response (n, m) with something odd about it."""
    if oddity == "constant":
        return np.full_like(response, 3.0)
    if oddity == "rounded":
        return np.round(response)
    if oddity == "one value a subject":
        return np.repeat(response[:, :1], response.shape[1], axis=1)
    if oddity == "two visits alike":
        return np.concatenate([response[:, :-1], response[:, :1]], axis=1)
    if oddity == "an outlier":
        return response + 1e8 * (np.arange(len(response)) == 0)[:, None]
    return response * {"huge": 1e150, "minute": 1e-150}.get(oddity, 1.0)


@st.composite
def trials(draw) -> pd.DataFrame:
    """One to nine subjects at one to five visits, with gaps, visits nobody came to, a covariate and almost its twin."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 5))
    rng = np.random.Generator(np.random.Philox(draw(st.integers(0, 10**6))))
    y = odd(rng.normal(size=(n, m)), draw(st.sampled_from(ODDITIES)))
    y[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.2, 0.6]))] = np.nan
    if draw(st.integers(0, 5)) == 0:
        y[:, draw(st.integers(0, m - 1))] = np.nan
    base = rng.normal(size=n) if draw(st.booleans()) else np.ones(n)
    arm = np.arange(n) % 2 if draw(st.booleans()) else (np.arange(n) == 0).astype(int)
    return pd.DataFrame(
        {
            "SUBJECT": np.repeat(np.arange(n), m),
            "VISIT": [f"V{i}" for i in range(m)] * n,
            "ARM": np.where(np.repeat(arm, m), "DCS", "PLACEBO"),
            "BASE": np.repeat(base, m),
            "TWIN": np.repeat(2.0 * base, m) + draw(st.sampled_from([0.0, 1e-9])),
            "CHG": y.ravel(),
        }
    )


@settings(max_examples=80, deadline=None)
@given(
    trials(),
    st.sampled_from(FORMULAS),
    st.sampled_from([*STRUCTURES, "sas", "fallback"]),
    st.sampled_from(["reml", "ml"]),
    st.sampled_from(METHODS),
)
def test_it_is_finite_or_flagged_or_refused_in_a_sentence(data, fixed, covariance, method, df):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            if covariance == "fallback":
                found = fit_with_fallback(data, fixed=fixed, method=method, **COLUMNS)
            elif covariance == "sas":
                found = fit(data, fixed=fixed, covariance="un", method=method, algorithm="sas", **COLUMNS)
            else:
                found = fit(data, fixed=fixed, covariance=covariance, method=method, **COLUMNS)
        except NotEstimable as refusal:
            assert len(str(refusal)) > 20
            return
        assert found.converged or "did not converge" in found.warnings[0]
        if not found.converged:
            return
        assert np.isfinite(found.beta).all()
        assert np.isfinite(found.vcov).all()
        assert np.isfinite(found.deviance)
        assert np.linalg.eigvalsh(found.sigma.to_numpy())[0] > 0
        refused_or_finite(found, fixed, df)


def refused_or_finite(found, fixed: str, df: str) -> None:
    """Differences by visit and tests of terms; a test without denominator df has no p."""
    try:
        if "ARM" in fixed:
            table = difference_by_visit(found, arm="ARM", reference="PLACEBO", df=df, level=0.95)
            usable = table["df"] > 0
            assert np.isfinite(table[["estimate", "se"]].to_numpy()).all()
            assert np.isfinite(table.loc[usable, ["t", "p"]].to_numpy()).all()
        tests = type_three(found, df=df)
        usable = tests["denominator"] > 0
        assert np.isfinite(tests.loc[usable, ["f", "p"]].to_numpy(dtype=float)).all()
    except NotEstimable as refusal:
        assert len(str(refusal)) > 20


def arrays(n=5, visits=2):
    rng = np.random.Generator(np.random.Philox(1))
    subject, visit = np.repeat(np.arange(n), visits), np.tile(np.arange(visits), n)
    return np.ones((n * visits, 1)), rng.normal(size=n * visits), subject, visit


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda x, y, s, v: (x, np.where(y == y[0], np.nan, y), s, v), "missing or infinite"),
        (lambda x, y, s, v: (x, y, np.zeros_like(s), v), "more than one record at a visit"),
        (lambda x, y, s, v: (x, y, s, np.zeros_like(v) + (s % 2)), "never observed in the same subject|more than one"),
        (lambda x, y, s, v: (x[:1], y[:1], s[:1], v[:1]), "1 fixed effects but only 1 records"),
        (lambda x, y, s, v: (x[:0], y[:0], s[:0], v[:0]), "but only 0 records"),
        (lambda x, y, s, v: (x, y, s[::-1] * 0 + np.arange(len(s)), v * 0), "Visit 1 was never observed"),
    ],
)
def test_arrays_that_cannot_be_fitted_are_refused(change, sentence):
    with pytest.raises(DesignError, match=sentence):
        fit_arrays(*change(*arrays()), n_visits=2, covariance="un", method="reml")


def test_a_covariance_that_cannot_be_had_is_refused_and_fallen_back_from():
    # two subjects at three visits, on SAS's path: MIVQUE0 has six equations and less to solve them with
    x, y, subject, visit = arrays(2, 3)
    with pytest.raises(NoCovariance, match=r"UN covariance of 3 visits \(6 parameters\) cannot be estimated"):
        fit_arrays(x, y, subject, visit, n_visits=3, covariance="un", method="reml", algorithm="sas")
