"""Time to response against R's survival (METHODS 15)."""

import math

import pandas as pd
import pytest

from analysis.stats.results import NotEstimable
from analysis.stats.survival import kaplan_meier, log_rank
from tests.stats.said_by_r import said_by_r

PARTS = {"subject": "who", "time": "time", "event": "event"}


def times():
    """The same as in reference/survival.R."""
    return pd.DataFrame(
        {
            "who": range(18),
            "arm": ["DCS"] * 9 + ["PLACEBO"] * 9,
            "site": ["AFU", "JER", "JER"] * 6,
            "time": [8, 15, 15, 22, 29, 29, 36, 43, 43, 15, 22, 43, 43, 43, 29, 43, 36, 43],
            "event": [bool(x) for x in [1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0]],
        }
    )


def same(one, other):
    return (math.isnan(one) and math.isnan(other)) or one == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize("arm", ["DCS", "PLACEBO"])
def test_the_curve_agrees_with_r(arm):
    data = times()
    said = said_by_r("survival")
    found = kaplan_meier(data[data["arm"] == arm], name=arm, level=0.95, **PARTS)
    for time, risk, _, _, survival, se, low, high in found.steps:
        key = f"{arm}.{time:g}"
        assert risk == said[f"{key}.risk"]
        for name, value in (("survival", survival), ("se", se)):
            assert same(value, said[f"{key}.{name}"]), (key, name)
        if survival < 1:  # where nobody had the event yet R gives no interval, we give 1 to 1
            assert same(low, said[f"{key}.low"]) and same(high, said[f"{key}.high"])
    for name in ("median", "median_low", "median_high"):
        assert same(getattr(found, name), said[f"{arm}.{name}"]), name


def test_log_rank_agrees_with_r():
    parts = {"arm": "arm", "active": "DCS", "reference": "PLACEBO", **PARTS}
    said = said_by_r("survival")
    assert log_rank(times(), strata=None, **parts).statistic == pytest.approx(said["logrank.chi2"], rel=1e-12)
    assert log_rank(times(), strata="site", **parts).statistic == pytest.approx(said["stratified.chi2"], rel=1e-12)


def test_no_event_at_all_gives_a_warning():
    data = times().assign(event=False)
    found = log_rank(data, strata=None, arm="arm", active="DCS", reference="PLACEBO", **PARTS)
    assert math.isnan(found.p) and found.warnings
    assert math.isnan(kaplan_meier(data, name="all", level=0.95, **PARTS).median)


def test_day_0_is_refused():
    with pytest.raises(NotEstimable, match="above 0"):
        kaplan_meier(times().assign(time=0), name="x", level=0.95, **PARTS)
