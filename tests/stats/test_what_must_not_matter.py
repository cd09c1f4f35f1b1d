"""Order of rows, names of subjects, units, unused levels, how a gap is written: none changes a result.

ANCOVA (METHODS 4.1), imputation (8.3, 8.5, 8.8) and re-randomisation (7.3, 7.4); the mixed model's own are in
`test_mmrm_properties.py`.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.allocations import reference_set
from analysis.stats.ancova import ancova
from analysis.stats.executor import HereAndNow
from analysis.stats.imputation.bootstrap import bootstrap
from analysis.stats.imputation.conditional_mean import conditional_mean
from analysis.stats.imputation.gibbs import multiple_imputation
from analysis.stats.imputation.panel import dropout_visits, panel
from analysis.stats.rerandomisation import rerandomise_ancova, rerandomise_mmrm, rerandomise_shift
from analysis.stats.simulation import Scenario, simulate

SCENARIO = Scenario(
    visits=("W1", "W2", "W3"),
    sites=(("JER", 16), ("AFU", 14)),
    block=4,
    baseline_mean=24,
    baseline_sd=4,
    change=(-1, -2, -3),
    effect=(-1, -2, -4),
    covariance=((20, 12, 9), (12, 25, 15), (9, 15, 30)),
    slope=-0.3,
    site_shift=(1, -1),
    drop_out=0.15,
    dependence=0.3,
)
HERE = HereAndNow()
SEEDS = st.integers(0, 300)
FEW = settings(max_examples=3, deadline=None)


def trial(seed):
    """The long data, every visit a row, a gap an empty value; and the allocation list. Subjects are text."""
    made = simulate(SCENARIO, seed=seed, number=0)
    long = made.long().astype({"subject": str, "site": str, "arm": str, "visit": str})
    people = long.drop_duplicates("subject")[["subject", "site", "arm", "baseline"]]
    grid = people.merge(pd.DataFrame({"visit": SCENARIO.visits}), how="cross")
    whole = grid.merge(long[["subject", "visit", "change"]], on=["subject", "visit"], how="left")
    listed = made.allocation_list()
    return whole, listed.assign(subject=listed["subject"].astype("string"))


def last(data):
    return data[data["visit"] == "W3"]


def by_ancova(data, listed):
    found = ancova(
        last(data),
        subject="subject",
        response="change",
        arm="arm",
        active="active",
        reference="reference",
        covariates=("baseline",),
        factors=("site",),
        level=0.95,
    )
    one = found.contrast
    return [one.estimate, one.se, one.low, one.high, found.robust.se], [one.p, one.df, found.robust.p]


def a_panel(data):
    names = {"subject": "subject", "visit": "visit", "response": "change", "visits": SCENARIO.visits}
    return panel(
        data,
        **names,
        arm="arm",
        active="active",
        reference="reference",
        covariates=["baseline"],
        factors=["site"],
        events=dropout_visits(data, **names),
    )


def by_conditional_means(data, listed):
    found = conditional_mean(
        a_panel(data), strategies=["MAR", "J2R", "CR", "CIR"], covariance="un", level=0.95, executor=HERE
    )
    pairs = [estimate for one in found.values() for estimate in one.at("W3")]
    return [x for e in pairs for x in (e.estimate, e.se, e.low, e.high)], [e.p for e in pairs]


def by_draws(data, listed):
    one = multiple_imputation(
        a_panel(data), strategies=["J2R"], draws=20, burn_in=3, seed=3, level=0.95, executor=HERE
    )["J2R"].at("W3")
    return [one.estimate, one.se, one.low, one.high], [one.p, one.df]


def by_samples(data, listed):
    percentile, normal, _ = bootstrap(
        a_panel(data), strategies=["J2R"], covariance="cs", samples=5, seed=3, level=0.8, executor=HERE
    )["J2R"].at("W3")
    return [percentile.low, percentile.high, normal.se], [normal.p]


def allocations(listed):
    return reference_set(
        listed, active="active", reference="reference", scheme="conditional", limit=10, draws=400, seed=5
    )


def by_shift(data, listed):
    found = rerandomise_shift(last(data), allocations(listed), subject="subject", response="change", level=0.8)
    return [found.estimate, found.low, found.high], [found.p]


def by_ancova_t(data, listed):
    found = rerandomise_ancova(
        last(data), allocations(listed), subject="subject", response="change", fixed="baseline + site", level=0.8
    )
    return [found.estimate, found.low, found.high], [found.p, found.statistic]


def by_wald(data, listed):
    found = rerandomise_mmrm(
        data,
        allocations(listed),
        subject="subject",
        visit="visit",
        response="change",
        fixed="visit + baseline",
        visits=SCENARIO.visits,
        at="W3",
        covariance="un",
        profile=dict.fromkeys(SCENARIO.visits, 1.0),
        level=None,
    )
    return [found.estimate], [found.p, found.statistic]


METHODS = [by_ancova, by_conditional_means, by_draws, by_samples, by_shift, by_ancova_t, by_wald]
# Draws belong to places: names may change only so that the order stays, and the sign of a unit is part of a draw.
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)


def the_same(first, second, unit=1.0, tolerance=1e-6):
    assert np.array(second[0]) / unit == pytest.approx(np.array(first[0]), rel=tolerance, abs=1e-6)
    assert second[1] == pytest.approx(first[1], rel=1e-5, abs=1e-9)


@every_method
@FEW
@given(SEEDS, st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(method, seed, shuffle):
    data, listed = trial(seed)
    order = np.random.Generator(np.random.Philox(shuffle)).permutation(len(data))
    the_same(method(data, listed), method(data.iloc[order].reset_index(drop=True), listed))


@every_method
@FEW
@given(SEEDS)
def test_the_names_of_subjects_do_not_matter(method, seed):
    data, listed = trial(seed)
    other = (frame.assign(subject="S-" + frame["subject"]) for frame in (data, listed))
    the_same(method(data, listed), method(*other))


@every_method
@FEW
@given(SEEDS, st.floats(0.05, 50), st.floats(-40, 40))
def test_another_unit_of_the_response_only_changes_the_unit(method, seed, unit, shift):
    data, listed = trial(seed)
    the_same(method(data, listed), method(data.assign(change=shift + unit * data["change"]), listed), unit)


@every_method
@FEW
@given(SEEDS, st.floats(0.05, 50), st.floats(-500, 500))
def test_another_unit_of_a_covariate_changes_nothing(method, seed, unit, shift):
    data, listed = trial(seed)
    the_same(method(data, listed), method(data.assign(baseline=shift + unit * data["baseline"]), listed))


@every_method
@FEW
@given(SEEDS)
def test_a_level_that_nobody_has_changes_nothing(method, seed):
    data, listed = trial(seed)
    wide = data.assign(
        site=pd.Categorical(data["site"], ["AFU", "JER", "NOWHERE"]),
        arm=pd.Categorical(data["arm"], ["active", "reference", "third"]),
    )
    the_same(method(data, listed), method(wide, listed))


@every_method
@FEW
@given(SEEDS)
def test_a_missing_row_equals_a_missing_value(method, seed):
    data, listed = trial(seed)
    the_same(method(data, listed), method(data.dropna(subset=["change"]), listed))
