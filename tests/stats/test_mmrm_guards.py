"""The mixed model refuses, in a sentence, what it cannot fit; and falls back only on non-convergence (METHODS 6.6)."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from bench_mmrm import simulated

from analysis.stats.contrasts import contrasts, joint_test
from analysis.stats.covariance import FALLBACK
from analysis.stats.design_matrix import DesignError
from analysis.stats.formula import FormulaError, formula
from analysis.stats.guards import Disconnected
from analysis.stats.lsmeans import difference_by_visit, lsmeans
from analysis.stats.mmrm import NotConverged, fit, fit_with_fallback
from analysis.stats.results import NotEstimable

COLUMNS = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG"}


def trial(n=20, visits=4, seed=3, **gaps):
    return simulated(n, visits, seed=seed, **({"missing": 0.03, "drop_out": 0.03} | gaps))


def fitted(data, fixed="BASE + VISIT*ARM", covariance="un", **changes):
    return fit(data, fixed=fixed, covariance=covariance, method="reml", **(COLUMNS | changes))


# -- guards


def test_it_names_the_columns_that_cannot_be_told_apart():
    data = trial().assign(TWICE=lambda d: 2 * d["BASE"] + 1)
    with pytest.raises(DesignError, match=r"rank 9 of 10: TWICE cannot be told apart"):
        fitted(data, "BASE + TWICE + VISIT*ARM")


def test_it_refuses_two_records_of_a_subject_at_a_visit():
    data = trial(missing=0, drop_out=0)
    with pytest.raises(DesignError, match=r"Subject 5 has 2 records at visit V01; one is allowed\."):
        fitted(pd.concat([data, data[(data["SUBJECT"] == 5) & (data["VISIT"] == "V01")]]))


def test_it_says_which_visit_was_never_observed():
    with pytest.raises(DesignError, match=r"Visit V09 was never observed\."):
        fitted(trial(), visits=["V00", "V01", "V02", "V03", "V09"])


def test_it_refuses_records_of_a_visit_that_is_not_in_the_model():
    with pytest.raises(DesignError, match="records of visit V03, which the model does not list"):
        fitted(trial(), visits=["V00", "V01", "V02"])


def test_it_says_which_visits_never_met_in_a_subject():
    data = trial(missing=0, drop_out=0)
    apart = data[~((data["SUBJECT"] % 2 == 0) & (data["VISIT"] == "V03"))]
    apart = apart[~((apart["SUBJECT"] % 2 == 1) & (apart["VISIT"] == "V01"))]
    with pytest.raises(Disconnected, match="Visits V01 and V03 were never observed in the same subject"):
        fitted(apart, "BASE + VISIT")
    assert fitted(apart, "BASE + VISIT", "cs").converged


def test_it_refuses_a_perfect_fit():
    data = trial()
    with pytest.raises(DesignError, match="fit the response perfectly"):
        fitted(data.assign(CHG=3.0 * data["BASE"] + 1.0))


def test_it_refuses_fewer_records_than_effects():
    with pytest.raises(DesignError, match="fixed effects but only"):
        fitted(trial(missing=0, drop_out=0).head(7).tail(4), "SUBJECT + BASE + C(CHG)", "cs")


def test_it_refuses_a_factor_with_one_level_and_an_unknown_reference():
    data = trial()
    with pytest.raises(DesignError, match="ARM has one level only"):
        fitted(data[data["ARM"] == "DCS"])
    with pytest.raises(DesignError, match="The reference level 'SHAM' of ARM"):
        fitted(data, reference={"ARM": "SHAM"})


def test_it_refuses_unknown_columns_structures_and_methods():
    with pytest.raises(DesignError, match="The data have no column SITE"):
        fitted(trial(), "SITE + VISIT")
    with pytest.raises(ValueError, match="The covariance structure 'vc' is unknown"):
        fitted(trial(), covariance="vc")
    with pytest.raises(ValueError, match="choose among kr, "):
        contrasts(fitted(trial()), np.eye(9)[:1], df="kenward", level=0.95)


def test_records_without_response_or_covariate_are_left_out_and_counted():
    data = trial(missing=0, drop_out=0)
    data.loc[data.index[:3], "CHG"] = np.nan
    data.loc[data.index[10], "BASE"] = np.inf
    found = fitted(data)
    assert (found.left_out, found.n_observations) == (4, len(data) - 4)


# -- non-convergence and the fall-back list


def too_few() -> pd.DataFrame:
    """Seven subjects with six visits: the unstructured likelihood has no maximum."""
    return trial(7, 6, seed=1, missing=0, drop_out=0)


def test_a_fit_that_does_not_converge_says_so():
    found = fitted(too_few(), "ARM*VISIT")
    assert not found.converged
    assert "did not converge" in found.warnings[0]


def test_the_fall_back_is_moved_along_only_on_non_convergence():
    fine = trial(26, 6, seed=5)
    kept = fit_with_fallback(fine, fixed="BASE + VISIT*ARM", method="reml", **COLUMNS)
    assert (kept.covariance, kept.fallback) == ("un", ())
    fallen = fit_with_fallback(too_few(), fixed="ARM*VISIT", method="reml", **COLUMNS)
    assert fallen.converged
    tried = [name for name, _ in fallen.fallback]
    assert tried == list(FALLBACK[: len(tried)])
    assert fallen.covariance == FALLBACK[len(tried)]
    assert "UN" in fallen.warnings[-1]


def test_rounding_at_the_optimum_is_not_a_failure_to_converge():
    # the decrement of this fit ends near 1.3e-16 and cannot become smaller
    data = trial(24, 4, seed=126, missing=0.05, drop_out=0.04)
    found = fitted(data, "BASE + RACE + VISIT*ARM", "csh")
    assert found.converged
    assert found.iterations < 15


def test_the_pre_specified_list_is_the_plan_s():
    assert FALLBACK == ("un", "toeph", "ante1h", "ar1h", "csh", "ar1", "cs")


def test_when_nothing_converges_it_says_how_far_each_came():
    with pytest.raises(NotConverged, match="un: The UN fit did not converge"):
        fit_with_fallback(too_few(), fixed="ARM*VISIT", method="reml", structures=("un",), **COLUMNS)


# -- formula, means, differences


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("A*B + C", [("A",), ("B",), ("C",), ("A", "B")]),
        ("y ~ A:B + A", [("A",), ("A", "B")]),
        ("A*B*X", [("A",), ("B",), ("X",), ("A", "B"), ("A", "X"), ("B", "X"), ("A", "B", "X")]),
        ("A + B:A + A:B", [("A",), ("B", "A")]),
    ],
)
def test_a_formula_is_its_terms(text, terms):
    assert list(formula(text).terms) == terms


def test_a_formula_may_lack_an_intercept_and_force_a_factor():
    assert not formula("A - 1").intercept
    assert not formula("0 + A").intercept
    assert formula("C(DOSE) + A").forced == {"DOSE"}


@pytest.mark.parametrize("text", ["A + + B", "A - B", "A**B", "log(A)", "0"])
def test_a_formula_that_cannot_be_read_is_refused(text):
    with pytest.raises(FormulaError):
        formula(text)


def test_a_model_without_intercept_has_the_same_fit():
    data = trial()
    first, second = fitted(data, "VISIT + BASE"), fitted(data, "0 + VISIT + BASE")
    assert second.names[0] == "VISIT[V00]"
    assert first.deviance == pytest.approx(second.deviance, rel=1e-12)


def test_means_differ_by_the_difference():
    found = fitted(trial(30), "BASE + RACE + VISIT*ARM", reference={"ARM": "PLACEBO"})
    means = lsmeans(found, factor="ARM", by="VISIT", df="kr", level=0.95).set_index(["VISIT", "ARM"])["estimate"]
    table = difference_by_visit(found, arm="ARM", reference="PLACEBO", df="kr", level=0.95)
    for row in table.itertuples():
        assert row.estimate == pytest.approx(means[row.visit, "DCS"] - means[row.visit, "PLACEBO"], rel=1e-9)
    other_way = difference_by_visit(found, arm="ARM", active="PLACEBO", reference="DCS", df="kr", level=0.95)
    assert other_way["estimate"].to_numpy() == pytest.approx(-table["estimate"].to_numpy())


def test_means_stand_where_they_are_asked_to():
    found = fitted(trial(30), "BASE + RACE + VISIT", covariance="ar1")
    slope = found.beta[found.names.index("BASE")]
    low = lsmeans(found, factor="VISIT", at={"BASE": 20.0}, df="kr", level=0.95)["estimate"]
    high = lsmeans(found, factor="VISIT", at={"BASE": 21.0}, df="kr", level=0.95)["estimate"]
    assert (high - low).to_numpy() == pytest.approx(slope)
    equal = lsmeans(found, factor="VISIT", df="kr", level=0.95)["estimate"]
    observed = lsmeans(found, factor="VISIT", weights="observed", df="kr", level=0.95)["estimate"]
    assert not np.allclose(equal, observed)


def test_a_sandwich_stands_beside_a_structured_covariance():
    found = fitted(trial(30), covariance="toeph", reference={"ARM": "PLACEBO"})
    for kind in ("cr2", "cr3"):
        table = difference_by_visit(found, arm="ARM", reference="PLACEBO", df=kind, level=0.95)
        assert table["se"].between(0.1, 10).all()
        assert table["df"].between(5, 30).all()


def test_a_fit_that_did_not_converge_has_no_small_sample_inference():
    found = fitted(too_few(), "ARM*VISIT")
    with pytest.raises(NotEstimable, match="the fit has not converged"):
        difference_by_visit(found, arm="ARM", reference="PLACEBO", df="kr", level=0.95)


def test_unknown_names_in_means_and_tests_are_refused():
    found = fitted(trial(), covariance="ar1")
    for wrong in (
        lambda: lsmeans(found, factor="SITE", df="kr", level=0.95),
        lambda: lsmeans(found, factor="ARM", at={"AGE": 3.0}, df="kr", level=0.95),
        lambda: lsmeans(found, factor="ARM", weights="some", df="kr", level=0.95),
        lambda: difference_by_visit(found, arm="ARM", reference="SHAM", df="kr", level=0.95),
        lambda: joint_test(found, ["SITE"], df="kr"),
    ):
        with pytest.raises(ValueError, match=r"not a factor|not a covariate|'equal' or 'observed'|no term"):
            wrong()
