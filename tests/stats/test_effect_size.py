"""Effect sizes against R's effectsize, R's noncentral t, SciPy and a printed example (METHODS 10)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.stats.effect_size import cliffs_delta, hedges_g, probability_of_superiority, standardised_difference
from analysis.stats.results import NotEstimable
from tests.stats.oracles import antidepressant
from tests.stats.said_by_r import said_by_r

SMALL = ([1, 3, 4, 9], [2, 6, 8, 9, 12])


def changes():
    data = antidepressant()
    data = data[data["VISIT"] == "7"]
    return tuple(data.loc[data["THERAPY"] == arm, "CHANGE"].to_numpy() for arm in ("DRUG", "PLACEBO"))


@pytest.mark.parametrize("name", ["g", "small"])
def test_hedges_g_agrees_with_r(name):
    """effect_size.txt: effectsize's limits stop at about 2e-7; the tight ones are R's pt solved to the end."""
    found, said = hedges_g(*(changes() if name == "g" else SMALL), level=0.95), said_by_r("effect_size")
    assert found.estimate == pytest.approx(said[f"{name}.estimate"], rel=1e-12)
    assert (found.low, found.high) == pytest.approx((said[f"{name}.low"], said[f"{name}.high"]), abs=1e-6)
    assert (found.low, found.high) == pytest.approx((said[f"{name}.tight_low"], said[f"{name}.tight_high"]), abs=1e-9)


def test_a_models_difference_is_standardised_as_a_raw_one_when_the_model_is_a_t_test():
    active, reference = (np.array(values, float) for values in SMALL)
    fitted = stats.ttest_ind(active, reference)
    sd = np.sqrt((active.var(ddof=1) * 3 + reference.var(ddof=1) * 4) / 7)
    gap = active.mean() - reference.mean()
    model = standardised_difference(gap, sd=sd, se=gap / fitted.statistic, df=7, n=9, name="x", level=0.95)
    raw = hedges_g(*SMALL, level=0.95)
    assert (model.estimate, model.low, model.high, model.p) == pytest.approx((raw.estimate, raw.low, raw.high, raw.p))


def test_brunner_and_munzels_printed_example():
    """Shoulder pain after laparoscopy, Brunner and Munzel 2000; as printed by R's lawstat::brunner.munzel.test."""
    treated = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
    control = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
    found = probability_of_superiority(treated, control, better="lower", level=0.95)
    assert found.statistic == pytest.approx(3.1375, abs=5e-5)
    assert found.df == pytest.approx(17.683, abs=5e-4)
    assert found.p == pytest.approx(0.005786, abs=5e-7)
    assert (found.low, found.high) == pytest.approx((0.5952169, 0.9827052), abs=5e-8)
    assert found.estimate == pytest.approx(0.788961, abs=5e-7)


def test_superiority_agrees_with_r_and_scipy():
    active, reference = changes()
    found = probability_of_superiority(active, reference, better="higher", level=0.95)
    assert found.estimate == pytest.approx(said_by_r("effect_size")["superior.higher"], rel=1e-12)
    theirs = stats.brunnermunzel(reference, active)
    assert abs(found.statistic) == pytest.approx(abs(theirs.statistic), rel=1e-10)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-8)


def test_the_sign_is_active_minus_reference():
    low, high = [1, 2, 3, 4], [5, 6, 7, 3]
    assert hedges_g(low, high, level=0.95).estimate < 0
    assert cliffs_delta(low, high, level=0.95).estimate == pytest.approx(-13.5 / 16 + 0.5 / 16)
    assert probability_of_superiority(low, high, better="lower", level=0.95).estimate > 0.5


def test_arms_that_do_not_overlap_have_no_interval():
    found = probability_of_superiority([1, 2], [3, 4], better="lower", level=0.95)
    assert found.estimate == 1
    assert np.isnan(found.p) and found.warnings


@pytest.mark.parametrize("bad", [([1], [2, 3]), ([1, np.nan], [2, 3]), ([2, 2], [2, 2])])
def test_it_refuses(bad):
    with pytest.raises(NotEstimable):
        hedges_g(*bad, level=0.95)


def test_one_degree_of_freedom_is_refused():
    with pytest.raises(NotEstimable, match="2 degrees of freedom"):
        standardised_difference(1.0, sd=1.0, se=1.0, df=1, n=4, name="x", level=0.95)


samples = st.lists(st.integers(-20, 20), min_size=3, max_size=15)


@settings(max_examples=40, deadline=None)
@given(samples, samples, st.integers(1, 9), st.integers(-50, 50))
def test_effect_sizes_do_not_change_with_scale_and_shift(active, reference, scale, shift):
    if len(set(active)) < 2 or len(set(reference)) < 2:
        return
    moved = tuple(scale * np.array(values) + shift for values in (active, reference))
    assert hedges_g(*moved, level=0.95).estimate == pytest.approx(
        hedges_g(active, reference, level=0.95).estimate, abs=1e-9
    )
    one = probability_of_superiority(active, reference, better="lower", level=0.95)
    assert one.estimate == probability_of_superiority(*moved, better="lower", level=0.95).estimate
