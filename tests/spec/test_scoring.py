"""Scores and what follows from them (PROTOCOL 6)."""

from datetime import time
from decimal import Decimal as D

import pytest

from crf import study
from crf.forms.bdi import BDI
from crf.forms.hamd import HAMD
from crf.rules.scoring import (
    band,
    bdi_total,
    change_from_baseline,
    hamd_totals,
    is_remission,
    is_response,
    is_short,
    is_sustained_response,
    minutes,
    proposed_weight_loss,
)


def at_most(form, **changed):
    """The highest answer to every scored item; 16B as measured."""
    items = {name: item for name, item in form.items.items() if getattr(item.kind, "numeric", False)}
    highest = {
        name: max(code for code, _ in item.kind.codes if code not in item.kind.not_assessed)
        for name, item in items.items()
    }
    return highest | {"weight_history": None} | changed


LOWEST = {name: 0 for name, value in at_most(HAMD).items() if value is not None}


@pytest.mark.parametrize(
    ("answers", "hamd_17", "hamd_21", "hamd_24", "flag"),
    [
        (at_most(HAMD), 52, 63, 75, False),
        (LOWEST, 0, 0, 0, False),
        (at_most(HAMD, weight_measured=3), 50, 61, 73, True),
        (at_most(HAMD, weight_measured=None), None, None, None, False),
        (at_most(HAMD, weight_measured=None, weight_history=1), 51, 62, 74, False),
        (at_most(HAMD, mood=None), None, None, None, False),
        (at_most(HAMD, depersonalisation=None), 52, None, None, False),
        (at_most(HAMD, hopelessness=None), 52, 63, None, False),
        (at_most(HAMD, diurnal=0, diurnal_severity=None), 52, 61, 73, False),
        (at_most(HAMD, diurnal=1, diurnal_severity=None), 52, None, None, False),
        (at_most(HAMD, diurnal=None, diurnal_severity=None), 52, None, None, False),
        (LOWEST | {"diurnal": 2, "diurnal_severity": 1}, 0, 1, 1, False),
        ({}, None, None, None, False),
    ],
    ids=[
        "all highest",
        "all 0",
        "item 16 not assessed",
        "item 16 blank",
        "16A instead of 16B",
        "item 1 blank",
        "item 19 blank",
        "item 23 blank",
        "18B skipped as 18A is 0",
        "18B blank",
        "18A blank",
        "18A is never summed",
        "nothing answered",
    ],
)
def test_the_three_hamd_totals(answers, hamd_17, hamd_21, hamd_24, flag):
    totals = hamd_totals(answers)
    assert (totals.hamd_17, totals.hamd_21, totals.hamd_24, totals.not_assessed) == (hamd_17, hamd_21, hamd_24, flag)


def test_a_hamd_is_25_answers_and_24_without_diurnal_variation():
    def asked(visit, **given):
        return [item for item in HAMD.applicable(given, visit) if item.section != "Rating"]

    assert len(asked("W1", diurnal=1)) == len(asked("BL", diurnal=2)) == 25
    assert len(asked("W1", diurnal=0)) == 24
    assert {"weight_history"} == {item.name for item in asked("SCR")} - {item.name for item in asked("W1")}


@pytest.mark.parametrize(("changed", "total"), [({}, 63), ({"item_9": 0}, 60), ({"item_21": None}, None)])
def test_the_bdi_total(changed, total):
    answers = {f"item_{number}": 3 for number in range(1, 22)} | changed
    assert bdi_total(answers) == total


def test_no_bdi_item_has_wording():
    labels = [item.label for name, item in BDI.items.items() if item.testcd]
    assert labels == [f"Item {number}" for number in range(1, 22)]


@pytest.mark.parametrize(
    ("instrument", "total", "name"),
    [
        ("HAMD-17", 0, "none"),
        ("HAMD-17", 7, "none"),
        ("HAMD-17", 8, "mild"),
        ("HAMD-17", 13, "mild"),
        ("HAMD-17", 14, "moderate"),
        ("HAMD-17", 18, "moderate"),
        ("HAMD-17", 19, "severe"),
        ("HAMD-17", 22, "severe"),
        ("HAMD-17", 23, "very severe"),
        ("HAMD-17", None, None),
        ("HAMD-21", 20, None),
        ("HAMD-24", 20, None),
        ("HAM-A", 20, None),
        ("BDI-IA", 9, "none or minimal"),
        ("BDI-IA", 10, "mild to moderate"),
        ("BDI-IA", 18, "mild to moderate"),
        ("BDI-IA", 19, "moderate to severe"),
        ("BDI-IA", 29, "moderate to severe"),
        ("BDI-IA", 30, "severe"),
        ("BDI-II", 13, "minimal"),
        ("BDI-II", 14, "mild"),
        ("BDI-II", 20, "moderate"),
        ("BDI-II", 29, "severe"),
    ],
)
def test_bands_exist_for_hamd_17_and_bdi_only(instrument, total, name):
    assert band(instrument, total) == name


@pytest.mark.parametrize(
    ("score", "baseline", "response"),
    [
        (13, 26, True),
        (14, 26, False),
        (12, 25, True),
        (13, 25, False),
        (0, 1, True),
        (None, 26, None),
        (13, None, None),
        (0, 0, None),
    ],
)
def test_response_is_counted_in_whole_numbers(score, baseline, response):
    assert is_response(score, baseline) is response


@pytest.mark.parametrize(("score", "remission"), [(7, True), (8, False), (0, True), (None, None)])
def test_remission_is_7_at_most(score, remission):
    assert is_remission(score) is remission


@pytest.mark.parametrize(
    ("week_5", "week_6", "sustained"),
    [(13, 13, True), (14, 13, False), (13, 14, False), (None, 13, None), (13, None, None), (None, 14, False)],
)
def test_a_sustained_response_is_one_at_the_last_two_visits(week_5, week_6, sustained):
    assert is_sustained_response({"W5": week_5, "W6": week_6}, 26) is sustained


@pytest.mark.parametrize(
    ("before", "now", "score"),
    [
        (D("70"), D("69.6"), 0),
        (D("70"), D("69.5"), 1),
        (D("70"), D("69.0"), 1),
        (D("70"), D("68.9"), 2),
        (D("70"), D("72"), 0),
        (None, D("70"), None),
        (D("70"), None, None),
    ],
)
def test_the_weight_of_the_week_proposes_item_16b(before, now, score):
    assert proposed_weight_loss(before, now) == score


@pytest.mark.parametrize(
    ("started", "ended", "spent", "short"),
    [
        (time(10), time(10, 9), 9, True),
        (time(10), time(10, 10), 10, False),
        (time(10), time(9), None, False),
        (None, time(10), None, False),
    ],
)
def test_a_rating_under_ten_minutes_is_short(started, ended, spent, short):
    assert minutes(started, ended) == spent
    assert is_short(started, ended) is short


def test_change_is_negative_when_better():
    assert change_from_baseline(13, 26) == -13
    assert change_from_baseline(None, 26) is None


def test_the_bdi_version_is_a_setting_and_an_unknown_one_is_refused():
    assert BDI.category == "BDI-IA"
    assert BDI.reference == "The past week, including today"
    with pytest.raises(study.StudyMistake, match="BDI version"):
        study.Settings(bdi_version="BDI-III")
