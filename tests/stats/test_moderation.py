"""arm x baseline against R (METHODS 9)."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.moderation import arm_by_covariate, johnson_neyman, permutation
from analysis.stats.results import NotEstimable
from tests.stats.oracles import antidepressant
from tests.stats.said_by_r import said_by_r

PARTS = {
    "subject": "PATIENT",
    "response": "CHANGE",
    "arm": "THERAPY",
    "active": "DRUG",
    "reference": "PLACEBO",
    "moderator": "BASVAL",
    "covariates": (),
    "factors": (),
}
SMALL = pd.DataFrame(  # the same as in reference/moderation.R
    {
        "who": range(8),
        "block": [1, 1, 1, 1, 2, 2, 2, 2],
        "arm": list("ABABBAAB"),
        "m": [3, 5, 9, 4, 7, 2, 8, 6],
        "y": [-4.0, -2, -15, -3, -1, -6, -13, -5],
    }
)
SMALL_PARTS = {
    "subject": "who",
    "response": "y",
    "arm": "arm",
    "active": "A",
    "reference": "B",
    "moderator": "m",
    "covariates": (),
    "factors": (),
    "block": "block",
}


def fitted():
    data = antidepressant()
    return arm_by_covariate(data[data["VISIT"] == "7"], level=0.95, **PARTS)


def test_the_interaction_agrees_with_r():
    """moderation.txt: lm and vcovHC(HC3)."""
    found, said = fitted(), said_by_r("moderation")
    assert found.interaction.estimate == pytest.approx(said["interaction.estimate"], rel=1e-11)
    assert found.interaction.se == pytest.approx(said["interaction.se"], rel=1e-11)
    assert found.interaction.p == pytest.approx(said["interaction.p"], rel=1e-9)
    assert found.robust.se == pytest.approx(said["interaction.hc3_se"], rel=1e-11)
    assert found.effect_at_mean.estimate == pytest.approx(said["effect.estimate"], rel=1e-11)
    assert found.effect_at_mean.se == pytest.approx(said["effect.se"], rel=1e-11)
    assert found.label == "exploratory"


def test_johnson_neyman_agrees_with_models_centred_at_each_value_in_r():
    found, said = johnson_neyman(fitted(), level=0.95, simultaneous="none", grid=101), said_by_r("moderation")
    assert found.bounds == pytest.approx((said["pointwise.lower"], said["pointwise.upper"]), abs=1e-8)
    assert found.significant == "outside -8.676 and 17.13"
    inside = [point for point in found.points if point[4]]
    assert inside[0][0] >= 5 and inside[-1][0] <= 32
    assert not found.points[0][4] and not found.points[-1][4]


def test_the_false_discovery_rate_agrees_with_p_adjust_in_r():
    found, said = johnson_neyman(fitted(), level=0.95, simultaneous="fdr", grid=11), said_by_r("moderation")
    assert found.critical == pytest.approx(said["fdr.critical"], rel=1e-11)
    assert found.bounds[1] == pytest.approx(said["fdr.upper"], abs=1e-8)


def test_scheffes_critical_value_is_r_s():
    found = johnson_neyman(fitted(), level=0.95, simultaneous="scheffe", grid=11)
    assert found.critical == pytest.approx(said_by_r("moderation")["scheffe.critical"], rel=1e-12)


def test_a_boundary_is_where_the_interval_touches_0():
    found = johnson_neyman(fitted(), level=0.95, simultaneous="none", grid=4001)
    high = np.array([point[3] for point in found.points])
    values = np.array([point[0] for point in found.points])
    crossing = values[np.flatnonzero(np.diff(np.sign(high)))]
    assert np.abs(crossing - found.bounds[1]).min() < 0.02


def test_no_region_is_said_in_a_word():
    # The same response in both arms at each moderator value: effect and interaction are nil, the noise is not.
    noise = [3.0, -2, 4, -5, 1, 2, -3, 0]
    data = pd.DataFrame(
        {"who": range(16), "arm": ["A"] * 8 + ["B"] * 8, "m": list(range(8)) * 2, "y": noise + noise[::-1]}
    )
    parts = {key: value for key, value in SMALL_PARTS.items() if key != "block"}
    fit = arm_by_covariate(data, level=0.95, **parts)
    assert johnson_neyman(fit, level=0.95, simultaneous="none", grid=5).significant == "nowhere"
    assert johnson_neyman(fit, level=0.95, simultaneous="fdr", grid=5).warnings


def test_the_permutation_p_comes_to_the_exact_one_of_r():
    """moderation.txt enumerates all 576; 40,000 draws have a Monte Carlo error of .0013."""
    said = said_by_r("moderation")
    found = permutation(SMALL, draws=40_000, seed=3, **SMALL_PARTS)
    assert abs(found.statistic) == pytest.approx(said["freedman_lane.t"], rel=1e-10)
    assert found.p == pytest.approx(said["freedman_lane.exact_p"], abs=0.005)


def test_the_same_seed_gives_the_same_number():
    one, again, *others = (permutation(SMALL, draws=999, seed=seed, **SMALL_PARTS).p for seed in (1, 1, 2, 3, 4))
    assert one == again
    assert len({one, *others}) > 1


def test_a_block_of_one_is_said():
    found = permutation(SMALL.assign(block=[1, 1, 1, 1, 2, 2, 2, 3]), draws=99, seed=1, **SMALL_PARTS)
    assert "1 block(s) hold one subject" in found.warnings[0]


def test_a_moderator_is_not_a_covariate_as_well():
    with pytest.raises(NotEstimable, match="named as moderator and as covariate"):
        arm_by_covariate(antidepressant(), level=0.95, **{**PARTS, "covariates": ("BASVAL",)})
