"""The mixed model at its optimum against R: mmrm 0.3.18 at a tight tolerance, and mmrm's own snapshots (METHODS 6)."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from oracles import expected, fev

from analysis.stats.contrasts import contrasts, covariance_of_effects, f_test
from analysis.stats.lsmeans import difference_by_visit
from analysis.stats.mmrm import fit
from analysis.stats.sandwich import sandwich_df
from analysis.stats.terms import type_three, type_two


def fev_fit(fixed, covariance):
    return fit(
        fev(),
        subject="USUBJID",
        visit="AVISIT",
        response="FEV1",
        fixed=fixed,
        covariance=covariance,
        method="reml",
        reference={"ARMCD": "PBO"} if "ARMCD" in fixed else None,
    )


@pytest.fixture(scope="module")
def full():
    return fev_fit("ARMCD*AVISIT + RACE + SEX", "un")


@pytest.fixture(scope="module")
def ar1():
    return fev_fit("ARMCD", "ar1")


def test_the_tight_optimum_is_reached_to_one_part_in_a_thousand_million(full):
    want = expected()["fev_full_optimum"]
    found = difference_by_visit(full, arm="ARMCD", reference="PBO", df="satterthwaite", level=0.95).set_index("visit")
    assert full.deviance == pytest.approx(want["m2rll"], rel=1e-12)
    for visit, (estimate, se, df, p) in want["diff_TRT_PBO"].items():
        row = found.loc[visit]
        assert row["estimate"] == pytest.approx(estimate, rel=1e-9)
        assert row["se"] == pytest.approx(se, rel=1e-9)
        assert row["df"] == pytest.approx(df, rel=1e-9)
        assert row["p"] == pytest.approx(p, rel=1e-8)


def test_the_linear_kenward_roger_errors_agree_with_mmrm(full):
    want = expected()["fev_full_optimum"]["kr_linear_se"]
    found = difference_by_visit(full, arm="ARMCD", reference="PBO", df="kr_linear", level=0.95).set_index("visit")
    assert found["se"].to_dict() == pytest.approx(want, rel=1e-9)


def test_the_published_readme_is_within_its_optimiser_s_error(full):
    want = expected()["fev_readme_published"]
    beta = dict(zip(full.names, full.beta, strict=True))
    assert full.deviance == pytest.approx(want["deviance"], abs=0.005)
    assert beta["ARMCD[TRT]"] == pytest.approx(want["ARMCDTRT"], rel=1e-4)


def test_mmrm_s_kenward_roger_is_reproduced_for_ar1(ar1):
    # mmrm ec290b2, tests/testthat/_snaps/kenwardroger.md, h_df_1d_kr, h_var_adj, h_df_md_kr; its optimiser: 1e-6
    rows = contrasts(ar1, [[0, 1], [1, 1]], df="kr_mmrm", level=0.95)
    assert rows["estimate"].to_numpy() == pytest.approx([4.22574283798881, 44.5138538316888], rel=1e-6)
    assert rows["se"].to_numpy() == pytest.approx([0.958582835484051, 0.690340153834085], rel=1e-6)
    assert rows["df"].to_numpy() == pytest.approx([188.469542953831, 183.109526300275], rel=1e-6)
    adjusted = [[0.442311524488976, -0.442311524488976], [-0.442311524488976, 0.918881052484644]]
    assert covariance_of_effects(ar1, "kr_mmrm") == pytest.approx(np.array(adjusted), rel=1e-6)


def test_the_joint_kenward_roger_test_is_mmrm_s(ar1):
    found = f_test(ar1, np.eye(2), df="kr_mmrm")  # h_df_md_kr of the same snapshot
    assert found.denominator == pytest.approx(188.648444482487, rel=1e-6)
    assert found.statistic == pytest.approx(3913.7241325595, rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "want"),
    [  # mmrm ec290b2, tests/testthat/_snaps/empirical.md
        ("cr0", [[0.276669200825678, -0.276669200825678], [-0.276669200825678, 0.681966674143019]]),
        ("cr3", [[0.282126502688394, -0.282126502688394], [-0.282126502688394, 0.696645916580453]]),
        ("cr2", [[0.27938383855849, -0.27938383855849], [-0.27938383855849, 0.689265455017577]]),
    ],
)
def test_the_sandwiches_are_mmrm_s(ar1, kind, want):
    assert covariance_of_effects(ar1, kind) == pytest.approx(np.array(want), rel=1e-6)


def test_a_sandwich_s_satterthwaite_df_are_mmrm_s():
    # mmrm ec290b2, test-satterthwaite.R, h_df_1d_sat with Empirical: intercept of FEV1 ~ RACE + SEX, 58
    found = fit(
        fev(),
        subject="USUBJID",
        visit="AVISIT",
        response="FEV1",
        fixed="RACE + SEX",
        covariance="un",
        method="reml",
        reference={"RACE": "Asian", "SEX": "Male"},
    )
    row = contrasts(found, [1, 0, 0, 0], df="cr0", level=0.95).iloc[0]
    turned = np.linalg.solve(found.arrays.r.T, np.array([1.0, 0, 0, 0]))[None]
    assert row["estimate"] == pytest.approx(40.94273, rel=1e-4)
    assert row["se"] == pytest.approx(0.68615, rel=1e-4)
    assert round(float(sandwich_df(found, turned, "cr0")[0])) == 58


def test_terms_are_tested_as_by_mmrm(full):
    # mmrm ec290b2, tests/testthat/_snaps/mmrm-methods.md, "Anova works as expected"; its optimiser: 1e-4
    want3 = {
        "RACE": (165.555271036173, 36.9114313439307),
        "SEX": (166.132390274818, 0.375714493693334),
        "ARMCD": (168.517347862691, 31.6630556880233),
        "AVISIT": (148.115819022518, 142.112225163932),
        "ARMCD:AVISIT": (147.9145531646, 0.258059683823067),
    }
    want2 = want3 | {"ARMCD": (169.118081341068, 31.4209157299717), "AVISIT": (148.651576899468, 142.822149813405)}
    for found, want in [(type_three(full, df="satterthwaite"), want3), (type_two(full, df="satterthwaite"), want2)]:
        for row in found.itertuples():
            assert (row.denominator, row.f) == pytest.approx(want[row.term], rel=3e-4)
