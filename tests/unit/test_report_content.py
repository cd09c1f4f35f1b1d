"""What ICH E3 and CONSORT ask of a report and the declaration alone can give: flow, blinding, safety, diagnostics."""

import dataclasses

import pytest

from analysis.reports import blinded, blinding, final
from tests import made_up

pytestmark = pytest.mark.finding("F-711")
WAITS, NEVER_DOSED = "JER-001", "JER-002"


@pytest.fixture(scope="module")
def collected():
    """The made-up trial with one subject still in screening and one who was randomised and took no dose."""
    plain = made_up.trial(1)
    subjects = plain.subjects.copy()
    waits, never = subjects["subject"] == WAITS, subjects["subject"] == NEVER_DOSED
    subjects.loc[waits, "status"] = "screening"
    subjects.loc[waits, ["randomised_on", "first_dose_on", "day_1", "treatment_ended", "study_ended"]] = None
    subjects.loc[never, ["first_dose_on", "treatment_ended", "study_ended"]] = None
    subjects.loc[never, "status"] = "in follow-up"
    return dataclasses.replace(plain, subjects=subjects)


@pytest.fixture(scope="module")
def by_arm(collected):
    return final.build(collected, made_up.circumstances(), made_up.arms(1))


@pytest.fixture(scope="module")
def pooled(collected):
    return blinded.build(collected, made_up.circumstances())


def table(report, key):
    return next(one for one in report.tables if one.key == key)


def row(report, key, label) -> tuple[str, ...]:
    return next(tuple(map(str, one[1:])) for one in table(report, key).rows if str(one[0]).strip() == label)


def figure(report, key):
    return next(block for section in report.sections for block in section.figures if block.key == key)


# -- who was assessed, randomised, lost and analysed


def test_the_flow_of_participants_tells_of_everybody_once(by_arm, pooled):
    arms = made_up.arms(1).drop(WAITS)
    sizes = [str(int((arms == arm).sum())) for arm in ("DCS", "PLACEBO")]
    assert row(by_arm, "flow", "Assessed for eligibility") == ("", "", "27")
    assert row(by_arm, "flow", "E1 Any seizure ever") == ("", "", "1")
    assert row(by_arm, "flow", "In screening") == ("", "", "1")
    assert row(by_arm, "flow", "Allocated") == (*sizes, "25")
    assert row(by_arm, "flow", "Did not")[-1] == "1"
    assert row(pooled, "flow", "Allocated") == ("25",)
    for report in (by_arm, pooled):
        followed = [int(row(report, "flow", label)[-1]) for label in ("Left the study", "Completed the study")]
        assert sum(followed) + int(row(report, "flow", "Still in the study")[-1]) == 25
        drawn = figure(report, "flow_figure")
        assert drawn.svg().startswith(b"<?xml")
        assert "Assessed for eligibility: 27." in drawn.alt


# -- who guessed the arm


@pytest.fixture(scope="module")
def guessed(collected):
    """Everybody who was randomised is asked by one form: half guess the first arm, a few do not know."""
    form = blinding.forms()[0]
    codes = [*form.guesses, "UNSURE"]
    rows = [
        (who, form.code, made_up.BEGAN, codes[place % 3], form.guesses.get(codes[place % 3]))
        for place, who in enumerate(collected.randomised["subject"])
    ]
    return made_up.with_rows(collected, "guesses", *rows)


def test_guesses_of_the_arm_are_told_by_arm_with_the_indices(guessed):
    report, form = final.build(guessed, made_up.circumstances(), made_up.arms(1)), blinding.forms()[0]
    arms, by = made_up.arms(1), guessed.guesses.set_index("subject")["guessed"]
    given = arms.reindex(by.index)
    right = int(((given == "DCS") & (by == "DCS")).sum())
    wrong = int(((given == "DCS") & (by == "PLACEBO")).sum())
    n = int((given == "DCS").sum())
    assert row(report, "guesses", f"{form.title}: DCS") == (str(right), str(wrong), str(n - right - wrong), "0")
    assert row(report, "blinding_indices", f"{form.title}: Bang, DCS")[:2] == (str(n), f"{(right - wrong) / n:.2f}")
    assert row(report, "guesses", f"{blinding.forms()[1].title}: DCS")[-1] == str(n)


def test_a_blinded_report_tells_who_guessed_and_not_what(guessed):
    report, form = blinded.build(guessed, made_up.circumstances()), blinding.forms()[0]
    known = int(guessed.guesses["guessed"].notna().sum())
    assert row(report, "guesses", form.title) == (str(known), str(25 - known), "0")
    turned = guessed.guesses.assign(guessed=guessed.guesses["guessed"].map({"DCS": "PLACEBO", "PLACEBO": "DCS"}))
    other = blinded.build(dataclasses.replace(guessed, guesses=turned), made_up.circumstances())
    assert table(other, "guesses") == table(report, "guesses")
