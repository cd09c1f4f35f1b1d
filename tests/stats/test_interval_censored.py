"""Time to an event between two visits (METHODS 15.4, 15.5), and ties that rounding parts (15.1).

Expected numbers: the breast cosmesis data of Finkelstein and Wolfe 1985 as printed by Fay and Shaw 2010 (J Stat Softw
36(2), R's interval): the masses of both arms, Sun's scores, Z and p. Curves without a missed visit: R's survfit.
"""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.derive.derivations import first_response_interval
from analysis.stats.interval_censored import _scores, interval_log_rank, masses, turnbull
from analysis.stats.results import NotEstimable
from analysis.stats.survival import kaplan_meier, log_rank
from tests.stats.said_by_r import said_by_r

RADIATION = """
45- 6,10 0,7 46- 46- 7,16 17- 7,14 37,44 0,8 4,11 15- 11,15 22- 46- 46- 25,37 46- 26,40 46- 27,34
36,44 46- 36,48 37- 40- 17,25 46- 11,18 38- 5,12 37- 0,5 18- 24- 36- 5,11 19,35 17,25 24- 32- 33-
19,26 37- 34- 36-
"""
WITH_CHEMOTHERAPY = """
8,12 0,22 24,31 17,27 17,23 24,30 16,24 13- 11,13 16,20 18,25 17,26 32- 23- 44,48 14,17 0,5 5,8
12,20 11- 33,40 31- 13,39 19,32 34- 13- 16,24 35- 15,22 11,17 22,32 10,35 30,34 13- 10,17 8,21 4,9
11- 14,19 4,8 34- 30,36 18,24 16,60 35,39 21- 11,20 48-
"""
PRINTED = {
    RADIATION: {5: 0.0463, 7: 0.0334, 8: 0.0887, 12: 0.0708, 25: 0.0926, 34: 0.0818, 40: 0.1209, 48: 0.4656},
    WITH_CHEMOTHERAPY: {5: 0.0433, 8: 0.0433, 12: 0.0692, 17: 0.1454, 19: 0.1411, 20: 0.1157, 25: 0.0999, 31: 0.0709}
    | {36: 0.1608, 48: 0.0552, 60: 0.0552},
}
PARTS = {"subject": "who", "left": "left", "right": "right"}
ARMS = {"arm": "arm", "active": "DCS", "reference": "PLACEBO"}


def intervals(text):
    ends = [(one[:-1], "inf") if one.endswith("-") else one.split(",") for one in text.split()]
    return np.array(ends, dtype=float).T


def cosmesis():
    parts = [intervals(RADIATION), intervals(WITH_CHEMOTHERAPY)]
    left, right = np.concatenate(parts, axis=1)
    arm = ["DCS"] * parts[0].shape[1] + ["PLACEBO"] * parts[1].shape[1]
    return pd.DataFrame({"who": range(len(left)), "left": left, "right": right, "arm": arm, "site": "x"})


@pytest.mark.finding("F-709")
@pytest.mark.parametrize("text", [RADIATION, WITH_CHEMOTHERAPY])
def test_the_masses_of_each_arm_are_those_printed(text):
    _, ends, mass = masses(*intervals(text))
    found = {int(end): share for end, share in zip(ends, mass, strict=True) if share > 0}
    assert found == pytest.approx(PRINTED[text], abs=5e-5)


@pytest.mark.finding("F-709")
@pytest.mark.parametrize("strata", [None, "site"])
def test_sun_s_test_is_the_one_printed(strata):
    found = interval_log_rank(cosmesis(), strata=strata, **PARTS, **ARMS)
    assert math.sqrt(found.statistic) == pytest.approx(2.6684, abs=5e-5)
    assert found.p == pytest.approx(0.007622, abs=5e-7)
    data = cosmesis()
    scores = _scores(data["left"].to_numpy(), data["right"].to_numpy())
    assert scores[:46].sum() == pytest.approx(-9.141846, abs=5e-7)


@pytest.mark.finding("F-709")
@pytest.mark.parametrize("arm", ["DCS", "PLACEBO"])
def test_without_a_missed_visit_the_curve_is_kaplan_and_meier_s_at_the_visits(arm):
    """The data of reference/survival.R: its times are the days of visits."""
    from tests.stats.test_survival import times

    said, visits = said_by_r("survival"), [0, 8, 15, 22, 29, 36, 43]
    data = times()[lambda frame: frame["arm"] == arm]
    before = data["time"].map(lambda day: visits[visits.index(day) - 1])
    data = data.assign(
        left=before.where(data["event"], data["time"]), right=data["time"].where(data["event"], np.inf).astype(float)
    )
    found = turnbull(data, name=arm, level=0.95, **PARTS)
    for time, risk, _, _, survival, se, low, high in found.steps:
        assert risk == said[f"{arm}.{time:g}.risk"]
        for name, value in (("survival", survival), ("se", se), ("low", low), ("high", high)):
            expected = said[f"{arm}.{time:g}.{name}"]
            if survival < 1 and not math.isnan(expected):
                assert value == pytest.approx(expected, rel=1e-9), (time, name)
    assert found.events == int(data["event"].sum())


@pytest.mark.finding("F-709")
def test_two_of_thirteen_are_two_of_thirteen_however_the_days_of_the_visit_scatter():
    """By actual day 11 are censored the day before the others respond: 24 % where 2 of 13 responded."""
    rows = [
        {"who": f"S{i:02d}", "visit": 43.0, "responded": i < 2, "day": 44 if i < 2 else 41 + i % 2} for i in range(13)
    ]
    rows += [{"who": f"S{i:02d}", "visit": 36.0, "responded": False, "day": 36} for i in range(13)]
    seen = pd.DataFrame(rows)
    found = turnbull(
        first_response_interval(seen, subject="who", time="visit", responded="responded"),
        name="all",
        level=0.95,
        **PARTS,
    )
    assert (found.events, found.n) == (2, 13)
    assert 1 - found.steps[-1][4] == pytest.approx(2 / 13, rel=1e-12)


def test_a_missed_visit_leaves_open_when_it_happened():
    frame = pd.DataFrame(
        {
            "who": ["a", "a", "a", "b", "b", "c", "d"],
            "visit": [8.0, 15.0, 29.0, 8.0, 29.0, 8.0, 8.0],
            "responded": [False, True, False, False, True, False, True],
        }
    )
    found = first_response_interval(frame, subject="who", time="visit", responded="responded")
    assert found.set_index("who").T.to_dict("list") == {
        "a": [8.0, 15.0],
        "b": [8.0, 29.0],
        "c": [8.0, math.inf],
        "d": [0.0, 8.0],
    }


def test_nobody_with_the_event_gives_words_and_no_test():
    data = cosmesis().assign(left=5.0, right=math.inf)
    assert math.isnan(interval_log_rank(data, strata=None, **PARTS, **ARMS).p)
    assert turnbull(data, name="x", level=0.95, **PARTS).steps[-1][4] == 1.0
    with pytest.raises(NotEstimable, match="left is 0 or more and right is later"):
        turnbull(data.assign(right=4.0), name="x", level=0.95, **PARTS)


# -- ties (F-705) ----------------------------------------------------------------------------------------------------


@pytest.mark.finding("F-705")
def test_times_that_differ_by_rounding_are_ties_as_in_r():
    """All of one arm at 0.1 + 0.2, all of the other at 0.3: survdiff has p = 1, without ties it would be .0401."""
    data = pd.DataFrame(
        {"who": range(8), "time": [0.1 + 0.2] * 4 + [0.3] * 4, "event": True, "arm": ["DCS"] * 4 + ["PLACEBO"] * 4}
    )
    parts = {"subject": "who", "time": "time", "event": "event"}
    found = log_rank(data, strata=None, **parts, **ARMS)
    assert math.isnan(found.p) or found.p == 1.0
    assert len(kaplan_meier(data, name="all", level=0.95, **parts).steps) == 1
    more = pd.concat([data, data.assign(who=data["who"] + 8, time=0.7)], ignore_index=True)
    assert log_rank(more, strata=None, **parts, **ARMS).p == pytest.approx(1.0, abs=1e-12)
    assert log_rank(more.assign(time=more["time"].round(3)), strata=None, **parts, **ARMS).p == pytest.approx(1.0)
