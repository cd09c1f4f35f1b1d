"""What a method cannot do it refuses in a sentence, and what degenerates says so: the edges that no analysis meets."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    allocations,
    armscores,
    blinded,
    contrasts,
    correlation,
    covariance,
    descriptive,
    design,
    design_matrix,
    effect_size,
    exact_difference,
    exposure,
    formula,
    frame,
    g_computation,
    guards,
    interval_censored,
    kenward_roger,
    lsmeans,
    mmrm,
    moderation,
    plans,
    reference_distribution,
    repeated_measures,
    responders,
    results,
    satterthwaite,
    simulation,
    streams,
)
from analysis.stats.executor import HereAndNow
from analysis.stats.frame import NotEstimable
from analysis.stats.imputation import bootstrap, conditional_mean, delta, gibbs, panel
from analysis.stats.two_by_two import Table

ARMS = {"arm": "arm", "active": "A", "reference": "P"}
WHO = {"subject": "who"}


def long(subjects: int = 12, visits: tuple = (1, 2, 3), seed: int = 1) -> pd.DataFrame:
    """Scores of two arms at some visits, with a baseline, a site and a block."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(subjects):
        level, base = random.normal(), random.normal(20, 3)
        for visit in visits:
            arm = "AP"[number % 2]
            score = level + random.normal() - visit * (arm == "A")
            rows.append((number, visit, arm, "NS"[number // 2 % 2], number // 4, base, score, int(score < 0)))
    return pd.DataFrame(rows, columns=["who", "visit", "arm", "site", "block", "base", "score", "yes"])


def one_each(subjects: int = 12) -> pd.DataFrame:
    return long(subjects, visits=(1,))


def fitted(**more) -> mmrm.Fit:
    how = {"subject": "who", "visit": "visit", "response": "score", "fixed": "arm * visit + base", "method": "reml"}
    return mmrm.fit(long(), covariance="un", **(how | more))


def scenario(**more) -> simulation.Scenario:
    plain = {
        "visits": ("W1", "W2"),
        "sites": (("N", 6), ("S", 6)),
        "block": 4,
        "baseline_mean": 20.0,
        "baseline_sd": 3.0,
        "slope": 0.5,
        "dependence": 0.0,
        "covariance": ((9.0, 4.0), (4.0, 9.0)),
        "change": (-1.0, -2.0),
        "effect": (-1.0, -2.0),
        "site_shift": (0.0, 0.0),
        "drop_out": 0.1,
    }
    return simulation.Scenario(**(plain | more))


def a_panel(data: pd.DataFrame | None = None, **more) -> panel.Panel:
    how = {"subject": "who", "visit": "visit", "response": "score", "covariates": ["base"], "factors": []}
    return panel.panel(long() if data is None else data, **(how | ARMS | {"visits": (1, 2, 3), "events": {}} | more))


def moderated(data: pd.DataFrame | None = None, **more):
    how = {"response": "score", "moderator": "base", "covariates": (), "factors": (), "block": "block"}
    return moderation.permutation(
        one_each() if data is None else data, **(WHO | ARMS | how | {"draws": 9, "seed": 1} | more)
    )


def a_moderation() -> moderation.Moderation:
    return moderation.arm_by_covariate(
        one_each(), **WHO, **ARMS, response="score", moderator="base", covariates=(), factors=(), level=0.95
    )


def the_list(**more) -> pd.DataFrame:
    plain = {
        "stratum": ["N"] * 4,
        "block": [1, 1, 2, 2],
        "arm": ["A", "P", "A", "P"],
        "subject": ["1", "2", None, None],
    }
    return pd.DataFrame(plain | more)


def reference_set(rows, scheme="conditional"):
    how = {"active": "A", "reference": "P", "limit": 100, "draws": 9, "seed": 1}
    return allocations.reference_set(rows, scheme=scheme, **how)


def exposed(**row):
    taken = pd.DataFrame([{"who": 1, "first": 1, "last": 3, "mg": 250} | row])
    return exposure.exposure(taken, **WHO, first="first", last="last", mg="mg", steps=(250,), planned_mg=750)


NO_SIZE = {"alpha": 0.05, "power_wanted": 0.8}
REFUSED = [
    (lambda: reference_set(the_list(), "sideways"), "The scheme is 'sideways'"),
    (lambda: reference_set(the_list().drop(columns="block")), "no column block"),
    (lambda: armscores._inverse(np.ones((2, 2))), "not positive definite"),
    (lambda: blinded.required_total(variance=1e9, effect=0.1, **NO_SIZE), "no trial can show it"),
    (lambda: descriptive.count(3, 2, name="x", missing=0, level=0.95), "is no proportion"),
    (
        lambda: design.operating_characteristics(
            scenario(), analyses=["ancova_observed"], trials=0, seed=1, level=0.95, executor=HereAndNow()
        ),
        "show nothing",
    ),
    (
        lambda: design.power_of_ancova(active=2, reference=2, effect=1, sd=1, covariates=2, level=0.95),
        "cannot carry 2 covariates",
    ),
    (
        lambda: design.sample_size(
            scenario(), analysis="ancova_observed", power=0.4, trials=9, seed=1, level=0.95, executor=HereAndNow()
        ),
        "between 0.5 and 1",
    ),
    (lambda: fitted(fixed="arm * visit + age"), "no column age"),
    (
        lambda: effect_size.standardised_difference(1, sd=0, se=1, df=9, n=12, name="d", level=0.95),
        "standard error are above 0",
    ),
    (
        lambda: effect_size.probability_of_superiority([1, 2], [3, 4], better="sideways", level=0.95),
        "lower or higher, not sideways",
    ),
    (
        lambda: exposure.exposure(
            pd.DataFrame({"who": [1], "first": [1], "last": [2], "mg": [1]}),
            **WHO,
            first="first",
            last="last",
            mg="mg",
            steps=(1,),
            planned_mg=0,
        ),
        "planned dose is above 0",
    ),
    (lambda: exposed(first=0), "never 0"),
    (lambda: exposed(first=1.5), "whole number"),
    (lambda: frame.two_arms(one_each(), "arm", active="A", reference="A"), "both called A"),
    (lambda: g_computation.logistic(np.ones((2, 2)), np.array([0.0, 1.0])), "cannot carry 2 coefficients"),
    (
        lambda: bootstrap.bootstrap(
            a_panel(), strategies=["MAR"], covariance="un", samples=1, seed=1, level=0.95, executor=HereAndNow()
        ),
        "cannot show a spread",
    ),
    (lambda: delta._place(a_panel(), 9), "no visit 9"),
    (
        lambda: gibbs.analyses(
            a_panel(), strategies=["MAR"], columns={}, draws=1, burn_in=1, seed=1, executor=HereAndNow()
        ),
        "at least 2 and 1",
    ),
    (lambda: a_panel(events={1: 9}), "visit 9 is not among those analysed"),
    (lambda: kenward_roger._derivatives(fitted().arrays, "kr_new"), "variant 'kr_new' is unknown"),
    (lambda: lsmeans.lsmeans_rows(fitted(), [{"arm": "X"}]), "no factor arm with level 'X'"),
    (lambda: mmrm.fit_arrays(*arrays(), n_visits=3, covariance="un", method="reml", algorithm="magic"), "newton"),
    (lambda: mmrm.fit_arrays(*arrays(), n_visits=3, covariance="cs", method="reml", algorithm="sas"), "SAS's path"),
    (lambda: mmrm.fit_arrays(*arrays(), n_visits=3, covariance="un", method="guess"), "'reml' or 'ml'"),
    (lambda: mmrm.first_converged(never, ("un", "cs")), "un: no; cs: no"),
    (lambda: moderation.johnson_neyman(a_moderation(), level=0.95, simultaneous="none", grid=1), "two points"),
    (lambda: moderation.johnson_neyman(a_moderation(), level=0.95, simultaneous="all", grid=9), "not all"),
    (lambda: moderated(draws=0), "show nothing"),
    (lambda: moderated(one_each(4)), "cannot carry 4 coefficients"),
    (lambda: reference_distribution.over(np.full(4, np.nan), None), "Under no allocation"),
    (lambda: repeated(long(visits=(1,)), [1]), "two visits at least"),
    (lambda: repeated(long(4, visits=(1, 2, 3, 4)), [1, 2, 3, 4]), "too few for 4 visits"),
    (
        lambda: responders.responders(
            one_each(), **WHO, **ARMS, responded="yes", missing="perhaps", rule="half", level=0.95
        ),
        "not perhaps",
    ),
    (lambda: scenario(sites=(("N", 0), ("S", 2))), "wants a site"),
    (lambda: scenario(baseline_sd=0.0), "standard deviation above 0"),
    (lambda: scenario(covariance=((1.0, 2.0), (2.0, 1.0))), "positive definite"),
    (lambda: streams.stream(-1, streams.PURPOSES[0], 0), "whole number from 0"),
    (lambda: results._named((SimpleNamespace(name="a"),), "b"), "is not among a"),
    (lambda: conditional_mean.contrasts(alone(), ["a", "b", "c", "d"]), "Without subject b"),
    (lambda: conditional_mean.contrasts(alone()), "Without subject number 2"),
]


def arrays():
    data = long()
    x = np.column_stack([np.ones(len(data)), data["base"]])
    return x, data["score"].to_numpy(), data["who"].to_numpy(), data["visit"].to_numpy() - 1


def alone() -> np.ndarray:
    """A design in which the fourth subject alone stands for a level of a factor."""
    return np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 1]])[:, :3]


def never(name):
    raise mmrm.NotConverged("no")


def repeated(data, order):
    return repeated_measures.repeated_measures(data, **WHO, **ARMS, visit="visit", response="score", order=order)


@pytest.mark.parametrize(("ask", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_it_is_refused_with_a_sentence(ask, sentence):
    with pytest.raises((NotEstimable, ValueError, KeyError), match=sentence):
        ask()


# -- what degenerates and is still an answer


def test_an_empty_block_is_in_no_reference_set():
    assert reference_set(the_list()).count == 2


def test_drawn_allocations_weigh_alike():
    drawn = allocations.reference_set(
        the_list(subject=list("1234")), active="A", reference="P", scheme="conditional", limit=1, draws=4, seed=1
    )
    assert drawn.weights(0, 2) == pytest.approx([0.25, 0.25])


def test_a_structure_without_correlations_is_independence():
    assert correlation.correlation("cs", 3, np.zeros(0)).value.tolist() == [1.0] * len(correlation._lags(3))


def test_a_start_without_variance_is_no_start():
    with pytest.raises(np.linalg.LinAlgError):
        covariance.structure("cs", 2).start(np.diag([1.0, 0.0]))


def test_a_large_table_has_no_exact_interval_and_says_which_to_take():
    found = exact_difference.exact_difference(Table(1, 500, 2, 500), level=0.95)
    assert np.isnan(found.low) and "Miettinen-Nurminen" in found.warnings[0]


def test_a_formula_may_begin_with_its_sign():
    assert formula.formula("+ arm + base") == formula.formula("arm + base")


def test_a_design_without_columns_stays_one():
    x, r = guards.orthonormal(np.zeros((3, 0)))
    assert x.shape == (3, 0) and r.shape == (0, 0)


def test_a_fit_tells_how_many_covariance_parameters_it_has():
    assert fitted().n_parameters == 6


def test_a_joint_test_by_the_cluster_robust_covariance_takes_the_between_within_df():
    found = contrasts.f_test(fitted(), np.eye(fitted().beta.size)[[1]], df="cr0")
    assert 0 < found.denominator < 12 and 0 <= found.p <= 1


def test_one_row_has_its_own_degrees_of_freedom():
    fit = fitted()
    rows = np.eye(fit.beta.size)[[1]]
    known = contrasts._information(fit, "kr")
    assert satterthwaite.fai_cornelius_df(fit.arrays, known, contrasts._turned(fit, rows)) > 0


def test_a_straight_boundary_has_one_root_or_none():
    assert moderation._roots(0, 2.0, -4.0) == [2.0]
    assert moderation._roots(0, 0, 1.0) == []


def test_a_mass_alone_needs_no_polish_and_no_variance():
    assert interval_censored._polished(np.ones((3, 1)), np.array([1.0])).tolist() == [1.0]
    assert interval_censored._variances(np.ones((3, 1)), np.array([1.0])).tolist() == [[0.0]]


def test_an_effect_without_an_error_gives_no_verdict():
    assert plans._verdict(1.0, 0.0, 3, 0.95, False) is plans.NOTHING


def test_a_design_wants_its_columns():
    with pytest.raises(design_matrix.DesignError, match="no column age"):
        design_matrix.design(long(), "age", reference={}, order={})
