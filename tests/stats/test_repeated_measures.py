"""Two-way repeated measures against R's car (METHODS 4.3)."""

import pytest

from analysis.stats.repeated_measures import repeated_measures
from analysis.stats.results import NotEstimable
from tests.stats.oracles import antidepressant
from tests.stats.said_by_r import said_by_r

PARTS = {
    "subject": "PATIENT",
    "visit": "VISIT",
    "arm": "THERAPY",
    "response": "CHANGE",
    "active": "DRUG",
    "reference": "PLACEBO",
}


@pytest.mark.parametrize(("name", "order"), [("completers", list("4567")), ("three", list("457"))])
def test_it_agrees_with_car(name, order):
    """repeated.txt: Anova(type = 3) of the multivariate model; relative 1e-10."""
    said = said_by_r("repeated")
    found = repeated_measures(antidepressant(), order=order, **PARTS)
    assert found.n == said[f"{name}.n"]
    sums = {source: value for source, value, _ in found.sums_of_squares}
    for key, source, test in (
        ("ARM", "arm", found.arm),
        ("V", "visit", found.visit),
        ("ARM:V", "arm x visit", found.interaction),
    ):
        assert sums[source] == pytest.approx(said[f"{name}.{key}.ss"], rel=1e-10)
        assert test.statistic == pytest.approx(said[f"{name}.{key}.F"], rel=1e-10)
        assert test.df2 == said[f"{name}.{key}.df2"]
        assert test.p == pytest.approx(said[f"{name}.{key}.p"], rel=1e-9)
    assert found.epsilon_gg == pytest.approx(said[f"{name}.gg"], rel=1e-10)
    assert found.epsilon_hf == pytest.approx(min(1, said[f"{name}.hf"]), rel=1e-10)
    assert found.mauchly.statistic == pytest.approx(said[f"{name}.W"], rel=1e-9)
    assert found.visit_gg.p == pytest.approx(said[f"{name}.V.gg_p"], rel=1e-9)
    assert found.visit_hf.p == pytest.approx(said[f"{name}.V.hf_p"], rel=1e-9)
    assert found.interaction_gg.p == pytest.approx(said[f"{name}.ARM:V.gg_p"], rel=1e-9)
    assert found.interaction_hf.p == pytest.approx(said[f"{name}.ARM:V.hf_p"], rel=1e-9)


def test_incomplete_subjects_are_left_out_and_named():
    found = repeated_measures(antidepressant(), order=list("4567"), **PARTS)
    assert found.n + len(found.left_out) == 172
    assert found.left_out[0] == "1513: no CHANGE at 5, 6, 7"


def test_two_visits_are_always_spherical():
    found = repeated_measures(antidepressant(), order=["4", "7"], **PARTS)
    assert found.epsilon_gg == pytest.approx(1)
    assert found.interaction.p == pytest.approx(found.interaction_gg.p)
    assert found.mauchly.warnings


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d[d["VISIT"] == "4"], "No subject was seen at each visit"),
        (lambda d: d.head(12), "too few|usable subjects"),
        (lambda d: d.assign(CHANGE=1.0), "no error to test against"),
    ],
)
def test_it_refuses(spoil, sentence):
    with pytest.raises(NotEstimable, match=sentence):
        repeated_measures(spoil(antidepressant()), order=list("4567"), **PARTS)


def test_a_subject_visit_twice_is_refused():
    data = antidepressant()
    data.loc[1, "VISIT"] = "4"
    with pytest.raises(NotEstimable, match="Subject 1503 has more than one row at visit 4"):
        repeated_measures(data, order=list("4567"), **PARTS)
