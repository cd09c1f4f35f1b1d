"""Whatever is drawn: this process, two local processes and two Dask workers give the same numbers (METHODS 7.6)."""

import numpy as np
import pytest
from distributed import LocalCluster

from analysis.stats import armscores, moderation
from analysis.stats.allocations import reference_set
from analysis.stats.design import operating_characteristics
from analysis.stats.executor import HereAndNow, open_executor
from analysis.stats.imputation import bootstrap as resampled
from analysis.stats.imputation import gibbs
from analysis.stats.imputation.panel import panel
from analysis.stats.rerandomisation import rerandomise_ancova, rerandomise_mmrm, rerandomise_shift
from analysis.stats.rerandomisation_refitted import rerandomise_mmrm_refitted
from analysis.stats.simulation import Scenario, simulate

SCENARIO = Scenario(
    visits=("W1", "W2", "W3"),
    sites=(("JER", 16), ("AFU", 12)),
    block=4,
    baseline_mean=24,
    baseline_sd=4,
    change=(-1, -2, -3),
    effect=(-1, -2, -4),
    covariance=((20, 12, 9), (12, 25, 15), (9, 15, 30)),
    slope=-0.3,
    site_shift=(1, -1),
    drop_out=0.2,
    dependence=0.3,
)


@pytest.fixture(scope="module")
def trial():
    return simulate(SCENARIO, seed=5, number=0)


@pytest.fixture(scope="module")
def places():
    """The three places where work can be done."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        open_executor(processes=1, scheduler=cluster.scheduler_address) as dask,
        open_executor(processes=2, scheduler=None) as local,
    ):
        yield HereAndNow(), local, dask


def drawn(trial):
    return reference_set(
        trial.allocation_list(),
        active="active",
        reference="reference",
        scheme="conditional",
        limit=10,
        draws=9000,
        seed=3,
    )


def last_visit(trial):
    data = trial.long()
    return data[data["visit"] == "W3"]


def shift(trial, **how):
    found = rerandomise_shift(last_visit(trial), drawn(trial), subject="subject", response="change", level=0.95, **how)
    return found.p, found.low, found.high, found.expectation, found.variance


def ancova(trial, **how):
    found = rerandomise_ancova(
        last_visit(trial),
        drawn(trial),
        subject="subject",
        response="change",
        fixed="baseline + site",
        level=0.95,
        **how,
    )
    return found.p, found.low, found.high, found.expectation, found.variance


def mixed(trial, **how):
    found = rerandomise_mmrm(
        trial.long(),
        drawn(trial),
        subject="subject",
        visit="visit",
        response="change",
        fixed="visit + baseline + site",
        visits=SCENARIO.visits,
        at="W3",
        covariance="un",
        profile=dict.fromkeys(SCENARIO.visits, 1.0),
        level=None,
        **how,
    )
    return found.p, found.estimate, found.expectation, found.variance


def refitted(trial, **how):
    few = reference_set(
        trial.allocation_list(),
        active="active",
        reference="reference",
        scheme="conditional",
        limit=10,
        draws=12,
        seed=3,
    )
    found = rerandomise_mmrm_refitted(
        trial.long(),
        few,
        subject="subject",
        visit="visit",
        response="change",
        fixed="visit + baseline",
        visits=SCENARIO.visits,
        at="W3",
        covariance="cs",
        **how,
    )
    return found.p, found.expectation


def permutation(trial, **how):
    data = last_visit(trial).assign(block=lambda d: trial.block[d["subject"]].astype(str) + d["site"])
    found = moderation.permutation(
        data,
        subject="subject",
        response="change",
        arm="arm",
        active="active",
        reference="reference",
        moderator="baseline",
        covariates=(),
        factors=("site",),
        block="block",
        draws=9000,
        seed=8,
        **how,
    )
    return (found.p,)


def a_panel(trial):
    return panel(
        trial.long(),
        subject="subject",
        visit="visit",
        response="change",
        arm="arm",
        active="active",
        reference="reference",
        covariates=["baseline"],
        factors=[],
        visits=SCENARIO.visits,
        events={},
    )


def multiple_imputation(trial, **how):
    found = gibbs.multiple_imputation(
        a_panel(trial), strategies=["J2R"], draws=260, burn_in=2, seed=9, level=0.95, **how
    )["J2R"].at("W3")
    return found.estimate, found.se, found.df


def bootstrap(trial, **how):
    found = resampled.bootstrap(
        a_panel(trial), strategies=["MAR"], covariance="un", samples=52, seed=9, level=0.95, **how
    )["MAR"].at("W3")
    return found[0].low, found[0].high, found[0].p, found[1].se


def simulation(trial, **how):
    found = operating_characteristics(SCENARIO, analyses=["mmrm", "ancova_locf"], trials=26, seed=4, level=0.95, **how)
    return tuple(number for one in found.values() for number in (one.rejected, one.bias, one.sd))


@pytest.mark.parametrize(
    "method",
    [shift, ancova, mixed, refitted, permutation, multiple_imputation, bootstrap, simulation],
    ids=lambda method: method.__name__,
)
def test_the_numbers_are_the_same_wherever_they_are_made(method, trial, places):
    told = []
    first, second, third = (
        method(trial, executor=executor, progress=lambda done, of: told.append((done, of))) for executor in places
    )
    # libraries on other threads may add in another order: the last digit is theirs
    assert second == pytest.approx(first, rel=1e-12, abs=1e-12)
    assert third == pytest.approx(first, rel=1e-12, abs=1e-12)
    assert all(np.isfinite(first))
    assert told and told[-1][0] == told[-1][1]


def test_allocations_drawn_at_random_are_more_than_one_job(trial):
    """Otherwise the test above would prove nothing for re-randomisation."""
    assert drawn(trial).count > armscores.AT_ONCE
    assert len(moderation.enumerated(9000)) > 1
