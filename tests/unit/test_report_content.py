"""What ICH E3 and CONSORT ask of a report and the declaration alone can give: flow, blinding, safety, diagnostics."""

import dataclasses
import datetime as dt
import io
import re

import numpy as np
import pypdf
import pytest

from analysis.derive import plan
from analysis.papers import pdf
from analysis.reports import (
    blinded,
    blinding,
    checklist,
    code_breaks,
    comparison,
    exposure_response,
    final,
    list_verified,
    single_values,
)
from analysis.sealed.verified import Verified
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


# -- who left, and what departed from the protocol


def test_the_pattern_of_drop_out_adds_up_and_shows_a_gap(by_arm, pooled):
    for report in (by_arm, pooled):
        found = [one for one in table(report, "dropout").rows if not str(one[0]).startswith(" ")]
        assert sum(sum(one[1:]) for one in found) == 25
        assert row(report, "dropout", "of them with a visit missing before")[-1] == "1"
        assert len(figure(report, "courses").data.rows) == 25 and figure(report, "courses").svg()
    means = next(one for one in table(pooled, "dropout_means").rows if one[0] == "Week 2")
    assert [str(cell) for cell in means[-4:]] == ["–"] * 4  # who left at week 2 has no mean later


def test_deviations_are_counted_by_kind_and_listed_while_blinded(collected):
    rows = [
        ("AFU-006", 1, "PROHIBITED", made_up.BEGAN, "MAJOR", None),
        ("AFU-006", 2, "PROHIBITED", made_up.BEGAN, "MINOR", "W1"),
        ("AFU-007", 1, "WINDOW", made_up.BEGAN, None, "W2"),
    ]
    with_some = made_up.with_rows(collected, "deviations", *rows)
    pooled, by_arm = (
        blinded.build(with_some, made_up.circumstances()),
        final.build(with_some, made_up.circumstances(), made_up.arms(1)),
    )
    assert row(pooled, "deviations", "Any") == ("2", "1", "3")
    assert len(table(pooled, "deviations_listed").rows) == 3
    arm = made_up.arms(1)
    place = 0 if arm["AFU-006"] == "DCS" else 3
    kind = next(str(one[0]).strip() for one in table(by_arm, "deviations").rows if str(one[0]).startswith("   "))
    assert row(by_arm, "deviations", kind)[place : place + 3] == ("1", "1", "2")
    assert not any(one.key == "deviations_listed" for one in by_arm.tables)


# -- what is watched for safety


@pytest.fixture(scope="module")
def watched_trial(collected):
    """Item 3 of the scale goes from 1 to 4 in one subject; a pulse falls and rises; thoughts begin; a test leaves its
    limits."""
    begun = collected.subjects.set_index("subject")["day_1"]

    def on(who, day):
        return begun[who] + dt.timedelta(days=day - 1)

    scores = [
        (who, who[:3], visit, code, on(who, day), day, value)
        for who in ("JER-003", "JER-004")
        for code, values in (("hamd_3", (1, 1, 4)), ("pulse", (70, 55, 90)))
        for visit, day, value in zip(("BL", "W1", "W2"), (1, 8, 15), values, strict=True)
        if not (who == "JER-004" and visit == "W2")
    ]
    made = made_up.with_rows(collected, "scores", *scores)
    made = made_up.with_rows(
        made,
        "occurrences",
        ("JER-003", "SUICIDE", "passive", "N", "Y"),
        ("JER-003", "SUICIDE", "intent", "N", "N"),
        ("JER-004", "SUICIDE", "passive", "Y", "Y"),
    )
    results = [(1, 20.0, "NORMAL"), (22, 90.0, "HIGH"), (43, 30.0, "NORMAL")]
    rows = [("JER-003", on("JER-003", day), day, "ALT", value, flag) for day, value, flag in results]
    return made_up.with_rows(made, "laboratory", *rows)


def test_safety_scales_show_the_worst_after_baseline_and_the_shift(watched_trial):
    pooled = blinded.build(watched_trial, made_up.circumstances())
    assert row(pooled, "hamd_3_shift", "Baseline 1") == ("0", "1", "0", "0", "1", "2")
    assert row(pooled, "scales_worst", "HAMD item 3, highest")[-1] == "+3.0"
    assert row(pooled, "scales_worst", "Pulse (/min), lowest")[-1] == "−15.0"
    assert row(pooled, "scales_worst", "Pulse (/min), highest")[-1] == "+20.0"
    by_arm = final.build(watched_trial, made_up.circumstances(), made_up.arms(1))
    assert {one[1] for one in table(by_arm, "scales_worst").rows} == {"DCS", "Placebo"}


def test_occurrences_are_counted_before_and_after_and_new(watched_trial):
    pooled = blinded.build(watched_trial, made_up.circumstances())
    assert row(pooled, "occurrences_suicide", "Any") == ("1 of 2", "2 of 2", "1")
    intent = next(one for one in table(pooled, "occurrences_suicide").rows if str(one[0]).startswith("4 "))
    assert intent[1:] == ("0 of 1", "0 of 1", 0)


def test_laboratory_tests_show_the_last_value_and_who_left_the_limits(watched_trial):
    report = final.build(watched_trial, made_up.circumstances(), made_up.arms(1))
    arm = {"DCS": "DCS", "PLACEBO": "Placebo"}[made_up.arms(1)["JER-003"]]
    values = next(one for one in table(report, "bloods").rows if one[1] == arm)
    assert values[2:] == (1, "20.00 (–)", 1, "30.00 (–)", 1, "10.00 (–)")
    shifts = next(one for one in table(report, "bloods_shift").rows if one[1] == arm)
    assert shifts[2:] == (0, "–", 0, 1, 0, 1, 0, 0, "–")


# -- what the primary model makes of the data


def test_the_covariance_convergence_and_residuals_of_the_primary_model_are_there(by_arm, collected):
    fit = comparison.Comparison(collected, made_up.arms(1)).model
    found = table(by_arm, "model_covariance").rows
    assert [one.value for one in found[1][1:3]] == pytest.approx([fit.sigma.iloc[1, 0], fit.sigma.iloc[1, 1]])
    assert found[0][2].value == pytest.approx(
        fit.sigma.iloc[0, 1] / (fit.sigma.iloc[0, 0] * fit.sigma.iloc[1, 1]) ** 0.5
    )
    assert row(by_arm, "model_search", "Converged") == ("yes",)
    drawn = figure(by_arm, "residuals")
    assert len(drawn.data.rows) == fit.n_observations and drawn.svg().startswith(b"<?xml")


def test_every_analysis_of_the_primary_outcome_stands_in_one_picture_with_its_own_number(by_arm):
    drawn = {str(one[0]): one for one in figure(by_arm, "together").data.rows}
    assert len(drawn) >= 12
    (primary,) = [one for label, one in drawn.items() if label.startswith("Primary")]
    week_6 = next(one for one in table(by_arm, "mmrm").rows if one[0] == "Week 6")
    assert primary[1].value == week_6[3].value
    jump = next(one for one in table(by_arm, "reference_based").rows if str(one[0]).startswith("J2R"))
    assert next(one for label, one in drawn.items() if "J2R" in label and "conditional" in label)[1] == jump[1]
    assert figure(by_arm, "together").svg().startswith(b"<?xml")


# -- participants one by one, code breaks, exposure, and where CONSORT's items are


def test_each_participant_is_listed_with_dates_ends_and_sets(by_arm, collected):
    assert row(by_arm, "participants", NEVER_DOSED)[2] == "–"
    sets = comparison.Comparison(collected, made_up.arms(1)).sets
    for one in table(by_arm, "participants_sets").rows:
        assert [cell == "yes" for cell in one[-2:]] == [
            one[0] in sets[name].members for name in ("per protocol", "safety")
        ]
    assert {str(one[0]) for one in table(by_arm, "participants").rows} == set(collected.randomised["subject"])


def test_every_adverse_event_and_every_result_is_listed_with_the_arm():
    before = ("JER-002", "JER", 9, "Cold", "2025-11-01", "NONE", "N", "MILD", "N", "NOT", "NONE", "RECOVERED", None)
    eventful = made_up.with_rows(made_up.eventful(1), "adverse_events", before)
    first = eventful.subjects.set_index("subject")["day_1"]["JER-002"]
    drawn = [("JER-002", first, 1, "ALT", 23.0, "NORMAL"), ("JER-002", first, 1, "AST", 71.5, "HIGH")]
    told = comparison.Comparison(made_up.with_rows(eventful, "laboratory", *drawn), made_up.arms(1))
    (events,) = single_values.adverse_events(told).tables
    assert len(events.rows) == len(eventful.adverse_events)
    late = next(one for one in events.rows if one[2] == "Fever")
    assert late[1] == plan.names()[made_up.arms(1)["AFU-003"]]
    assert [one[2] for one in events.rows if one[-1] == "no"] == ["Cold"]
    (results,) = single_values.laboratory(told).tables
    assert [str(cell) for cell in results.rows[0]][2:] == [
        "1",
        "Alanine aminotransferase 23; Aspartate aminotransferase 71.50 H",
    ]


def test_a_list_that_is_not_the_one_committed_to_is_said_to_be_another():
    sound = Verified("ab", "ab", (("A", 8, 5), ("B", 8, 8)), ())
    told, table = list_verified.verification(sound).blocks
    assert told == "All 16 rows agree with the commitment; 13 were given, in order and without gap."
    assert [tuple(map(str, row)) for row in table.rows] == [("A", "8", "5"), ("B", "8", "8"), ("All", "16", "13")]
    wrong = dataclasses.replace(sound, disagreements=("A: place 3 was given although place 2 was free.",))
    told, _, why = list_verified.verification(wrong).blocks
    assert told == "The list does not agree with its commitment: 1 finding(s)." and why in wrong.disagreements
    assert "not opened" in list_verified.verification(None).blocks[0]


def test_code_breaks_stand_by_arm_with_their_study_day(collected):
    began = collected.subjects.set_index("subject")["day_1"]
    on = (began["AFU-002"] + dt.timedelta(days=9)).date()
    more = made_up.with_rows(collected, "code_breaks", ("AFU-002", on, "Emergency"))
    section = code_breaks.code_breaks(comparison.Comparison(more, made_up.arms(1)))
    by, listed = section.tables
    assert [tuple(map(str, one)) for one in by.rows] == [
        ("Participants", "1", "0"),
        ("Code breaks", "1", "0"),
        ("Emergency", "1", "0"),
    ]
    assert [str(cell) for cell in listed.rows[0]] == ["AFU-002", "DCS", "Emergency", listed.rows[0][3], "10"]
    assert (
        "No code of a randomised participant"
        in code_breaks.code_breaks(comparison.Comparison(collected, made_up.arms(1))).blocks[0]
    )


def test_the_slope_of_response_on_exposure_is_least_squares_in_each_arm_by_itself(collected):
    capsules = collected.capsules.copy()
    who = sorted(set(capsules["subject"]))
    short = {one: place % 5 for place, one in enumerate(who)}
    counted = capsules["taken"].notna()
    capsules.loc[counted, "taken"] -= capsules.loc[counted, "subject"].map(short)
    other = dataclasses.replace(collected, capsules=capsules)
    section = exposure_response.exposure_response(comparison.Comparison(other, made_up.arms(1)))
    drawn = section.figures[0].data.rows
    assert "no effect of dose" in section.tables[0].notes[1]
    change = {str(one[0]): one[3].value for one in drawn if one[1] == "DCS"}
    share = {str(one[0]): one[2].value for one in drawn if one[1] == "DCS"}
    base = (
        comparison.Comparison(other, made_up.arms(1))
        .every.frame.drop_duplicates("subject")
        .set_index("subject")["base"]
    )
    columns = np.array([[1, float(base[one]), share[one] / 10] for one in change])
    slope = np.linalg.lstsq(columns, np.array(list(change.values())), rcond=None)[0][2]
    assert next(one for one in section.tables[0].rows if one[0] == "DCS")[2].value == pytest.approx(slope)


def test_the_checklist_names_where_each_item_of_consort_2025_is_and_the_pages_hold(by_arm):
    found = table(by_arm, checklist.KEY)
    assert [int(re.match(r"\d+", str(one[0]))[0]) for one in found.rows] == sorted(
        int(re.match(r"\d+", str(one[0]))[0]) for one in found.rows
    )
    assert {re.match(r"\d+", str(one[0]))[0] for one in found.rows} == {str(item) for item in range(1, 31)}
    numbers = {number: block.title for (_, block), number in zip(by_arm.numbered, by_arm.numbers.values(), strict=True)}
    assert "(Figure 1)" in row(by_arm, checklist.KEY, "22a")[1] and numbers["Figure 1"] == "Flow of participants"
    (baseline,) = re.findall(r"\((Table \d+)\)", row(by_arm, checklist.KEY, "25")[1])
    assert numbers[baseline] == "Baseline by arm"
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.pdf(by_arm))).pages]
    (said,) = re.findall(r"25 Baseline Section \d+, Baseline \(Table \d+\) (\d+)", " ".join(pages[-2:]))
    assert f"{baseline}. Baseline by arm" in pages[int(said) - 1]
