"""`manage.py analyse` as a user types it: a process of its own, without a database (METHODS 4.2, 5.7, 6)."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.stats.oracles import expected, oracle
from tests.stats.said_by_r import said_by_r

REPOSITORY = Path(__file__).resolve().parents[2]
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
]


def analysed(*options, parts=PARTS, name="antidepressant_data.csv"):
    """What is printed, run in this process."""
    out = StringIO()
    call_command("analyse", str(oracle(name)), *parts, *options, stdout=out)
    return out.getvalue()


def document(*options, **kept):
    return json.loads(analysed(*options, "--json", "-", **kept))


def in_a_process(*arguments):
    """The command in a process that could reach no database."""
    environment = {**os.environ, "ECRF_MODE": "test", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    return subprocess.run(
        [sys.executable, "manage.py", "analyse", *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_it_runs_without_a_database_prints_a_table_and_writes_json(tmp_path):
    out = tmp_path / "out.json"
    done = in_a_process(str(oracle("antidepressant_data.csv")), *PARTS, "--covariate", "BASVAL", "--json", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert "DRUG - PLACEBO          -2.657  1.174  126.0  -4.981 to -0.334   0.0253" in done.stdout
    assert "Differences are DRUG minus PLACEBO." in done.stdout
    assert json.loads(out.read_text())["ancova"]["observed_case"]["n"] == 129
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_it_runs_where_no_trial_is_set_up(tmp_path):
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("ECRF_", "DATABASE", "DJANGO"))}
    done = subprocess.run(
        [
            sys.executable,
            str(REPOSITORY / "manage.py"),
            "analyse",
            str(oracle("antidepressant_data.csv")),
            *PARTS,
            "--without-responders",
        ],
        cwd=tmp_path,
        env={**bare, "ECRF_VAR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ANCOVA at visit 7" in done.stdout


def test_a_reader_that_stops_early_is_no_error():
    line = [
        sys.executable,
        "manage.py",
        "analyse",
        str(oracle("antidepressant_data.csv")),
        *PARTS,
        "--covariate",
        "BASVAL",
    ]
    with subprocess.Popen(
        line, cwd=REPOSITORY, env={**os.environ, "ECRF_MODE": "test"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


@pytest.mark.parametrize("which", ["observed_case", "locf"])
def test_ancova_at_full_precision_is_r_s(which):
    """reference/ancova.txt."""
    said, name = said_by_r("ancova"), "observed" if which == "observed_case" else "locf"
    found = document("--covariate", "BASVAL")["ancova"][which]
    for key in ("estimate", "se", "df", "p", "low", "high"):
        assert found["contrast"][key] == pytest.approx(said[f"{name}.{key}"], rel=1e-11), key
    assert found["robust"]["se"] == pytest.approx(said[f"{name}.hc3_se"], rel=1e-11)


def test_responders_are_counted_as_r_counts_them():
    said = said_by_r("ancova")
    found = document("--covariate", "BASVAL")["responders"]
    for key, name in (("observed_case", "observed"), ("locf", "locf")):
        for arm, side in (("DRUG", "active"), ("PLACEBO", "reference")):
            assert found[key][side]["events"] == said[f"responders.{name}.{arm}"]
            assert found[key][side]["n"] == said[f"responders.{name}_n.{arm}"]
    all_count = found["non_response"]["active"]
    assert (all_count["events"], all_count["n"], all_count["missing"]) == (29, 84, 20)
    assert found["locf"]["rule"] == "responder: 2 x (BASVAL + CHANGE) <= BASVAL"


def test_the_score_column_gives_the_same_responders_as_baseline_plus_change():
    by_score = document("--covariate", "BASVAL", "--score", "HAMDTL17")["responders"]["locf"]
    by_change = document("--covariate", "BASVAL")["responders"]["locf"]
    assert by_score["rule"] == "responder: 2 x (HAMDTL17) <= BASVAL"
    assert by_score["active"]["events"] == by_change["active"]["events"]


def test_the_threshold_can_be_said():
    found = document("--covariate", "BASVAL", "--threshold", "30")["responders"]["locf"]
    assert found["rule"] == "responder: 100 x (BASVAL + CHANGE) <= 70 x BASVAL"
    assert found["active"]["events"] > 33


def test_the_mixed_model_prints_sas_s_digits():
    """expected.json antidep_sas_mixed_kr: estimate, standard error, df, p, each as SAS printed it."""
    found = document("--method", "mmrm", "--fixed", "VISIT*THERAPY + BASVAL*VISIT", "--covariate", "BASVAL")["mmrm"]
    said = expected()["antidep_sas_mixed_kr"]
    for difference in found["differences"]:
        estimate, se, df, p = said["diff_DRUG_PLACEBO"][difference["name"].split(":")[0]]
        assert difference["estimate"] == pytest.approx(estimate, abs=5.1e-5)
        assert difference["se"] == pytest.approx(se, abs=5.1e-5)
        assert round(difference["df"]) == df
        assert difference["p"] == pytest.approx(p, abs=5.1e-5)
    assert found["deviance"] == pytest.approx(said["m2rll"][-1], abs=1e-6)
    assert found["converged"] is True
    sigma = found["covariance"]["sigma"]
    assert [sigma[i][j] for i in range(4) for j in range(i + 1)] == pytest.approx(said["sigma_vech"], abs=3e-4)


def test_the_mixed_model_of_fev_runs_without_a_baseline_and_reads_factors():
    found = document(
        "--method",
        "mmrm",
        "--fixed",
        "RACE + SEX + ARMCD*AVISIT",
        "--df",
        "satterthwaite",
        name="fev_data.csv",
        parts=[
            "--subject",
            "USUBJID",
            "--visit",
            "AVISIT",
            "--arm",
            "ARMCD",
            "--reference",
            "PBO",
            "--response",
            "FEV1",
        ],
    )["mmrm"]
    said = expected()["fev_full_optimum"]
    assert found["deviance"] == pytest.approx(said["m2rll"], rel=1e-10)
    for difference in found["differences"]:
        estimate, se, df, p = said["diff_TRT_PBO"][difference["name"].split(":")[0]]
        assert difference["estimate"] == pytest.approx(estimate, rel=1e-7)
        assert difference["se"] == pytest.approx(se, rel=1e-7)
        assert difference["df"] == pytest.approx(df, rel=1e-6)
        assert difference["p"] == pytest.approx(p, rel=1e-5)


def test_the_joint_test_of_the_slopes_prints_sas_s_digits():
    """expected.json antidep_sas_mixed_kr type3: basval*VISIT 4 and 153 df, F 6.46; a model without margins."""
    fixed = "0 + VISIT:THERAPY + BASVAL:VISIT"
    found = document("--method", "mmrm", "--fixed", fixed, "--covariate", "BASVAL")["mmrm"]
    tests = {frozenset(test["name"].split(":")): test for test in found["joint_tests"]}
    slopes = tests[frozenset(("BASVAL", "VISIT"))]
    assert (slopes["df"], round(slopes["df2"]), round(slopes["statistic"], 2)) == (4, 153, 6.46)
    said = expected()["antidep_sas_mixed_kr"]
    assert found["deviance"] == pytest.approx(said["m2rll"][-1], abs=1e-6)


def test_imputation_gives_the_printed_jackknife_numbers():
    """expected.json antidep_condmean_jackknife_JR; signs turned, since ours is active minus reference."""
    found = document("--method", "imputation", "--covariate", "BASVAL", "--strategies", "J2R")["imputation"]
    estimate, se, low, high, p = expected()["antidep_condmean_jackknife_JR"]["visit7"]
    last = found["conditional_mean"]["J2R"]["frequentist"][-1]
    assert last["estimate"] == pytest.approx(-estimate, abs=5.1e-4)
    assert last["se"] == pytest.approx(se, abs=5.1e-4)
    assert (last["low"], last["high"]) == pytest.approx((-high, -low), abs=1.1e-3)
    assert last["p"] == pytest.approx(p, abs=5.1e-4)


def test_rerandomisation_of_block26_gives_coins_number(tmp_path):
    """expected.json coin_block26_exact: oneway_test(y ~ arm | blk, exact("shift"))."""
    text = oracle("block26.csv").read_text().splitlines()
    rows = [f"{line},1" for line in text[1:]]
    made = tmp_path / "block26.csv"
    made.write_text("\n".join([text[0] + ",VISIT", *rows]) + "\n")
    out = StringIO()
    call_command(
        "analyse",
        str(made),
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
        "--json",
        "-",
        stdout=out,
    )
    found = json.loads(out.getvalue())["rerandomisation"]["shift"]
    assert found["p"] == pytest.approx(expected()["coin_block26_exact"]["two_sided"], abs=1e-13)
    assert found["exact"] is True


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        (["--method", "effects"], "Hedges g                              -0.468  0.178  127.0  -0.815 to -0.119"),
        (["--method", "moderation", "--moderator", "BASVAL"], "The effect differs from 0 outside -8.676 and 17.13"),
        (["--method", "repeated"], "arm                                  5.232  1.0  126.0   0.0238"),
        (["--method", "imputation", "--strategies", "J2R"], "J2R, frequentist              -2.126  0.858"),
        (["--factor", "GENDER"], "CMH       3.080   1    -  0.0793"),
        (["--method", "mmrm", "--fixed", "VISIT*THERAPY + BASVAL*VISIT"], "7: DRUG - PLACEBO    -2.802  1.116  150.1"),
    ],
)
def test_every_method_prints_a_readable_table(options, printed):
    text = analysed(*([] if "repeated" in options else ["--covariate", "BASVAL"]), *options)
    assert printed in text
    assert max(map(len, text.splitlines())) <= 110


def test_draws_with_a_seed_are_the_same_again():
    options = ["--covariate", "BASVAL", "--method", "moderation", "--moderator", "BASVAL", "--block", "POOLINV"]
    one, again, other = (
        document(*options, "--draws", "400", "--seed", seed)["moderation"]["permutation"]["p"] for seed in "778"
    )
    assert one == again != other


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--method", "moderation"], "--moderator COLUMN"),
        (["--method", "rerandomisation"], "--block COLUMN"),
        (["--method", "imputation", "--strategies", "LOCF"], "not LOCF"),
        (["--method", "imputation", "--draws", "5"], "--draws is at least 100"),
        (["--method", "imputation", "--draws", "100", "--seed", "-1"], "--seed is 0 or more"),
        (["--reference", "SUGAR"], "there is no SUGAR"),
        (["--response", "CHANG"], "line 1: there is no column CHANG."),
        (["--response", "GENDER"], "line 2, column GENDER: 'F' is not a number."),
        (["--at", "9"], "There is no visit 9; the visits are 4, 5, 6, 7."),
        (["--method", "mmrm"], "The mixed model wants its fixed effects"),
        (["--method", "mmrm", "--fixed", "VISIT*THERAPY +"], "empty term"),
        (["--method", "mmrm", "--fixed", "VISIT*NOTHING + BASVAL"], "line 1: there is no column NOTHING."),
        (["--level", "95"], "--level lies between 0 and 1"),
        (["--threshold", "0"], "--threshold lies between 0 and 100"),
        (["--json", "/nonexistent/out.json"], "cannot be written"),
        (["--without-responders", "--visits", "4,4"], "named twice"),
    ],
)
def test_a_refusal_is_a_sentence_on_stderr_and_status_2(options, sentence):
    """--covariate too, since argparse takes the last of a repeated option."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command(
            "analyse",
            str(oracle("antidepressant_data.csv")),
            *PARTS,
            "--covariate",
            "BASVAL",
            *options,
            stdout=out,
            stderr=err,
        )
    assert stopped.value.code == 2
    assert sentence in err.getvalue()
    assert err.getvalue().count("\n") == 1
    assert out.getvalue() == ""


OWN = {
    "moderation": ["--moderator", "b", "--block", "blk"],
    "mmrm": ["--fixed", "v*arm + b + site"],
    "rerandomisation": ["--block", "blk", "--fixed", "v*arm + b"],
}
TINY = """s,v,arm,y,b,site,blk
1,W1,A,-3,20,x,1
1,W2,A,,20,x,1
2,W1,B,-1,25,y,1
2,W2,B,-2,25,y,1
3,W1,A,,30,x,2
"""


@pytest.mark.parametrize("factor", [[], ["--factor", "site"]])
@pytest.mark.parametrize(
    "method", ["ancova", "effects", "moderation", "repeated", "mmrm", "rerandomisation", "imputation"]
)
def test_three_subjects_are_too_few_for_any_model_and_that_is_said(tmp_path, method, factor):
    made = tmp_path / "tiny.csv"
    made.write_text(TINY)
    err = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command(
            "analyse",
            str(made),
            "--subject",
            "s",
            "--visit",
            "v",
            "--arm",
            "arm",
            "--reference",
            "B",
            "--response",
            "y",
            *(["--covariate", "b"] if method != "repeated" else []),
            "--method",
            method,
            *OWN.get(method, []),
            *(factor if method != "repeated" else []),
            stdout=StringIO(),
            stderr=err,
        )
    assert stopped.value.code == 2
    assert err.getvalue().strip().endswith(".")


def test_fixed_effects_without_the_arm_are_refused():
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "analyse",
            str(oracle("antidepressant_data.csv")),
            *PARTS,
            "--method",
            "mmrm",
            "--fixed",
            "VISIT*BASVAL",
            stdout=StringIO(),
            stderr=err,
        )
    assert "do not have the arm, THERAPY" in err.getvalue()


def test_responders_without_a_baseline_are_refused_with_the_way_out():
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("analyse", str(oracle("antidepressant_data.csv")), *PARTS, stdout=StringIO(), stderr=err)
    assert "--without-responders" in err.getvalue()
    assert "ANCOVA at visit 7" in analysed("--without-responders")


def test_the_process_ends_with_status_2_and_a_sentence(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("PATIENT,VISIT,THERAPY,CHANGE\n1,4,DRUG,x\n2,4,PLACEBO,1\n")
    done = in_a_process(str(bad), *PARTS)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr.strip() == "line 2, column CHANGE: 'x' is not a number. If it means missing, say --missing-codes=x."
    )


def test_a_subject_never_seen_after_baseline_is_left_out_of_locf_and_named(tmp_path):
    text = oracle("antidepressant_data.csv").read_text()
    extra = tmp_path / "extra.csv"
    extra.write_text(text + '"9999",,,7,"4","DRUG","F","006",30,,\n')
    out = StringIO()
    call_command("analyse", str(extra), *PARTS, "--covariate", "BASVAL", "--json", "-", stdout=out)
    found = json.loads(out.getvalue())
    assert found["ancova"]["locf"]["left_out"] == ["9999: no CHANGE"]
    assert found["ancova"]["locf"]["n"] == 172
    assert found["responders"]["non_response"]["active"]["n"] == 85
