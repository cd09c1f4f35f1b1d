"""Another declaration is another report: every setting of the plan is read, and no word or number stands beside it."""

import dataclasses
import json
from decimal import Decimal

import pandas as pd
import pytest

from analysis.papers.pdf import as_data
from analysis.reports import blinded, final, masking, responding
from crf import trial
from crf.spec.arms import Arm
from crf.spec.dosing import SingleAdministration
from crf.spec.outcomes import TREATMENT_POLICY, Better, Remission, Response
from crf.spec.purposes import Purpose
from tests import made_up

THREE = (Arm("HIGH", "High dose", share=2), Arm("LOW", "Low dose"), Arm("NONE", "Nothing", reference=True))


@pytest.fixture(scope="module")
def collected():
    return made_up.eventful(1)


@pytest.fixture
def declare(monkeypatch):
    """A function that changes the plan of the served trial, and what else of it is named."""

    def change(**changes):
        for name in ("ARMS", "REFERENCE", "ACTIVE_ARMS", "SITES", "LADDER", "DOSING", "PUBLISHED", "serving"):
            if name in changes:
                monkeypatch.setattr(trial, name, changes.pop(name))
        monkeypatch.setattr(trial, "ANALYSIS", dataclasses.replace(trial.ANALYSIS, **changes))

    return change


def arms(seed: int = 1) -> pd.Series:
    """The arms of the made-up trial, or dummies where others are declared."""
    if {arm.code for arm in trial.ARMS} == set(made_up.arms(seed)):
        return made_up.arms(seed)
    return masking.dummy_arms(made_up.trial(seed).randomised, seed=seed)


def both(collected, **given) -> dict:
    """The blinded and the final report."""
    about = made_up.circumstances(**given)
    return {"blinded": blinded.build(collected, about), "final": final.build(collected, about, arms())}


def words(report) -> str:
    """All that the report says, its figures as they are described, and its data set; not how it was made."""
    blocks = [block for section in report.sections for block in section.blocks]
    said = [one["title"] for one in as_data(dataclasses.replace(report, sections=()))["sections"]]
    said += [section.title for section in report.sections]
    for block in blocks:
        if isinstance(block, str):
            said.append(block)
            continue
        table = getattr(block, "data", block)
        said += [block.title, getattr(block, "says", ""), table.title, *table.head, *table.notes]
        said += [str(cell) for row in table.rows for cell in row]
    return "\n".join([*said, json.dumps(report.data.columns), report.data.frame.to_csv(index=False)])


def section(report, key):
    return next((one for one in report.sections if one.key == key), None)


def table(report, key):
    return next(one for one in report.tables if one.key == key)


def drawn(report) -> int:
    """Every figure can be drawn; how many there are."""
    figures = [figure for one in report.sections for figure in one.figures]
    return len([figure.svg() for figure in figures])


def not_made(report) -> list[str]:
    return [
        block
        for one in report.sections
        for block in one.blocks
        if isinstance(block, str) and "could not be made" in block
    ]


def changed(code: str, **given):
    """The declared outcomes with one of them changed."""
    return tuple(dataclasses.replace(one, **given) if one.code == code else one for one in trial.ANALYSIS.outcomes)


def strategy(kind: str, **given):
    return tuple(dataclasses.replace(one, **given) if one.kind == kind else one for one in trial.ANALYSIS.strategies)


def moderator(**given):
    return (dataclasses.replace(trial.ANALYSIS.moderators[0], **given),)


def planned(**given):
    return dataclasses.replace(trial.ANALYSIS.planning_effect, **given)


PLAN = trial.ANALYSIS
#: A change of each setting of the plan, and of the settings within it. Where two stand, both must be seen.
CHANGES_OF = {
    "outcomes": [
        {"outcomes": changed("hamd21", label="First scale")},
        {"outcomes": changed("hamd21", title="The first scale")},
        {"outcomes": changed("hamd21", low=1)},
        {"outcomes": changed("hamd21", high=64)},
        {"outcomes": changed("bdi", better=Better.HIGHER)},
        {"outcomes": changed("cgi_s", better=Better.HIGHER)},
    ],
    "sequence": [{"sequence": ("hama", "hamd21")}, {"sequence": ("hamd21",)}],
    "visit": [{"visit": "W4"}],
    "secondary": [{"secondary": ("bdi",)}],
    "alpha": [{"alpha": Decimal("0.01")}],
    "level": [{"level": Decimal("0.90")}],
    "response": [
        {"response": None},
        {"response": Response("hamd21", percent=30)},
        {"response": Response("hamd21", sustained_visits=3)},
        {"response": Response("hama")},
    ],
    "remission": [{"remission": None}, {"remission": Remission("hamd21", at_most=10)}],
    "moderators": [
        {"moderators": (), "PUBLISHED": None},
        {"moderators": moderator(label="the amino acid")},
        {"moderators": moderator(unit="mg/L")},
        {"moderators": moderator(per=100)},
        {"moderators": moderator(outcome="bdi")},
    ],
    "adjusted_for_site": [{"adjusted_for_site": False}],
    "strategies": [
        {"strategies": ()},
        {"strategies": strategy("NEWAD", label="Another drug")},
        {"strategies": strategy("NEWAD", mean=TREATMENT_POLICY)},
        {"strategies": strategy("ADMISSION", response=TREATMENT_POLICY)},
        {"strategies": strategy("NEWAD", days_after=14)},
        {"strategies": strategy("NEWAD", told_by=())},
    ],
    "on_treatment_days": [{"on_treatment_days": 20}],
    "treatment_emergent_days": [{"treatment_emergent_days": 5}],
    "serious_emergent_days": [{"serious_emergent_days": 5}],
    "compliance": [{"compliance": (Decimal("1.01"), Decimal("1.20"))}],
    "planning_effect": [
        {"planning_effect": None},
        {"planning_effect": planned(difference=Decimal("-5"))},
        {"planning_effect": planned(standard_deviation=Decimal("8"))},
        {"planning_effect": planned(power=Decimal("0.90"))},
        {"planning_effect": planned(retention=Decimal("0.90"))},
        {"planning_effect": planned(maximum=30)},
    ],
    "unblinding_events": [{"unblinding_events": ()}],
    "unblinding_words": [{"unblinding_words": ()}],
    "occurrences": [{"occurrences": ()}],
    "treatments": [{"treatments": "one thing and another"}],
    "without_events": [{"without_events": "had nothing happened"}],
}
REFUSED = {"interim_looks"}  # tests/spec/test_plan_of_analysis.py
OF_PAGES = {"drawn"}  # what the course on the page of one subject shows; no report reads it: test_words_of_the_trial.py
EACH = [(name, place) for name, some in CHANGES_OF.items() for place in range(len(some))]
#: Settings that the blinded report does not tell of, and the one outcome whose turned direction only tests show.
ONLY_FINAL = {"alpha", "moderators", "response-2", "strategies-3", "outcomes-5"}


@pytest.fixture(scope="module")
def as_declared(collected):
    return {name: words(report) for name, report in both(collected).items()}


@pytest.mark.finding("F-107")
def test_each_setting_of_the_plan_is_changed_by_this_test_or_refused():
    assert set(CHANGES_OF) | REFUSED | OF_PAGES == {field.name for field in dataclasses.fields(PLAN)}


@pytest.mark.finding("F-107")
@pytest.mark.parametrize(("name", "place"), EACH, ids=[f"{name}-{place}" for name, place in EACH])
def test_each_setting_of_the_plan_is_read(collected, as_declared, declare, name, place):
    declare(**CHANGES_OF[name][place])
    if {name, f"{name}-{place}"} & ONLY_FINAL:
        assert words(final.build(collected, made_up.circumstances(), arms())) != as_declared["final"]
    else:
        assert words(blinded.build(collected, made_up.circumstances())) != as_declared["blinded"]


# -- variants of the whole


@pytest.mark.finding("F-101")
def test_with_another_primary_visit_every_sentence_and_number_is_of_that_visit(collected, declare):
    week_6 = both(collected)
    declare(visit="W5", sequence=("hamd21",))  # HAM-A is not rated then; the declaration refuses it
    found = both(collected)
    rows = {str(row[0]): row for row in table(week_6["final"], "mmrm").rows}
    said = section(found["final"], "primary").blocks[0]
    assert "At week 5" in said and str(rows["Week 5"][3]).replace("−6", "−6")[:4] in said
    # Courses go on to week 6, and what left of that week is named.
    courses = {"left_out", "dropout", *(one.code for one in trial.ANALYSIS.outcomes)}
    for report in found.values():
        kept = tuple(one for one in report.sections if one.key not in courses)
        said = words(dataclasses.replace(report, sections=kept))
        assert "week 6" not in said and "week 5" in said
        assert drawn(report) and not not_made(report)
    assert "Sustained: week 4 and week 5" in words(found["final"])


@pytest.mark.finding("F-103")
def test_with_three_arms_nobody_vanishes_and_each_active_arm_is_compared_with_the_reference(collected, declare):
    declare(ARMS=THREE, REFERENCE=THREE[2], ACTIVE_ARMS=THREE[:2])
    report = both(collected)["final"]
    assert not not_made(report) and drawn(report)
    columns = ("", "High dose", "Low dose", "Nothing", "All")
    disposition = table(report, "disposition")
    assert disposition.head == columns
    assert sum(disposition.rows[0][1:4]) == disposition.rows[0][4] == len(collected.randomised)
    given = arms().value_counts()
    assert disposition.rows[0][1:4] == tuple(given[arm.code] for arm in THREE)
    assert table(report, "baseline").head == columns
    differences = ("High dose minus nothing", "Low dose minus nothing")
    for one in differences:
        assert one in section(report, "primary").blocks[0]
    assert {str(row[4]) for row in table(report, "mmrm").rows} == set(differences)
    for key in ("ancova", "sequence", "supplementary", "effect_sizes", "secondary"):
        labels = " ".join(str(row[0]) for row in table(report, key).rows)
        assert all(one in labels or one.split(" minus")[0] in labels for one in differences), key
    for key in ("response_tests", "risk_differences", "ratios", "by_site"):
        assert table(report, f"{key}_high").title != table(report, f"{key}_low").title
    for key in ("randomisation", "robustness"):
        assert section(report, key).blocks == ("This method is written for two arms; the trial has three.",)
    any_event = table(report, "harm_terms")
    assert len(any_event.head) == 1 + 3 * 2 + 2 * 2
    assert sum(any_event.rows[0][2:7:2]) == len(collected.adverse_events)
    assert {str(row[0]) for row in table(report, "time_to_response").rows} == {"High dose", "Low dose", "Nothing"}


@pytest.mark.finding("F-103")
def test_a_fixed_sequence_of_several_arms_tests_the_next_only_after_all_before(collected, declare):
    declare(ARMS=THREE, REFERENCE=THREE[2], ACTIVE_ARMS=THREE[:2])
    rows = table(both(collected)["final"], "sequence").rows
    assert [str(row[0]) for row in rows] == [
        "1. HAMD-21 at week 6: High dose minus nothing",
        "2. HAMD-21 at week 6: Low dose minus nothing",
        "3. HAM-A at week 6: High dose minus nothing",
        "4. HAM-A at week 6: Low dose minus nothing",
    ]
    verdicts = [row[4] for row in rows]
    first = next((place for place, one in enumerate(verdicts) if one != "significant"), len(verdicts))
    assert set(verdicts[first + 1 :]) <= {"not tested"}


@pytest.mark.finding("F-103")
def test_the_reference_may_be_declared_first_and_tables_keep_that_order(collected, declare):
    turned = tuple(reversed(trial.ARMS))
    before = both(collected)["final"]
    declare(ARMS=turned)
    after = both(collected)["final"]
    assert table(after, "disposition").head == ("", "Placebo", "DCS", "All")
    # The mean (SE) of each arm changes its column; the difference is the same.
    assert [row[3:] for row in table(after, "mmrm").rows] == [row[3:] for row in table(before, "mmrm").rows]


@pytest.mark.finding("F-107")
def test_intervals_of_80_percent_and_an_alpha_of_10_percent_are_called_so(collected, declare):
    declare(alpha=Decimal("0.10"), level=Decimal("0.80"))
    found = both(collected)
    for report in found.values():
        said = words(report)
        assert "80 % interval" in said and "95 %" not in said
    report = found["final"]
    assert drawn(report)
    assert table(report, "sequence").head[-1] == "At two-sided 10 %"
    assert "keep 10 %" in table(report, "sequence").notes[0]


@pytest.mark.finding("F-106")
@pytest.mark.parametrize("missing", ["response", "remission", "both"])
def test_without_a_rule_of_response_or_remission_its_sections_are_absent(collected, declare, missing):
    gone = {"response", "remission"} if missing == "both" else {missing}
    declare(PUBLISHED=None, **dict.fromkeys(gone))
    for report in both(collected).values():
        keys = {one.key for one in report.sections}
        titles = " ".join(one.title for one in report.sections)
        assert not not_made(report)
        for rule in gone:
            assert rule not in titles.lower()
        if report.is_unblinded:
            assert ("response" in keys) == ("responding" in keys) == ("response" not in gone)


@pytest.mark.finding("F-106")
def test_without_moderators_or_secondary_outcomes_their_sections_are_absent(collected, declare):
    declare(moderators=(), secondary=(), sequence=("hamd21",), PUBLISHED=None)
    for report in both(collected).values():
        assert not {one.key for one in report.sections} & {"glycine", "secondary", "sequence", "hama", "bdi"}
        assert not not_made(report)
        said = words(report)
        assert "glycine" not in said.lower().replace("hamd", "")


@pytest.mark.finding("F-106")
def test_without_events_that_are_intercurrent_every_rating_counts(collected, declare):
    declare(strategies=())
    for report in both(collected).values():
        assert not not_made(report)
        assert "whatever happened" in section(report, "estimand").blocks[0]
        assert "strategies" not in {one.key for one in report.tables}


@pytest.mark.finding("F-106")
def test_without_a_form_for_adverse_events_there_is_no_section_on_them(collected, declare):
    served = trial.serving
    declare(
        serving=lambda purpose: None if purpose is Purpose.ADVERSE_EVENTS else served(purpose), unblinding_events=()
    )
    for report in both(collected).values():
        assert section(report, "harm") is None and not not_made(report)


@pytest.mark.finding("F-106")
@pytest.mark.parametrize("dosing", [SingleAdministration("One infusion"), None])
def test_without_a_dose_ladder_exposure_is_who_was_given_the_drug(collected, declare, dosing):
    declare(LADDER=None, DOSING=dosing)
    for report in both(collected).values():
        said = words(report)
        assert not not_made(report)
        assert "At onset" not in said and "compliance" not in said.lower()
        exposure = section(report, "exposure")
        if dosing is None:
            assert exposure is None
        else:
            assert [str(row[0]) for row in exposure.tables[0].rows] == ["Randomised", "One infusion"]


@pytest.mark.finding("F-106")
def test_one_site_is_no_factor_and_nothing_is_said_by_site(collected, declare):
    one = dataclasses.replace(
        collected,
        **{
            name: getattr(collected, name).assign(site="JER")
            for name in ("subjects", "visits", "scores", "completeness", "adverse_events")
        },
    )
    declare(SITES=(trial.SITES[0],))
    for report in both(one).values():
        assert not not_made(report)
        assert {"by_site"}.isdisjoint(table.key for table in report.tables)
        assert "stratified by site" not in words(report) and "Sites weigh" not in words(report)


@pytest.mark.finding("F-106")
def test_where_higher_is_better_signs_sides_and_verbs_turn(collected, declare):
    before = both(collected)["final"]
    scores = collected.scores.copy()
    ends = {one.code: one.low + one.high for one in trial.ANALYSIS.outcomes}
    scores["value"] = scores["outcome"].map(ends) - scores["value"]
    turned = dataclasses.replace(collected, scores=scores)
    declare(
        outcomes=tuple(dataclasses.replace(one, better=Better.HIGHER) for one in trial.ANALYSIS.outcomes),
        remission=Remission("hamd21", at_least=56),
        response=Response("hamd21", percent=20),
        planning_effect=planned(difference=Decimal("6")),
        PUBLISHED=None,
    )
    reports = both(turned)
    after = reports["final"]
    assert not not_made(after) and drawn(after) and drawn(reports["blinded"])
    assert "A positive difference favours DCS" in section(after, "primary").blocks[0]
    for row, other in zip(table(before, "mmrm").rows, table(after, "mmrm").rows, strict=True):
        assert row[3].value == pytest.approx(-other[3].value, abs=1e-6)
        assert row[-1].value == pytest.approx(other[-1].value, abs=1e-6)
    superiority = [
        next(row[2].value for row in table(one, "effect_sizes").rows if "fares better" in str(row[0]))
        for one in (before, after)
    ]
    assert superiority[0] == pytest.approx(superiority[1], abs=1e-9)
    said = words(after)
    assert "at least 120 % of baseline" in said and "at least 56" in said and "rose by at least 20 %" in said
    assert "probability of a higher score" in said
    # Remission is at most 7 as before, seen from the other end of the scale.
    remission = [[str(cell) for cell in table(one, "response").rows[1]] for one in (before, after)]
    assert remission[0] == remission[1]


# -- what belongs to one trial's demo


@pytest.mark.finding("F-102")
def test_a_real_trials_report_prints_nothing_of_the_paper(collected):
    report = final.build(collected, made_up.circumstances(is_synthetic=False), made_up.arms(1))
    said = words(report) + report.warning
    assert section(report, "as_published") is None
    for printed in ("0.039 (", "7/13 vs 2/13", "Heresco", "published", "Published"):
        assert printed not in said, printed


@pytest.mark.finding("F-102")
def test_the_demo_of_a_trial_that_was_not_published_says_only_that_it_is_synthetic(collected, declare):
    declare(PUBLISHED=None)
    for report in both(collected).values():
        assert "synthetic" in report.warning and "evidence" in report.warning
        assert "published" not in (report.warning + words(report)).lower()


@pytest.mark.finding("F-706")
def test_the_planned_analysis_of_a_secondary_outcome_is_one_and_the_same_in_every_section(collected):
    report = both(collected)["final"]
    planned_p = next(row[-1] for row in table(report, "secondary").rows if str(row[0]) == "BDI, mixed model")
    beside = next(row for row in table(report, "as_published").rows if str(row[0]) == "BDI")
    assert str(beside[3]).endswith(f"p = {planned_p}")


@pytest.mark.finding("F-109")
def test_sustained_response_ends_at_the_primary_visit_and_ever_two_in_a_row_stands_beside(collected):
    report = both(collected)["final"]
    labels = [str(row[0]) for row in table(report, "responding").rows]
    assert labels[2:4] == ["Sustained: week 5 and week 6", "Response at any two visits in a row"]
    sustained, ever = (
        [int(str(cell).split(" of ")[0]) for cell in row[1:3]] for row in table(report, "responding").rows[2:4]
    )
    assert all(kept <= held for kept, held in zip(sustained, ever, strict=True))


@pytest.mark.finding("F-109")
@pytest.mark.parametrize(
    ("visit", "run", "kept", "ever"),
    [
        ("W6", 2, {"TO_W6"}, {"TO_W6", "TO_W5", "EARLY"}),
        ("W5", 2, {"TO_W6", "TO_W5"}, {"TO_W6", "TO_W5", "EARLY"}),  # what follows the primary visit is not looked at
        ("W6", 3, {"TO_W6"}, {"TO_W6"}),
        ("W3", 2, set(), {"EARLY"}),
    ],
)
def test_a_response_is_sustained_at_consecutive_visits_of_which_the_primary_one_is_the_last(
    declare, visit, run, kept, ever
):
    responses = {"TO_W6": "001111"[-6:], "TO_W5": "000110", "EARLY": "110000", "APART": "101010", "ONCE": "000001"}
    seen = pd.DataFrame(
        [
            (who, at, verdict == "1")
            for who, verdicts in responses.items()
            for at, verdict in zip(trial.ANALYSED, verdicts, strict=True)
        ],
        columns=["subject", "visit", "responded"],
    )
    declare(visit=visit, sequence=("hamd21",), response=Response("hamd21", sustained_visits=run))
    (label, sustained), (other, held) = responding.sustained(seen, trial.ANALYSIS.primary)
    assert label.startswith("Sustained: week ") and label.endswith(trial.visit(visit).label.lower())
    assert other == f"Response at any {'two' if run == 2 else 'three'} visits in a row"
    assert set(sustained.index[sustained]) == kept and set(held.index[held]) == ever


# -- arms


@pytest.mark.finding("F-103")
@pytest.mark.parametrize("shares", [(1, 1), (2, 1), (2, 1, 1), (3, 2, 1)])
def test_dummy_arms_keep_to_the_declared_shares_within_each_site(collected, declare, shares):
    declared = tuple(Arm(f"ARM{place}", f"Arm {place}", share) for place, share in enumerate(shares))
    declare(ARMS=(*declared[:-1], dataclasses.replace(declared[-1], reference=True)))
    dummies = masking.dummy_arms(collected.randomised, seed=5)
    assert len(dummies) == len(collected.randomised)
    for _, own in dummies.groupby(dummies.index.str[:3]):
        for arm in declared:
            exact = len(own) * arm.share / sum(shares)
            assert abs((own == arm.code).sum() - exact) <= max(shares)
