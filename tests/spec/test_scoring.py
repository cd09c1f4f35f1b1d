"""Scores and what follows from them (PROTOCOL 6)."""

from datetime import time
from decimal import Decimal as D

import pytest

from crf.rules.rating import band, is_short, minutes
from crf.trials.dcs_trd.forms.bdi import BANDS, BDI
from crf.trials.dcs_trd.forms.hama import HAMA
from crf.trials.dcs_trd.forms.hamd import HAMD
from crf.trials.dcs_trd.rules.weight import proposed_weight_loss


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
    ("answers", "hamd_17", "hamd_21", "hamd_24"),
    [
        (at_most(HAMD), 52, 63, 75),
        (LOWEST, 0, 0, 0),
        (at_most(HAMD, weight_measured=3), 50, 61, 73),
        (at_most(HAMD, weight_measured=None), None, None, None),
        (at_most(HAMD, weight_measured=None, weight_history=1), 51, 62, 74),
        (at_most(HAMD, mood=None), None, None, None),
        (at_most(HAMD, depersonalisation=None), 52, None, None),
        (at_most(HAMD, hopelessness=None), 52, 63, None),
        (at_most(HAMD, diurnal=0, diurnal_severity=None), 52, 61, 73),
        (at_most(HAMD, diurnal=1, diurnal_severity=None), 52, None, None),
        (at_most(HAMD, diurnal=None, diurnal_severity=None), 52, None, None),
        (LOWEST | {"diurnal": 2, "diurnal_severity": 1}, 0, 1, 1),
        ({}, None, None, None),
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
def test_the_three_hamd_totals(answers, hamd_17, hamd_21, hamd_24):
    totals = [score.compute(answers) for score in (HAMD.total_17, HAMD.total_21, HAMD.total_24)]
    assert totals == [hamd_17, hamd_21, hamd_24]


def test_a_hamd_is_25_answers_and_24_without_diurnal_variation():
    def asked(visit, **given):
        return [item for item in HAMD.applicable(given, visit) if item.section != "Rating"]

    assert len(asked("W1", diurnal=1)) == len(asked("BL", diurnal=2)) == 25
    assert len(asked("W1", diurnal=0)) == 24
    assert {"weight_history"} == {item.name for item in asked("SCR")} - {item.name for item in asked("W1")}


@pytest.mark.parametrize(("changed", "total"), [({}, 63), ({"item_9": 0}, 60), ({"item_21": None}, None)])
def test_the_bdi_total(changed, total):
    answers = {f"item_{number}": 3 for number in range(1, 22)} | changed
    assert BDI.total.compute(answers) == total


def test_no_bdi_item_has_wording():
    labels = [item.label for name, item in BDI.items.items() if item.testcd]
    assert labels == [f"Item {number}" for number in range(1, 22)]


@pytest.mark.parametrize(
    ("form", "score", "total", "name"),
    [
        (HAMD, "total_17", 0, "none"),
        (HAMD, "total_17", 7, "none"),
        (HAMD, "total_17", 8, "mild"),
        (HAMD, "total_17", 13, "mild"),
        (HAMD, "total_17", 14, "moderate"),
        (HAMD, "total_17", 18, "moderate"),
        (HAMD, "total_17", 19, "severe"),
        (HAMD, "total_17", 22, "severe"),
        (HAMD, "total_17", 23, "very severe"),
        (HAMD, "total_17", None, None),
        (HAMD, "total_21", 20, None),
        (HAMD, "total_24", 20, None),
        (HAMA, "total", 20, None),
        (BDI, "total", 9, "none or minimal"),
        (BDI, "total", 10, "mild to moderate"),
        (BDI, "total", 18, "mild to moderate"),
        (BDI, "total", 19, "moderate to severe"),
        (BDI, "total", 29, "moderate to severe"),
        (BDI, "total", 30, "severe"),
    ],
)
def test_bands_exist_for_hamd_17_and_bdi_only(form, score, total, name):
    assert band(form, score, total) == name


def test_the_second_edition_of_the_inventory_has_bands_of_its_own():
    assert BANDS["BDI-II"] == ((0, "minimal"), (14, "mild"), (20, "moderate"), (29, "severe"))


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
    assert is_short(HAMD, started, ended) is short
    assert not is_short(BDI, started, ended), "a form without a least time"


def test_the_bdi_version_decides_what_the_form_asks_about():
    assert BDI.category == "BDI-IA"
    assert BDI.reference == "The past week, including today"
