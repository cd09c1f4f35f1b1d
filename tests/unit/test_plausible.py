"""A demo for any trial is made up from its declarations; the first trial's own hangs on no name of a site."""

import dataclasses
from datetime import date

import pytest

from crf import spec, trial
from crf.rehearsal.plausible import Plausible
from crf.rehearsal.typical import typical
from crf.spec.arms import Site
from crf.spec.demo import Moment

pytestmark = pytest.mark.every_trial


def moment(story, number, visit, kit="") -> Moment:
    today = date(2026, 3, 9)
    site = number.rsplit("-", 1)[0]
    return Moment(number, site, kit, today, None, today, visit, visit, today, None, lambda day: 0)


@pytest.fixture(scope="module")
def story():
    return Plausible(subjects=40, seed=1, arms={"K1": trial.ACTIVE_ARMS[0].code, "K2": trial.REFERENCE.code})


def test_subjects_are_numbered_as_the_sites_enrol_them(story):
    for site in trial.SITES:
        numbers = [plan.number for plan in story.plans if plan.site == site.code]
        assert numbers == [site.number_of(place) for place in range(1, len(numbers) + 1)]


def test_a_running_demo_has_subjects_of_every_stage(story):
    assert any(plan.fails for plan in story.plans)
    assert [plan.first_dose for plan in story.plans if plan.waits] == [0]
    assert any(plan.first_dose > 0 for plan in story.plans)
    fates = [story.fate(plan.number) for plan in story.plans]
    assert any(fate.missed for fate in fates) and any(fate.episodes for fate in fates)


def test_the_same_seed_makes_up_the_same_and_another_seed_others():
    same, other = Plausible(subjects=10, seed=3), Plausible(subjects=10, seed=4)
    assert Plausible(subjects=10, seed=3).plans == same.plans
    assert same.people != other.people


@pytest.mark.parametrize("outcome", trial.ANALYSIS.outcomes, ids=lambda one: one.code)
def test_every_outcome_lies_in_its_range_at_every_visit(story, outcome):
    form = trial.form(outcome.form)
    for plan in story.plans[:10]:
        for visit in trial.visits_of(outcome.form):
            told = story.answers(outcome.form, moment(story, plan.number, visit))
            answers = typical(form, visit, date(2026, 3, 9), **told)
            values = {name: form.items[name].kind.parse(text) for name, text in answers.items()}
            if outcome.score in form.items:
                if outcome.score not in values:
                    continue  # not asked at this visit
                assert outcome.low <= values[outcome.score] <= outcome.high
            elif outcome == next(one for one in trial.ANALYSIS.outcomes if one.form == outcome.form):
                assert outcome.low <= form.scores[outcome.score].compute(values) <= outcome.high


def test_the_active_arm_fares_better_at_the_primary_visit_as_planned(story):
    outcome, score = trial.ANALYSIS.primary, trial.form(trial.ANALYSIS.primary.form).scores

    def mean(kit):
        totals = [
            score[outcome.score].compute(
                {
                    name: int(text)
                    for name, text in story.answers(
                        outcome.form, moment(story, plan.number, trial.ANALYSIS.visit, kit)
                    ).items()
                    if text.isdigit()
                }
            )
            for plan in story.plans
        ]
        return sum(totals) / len(totals)

    planned = float(trial.ANALYSIS.planning_effect.difference)
    assert (mean("K1") - mean("K2")) / planned == pytest.approx(1, abs=0.35)


@pytest.mark.finding("F-104")
def test_sites_of_other_names_have_a_demo_too(monkeypatch):
    renamed = tuple(
        dataclasses.replace(site, code=code, name=code.title())
        for site, code in zip(trial.SITES, ("XAN", "YBB"), strict=True)
    )
    monkeypatch.setattr(trial, "SITES", renamed)
    assert {plan.site for plan in Plausible(subjects=6, seed=1).plans} == {"XAN", "YBB"}


def test_no_form_of_the_trial_is_answered_with_an_item_it_has_not(story):
    for form in trial.FORMS:
        for visit in trial.visits_of(form.code)[:3]:
            if any(trial.serves(form, one) for one in (spec.Purpose.DISPENSING, spec.Purpose.RETURNS)):
                continue  # these look at the chart
            assert set(story.answers(form.code, moment(story, story.plans[0].number, visit))) <= set(form.items)


def test_a_site_that_plans_nobody_still_enrols(monkeypatch):
    monkeypatch.setattr(trial, "SITES", (Site("ONE", "One", 0),))
    assert len({plan.number for plan in Plausible(subjects=5, seed=1).plans}) >= 5
