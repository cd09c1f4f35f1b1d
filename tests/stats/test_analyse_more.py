"""`manage.py analyse`: contrasts, time, assumptions, lists and plans (METHODS 6 to 8, 13 to 15)."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from django.core.management import call_command

from analysis.command import progress
from analysis.command.estimators import ESTIMATORS, EXAMPLES
from analysis.command.estimators.planning import read_scenario
from tests.stats.analysed import document, refused, run
from tests.stats.oracles import expected, oracle
from tests.stats.said_by_r import said_by_r
from tests.stats.test_design import THIS

PARTS = [
    "--subject",
    "PATIENT",
    "--visit",
    "VISIT",
    "--arm",
    "THERAPY",
    "--reference",
    "PLACEBO",
    "--response",
    "CHANGE",
    "--covariate",
    "BASVAL",
]
SCENARIO = Path(__file__).resolve().parents[2] / "analysis" / "scenario.json"


def antidepressant(*options):
    return document(oracle("antidepressant_data.csv"), *PARTS, *options)


# -- time to response ------------------------------------------------------------------------------------------------


def test_time_to_response_is_r_s(tmp_path):
    """reference/analyse.txt: survfit and survdiff."""
    said = said_by_r("analyse")
    curve = tmp_path / "curve.csv"
    options = ["--method", "survival", "--visit-days", "4=8,5=15,6=29,7=43", "--stratum", "GENDER"]
    found = antidepressant(*options)["survival"]
    assert found["log_rank_at_visits"]["statistic"] == pytest.approx(said["log_rank"], rel=1e-10)
    stratified = found["log_rank_at_visits_stratified"]["statistic"]
    assert stratified == pytest.approx(said["log_rank_stratified"], rel=1e-10)
    for side, arm in (("active", "DRUG"), ("reference", "PLACEBO")):
        assert found[side]["events"] == said[f"{arm}.events"]
        for day, _, _, _, share, _, low, high in found[side]["steps"]:
            for key, value in (("share", share), ("low", low), ("high", high)):
                assert value == pytest.approx(said[f"{arm}.{key}.{day:g}"], rel=1e-10)
    text = run(oracle("antidepressant_data.csv"), *PARTS, *options, "--csv", curve)
    assert "log-rank stratified by GENDER" in text
    written = pd.read_csv(curve)
    assert written.loc[3, "survival"] == found["active"]["steps"][3][4]


def test_time_to_response_wants_the_days():
    assert "wants the days" in refused(oracle("antidepressant_data.csv"), *PARTS, "--method", "survival")
    said = refused(oracle("antidepressant_data.csv"), *PARTS, "--method", "survival", "--visit-days", "4=8,5=15")
    assert said == "--visit-days does not say the day of visit 6."


# -- the mixed model's contrasts -------------------------------------------------------------------------------------

FIXED = ["--method", "mmrm", "--fixed", "VISIT*THERAPY + BASVAL*VISIT"]


def test_a_contrast_of_visits_has_sas_s_digits():
    """expected.json antidep_sas_mixed_kr: the differences at 6 and 7, their mean, and one of them by itself."""
    found = antidepressant(*FIXED, "--contrast", "mean: 0.5*6 + 0.5*7", "--contrast", "last: 7")["mmrm"]
    said = expected()["antidep_sas_mixed_kr"]["diff_DRUG_PLACEBO"]
    mean, last = found["contrasts"]
    assert (mean["name"], last["name"]) == ("mean", "last")
    assert mean["estimate"] == pytest.approx((said["6"][0] + said["7"][0]) / 2, abs=1e-4)
    estimate, se, df, p = said["7"]
    assert (last["estimate"], last["se"], last["p"]) == pytest.approx((estimate, se, p), abs=6e-5)
    assert round(last["df"]) == df


def test_a_contrast_of_coefficients_is_their_difference():
    found = antidepressant(*FIXED, "--contrast", "late less early: VISIT[7]:THERAPY[DRUG] - VISIT[5]:THERAPY[DRUG]")
    found = found["mmrm"]
    seven, five = (found["coefficients"][f"VISIT[{visit}]:THERAPY[DRUG]"] for visit in (7, 5))
    assert found["contrasts"][0]["estimate"] == pytest.approx(seven - five, rel=1e-12)


@pytest.mark.parametrize(
    ("contrast", "sentence"),
    [("x: 0.5*9", "9 is neither a visit (4, 5, 6, 7)"), ("x: half*7", "half is no number"), ("x: 7 - 7", "cancels")],
)
def test_a_contrast_that_cannot_be_is_refused(contrast, sentence):
    assert sentence in refused(oracle("antidepressant_data.csv"), *PARTS, *FIXED, "--contrast", contrast)


def test_a_simpler_covariance_has_the_sandwich_beside_and_kenward_roger_has_satterthwaite():
    """PROTOCOL 9, METHODS 6.6."""
    assert set(antidepressant(*FIXED)["mmrm"]["beside"]) == {"satterthwaite"}
    assert set(antidepressant(*FIXED, "--covariance", "csh")["mmrm"]["beside"]) == {"satterthwaite", "cr3"}


def test_the_csv_of_the_mixed_model_has_every_result_at_full_precision(tmp_path):
    out = tmp_path / "out.csv"
    run(oracle("antidepressant_data.csv"), *PARTS, *FIXED, "--csv", out)
    written = pd.read_csv(out)
    last = antidepressant(*FIXED)["mmrm"]["differences"][-1]
    row = written[(written["result"] == "differences") & (written["name"] == last["name"])].iloc[0]
    assert (row["estimate"], row["se"], row["df"], row["p"]) == (last["estimate"], last["se"], last["df"], last["p"])
    assert {"differences", "means", "type_three", "type_two"} <= set(written["result"])


# -- imputation and tipping ------------------------------------------------------------------------------------------


def test_the_tipping_grid_begins_at_the_printed_jackknife_number(tmp_path):
    """expected.json antidep_condmean_jackknife_JR: p .013 without a shift."""
    grid = tmp_path / "grid.csv"
    options = ["--method", "tipping", "--strategies", "J2R", "--deltas", "0,2"]
    found = antidepressant(*options)["tipping"]["conditional_mean"]["J2R"]
    assert found["p"][0][0] == pytest.approx(expected()["antidep_condmean_jackknife_JR"]["visit7"][4], abs=5.1e-4)
    assert found["p"][0][1] < found["p"][0][0] < found["p"][1][0]
    text = run(oracle("antidepressant_data.csv"), *PARTS, *options, "--csv", grid)
    assert "It tips at a shift of the active arm of 1.668" in text
    shifts = pd.read_csv(grid)[["delta_active", "delta_reference"]].to_numpy().tolist()
    assert shifts == [[0, 0], [0, 2], [2, 0], [2, 2]]
    assert "wants --deltas" in refused(oracle("antidepressant_data.csv"), *PARTS, "--method", "tipping")


def test_imputation_offers_the_bootstrap_beside_the_jackknife():
    found = antidepressant("--method", "imputation", "--strategies", "J2R", "--samples", "100")["imputation"]
    own = found["bootstrap"]["J2R"]
    assert own["normal"][3]["estimate"] == found["conditional_mean"]["J2R"]["frequentist"][3]["estimate"]
    assert own["samples"] == 100 and own["percentile"][3]["low"] < own["percentile"][3]["high"]
    assert "Two standard errors" in own["explanation"]


# -- re-randomisation ------------------------------------------------------------------------------------------------


@pytest.fixture
def block26(tmp_path):
    """expected.json coin_block26_exact: 26 patients in blocks of 4, the last cut."""
    text = oracle("block26.csv").read_text().splitlines()
    made = tmp_path / "block26.csv"
    made.write_text("\n".join([text[0] + ",VISIT", *(line + ",W6" for line in text[1:])]) + "\n")
    return made


BLOCKS = [
    "--subject",
    "PATIENT",
    "--visit",
    "VISIT",
    "--arm",
    "arm",
    "--reference",
    "B",
    "--response",
    "y",
    "--method",
    "rerandomisation",
    "--block",
    "blk",
]


def test_the_unconditional_set_weighs_the_cut_block_by_its_size_or_by_the_list(block26, tmp_path):
    by_size = document(block26, *BLOCKS, "--block-size", "4")["rerandomisation"]
    assert by_size["shift"]["p"] == pytest.approx(expected()["coin_block26_exact"]["two_sided"], abs=1e-13)
    assert (by_size["shift"]["allocations"], by_size["unconditional"]["shift"]["allocations"]) == (93_312, 186_624)
    data = pd.read_csv(block26, dtype=str)
    listed = pd.DataFrame({"stratum": "one", "block": data["blk"], "arm": data["arm"], "subject": data["PATIENT"]})
    last = listed["block"].value_counts().idxmin()
    unused = [
        {"stratum": "one", "block": last, "arm": arm, "subject": ""}
        for arm in ("A", "B")
        for _ in range(2 - int(((listed["block"] == last) & (listed["arm"] == arm)).sum()))
    ]
    pd.concat([listed, pd.DataFrame(unused)]).to_csv(tmp_path / "list.csv", index=False)
    by_list = document(block26, *BLOCKS, "--list", tmp_path / "list.csv")["rerandomisation"]
    assert by_list["unconditional"]["shift"] == by_size["unconditional"]["shift"]
    # STATISTICS 5.7: AB, BA, AA, BB of the cut block weigh 2:2:1:1, so its two subjects leave 13:13 in 2 of 3
    assert by_size["unconditional"]["shift"]["variance"] != by_size["shift"]["variance"]
    assert "unconditional set" in run(block26, *BLOCKS, "--block-size", "4")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--block-size", "3"], "--block-size is even"),
        (["--block-size", "2"], "more than half of a block"),
        (["--fixed", "arm", "--profile", "W1=1"], "--profile has one number for each of W6"),
    ],
)
def test_a_list_that_cannot_be_is_refused(block26, options, sentence):
    assert sentence in refused(block26, *BLOCKS, *options)


def test_the_mixed_model_has_an_interval_by_inversion_where_a_profile_says_what_is_shifted(tmp_path):
    arms = pd.read_csv(oracle("block26.csv"), dtype=str).set_index("PATIENT")
    data = pd.read_csv(oracle("antidepressant_data.csv"), dtype=str)
    data = data[data["PATIENT"].isin(arms.index) & data["VISIT"].isin(["6", "7"])]
    data = data.assign(arm=data["PATIENT"].map(arms["arm"]), blk=data["PATIENT"].map(arms["blk"]))
    made = tmp_path / "two.csv"
    data.to_csv(made, index=False)
    options = [*BLOCKS[:8], "--response", "CHANGE", *BLOCKS[10:], "--covariate", "BASVAL"]
    options += ["--fixed", "VISIT*arm + BASVAL"]
    without = document(made, *options)["rerandomisation"]["mmrm"]
    within = document(made, *options, "--profile", "6=0.7,7=1", "--level", "0.8")["rerandomisation"]["mmrm"]
    assert without["low"] is None and without["p"] == within["p"]
    assert within["low"] < within["estimate"] < within["high"]


# -- blinded and design ----------------------------------------------------------------------------------------------


def test_the_blinded_variance_is_statistics_number_and_takes_no_arm():
    """STATISTICS 5.11: 46.82 blinded, against 45.26 with the arms."""
    data = oracle("antidepressant_data.csv")
    options = [
        "--method",
        "blinded",
        "--subject",
        "PATIENT",
        "--visit",
        "VISIT",
        "--response",
        "CHANGE",
        "--covariate",
        "BASVAL",
        "--fixed",
        "BASVAL*VISIT",
    ]
    found = document(data, *options)["blinded"]
    assert found["pooled"]["variance"] == pytest.approx(46.82, abs=5.1e-3)
    size = document(data, *options, "--planning-effect", "3", "--power", "0.8", "--planned", "172", "--maximum", "180")[
        "blinded"
    ]["sample_size"]
    assert size["total"] == 172 and size["needed"] <= 172
    assert "given no arm" in refused(data, *options, "--arm", "THERAPY")
    assert "wants --power" in refused(data, *options, "--planning-effect", "3")


def test_the_shipped_scenario_is_the_one_the_methods_tell_of():
    found = read_scenario(SCENARIO, None).scenario
    assert np.allclose(found.covariance, THIS.covariance, rtol=1e-12)
    assert {**vars(found), "covariance": None} == {**vars(THIS), "covariance": None}


def test_power_and_type_one_error_are_simulated_and_the_same_in_other_processes():
    options = ["--method", "design", "--analysis", "ancova_complete", "--trials", "50", "--seed", "2"]
    found = document(SCENARIO, *options)["design"]
    assert found == document(SCENARIO, *options, "--processes", "2")["design"]
    power, error = (found[key]["ancova_complete"] for key in ("power", "type_one_error"))
    assert (power["effect"], error["effect"], power["trials"]) == (-6, 0, 50)
    assert power["rejected"] > error["rejected"]


def test_the_size_for_a_power_is_found(tmp_path):
    one = json.loads(SCENARIO.read_text()) | {
        "visits": ["W6"],
        "change": [-4],
        "effect": [-9],
        "sd": [7],
        "correlation": [[1]],
        "drop_out": 0,
        "sites": {"JER": 20},
        "site_shift": [0],
    }
    made = tmp_path / "scenario.json"
    made.write_text(json.dumps(one))
    options = ["--method", "design", "--analysis", "ancova_complete", "--power", "0.8", "--trials", "100"]
    found = document(made, *options)["design"]["sizes"]["ancova_complete"]
    assert 16 <= found["total"] <= 32  # the t test wants 22 (statsmodels: 21.2)
    assert f"{found['total']} subjects for power 0.8" in run(made, *options)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "is not JSON"), ("[]", "does not say a scenario"), ("{}", "does not say visits"), (None, "is no scenario")],
)
def test_a_scenario_that_cannot_be_read_is_refused(tmp_path, text, sentence):
    made = tmp_path / "scenario.json"
    made.write_text(text or json.dumps(json.loads(SCENARIO.read_text()) | {"effect": ["much"] * 6}))
    assert sentence in refused(made, "--method", "design")


# -- the command -----------------------------------------------------------------------------------------------------


def test_every_method_has_an_example_in_the_help(capsys):
    with pytest.raises(SystemExit):
        call_command("analyse", "--help")
    said = capsys.readouterr().out
    assert set(EXAMPLES) == set(ESTIMATORS)
    assert all(f"--method {name}" in said or name == "ancova" for name in ESTIMATORS)


def test_methods_of_different_files_and_a_csv_of_two_tables_are_refused():
    data = oracle("antidepressant_data.csv")
    assert "read different files" in refused(data, *PARTS, "--method", "mmrm", "--method", "safety")
    assert "--csv writes the table of one method" in refused(data, *PARTS, "--csv", "x.csv")
    assert "wants --arm COLUMN" in refused(data, "--method", "ancova", "--subject", "PATIENT", "--visit", "VISIT")


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self):
        return True


def test_progress_is_told_to_a_terminal_and_to_nothing_else():
    screen = Screen()
    bar = progress.on(screen)("bootstrap")
    bar(1, 4)
    bar(4, 4)
    told = screen.getvalue()
    assert "bootstrap [#######.......................] 1/4" in told
    assert told.endswith("\r\x1b[2K")  # the line is gone when all is done
    assert progress.on(io.StringIO())("bootstrap") is None


def test_a_covariance_by_arm_has_mmrm_s_numbers():
    """As in test_mmrm_grouped: mmrm 0.3.18, us(AVISIT | ARMCD / USUBJID), Kenward-Roger."""
    parts = ["--subject", "USUBJID", "--visit", "AVISIT", "--arm", "ARMCD", "--reference", "PBO", "--response", "FEV1"]
    options = ["--method", "mmrm", "--fixed", "ARMCD*AVISIT + RACE + SEX", "--covariance-by", "ARMCD"]
    found = document(oracle("fev_data.csv"), *parts, *options, "--df", "kr_mmrm")["mmrm"]
    wanted = [3.738431989, 3.712110201, 3.015078597, 4.503670772]
    assert [one["estimate"] for one in found["differences"]] == pytest.approx(wanted, abs=1e-4)
    errors = [1.079138362, 0.854754596, 0.678230070, 1.629446052]
    assert [one["se"] for one in found["differences"]] == pytest.approx(errors, rel=5e-5)
    assert found["covariance"]["visits"][0] == "PBO, VIS1" and len(found["covariance"]["sigma"]) == 8
    assert "UN by ARMCD" in found["method"]
    said = refused(oracle("fev_data.csv"), *parts, *options, "--covariance", "fallback")
    assert said.startswith("--covariance-by wants one --covariance")


@pytest.mark.finding("F-710")
def test_equal_spacing_is_said_where_a_structure_takes_it():
    """Visit 6 left out: AR1 takes 4, 5 and 7 as neighbours, and by their numbers they are not."""
    options = ["--method", "mmrm", "--fixed", "VISIT*THERAPY + BASVAL", "--covariance", "ar1"]
    even, uneven = (antidepressant(*options, *more)["mmrm"]["warnings"] for more in ([], ["--visits", "4,5,7"]))
    assert even == ["AR1 takes neighbouring visits as equally far apart: 4, 5, 6, 7."]
    assert uneven == [
        "AR1 takes neighbouring visits as equally far apart: 4, 5, 7. By their numbers they are not: UN, CS or an "
        "ante-dependence does without."
    ]


@pytest.mark.finding("F-710")
def test_more_visits_than_subjects_are_refused_at_once(tmp_path):
    import time

    random = np.random.default_rng(1)
    rows = [(i, v, "AB"[i % 2], round(float(random.normal()), 3)) for i in range(20) for v in range(1, 61)]
    made = tmp_path / "many.csv"
    pd.DataFrame(rows, columns=["s", "v", "arm", "y"]).to_csv(made, index=False)
    parts = ["--subject", "s", "--visit", "v", "--arm", "arm", "--reference", "B", "--response", "y"]
    began = time.process_time()
    said = refused(made, *parts, "--method", "mmrm", "--fixed", "v*arm")
    assert said.startswith("The UN covariance of 60 visits (1830 parameters) cannot be estimated from 20 subjects")
    assert time.process_time() - began < 10  # it took 356 s


@pytest.mark.finding("F-710")
def test_exact_tests_tell_how_far_they_are():
    from analysis.stats.two_by_two import Table
    from analysis.stats.unconditional import boschloo

    told = []
    found = boschloo(Table(300, 700, 200, 700), lambda done, of: told.append(done / of))
    assert found.p == boschloo(Table(300, 700, 200, 700)).p
    assert len(told) > 2 and told[-1] <= 1 and told[0] < 0.5
