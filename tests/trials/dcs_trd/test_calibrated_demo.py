"""The calibrated demo names no site: its story holds under other names."""

import pytest

from crf.spec.arms import Site
from crf.trials.dcs_trd.demo import Calibrated, calendar, outcomes


@pytest.mark.finding("F-104")
def test_the_calendar_numbers_subjects_of_any_two_sites():
    sites = (Site("ONE", "One", 14), Site("TWO", "Two", 12))
    plans = calendar.plans(sites)
    assert [sum(plan.site == site.code for plan in plans) for site in sites] == [15, 12]  # one fails screening
    assert [plan.number for plan in plans if plan.waits] == ["ONE-014"]
    assert len({plan.number for plan in plans}) == 27


@pytest.mark.finding("F-104")
def test_the_outcomes_are_made_for_the_numbers_of_the_list():
    plans = [plan for plan in calendar.plans((Site("ONE", "One", 14), Site("TWO", "Two", 12))) if not plan.fails]
    allocation = [(plan.number, ("DCS", "PLACEBO")[place % 2]) for place, plan in enumerate(plans)]
    made = outcomes.outcomes(allocation, seed=1)
    story = Calibrated(tuple(plans), made, {})
    assert {story.fate(plan.number).leaves_at for plan in plans} == {None, "W2"}
