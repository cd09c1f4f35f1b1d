"""The reports use the estimators at their edges: planned visits, who was never rated, the list of covariances, arms."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.derive import plan
from analysis.reports import masking, responding, robustness
from analysis.reports.comparison import Comparison
from analysis.stats.mmrm import NotConverged
from crf import trial
from crf.spec.arms import Arm
from tests import made_up

NEVER = "JER-003"
(PAIR,) = plan.pairs()


@pytest.fixture
def comparison():
    return Comparison(made_up.trial(1), made_up.arms(1))


def table(section, key):
    return next(one for one in [*section.tables, *(figure.data for figure in section.figures)] if one.key == key)


def printed(found) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in found.rows]


@pytest.mark.finding("F-709")
def test_a_day_early_or_late_at_the_visits_moves_nothing_of_the_time_to_response(comparison):
    scores = comparison.collected.scores.copy()
    after = (scores["day"] > 1) & scores["day"].notna()
    late = scores["subject"].map({who: place % 3 - 1 for place, who in enumerate(sorted(scores["subject"].unique()))})
    scores.loc[after, "day"] += late[after]
    scattered = Comparison(dataclasses.replace(comparison.collected, scores=scores), comparison.arms)
    assert not scattered.every.after_baseline["day"].equals(comparison.every.after_baseline["day"])
    planned, moved = responding.responding(comparison), responding.responding(scattered)
    for key in ("time_to_response", "km_points"):
        assert printed(table(moved, key)) == printed(table(planned, key))
    days = {trial.visit(code).day for code in plan.visits()}
    assert {row[1] for row in table(moved, "km_points").rows} <= days
    note = table(moved, "time_to_response").notes[0]
    assert "interval-censored by planned day" in note and note == table(planned, "time_to_response").notes[0]


@pytest.mark.finding("F-708")
def test_who_was_never_rated_after_baseline_is_imputed_and_shifted(comparison):
    scores = comparison.collected.scores
    lost = (scores["subject"] == NEVER) & (scores["day"] > 1).fillna(False)
    other = Comparison(dataclasses.replace(comparison.collected, scores=scores[~lost]), comparison.arms)
    made, shifted = (robustness.outcomes(other, PAIR, from_dropout=flag) for flag in (False, True))
    for panel in (made, shifted):
        assert len(panel.subjects) == len(other.subjects) and not panel.left_out
        assert np.isnan(panel.y[panel.subjects.index(NEVER)]).all()
    assert shifted.event[shifted.subjects.index(NEVER)] == 0
    times = table(responding.responding(other), "time_to_response")
    assert "Never rated after baseline and not in it: 1." in times.notes[0]


@pytest.mark.finding("F-702")
def test_what_does_not_converge_takes_the_next_covariance_and_says_so(comparison):
    tried = []

    def make(covariance):
        tried.append(covariance)
        if len(tried) < 3:
            raise NotConverged("The search was cut short.")
        return covariance

    made, used, said = comparison.by_its_covariance(make)
    assert tried == ["un", "toeph", "ante1h"] and made == used == "ante1h"
    assert said == ("ANTE1H instead of the primary model's UN, with which this did not converge.",)
    assert comparison.by_its_covariance(str.upper) == ("UN", "un", ())


@pytest.mark.finding("F-702")
def test_where_no_covariance_converges_there_is_no_number(comparison):
    def make(covariance):
        raise NotConverged("The search was cut short.")

    with pytest.raises(NotConverged, match="un: The search was cut short"):
        comparison.by_its_covariance(make)


def test_each_arm_is_compared_with_the_reference_in_the_model_of_all_arms(monkeypatch):
    arms = (Arm("HIGH", "High dose"), Arm("LOW", "Low dose"), Arm("NONE", "Nothing", reference=True))
    for name, value in (("ARMS", arms), ("REFERENCE", arms[2]), ("ACTIVE_ARMS", arms[:2])):
        monkeypatch.setattr(trial, name, value)
    collected = made_up.trial(1)
    comparison = Comparison(collected, masking.dummy_arms(collected.randomised, seed=1))
    frame = comparison.at_primary_visit(comparison.every, carried=False).dropna(subset=["change", "base"])
    columns = [np.ones(len(frame)), frame["base"], frame["arm"] == "HIGH", frame["arm"] == "LOW"]
    x, y = np.column_stack(columns).astype(float), frame["change"].to_numpy(float)
    slopes, residual, *_ = np.linalg.lstsq(x, y, rcond=None)
    variance = residual[0] / (len(y) - 4) * np.linalg.inv(x.T @ x)
    for place, pair in enumerate(plan.pairs(), start=2):
        found = comparison.covariance(comparison.every, pair, carried=False).contrast
        assert found.df == len(y) - 4
        assert found.estimate == pytest.approx(slopes[place])
        assert found.se == pytest.approx(variance[place, place] ** 0.5)


# -- one plan


@pytest.mark.finding("F-706")
def test_an_outcome_has_one_planned_p_wherever_it_stands():
    report = made_up.final_report()
    tables = {one.key: one for one in report.tables}
    told = pd.concat(
        [
            pd.DataFrame([(row[0].split(". ")[1].split(" at ")[0], str(row[3])) for row in tables["sequence"].rows]),
            pd.DataFrame(
                [
                    (row[0].removesuffix(", mixed model"), str(row[4]))
                    for row in tables["secondary"].rows
                    if row[0].endswith(", mixed model")
                ]
            ),
            pd.DataFrame(
                [
                    (one.label, row[-1].split("p = ")[1])
                    for row in tables["as_published"].rows
                    for one in plan.changes()
                    if row[-1].startswith("MMRM") and one.label.startswith(row[0])
                ]
            ),
        ]
    )
    found = told.groupby(0)[1].agg(list)
    assert set(found.index) == {one.label for one in plan.changes()}
    assert all(len(set(p)) == 1 for p in found) and max(map(len, found)) > 1
