"""Intercurrent events: what each source tells, and which ratings leave for them (METHODS 2.10 to 2.12; PROTOCOL 9)."""

import datetime as dt

import pandas as pd
import pytest

from analysis.collect.frames import ADVERSE_EVENTS, CODE_BREAKS, DECISIONS, INTERCURRENT, MEDICATION
from analysis.derive import intercurrent
from crf import trial
from crf.spec import outcomes
from crf.spec.purposes import Purpose

KINDS = tuple(strategy.kind for strategy in trial.ANALYSIS.strategies)
DAY_1 = dt.date(2026, 3, 2)
SUBJECT = {
    "subject": "JER-001",
    "day_1": DAY_1,
    "last_dose_on": None,
    "treatment_ended": None,
    "ended_on": None,
    "study_ended": None,
    "died_on": None,
}


def on(day: int) -> dt.date:
    return DAY_1 + dt.timedelta(days=day - 1 if day > 0 else day)


def rows(columns, *given):
    return pd.DataFrame([{"subject": "JER-001", **one} for one in given], columns=list(columns))


def tellings(medication, events):
    frames = {
        Purpose.MEDICATION: (intercurrent.MEDICATION, medication),
        Purpose.ADVERSE_EVENTS: (intercurrent.EVENT, events),
    }
    return [
        (strategy.kind, *frames[telling.purpose], telling)
        for strategy in trial.ANALYSIS.strategies
        for telling in strategy.told_by
    ]


def told(ice=(), medication=(), decisions=(), events=(), breaks=(), **subject):
    """(kind, study day) of each event of JER-001."""
    found = intercurrent.events(
        pd.DataFrame([SUBJECT | subject]),
        kinds=KINDS,
        recorded=rows(INTERCURRENT, *ice),
        tellings=tellings(rows(MEDICATION, *medication), rows(ADVERSE_EVENTS, *events)),
        decisions=rows(DECISIONS, *decisions),
        code_breaks=rows(CODE_BREAKS, *breaks),
        top_mg=1000,
    )
    return [
        (kind, None if pd.isna(day) else int(day))
        for kind, day in zip(found.frame["kind"], found.frame["day"], strict=True)
    ]


def ice(kind, day):
    return {"kind": kind, "began_on": None if day is None else on(day)}


def drug(change, began=None, ended=None, name="Sertraline", group="AD"):
    return {"drug": name, "group": group, "change": change, "began": began, "stopped": ended}


def dose(decision, mg, day):
    return {"decision": decision, "mg": mg, "decided_on": on(day), "effective_on": on(day)}


STOPPED = {"treatment_ended": "ADVERSE EVENT", "last_dose_on": on(20)}


@pytest.mark.req("EST-01")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        # the form says it
        ({"ice": [ice("ECT", 17)]}, [("ECT", 17)]),
        ({"ice": [ice("ECT", None)]}, [("ECT", None)]),
        ({"ice": [ice("NEWAD", -5)]}, []),  # before day 1: part of what was going on
        ({"ice": [ice("NEWAD", 9), ice("NEWAD", 30)]}, [("NEWAD", 9), ("NEWAD", 30)]),
        # end of treatment and of study
        (STOPPED, [("STOPDRUG", 20)]),
        ({"treatment_ended": "COMPLETED", "last_dose_on": on(42)}, []),
        ({"treatment_ended": "PREGNANCY"}, [("STOPDRUG", None)]),
        (STOPPED | {"ice": [ice("STOPDRUG", 22)]}, [("STOPDRUG", 20)]),  # the last dose decides, and it is one event
        (STOPPED | {"decisions": [dose("STEP_UP", 1000, 5), dose("STOP", 0, 21)]}, [("STOPDRUG", 20)]),
        ({"decisions": [dose("STEP_UP", 250, 1), dose("STOP", 0, 21)]}, [("STOPDRUG", 20)]),
        ({"study_ended": "DEATH", "died_on": on(33), "ended_on": on(34)}, [("DEATH", 33)]),
        ({"study_ended": "DEATH", "ended_on": on(34), "ice": [ice("DEATH", 34)]}, [("DEATH", 34)]),
        ({"study_ended": "WITHDRAWAL BY SUBJECT", "ended_on": on(34)}, []),  # missing data, no event
        # concomitant medication
        ({"medication": [drug("NEW", "2026-03-20")]}, [("NEWAD", 19)]),
        ({"medication": [drug("NEW", "2026-04")]}, [("NEWAD", 31)]),  # the earliest day it may mean
        ({"medication": [drug("NEW", "2026-03")]}, [("NEWAD", 1)]),  # not before day 1
        ({"medication": [drug("NEW", "2026-02")]}, []),
        ({"medication": [drug("NEW", None)]}, [("NEWAD", None)]),
        ({"medication": [drug("DOSE", "2026-03-20")]}, [("CHANGEDAD", 19)]),
        ({"medication": [drug("ENDED", "2025-11", "2026-03-20")]}, [("CHANGEDAD", 19)]),
        ({"medication": [drug(None, "2026-03-20", name="Esketamine", group="NMDA")]}, [("KETAMINE", 19)]),
        ({"medication": [drug(None, "2026-03-20", name="Memantine", group="NMDA")]}, []),
        ({"ice": [ice("NEWAD", 21)], "medication": [drug("NEW", "2026-03-20")]}, [("NEWAD", 21)]),  # one event
        ({"ice": [ice("NEWAD", 8)], "medication": [drug("NEW", "2026-03-20")]}, [("NEWAD", 8), ("NEWAD", 19)]),
        # dosing
        ({"decisions": [dose("STEP_UP", 250, 1), dose("REDUCE", 250, 12)]}, [("REDUCTION", 12)]),
        ({"decisions": [dose("INTERRUPT", 0, 12)], "ice": [ice("INTERRUPTION", 13)]}, [("INTERRUPTION", 13)]),
        (
            {"decisions": [dose("STEP_UP", 750, 22)], "treatment_ended": "COMPLETED", "last_dose_on": on(42)},
            [("BELOWTOP", 42)],
        ),
        ({"decisions": [dose("STEP_UP", 750, 22)]}, []),  # still on the way up
        ({"decisions": [dose("STEP_UP", 1000, 29)], "treatment_ended": "COMPLETED", "last_dose_on": on(42)}, []),
        # adverse events and code breaks
        ({"events": [{"special": "ATTEMPT", "onset": "2026-03-20"}]}, [("ATTEMPT", 19)]),
        ({"events": [{"special": "HEADACHE", "onset": "2026-03-20"}]}, []),
        ({"breaks": [{"on": on(30)}]}, [("CODEBREAK", 30)]),
    ],
)
def test_what_was_recorded_tells_these_events(given, expected):
    assert told(**given) == expected


def test_who_is_not_randomised_has_no_events():
    found = intercurrent.events(
        pd.DataFrame([SUBJECT]).head(0),
        kinds=KINDS,
        recorded=rows(INTERCURRENT, ice("ECT", 3)),
        tellings=(),
        decisions=rows(DECISIONS),
        code_breaks=rows(CODE_BREAKS),
        top_mg=1000,
    )
    assert found.frame.empty and found.left_out == ()


def happened(*pairs):
    return pd.DataFrame([("JER-001", kind, day) for kind, day in pairs], columns=["subject", "kind", "day"]).astype(
        {"day": "Int64"}
    )


@pytest.mark.parametrize(
    ("events", "last"),
    [
        ([], None),
        ([("STOPDRUG", 20)], 23),  # on treatment: to the last dose + 3 days
        ([("NEWAD", 20)], 20),  # of the event's own day it still counts
        ([("ECT", 20)], 20),
        ([("TMS", 20)], 20),
        ([("KETAMINE", 20)], 20),
        ([("CHANGEDAD", 20)], 20),
        ([("DEATH", 20)], 20),
        ([("ATTEMPT", 20)], 20),
        ([("ADMISSION", 20)], 20),
        ([("REDUCTION", 20)], None),
        ([("INTERRUPTION", 20)], None),
        ([("CODEBREAK", 20)], None),
        ([("BELOWTOP", 20)], None),
        ([("STOPDRUG", 20), ("NEWAD", 22)], 22),  # the earliest end decides, not the earliest event
        ([("STOPDRUG", 20), ("NEWAD", 30)], 23),
        ([("ECT", None)], 1),
    ],
)
def test_the_strategy_of_the_protocol_says_to_which_day_ratings_count(events, last):
    found = intercurrent.cuts(happened(*events), trial.ANALYSIS.strategies, hypothetical=outcomes.HYPOTHETICAL)
    assert (int(found["last"].iloc[0]) if len(found) else None) == last


def test_a_rating_after_the_last_day_leaves_and_a_baseline_never_does():
    ratings = pd.DataFrame({"subject": ["JER-001"] * 4 + ["AFU-001"], "day": [1, 23, 24, None, 43]}).astype(
        {"day": "Int64"}
    )
    cut = intercurrent.cuts(happened(("STOPDRUG", 20)), trial.ANALYSIS.strategies, hypothetical=outcomes.HYPOTHETICAL)
    assert intercurrent.is_after(ratings, cut).tolist() == [False, False, True, False, False]
    at_once = intercurrent.cuts(happened(("ECT", None)), trial.ANALYSIS.strategies, hypothetical=outcomes.HYPOTHETICAL)
    assert intercurrent.is_after(ratings, at_once).tolist() == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("kind", "counts"), [("ATTEMPT", True), ("DEATH", True), ("ADMISSION", True), ("STOPDRUG", False), ("ECT", False)]
)
def test_death_attempt_and_admission_are_non_response_from_their_day_on(kind, counts):
    ratings = pd.DataFrame({"subject": "JER-001", "day": [15, 22, 29]})
    never = intercurrent.without_response(
        ratings, happened((kind, 22)), trial.ANALYSIS.strategies, composite=outcomes.COMPOSITE
    )
    assert never.tolist() == [False, counts, counts]


def test_every_kind_of_the_form_has_a_strategy():
    from crf.trials.dcs_trd.forms.intercurrent import KINDS

    assert {code for code, _ in KINDS.codes} <= {one.kind for one in trial.ANALYSIS.strategies}
