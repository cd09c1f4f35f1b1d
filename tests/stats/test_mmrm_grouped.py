"""A covariance for each group of subjects, against SAS's GROUP= and mmrm (METHODS 6.4)."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from bench_mmrm import simulated
from oracles import fev

from analysis.stats.contrasts import contrasts
from analysis.stats.design_matrix import DesignError
from analysis.stats.lsmeans import difference_by_visit
from analysis.stats.mmrm import fit
from analysis.stats.residuals import residuals
from analysis.stats.sandwich import sandwich

COLUMNS = {"subject": "USUBJID", "visit": "AVISIT", "response": "FEV1"}


def fev_fit(fixed, covariance, method="reml", **changes):
    reference = {"ARMCD": "PBO"} if "ARMCD" in fixed else None
    how = COLUMNS | {"group": "ARMCD", "reference": reference} | changes
    return fit(fev(), fixed=fixed, covariance=covariance, method=method, **how)


@pytest.mark.parametrize(
    ("covariance", "method", "deviance", "estimate", "se", "df"),
    [  # mmrm ec290b2: design/SAS/sas_group_{adh,ar1,ar1h,cs,csh,toeph}_{ml,reml}.txt: the intercept alone
        ("ante1h", "ml", 3688.48731427, 42.5284, 0.3339, 174),
        ("ante1h", "reml", 3688.84024388, 42.5293, 0.3349, 174),
        ("ar1", "ml", 3873.08507919, 41.9560, 0.4947, 190),
        ("ar1", "reml", 3872.65212395, 41.9576, 0.4960, 189),
        ("ar1h", "ml", 3724.22021102, 41.7161, 0.3713, 178),
        ("ar1h", "reml", 3724.36099760, 41.7104, 0.3723, 177),
        ("cs", "ml", 3915.54243738, 41.9714, 0.4236, 184),
        ("cs", "reml", 3915.41985780, 41.9734, 0.4247, 183),
        ("csh", "ml", 3764.21336404, 41.8492, 0.3363, 192),
        ("csh", "reml", 3764.55218946, 41.8458, 0.3372, 191),
        ("toeph", "ml", 3704.27043196, 41.4792, 0.3553, 171),
        ("toeph", "reml", 3704.49921127, 41.4766, 0.3563, 170),
    ],
)
def test_every_structure_by_group_is_sas_s(covariance, method, deviance, estimate, se, df):
    found = fev_fit("1", covariance, method)
    row = contrasts(found, [1.0], df="satterthwaite", level=0.95).iloc[0]
    assert found.deviance == pytest.approx(deviance, abs=2e-5)
    assert found.deviance < deviance + 1e-8  # SAS stops early, so ours may only be lower
    assert row["estimate"] == pytest.approx(estimate, abs=2e-3 * se)  # its own stopping error
    assert row["se"] == pytest.approx(se, abs=6e-5)
    assert row["df"] == pytest.approx(df, abs=0.51)


@pytest.mark.parametrize(
    ("df", "se"),
    [
        ("satterthwaite", [1.0734233202, 0.8580985843, 0.6863788760, 1.6744736165]),
        ("kr_linear", [1.0887163852, 0.8668992409, 0.6983856877, 1.7002386777]),
        ("kr_mmrm", [1.079138362, 0.854754596, 0.678230070, 1.629446052]),
    ],
)
def test_an_unstructured_covariance_by_arm_is_mmrm_s(df, se):
    # mmrm 0.3.18: mmrm(FEV1 ~ ARMCD * AVISIT + RACE + SEX + us(AVISIT | ARMCD / USUBJID)), df_1d with each method and
    # vcov; its optimiser stops at about 1e-4 of a standard error
    found = fev_fit("ARMCD*AVISIT + RACE + SEX", "un")
    table = difference_by_visit(found, arm="ARMCD", reference="PBO", df=df, level=0.95)
    assert found.deviance == pytest.approx(3378.6883314224, abs=5e-6)
    wanted = [3.738431989, 3.712110201, 3.015078597, 4.503670772]
    assert table["estimate"].to_numpy() == pytest.approx(wanted, abs=1e-4)
    assert table["se"].to_numpy() == pytest.approx(se, rel=5e-5)
    assert table["df"].to_numpy() == pytest.approx([140.7142676, 143.8688896, 127.4690696, 132.9324042], rel=1e-4)


def test_where_no_effect_is_shared_it_is_one_fit_for_each_group():
    data = fev()
    both = fev_fit("ARMCD*AVISIT", "un")
    alone = {
        arm: fit(data[data["ARMCD"] == arm], fixed="AVISIT", covariance="un", method="reml", **COLUMNS)
        for arm in ("PBO", "TRT")
    }
    assert both.deviance == pytest.approx(sum(own.deviance for own in alone.values()), rel=1e-10)
    for arm, own in alone.items():
        assert both.sigma.loc[arm, arm].to_numpy() == pytest.approx(own.sigma.to_numpy(), rel=1e-6)


def test_residuals_and_sandwich_know_the_group():
    found = fev_fit("ARMCD*AVISIT", "un")
    scaled = residuals(found)
    arm = dict(zip(fev()["USUBJID"], fev()["ARMCD"], strict=True))
    row = scaled.iloc[0]
    own = found.sigma.loc[arm[row["subject"]], arm[row["subject"]]].loc[row["visit"], row["visit"]]
    assert row["pearson"] == pytest.approx(row["residual"] / np.sqrt(own))
    assert np.std(scaled["normalised"]) == pytest.approx(1.0, abs=0.03)
    assert np.linalg.eigvalsh(sandwich(found, "cr2"))[0] > 0


def test_it_refuses_a_subject_in_two_groups_and_a_visit_that_a_group_never_had():
    data = simulated(20, 4, seed=3, missing=0.0, drop_out=0.0)
    how = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG", "fixed": "VISIT", "method": "reml"}
    with pytest.raises(DesignError, match="A subject is in more than one group"):
        fit(data.assign(HALF=data["VISIT"].isin(["V00", "V01"])), covariance="cs", group="HALF", **how)
    apart = data[~((data["ARM"] == "DCS") & (data["VISIT"] == "V03"))]
    with pytest.raises(DesignError, match="Visit V03 in group DCS was never observed"):
        fit(apart, covariance="cs", group="ARM", **how)
    with pytest.raises(ValueError, match="SAS's path"):
        fit(data, covariance="un", group="ARM", algorithm="sas", **how)
    with pytest.raises(DesignError, match="no column SITE"):
        fit(data, covariance="un", group="SITE", **how)
