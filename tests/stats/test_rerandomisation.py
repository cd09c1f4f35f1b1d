"""Randomisation tests and their intervals (METHODS 7.3 to 7.6). Expected numbers: R's coin, scipy, explicit algebra."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.stats.allocations import reference_set
from analysis.stats.executor import HereAndNow
from analysis.stats.reference_distribution import over
from analysis.stats.rerandomisation import rerandomise_ancova, rerandomise_mmrm, rerandomise_shift
from analysis.stats.rerandomisation_refitted import rerandomise_mmrm_refitted
from analysis.stats.results import NotEstimable
from tests.stats.oracles import expected, oracle, table
from tests.stats.said_by_r import FOLDER, said_by_r

HOW = {"active": "A", "reference": "B", "scheme": "conditional", "limit": 5_000_000, "draws": 4999, "seed": 20}
WEEKS = tuple(f"W{week}" for week in range(1, 7))


R = said_by_r("rerandomisation")


@pytest.fixture(scope="module")
def block26():
    return table("block26.csv").rename(columns={"PATIENT": "subject", "blk": "block"}).assign(stratum="one")


@pytest.fixture(scope="module")
def coin():
    return expected()["coin_block26_exact"]


def shift(scores, allocations, response="y", level=0.95):
    return rerandomise_shift(scores, allocations, subject="subject", response=response, level=level)


def test_the_exact_p_of_block26_is_coins(block26, coin):
    # expected.json coin_block26_exact: coin::oneway_test(y ~ arm | blk, exact("shift"))
    found = shift(block26, reference_set(block26, **HOW))
    assert found.p == pytest.approx(coin["two_sided"], abs=1e-14)
    assert (found.exact, found.allocations, found.p_error) == (True, 93_312, 0)


def test_expectation_and_variance_of_block26_are_coins(block26, coin):
    found = shift(block26, reference_set(block26, **HOW))
    # coin speaks of the sum over arm A: the difference in means is (2 sum - total) / 13
    assert (13 * found.expectation + block26["y"].sum()) / 2 == pytest.approx(coin["expectation"], abs=1e-12)
    assert found.variance * (13 / 2) ** 2 == pytest.approx(coin["variance"], rel=1e-12)


def test_on_ranks_it_is_coins_blocked_wilcoxon_test(block26, coin):
    ranks = block26.assign(rank=block26["y"].rank())
    found = shift(ranks, reference_set(ranks, **HOW), response="rank")
    assert found.p == pytest.approx(coin["wilcoxon_blocked"], abs=5e-10)


@pytest.mark.parametrize("shifted", ["-2.751", "-2.749", "3", "5.999", "6.001"])
def test_p_after_a_shift_is_coins(block26, shifted):
    moved = block26.assign(y=block26["y"] - float(shifted) * (block26["arm"] == "A"))
    assert shift(moved, reference_set(block26, **HOW), level=None).p == pytest.approx(
        R[f"shifted_by_{shifted}.p"], abs=1e-13
    )


def test_the_interval_of_block26_ends_where_coins_p_falls_below_five_percent(block26):
    # R: .0482 at -2.751, .0503 at -2.749; .0580 at 5.999, .0481 at 6.001
    found = shift(block26, reference_set(block26, **HOW))
    assert (found.low, found.high) == (pytest.approx(-2.75, abs=1e-8), pytest.approx(6, abs=1e-8))


def test_coin_still_prints_what_was_recorded():
    oracle("block26.csv")  # what the script reads
    rscript = shutil.which("Rscript")
    if rscript is None or subprocess.run([rscript, "-e", "library(coin)"], capture_output=True, check=False).returncode:
        pytest.skip("R or its package coin is not installed")
    run = subprocess.run([rscript, "rerandomisation.R"], cwd=FOLDER, capture_output=True, text=True, check=True)
    printed = dict(line.rsplit(" ", 1) for line in run.stdout.splitlines())
    assert {name: float(value) for name, value in printed.items()} == pytest.approx(R, rel=1e-12)


def test_one_block_drawn_at_random_is_coins_unblocked_test_within_monte_carlo_error(block26, coin):
    alone = block26.assign(block=1)
    found = shift(alone, reference_set(alone, **HOW | {"draws": 40_000}))
    assert not found.exact and found.possible == 10_400_600
    assert found.p == pytest.approx(coin["ignoring_blocks"], abs=4 * found.p_error)
    assert 0 < found.p_error < 0.003


def test_monte_carlo_p_counts_the_draw_that_happened():
    table = a_list("AAAAAAAABBBBBBBB", scores=[*range(100, 108), *range(8)])
    found = shift(table, reference_set(table, **HOW | {"limit": 100, "draws": 99}))
    assert found.p == 1 / 100


def test_exact_p_agrees_with_scipys_permutation_test():
    random = np.random.default_rng(3)
    table = a_list("ABBABAABAB", scores=random.normal(size=10).round(2))
    a, b = (table.loc[table["arm"] == arm, "y"].to_numpy() for arm in "AB")
    by_scipy = stats.permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=np.inf, vectorized=True
    )
    assert shift(table, reference_set(table, **HOW)).p == pytest.approx(by_scipy.pvalue, abs=1e-14)


def test_the_interval_holds_the_shifts_that_scipys_test_does_not_refuse():
    random = np.random.default_rng(4)
    table = a_list("ABBABAABABAB", scores=random.normal(size=12))
    found = shift(table, reference_set(table, **HOW))
    a, b = (table.loc[table["arm"] == arm, "y"].to_numpy() for arm in "AB")

    def p(moved):
        return stats.permutation_test(
            (a - moved, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=np.inf, vectorized=True
        ).pvalue

    assert p(found.low + 1e-6) > 0.05 >= p(found.low - 1e-6)
    assert p(found.high - 1e-6) > 0.05 >= p(found.high + 1e-6)


def test_the_ancova_t_is_least_squares(block26):
    import statsmodels.formula.api as smf

    found = rerandomise_ancova(
        block26, reference_set(block26, **HOW), subject="subject", response="y", fixed="BASVAL", level=0.95
    )
    fitted = smf.ols("y ~ BASVAL + C(arm, Treatment('B'))", block26).fit()
    assert found.statistic == pytest.approx(fitted.tvalues.iloc[1], rel=1e-10)
    assert found.estimate == pytest.approx(fitted.params.iloc[1], rel=1e-10)


def test_the_ancova_p_counts_the_least_squares_t_of_every_allocation():
    import statsmodels.api as sm

    random = np.random.default_rng(8)
    table = a_list("ABBA", "BABA", scores=random.normal(size=8)).assign(base=random.normal(size=8))
    allocations = reference_set(table, **HOW)
    found = rerandomise_ancova(table, allocations, subject="subject", response="y", fixed="base", level=0.9)
    columns = sm.add_constant(table[["base"]].to_numpy())
    every = [
        abs(sm.OLS(table["y"].to_numpy(), np.column_stack([columns, row])).fit().tvalues[-1])
        for row in allocations.rows(0, allocations.count)
    ]
    assert found.p == np.mean(np.array(every) >= abs(found.statistic) - 1e-9)


def test_the_unconditional_set_weighs_the_cut_block():
    # AB | A of a block of two: p by hand. D = 3 at AB AB'..., weights from the whole blocks AB and BA.
    table = pd.DataFrame(
        {
            "stratum": "one",
            "block": [1, 1, 2, 2],
            "arm": ["A", "B", "A", "B"],
            "subject": ["1", "2", "3", None],
            "y": [4.0, 1.0, 6.0, np.nan],
        }
    )
    found = shift(table, reference_set(table, **HOW | {"scheme": "unconditional"}), level=0.5)
    # differences: A B A 4, A B B 0.5, B A A -0.5, B A B -4, each 1/4; centred at 0
    assert (found.estimate, found.p, found.allocations) == (pytest.approx(4.0), 0.5, 4)
    assert found.variance == pytest.approx((16 + 0.25) / 2)


def test_who_has_no_outcome_has_none_under_any_allocation(block26):
    gap = block26.assign(y=block26["y"].where(block26["subject"] != 1513))
    found = shift(gap, reference_set(gap, **HOW))
    assert found.n == 25 and found.allocations == 93_312
    assert found.left_out == ("1513: no outcome, and none under any allocation",)


def test_a_small_set_has_no_interval_and_says_so():
    found = shift(table := a_list("AB", "BA", scores=[4, 1, 2, 3]), reference_set(table, **HOW))
    assert (found.low, found.high) == (-np.inf, np.inf)
    assert "too small" in found.warnings[0]


def test_it_refuses_outcomes_of_someone_not_on_the_list():
    table = a_list("ABBA", scores=[1, 2, 3, 4])
    stranger = pd.concat([table, table.head(1).assign(subject="X")])
    with pytest.raises(NotEstimable, match="Subject X has outcomes and is not on the allocation list"):
        shift(stranger, reference_set(table, **HOW))


# -- the mixed model -------------------------------------------------------------------------------------------------


def test_the_mmrm_statistic_is_generalised_least_squares_under_every_allocation(small_trial):
    data, listed = small_trial
    allocations = reference_set(listed, **HOW)
    found = mmrm(data, allocations)
    every, observed = by_explicit_algebra(data, allocations)
    assert found.statistic == pytest.approx(observed[0], rel=1e-8)
    assert found.estimate == pytest.approx(observed[1], rel=1e-8)
    assert found.p == pytest.approx(np.mean(np.abs(every) >= abs(observed[0]) * (1 - 1e-7)), abs=1e-12)


def test_the_mmrm_interval_ends_where_the_test_with_that_shifts_own_fit_refuses(small_trial):
    data, listed = small_trial
    allocations = reference_set(listed, **HOW)
    found = mmrm(data, allocations)
    arm = dict(zip(allocations.subjects, allocations.observed, strict=True))
    effect = data["subject"].map(arm) * data["visit"].map(ramp())
    for end, outwards in ((found.low, -0.01), (found.high, 0.01)):
        inside, outside = (
            mmrm(data.assign(y=data["y"] - (end + move) * effect), allocations).p for move in (-outwards, outwards)
        )
        assert inside > 0.1 >= outside


def test_drawn_allocations_give_the_mmrm_p_within_monte_carlo_error(small_trial):
    data, listed = small_trial
    whole = mmrm(data, reference_set(listed, **HOW))
    drawn = mmrm(data, reference_set(listed, **HOW | {"limit": 10, "draws": 20_000}))
    assert drawn.p == pytest.approx(whole.p, abs=4 * drawn.p_error)
    assert "Monte Carlo" in drawn.method and "exact" in whole.method


def test_the_mmrm_test_refuses_a_profile_that_does_not_fit_the_visits(small_trial):
    data, listed = small_trial
    with pytest.raises(NotEstimable, match="1 at W3"):
        mmrm(data, reference_set(listed, **HOW), profile={"W1": 1, "W2": 1, "W3": 0.5})


@pytest.fixture(scope="module")
def small_trial():
    """16 subjects in 4 blocks, 3 visits, two drop-outs and a gap."""
    random = np.random.default_rng(12)
    listed = a_list("ABBA", "BAAB", "ABAB", "BBAA", scores=np.zeros(16)).drop(columns="y")
    active = (listed["arm"] == "A").to_numpy()
    y = random.normal(size=(16, 1)) * 2 + random.normal(size=(16, 3)) - 1.5 * active[:, None] * np.arange(1, 4) / 3
    base = random.normal(20, 3, size=16)
    rows = [
        {"subject": who, "visit": f"W{week + 1}", "base": base[i], "y": y[i, week]}
        for i, who in enumerate(listed["subject"])
        for week in range(3)
        if (i, week) not in {(2, 2), (9, 1), (9, 2), (13, 1)}
    ]
    return pd.DataFrame(rows), listed


def ramp():
    return {"W1": 1 / 3, "W2": 2 / 3, "W3": 1}


def mmrm(data, allocations, profile=None):
    return rerandomise_mmrm(
        data,
        allocations,
        subject="subject",
        visit="visit",
        response="y",
        fixed="base + visit",
        visits=("W1", "W2", "W3"),
        at="W3",
        covariance="un",
        profile=profile or ramp(),
        level=0.9,
    )


def by_explicit_algebra(data, allocations):
    """Wald statistics by inverting the whole covariance matrix; Sigma from the arm-free fit."""
    from analysis.stats import mmrm as model

    sigma = model.fit(
        data, subject="subject", visit="visit", response="y", fixed="base + visit", covariance="un", method="reml"
    ).sigma.to_numpy()
    week = data["visit"].str[1:].astype(int).to_numpy() - 1
    who = pd.Index(allocations.subjects).get_indexer(data["subject"])
    whole = np.where(who[:, None] == who[None, :], sigma[np.ix_(week, week)], 0.0)
    precision = np.linalg.inv(whole)
    free = np.column_stack([np.eye(3)[week], data["base"]])

    def wald(row):
        design = np.column_stack([free, np.eye(3)[week] * row[who][:, None]])
        covariance = np.linalg.inv(design.T @ precision @ design)
        beta = covariance @ design.T @ precision @ data["y"].to_numpy()
        return beta[-1] / np.sqrt(covariance[-1, -1]), beta[-1]

    return np.array([wald(row)[0] for row in allocations.rows(0, allocations.count)]), wald(allocations.observed)


def a_list(*blocks, scores):
    """One stratum's list with everyone's score."""
    table = pd.DataFrame(
        [{"stratum": "one", "block": number, "arm": arm} for number, block in enumerate(blocks) for arm in block]
    )
    return table.assign(subject=[f"{k:03d}" for k in range(len(table))], y=np.asarray(scores, dtype=float))


# -- every allocation with a fit of its own --------------------------------------------------------------------------


def test_refitted_under_every_allocation_it_is_the_mixed_model_fitted_under_every_allocation(small_trial):
    data, _ = small_trial
    eight = a_list("ABBA", "BAAB", scores=np.zeros(8)).drop(columns="y")
    data = data[data["subject"].isin(eight["subject"])]
    allocations = reference_set(eight, **HOW)
    found = refitted(data, allocations, executor=HereAndNow())
    every = [t_of_the_model(data, dict(zip(allocations.subjects, row, strict=True))) for row in allocations.rows(0, 36)]
    observed = t_of_the_model(data, dict(zip(allocations.subjects, allocations.observed, strict=True)))
    assert found.statistic == pytest.approx(observed, rel=1e-6)
    assert found.p == np.mean(np.abs(every) >= abs(observed) * (1 - 1e-6))
    assert "exact" not in found.method and np.isnan(found.low)


def test_refitted_p_is_near_the_p_with_the_arm_free_covariance(small_trial):
    data, listed = small_trial
    drawn = reference_set(listed, **HOW | {"limit": 10, "draws": 150})
    told = []
    p = refitted(data, drawn, executor=HereAndNow(), progress=lambda *done: told.append(done)).p
    assert p == pytest.approx(mmrm(data, reference_set(listed, **HOW)).p, abs=0.12)
    assert told == [(1, 1)]


def refitted(data, allocations, **how):
    return rerandomise_mmrm_refitted(
        data,
        allocations,
        subject="subject",
        visit="visit",
        response="y",
        fixed="base + visit",
        visits=("W1", "W2", "W3"),
        at="W3",
        covariance="cs",
        **how,
    )


def t_of_the_model(data, arms):
    from analysis.stats import mmrm as model

    fit = model.fit(
        data.assign(arm=data["subject"].map(arms)),
        subject="subject",
        visit="visit",
        response="y",
        fixed="visit + base + visit:arm",
        covariance="cs",
        method="reml",
    )
    last = list(fit.names).index("visit[W3]:arm")
    return fit.beta[last] / np.sqrt(fit.vcov[last, last])


# -- what must not matter --------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(
    scores=st.lists(st.integers(-40, 40), min_size=8, max_size=8).filter(lambda values: len(set(values)) > 3),
    slope=st.sampled_from([-3.0, 0.5, 7.0]),
    offset=st.integers(-100, 100),
    seed=st.integers(0, 1000),
)
def test_p_follows_neither_units_nor_row_order_nor_names(scores, slope, offset, seed):
    table = a_list("ABBA", "BAAB", scores=scores).assign(base=[3, 1, 4, 1, 5, 9, 2, 6])
    other = table.assign(y=slope * table["y"] + offset, base=-2 * table["base"] + 1, subject="x" + table["subject"])
    mixed = other.sample(frac=1, random_state=seed)
    for test in (
        lambda one, its: rerandomise_shift(one, its, subject="subject", response="y", level=None),
        lambda one, its: rerandomise_ancova(one, its, subject="subject", response="y", fixed="base", level=None),
    ):
        ours, theirs = test(table, reference_set(table, **HOW)), test(mixed, reference_set(other, **HOW))
        assert theirs.p == pytest.approx(ours.p, abs=1e-12)
        assert theirs.estimate == pytest.approx(slope * ours.estimate, rel=1e-8, abs=1e-8)


def test_values_that_differ_by_rounding_alone_make_one_bar():
    found = over(np.array([0.1 + 0.2, 0.3, 0.3]), None)
    assert sum(share > 0 for _, _, share in found["histogram"]) == 1
    assert sum(share for _, _, share in found["histogram"]) == pytest.approx(1)
