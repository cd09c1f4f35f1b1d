"""A query that dictates a value is known by its words; one that asks is let pass."""

import pytest

from crf.rules.leading import dictates_value

DICTATE = """Item 1 should be 2 according to the source, please correct
Please correct to 3.
Change the pulse from 70 to 72
Please set this item to “Severe”
The value must be <5
Replace 120 with 130
Please enter 4 instead
120 rather than 130
According to the source it should read 37.2
The correct value is 12
Please update the weight as 71.5 kg
Score it as 3
It should rather be severe""".splitlines()
ASK = """Is this the worst of the week?
Please confirm the date.
The source and this answer seem to differ. Please check.
Was the pulse counted at rest?
The weight rose by 12 kg in a week. Is this right?
The visit should be within 3 days of the planned day; what was the reason?
Two adverse events begin on 2026-03-02: are they the same?
Please correct the date if it is wrong.
Which of the two results of 2 March is meant?
BDI total 31 and HAMD total 4 on one day: please explain.
Is the unit mmol/l?""".splitlines()


@pytest.mark.finding("F-506")
@pytest.mark.req("QRY-02")
@pytest.mark.parametrize("text", DICTATE)
def test_it_is_caught(text):
    assert dictates_value(text, answers=["Absent", "Mild", "Severe"])


@pytest.mark.req("QRY-02")
@pytest.mark.parametrize("text", ASK)
def test_a_question_passes(text):
    assert dictates_value(text, answers=["Absent", "Mild", "Severe"]) is None
