"""The rules of dosing on any ladder: the declaration, written down a second time, is never broken (F-107)."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crf import trial
from crf.rules import proof, titration
from crf.rules.dispensing import planned_quantity
from crf.rules.ladder import Decision, Prescription, days_interrupted, in_force, prescribed_on
from crf.rules.ladder import days_on_dose as ladder_days
from crf.rules.overstay import overstays
from crf.rules.titration import Proposal, Verdict, dose_to_resume, may_decide, propose
from crf.spec.dosing import Ladder, Step
from crf.spec.kinds import DeclarationError
from crf.spec.reasons import Because

pytestmark = pytest.mark.finding("F-107")

UNEVEN = Ladder(
    steps=(
        Step(1, 50, 1, 2, units=(1, 0)),
        Step(2, 100, 3, 5, after_days=2, units=(0, 1)),
        Step(3, 150, 6, 8, after_days=1, needs_panel=True, units=(1, 1)),
        Step(4, 300, 9, 10, units=(0, 3)),
    ),
    strengths=(50, 100),
    unit="µg/d",
    capsule="tablet",
    early_days=1,
    interruption_same_step=1,
    interruption_one_lower=3,
    interruptions=1,
    reescalate_after_days=2,
    steps_up_at_once=2,
)

#: Doses change by the plan alone.
BY_THE_PLAN = Ladder(
    steps=(Step(1, 50, 1, 2), Step(2, 100, 3, 5, after_days=1), Step(3, 150, 6, 8)),
    unit_dose=50,
    early_days=2,
    unscheduled_changes=False,
)


#: No step lasts longer than it is planned for.
AT_MOST = Ladder((Step(1, 50, 1, 2, most_days=2), Step(2, 100, 3, 4, needs_panel=True)), unit_dose=50)


@st.composite
def ladders(draw) -> Ladder:
    """Small ladders of every kind."""
    doses = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=3)))
    days = [draw(st.integers(1, 3)) for _ in doses]
    firsts = [1 + sum(days[:at]) for at in range(len(days))]
    steps = tuple(
        Step(
            at + 1,
            50 * dose,
            firsts[at],
            firsts[at] + days[at] - 1,
            after_days=draw(st.integers(0, days[at - 1])) if at else 0,
            needs_panel=draw(st.booleans()),
            most_days=draw(st.none() | st.integers(days[at], days[at] + 2)),
        )
        for at, dose in enumerate(doses)
    )
    same = draw(st.integers(0, 1))
    return Ladder(
        steps,
        unit_dose=50,
        early_days=draw(st.integers(0, 1)),
        interruption_same_step=same,
        interruption_one_lower=same + draw(st.integers(0, 2)),
        interruptions=draw(st.none() | st.integers(0, 1)),
        reescalations=draw(st.integers(0, 1)),
        reescalate_after_days=draw(st.integers(0, 2)),
        steps_up_at_once=draw(st.integers(1, 2)),
        unscheduled_changes=draw(st.booleans()),
    )


@settings(max_examples=12, deadline=None)
@given(ladders())
def test_no_admitted_decision_and_no_proposal_breaks_the_declaration(ladder):
    found = proof.prove(ladder, beyond=1)
    assert [str(violation) for violation in found.violations] == []


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ladder=ladders())
def test_the_guard_of_the_database_refuses_the_same(db, ladder):
    from crf.management.commands.prove import differences_from_guard

    assert differences_from_guard(ladder, proof.prove(ladder, beyond=1)) == []


def test_an_uneven_ladder_in_two_strengths_is_proved_against_rule_and_guard(db):
    from crf.management.commands.prove import differences_from_guard

    found = proof.prove(UNEVEN, beyond=1)
    assert found.states > 100 and found.transitions > 1_000
    assert [str(violation) for violation in found.violations] == []
    assert differences_from_guard(UNEVEN, found) == []


def test_the_command_prints_what_was_gone_through(db, monkeypatch):
    monkeypatch.setattr(trial, "LADDER", BY_THE_PLAN)
    out = StringIO()
    call_command("prove", "dosing", stdout=out)
    said = dict(line.split(": ") for line in out.getvalue().splitlines())
    assert int(said["States"].replace(",", "")) > 50
    counted = ("Violations", "Differences between rule and guard", "Differences between rule and page")
    assert [said[name] for name in (*counted, "Dependence on arm")] == ["0"] * 4


def test_the_command_says_so_where_there_is_no_ladder(db, monkeypatch):
    monkeypatch.setattr(trial, "LADDER", None)
    with pytest.raises(CommandError, match="declares no dose ladder"):
        call_command("prove", "dosing")


def test_a_guard_that_differs_from_the_rules_is_told_with_a_history(db):
    """The guard is told of another ladder than the rules follow: a step up after one day less."""
    from crf.management.commands.prove import differences_from_guard

    slower = replace(UNEVEN, steps=(UNEVEN.steps[0], replace(UNEVEN.steps[1], after_days=1), *UNEVEN.steps[2:]))
    found = differences_from_guard(UNEVEN, proof.prove(slower, beyond=0))
    assert found and all(one.startswith("The guard refuses what the rules admit: day ") for one in found)
    assert "comes too soon" in found[0]


# -- sentences and amounts are the declaration's


def history(*entries):
    return [Prescription(day, decision, mg) for day, decision, mg in entries]


def test_sentences_name_the_ladders_own_doses_units_and_days():
    held = history((1, "STEP_UP", 50), (3, "STEP_UP", 100), (4, "INTERRUPT", 0))
    said = {day: dose_to_resume(UNEVEN, held, day=day) for day in (5, 6, 8)}
    assert [mg for mg, _ in said.values()] == [100, 50, None]
    assert [why.sentence for _, why in said.values()] == [
        "Interrupted for 1 day, at most 1: resume at the same 100 µg.",
        "Interrupted for 2 days, 2 to 3: resume one step lower, at 50 µg.",
        "Interrupted for 4 days, more than 3: the drug is stopped for good.",
    ]


def test_from_the_lowest_step_of_any_ladder_there_is_no_lower_one():
    held = history((1, "STEP_UP", 50), (2, "INTERRUPT", 0))
    assert dose_to_resume(UNEVEN, held, day=4)[0] == 50


def test_an_interruption_more_than_admitted_is_refused_with_a_sentence():
    again = history((1, "STEP_UP", 50), (2, "INTERRUPT", 0), (3, "RESUME", 50))
    verdict = may_decide(UNEVEN, "INTERRUPT", mg=0, history=again, day=4, proposal=propose(UNEVEN, again, day=4))
    assert [one.sentence for one in verdict.refusals] == ["The drug was interrupted once already: stop it instead."]


def test_a_dose_between_the_steps_is_the_dose_of_no_step():
    on_50 = history((1, "STEP_UP", 50))
    verdict = may_decide(UNEVEN, "STEP_UP", mg=200, history=on_50, day=9, proposal=propose(UNEVEN, on_50, day=9))
    assert "200 µg/d is the dose of no step; the steps are 50, 100, 150, 300 µg/d." in [
        one.sentence for one in verdict.refusals
    ]


def test_after_the_most_days_on_a_step_the_dose_is_not_maintained():
    ladder = Ladder((Step(1, 50, 1, 2), Step(2, 100, 3, 9, needs_panel=True, most_days=7)), unit_dose=50)
    late = history((1, "STEP_UP", 50), (2, "STEP_UP", 100))
    proposal = propose(ladder, late, day=9)
    assert (proposal.decision, proposal.mg) == (Decision.REDUCE, 50)
    assert proposal.because[0].sentence == "100 mg is given for at most 7 days; by day 9 it is 7."


def test_a_hold_neither_counts_among_the_most_days_nor_begins_them_anew():
    ladder = Ladder((Step(1, 50, 1, 2), Step(2, 100, 3, 9, most_days=7)), unit_dose=50)
    held = history((1, "STEP_UP", 50), (3, "STEP_UP", 100), (6, "INTERRUPT", 0), (8, "RESUME", 100))
    assert [propose(ladder, held, day=day).decision for day in (8, 9)] == [Decision.MAINTAIN] * 2
    assert [ladder_days(held, day) for day in (6, 7, 8, 12)] == [3, 3, 3, 7]
    refused = may_decide(ladder, "MAINTAIN", mg=100, history=held, day=12, proposal=propose(ladder, held, day=12))
    assert [one.rule for one in refused.refusals] == ["TITR-34"]
    spent = history((1, "STEP_UP", 50), (2, "STEP_UP", 100), (9, "INTERRUPT", 0))
    assert dose_to_resume(ladder, spent, day=10)[0] == 50, "the days on 100 are spent, however short the hold"
    again = history((1, "STEP_UP", 50), (2, "STEP_UP", 100), (9, "REDUCE", 50), (16, "STEP_UP", 100))
    assert ladder_days(again, 18) == 2, "another dose in between begins the count anew"


def test_amounts_are_told_for_each_strength():
    assert UNEVEN.units_of(150) == (1, 1) and UNEVEN.capsules_of(300) == 3 and UNEVEN.mg_of(2) is None
    planned = planned_quantity(UNEVEN, day=6, until=9)
    assert planned.in_words(UNEVEN) == "5 tablets of 50 µg and 5 tablets of 100 µg"


def test_more_than_prescribed_is_told_by_number_where_strengths_differ():
    assert UNEVEN.exceeds(3, 150) and not UNEVEN.exceeds(2, 150)
    assert UNEVEN.exceeds_maximum(7) and not UNEVEN.exceeds_maximum(6)
    assert UNEVEN.amount_of(1) == "1 tablet"
    one = Ladder((Step(1, 250, 1, 3), Step(2, 500, 4, 9)), unit_dose=250)
    assert one.exceeds(2, 250) and not one.exceeds(1, 250) and one.amount_of(3) == "750 mg"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"strengths": (), "unit_dose": 0}, "unit_dose"),
        ({"strengths": (50, 70)}, "is not what"),
        ({"steps_up_at_once": 0}, "at least one step"),
        ({"interruptions": -1}, "None means no limit"),
        ({"steps": (Step(1, 50, 1, 2, units=(1, 0), most_days=1),)}, "at most 1"),
        ({"steps": (Step(1, 50, 2, 3, units=(1, 0)),)}, "begins on day 1"),
        ({"steps": (Step(1, 50, 1, 1, units=(1, 0)), Step(2, 100, 2, 3, after_days=5, units=(0, 1)))}, "wants 5"),
        ({"steps": (Step(1, 50, 1, 1),)}, "how many of each strength"),
    ],
)
def test_a_ladder_that_cannot_be_is_refused_with_a_sentence(change, sentence):
    with pytest.raises(DeclarationError, match=sentence):
        Ladder(**({"steps": UNEVEN.steps, "strengths": (50, 100)} | change))


# -- planted faults are found


def admitting(rule):
    """The rules without one of their refusals."""

    def faulty(*args, **named):
        verdict = may_decide(*args, **named)
        kept = tuple(one for one in verdict.refusals if one.rule != rule)
        return Verdict(kept, verdict.effective_day, verdict.reason_required)

    return faulty


def a_day_early(*args, **named):
    verdict = may_decide(*args, **named)
    return Verdict(verdict.refusals, max(verdict.effective_day - 1, 1), verdict.reason_required)


PLANTED = (
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
    "08",
    "12",
    "13",
    "20",
    "21",
    "22",
    "24",
    "25",
    "26",
    "27",
    "28",
    "29",
    "30",
    "31",
    "33",
)


OF_THE_PLAN = ("23", "32", "34", "35")  # what such a ladder comes to, and the uneven one does not


@pytest.mark.parametrize("rule", [*PLANTED, *OF_THE_PLAN])
def test_a_refusal_that_is_left_out_is_found(rule):
    ladder = AT_MOST if rule == "34" else BY_THE_PLAN if rule in OF_THE_PLAN else UNEVEN
    found = proof.prove(ladder, may_decide=admitting(f"TITR-{rule}"), beyond=1, until_found=True).violations
    assert found
    said = str(found[0])
    assert " on day " in said and not [word for word in Decision if word in said], "in words, not in codes"
    assert len(found[0].history) <= 5, "a shortest history shows it"


def test_a_step_up_that_begins_a_day_early_is_found():
    assert any(
        "before its planned day" in str(one)
        for one in proof.prove(UNEVEN, may_decide=a_day_early, until_found=True).violations
    )


@pytest.mark.parametrize(
    ("forgotten", "sentence"),
    [
        ("reasons_to_stop", "over a reason to stop"),
        ("ended", "after treatment ended"),
        ("reasons_to_decide", "before what is open is judged"),
        ("open_alerts", "before what is open is judged"),
    ],
)
def test_a_proposal_that_forgets_a_fact_is_found(forgotten, sentence):
    def faulty(*args, **named) -> Proposal:
        return propose(*args, **{name: value for name, value in named.items() if name != forgotten})

    assert any(sentence in str(one) for one in proof.prove(UNEVEN, propose=faulty, until_found=True).violations)


def test_a_proposal_that_takes_a_panel_for_granted_is_found():
    def faulty(*args, **named) -> Proposal:
        return propose(*args, **named | {"panel_day": named["day"]})

    found = proof.prove(UNEVEN, propose=faulty, until_found=True).violations
    assert str(found[0]).startswith("what is proposed is refused: after day 4: step up to 50, on day 5 ")


def refusing_to_stop(*args, **named):
    verdict = may_decide(*args, **named)
    refused = verdict.refusals or ((Because("TITR-00", "No."),) if args[1] == Decision.STOP else ())
    return Verdict(refused, verdict.effective_day, verdict.reason_required)


def always_wanting_a_reason(*args, **named):
    verdict = may_decide(*args, **named)
    return Verdict(verdict.refusals, verdict.effective_day, True)


@pytest.mark.parametrize(
    ("faulty", "sentence"),
    [(refusing_to_stop, "a stop is refused"), (always_wanting_a_reason, "what is proposed wants a reason")],
)
def test_a_verdict_that_is_wrong_otherwise_is_found(faulty, sentence):
    assert any(sentence in str(one) for one in proof.prove(UNEVEN, may_decide=faulty, until_found=True).violations)


def test_a_rule_that_looks_at_the_arms_is_found_by_exchanging_them():
    from crf.management.commands.prove import dependence_on_arm

    def by_arm(ladder, history, **named):
        proposal = propose(ladder, history, **named)
        is_first = trial.ARMS[0].code < trial.ARMS[1].code
        return proposal if is_first or proposal.decision != "STEP_UP" else replace(proposal, decision="MAINTAIN")

    one = Ladder((Step(1, 50, 1, 2), Step(2, 100, 3, 4)), unit_dose=50)
    assert dependence_on_arm(one, proof.prove(one)) == []
    found = dependence_on_arm(
        one, proof.prove(one, propose=by_arm), prove=lambda ladder: proof.prove(ladder, propose=by_arm)
    )
    assert found and found[0].startswith("It depends on the arm: after ")


def test_a_page_that_forgets_when_a_dose_begins_is_found_against_the_rules():
    from crf.chart import dose
    from crf.management.commands.prove import differences_from_page

    proved = proof.prove(BY_THE_PLAN, beyond=0)
    assert differences_from_page(BY_THE_PLAN, proved) == []

    def forgetful(view, values, *, day_1):
        return dose.refusals(view, values | {"effective_on": None}, day_1=day_1)

    found = differences_from_page(BY_THE_PLAN, proved, refusals=forgetful)
    assert found and found[0].startswith("The page refuses what the rules admit: day ")


def test_thirty_faults_are_planted():
    assert len(PLANTED) + len(OF_THE_PLAN) + 9 >= 30  # and those that begin early, propose, refuse or look otherwise


def test_every_refusal_the_database_repeats_is_one_of_the_rules():
    assert {f"TITR-{number:02d}" for number in range(1, 43)} >= titration.BY_HISTORY


# -- days without a decision


def histories(ladder: Ladder):
    """Any decisions with any doses, in any order of days."""
    doses = st.sampled_from((0, *ladder.doses))
    return st.lists(
        st.builds(
            lambda day, mg, ends: Prescription(day, ends if mg == 0 else "MAINTAIN", mg),
            st.integers(1, 14),
            doses,
            st.sampled_from(("INTERRUPT", "INTERRUPT", "INTERRUPT", "STOP")),
        ),
        max_size=5,
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_went_on_without_a_decision_is_what_day_by_day_was_too_long(data):
    """Counted a second time, a day after the other, with what the proposal counts by."""
    ladder = data.draw(ladders())
    history = data.draw(histories(ladder))
    day, ended = data.draw(st.integers(1, 16)), data.draw(st.none() | st.integers(1, 16))
    found = overstays(ladder, history, day=day, ended=ended)

    until = min(day, ladder.last_day + 1, ended or day)
    kept = in_force(history)
    if stopped := [one.day for one in kept if one.decision == "STOP"]:
        until = min(until, *stopped)
    due = set()
    for morning in range(1, until):  # nothing else took effect on this day, so it was too long
        until_now = [one for one in kept if one.day <= morning]
        mg = prescribed_on(kept, morning)
        if until_now and mg == 0 and days_interrupted(until_now, morning) == ladder.interruption_one_lower + 1:
            due.add(morning)
        if mg and ladder_days(until_now, morning) == ladder.steps[ladder.rung_of(mg) - 1].most_days:
            due.add(morning)
    assert {one.due for one in found} == due
    assert all(history[one.began].day <= one.due for one in found)
