"""Conditional-mean imputation with the jackknife (METHODS 8.1 to 8.4).

Expected numbers: rbmi's vignette CondMean_Inference and SAS's five macros (expected.json). rbmi and SAS print placebo
minus drug; here it is drug minus placebo, so signs turn and the ends of intervals change places.
"""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.executor import HereAndNow
from analysis.stats.imputation.conditional_mean import conditional_mean, contrasts, jackknife_error, replicates
from analysis.stats.imputation.gibbs import multiple_imputation
from analysis.stats.imputation.panel import dropout_visits, panel
from analysis.stats.imputation.strategies import STRATEGIES, means
from analysis.stats.mmrm import fit_arrays
from analysis.stats.results import NotEstimable
from tests.stats.antidepressant import NAMES, VISITS, antidepressant_data, antidepressant_panel
from tests.stats.oracles import expected

PRINTED = 5.1e-4  # three printed decimals


@pytest.fixture(scope="module")
def trial():
    return antidepressant_panel(antidepressant_data())


@pytest.fixture(scope="module")
def results(trial):
    return impute(trial)


def impute(trial, strategies=STRATEGIES):
    return conditional_mean(trial, strategies=strategies, covariance="un", level=0.95, executor=HereAndNow())


# -- agreement -------------------------------------------------------------------------------------------------------


def test_jump_to_reference_at_the_last_visit_is_rbmis(results):
    estimate, se, low, high, p = expected()["antidep_condmean_jackknife_JR"]["visit7"]
    ours, _ = results["J2R"].at("7")
    assert (ours.estimate, ours.se) == (pytest.approx(-estimate, abs=PRINTED), pytest.approx(se, abs=PRINTED))
    assert (ours.low, ours.high) == (pytest.approx(-high, abs=PRINTED), pytest.approx(-low, abs=PRINTED))
    assert ours.p == pytest.approx(p, abs=PRINTED)


@pytest.mark.parametrize("visit", ["5", "6"])
def test_jump_to_reference_at_earlier_visits_is_rbmis(results, visit):
    estimate, se = expected()["antidep_condmean_jackknife_JR"][f"visit{visit}"]
    ours, _ = results["J2R"].at(visit)
    assert (ours.estimate, ours.se) == (pytest.approx(-estimate, abs=PRINTED), pytest.approx(se, abs=PRINTED))


def test_the_information_anchored_error_is_rbmis(results):
    estimate, se, low, high, p = expected()["antidep_condmean_jackknife_JR"]["info_anchored_visit7"]
    _, ours = results["J2R"].at("7")
    assert (ours.estimate, ours.se) == (pytest.approx(-estimate, abs=PRINTED), pytest.approx(se, abs=PRINTED))
    assert (ours.low, ours.high) == (pytest.approx(-high, abs=PRINTED), pytest.approx(-low, abs=PRINTED))
    assert ours.p == pytest.approx(p, abs=PRINTED)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_is_what_sas_draws_around(results, strategy):
    # Means of 10,000 draws: within 3.5 of SAS's Monte Carlo errors. Its standard errors are Rubin's, so they compare
    # with the information-anchored ones, to 1 %.
    estimate, se, _, _, error = expected()["antidep_sas_five_macros_10000_draws_week6"][strategy]
    _, ours = results[strategy].at("7")
    assert ours.estimate == pytest.approx(-estimate, abs=3.5 * error)
    assert ours.se == pytest.approx(se, rel=0.01)


def test_under_mar_it_is_the_mixed_models_difference(results):
    # results_SAS.pdf, PROC MIXED: imputing conditional means and ANCOVA give the MMRM contrast back (printed digits).
    for visit, (estimate, _, _, _) in expected()["antidep_sas_mixed_kr"]["diff_DRUG_PLACEBO"].items():
        assert results["MAR"].at(visit)[0].estimate == pytest.approx(estimate, abs=5.1e-5)


def test_both_standard_errors_come_with_the_explanation(results):
    ours = results["J2R"]
    frequentist, anchored = ours.at("7")
    assert frequentist.se < results["MAR"].at("7")[0].se < anchored.se
    assert "Two standard errors" in ours.explanation and "information-anchored" in anchored.method
    assert results["MAR"].at("7")[0].se == results["MAR"].at("7")[1].se


# -- the same number on every run ------------------------------------------------------------------------------------


def test_every_run_gives_the_same_bits(trial, results):
    # other processes and Dask: test_multiple_imputation, test_design
    assert impute(trial, strategies=["CIR", "J2R"]) == {name: results[name] for name in ("CIR", "J2R")}


def test_neither_row_order_nor_the_names_of_subjects_matter(results):
    data = antidepressant_data()
    mixed = data.sample(frac=1, random_state=1)
    mixed["PATIENT"] = "x" + mixed["PATIENT"].str[::-1]
    ours, other = results["CIR"].at("7")[0], impute(antidepressant_panel(mixed), strategies=["CIR"])["CIR"].at("7")[0]
    assert (other.estimate, other.se) == (pytest.approx(ours.estimate, rel=1e-9), pytest.approx(ours.se, rel=1e-8))


def test_leaving_a_subject_out_is_a_fit_without_the_subject(trial):
    models = replicates(trial, "un", HereAndNow(), None)
    for gone in (0, 57, 171):
        kept = np.arange(172) != gone
        who, when = np.nonzero(~trial.missing[kept])
        x = np.zeros((len(who), 3, 4))
        x[np.arange(len(who)), :, when] = trial.design[kept][who]
        fresh = fit_arrays(
            x.reshape(len(who), -1), trial.y[kept][who, when], who, when, n_visits=4, covariance="un", method="reml"
        )
        assert np.allclose(models.sigma[1 + gone], fresh.sigma, rtol=1e-7)
        assert np.allclose(models.coefficients[1 + gone].ravel(), fresh.beta, rtol=1e-6, atol=1e-9)


def test_the_jackknife_of_a_mean_is_its_textbook_standard_error():
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0])
    leave_one_out = np.array([np.delete(values, i).mean() for i in range(8)])
    assert jackknife_error(leave_one_out) == pytest.approx(values.std(ddof=1) / np.sqrt(8), rel=1e-12)


def test_contrast_weights_are_least_squares():
    import statsmodels.api as sm

    random = np.random.default_rng(2)
    design = np.column_stack([np.ones(12), np.arange(12) % 2, random.normal(size=12)])
    y = random.normal(size=12)
    rows = contrasts(design)
    assert rows[0] @ y == pytest.approx(sm.OLS(y, design).fit().params[1], rel=1e-10)
    kept = np.arange(12) != 4
    assert rows[5] @ y == pytest.approx(sm.OLS(y[kept], design[kept]).fit().params[1], rel=1e-10)


# -- what the strategies assume --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "profile"),
    [
        ("MAR", [5, 4, 3, 2]),  # the active arm's own
        ("J2R", [5, 4, 8, 7]),  # the reference arm's from the event on
        ("CR", [10, 9, 8, 7]),  # the reference arm's throughout
        ("CIR", [5, 4, 3, 2]),  # 4 - 1, 4 - 2: the reference arm falls by one a visit
    ],
)
def test_the_mean_profile_after_an_event_at_the_third_visit(strategy, profile):
    assert means(made_up(event="V3"), COEFFICIENTS, strategy)[0].tolist() == profile


def test_copied_increments_follow_the_reference_arm_and_not_the_own():
    steeper = COEFFICIENTS + np.array([[0, 0, 0, 0], [0, 0, -3, -6]])
    assert means(made_up(event="V3"), steeper, "CIR")[0].tolist() == [5, 4, 3, 2]
    assert means(made_up(event="V3"), steeper, "MAR")[0].tolist() == [5, 4, 0, -4]


@pytest.mark.parametrize("strategy", ["J2R", "CR", "CIR"])
def test_an_event_before_the_first_visit_leaves_the_reference_profile(strategy):
    assert means(made_up(event="V1"), COEFFICIENTS, strategy)[0].tolist() == [10, 9, 8, 7]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_subjects_of_the_reference_arm_keep_their_own_profile(strategy):
    assert means(made_up(event="V3"), COEFFICIENTS, strategy)[2].tolist() == [10, 9, 8, 7]


def test_without_events_all_strategies_agree():
    data = antidepressant_data()
    quiet = panel(
        data,
        **NAMES,
        arm="THERAPY",
        active="DRUG",
        reference="PLACEBO",
        covariates=["BASVAL"],
        factors=[],
        visits=VISITS,
        events={},
    )
    found = impute(quiet)
    assert len({found[strategy].at("7")[0].estimate for strategy in STRATEGIES}) == 1


def test_outcomes_seen_after_the_event_stay_and_do_not_teach_the_model_of_the_time_before(trial):
    # Patient 1503 has all four visits. With an event at visit 6 the later outcomes are kept as outcomes; whatever they
    # are, the imputed values of everyone else must not move.
    data = antidepressant_data()
    events = dropout_visits(data, **NAMES, visits=VISITS) | {"1503": "6"}
    wild = data.assign(CHANGE=data["CHANGE"].where((data["PATIENT"] != "1503") | (data["VISIT"] < "6"), 40))
    tame, moved = (
        panel(
            frame,
            **NAMES,
            arm="THERAPY",
            active="DRUG",
            reference="PLACEBO",
            covariates=["BASVAL"],
            factors=[],
            visits=VISITS,
            events=events,
        )
        for frame in (data, wild)
    )
    before, after = (impute(p, strategies=["J2R"])["J2R"].at("7")[0].estimate for p in (tame, moved))
    own_weight = contrasts(tame.design)[0, tame.subjects.index("1503")]
    assert after - before == pytest.approx(own_weight * (40 - tame.y[tame.subjects.index("1503"), 3]), rel=1e-9)


# -- who is in the panel ---------------------------------------------------------------------------------------------


def test_drop_out_is_the_first_visit_after_the_last_outcome_and_a_gap_is_none():
    events = dropout_visits(antidepressant_data(), **NAMES, visits=VISITS)
    assert "3618" not in events  # seen at 4, 6 and 7
    assert pd.Series(events).value_counts().to_dict() == {"7": 20, "5": 13, "6": 10}


def test_an_event_before_all_that_was_seen_leaves_the_model_without_the_subject_and_still_answers():
    data = antidepressant_data()
    events = dropout_visits(data, **NAMES, visits=VISITS) | {"1503": "4"}
    early = panel(
        data,
        **NAMES,
        arm="THERAPY",
        active="DRUG",
        reference="PLACEBO",
        covariates=["BASVAL"],
        factors=[],
        visits=VISITS,
        events=events,
    )
    assert early.without_affected().missing[early.subjects.index("1503")].all()
    found = impute(early, strategies=["J2R"])["J2R"].at("7")[0]
    assert found.n == 172 and np.isfinite(found.se)
    drawn = multiple_imputation(
        early, strategies=["J2R"], draws=50, burn_in=5, seed=1, level=0.95, executor=HereAndNow()
    )["J2R"].at("7")
    assert drawn.estimate == pytest.approx(found.estimate, abs=0.4)


def test_few_subjects_for_the_visits_are_warned_of():
    data = antidepressant_data()
    few = data[data["PATIENT"].isin(sorted(data["PATIENT"].unique())[:30])]
    found = impute(antidepressant_panel(few), strategies=["J2R"])["J2R"]
    assert "30 subjects are few for 4 visits" in found.warnings[0]


@pytest.mark.finding("F-708")
def test_who_has_no_covariate_is_left_out_with_a_sentence_and_who_has_no_outcome_stays():
    data = antidepressant_data()
    data.loc[data["PATIENT"] == "1507", "CHANGE"] = np.nan
    data.loc[data["PATIENT"] == "1509", "BASVAL"] = np.nan
    left = antidepressant_panel(data)
    assert left.left_out == ("1509: no BASVAL",)
    assert len(left.subjects) == 171 and left.missing[left.subjects.index("1507")].all()
    assert left.event[left.subjects.index("1507")] == 0  # by `dropout_visits`: before the first visit
    assert left.warnings[-1] == "1 without any outcome (1507) are imputed from their arm and covariates alone."


def test_it_refuses_two_records_at_one_visit():
    data = antidepressant_data()
    with pytest.raises(NotEstimable, match="two records at one visit"):
        antidepressant_panel(pd.concat([data, data.head(1)]))


def test_it_refuses_an_unknown_strategy(trial):
    with pytest.raises(ValueError, match="'LOCF' is unknown; choose among MAR, J2R, CR, CIR"):
        impute(trial, strategies=["LOCF"])


COEFFICIENTS = np.array([[10.0, 9.0, 8.0, 7.0], [-5.0, -5.0, -5.0, -5.0]])  # reference mean, effect of the arm


def made_up(event):
    """Subjects A1 (active, with the event), A2, R1 (reference, with the event), R2."""
    data = pd.DataFrame(
        [
            {"who": who, "visit": visit, "y": 1.0, "arm": "ACT" if who[0] == "A" else "REF"}
            for who in ("A1", "A2", "R1", "R2")
            for visit in ("V1", "V2", "V3", "V4")
        ]
    )
    return panel(
        data,
        subject="who",
        visit="visit",
        response="y",
        arm="arm",
        active="ACT",
        reference="REF",
        covariates=[],
        factors=[],
        visits=("V1", "V2", "V3", "V4"),
        events={"A1": event, "R1": event},
    )
