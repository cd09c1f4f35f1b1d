"""The blinded variance and sample size in the report, and the sandwich beside a primary model that is not UN."""

import dataclasses

import numpy as np
import pytest

from analysis.derive import plan, variables
from analysis.reports import blinded, efficacy, variance
from analysis.reports.comparison import Comparison
from analysis.stats.mmrm import fit
from crf import trial
from tests import made_up


@pytest.fixture(scope="module")
def collected():
    return made_up.trial(1)


@pytest.fixture(scope="module")
def course(collected):
    return variables.course(collected, plan.primary().code, cut=variables.cuts(variables.happened(collected).frame))


def section_of(report):
    return next(one for one in report.sections if one.key == variance.KEY)


def printed(found) -> list[dict]:
    return [dict(zip(found.head, map(str, row), strict=True)) for row in found.rows]


def test_the_blinded_report_tells_the_pooled_variance_and_the_sample_size(collected, course):
    section = section_of(made_up.blinded_report())
    by_week, sizes = map(printed, section.tables)
    assert [row["Visit"] for row in by_week] == [f"Week {week}" for week in range(1, 7)]
    assert by_week[-1]["SD"] == f"{np.sqrt(variance.pooled(course).variance):.1f}"
    assert int(sizes[0]["Subjects needed"]) > int(sizes[1]["Subjects needed"]) > 0
    assert by_week[-1]["SD"] in section.blocks[0]


def test_the_sample_size_uses_the_planned_effect_and_no_other(course, monkeypatch):
    """Twice the planned difference asks for about a quarter of the subjects; the data are the same."""
    before = variance._size(variance.pooled(course), adjusted=False).needed
    planned = trial.ANALYSIS.planning_effect
    twice = dataclasses.replace(planned, difference=2 * planned.difference)
    monkeypatch.setattr(trial, "ANALYSIS", dataclasses.replace(trial.ANALYSIS, planning_effect=twice))
    assert before / 5 < variance._size(variance.pooled(course), adjusted=False).needed < before / 3


def test_the_rule_keeps_to_the_planned_number_and_the_maximum(course):
    found = variance.pooled(course)
    for times in (0.01, 1.0, 100.0):
        size = variance._size(dataclasses.replace(found, variance=times * found.variance), adjusted=False)
        assert trial.PLANNED_SUBJECTS <= size.total <= trial.ANALYSIS.planning_effect.maximum
        assert bool(size.warnings) == (size.needed > trial.ANALYSIS.planning_effect.maximum)


def test_before_week_6_the_report_says_that_there_is_none_yet():
    section = section_of(blinded.build(made_up.trial(1, weeks=3), made_up.circumstances()))
    assert section.blocks == ("This could not be made yet. No HAMD-21 was rated at week 6 yet.",)


def test_too_few_subjects_for_the_model_say_so(collected):
    few = dataclasses.replace(collected, subjects=collected.subjects.head(1))
    (said,) = section_of(blinded.build(few, made_up.circumstances())).blocks
    assert said.startswith("This could not be made yet. ")


# -- the sandwich beside


@pytest.fixture
def two(collected):
    return Comparison(collected, made_up.arms(1))


def with_structure(two: Comparison, covariance: str) -> Comparison:
    """The comparison as it is when the fall-back list came to this structure."""
    frame = two.counted.after_baseline.merge(two.subjects[["subject", "arm"]], on="subject")
    two.__dict__["model"] = fit(
        frame.astype({"change": float, "base": float}),
        subject="subject",
        visit="visit",
        response="change",
        fixed="base + site + visit + arm + arm:visit",
        visits=list(plan.visits()),
        reference={"arm": trial.REFERENCE.code},
        method="reml",
        covariance=covariance,
    )
    return two


def test_with_an_unstructured_covariance_no_sandwich_is_printed(two):
    assert [table.key for table in efficacy.primary(two).tables] == ["mmrm"]


@pytest.mark.parametrize("covariance", ["toeph", "cs"])
def test_with_any_other_structure_cr2_and_cr3_stand_beside(two, covariance):
    section = efficacy.primary(with_structure(two, covariance))
    mmrm, robust = map(printed, section.tables)
    assert [(row["Visit"], row["Sandwich"]) for row in robust] == [
        (f"Week {week}", kind) for week in range(1, 7) for kind in ("CR2", "CR3")
    ]
    primary = {row["Visit"]: row["Difference"] for row in mmrm}
    assert all(row["Difference"] == primary[row["Visit"]] for row in robust)
    at_last = {row["Sandwich"]: float(row["SE"]) for row in robust if row["Visit"] == "Week 6"}
    assert 0 < at_last["CR2"] <= at_last["CR3"]  # the jackknife is the more careful of the two
    assert covariance in section.tables[1].notes[0]
