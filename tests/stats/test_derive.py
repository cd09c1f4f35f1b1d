"""Derivations as tables: what goes in, what comes out (METHODS 2)."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.derive.derivations import (
    Window,
    baseline,
    change_from_baseline,
    first_response_day,
    is_remission,
    is_response,
    locf,
    observed_at,
    study_day,
    sustained,
    windowed,
)
from analysis.stats.results import NotEstimable

WINDOWS = (
    Window("W1", 2, 11, 8),
    Window("W2", 12, 18, 15),
    Window("W3", 19, 25, 22),
    Window("W4", 26, 32, 29),
    Window("W5", 33, 39, 36),
    Window("W6", 40, 50, 43),
)


def ratings(*days_and_scores, subject="JER-001"):
    return pd.DataFrame([{"subject": subject, "day": day, "score": score} for day, score in days_and_scores])


def chosen(*days_and_scores):
    frame = ratings(*days_and_scores)
    found = windowed(frame, subject="subject", day="day", score="score", windows=WINDOWS).frame
    return {row["visit"]: row["day"] for row in found.to_dict("records")}


@pytest.mark.parametrize(
    ("day_1", "on", "day"),
    [
        ("2026-03-02", "2026-03-02", 1),
        ("2026-03-02", "2026-03-01", -1),
        ("2026-03-02", "2026-03-09", 8),
        ("2026-03-02", "2026-02-16", -14),
        ("2026-03-02", None, pd.NA),
        (None, "2026-03-02", pd.NA),
    ],
)
def test_day_1_is_the_first_and_there_is_no_day_0(day_1, on, day):
    found = study_day(pd.Series([on]), day_1=pd.Series([day_1])).iloc[0]
    assert (pd.isna(found) and pd.isna(day)) or found == day


@pytest.mark.parametrize(
    ("rated", "visits"),
    [
        ([(1, 25)], {}),
        ([(2, 25)], {"W1": 2}),
        ([(11, 25), (12, 24)], {"W1": 11, "W2": 12}),
        ([(39, 20), (40, 19), (50, 18), (51, 17)], {"W5": 39, "W6": 40}),
        ([(6, 25), (9, 24)], {"W1": 9}),
        ([(6, 25), (10, 24)], {"W1": 10}),  # both two days off: the later
        ([(8, None), (11, 24)], {"W1": 11}),  # a missing score is no rating
        ([(41, 15), (45, 14)], {"W6": 45}),
        ([], {}),
    ],
)
def test_the_rating_nearest_to_target_stands_for_the_visit_and_the_later_on_a_tie(rated, visits):
    assert chosen(*(rated or [(60, 1)])) == visits


def test_every_rating_not_used_is_named():
    frame = ratings((-3, 25), (6, 24), (9, 23), (60, 10))
    found = windowed(frame, subject="subject", day="day", score="score", windows=WINDOWS)
    assert found.left_out == (
        "JER-001: rating of day -3 is in no window",
        "JER-001: rating of day 60 is in no window",
        "JER-001: rating of day 6 gives way to another of W1",
    )


def test_of_two_ratings_on_one_day_the_last_handed_in_stands():
    found = windowed(ratings((8, 25), (8, 24)), subject="subject", day="day", score="score", windows=WINDOWS)
    assert found.frame["score"].tolist() == [24]


@pytest.mark.parametrize("bad", [(Window("A", 1, 5, 3), Window("B", 5, 9, 7))])
def test_overlapping_windows_are_refused(bad):
    with pytest.raises(NotEstimable, match="overlap"):
        windowed(ratings((3, 1)), subject="subject", day="day", score="score", windows=bad)


def test_a_window_holds_its_target():
    with pytest.raises(NotEstimable, match="does not hold 12"):
        Window("W1", 2, 11, 12)


@pytest.mark.parametrize(
    ("rated", "base"), [([(-10, 28), (1, 26), (8, 20)], 26), ([(-10, 28), (1, None), (8, 20)], 28), ([(2, 20)], None)]
)
def test_baseline_is_the_last_rating_to_day_1(rated, base):
    found = baseline(
        ratings(*rated), subject="subject", day="day", score="score", subjects=pd.Series(["JER-001", "JER-002"])
    )
    assert found.frame["base"].tolist() == ([] if base is None else [base])
    assert "JER-002: no baseline" in found.left_out


def test_change_is_score_minus_baseline_and_percent_is_of_baseline():
    scores = pd.DataFrame({"subject": ["a", "b", "c"], "score": [10.0, 5.0, 7.0]})
    base = pd.DataFrame({"subject": ["a", "b"], "base": [25.0, 0.0]})
    found = change_from_baseline(scores, subject="subject", score="score", base=base)
    assert found["change"].tolist()[:2] == [-15, 5]
    assert found["percent"].iloc[0] == -60
    assert found["percent"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("score", "base", "response"),
    [(10, 20, True), (11, 21, False), (10, 21, True), (11, 20, False), (0, 0, True), (None, 20, None), (9, None, None)],
)
def test_response_is_twice_the_score_at_most_baseline(score, base, response):
    values, before = (pd.Series([value], dtype="Float64") for value in (score, base))
    found = is_response(values, base=before, percent=50, lower_is_better=True).iloc[0]
    assert (found is pd.NA and response is None) or found == response


@pytest.mark.finding("F-107")
@pytest.mark.parametrize(
    ("percent", "lower", "score", "base", "response"),
    [
        (30, True, 14, 20, True),
        (30, True, 15, 20, False),
        (30, True, 7, 10, True),  # 70 % of 10: exact in whole numbers, 7.000000000000001 in fractions
        (100, True, 0, 20, True),
        (20, False, 24, 20, True),
        (20, False, 23, 20, False),
        (20, False, 5, 0, None),  # no share of nothing
        (20, False, None, 20, None),
    ],
)
def test_response_is_better_by_the_declared_share_of_baseline(percent, lower, score, base, response):
    values, before = (pd.Series([value], dtype="Float64") for value in (score, base))
    found = is_response(values, base=before, percent=percent, lower_is_better=lower).iloc[0]
    assert (found is pd.NA and response is None) or found == response


@pytest.mark.parametrize(("score", "remission"), [(50, True), (49, False), (None, None)])
def test_where_higher_is_better_remission_is_at_least_the_threshold(score, remission):
    found = is_remission(pd.Series([score], dtype="Float64"), at_most=None, at_least=50).iloc[0]
    assert (found is pd.NA and remission is None) or found == remission


@pytest.mark.parametrize(("score", "remission"), [(7, True), (8, False), (None, None)])
def test_remission_is_at_most_7(score, remission):
    found = is_remission(pd.Series([score], dtype="Float64"), at_most=7, at_least=None).iloc[0]
    assert (found is pd.NA and remission is None) or found == remission


@pytest.mark.parametrize(
    ("responded", "any_two", "last_two"),
    [
        ([False, True, True, False, False, False], True, False),
        ([False, False, False, False, True, True], True, True),
        ([True, False, True, False, True, False], False, False),
        ([True, None, True, False, None, True], False, False),
        ([None, None, None, None, None, None], False, False),
    ],
)
def test_sustained_response_wants_two_visits_in_a_row(responded, any_two, last_two):
    order = ["W1", "W2", "W3", "W4", "W5", "W6"]
    scores = pd.DataFrame({"s": "x", "visit": order, "r": pd.array(responded, dtype="boolean")})
    for until_end, verdict in ((False, any_two), (True, last_two)):
        found = sustained(scores, subject="s", visit="visit", responded="r", order=order, run=2, until_end=until_end)
        assert bool(found["x"]) is verdict


def panel(values, order=("W1", "W2", "W3")):
    """LOCF of subjects given as {who: {visit: value}}."""
    rows = [{"s": who, "visit": v, "y": y} for who, seen in values.items() for v, y in seen.items()]
    scores = pd.DataFrame(rows, columns=["s", "visit", "y"])
    return locf(scores, subject="s", visit="visit", values=["y"], order=list(order), subjects=pd.Series(list(values)))


@pytest.mark.parametrize(
    ("seen", "filled", "source"),
    [
        ({"W1": 1, "W2": 2, "W3": 3}, [1, 2, 3], ["W1", "W2", "W3"]),
        ({"W1": 1}, [1, 1, 1], ["W1", "W1", "W1"]),
        ({"W2": 2}, [None, 2, 2], [None, "W2", "W2"]),
        ({"W1": 1, "W3": None}, [1, 1, 1], ["W1", "W1", "W1"]),
        ({"BL": 30, "W3": 3}, [None, None, 3], [None, None, "W3"]),
    ],
)
def test_the_last_observation_is_carried_forward_and_a_baseline_never(seen, filled, source):
    found = panel({"a": seen}).frame
    assert [None if pd.isna(y) else y for y in found["y"]] == filled
    assert [None if pd.isna(v) else v for v in found["carried_from"]] == source


def test_who_was_never_seen_is_left_out_and_named():
    found = panel({"a": {"W1": 1}, "b": {"BL": 30}, "c": {"W2": None}})
    assert set(found.frame["s"]) == {"a"}
    assert found.left_out == ("b: no value after baseline to carry", "c: no value after baseline to carry")


def test_observed_at_a_visit_has_a_row_for_everyone():
    scores = pd.DataFrame({"s": ["a", "b"], "visit": ["W6", "W5"], "y": [1.0, 2.0], "arm": ["?", "?"]})
    who = pd.DataFrame({"s": ["a", "b"], "arm": ["A", "B"]})
    found = observed_at(scores, subject="s", visit="visit", at="W6", subjects=who)
    assert found["arm"].tolist() == ["A", "B"]
    assert found["y"].isna().tolist() == [False, True]


def test_a_subject_visit_twice_is_refused():
    scores = pd.DataFrame({"s": ["a", "a"], "visit": ["W6", "W6"], "y": [1.0, 2.0]})
    with pytest.raises(NotEstimable, match="Subject a has more than one row"):
        observed_at(scores, subject="s", visit="visit", at="W6", subjects=pd.DataFrame({"s": ["a"]}))
    with pytest.raises(NotEstimable, match="Subject a has more than one row"):
        locf(scores, subject="s", visit="visit", values=["y"], order=["W6"], subjects=pd.Series(["a"]))


def test_time_to_response_is_the_first_responding_day_or_the_last_rated():
    scores = pd.DataFrame({"s": list("aaabb"), "day": [8, 15, 22, 8, 16], "r": [False, True, True, False, False]})
    found = first_response_day(scores, subject="s", day="day", responded="r")
    assert found.to_dict("list") == {"s": ["a", "b"], "time": [15.0, 16.0], "event": [True, False]}


days = st.lists(st.tuples(st.integers(-14, 60).filter(bool), st.integers(0, 63)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(days, st.randoms(use_true_random=False))
def test_windowing_does_not_depend_on_row_order_where_days_differ(rated, random):
    rated = list(dict(rated).items())
    mixed = random.sample(rated, len(rated))
    assert chosen(*rated) == chosen(*mixed)
    assert len(chosen(*rated)) <= 6
