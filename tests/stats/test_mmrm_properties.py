"""What must not change a fit: order, names, units, levels nobody has, how a gap is written (METHODS 6.1)."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from bench_mmrm import simulated

from analysis.stats import optimise
from analysis.stats.covariance import STRUCTURES
from analysis.stats.lsmeans import difference_by_visit
from analysis.stats.mmrm import fit

SEEDS = st.integers(0, 400)
SOME_STRUCTURES = st.sampled_from(["un", "toeph", "ante1h", "csh", "ar1"])
FEW = settings(max_examples=10, deadline=None)
COLUMNS = ["estimate", "se", "df", "low", "high", "t", "p"]


def trial(seed: int) -> pd.DataFrame:
    found = simulated(24, 4, seed=seed, missing=0.05, drop_out=0.04)
    return found.astype({"VISIT": str, "ARM": str, "RACE": str})


def differences(data: pd.DataFrame, covariance: str, **changes) -> tuple[pd.DataFrame, float]:
    columns = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG", "fixed": "BASE + RACE + VISIT*ARM"} | changes
    found = fit(data, covariance=covariance, method="reml", reference={"ARM": "PLACEBO"}, **columns)
    assert found.converged, found.warnings
    return difference_by_visit(found, arm="ARM", reference="PLACEBO", df="kr", level=0.95), found.deviance


def the_same(first: tuple, second: tuple, tolerance: float = 1e-7) -> None:
    assert first[0][COLUMNS].to_numpy() == pytest.approx(second[0][COLUMNS].to_numpy(), rel=tolerance, abs=1e-9)
    assert first[1] == pytest.approx(second[1], rel=1e-9)


@FEW
@given(SEEDS, SOME_STRUCTURES, st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(seed, covariance, shuffle):
    data = trial(seed)
    order = np.random.Generator(np.random.Philox(shuffle)).permutation(len(data))
    the_same(differences(data, covariance), differences(data.iloc[order], covariance))


@FEW
@given(SEEDS, SOME_STRUCTURES)
def test_the_names_of_subjects_do_not_matter(seed, covariance):
    data = trial(seed)
    named = data.assign(SUBJECT=[f"S-{997 - 13 * subject}" for subject in data["SUBJECT"]])
    the_same(differences(data, covariance), differences(named, covariance))


@FEW
@given(SEEDS, SOME_STRUCTURES, st.floats(-50, 50), st.floats(0.01, 100))
def test_another_unit_of_the_response_only_changes_the_unit(seed, covariance, shift, unit):
    data = trial(seed)
    first, _ = differences(data, covariance)
    second, _ = differences(data.assign(CHG=shift + unit * data["CHG"]), covariance)
    for column in ("estimate", "se", "low", "high"):
        assert second[column].to_numpy() / unit == pytest.approx(first[column].to_numpy(), rel=1e-7, abs=1e-7)
    for column in ("df", "t", "p"):
        assert second[column].to_numpy() == pytest.approx(first[column].to_numpy(), rel=1e-6)


@FEW
@given(SEEDS, SOME_STRUCTURES, st.floats(-1000, 1000), st.floats(0.01, 100))
def test_another_unit_of_a_covariate_changes_nothing(seed, covariance, shift, unit):
    data = trial(seed)
    first, _ = differences(data, covariance)
    second, _ = differences(data.assign(BASE=shift + unit * data["BASE"]), covariance)
    assert second[COLUMNS].to_numpy() == pytest.approx(first[COLUMNS].to_numpy(), rel=1e-6, abs=1e-8)


@FEW
@given(SEEDS, SOME_STRUCTURES)
def test_a_level_that_nobody_has_changes_nothing(seed, covariance):
    data = trial(seed)
    wide = data.assign(
        RACE=pd.Categorical(data["RACE"], ["a", "b", "c", "nobody"]),
        VISIT=pd.Categorical(data["VISIT"], [*sorted(data["VISIT"].unique()), "V99"]),
    )
    the_same(differences(data, covariance), differences(wide, covariance))


@FEW
@given(SEEDS, SOME_STRUCTURES)
def test_a_missing_row_equals_a_missing_value(seed, covariance):
    data = trial(seed)
    assert data["CHG"].isna().any()
    the_same(differences(data, covariance), differences(data.dropna(subset=["CHG"]), covariance))


@FEW
@given(SEEDS)
def test_the_data_hash_knows_the_data_but_not_the_order(seed):
    data = trial(seed)

    def hashed(frame):
        columns = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG", "fixed": "BASE + VISIT*ARM"}
        return fit(frame, covariance="ar1", method="reml", **columns).data_hash

    assert hashed(data) == hashed(data.iloc[::-1])
    changed = data.copy()
    changed.loc[changed["CHG"].first_valid_index(), "CHG"] += 1e-9
    assert hashed(data) != hashed(changed)


@pytest.mark.parametrize("covariance", STRUCTURES)
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_the_gradient_is_zero_and_the_covariance_positive_definite_at_the_optimum(covariance, method):
    data = trial(7)
    found = fit(
        data,
        subject="SUBJECT",
        visit="VISIT",
        response="CHG",
        fixed="BASE + VISIT*ARM",
        covariance=covariance,
        method=method,
    )
    assert found.converged
    assert found.decrement < 1e-9
    assert found.smallest_eigenvalue > 0
    assert np.linalg.eigvalsh(found.sigma.to_numpy())[0] > 0


def test_where_the_gain_is_lost_in_rounding_the_last_digits_are_still_won(monkeypatch):
    columns = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG", "fixed": "BASE + RACE + VISIT*ARM"}
    first = fit(trial(3), covariance="un", method="reml", reference={"ARM": "PLACEBO"}, **columns)
    searched = optimise._line_search

    def finds_no_gain(cross, structure, theta, step, value, decrement, reml):
        small = decrement < optimise.NEGLIGIBLE
        return None if small else searched(cross, structure, theta, step, value, decrement, reml)

    monkeypatch.setattr(optimise, "_line_search", finds_no_gain)
    found = fit(trial(3), covariance="un", method="reml", reference={"ARM": "PLACEBO"}, **columns)
    assert found.converged and found.decrement < 1e-14
    assert found.deviance == pytest.approx(first.deviance, rel=1e-13)
