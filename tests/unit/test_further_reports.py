"""What stands beside the primary analysis: sets, sequence, randomisation, sensitivity, harm, exposure, response."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.derive import doses, plan
from analysis.reports import blinded, final, harm, robustness, supplementary
from analysis.reports.comparison import Comparison
from analysis.reports.document import Figure
from crf import trial
from tests import made_up

(PAIR,) = plan.pairs()
STOPS = "JER-005"  # on the active arm: stops the drug on day 25 and is not seen at week 6


def allocation() -> pd.DataFrame:
    """The arms at hand as a list of blocks of two, the last place of one block unused."""
    rows = []
    for site in ("JER", "AFU"):
        own = [(who, arm) for who, arm in made_up.allocation(1) if who.startswith(site)]
        pairs = [[one for one in own if one[1] == arm] for arm in ("DCS", "PLACEBO")]
        for block, both in enumerate(zip(*pairs, strict=False), start=1):
            rows += [(who, site, None, block, arm) for who, arm in both]
        left = [one for some in pairs for one in some[min(map(len, pairs)) :]]
        for block, (who, arm) in enumerate(left, start=len(rows)):
            other = "PLACEBO" if arm == "DCS" else "DCS"
            rows += [(who, site, None, block, arm), (None, site, None, block, other)]
    frame = pd.DataFrame(rows, columns=["subject", "stratum", "sequence", "block", "arm"])
    return frame.assign(sequence=frame.groupby("stratum").cumcount() + 1)


@pytest.fixture(scope="module")
def collected():
    """The made-up trial with a subject on the drug that stops, and some adverse events."""
    plain = made_up.trial(1)
    begun = plain.subjects.set_index("subject")["day_1"]
    subjects, scores = plain.subjects.copy(), plain.scores
    here = subjects["subject"] == STOPS
    subjects.loc[here, ["treatment_ended", "last_dose_on"]] = ["ADVERSE EVENT", begun[STOPS] + dt.timedelta(days=24)]
    scores = scores[~((scores["subject"] == STOPS) & (scores["visit"] == "W6"))]
    made = dataclasses.replace(plain, subjects=subjects, scores=scores)

    def event(who, term, day, special="NONE", serious="N", severity="MILD"):
        on = (begun[who] + dt.timedelta(days=day - 1 if day > 0 else day)).date().isoformat()
        return (
            who,
            who[:3],
            1,
            term,
            on,
            special,
            "N",
            severity,
            serious,
            "POSSIBLE",
            "DOSE NOT CHANGED",
            "UNKNOWN",
            None,
        )

    return made_up.with_rows(
        made,
        "adverse_events",
        event("JER-002", "headache", 5),
        event("JER-005", "Confusion", 24, "CONFUSION"),
        event("AFU-001", "Insomnia", -3),
        event("AFU-002", "Fracture", 60, serious="Y", severity="SEVERE"),
        event("AFU-003", "Fracture", 60),
        event("AFU-004", "Visual hallucinations", 10),
    )


@pytest.fixture(scope="module")
def by_arm(collected):
    return final.build(collected, made_up.circumstances(), made_up.arms(1), allocation=allocation())


@pytest.fixture(scope="module")
def pooled(collected):
    return blinded.build(collected, made_up.circumstances())


@pytest.fixture(scope="module")
def two(collected):
    return Comparison(collected, made_up.arms(1))


def table(report, key):
    return next(one for one in report.tables if one.key == key)


def row(found, label):
    return next(dict(zip(found.head, map(str, one), strict=True)) for one in found.rows if str(one[0]) == label)


def test_every_section_could_be_made(by_arm):
    assert not [
        block
        for section in by_arm.sections
        for block in section.blocks
        if isinstance(block, str) and "could not be made" in block
    ]


# -- sets, sequence


def test_who_is_outside_the_per_protocol_set_is_named_with_the_reason(pooled):
    outside = {str(one[3]): str(one[1]) for one in table(pooled, "outside").rows}
    assert "final visit missed or outside its window" in outside["JER-002"]


def test_a_major_deviation_leaves_the_per_protocol_set(collected):
    more = made_up.with_rows(collected, "deviations", ("AFU-006", 1, "PROHIBITED", made_up.BEGAN, "MAJOR", None))
    outside = table(blinded.build(more, made_up.circumstances()), "outside")
    assert ("Per protocol", "1 major deviation(s)", 1, "AFU-006") in outside.rows


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (0.01, 0.02, "shows an effect on HAMD-21 (p = 0.0100) and on HAM-A"),
        (0.01, 0.06, "stops at HAM-A"),
        (0.05, 0.001, "stops at HAMD-21 (p = 0.0500): no effect is shown, and HAM-A is not tested"),
    ],
)
def test_the_fixed_sequence_tests_the_second_only_after_the_first(first, second, says):
    assert says in supplementary.conclusion(["HAMD-21", "HAM-A"], [first, second])


def test_the_anxiety_score_is_analysed_at_its_own_visits(by_arm):
    assert [str(one[0]) for one in table(by_arm, "hama_mmrm").rows] == ["Week 2", "Week 4", "Week 6"]
    assert {str(one[0]) for one in table(by_arm, "hama_visits").rows} == {"Baseline", "Week 2", "Week 4", "Week 6"}


def test_what_is_not_in_the_sequence_is_called_not_controlled(by_arm):
    for key in ("secondary", "responding", "by_site", "time_to_response", "supplementary"):
        assert "ot controlled" in " ".join(table(by_arm, key).notes) + table(by_arm, key).title


def test_treatment_policy_is_the_first_supplementary_analysis_and_has_every_rating(by_arm):
    rows = table(by_arm, "supplementary").rows
    names = ["Primary", "Treatment policy", "Per protocol", "The primary one, Satterthwaite"]
    assert [str(one[0]).split(":")[0] for one in rows] == names
    assert rows[1][2] == rows[0][2] + 2  # weeks 4 and 5 of who stopped; week 6 was not rated


# -- randomisation


def test_exact_is_said_where_all_allocations_were_gone_through(by_arm):
    found = table(by_arm, "rerandomisation")
    assert {str(one[3]) for one in found.rows} == {"all: exact"}
    # Two arrangements of each pair; who is alone in a block of two could have had the other arm, but not as observed.
    sizes = allocation().dropna(subset=["subject"]).groupby(["stratum", "block"]).size()
    pairs, alone = (sizes == 2).sum(), (sizes == 1).sum()
    assert str(found.rows[0][2]) == f"{2**pairs:,}"
    assert str(found.rows[2][2]) == f"{2 ** (pairs + alone):,}"


def test_the_rehearsal_counts_a_site_as_a_block_and_says_so(collected):
    rehearsal = final.build(collected, made_up.circumstances(), made_up.arms(1), seed=7)
    found = table(rehearsal, "rerandomisation")
    assert "each site is one block" in " ".join(found.notes)
    assert all(str(one[3]).startswith("drawn, error of p") for one in found.rows)


# -- sensitivity


def test_the_event_counts_from_the_first_scheduled_visit_after_the_last_day(two):
    visits = ("W1", "W2", "W3", "W4", "W5", "W6")
    for seen, event in ((2, "W4"), (3, "W5")):  # last dose day 25, counted to day 28; week 4 rated early or not at all
        assert robustness.events_by_visit(two.cuts, visits, pd.Series({STOPS: seen}))[STOPS] == event
    made = robustness.outcomes(two, PAIR, from_dropout=False)
    at = made.subjects.index(STOPS)
    assert np.isnan(made.y[at, 3:]).all() and not np.isnan(made.y[at, :3]).any()


def test_jump_to_reference_shrinks_the_effect_that_missing_at_random_gives(by_arm):
    rows = {str(one[0]).split(":")[0]: one for one in table(by_arm, "reference_based").rows}
    assert rows["MAR"][1].value < rows["J2R"][1].value < 0
    assert rows["J2R"][5].value >= rows["J2R"][2].value  # information-anchored is not below the jackknife's


def test_withdrawal_without_an_event_stays_missing_at_random_but_is_shifted(two):
    """JER-002 on placebo stops and leaves; a subject who only leaves has no event for the assumptions."""
    subjects = two.collected.subjects.copy()
    here = subjects["subject"] == "JER-002"
    subjects.loc[here, ["treatment_ended", "last_dose_on"]] = [None, pd.NaT]
    other = Comparison(dataclasses.replace(two.collected, subjects=subjects), two.arms)
    mar, shifted = (robustness.outcomes(other, PAIR, from_dropout=flag) for flag in (False, True))
    at = mar.subjects.index("JER-002")
    assert mar.event[at] == len(mar.visits) and shifted.event[at] < len(mar.visits)


# -- harm and exposure


def test_the_blinded_report_names_nothing_that_could_tell_the_arm(pooled):
    named = [str(one[0]) for one in table(pooled, "harm_terms").rows]
    assert "Headache" in named and "Confusion" not in named and "Visual hallucinations" not in named
    assert row(table(pooled, "harm_terms"), "Any")["Events"] == "5"  # with the one the made-up trial has


def test_the_final_report_names_them_all(by_arm):
    named = {str(one[0]) for one in table(by_arm, "harm_terms").rows}
    assert {"Headache", "Confusion", "Visual hallucinations", "Fracture"} <= named and "Insomnia" not in named


def test_a_serious_event_counts_longer_after_the_last_dose(collected):
    """Both fractures lie 18 days after the last dose: within 30, beyond 14."""
    found = harm.Harm.of(collected, until=made_up.CUT.date())
    assert found.events.loc[found.events["name"] == "Fracture", "subject"].tolist() == ["AFU-002"]
    assert found.others == 2


def test_the_dose_at_onset_is_the_one_of_that_day(collected):
    found = harm.Harm.of(collected, until=made_up.CUT.date()).events.set_index("subject")["onset_dose"]
    assert (found["JER-002"], found["JER-005"], found["AFU-002"]) == ("500 mg", "750 mg", "0 mg")


@pytest.mark.parametrize(
    ("key", "then"), [("unblinding_events", "Confusion"), ("unblinding_words", "Visual hallucinations")]
)
def test_the_list_of_what_could_tell_is_the_studys(collected, monkeypatch, key, then):
    monkeypatch.setattr(trial, "ANALYSIS", dataclasses.replace(trial.ANALYSIS, **{key: ()}))
    section = harm.pooled(harm.Harm.of(collected, until=made_up.CUT.date()))
    named = {str(one[0]) for one in section.tables[0].rows}
    assert named & {"Confusion", "Visual hallucinations"} == {then}


def test_who_took_everything_as_planned_took_116_capsules_29_g(collected):
    # PROTOCOL 5: total as planned 116 capsules, 29 g; 3, 18, 7 and 14 days on the steps.
    one = doses.taken(collected).loc["AFU-005"]
    assert (one["taken_mg"], one["relative_dose_intensity"], one["compliance"]) == (29_000, 1.0, 1.0)
    assert [one[f"days_{mg}"] for mg in (250, 500, 750, 1000)] == [3, 18, 7, 14]


def test_a_lost_bottle_makes_compliance_missing_and_not_100_percent(collected):
    capsules = collected.capsules.copy()
    at = capsules.index[(capsules["subject"] == "AFU-005") & (capsules["is_count"] == "Y")][2]
    capsules.loc[at, "lost"] = pd.NA
    found = doses.taken(dataclasses.replace(collected, capsules=capsules)).loc["AFU-005"]
    assert np.isnan(found["compliance"]) and found["missing"] == "lost unknown"


def test_an_interruption_is_days_off_the_drug(collected):
    begun = collected.subjects.set_index("subject").loc["AFU-005", "day_1"]
    pause = [
        ("AFU-005", begun + dt.timedelta(days=day - 1), decision, mg, begun + dt.timedelta(days=day - 1))
        for day, decision, mg in ((10, "INTERRUPT", 0), (13, "RESUME", 500))
    ]
    decisions = pd.concat([collected.decisions, made_up.frame_of("decisions", pause)], ignore_index=True)
    decisions = decisions.sort_values(["subject", "decided_on"], kind="stable")
    found = doses.taken(dataclasses.replace(collected, decisions=decisions)).loc["AFU-005"]
    assert (found["days_off"], found["days_500"]) == (3, 15)


@pytest.mark.parametrize("name", ["capsules", "decisions", "adverse_events", "visits", "completeness", "scores"])
def test_a_trial_in_which_one_form_was_never_filled_in_has_its_reports(collected, name):
    less = dataclasses.replace(collected, **{name: getattr(collected, name).head(0)})
    report = blinded.build(less, made_up.circumstances())
    assert {section.key for section in report.sections} >= {"estimand", "sets", "exposure", "harm"}
    # As far as the data go: what cannot be made says so.
    assert harm.by_arm(harm.Harm.of(less, until=made_up.CUT.date()), made_up.arms(1)).tables


# -- figures


def test_the_figures_of_the_plan_are_there(by_arm):
    drawn = {block.key for section in by_arm.sections for block in section.blocks if isinstance(block, Figure)}
    assert {"lsmeans", "tipping", "rerandomisation_figure", "km", "forest", "falls", "improved", "glycine"} <= drawn


def test_at_its_own_threshold_the_curve_of_improvement_is_the_table_of_response_and_it_never_rises(by_arm):
    (figure,) = [block for _, block in by_arm.numbered if block.key == "improved"]
    (table,) = [block for _, block in by_arm.numbered if block.key == "response"]
    shares = {}
    for arm, step, share in figure.data.rows:
        shares.setdefault(arm, {})[step] = dict(share.numbers)["percent"]
    response = dict(zip(table.head[1:], table.rows[0][1:], strict=True))
    assert {arm: own["at least 50 %"] for arm, own in shares.items()} == {
        arm: dict(response[arm].numbers)["percent"] for arm in shares
    }
    for own in shares.values():
        assert list(own.values()) == sorted(own.values(), reverse=True)
