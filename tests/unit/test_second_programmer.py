"""The second programmer: R makes the numbers of the final report anew from the exported data, and is listened to."""

import dataclasses
import shutil

import pandas as pd
import pytest

from analysis.derive import plan
from analysis.reports import effects, efficacy, final, outcome, randomisation
from analysis.reports.comparison import Comparison
from analysis.reports.results import names_of, results
from analysis.second import compared, programme
from analysis.stats import contrasts, descriptive, effect_size, linear
from tests import made_up

#: The tables of which not every number is made anew; each is printed with the reason.
NOT_COVERED = {
    *("rerandomisation", "multiple_imputation", "together_points", "serious"),
    *("outside", "model_search", "model_far", "list_verified", "laboratory_listing"),
    *("adverse_listing", "as_published", "left_out"),
}
needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed here")


@pytest.fixture(scope="module")
def collected():
    """The made-up trial, with guesses of the arm and answers about suicidality, some of them before day 1."""
    made = made_up.eventful(1)
    given = list(made_up.arms(1).items())
    other = {"DCS": "PLACEBO", "PLACEBO": "DCS"}
    for place, (who, arm) in enumerate(given):
        for form, every in (("GUESSS", 3), ("GUESSR", 4)):
            if place % 7:
                guessed = (arm, other[arm], None, arm)[place % every]
                made = made_up.with_rows(made, "guesses", (who, form, made_up.BEGAN, guessed or "UNKNOWN", guessed))
        if place % 3:
            for item in ("passive", "plan"):
                before, after = (("N", "Y"), ("Y", "Y"), (None, "N"), ("Y", "N"))[(place + len(item)) % 4]
                made = made_up.with_rows(made, "occurrences", (who, "SUICIDE", item, before, after))
    return made


def opened_list() -> pd.DataFrame:
    """Blocks of two, and where a site has more of one arm blocks of four of which two places were never used."""
    rows = []
    for site in ("AFU", "JER"):
        own = [(who, arm) for who, arm in made_up.arms(1).items() if who.startswith(site)]
        given = {arm: [who for who, its in own if its == arm] for arm in ("DCS", "PLACEBO")}
        pairs = list(zip(*given.values(), strict=False))
        blocks = [[("DCS", one), ("PLACEBO", other)] for one, other in pairs]
        for arm, other in (("DCS", "PLACEBO"), ("PLACEBO", "DCS")):
            left = given[arm][len(pairs) :]
            blocks += [[(arm, who) for who in left[k : k + 2]] + [(other, None)] * 2 for k in range(0, len(left), 2)]
        places = [(number, *place) for number, block in enumerate(blocks) for place in block]
        rows += [(site, place, number, arm, who) for place, (number, arm, who) in enumerate(places)]
    return pd.DataFrame(rows, columns=["stratum", "sequence", "block", "arm", "subject"])


@pytest.fixture(scope="module")
def report(collected):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(randomisation, "ENUMERATED", 10_000)  # of the two sets one is enumerated, the other drawn
        made = final.build(collected, made_up.circumstances(), made_up.arms(1), allocation=opened_list())
    (tests,) = [table for table in made.tables if table.key == "rerandomisation"]
    assert [str(row[3])[:5] for row in tests.rows] == ["all: ", "all: ", "drawn", "drawn"]
    return made


@pytest.fixture(scope="module")
def said(report, collected):
    return compared.run(report, collected, made_up.arms(1))


@needs_r
def test_r_makes_the_numbers_of_the_final_report_anew(report, said):
    verdict = compared.compare(report, said)
    assert verdict.lines()[0].endswith(", 0 differing beyond 1e-08."), "\n".join(verdict.lines())
    assert verdict.agrees and verdict.compared > 3800
    assert all(why for _, _, why in verdict.uncovered)
    assert {table for _, table, _ in verdict.uncovered} <= NOT_COVERED


@needs_r
@pytest.mark.parametrize(
    ("module", "name", "planted", "section"),
    [
        (contrasts, "adjusted_covariance", lambda arrays, known: arrays.optimum.point.phi, "primary"),
        (effect_size, "correction", lambda df: 1 - 3 / (4 * df - 1), "effects"),
        (linear, "t_estimate", None, "beside"),
        (descriptive, "wilson", lambda events, n, *, level: (0.0, 1.0), "response_rated"),
    ],
)
def test_a_planted_change_of_one_estimator_is_caught(
    monkeypatch, collected, report, said, module, name, planted, section
):
    kept = getattr(module, name)
    if planted is None:  # the normal quantile where Student's belongs

        def planted(label, estimate, se, df, **more):
            return dataclasses.replace(kept(label, estimate, se, 1e9, **more), df=float(df))

    monkeypatch.setattr(module, name, planted)
    comparison = Comparison(collected, made_up.arms(1))
    told = {"primary": efficacy.primary, "effects": effects.effect_sizes, "beside": efficacy.beside}
    if section in told:
        made = told[section](comparison)
    else:
        every = {one.code: comparison.course(one.code) for one in plan.in_data_set()}
        made = outcome.response(section, every, comparison.groups, plan.order())
    verdict = compared.compare(dataclasses.replace(report, sections=(made,)), said)
    assert verdict.differing and not verdict.agrees


def test_the_program_reads_the_export_and_holds_no_number_of_the_report(report, collected):
    shapes = [shape for shape, _ in programme.data(collected, made_up.arms(1))]
    text = programme.programme(report, shapes)
    assert [shape.name for shape in shapes] == list(programme.READ)
    assert {one.method for _, one in _analyses(report)} <= {
        line.split(" <- function(")[0] for line in text.splitlines() if " <- function(" in line
    }
    printed = {f"{one.value:.6f}" for one in results(report) if one.value != round(one.value, 2)}
    assert not [number for number in printed if number in text]


def _analyses(report):
    return [(table, one) for table in report.tables for one in table.analyses]


def test_every_number_of_a_report_has_a_place_of_its_own(report):
    keys = [one.key for one in results(report)]
    assert len(keys) == len(set(keys)) > 2000
    rows = {(table.key, name) for table in report.tables for name in names_of(table)}
    lost = [(table.key, one.row) for table, one in _analyses(report) if one.row and (table.key, one.row) not in rows]
    assert not lost


def test_a_mixed_model_that_is_not_unstructured_is_named_as_not_covered(report, collected):
    comparison = Comparison(collected, made_up.arms(1))
    comparison.__dict__["model"] = dataclasses.replace(comparison.model, covariance="ar1h")
    made = dataclasses.replace(report, sections=(efficacy.primary(comparison),))
    verdict = compared.compare(made, "")
    assert {why for _, table, why in verdict.uncovered if table == "mmrm"} == {
        "the covariance is AR1H, and the second program fits the unstructured one only"
    }
    assert "mmrm" not in {table for table, _ in programme.calls(made)}
