"""How much was taken (PROTOCOL 5 and 9)."""

from datetime import date

import pytest

from crf.rules.exposure import (
    compliance,
    cumulative_mg,
    is_treatment_emergent,
    onset_dose,
    prescribed_capsules,
    relative_dose_intensity,
)
from crf.rules.ladder import Prescription

AS_PLANNED = [
    Prescription(1, "STEP_UP", 250),
    Prescription(4, "STEP_UP", 500),
    Prescription(22, "STEP_UP", 750),
    Prescription(29, "STEP_UP", 1000),
    Prescription(43, "STOP", 0),
]
FIRST, LAST = date(2026, 3, 1), date(2026, 4, 11)


@pytest.mark.parametrize(
    ("first", "last", "capsules"),
    [(1, 42, 116), (1, 3, 3), (4, 21, 36), (22, 28, 21), (29, 42, 56), (43, 50, 0), (-3, 1, 1)],
)
def test_capsules_prescribed_over_days(first, last, capsules):
    assert prescribed_capsules(AS_PLANNED, first=first, last=last) == capsules


@pytest.mark.parametrize(
    ("dispensed", "returned", "lost", "prescribed", "share"),
    [
        (15, 4, 0, 11, 1.0),
        (15, 6, 1, 10, 0.8),
        (15, 0, 0, 10, 1.5),
        (15, 4, None, 11, None),
        (15, None, 0, 11, None),
        (None, 4, 0, 11, None),
        (15, 15, 0, 0, None),
    ],
)
def test_compliance_is_missing_when_a_count_is_unknown(dispensed, returned, lost, prescribed, share):
    assert compliance(dispensed=dispensed, returned=returned, lost=lost, prescribed=prescribed) == share


@pytest.mark.parametrize(("capsules", "intensity"), [(116, 1.0), (58, 0.5), (0, 0.0), (None, None)])
def test_relative_dose_intensity_is_milligrams_taken_over_29000(capsules, intensity):
    assert relative_dose_intensity(capsules) == intensity


def test_the_cumulative_dose_as_planned():
    assert [cumulative_mg(AS_PLANNED, last=day) for day in (3, 21, 28, 42)] == [750, 9_750, 15_000, 29_000]


@pytest.mark.parametrize(
    ("onset", "mg"),
    [
        ("2026-03-01", 250),
        ("2026-03-04", 500),
        ("2026-04-11", 1000),
        ("2026-02-28", 0),
        ("2026-04-12", 0),
        ("2026-03", None),
        ("2026", None),
    ],
)
def test_the_onset_dose_is_unknown_for_a_partial_date(onset, mg):
    assert onset_dose(onset, day_1=FIRST, history=AS_PLANNED, last_dose=LAST) == mg


@pytest.mark.parametrize(
    ("onset", "serious", "emergent"),
    [
        ("2026-02-28", False, False),
        ("2026-03-01", False, True),
        ("2026-04-25", False, True),
        ("2026-04-26", False, False),
        ("2026-04-26", True, True),
        ("2026-05-11", True, True),
        ("2026-05-12", True, False),
        ("2026-03", False, True),
        ("2026-02", False, False),
        ("2026", False, True),
    ],
)
def test_treatment_emergent_is_to_14_days_after_the_last_dose_and_30_when_serious(onset, serious, emergent):
    assert is_treatment_emergent(onset, first_dose=FIRST, last_dose=LAST, serious=serious) is emergent


def test_without_a_first_dose_nothing_is_treatment_emergent():
    assert not is_treatment_emergent("2026-03-05", first_dose=None, last_dose=None)
    assert is_treatment_emergent("2026-12-31", first_dose=FIRST, last_dose=None)
