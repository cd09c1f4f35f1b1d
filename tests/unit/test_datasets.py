"""The reading door: the frames of the small world, in few queries, with nothing that would give an arm away."""

import dataclasses

import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.collect import datasets
from analysis.collect.frames import DESCRIBED
from crf import spec, trial
from crf.models import RECORDS, Site, Subject
from crf.spec.purposes import Purpose
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    with seeing(Site.objects.all()):
        yield datasets.collected()


def one(frame, **given):
    for name, value in given.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


def test_a_subject_in_treatment_is_one_row_with_its_days(everything):
    subject = one(everything.subjects, subject="JER-001")
    assert subject["status"] == "on treatment"
    assert subject["day_1"] == subject["first_dose_on"]
    assert 18 <= subject["age"] <= 75


def test_a_screen_failure_is_kept_with_its_reason(everything):
    assert one(everything.subjects, subject="JER-004")["screen_failure"] == "E1 Any seizure ever"
    assert one(everything.subjects, subject="JER-004")["status"] == "screen failure"


def test_who_is_not_randomised_is_in_screening(everything):
    assert one(everything.subjects, subject="JER-003")["status"] == "screening"
    assert len(everything.randomised) == 2


def test_ratings_stand_one_row_a_visit_and_outcome_with_study_day_and_value(everything):
    rated = one(everything.scores, subject="JER-001", visit="W2", outcome="hamd21")
    assert (rated["day"], rated["value"]) == (15, 18)
    assert one(everything.scores, subject="JER-001", visit="BL", outcome="hamd21")["day"] == 1


def test_completeness_counts_only_visits_that_took_place(everything):
    of_first = everything.completeness[everything.completeness["subject"] == "JER-001"]
    assert set(of_first["visit"]) == {"SCR", "BL", "W1", "W2"}
    assert set(of_first["state"]) <= {"complete", "incomplete", "absent"}


def test_it_takes_few_queries(django_assert_max_num_queries):
    with seeing(Site.objects.all()), django_assert_max_num_queries(29):
        datasets.collected()


def test_the_number_of_queries_does_not_grow_with_subjects():
    counted = []
    for sites in (Site.objects.filter(code="AFU"), Site.objects.all()):
        with seeing(list(sites)), CaptureQueriesContext(connection) as queries:
            datasets.collected()
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_without_a_site_nothing_is_read():
    assert datasets.collected().subjects.empty


def test_one_site_sees_its_own_rows_only():
    with seeing(Site.objects.filter(code="AFU")):
        assert set(datasets.collected().subjects["site"]) == {"AFU"}


@pytest.mark.req("BLI-08")
def test_what_would_give_the_arm_away_is_never_read(monkeypatch):
    monkeypatch.setattr(trial.form("GLYCINE").items["result"], "discloses", spec.UNBLINDS)
    with pytest.raises(datasets.Unblinding, match="result"), seeing(Site.objects.all()):
        datasets.collected()


def test_no_kit_is_in_any_frame(everything):
    kits = set(Subject.objects.filter(kit__isnull=False).values_list("kit", flat=True))
    for name in DESCRIBED:
        cells = {str(cell) for column in getattr(everything, name) for cell in getattr(everything, name)[column]}
        assert not cells & kits


def test_the_same_record_gives_the_same_hash_and_cut():
    with seeing(Site.objects.all()):
        assert datasets.collected().digest() == datasets.collected().digest()
        assert datasets.circumstances() == datasets.circumstances()
        assert len(datasets.circumstances().commitment) == 64


# -- the frames follow the declaration


@pytest.mark.finding("F-106")
def test_a_rating_is_one_row_for_each_outcome_that_is_declared_of_its_form(everything):
    scores = everything.scores
    at_2 = scores[(scores["subject"] == "JER-001") & (scores["visit"] == "W2")]
    declared = [one.code for one in trial.ANALYSIS.outcomes if "W2" in trial.visits_of(one.form)]
    assert set(at_2["outcome"]) <= set(declared)
    assert {"hamd17", "hamd21", "hamd24"} <= set(at_2["outcome"])
    assert not scores.duplicated(["subject", "visit", "outcome"]).any()


@pytest.mark.finding("F-106")
def test_another_outcome_is_another_declaration_and_no_other_code(monkeypatch):
    mood = dataclasses.replace(trial.ANALYSIS.outcomes[0], code="mood", score="mood", label="Mood")
    only = dataclasses.replace(trial.ANALYSIS, outcomes=(mood,))
    monkeypatch.setattr(trial, "ANALYSIS", only)
    with seeing(Site.objects.all()):
        scores = datasets.collected().scores
        stored = list(RECORDS["HAMD"].objects.standing().values_list("mood", flat=True))
    assert set(scores["outcome"]) == {"mood"} and sorted(scores["value"]) == sorted(stored)


@pytest.mark.finding("F-107")
def test_a_code_that_says_not_assessed_is_missing(everything, monkeypatch):
    rated = one(everything.scores, subject="JER-001", visit="W2", outcome="hamd21")["value"]
    outcomes = tuple(dataclasses.replace(each, not_assessed=(rated,)) for each in trial.ANALYSIS.outcomes)
    monkeypatch.setattr(trial, "ANALYSIS", dataclasses.replace(trial.ANALYSIS, outcomes=outcomes))
    with seeing(Site.objects.all()):
        again = datasets.collected().scores
    assert pd.isna(one(again, subject="JER-001", visit="W2", outcome="hamd21")["value"])


@pytest.mark.finding("F-106")
def test_a_frame_whose_form_the_trial_lacks_is_empty_with_its_columns(monkeypatch):
    kept = {Purpose.CONSENT, Purpose.ELIGIBILITY}
    served = trial.serving
    monkeypatch.setattr(trial, "serving", lambda purpose: served(purpose) if purpose in kept else None)
    monkeypatch.setattr(trial, "ANALYSIS", dataclasses.replace(trial.ANALYSIS, moderators=()))
    with seeing(Site.objects.all()):
        found = datasets.collected()
    assert len(found.subjects) and found.subjects["age"].isna().all()
    for name in ("adverse_events", "medication", "decisions", "capsules", "deviations", "intercurrent", "moderators"):
        frame = getattr(found, name)
        assert frame.empty and list(frame.columns) == list(DESCRIBED[name]), name


@pytest.mark.finding("F-106")
def test_an_item_that_the_form_of_a_purpose_lacks_is_missing(monkeypatch):
    form = trial.serving(Purpose.ADVERSE_EVENTS)
    fewer = {name: item for name, item in form.items.items() if name != "severity"}
    monkeypatch.setattr(form, "items", fewer)
    with seeing(Site.objects.all()):
        events = datasets.collected().adverse_events
    assert events["severity"].isna().all()
