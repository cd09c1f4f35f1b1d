"""The made-up outcomes of the demo trial give the published table, for any seed and any order of arms."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.ancova import ancova
from analysis.stats.moderation import arm_by_covariate
from analysis.stats.responders import responders
from crf.trials.dcs_trd.demo import outcomes as demo_outcomes
from crf.trials.dcs_trd.demo.items import BDI, HAMA, HAMD, bdi_items, hama_items, hamd_items

MODEL = {"subject": "subject", "arm": "arm", "active": "DCS", "reference": "PLACEBO", "factors": (), "level": 0.95}


def allocation(seed):
    order = np.random.Generator(np.random.Philox(seed)).permutation(26)
    arms = np.array(["DCS"] * 13 + ["PLACEBO"] * 13)[order]
    return [(f"S{place:02d}", str(arm)) for place, arm in enumerate(arms)]


@pytest.fixture(scope="module", params=[1, 2, 3, 4])
def made(request):
    return demo_outcomes.outcomes(allocation(request.param), seed=request.param)


@pytest.fixture(scope="module")
def frame(made):
    rows = [
        {
            "subject": key,
            "arm": one.arm,
            "age": one.age,
            "sex": one.sex,
            "glycine": one.glycine,
            "base": one.hamd["BL"],
            "change": list(one.hamd.values())[-1] - one.hamd["BL"],
            "bdi_base": one.bdi["BL"],
            "bdi_change": list(one.bdi.values())[-1] - one.bdi["BL"],
            "responded": 2 * one.hamd["W6"] <= one.hamd["BL"] if "W6" in one.hamd else None,
        }
        for key, one in made.items()
    ]
    return pd.DataFrame(rows)


def test_it_gives_the_published_baseline(frame):
    described = frame.groupby("arm")["base"].agg(["mean", "std", "min"])
    assert f"{described.loc['DCS', 'mean']:.1f} ({described.loc['DCS', 'std']:.1f})" == "25.1 (5.6)"
    assert f"{described.loc['PLACEBO', 'mean']:.1f} ({described.loc['PLACEBO', 'std']:.1f})" == "27.2 (4.9)"
    assert described["min"].min() >= 20
    assert f"{frame['age'].mean():.1f} ({frame['age'].std():.1f})" == "53.0 (10.2)"
    assert (frame["sex"] == "F").sum() == 16


def test_it_gives_the_published_p_values(frame):
    hamd = ancova(frame, response="change", covariates=("base",), **MODEL)
    bdi = ancova(frame, response="bdi_change", covariates=("bdi_base",), **MODEL)
    glycine = arm_by_covariate(frame, response="change", covariates=("base",), moderator="glycine", **MODEL)
    assert [f"{p:.4f}" for p in (hamd.contrast.p, bdi.contrast.p, glycine.interaction.p)] == [
        "0.0050",
        "0.0460",
        "0.0430",
    ]
    assert hamd.contrast.estimate < 0 and bdi.contrast.estimate < 0


def test_it_gives_the_published_responders(frame):
    found = responders(
        frame,
        subject="subject",
        arm="arm",
        active="DCS",
        reference="PLACEBO",
        responded="responded",
        missing="non-response",
        rule="",
        level=0.95,
    )
    assert (found.active.events, found.active.n, found.reference.events, found.reference.n) == (7, 13, 2, 13)
    assert f"{found.test('Pearson').p:.4f}" == "0.0393"


def test_one_leaves_at_week_two_one_pauses_and_one_misses_a_visit(made):
    left = [one for one in made.values() if one.leaves_at]
    assert [one.leaves_at for one in left] == ["W2"] and list(left[0].hamd) == ["BL", "W1", "W2"]
    assert sum(one.is_interrupted for one in made.values()) == 1
    assert [one.missed for one in made.values() if one.missed] == ["W3"]


@pytest.mark.parametrize("seed", [5, 6])
def test_with_more_events_on_both_arms_the_published_numbers_come_as_well(seed):
    made = demo_outcomes.outcomes(allocation(seed), seed=seed, is_eventful=True).values()
    befell = {kind: {one.arm for one in made if getattr(one, kind)} for kind in ("leaves_at", "stops_at", "changes_at")}
    assert befell == {key: {"DCS", "PLACEBO"} for key in befell}
    responded = [one.arm for one in made if "W6" in one.hamd and 2 * one.hamd["W6"] <= one.hamd["BL"]]
    assert (responded.count("DCS"), responded.count("PLACEBO")) == (7, 2)


def test_the_same_seed_gives_the_same_outcomes():
    assert demo_outcomes.outcomes(allocation(9), seed=9) == demo_outcomes.outcomes(allocation(9), seed=9)


def test_unequal_arms_are_refused():
    with pytest.raises(ValueError, match="13 subjects in each arm"):
        demo_outcomes.outcomes([(str(place), "DCS") for place in range(26)], seed=1)


def test_the_items_sum_to_the_total_and_raise_no_query(made):
    for place, one in enumerate(made.values()):
        for visit, total in one.hamd.items():
            answers = hamd_items(total, visit=visit, suicide=min(1, total), profile=place, beyond=total // 6)
            assert HAMD.scores["total_21"].compute(answers) == total
            assert HAMD.failed(dict.fromkeys(HAMD.items) | answers, visit) == []
        for total in one.bdi.values():
            assert BDI.scores["total"].compute(bdi_items(total, item_9=0, profile=place)) == total


def test_an_anxiety_score_is_spread_over_items_that_no_check_wonders_at():
    for total in range(39):
        answers = hama_items(total, profile=total)
        assert HAMA.scores["total"].compute(answers) == total
        assert HAMA.failed(dict.fromkeys(HAMA.items) | answers, "W6") == []
