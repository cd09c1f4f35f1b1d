"""What the protocol proposes, and which decisions it admits (PROTOCOL 5)."""

import pytest

from crf import trial
from crf.rules.ladder import Decision, Prescription
from crf.rules.titration import may_decide, obstacles_to_step_up, propose
from crf.spec.reasons import Because
from crf.trials.dcs_trd.forms.dosing import DECISIONS


def history(*entries):
    return [Prescription(day, decision, mg) for day, decision, mg in entries]


ON_250 = history((1, "STEP_UP", 250))
ON_500 = [*ON_250, Prescription(4, "STEP_UP", 500)]
ON_750 = [*ON_500, Prescription(22, "STEP_UP", 750)]
ON_1000 = [*ON_750, Prescription(29, "STEP_UP", 1000)]
LATE_500 = [*ON_250, Prescription(8, "STEP_UP", 500)]
LATER_500 = [*ON_250, Prescription(9, "STEP_UP", 500)]
PAUSED = [*ON_500, Prescription(15, "INTERRUPT", 0)]
PAUSED_LOW = [*ON_250, Prescription(3, "INTERRUPT", 0)]
STOPPED = [*ON_500, Prescription(15, "STOP", 0)]
REDUCED = [*ON_1000, Prescription(31, "REDUCE", 500)]
RAISED_AGAIN = [*REDUCED, Prescription(38, "STEP_UP", 750)]
SEIZURE = [Because("STOP-01", "Seizure: the protocol stops the drug.")]
NOT_REACHED = [Because("TITR-38", "Day 4 contact: the subject was not reached, so the dose stays at 250 mg.")]
TREMOR = [Because("DECIDE-02", "Tremor: a sign of the nervous system.")]

PROPOSALS = [
    # what was prescribed, day, circumstances -> decision, mg, from day, rule
    ("never dosed", [], 1, {}, "STEP_UP", 250, 1, "TITR-16"),
    ("never dosed, day before", [], -1, {}, "STEP_UP", 250, 1, "TITR-16"),
    ("never dosed, alert at baseline", [], 1, {"open_alerts": ["suicidality"]}, "STEP_UP", 250, 1, "TITR-17"),
    ("250 mg on day 4", ON_250, 4, {}, "STEP_UP", 500, 4, "TITR-15"),
    ("250 mg on day 2, two early", ON_250, 2, {}, "STEP_UP", 500, 4, "TITR-15"),
    ("250 mg on day 1", ON_250, 1, {}, "MAINTAIN", 250, 1, "TITR-19"),
    ("250 mg, not reached until week 1", ON_250, 8, {}, "STEP_UP", 500, 8, "TITR-15"),
    ("500 mg on day 15", ON_500, 15, {}, "MAINTAIN", 500, 15, "TITR-19"),
    ("500 mg on day 19", ON_500, 19, {"panel_day": 19}, "MAINTAIN", 500, 19, "TITR-19"),
    ("500 mg on day 20, panel", ON_500, 20, {"panel_day": 15}, "STEP_UP", 750, 22, "TITR-15"),
    ("500 mg on day 22, panel of day 15", ON_500, 22, {"panel_day": 15}, "STEP_UP", 750, 22, "TITR-15"),
    ("500 mg on day 22, panel of day 14", ON_500, 22, {"panel_day": 14}, "MAINTAIN", 500, 22, "TITR-06"),
    ("500 mg on day 22, no panel", ON_500, 22, {}, "MAINTAIN", 500, 22, "TITR-06"),
    ("500 mg on day 22, alert", ON_500, 22, {"panel_day": 22, "open_alerts": ["psychosis"]}, None, 500, 22, "TITR-42"),
    ("500 mg on day 15, alert", ON_500, 15, {"open_alerts": ["seizure"]}, None, 500, 15, "TITR-42"),
    (
        "decided early yesterday, alert",
        [*ON_500, Prescription(22, "STEP_UP", 750)],
        21,
        {"open_alerts": ["confusion"]},
        None,
        500,
        21,
        "TITR-42",
    ),
    ("alert and seizure", ON_500, 10, {"reasons_to_stop": SEIZURE, "open_alerts": ["SAE"]}, "STOP", 0, 10, "STOP-01"),
    ("not reached", ON_250, 4, {"reasons_to_stay": NOT_REACHED}, "MAINTAIN", 250, 4, "TITR-38"),
    (
        "not reached, tremor",
        ON_250,
        4,
        {"reasons_to_stay": NOT_REACHED, "reasons_to_decide": TREMOR},
        None,
        250,
        4,
        "DECIDE-02",
    ),
    ("500 mg on day 24, late", ON_500, 24, {"panel_day": 22}, "STEP_UP", 750, 24, "TITR-15"),
    ("500 mg since day 8, on day 22", LATE_500, 22, {"panel_day": 22}, "STEP_UP", 750, 22, "TITR-15"),
    ("500 mg since day 9, on day 22", LATER_500, 22, {"panel_day": 22}, "MAINTAIN", 500, 22, "TITR-05"),
    ("500 mg since day 9, on day 21", LATER_500, 21, {"panel_day": 21}, "MAINTAIN", 500, 21, "TITR-05"),
    ("500 mg since day 9, on day 23", LATER_500, 23, {"panel_day": 22}, "STEP_UP", 750, 23, "TITR-15"),
    ("750 mg on day 29", ON_750, 29, {}, "STEP_UP", 1000, 29, "TITR-15"),
    (
        "750 mg since day 25, on day 29",
        [*ON_500, Prescription(25, "STEP_UP", 750)],
        29,
        {},
        "MAINTAIN",
        750,
        29,
        "TITR-05",
    ),
    (
        "750 mg since day 24, on day 29",
        [*ON_500, Prescription(24, "STEP_UP", 750)],
        29,
        {},
        "STEP_UP",
        1000,
        29,
        "TITR-15",
    ),
    ("1000 mg on day 36", ON_1000, 36, {}, "MAINTAIN", 1000, 36, "TITR-01"),
    ("a sign of the nervous system", ON_750, 29, {"reasons_to_decide": TREMOR}, None, 750, 29, "DECIDE-02"),
    ("seizure", ON_500, 10, {"reasons_to_stop": SEIZURE}, "STOP", 0, 10, "STOP-01"),
    ("interrupted 1 day", PAUSED, 16, {}, "RESUME", 500, 16, "TITR-10"),
    ("interrupted 3 days", PAUSED, 18, {}, "RESUME", 500, 18, "TITR-10"),
    ("interrupted 4 days", PAUSED, 19, {}, "RESUME", 250, 19, "TITR-11"),
    ("interrupted 7 days", PAUSED, 22, {}, "RESUME", 250, 22, "TITR-11"),
    ("interrupted 8 days", PAUSED, 23, {}, "STOP", 0, 23, "TITR-12"),
    ("interrupted at 250 mg, 5 days", PAUSED_LOW, 8, {}, "RESUME", 250, 8, "TITR-11"),
    ("interrupted, alert open", PAUSED, 17, {"open_alerts": ["psychosis"]}, "RESUME", 500, 17, "TITR-18"),
    ("interrupted 8 days, alert open", PAUSED, 23, {"open_alerts": ["psychosis"]}, "STOP", 0, 23, "TITR-12"),
    ("reduced, 6 days after", REDUCED, 37, {"panel_day": 36}, "MAINTAIN", 500, 37, "TITR-08"),
    ("reduced, 7 days after", REDUCED, 38, {"panel_day": 36}, "STEP_UP", 750, 38, "TITR-15"),
    ("raised again once", RAISED_AGAIN, 42, {}, "MAINTAIN", 750, 42, "TITR-07"),
    ("decided early yesterday", [*ON_500, Prescription(22, "STEP_UP", 750)], 21, {}, "MAINTAIN", 750, 22, "TITR-14"),
    ("after day 42", ON_1000, 43, {}, None, 0, 43, "TITR-03"),
    ("stopped", STOPPED, 22, {}, None, 0, 22, "TITR-13"),
]


@pytest.mark.parametrize(
    ("prescribed", "day", "circumstances", "decision", "mg", "effective", "rule"),
    [pytest.param(*row[1:], id=row[0]) for row in PROPOSALS],
)
def test_the_protocol_proposes(prescribed, day, circumstances, decision, mg, effective, rule):
    proposal = propose(trial.LADDER, prescribed, day=day, **circumstances)
    assert (proposal.decision, proposal.mg, proposal.effective_day) == (decision, mg, effective)
    assert rule in [because.rule for because in proposal.because]
    assert all(because.sentence.endswith(".") for because in proposal.because)


VERDICTS = [
    # what was prescribed, day, decision, mg, circumstances -> the rule that refuses, or None
    ("first dose 250 mg", [], 1, "STEP_UP", 250, {}, None),
    ("first dose 500 mg", [], 1, "STEP_UP", 500, {}, "TITR-25"),
    ("maintain before the first dose", [], 1, "MAINTAIN", 250, {}, "TITR-22"),
    ("250 to 500 on day 4", ON_250, 4, "STEP_UP", 500, {}, None),
    ("250 to 500 on day 2", ON_250, 2, "STEP_UP", 500, {}, None),
    ("250 to 500 on day 1", ON_250, 1, "STEP_UP", 500, {}, "TITR-02"),
    ("250 to 750", ON_250, 22, "STEP_UP", 750, {"panel_day": 22}, "TITR-26"),
    ("500 to 750 on day 22 with panel", ON_500, 22, "STEP_UP", 750, {"panel_day": 22}, None),
    ("500 to 750 without panel", ON_500, 22, "STEP_UP", 750, {}, "TITR-06"),
    ("500 to 750 with an open alert", ON_500, 22, "STEP_UP", 750, {"panel_day": 22, "open_alerts": ["SAE"]}, "TITR-04"),
    ("500 to 750 on day 19", ON_500, 19, "STEP_UP", 750, {"panel_day": 19}, "TITR-02"),
    ("500 to 1000", ON_500, 29, "STEP_UP", 1000, {"panel_day": 29}, "TITR-26"),
    ("1000 to 1250", ON_1000, 36, "STEP_UP", 1250, {}, "TITR-20"),
    ("1000 to 1000 as a step up", ON_1000, 36, "STEP_UP", 1000, {}, "TITR-01"),
    ("300 mg", ON_250, 4, "STEP_UP", 300, {}, "TITR-21"),
    ("less than nothing", ON_500, 15, "REDUCE", -250, {}, "TITR-20"),
    ("maintain", ON_500, 15, "MAINTAIN", 500, {}, None),
    ("maintain with an open alert", ON_500, 15, "MAINTAIN", 500, {"open_alerts": ["suicidality"]}, None),
    ("maintain at another dose", ON_500, 15, "MAINTAIN", 250, {}, "TITR-27"),
    ("maintain while interrupted", PAUSED, 16, "MAINTAIN", 500, {}, "TITR-27"),
    ("reduce one step", ON_750, 25, "REDUCE", 500, {}, None),
    ("reduce two steps", ON_750, 25, "REDUCE", 250, {}, None),
    ("reduce to nothing", ON_750, 25, "REDUCE", 0, {}, "TITR-28"),
    ("reduce upwards", ON_500, 25, "REDUCE", 750, {}, "TITR-28"),
    ("reduce from 250", ON_250, 2, "REDUCE", 250, {}, "TITR-28"),
    ("interrupt", ON_500, 15, "INTERRUPT", 0, {}, None),
    ("interrupt further", PAUSED, 16, "INTERRUPT", 0, {}, None),
    ("interrupt further after 7 days", PAUSED, 22, "INTERRUPT", 0, {}, None),
    ("interrupt further after 8 days", PAUSED, 23, "INTERRUPT", 0, {}, "TITR-12"),
    ("interrupt with capsules", ON_500, 15, "INTERRUPT", 250, {}, "TITR-29"),
    ("resume after 3 days, same step", PAUSED, 18, "RESUME", 500, {}, None),
    ("resume after 3 days, lower", PAUSED, 18, "RESUME", 250, {}, None),
    ("resume after 4 days, same step", PAUSED, 19, "RESUME", 500, {}, "TITR-31"),
    ("resume after 7 days, one lower", PAUSED, 22, "RESUME", 250, {}, None),
    ("resume after 8 days", PAUSED, 23, "RESUME", 250, {}, "TITR-12"),
    ("resume with an open alert", PAUSED, 17, "RESUME", 500, {"open_alerts": ["psychosis"]}, None),
    ("resume what was not interrupted", ON_500, 15, "RESUME", 500, {}, "TITR-30"),
    ("resume at nothing", PAUSED, 17, "RESUME", 0, {}, "TITR-31"),
    ("step up while interrupted", PAUSED, 22, "STEP_UP", 750, {"panel_day": 22}, "TITR-24"),
    ("stop", ON_500, 15, "STOP", 0, {}, None),
    ("stop while interrupted", PAUSED, 16, "STOP", 0, {}, None),
    ("anything after a stop", STOPPED, 16, "RESUME", 250, {}, "TITR-13"),
    ("a second stop", STOPPED, 16, "STOP", 0, {}, "TITR-13"),
    ("raise again after 6 days", REDUCED, 37, "STEP_UP", 750, {"panel_day": 37}, "TITR-08"),
    ("raise again after 7 days", REDUCED, 38, "STEP_UP", 750, {"panel_day": 38}, None),
    ("raise again a second time", RAISED_AGAIN, 42, "STEP_UP", 1000, {}, "TITR-07"),
    ("step up after day 42", ON_750, 43, "STEP_UP", 1000, {}, "TITR-03"),
    ("step twice at once", [*ON_500, Prescription(22, "STEP_UP", 750)], 21, "STEP_UP", 1000, {}, "TITR-23"),
    ("interrupt before a step begins", [*ON_500, Prescription(22, "STEP_UP", 750)], 21, "INTERRUPT", 0, {}, None),
]


@pytest.mark.parametrize(
    ("prescribed", "day", "decision", "mg", "circumstances", "refusal"),
    [pytest.param(*row[1:], id=row[0]) for row in VERDICTS],
)
def test_the_protocol_admits_or_refuses(prescribed, day, decision, mg, circumstances, refusal):
    proposal = propose(trial.LADDER, prescribed, day=day, **circumstances)
    verdict = may_decide(trial.LADDER, decision, mg=mg, history=prescribed, day=day, proposal=proposal, **circumstances)
    assert verdict.allowed is (refusal is None)
    assert [because.rule for because in verdict.refusals][:1] == ([] if refusal is None else [refusal])


def verdict_on(prescribed, day, decision, mg, **circumstances):
    proposal = propose(trial.LADDER, prescribed, day=day, **circumstances)
    return may_decide(trial.LADDER, decision, mg=mg, history=prescribed, day=day, proposal=proposal, **circumstances)


@pytest.mark.parametrize(
    ("day", "decision", "mg", "wanted"),
    [
        (22, "STEP_UP", 750, False),
        (22, "MAINTAIN", 500, True),
        (22, "REDUCE", 250, True),
        (22, "INTERRUPT", 0, True),
        (15, "MAINTAIN", 500, False),
        (15, "STOP", 0, True),
    ],
)
def test_a_reason_is_wanted_where_the_decision_is_not_the_proposed_one(day, decision, mg, wanted):
    assert verdict_on(ON_500, day, decision, mg, panel_day=day).reason_required is wanted


@pytest.mark.parametrize(
    ("prescribed", "day", "decision", "mg", "effective"),
    [
        (ON_500, 20, "STEP_UP", 750, 22),
        (ON_500, 24, "STEP_UP", 750, 24),
        (ON_500, 20, "REDUCE", 250, 20),
        ([], -1, "STEP_UP", 250, 1),
        ([*ON_500, Prescription(22, "STEP_UP", 750)], 21, "MAINTAIN", 750, 22),
    ],
)
def test_from_which_day_a_decision_holds(prescribed, day, decision, mg, effective):
    assert verdict_on(prescribed, day, decision, mg, panel_day=20).effective_day == effective


@pytest.mark.finding("F-306")
def test_whatever_is_decided_over_an_open_alert_wants_a_reason():
    circumstances = {"open_alerts": ["psychosis"]}
    proposal = propose(trial.LADDER, ON_500, day=15, **circumstances)
    assert proposal.must_judge
    for decision, mg in (("MAINTAIN", 500), ("REDUCE", 250), ("INTERRUPT", 0), ("STOP", 0)):
        verdict = verdict_on(ON_500, 15, decision, mg, **circumstances)
        assert verdict.allowed and verdict.reason_required


@pytest.mark.finding("F-315")
def test_an_open_alert_forbids_a_step_up_and_not_to_resume():
    """PROTOCOL 5 forbids the step up alone: a wait could turn the same step into a lower one, or into the stop."""
    open_alert = {"open_alerts": ["psychosis"]}
    assert not verdict_on(ON_500, 22, "STEP_UP", 750, panel_day=22, **open_alert).allowed
    proposal = propose(trial.LADDER, PAUSED, day=17, **open_alert)
    assert (proposal.decision, proposal.mg) == ("RESUME", 500)
    assert [because.rule for because in proposal.because] == ["TITR-18", "TITR-10"], "the alert is named first"
    assert verdict_on(PAUSED, 17, "RESUME", 500, **open_alert).allowed


def test_never_reaching_1000_mg_is_admitted_to_the_end():
    assert all(verdict_on(ON_250, day, "MAINTAIN", 250).allowed for day in (4, 8, 15, 22, 29, 36, 42))


def test_no_path_of_admitted_decisions_leaves_the_limits():
    """From any admitted state every admitted dose is a multiple of 250, at most 1000, and at most one step up."""
    doses, days = (0, 250, 500, 750, 1000, 1250), (1, 4, 8, 15, 22, 29, 36)
    frontier = [[]]
    for day in days:
        reached = []
        for prescribed in frontier:
            highest = max((entry.mg for entry in prescribed[-1:]), default=0)
            for decision in Decision:
                for mg in doses:
                    if not verdict_on(prescribed, day, decision, mg, panel_day=day).allowed:
                        continue
                    assert mg <= 1000
                    assert decision == "RESUME" or mg <= highest + 250
                    reached.append([*prescribed, Prescription(day, decision.value, mg)])
        frontier = reached[:: max(1, len(reached) // 60)]
    assert any(entry.mg == 1000 for prescribed in frontier for entry in prescribed)


def test_the_decisions_of_the_rule_are_those_of_the_form():
    assert [decision.value for decision in Decision] == [code for code, _ in DECISIONS.codes]


def test_at_the_top_there_is_no_step_up():
    assert [because.rule for because in obstacles_to_step_up(trial.LADDER, ON_1000, day=36)] == ["TITR-01"]
