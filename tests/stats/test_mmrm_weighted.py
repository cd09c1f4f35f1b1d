"""Records that weigh differently, against nlme (METHODS 6.4)."""

import numpy as np
import pytest

from analysis.stats.contrasts import contrasts
from analysis.stats.design_matrix import DesignError
from analysis.stats.lsmeans import difference_by_visit
from analysis.stats.mmrm import fit
from analysis.stats.residuals import residuals
from tests.stats.analysed import document, refused
from tests.stats.oracles import fev
from tests.stats.own_file import PARTS, people
from tests.stats.said_by_r import said_by_r

MODEL = {"subject": "USUBJID", "visit": "AVISIT", "response": "FEV1", "fixed": "ARMCD*AVISIT + RACE"}


def weighted(data, method="reml", weights="WEIGHT"):
    return fit(data, **MODEL, covariance="un", method=method, reference={"ARMCD": "PBO"}, weights=weights)


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_a_weighted_model_is_nlme_s(method):
    found, said = weighted(fev(), method), said_by_r("weighted")
    name = found.names.index("ARMCD[TRT]")
    row = np.eye(len(found.beta))[name]
    last = difference_by_visit(found, arm="ARMCD", active="TRT", reference="PBO", df="satterthwaite", level=0.95)
    naive = float(np.sqrt(row @ found.vcov @ row))
    assert found.deviance == pytest.approx(-2 * said[f"{method}.loglik"], abs=2e-6)
    assert found.beta[name] == pytest.approx(said[f"{method}.arm"], abs=2e-5)
    # gls divides by N - p for ML too, as lm does.
    factor = 1.0 if method == "reml" else np.sqrt(found.n_observations / (found.n_observations - len(found.beta)))
    assert naive * factor == pytest.approx(said[f"{method}.arm_se"], rel=2e-5)
    assert last["estimate"].iloc[-1] == pytest.approx(said[f"{method}.last"], abs=2e-5)
    if method == "reml":
        assert last["se"].iloc[-1] == pytest.approx(said["reml.last_se"], rel=2e-5)
        assert found.sigma.iloc[0, 0] == pytest.approx(said["reml.variance_VIS1"], rel=5e-5)


def test_equal_weights_change_the_covariance_and_nothing_else():
    data = fev().assign(two=2.0)
    plain, twice = fit(data, **MODEL, covariance="un", method="reml"), weighted(data, weights="two")
    for df in ("kr", "satterthwaite", "cr3"):
        one, two = (contrasts(each, np.eye(len(each.beta)), df=df, level=0.95) for each in (plain, twice))
        assert np.sort(two["se"]) == pytest.approx(np.sort(one["se"]), rel=1e-8)
    assert twice.deviance == pytest.approx(plain.deviance, abs=1e-8)
    assert twice.sigma.to_numpy() == pytest.approx(2 * plain.sigma.to_numpy(), rel=1e-7)
    kept = ["fitted", "residual", "normalised"]
    assert residuals(twice)[kept].to_numpy() == pytest.approx(residuals(plain)[kept].to_numpy(), abs=1e-6)


def test_a_weight_that_is_not_above_0_is_refused(tmp_path):
    data = fev()
    data.loc[data["FEV1"].notna().idxmax(), "WEIGHT"] = 0
    with pytest.raises(DesignError, match="weights are above 0"):
        weighted(data)
    file = tmp_path / "own.csv"
    people().to_csv(file, index=False)
    asked = [*PARTS, "--method", "mmrm", "--fixed", "VISIT*ARM"]
    assert "weighted by AGE" in document(file, *asked, "--weights", "AGE")["mmrm"]["method"]
    assert "above 0" in refused(file, *asked, "--weights", "CHG")
