"""Adverse events as tables (METHODS 12)."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.stats.results import NotEstimable
from analysis.stats.safety import days_it_may_mean, events_by, rate, treatment_emergent
from tests.stats.said_by_r import said_by_r

DOSING = pd.DataFrame(
    {"s": ["a", "b", "c"], "first": ["2026-03-02", None, "2026-03-02"], "last": ["2026-04-12", None, None]}
)
PARTS = {
    "subject": "s",
    "onset": "onset",
    "worsened": "worse",
    "serious": "serious",
    "first_dose": "first",
    "last_dose": "last",
    "days_after": 14,
    "days_after_serious": 30,
}


def verdict(onset, worse=None, serious=False, who="a"):
    events = pd.DataFrame([{"s": who, "onset": onset, "worse": worse, "serious": serious}])
    found = treatment_emergent(events, dosing=DOSING, **PARTS).iloc[0]
    return bool(found["emergent"]), bool(found["in_doubt"])


@pytest.mark.parametrize(
    ("event", "emergent", "in_doubt"),
    [
        ({"onset": "2026-03-01"}, False, False),
        ({"onset": "2026-03-02"}, True, False),
        ({"onset": "2026-04-26"}, True, False),  # 14 days after the last dose
        ({"onset": "2026-04-27"}, False, False),
        ({"onset": "2026-04-27", "serious": True}, True, False),
        ({"onset": "2026-05-12", "serious": True}, True, False),  # 30 days
        ({"onset": "2026-05-13", "serious": True}, False, False),
        ({"onset": "2026-02-10", "worse": "2026-03-20"}, True, False),
        ({"onset": "2026-02-10", "worse": "2026-02-20"}, False, False),
        ({"onset": "2026-03"}, True, True),  # may be the first of March
        ({"onset": "2026-02"}, False, False),
        ({"onset": "2026"}, True, True),
        ({"onset": None}, True, True),
        ({"onset": "2025"}, False, False),
        ({"onset": "2026-03-05", "who": "b"}, False, False),  # never dosed
        ({"onset": "2027-03-05", "who": "c"}, True, False),  # still on drug
    ],
)
def test_what_is_treatment_emergent(event, emergent, in_doubt):
    assert verdict(**event) == (emergent, in_doubt)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-03-09", date(2026, 3, 9), date(2026, 3, 9)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("", date.min, date.max),
    ],
)
def test_what_a_partial_date_may_mean(written, first, last):
    assert days_it_may_mean(written) == (first, last)


@pytest.mark.parametrize("bad", ["2026-13", "2026-02-30", "March", "9/3/2026"])
def test_what_is_no_date_is_refused(bad):
    with pytest.raises(NotEstimable, match="is not a date"):
        days_it_may_mean(bad)


def world():
    subjects = pd.DataFrame(
        {"s": list("abcdef"), "arm": ["DCS", "DCS", "DCS", "PLACEBO", "PLACEBO", "PLACEBO"], "days": [365.25] * 6}
    )
    events = pd.DataFrame(
        {"s": ["a", "a", "b", "d", "x"], "term": ["Headache", "Headache", "Somnolence", None, "Headache"]}
    )
    parts = {
        "subject": "s",
        "by": "term",
        "arm": "arm",
        "active": "DCS",
        "reference": "PLACEBO",
        "days_at_risk": "days",
        "level": 0.95,
        "total": "any event",
    }
    return events, subjects, parts


def test_subjects_and_events_are_counted_apart():
    events, subjects, parts = world()
    rows = {row.name: row for row in events_by(events, subjects, **parts)}
    assert next(iter(rows)) == "any event"
    assert (rows["Headache"].active.events, rows["Headache"].active_events) == (1, 2)
    assert (rows["any event"].active.events, rows["any event"].active_events) == (2, 3)
    assert (rows["unknown"].reference.events, rows["unknown"].active.events) == (1, 0)
    assert rows["Headache"].active_rate.estimate == pytest.approx(2 / 3)
    assert rows["any event"].difference.estimate == pytest.approx(1 / 3)


def test_an_event_outside_the_safety_set_is_not_counted():
    events, subjects, parts = world()
    assert sum(row.active_events for row in events_by(events, subjects, **parts)[1:]) == 3


def test_no_p_value_is_given():
    events, subjects, parts = world()
    assert all(np.isnan(row.difference.p) for row in events_by(events, subjects, **parts))


def test_no_event_at_all_is_a_row_of_zeros():
    events, subjects, parts = world()
    (only,) = events_by(events.head(0), subjects, **parts)
    assert (only.active.events, only.reference.events, only.active_rate.low) == (0, 0, 0)


def test_rates_have_the_exact_poisson_interval_of_r():
    """binary.txt: poisson.test."""
    said = said_by_r("binary")
    found = rate(5, 2.4, name="x", n=9, level=0.95)
    assert (found.low, found.high) == pytest.approx((said["rate.low"], said["rate.high"]), rel=1e-10)
    assert rate(0, 1.7, name="x", n=9, level=0.95).high == pytest.approx(said["rate0.high"], rel=1e-10)
    assert rate(1, 0, name="x", n=9, level=0.95).warnings == ("No time at risk.",)
