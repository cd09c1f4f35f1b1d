"""The mixed model against nlme, lmerTest with pbkrtest, clubSandwich; permutation against coin (METHODS 6, 7.3).

crosscheck.R printed crosscheck.txt.

Where Rscript and its packages are installed the script is run again, and must print what was recorded.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from oracles import FOLDER, fev, oracle, table

from analysis.stats.allocations import reference_set
from analysis.stats.contrasts import contrasts, f_test
from analysis.stats.lsmeans import difference_by_visit, lsmeans_rows
from analysis.stats.mmrm import fit
from analysis.stats.rerandomisation import rerandomise_shift
from analysis.stats.sandwich import sandwich_df
from analysis.stats.terms import type_three

HERE = Path(__file__).resolve().parent
PACKAGES = ("nlme", "lmerTest", "pbkrtest", "clubSandwich", "coin")


def numbers(text: str) -> dict[str, float]:
    """The lines "name value" of an R script."""
    pairs = (line.split() for line in text.splitlines() if len(line.split()) == 2)
    return {name: float(value) for name, value in pairs}


RECORDED = numbers((HERE / "crosscheck.txt").read_text())


def fev_fit(covariance, method="reml", fixed="ARMCD*AVISIT + RACE + SEX"):
    return fit(
        fev(),
        subject="USUBJID",
        visit="AVISIT",
        response="FEV1",
        fixed=fixed,
        covariance=covariance,
        method=method,
        reference={"ARMCD": "PBO"},
    )


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("covariance", ["un", "ar1", "ar1h", "cs", "csh"])
def test_structures_agree_with_gls_of_nlme(covariance, method):
    # tolerance: nlme's optimiser stops at about 1e-4 of a standard error, and its deviance at 1e-6
    found = fev_fit(covariance, method)
    table = difference_by_visit(found, arm="ARMCD", reference="PBO", df="normal", level=0.95)
    key = f"{covariance}.{method}"
    assert found.deviance == pytest.approx(RECORDED[f"{key}.deviance"], abs=5e-6)
    estimates = [RECORDED[f"{key}.estimate.{i}"] for i in range(1, 5)]
    assert table["estimate"].to_numpy() == pytest.approx(estimates, abs=2e-4)
    if method == "reml":
        errors = [RECORDED[f"{key}.se.{i}"] for i in range(1, 5)]
        assert table["se"].to_numpy() == pytest.approx(errors, rel=1e-4)


@pytest.mark.parametrize("kind", ["cr0", "cr2", "cr3"])
def test_sandwiches_and_their_df_agree_with_clubsandwich(kind):
    found = fev_fit("ar1")
    row = np.zeros(len(found.beta))
    row[found.names.index("ARMCD[TRT]")] = 1.0
    table = contrasts(found, row, df=kind, level=0.95).iloc[0]
    turned = np.linalg.solve(found.arrays.r.T, row)[None]
    # CR2: mmrm and we take the square root of I - H of whitened records, clubSandwich another: 3e-5 here
    tolerance = 1e-4 if kind == "cr2" else 2e-5
    assert table["se"] == pytest.approx(RECORDED[f"sandwich.{kind}.se"], rel=tolerance)
    assert sandwich_df(found, turned, kind)[0] == pytest.approx(RECORDED[f"sandwich.{kind}.df"], rel=tolerance)


def test_compound_symmetry_agrees_with_a_random_intercept_of_lmertest():
    found = fev_fit("cs", fixed="ARMCD + AVISIT + RACE + SEX")
    row = np.zeros(len(found.beta))
    row[found.names.index("ARMCD[TRT]")] = 1.0
    table = contrasts(found, row, df="satterthwaite", level=0.95).iloc[0]
    for name in ("estimate", "se", "df"):
        assert table[name] == pytest.approx(RECORDED[f"lmer.satterthwaite.{name}"], rel=2e-5)
    joint = type_three(found, df="satterthwaite").set_index("term").loc["AVISIT"]
    assert joint["f"] == pytest.approx(RECORDED["lmer.satterthwaite.visit.f"], rel=2e-5)
    assert joint["denominator"] == pytest.approx(RECORDED["lmer.satterthwaite.visit.df"], rel=2e-4)


def test_kenward_roger_is_near_pbkrtest_s_with_expected_information():
    # pbkrtest weighs by the expected information, SAS and we by the observed: near, not equal
    found = fev_fit("cs", fixed="ARMCD + AVISIT + RACE + SEX")
    row = np.zeros(len(found.beta))
    row[found.names.index("ARMCD[TRT]")] = 1.0
    table = contrasts(found, row, df="kr", level=0.95).iloc[0]
    assert table["se"] == pytest.approx(RECORDED["lmer.kr.se"], rel=2e-4)
    assert table["df"] == pytest.approx(RECORDED["lmer.kr.df"], rel=0.03)


def test_its_joint_kenward_roger_test_is_near_too():
    joint = type_three(fev_fit("cs", fixed="ARMCD + AVISIT + RACE + SEX"), df="kr").set_index("term").loc["AVISIT"]
    assert joint["f"] == pytest.approx(RECORDED["lmer.kr.visit.f"], rel=2e-4)
    assert joint["denominator"] == pytest.approx(RECORDED["lmer.kr.visit.df"], rel=0.01)


@pytest.fixture(scope="module")
def balanced():
    """Subjects seen at every visit: there the expected and the observed information are the same."""
    data = fev().dropna(subset=["FEV1"])
    data = data[data.groupby("USUBJID")["FEV1"].transform("size") == 4]
    return fit(
        data,
        subject="USUBJID",
        visit="AVISIT",
        response="FEV1",
        fixed="ARMCD*AVISIT",
        covariance="cs",
        method="reml",
        reference={"ARMCD": "PBO"},
    )


def test_on_complete_records_kenward_roger_is_pbkrtest_s(balanced):
    # tolerance: lme4's optimiser, which stops at about 1e-6 of the ratio of variances
    table = difference_by_visit(balanced, arm="ARMCD", reference="PBO", df="kr", level=0.95)
    for name in ("estimate", "se", "df"):
        wanted = [RECORDED[f"balanced.kr.{name}.{i}"] for i in range(1, 5)]
        assert table[name].to_numpy() == pytest.approx(wanted, rel=1e-6)


def test_on_complete_records_the_joint_kenward_roger_test_is_pbkrtest_s(balanced):
    levels = balanced.visits
    cells = [{"ARMCD": arm, "AVISIT": visit} for arm in ("TRT", "PBO") for visit in levels]
    rows = lsmeans_rows(balanced, cells)
    joint = f_test(balanced, rows[:4] - rows[4:], df="kr")
    assert joint.statistic == pytest.approx(RECORDED["balanced.kr.joint.f"], rel=1e-6)
    assert joint.denominator == pytest.approx(RECORDED["balanced.kr.joint.df"], rel=1e-6)


def test_the_exact_permutation_test_is_coin_s():
    # every allocation is counted, so only rounding may differ
    block = table("block26.csv").rename(columns={"PATIENT": "subject", "blk": "block"}).assign(stratum="one")
    allocations = reference_set(
        block, active="A", reference="B", scheme="conditional", limit=5_000_000, draws=4999, seed=20
    )
    found = rerandomise_shift(block, allocations, subject="subject", response="y", level=None)
    assert found.p == pytest.approx(RECORDED["coin.shift.p"], abs=1e-13)


def test_r_still_prints_what_was_recorded():
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not installed")
    oracle("fev_data.csv")
    needed = " && ".join(f"requireNamespace('{name}', quietly=TRUE)" for name in PACKAGES)
    if subprocess.run([rscript, "-e", f"q(status = !({needed}))"], capture_output=True, check=False).returncode:
        pytest.skip(f"R lacks one of {', '.join(PACKAGES)}")
    run = subprocess.run([rscript, HERE / "crosscheck.R", FOLDER], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert numbers(run.stdout) == pytest.approx(RECORDED, rel=1e-4)
