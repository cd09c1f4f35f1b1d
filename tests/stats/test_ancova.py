"""ANCOVA and descriptions of the antidepressant trial against R (METHODS 3, 4.1, 4.2)."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.derive.derivations import locf, observed_at
from analysis.stats.ancova import ancova
from analysis.stats.descriptive import categories, count, summaries, summary
from analysis.stats.results import NotEstimable
from tests.stats.oracles import antidepressant
from tests.stats.said_by_r import said_by_r

PARTS = {"subject": "PATIENT", "response": "CHANGE", "arm": "THERAPY", "active": "DRUG", "reference": "PLACEBO"}


def subjects(data):
    columns = ["PATIENT", "THERAPY", "BASVAL", "GENDER", "POOLINV"]
    return data.drop_duplicates("PATIENT")[columns].astype({"POOLINV": str})


def observed(data):
    return observed_at(data, subject="PATIENT", visit="VISIT", at="7", subjects=subjects(data))


def carried(data):
    who = subjects(data)
    panel = locf(data, subject="PATIENT", visit="VISIT", values=["CHANGE"], order=list("4567"), subjects=who["PATIENT"])
    return observed_at(panel.frame, subject="PATIENT", visit="VISIT", at="7", subjects=who)


MODELS = {
    "observed": (observed, ("BASVAL",), ()),
    "locf": (carried, ("BASVAL",), ()),
    "by_site": (observed, ("BASVAL",), ("POOLINV",)),
    "two_covariates": (observed, ("BASVAL", "RELDAYS"), ("GENDER",)),
}


@pytest.mark.parametrize("name", MODELS)
def test_ancova_of_the_antidepressant_trial_agrees_with_r(name):
    """reference/ancova.txt: lm, vcovHC(HC3), emmeans. Relative 1e-11: R printed 15 digits."""
    frame, covariates, factors = MODELS[name]
    said = said_by_r("ancova")
    found = ancova(frame(antidepressant()), covariates=covariates, factors=factors, level=0.95, **PARTS)
    contrast = found.contrast
    drug, placebo = found.means
    pairs = {
        "n": found.n,
        "estimate": contrast.estimate,
        "se": contrast.se,
        "df": contrast.df,
        "t": contrast.statistic,
        "p": contrast.p,
        "low": contrast.low,
        "high": contrast.high,
        "hc3_se": found.robust.se,
        "residual_sd": found.residual_sd,
        "r_squared": found.r_squared,
        "mean_drug": drug.estimate,
        "mean_drug_se": drug.se,
        "mean_placebo": placebo.estimate,
    }
    for key, value in pairs.items():
        assert value == pytest.approx(said[f"{name}.{key}"], rel=1e-11), key


@pytest.mark.parametrize("name", ["observed", "locf"])
def test_ancova_agrees_with_statsmodels(name):
    frame, covariates, factors = MODELS[name]
    data = frame(antidepressant())
    found = ancova(data, covariates=covariates, factors=factors, level=0.95, **PARTS)
    fitted = smf.ols("CHANGE ~ BASVAL + C(THERAPY, Treatment('PLACEBO'))", data).fit()
    term = "C(THERAPY, Treatment('PLACEBO'))[T.DRUG]"
    assert found.contrast.estimate == pytest.approx(fitted.params[term], rel=1e-10)
    assert found.contrast.se == pytest.approx(fitted.bse[term], rel=1e-10)
    assert found.contrast.p == pytest.approx(fitted.pvalues[term], rel=1e-9)
    assert found.robust.se == pytest.approx(fitted.get_robustcov_results("HC3").bse[1], rel=1e-10)


def test_who_was_not_seen_is_named():
    found = ancova(observed(antidepressant()), covariates=("BASVAL",), factors=(), level=0.95, **PARTS)
    assert found.n + len(found.left_out) == 172
    assert found.left_out[0] == "1513: no CHANGE"


def world(n=20):
    rng = np.random.Generator(np.random.Philox(5))
    return pd.DataFrame(
        {
            "PATIENT": [f"S{i:02d}" for i in range(n)],
            "THERAPY": ["DRUG", "PLACEBO"] * (n // 2),
            "BASVAL": rng.normal(25, 4, n),
            "CHANGE": rng.normal(-6, 5, n),
            "SITE": ["A", "A", "B", "B"] * (n // 4),
        }
    )


REFUSED = {
    "an arm too small": (lambda d: d[(d["THERAPY"] == "DRUG") | (d.index < 2)], "Arm PLACEBO has 1 usable subjects"),
    "a third arm": (lambda d: d.assign(THERAPY=["OTHER", *d["THERAPY"][1:]]), "there is OTHER"),
    "a covariate that does not vary": (lambda d: d.assign(BASVAL=20.0), "BASVAL is 20 for everyone"),
    "a covariate that is the arm": (lambda d: d.assign(BASVAL=(d["THERAPY"] == "DRUG") * 1.0), "cannot be told"),
    "a subject twice": (lambda d: pd.concat([d, d.head(1)]), "Subject S00 has more than one row"),
    "no column": (lambda d: d.drop(columns="BASVAL"), "no column BASVAL"),
    "no response": (lambda d: d.assign(CHANGE=np.nan), "No row has a value"),
    "too few subjects": (lambda d: d.head(4).assign(BASVAL=[1.0, 2, 3, 4], SITE=list("AABB")), "cannot carry"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name):
    spoil, sentence = REFUSED[name]
    with pytest.raises(NotEstimable, match=sentence):
        ancova(spoil(world()), covariates=("BASVAL",), factors=("SITE",), level=0.95, **PARTS)


def test_95_is_no_level():
    with pytest.raises(NotEstimable, match="between 0 and 1"):
        ancova(world(), covariates=("BASVAL",), factors=(), level=95, **PARTS)


def test_a_factor_with_one_level_is_dropped_with_a_warning():
    found = ancova(world().assign(SITE="A"), covariates=("BASVAL",), factors=("SITE",), level=0.95, **PARTS)
    alone = ancova(world(), covariates=("BASVAL",), factors=(), level=0.95, **PARTS)
    assert found.warnings == ("SITE has one level (A) and was left out of the model.",)
    assert found.contrast.estimate == alone.contrast.estimate


def test_a_perfect_fit_says_so():
    flat = world().assign(CHANGE=lambda d: 2.0 * (d["THERAPY"] == "DRUG") + d["BASVAL"])
    found = ancova(flat, covariates=("BASVAL",), factors=(), level=0.95, **PARTS)
    assert any("perfect" in warning for warning in found.warnings)
    assert np.isnan(found.contrast.p)


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0.1, 50), st.floats(-100, 100), st.floats(0.1, 50))
def test_row_order_and_scale_of_response_and_covariate_do_not_matter(random, scale, shift, covariate_scale):
    data = world()
    mixed = data.sample(frac=1, random_state=random.randrange(2**31))
    mixed = mixed.assign(CHANGE=shift + scale * mixed["CHANGE"], BASVAL=3 + covariate_scale * mixed["BASVAL"])
    one = ancova(data, covariates=("BASVAL",), factors=("SITE",), level=0.95, **PARTS)
    other = ancova(mixed, covariates=("BASVAL",), factors=("SITE",), level=0.95, **PARTS)
    assert other.contrast.estimate == pytest.approx(scale * one.contrast.estimate, rel=1e-7)
    assert other.contrast.p == pytest.approx(one.contrast.p, rel=1e-6)
    assert other.robust.se == pytest.approx(scale * one.robust.se, rel=1e-7)


def test_a_missing_row_equals_a_missing_value():
    data = world()
    gone = ancova(data.drop(index=3), covariates=("BASVAL",), factors=(), level=0.95, **PARTS)
    blank = ancova(
        data.assign(CHANGE=data["CHANGE"].where(data.index != 3)),
        covariates=("BASVAL",),
        factors=(),
        level=0.95,
        **PARTS,
    )
    assert gone.contrast.estimate == blank.contrast.estimate
    assert blank.left_out == ("S03: no CHANGE",)


def test_descriptions_agree_with_r():
    """reference/ancova.txt: mean, sd, quantile(type = 2), t.test, prop.test(correct = FALSE)."""
    said = said_by_r("ancova")
    found = summary(observed(antidepressant())["CHANGE"], name="change", level=0.95)
    for key in ("mean", "sd", "q1", "median", "q3", "low", "high"):
        assert getattr(found, key) == pytest.approx(said[f"change.{key}"], rel=1e-12), key
    assert (found.n, found.missing) == (129, 43)
    wilson = count(7, 13, name="x", missing=0, level=0.95)
    assert (wilson.low, wilson.high) == pytest.approx((said["wilson_7_13.low"], said["wilson_7_13.high"]), abs=1e-12)


def test_groups_are_described_apart_and_an_empty_one_says_so():
    frame = pd.DataFrame({"arm": ["A", "A", "B"], "x": [1.0, 3.0, None]})
    found = summaries(frame, value="x", by=["arm"], level=0.95)
    assert found["A",].mean == 2
    assert found["B",].warnings == ("No value was observed.",)
    assert (found["B",].n, found["B",].missing) == (0, 1)


def test_categories_count_every_code_and_refuse_others():
    found = categories(pd.Series([1, 1, 2, None]), codes=[0, 1, 2], level=0.95)
    assert [(c.events, c.n) for c in found] == [(0, 3), (2, 3), (1, 3)]
    with pytest.raises(NotEstimable, match="3 is not among the codes"):
        categories(pd.Series([3]), codes=[0, 1, 2], level=0.95)
