"""Exposure as tables (METHODS 11). The full schedule is 116 capsules, 29,000 mg (PROTOCOL 5)."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.exposure import compliance, dose_on, exposure
from analysis.stats.results import NotEstimable

PARTS = {"subject": "s", "first": "first", "last": "last", "mg": "mg"}
STEPS = {"steps": (250, 500, 750, 1000), "planned_mg": 29_000}
AS_PLANNED = [(1, 3, 250), (4, 21, 500), (22, 28, 750), (29, 42, 1000)]


def taken(*periods, subject="a"):
    return pd.DataFrame([{"s": subject, "first": f, "last": t, "mg": mg} for f, t, mg in periods])


def one(*periods):
    return exposure(taken(*periods), **PARTS, **STEPS).loc["a"].to_dict()


def test_the_planned_schedule_is_29000_mg():
    found = one(*AS_PLANNED)
    assert found["cumulative_mg"] == 29_000
    assert found["relative_dose_intensity"] == 1
    assert [found[f"days_{mg}"] for mg in STEPS["steps"]] == [3, 18, 7, 14]
    assert found["days_on"] == 42
    assert found["mean_daily_mg"] == pytest.approx(29_000 / 42)
    assert found["reductions"] == 0


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([(1, 3, 250), (4, 10, 500)], {"cumulative_mg": 4250, "days_on": 10, "days_750": 0, "highest_mg": 500}),
        ([(1, 3, 250), (4, 5, 0), (6, 7, 250)], {"days_off": 2, "days_on": 5, "reductions": 0}),
        ([(1, 3, 500), (4, 5, 250), (6, 9, 500), (10, 12, 250)], {"reductions": 2}),
        ([(1, 2, 1250)], {"days_other": 2, "days_1000": 0, "highest_mg": 1250}),
        ([(-1, 1, 250)], {"days_250": 2}),  # there is no day 0
        ([(1, 4, 0)], {"cumulative_mg": 0, "days_on": 0, "relative_dose_intensity": 0}),
    ],
)
def test_what_was_taken_is_summed(periods, expected):
    found = one(*periods)
    assert {key: found[key] for key in expected} == expected


def test_a_subject_without_a_day_on_drug_has_no_mean_dose():
    assert np.isnan(one((1, 4, 0))["mean_daily_mg"])


@pytest.mark.parametrize(
    ("periods", "sentence"),
    [
        ([(1, 5, 250), (5, 9, 500)], "a: two periods of dosing overlap"),
        ([(5, 1, 250)], "a: a period of dosing ends before it begins"),
        ([(1, 5, -250)], "below 0 mg"),
        ([(1, None, 250)], "lacks"),
    ],
)
def test_periods_that_cannot_be_are_refused(periods, sentence):
    with pytest.raises(NotEstimable, match=sentence):
        one(*periods)


COUNTS = {"subject": "s", "dispensed": "out", "returned": "back", "lost": "lost", "prescribed": "due"}


@pytest.mark.parametrize(
    ("intervals", "found", "reason"),
    [
        ([(18, 4, 0, 14)], 1.0, ""),
        ([(18, 4, 0, 14), (18, 11, 0, 14)], 21 / 28, ""),
        ([(18, 2, 2, 14)], 1.0, ""),
        ([(18, 0, 0, 14)], 18 / 14, ""),
        ([(18, 4, None, 14)], None, "lost unknown"),
        ([(18, 4, 0, 14), (18, None, 0, 14)], None, "back unknown"),
        ([(0, 0, 0, 0)], None, "nothing was prescribed"),
    ],
)
def test_compliance_is_dispensed_less_returned_and_lost_over_prescribed(intervals, found, reason):
    counts = pd.DataFrame([{"s": "a", "out": o, "back": b, "lost": x, "due": d} for o, b, x, d in intervals])
    row = compliance(counts, **COUNTS).loc["a"]
    assert row["missing"] == reason
    assert (np.isnan(row["compliance"]) and found is None) or row["compliance"] == pytest.approx(found)


@pytest.mark.parametrize(("day", "mg"), [(1, 250), (3, 250), (4, 500), (42, 1000), (43, None), (None, None)])
def test_the_dose_on_a_day_is_that_of_the_period_holding_it(day, mg):
    days = pd.DataFrame({"s": ["a", "b"], "day": [day, day]})
    found = dose_on(taken(*AS_PLANNED), days, day="day", **PARTS)
    assert (np.isnan(found.iloc[0]) and mg is None) or found.iloc[0] == mg
    assert np.isnan(found.iloc[1])  # nobody knows what b took
