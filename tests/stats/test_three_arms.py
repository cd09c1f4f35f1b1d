"""More than two arms: each active one with the reference, in the order declared, in one model (METHODS 4.1, 6).

Expected numbers: statsmodels. With every visit seen and nothing but arm by visit in it, the unstructured mixed model
with
Kenward and Roger's correction is the analysis of variance of each visit.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.stats.responders import responders
from analysis.stats.results import NotEstimable
from tests.stats.analysed import document, refused, run
from tests.stats.own_file import PARTS

ARMS = ("PLACEBO", "LOW", "HIGH")


def trial(n=45):
    random = np.random.default_rng(3)
    rows = []
    for i in range(n):
        arm, base = ARMS[i % 3], int(random.integers(20, 34))
        own = random.normal(0, 3)
        for k, visit in enumerate(("W1", "W2")):
            change = round(-(3 + 4 * k) * (1 + 0.5 * (i % 3)) - 0.3 * (base - 26) + own + random.normal(0, 2))
            rows.append({"SUBJ": f"S{i:02d}", "ARM": arm, "SITE": "AB"[i // 3 % 2], "BASE": base, "VISIT": visit})
            rows[-1]["CHG"] = change
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = tmp_path_factory.mktemp("arms") / "three.csv"
    trial().to_csv(made, index=False)
    return made


def last():
    return trial()[lambda frame: frame["VISIT"] == "W2"]


@pytest.mark.parametrize("arm", ["LOW", "HIGH"])
def test_ancova_is_that_of_all_arms_in_one_model(path, arm):
    found = document(path, *PARTS, "--method", "ancova", "--covariate", "BASE", "--factor", "SITE")["ancova"]["arms"]
    fit = smf.ols("CHG ~ C(ARM, Treatment('PLACEBO')) + BASE + SITE", last()).fit()
    name = f"C(ARM, Treatment('PLACEBO'))[T.{arm}]"
    contrast = found[arm]["observed_case"]["contrast"]
    expected = (fit.params[name], fit.bse[name], fit.df_resid, fit.pvalues[name])
    assert (contrast["estimate"], contrast["se"], contrast["df"], contrast["p"]) == pytest.approx(expected, rel=1e-9)
    assert (contrast["name"], found[arm]["observed_case"]["n"]) == (f"{arm} - PLACEBO", 45)


@pytest.mark.parametrize("arm", ["LOW", "HIGH"])
def test_the_mixed_model_of_complete_data_is_the_analysis_of_variance_of_each_visit(path, arm):
    found = document(path, *PARTS, "--method", "mmrm", "--fixed", "VISIT*ARM")["mmrm"]["arms"][arm]["differences"][1]
    fit = smf.ols("CHG ~ C(ARM, Treatment('PLACEBO'))", last()).fit()
    name = f"C(ARM, Treatment('PLACEBO'))[T.{arm}]"
    expected = (fit.params[name], fit.bse[name], fit.df_resid, fit.pvalues[name])
    assert (found["estimate"], found["se"], found["df"], found["p"]) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("arm", ["LOW", "HIGH"])
def test_response_is_counted_in_the_pair_and_adjusted_in_the_model_of_all(path, arm):
    options = ["--method", "responders", "--covariate", "BASE", "--threshold", "45", "--factor", "SITE"]
    found = document(path, *PARTS, *options)["responders"]["arms"][arm]
    frame = last().assign(yes=lambda f: (100 * (f["BASE"] + f["CHG"]) <= 55 * f["BASE"]).astype(int))
    counts = frame.groupby("ARM")["yes"].sum()
    assert (found["non_response"]["active"]["events"], found["non_response"]["active"]["n"]) == (counts[arm], 15)
    assert found["non_response"]["reference"]["events"] == counts["PLACEBO"]
    fit = smf.logit("yes ~ C(ARM, Treatment('PLACEBO')) + BASE + SITE", frame).fit(disp=0)
    risks = [fit.predict(frame.assign(ARM=name)).mean() for name in (arm, "PLACEBO")]
    assert found["adjusted"]["estimate"] == pytest.approx(risks[0] - risks[1], abs=1e-6)


def test_the_order_is_the_one_declared_and_what_was_compared_is_said(path):
    options = [*PARTS, "--method", "ancova", "--covariate", "BASE"]
    assert list(document(path, *options)["ancova"]["arms"]) == ["HIGH", "LOW"]
    assert list(document(path, *options, "--active", "LOW,HIGH")["ancova"]["arms"]) == ["LOW", "HIGH"]
    text = run(path, *options, "--active", "LOW,HIGH").replace("\n", " ")
    assert "Each of LOW, HIGH is compared with PLACEBO, in this order, all in one model." in text
    assert "not adjusted for 2 comparisons" in text
    assert text.index("== LOW ==") < text.index("== HIGH ==")
    one = document(path, *options, "--active", "LOW")
    assert one["ancova"]["observed_case"]["n"] == 30
    assert "Arm HIGH is left out: LOW is compared with PLACEBO." in one["data"]["notes"]


@pytest.mark.parametrize(
    "options",
    [
        ["--method", "effects", "--covariate", "BASE"],
        ["--method", "repeated"],
        ["--method", "imputation"],
        ["--method", "tipping", "--deltas", "0,1"],
        ["--method", "rerandomisation", "--block", "SITE"],
        ["--method", "moderation", "--moderator", "BASE"],
        ["--method", "survival", "--visit-days", "W1=8,W2=15", "--covariate", "BASE"],
    ],
)
def test_a_method_of_two_arms_says_so(path, options):
    assert "more than two. Say which is compared with PLACEBO by --active" in refused(path, *PARTS, *options)
    said = refused(path, *PARTS, *options, "--active", "LOW,HIGH")
    assert said == "One arm is compared with PLACEBO by this method: name one of LOW, HIGH."
    assert document(path, *PARTS, *options, "--active", "HIGH")


@pytest.mark.parametrize(
    ("active", "sentence"),
    [("LOW,NONE", "there is no NONE"), ("LOW,LOW", "named twice"), ("LOW,PLACEBO", "as active and as reference")],
)
def test_arms_that_cannot_be_are_refused(path, active, sentence):
    assert sentence in refused(path, *PARTS, "--method", "ancova", "--active", active)


def test_a_third_arm_that_nobody_named_is_refused_by_the_statistics():
    data = last().assign(yes=True)
    with pytest.raises(NotEstimable, match="Besides LOW and PLACEBO there is HIGH"):
        responders(
            data,
            subject="SUBJ",
            arm="ARM",
            active="LOW",
            reference="PLACEBO",
            responded="yes",
            missing="left out",
            rule="r",
            level=0.95,
        )
