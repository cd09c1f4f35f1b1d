"""Analysis sets as a table (METHODS 1)."""

import pandas as pd
import pytest

from analysis.derive.populations import populations
from analysis.stats.results import NotEstimable

GOOD = {
    "randomised": True,
    "doses": 116,
    "has_baseline": True,
    "later_ratings": 6,
    "major_deviations": 0,
    "compliance": 0.97,
    "final_visit_in_window": True,
}
ALL = ("randomised", "full analysis", "modified", "per protocol", "safety")


def sets_of(**other):
    row = pd.DataFrame([{"subject": "JER-001", **GOOD, **other}])
    found = populations(row, subject="subject", compliance=(0.8, 1.2))
    reasons = {name: dict(one.excluded).get("JER-001") for name, one in found.items()}
    return {name for name, one in found.items() if one.members}, reasons


@pytest.mark.parametrize(
    ("fate", "member_of"),
    [
        ({}, set(ALL)),
        ({"randomised": False, "doses": 0}, set()),
        ({"doses": 0}, {"randomised", "full analysis"}),
        ({"doses": None}, {"randomised", "full analysis"}),
        ({"has_baseline": False}, {"randomised", "safety"}),
        ({"later_ratings": 0}, {"randomised", "safety"}),
        ({"major_deviations": 1}, set(ALL) - {"per protocol"}),
        ({"compliance": 0.8}, set(ALL)),
        ({"compliance": 1.2}, set(ALL)),
        ({"compliance": 0.799}, set(ALL) - {"per protocol"}),
        ({"compliance": 1.21}, set(ALL) - {"per protocol"}),
        ({"compliance": None}, set(ALL) - {"per protocol"}),
        ({"final_visit_in_window": False}, set(ALL) - {"per protocol"}),
        ({"final_visit_in_window": None}, set(ALL) - {"per protocol"}),
    ],
)
def test_who_belongs_to_which_set(fate, member_of):
    assert sets_of(**fate)[0] == member_of


@pytest.mark.finding("F-106")
def test_where_nothing_is_handed_out_compliance_excludes_nobody():
    row = pd.DataFrame([{"subject": "JER-001", **GOOD, "compliance": None}])
    found = populations(row, subject="subject", compliance=None)["per protocol"]
    assert found.members == ("JER-001",) and "compliance" not in found.definition


def test_every_reason_is_given():
    reasons = sets_of(major_deviations=2, compliance=0.5, final_visit_in_window=False)[1]
    assert reasons["per protocol"] == ("2 major deviation(s); compliance 50%; final visit missed or outside its window")
    assert reasons["safety"] is None


def test_the_arm_is_not_looked_at():
    with_arm = pd.DataFrame([{"subject": "a", "arm": "DCS", **GOOD}, {"subject": "b", "arm": "PLACEBO", **GOOD}])
    swapped = with_arm.assign(arm=["PLACEBO", "DCS"])
    assert populations(with_arm, subject="subject", compliance=(0.8, 1.2)) == populations(
        swapped, subject="subject", compliance=(0.8, 1.2)
    )


def test_a_subject_twice_or_a_missing_column_is_refused():
    twice = pd.DataFrame([{"subject": "a", **GOOD}] * 2)
    with pytest.raises(NotEstimable, match="more than one row"):
        populations(twice, subject="subject", compliance=(0.8, 1.2))
    with pytest.raises(NotEstimable, match="no column doses"):
        populations(twice.drop(columns="doses"), subject="subject", compliance=(0.8, 1.2))


def test_members_rows_can_be_taken():
    found = populations(
        pd.DataFrame([{"subject": "a", **GOOD}, {"subject": "b", **GOOD, "doses": 0}]),
        subject="subject",
        compliance=(0.8, 1.2),
    )
    frame = pd.DataFrame({"subject": ["b", "a"], "y": [1, 2]})
    assert found["safety"].of(frame, "subject")["y"].tolist() == [2]
    assert found["safety"].n == 1
