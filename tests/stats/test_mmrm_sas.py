"""The mixed model against SAS listings: fev_data and the antidepressant trial (METHODS 6).

Sources: openpharma/mmrm ec290b2, design/ (SAS PROC MIXED); insightsengineering/rbmi c872d4a, results_SAS.pdf.
Following SAS's path the numbers agree to 1e-12; at our tighter optimum they agree to SAS's own stopping error, which
its criterion of 1e-8 puts near 1e-4 of a standard error.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from oracles import antidepressant, expected, fev, oracle, table

from analysis.stats.contrasts import contrasts, covariance_of_effects, joint_test
from analysis.stats.lsmeans import difference_by_visit, lsmeans
from analysis.stats.mmrm import fit
from analysis.stats.terms import type_three, type_two

SAS_STRUCTURES = {"us": "un", "adh": "ante1h", "ar1": "ar1", "cs": "cs"}


def fev_fit(fixed, covariance="un", method="reml", algorithm="newton"):
    return fit(
        fev(),
        subject="USUBJID",
        visit="AVISIT",
        response="FEV1",
        fixed=fixed,
        covariance=covariance,
        method=method,
        reference={"ARMCD": "PBO"} if "ARMCD" in fixed else None,
        algorithm=algorithm,
    )


def antidepressant_fit(algorithm):
    return fit(
        antidepressant(),
        subject="PATIENT",
        visit="VISIT",
        response="CHANGE",
        covariance="un",
        method="reml",
        fixed="VISIT*THERAPY + BASVAL:VISIT",
        reference={"THERAPY": "PLACEBO"},
        algorithm=algorithm,
    )


@pytest.fixture(scope="module")
def full():
    return fev_fit("ARMCD*AVISIT + RACE + SEX")


# -- SAS's path, digit by digit


def test_kenward_roger_follows_sas_to_its_last_digits():
    want = expected()["fev_sas_kr_un_FEV1~ARMCD"]
    found = contrasts(fev_fit("ARMCD", algorithm="sas"), [0, 1], df="kr", level=0.95).iloc[0]
    for ours, sas in [("estimate", want["est"]), ("se", want["se"]), ("df", want["df"])]:
        assert found[ours] == pytest.approx(sas, rel=1e-12)
    assert found["p"] == pytest.approx(want["p"], rel=1e-11)
    assert [found["low"], found["high"]] == pytest.approx(want["ci"], rel=1e-12)


def test_the_linear_form_equals_sas_for_an_unstructured_covariance():
    want = table("sas/kr1_us.csv").iloc[0]
    found = contrasts(fev_fit("ARMCD", algorithm="sas"), [0, 1], df="kr_linear", level=0.95).iloc[0]
    assert found["se"] == pytest.approx(want["StdErr"], rel=1e-12)
    assert found["df"] == pytest.approx(want["DF"], rel=1e-12)


@pytest.mark.parametrize(
    ("fixed", "name"),
    [("ARMCD", "fev_sas_iterations_FEV1~ARMCD"), ("ARMCD*AVISIT + RACE + SEX", "fev_sas_iterations_full")],
)
def test_the_iteration_history_is_sas_s_digit_by_digit(fixed, name):
    want = expected()[name]
    history = fev_fit(fixed, algorithm="sas").history
    assert [round(value, 8) for value, _ in history] == want["m2rll"]
    for (_, ours), sas in zip(history[1:], want.get("crit", [])[1:], strict=False):
        assert round(ours, 8) == sas


def test_the_covariance_is_sas_s_printed_one():
    want = expected()["fev_sas_iterations_full"]["sigma_vech"]
    sigma = fev_fit("ARMCD*AVISIT + RACE + SEX", algorithm="sas").sigma.to_numpy()
    assert [round(value, 4) for value in sigma[np.tril_indices(4)]] == want


def test_the_antidepressant_history_and_covariance_are_sas_s_digit_by_digit():
    want = expected()["antidep_sas_mixed_kr"]
    found = antidepressant_fit("sas")
    assert [round(value, 8) for value, _ in found.history] == want["m2rll"]
    assert [round(value, 4) for value in found.sigma.to_numpy()[np.tril_indices(4)]] == want["sigma_vech"]


# -- the antidepressant trial, every printed digit, on either path


@pytest.mark.parametrize("algorithm", ["sas", "newton"])
def test_the_antidepressant_differences_have_every_printed_digit(algorithm):
    want = expected()["antidep_sas_mixed_kr"]["diff_DRUG_PLACEBO"]
    found = difference_by_visit(
        antidepressant_fit(algorithm), arm="THERAPY", reference="PLACEBO", df="kr", level=0.95
    ).set_index("visit")
    for visit, (estimate, se, df, p) in want.items():
        row = found.loc[visit]
        digits = 5 if visit == "4" else 4
        assert (round(row["estimate"], digits), round(row["se"], 4)) == (estimate, se)
        assert (round(row["df"]), round(row["p"], 4)) == (df, p)


LSMEANS = """DRUG 4 -1.6051 0.4865 169 -3.30
PLACEBO 4 -1.6969 0.4747 169 -3.57
DRUG 5 -4.2200 0.6579 165 -6.41
PLACEBO 5 -2.8168 0.6428 165 -4.38
DRUG 6 -6.3663 0.7101 161 -8.97
PLACEBO 6 -4.1416 0.6967 162 -5.94
DRUG 7 -7.6239 0.7914 149 -9.63
PLACEBO 7 -4.8221 0.7785 151 -6.19"""  # rbmi_antidepressant_results_SAS.txt, Least Squares Means


def test_the_antidepressant_means_have_every_printed_digit():
    found = lsmeans(antidepressant_fit("sas"), factor="THERAPY", by="VISIT", df="kr", level=0.95)
    found = found.set_index(["THERAPY", "VISIT"])
    for line in LSMEANS.splitlines():
        arm, visit, *numbers = line.split()
        row = found.loc[(arm, visit)]
        ours = [round(row["estimate"], 4), round(row["se"], 4), round(row["df"]), round(row["t"], 2)]
        assert ours == [float(number) for number in numbers]


@pytest.mark.parametrize("algorithm", ["sas", "newton"])
def test_the_antidepressant_type_three_tests_have_every_printed_digit(algorithm):
    want = expected()["antidep_sas_mixed_kr"]["type3"]
    found = antidepressant_fit(algorithm)
    slopes = joint_test(found, ["BASVAL:VISIT"], df="kr")
    means = joint_test(found, ["VISIT", "THERAPY", "VISIT:THERAPY"], df="kr")
    assert [slopes.numerator, round(slopes.denominator), round(slopes.statistic, 2)] == want["basval*VISIT"]
    ours = [means.numerator, round(means.denominator), round(means.statistic, 2), round(means.p, 4)]
    assert ours == want["VISIT*THERAPY"]


# -- other structures, to SAS's own stopping error


@pytest.mark.parametrize(("df", "file"), [("kr", "kr"), ("kr_linear", "kr1")])
@pytest.mark.parametrize("sas_name", ["us", "adh", "ar1", "cs"])
def test_kenward_roger_agrees_with_sas_for_other_structures(sas_name, df, file):
    want = table(f"sas/{file}_{sas_name}.csv").iloc[0]
    found = contrasts(fev_fit("ARMCD", SAS_STRUCTURES[sas_name]), [0, 1], df=df, level=0.95).iloc[0]
    assert found["estimate"] == pytest.approx(want["Estimate"], abs=5e-5 * want["StdErr"])
    assert found["se"] == pytest.approx(want["StdErr"], rel=2e-4)
    assert found["df"] == pytest.approx(want["DF"], rel=5e-4)


@pytest.mark.parametrize(
    ("covariance", "estimate", "kr", "kr_linear", "df"),
    [  # mmrm ec290b2: design/KR/kr_{toep,arh1,csh,toeph}.csv, kr1 in tests/testthat/test-kenwardroger.R
        ("toep", 4.47051860580552, 0.87839805519623, 0.87839805519623, 160.027408337368),
        ("ar1h", 3.72674356244499, 0.7590316099633, 0.75924807546934, 188.225339095373),
        ("csh", 3.77090812499029, 0.67414806011886, 0.67403858183242, 190.737701349941),
        ("toeph", 3.92287746213894, 0.72543828853831, 0.72537324518435, 180.062730071701),
    ],
)
def test_second_derivatives_enter_as_in_sas(covariance, estimate, kr, kr_linear, df):
    found = fev_fit("ARMCD", covariance)
    full = contrasts(found, [0, 1], df="kr", level=0.95).iloc[0]
    linear = contrasts(found, [0, 1], df="kr_linear", level=0.95).iloc[0]
    assert full["estimate"] == pytest.approx(estimate, abs=2e-4 * kr)
    assert (full["se"], linear["se"]) == pytest.approx((kr, kr_linear), rel=2e-4)
    assert full["se"] - linear["se"] == pytest.approx(kr - kr_linear, abs=2e-7)
    assert full["df"] == pytest.approx(df, rel=5e-4)


@pytest.mark.parametrize(
    ("covariance", "method", "deviance", "estimate", "se", "df"),
    [  # mmrm ec290b2: design/SAS/sas_{adh,ar1,ar1h,cs,csh,toeph}_{ml,reml}.txt: the intercept alone
        ("ante1h", "ml", 3713.24501787, 42.9019, 0.3519, 171),
        ("ante1h", "reml", 3713.49317786, 42.9009, 0.3529, 171),
        ("ar1", "ml", 3875.95352406, 42.3252, 0.5000, 189),
        ("ar1", "reml", 3875.49945459, 42.3255, 0.5013, 188),
        ("ar1h", "ml", 3739.94416707, 41.7017, 0.3936, 191),
        ("ar1h", "reml", 3739.96835012, 41.6955, 0.3947, 191),
        ("cs", "ml", 3918.12214544, 42.2897, 0.4273, 188),
        ("cs", "reml", 3917.98183508, 42.2896, 0.4285, 187),
        ("csh", "ml", 3784.63158043, 42.0018, 0.3566, 199),
        ("csh", "reml", 3784.85341599, 41.9964, 0.3575, 199),
        ("toeph", "ml", 3722.29178558, 41.6769, 0.3812, 186),
        ("toeph", "reml", 3722.38018329, 41.6726, 0.3822, 185),
        ("un", "reml", 3700.94648570, 42.8338, 0.3509, 171),
    ],
)
def test_every_structure_reaches_sas_s_deviance(covariance, method, deviance, estimate, se, df):
    found = fev_fit("1", covariance, method, "sas" if covariance == "un" else "newton")
    row = contrasts(found, [1.0], df="satterthwaite", level=0.95).iloc[0]
    assert found.deviance == pytest.approx(deviance, abs=3e-5)
    assert found.deviance < deviance + 1e-8  # SAS stops early, so ours may only be lower
    assert row["estimate"] == pytest.approx(estimate, abs=2e-3 * se)
    assert row["se"] == pytest.approx(se, abs=1e-4)
    assert row["df"] == pytest.approx(df, abs=0.55)


def test_maximum_likelihood_unstructured_agrees_with_sas():
    # mmrm ec290b2, design/SAS/sas_coef_ci_ml_un.txt: FEV1 ~ ARMCD + SEX
    found = fev_fit("ARMCD + SEX", method="ml", algorithm="sas")
    row = contrasts(found, [0, 1, 0], df="satterthwaite", level=0.95).iloc[0]
    assert [round(value, 8) for value, _ in found.history] == [
        3892.38691274,
        3669.10379348,
        3668.41686506,
        3668.40243767,
    ]
    assert [round(row[name], 4) for name in ("estimate", "se", "low", "high")] == [3.8276, 0.6362, 2.5714, 5.0838]
    assert round(row["df"]) == 163


def test_coefficients_and_their_intervals_are_sas_s():
    # sas/sas_coef_ci_reml_un.txt: FEV1 ~ ARMCD + SEX, DDFM=SATTERTHWAITE
    oracle("sas/sas_coef_ci_reml_un.txt")
    found = fev_fit("ARMCD + SEX", algorithm="sas")
    row = contrasts(found, [0, 1, 0], df="satterthwaite", level=0.95).iloc[0]
    assert [round(row[name], 4) for name in ("estimate", "se", "low", "high")] == [3.8265, 0.6421, 2.5584, 5.0945]
    history = [3889.71118866, 3667.65933397, 3666.98040811, 3666.96698281]
    assert [round(value, 8) for value, _ in found.history] == history


# -- sandwich


@pytest.mark.parametrize("sas_name", ["us", "adh"])
def test_the_cr0_sandwich_is_sas_empirical(sas_name):
    path = {"us": "sas", "adh": "newton"}[sas_name]
    found = fev_fit("ARMCD", SAS_STRUCTURES[sas_name], algorithm=path)
    covb = table(f"sas/empirical_{sas_name}_covb.csv")[["Col1", "Col2"]].to_numpy()[:2]
    mean = table(f"sas/empirical_{sas_name}_lsmean.csv").iloc[0]
    row = contrasts(found, [0, 1], df="cr0", level=0.95).iloc[0]
    tight = {"us": 1e-11, "adh": 5e-5}[sas_name]
    assert covariance_of_effects(found, "cr0") == pytest.approx(covb, rel=tight)
    assert row["se"] == pytest.approx(mean["StdErr"], rel=tight)
    assert row["df"] == mean["DF"]


@pytest.mark.parametrize(
    ("covariance", "intercept", "arm"),
    [  # mmrm ec290b2, tests/testthat/test-empirical.R (SAS EMPIRICAL), tolerance there 1e-4
        ("ar1", 0.27666930670945, 0.68196697308307),
        ("ar1h", 0.19106397930347, 0.46203608554929),
        ("cs", 0.26910953746582, 0.6297163326325),
        ("csh", 0.19635239056617, 0.46038132267959),
        ("toep", 0.30022945455349, 0.76371849328831),
        ("toeph", 0.18350201218893, 0.46360435395588),
    ],
)
def test_the_cr0_sandwich_agrees_with_sas_for_every_structure(covariance, intercept, arm):
    found = covariance_of_effects(fev_fit("ARMCD", covariance), "cr0")
    assert np.diag(found) == pytest.approx([intercept, arm], rel=1e-4)


# -- tests of terms


def test_type_three_tests_have_sas_s_printed_digits():
    want = expected()["fev_type3_satterthwaite"]
    found = type_three(fev_fit("ARMCD*AVISIT + RACE + SEX", algorithm="sas"), df="satterthwaite")
    for row in found.itertuples():
        name = row.term if row.term in want else ":".join(reversed(row.term.split(":"))).replace(":", "*")
        assert [round(row.f, 2), round(row.denominator)] == want[name]


@pytest.mark.parametrize(("fixed", "file"), [("ARMCD*FEV1_BL", "test3_1"), ("ARMCD*SEX + FEV1_BL:ARMCD", "test3_2")])
def test_type_three_tests_agree_with_sas_for_ar1(fixed, file):
    want = table(f"sas/{file}.csv")
    found = type_three(fev_fit(fixed, "ar1"), df="satterthwaite")
    assert list(found["numerator"]) == list(want["NumDF"])
    assert found["denominator"].to_numpy() == pytest.approx(want["DenDF"].to_numpy(), rel=1e-5)
    assert found["f"].to_numpy() == pytest.approx(want["FValue"].to_numpy(), rel=1e-5)
    assert found["p"].to_numpy() == pytest.approx(want["ProbF"].to_numpy(), rel=1e-4)


@pytest.mark.parametrize(
    ("fixed", "f", "df"),
    [  # mmrm ec290b2, design/anova/test2_{1,2}.csv (SAS, type 2)
        (
            "ARMCD*FEV1_BL",
            [0.03099660681111, 11.5301174147263, 0.7644368094469],
            [199.582314485653, 196.41571750149, 198.163532037944],
        ),
        (
            "ARMCD*SEX + FEV1_BL:ARMCD",
            [0.03093826913613, 0.10489707559679, 0.46643535342468, 6.11482167585228],
            [196.700026021882, 186.404412481085, 186.11901853766, 194.942672335072],
        ),
    ],
)
def test_type_two_tests_agree_with_sas_for_ar1(fixed, f, df):
    found = type_two(fev_fit(fixed, "ar1"), df="satterthwaite")
    assert found["f"].to_numpy() == pytest.approx(f, rel=1e-5)
    assert found["denominator"].to_numpy() == pytest.approx(df, rel=1e-5)
