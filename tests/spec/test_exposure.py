"""How much was taken (PROTOCOL 5 and 9)."""

import pytest

from crf import trial
from crf.rules.exposure import prescribed_capsules
from crf.rules.ladder import Prescription

AS_PLANNED = [
    Prescription(1, "STEP_UP", 250),
    Prescription(4, "STEP_UP", 500),
    Prescription(22, "STEP_UP", 750),
    Prescription(29, "STEP_UP", 1000),
    Prescription(43, "STOP", 0),
]


@pytest.mark.parametrize(
    ("first", "last", "capsules"),
    [(1, 42, 116), (1, 3, 3), (4, 21, 36), (22, 28, 21), (29, 42, 56), (43, 50, 0), (-3, 1, 1)],
)
def test_capsules_prescribed_over_days(first, last, capsules):
    assert prescribed_capsules(trial.LADDER, AS_PLANNED, first=first, last=last) == capsules
