"""What is read when the protocol was left or a dose is not admitted: each sentence, whole, with what goes with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from crf.rules import deviations, titration
from crf.rules.exposure import TakenInAll
from crf.rules.ladder import Prescription
from crf.rules.study_day import date_of
from crf.rules.titration import dose_to_resume, may_decide, obstacles_to_step_up, propose
from crf.spec.consequences import MAJOR, MINOR, Departure
from crf.spec.reasons import Because
from crf.trials.dcs_trd.dosing import LADDER

ON, BEFORE = date(2026, 3, 10), date(2026, 3, 9)
ZONE = ZoneInfo("Asia/Jerusalem")
DUE = datetime(2026, 3, 10, 9, tzinfo=ZONE)
LATE = {"due": DUE, "sent": DUE + timedelta(minutes=1)}
HELD = {"form": "HAMD", "done_on": ON, "consent_on": None}
OVER = {"on": ON, "visit": "W1", "in_all": None}

DEPARTURES = [
    (
        partial(deviations.before_consent, **HELD, visit="SCR"),
        ("BEFORECONSENT", "HAMD was done on 10 Mar 2026, but there is no consent.", "HAMD:SCR", MAJOR, "SCR"),
    ),
    (
        partial(deviations.before_consent, **HELD | {"done_on": BEFORE, "consent_on": ON}),
        ("BEFORECONSENT", "HAMD was done on 9 Mar 2026, but the consent is of 10 Mar 2026.", "HAMD:", MAJOR, None),
    ),
    (
        partial(deviations.outside_window, visit="W1", on=date(2026, 3, 20), day_1=ON),
        ("WINDOW", "Week 1 took place on 20 Mar 2026; its window is 15 Mar 2026 to 19 Mar 2026.", "W1", MINOR, "W1"),
    ),
    (partial(deviations.missed_visit, visit="W1", on=ON), ("MISSED", "Week 1 was missed.", "W1", MINOR, "W1")),
    (
        partial(deviations.ineligible, reasons=["I3", "E1"], randomised_on=ON),
        ("INELIGIBLE", "Randomised without meeting I3, E1.", None, MAJOR, "BL"),
    ),
    (
        partial(deviations.wrong_bottle, expected="10001", handed_out="10002", on=ON, visit="W1"),
        ("BOTTLE", "Kit 10002 was handed out instead of 10001.", "W1", MAJOR, "W1"),
    ),
    (
        partial(deviations.wrong_bottle, expected="10001", handed_out="10002", on=ON),
        ("BOTTLE", "Kit 10002 was handed out instead of 10001.", "2026-03-10", MAJOR, None),
    ),
    (
        partial(deviations.after_treatment, what="The drug was taken", on=ON, ended_on=BEFORE, visit="W1"),
        ("AFTERSTOP", "The drug was taken on 10 Mar 2026; treatment ended on 9 Mar 2026.", "W1", MAJOR, "W1"),
    ),
    (
        partial(deviations.after_treatment, what="The drug was taken", on=ON, ended_on=BEFORE),
        ("AFTERSTOP", "The drug was taken on 10 Mar 2026; treatment ended on 9 Mar 2026.", "2026-03-10", MAJOR, None),
    ),
    (
        partial(deviations.overdose, most_in_a_day=3, prescribed_mg=500, **OVER),
        ("OVERDOSE", "750 mg were taken on one day; 500 mg were prescribed.", "W1", MINOR, "W1"),
    ),
    (
        partial(deviations.overdose, most_in_a_day=5, prescribed_mg=None, **OVER),
        ("OVERDOSE", "1250 mg were taken on one day.", "W1", MAJOR, "W1"),
    ),
    (
        partial(
            deviations.overdose, most_in_a_day=3, prescribed_mg=500, **OVER | {"in_all": TakenInAll(BEFORE, ON, 5, 4)}
        ),
        (
            "OVERDOSE",
            "750 mg were taken on one day; 500 mg were prescribed. "
            "5 capsules were taken from 9 Mar 2026 to 10 Mar 2026; 4 capsules were prescribed.",
            "W1",
            MINOR,
            "W1",
        ),
    ),
    (
        partial(deviations.late_report, **LATE, event=2, called="Fall"),
        (
            "SAELATE",
            "The serious adverse event “Fall” was reported later than 24 hours after the site became aware of it.",
            "2",
            MAJOR,
            None,
        ),
    ),
    (
        partial(deviations.late_report, **LATE, event=2),
        (
            "SAELATE",
            "The serious adverse event 2 was reported later than 24 hours after the site became aware of it.",
            "2",
            MAJOR,
            None,
        ),
    ),
    (
        partial(deviations.before_randomisation, form="Dispensing", on=BEFORE, randomised_on=ON, visit="BL"),
        ("BEFORERANDOM", "Dispensing is of 9 Mar 2026; randomised on 10 Mar 2026.", "Dispensing:BL", MAJOR, "BL"),
    ),
    (
        partial(deviations.before_randomisation, form="Dispensing", on=ON, randomised_on=None, visit=None),
        (
            "BEFORERANDOM",
            "Dispensing is of 10 Mar 2026; the subject was not randomised.",
            "Dispensing:2026-03-10",
            MAJOR,
            None,
        ),
    ),
    *(
        (
            partial(deviations.blind_lost, kind=kind, on=ON, number=7),
            ("BLIND", f"{said} on 10 Mar 2026.", "7", MAJOR, None),
        )
        for kind, said in (
            ("emergency", "The code was broken in an emergency"),
            ("planned", "The code was broken as planned and approved"),
            ("accidental", "The blind was lost by accident"),
            ("envelope", "The sealed envelope was opened"),
        )
    ),
    *(
        (
            partial(deviations.rated_by_who_knows, form="HAMD", on=ON, visit=visit),
            (
                "BLIND",
                "HAMD of 10 Mar 2026 was rated by a person who knows what the subject takes.",
                f"HAMD:{place}",
                MAJOR,
                visit,
            ),
        )
        for visit, place in (("W1", "W1"), (None, "2026-03-10"))
    ),
    (
        partial(deviations.not_admitted, dose="750 mg/d", on=ON, because=["One.", "Two."], visit=None),
        (
            "TITRATION",
            "750 mg/d was decided on 10 Mar 2026; as the record stands, this was not admitted. One. Two.",
            "2026-03-10",
            MAJOR,
            None,
        ),
    ),
]


@pytest.mark.parametrize(("found", "told"), DEPARTURES, ids=[f"{one[1][0]}-{n}" for n, one in enumerate(DEPARTURES)])
def test_a_departure_is_told_whole(found: Callable[[], Departure], told):
    found = found()
    kind, sentence, occasion, severity, visit = told
    assert (found.kind, found.sentence, found.severity, found.at_visit) == (kind, sentence, severity, visit)
    assert found.fingerprint == (f"{kind}:{occasion}" if occasion else kind)


def test_a_departure_happened_on_the_day_it_is_about():
    days = [found().occurred_on for found, _ in DEPARTURES]
    assert set(days) == {ON, BEFORE, date(2026, 3, 20)}
    assert deviations.late_report(**LATE, event=2).occurred_on == ON


@pytest.mark.parametrize(
    "found",
    [
        partial(deviations.before_consent, form="HAMD", done_on=ON, consent_on=ON),
        partial(deviations.outside_window, visit="W1", on=date(2026, 3, 19), day_1=ON),
        partial(deviations.outside_window, visit="W1", on=ON, day_1=None),
        partial(deviations.ineligible, reasons=[], randomised_on=ON),
        partial(deviations.wrong_bottle, expected="1", handed_out="1", on=ON),
        partial(deviations.late_report, due=DUE, sent=DUE, event=1),
        partial(deviations.late_report, due=None, sent=DUE, event=1),
        partial(deviations.late_report, due=DUE, sent=None, event=1),
        partial(deviations.before_randomisation, form="Dispensing", on=ON, randomised_on=ON, visit=None),
        partial(deviations.overdose, most_in_a_day=2, prescribed_mg=500, **OVER),
    ],
)
def test_what_is_within_the_protocol_is_no_departure(found):
    assert found() is None


# -- dosing


def past(*entries) -> tuple[Prescription, ...]:
    return tuple(Prescription(*entry) for entry in entries)


UP, DOWN, HOLD, ON_AGAIN, KEEP, STOP = "STEP_UP", "REDUCE", "INTERRUPT", "RESUME", "MAINTAIN", "STOP"
ON_250 = past((1, UP, 250))
ON_500 = past((1, UP, 250), (4, UP, 500))
ON_750 = (*ON_500, *past((22, UP, 750)))
ON_1000 = (*ON_750, *past((29, UP, 1000)))
LOWERED = (*ON_750, *past((25, DOWN, 500)))
AGAIN = (*LOWERED, *past((32, UP, 750)), *past((34, DOWN, 500)))
INTERRUPTED = (*ON_500, *past((10, HOLD, 0)))
STOPPED = (*ON_500, *past((10, STOP, 0)))

REFUSED = [
    ((ON_250, 2, UP, 500), []),
    (
        (ON_250, 1, UP, 500),
        [
            "TITR-02 500 mg is not planned before day 4; today is day 1.",
            "TITR-05 500 mg needs at least 3 days on 250 mg; by day 1 it is 0.",
        ],
    ),
    ((past((3, UP, 250)), 4, UP, 500), ["TITR-05 500 mg needs at least 3 days on 250 mg; by day 4 it is 1."]),
    ((ON_500, 22, UP, 750), ["TITR-06 750 mg needs a reviewed safety panel that is not older than 7 days."]),
    (
        (ON_500, 43, UP, 750),
        [
            "TITR-03 The planned treatment ended on day 42.",
            "TITR-06 750 mg needs a reviewed safety panel that is not older than 7 days.",
        ],
    ),
    ((ON_250, 5, UP, 750), ["TITR-26 From 250 mg one step up is 500 mg, never more."]),
    ((ON_1000, 35, UP, 1000), ["TITR-01 1000 mg is the highest dose."]),
    (
        (LOWERED, 28, UP, 750),
        [
            "TITR-08 The dose was lowered on day 25; it may be raised again after 7 days, on day 32.",
            "TITR-06 750 mg needs a reviewed safety panel that is not older than 7 days.",
        ],
    ),
    (
        (AGAIN, 41, UP, 750),
        [
            "TITR-07 750 mg was reached before and the dose was raised again once already.",
            "TITR-06 750 mg needs a reviewed safety panel that is not older than 7 days.",
        ],
    ),
    (((), 1, KEEP, 250), ["TITR-22 Nothing has been prescribed yet: the first decision is the step up to 250 mg."]),
    (((), 1, UP, 500), ["TITR-25 The first dose is 250 mg."]),
    ((ON_250, 4, UP, 1250), ["TITR-20 1250 mg/d cannot be prescribed: the limits are 0 and 1000 mg/d."]),
    ((ON_250, 4, UP, 300), ["TITR-21 300 mg/d cannot be made of 250 mg capsules."]),
    ((STOPPED, 12, ON_AGAIN, 500), ["TITR-13 The drug was stopped, and a stop is final."]),
    (
        (past((1, UP, 250), (4, UP, 500)), 3, UP, 500),
        ["TITR-23 A decision holds from day 4 already; a further step comes after it."],
    ),
    ((INTERRUPTED, 12, UP, 500), ["TITR-24 The drug is interrupted: resume it before it is stepped up."]),
    ((INTERRUPTED, 12, KEEP, 500), ["TITR-27 The drug is interrupted: resume, stop, or interrupt further."]),
    ((ON_500, 12, KEEP, 250), ["TITR-27 To maintain means to stay at 500 mg."]),
    ((ON_500, 12, DOWN, 500), ["TITR-28 To reduce means a dose below 500 mg and above 0 mg."]),
    ((ON_500, 12, DOWN, 0), ["TITR-28 To reduce means a dose below 500 mg and above 0 mg."]),
    ((ON_500, 12, HOLD, 250), ["TITR-29 To interrupt or to stop means 0 mg."]),
    ((ON_500, 12, STOP, 250), ["TITR-29 To interrupt or to stop means 0 mg."]),
    ((ON_500, 12, ON_AGAIN, 500), ["TITR-30 The drug is not interrupted, so there is nothing to resume."]),
    (
        (INTERRUPTED, 14, ON_AGAIN, 500),
        ["TITR-31 Interrupted for 4 days, 4 to 7: resume one step lower, at 250 mg. A higher dose is not admitted."],
    ),
    ((INTERRUPTED, 18, ON_AGAIN, 250), ["TITR-12 Interrupted for 8 days, more than 7: the drug is stopped for good."]),
    ((INTERRUPTED, 18, HOLD, 0), ["TITR-12 Interrupted for 8 days, more than 7: the drug is stopped for good."]),
    ((INTERRUPTED, 11, ON_AGAIN, 500), []),
    ((INTERRUPTED, 13, ON_AGAIN, 500), []),
    ((INTERRUPTED, 17, ON_AGAIN, 250), []),
    ((ON_500, 12, STOP, 0), []),
    ((ON_500, 12, HOLD, 0), []),
    ((ON_500, 12, DOWN, 250), []),
]


@pytest.mark.parametrize(("asked", "told"), REFUSED)
def test_a_dose_that_is_not_admitted_is_refused_in_these_words(asked, told):
    history, day, decision, mg = asked
    proposal = propose(LADDER, history, day=day)
    verdict = may_decide(LADDER, decision, mg=mg, history=history, day=day, proposal=proposal)
    assert [f"{one.rule} {one.sentence}" for one in verdict.refusals] == told
    assert verdict.allowed is not bool(told)


STOPPING, JUDGING = Because("S", "Seizure."), Because("J", "Tremor.")
PROPOSED = [
    ((), 1, {}, (UP, 250, 1), ["TITR-16 The first dose is 250 mg, for days 1 to 3."]),
    ((), -1, {}, (UP, 250, 1), ["TITR-16 The first dose is 250 mg, for days 1 to 3."]),
    (
        (),
        1,
        {"open_alerts": ("suicidality",), "reasons_to_decide": (JUDGING,)},
        (UP, 250, 1),
        [
            "TITR-16 The first dose is 250 mg, for days 1 to 3.",
            "TITR-17 An alert is open at baseline (suicidality): the investigator documents the judgement.",
            "J Tremor.",
        ],
    ),
    (
        (),
        1,
        {"reasons_to_stop": (STOPPING,)},
        (None, 0, 1),
        ["S Seizure.", "TITR-37 Nothing has been prescribed yet, and the drug is not begun."],
    ),
    (ON_250, 2, {}, (UP, 500, 4), ["TITR-15 500 mg is planned from day 4 and nothing stands against it."]),
    (ON_250, 1, {}, (KEEP, 250, 1), ["TITR-19 Day 1 lies before the next planned step; 250 mg is planned to day 3."]),
    (ON_1000, 35, {}, (KEEP, 1000, 35), ["TITR-01 1000 mg is the highest dose."]),
    (ON_500, 43, {}, (None, 0, 43), ["TITR-03 The planned treatment ended on day 42."]),
    (STOPPED, 12, {}, (None, 0, 12), ["TITR-13 The drug was stopped, and a stop is final."]),
    (ON_500, 3, {}, (KEEP, 500, 4), ["TITR-14 500 mg is prescribed already, from day 4."]),
    (ON_500, 12, {"reasons_to_stop": (STOPPING,)}, (STOP, 0, 12), ["S Seizure."]),
    (
        ON_500,
        12,
        {"reasons_to_decide": (JUDGING,), "open_alerts": ("overdose",)},
        (None, 500, 12),
        ["J Tremor.", "TITR-42 An alert is open (overdose): it is judged before a dose is decided on."],
    ),
    (
        INTERRUPTED,
        13,
        {},
        (ON_AGAIN, 500, 13),
        ["TITR-10 Interrupted for 3 days, at most 3: resume at the same 500 mg."],
    ),
    (
        INTERRUPTED,
        11,
        {"open_alerts": ("overdose",), "reasons_to_decide": (JUDGING,)},
        (ON_AGAIN, 500, 11),
        [
            "TITR-18 An alert is open (overdose): judge it first. It forbids a step up, not to resume.",
            "J Tremor.",
            "TITR-10 Interrupted for 1 day, at most 3: resume at the same 500 mg.",
        ],
    ),
    (
        INTERRUPTED,
        18,
        {},
        (STOP, 0, 18),
        ["TITR-12 Interrupted for 8 days, more than 7: the drug is stopped for good."],
    ),
    (ON_500, 22, {}, (KEEP, 500, 22), ["TITR-06 750 mg needs a reviewed safety panel that is not older than 7 days."]),
    (
        ON_500,
        22,
        {"panel_day": 15},
        (UP, 750, 22),
        ["TITR-15 750 mg is planned from day 22 and nothing stands against it."],
    ),
    (ON_250, 4, {"reasons_to_stay": (JUDGING,)}, (KEEP, 250, 4), ["J Tremor."]),
]


@pytest.mark.parametrize(("history", "day", "facts", "proposed", "told"), PROPOSED)
def test_what_is_proposed_is_told_in_these_words(history, day, facts, proposed, told):
    found = propose(LADDER, history, day=day, **facts)
    assert (found.decision, found.mg, found.effective_day) == proposed
    assert [f"{one.rule} {one.sentence}" for one in found.because] == told
    assert found.must_judge is (history != () and bool(facts.get("reasons_to_decide")) and found.decision is None)


def test_an_open_alert_forbids_a_step_up_in_words():
    (found,) = obstacles_to_step_up(LADDER, ON_250, day=4, open_alerts=("suicidality", "overdose"))
    assert (found.rule, found.sentence) == (
        "TITR-04",
        "An alert is open (suicidality, overdose): no step up until it is closed.",
    )


@pytest.mark.parametrize(("panel_day", "is_recent"), [(14, False), (15, True), (22, True), (23, False), (None, False)])
def test_a_panel_counts_for_seven_days(panel_day, is_recent):
    found = obstacles_to_step_up(LADDER, ON_500, day=22, panel_day=panel_day)
    assert (found == ()) is is_recent


def test_from_the_lowest_step_the_same_is_resumed():
    assert dose_to_resume(LADDER, past((1, UP, 250), (2, HOLD, 0)), day=7)[0] == 250


@pytest.mark.parametrize(
    ("decision", "mg", "day", "begins", "effective", "refused", "reason"),
    [
        (UP, 500, 2, None, 4, [], False),
        (UP, 500, 2, 3, 4, ["TITR-41 The higher dose can begin on study day 4, not before."], False),
        (UP, 500, 2, 4, 4, [], False),
        (KEEP, 250, 2, None, 2, [], True),
        (STOP, 0, 2, None, 2, [], True),
    ],
)
def test_from_which_day_a_decision_holds_and_whether_it_wants_a_reason(
    decision, mg, day, begins, effective, refused, reason
):
    proposal = propose(LADDER, ON_250, day=day)
    found = may_decide(LADDER, decision, mg=mg, history=ON_250, day=day, proposal=proposal, begins=begins)
    assert [f"{one.rule} {one.sentence}" for one in found.refusals] == refused
    assert (found.effective_day, found.reason_required) == (effective, reason)


def test_what_is_prescribed_already_is_kept_from_its_day():
    proposal = propose(LADDER, ON_500, day=3)
    found = may_decide(LADDER, KEEP, mg=500, history=ON_500, day=3, proposal=proposal, begins=3)
    assert [one.sentence for one in found.refusals] == ["The prescribed dose can begin on study day 4, not before."]
    assert titration.may_decide(LADDER, KEEP, mg=500, history=ON_500, day=3, proposal=proposal, begins=4).allowed


def test_to_stop_where_nothing_is_proposed_any_more_wants_no_reason_but_over_what_is_open_it_does():
    over = propose(LADDER, ON_500, day=43)
    assert not may_decide(LADDER, STOP, mg=0, history=ON_500, day=43, proposal=over).reason_required
    open_ = propose(LADDER, ON_500, day=12, open_alerts=("overdose",))
    assert may_decide(LADDER, STOP, mg=0, history=ON_500, day=12, proposal=open_).reason_required


def test_there_is_no_study_day_0():
    with pytest.raises(ValueError, match=r"^There is no study day 0: the day before day 1 is day -1\.$"):
        date_of(0, day_1=ON)


# -- what a ladder may forbid and this one does not

PLANNED_ONLY = replace(LADDER, unscheduled_changes=False)
LIMITED = replace(LADDER, steps=(LADDER.steps[0], replace(LADDER.steps[1], most_days=18), *LADDER.steps[2:]))
HELD_ONCE = (*ON_500, *past((10, HOLD, 0), (12, ON_AGAIN, 500)))
HELD_TWICE = (*HELD_ONCE, *past((14, HOLD, 0), (15, ON_AGAIN, 500)))
TOP = {"panel_day": 32}


@pytest.mark.parametrize(
    ("ladder", "history", "day", "decision", "mg", "facts", "told"),
    [
        (
            replace(LADDER, interruptions=0),
            ON_500,
            10,
            HOLD,
            0,
            {},
            "33 The drug is not interrupted in this trial: stop it instead.",
        ),
        (replace(LADDER, interruptions=1), ON_500, 10, HOLD, 0, {}, None),
        (
            replace(LADDER, interruptions=1),
            HELD_ONCE,
            16,
            HOLD,
            0,
            {},
            "33 The drug was interrupted once already: stop it instead.",
        ),
        (replace(LADDER, interruptions=2), HELD_ONCE, 16, HOLD, 0, {}, None),
        (
            replace(LADDER, interruptions=2),
            HELD_TWICE,
            16,
            HOLD,
            0,
            {},
            "33 The drug was interrupted 2 times already: stop it instead.",
        ),
        (LADDER, HELD_TWICE, 16, HOLD, 0, {}, None),
        (
            replace(LADDER, reescalations=0),
            LOWERED,
            32,
            UP,
            750,
            TOP,
            "07 750 mg was reached before and the dose is not raised again.",
        ),
        (replace(LADDER, reescalations=2), LOWERED, 32, UP, 750, TOP, None),
        (
            replace(LADDER, reescalations=2, reescalate_after_days=1),
            (*AGAIN, *past((36, UP, 750), (38, DOWN, 500))),
            40,
            UP,
            750,
            {"panel_day": 40},
            "07 750 mg was reached before and the dose was raised again 2 times already.",
        ),
        (
            PLANNED_ONLY,
            LOWERED,
            32,
            UP,
            750,
            TOP,
            "32 750 mg was reached before; in this trial no dose is given again.",
        ),
        (
            PLANNED_ONLY,
            ON_500,
            29,
            UP,
            750,
            {"panel_day": 29},
            "35 750 mg was planned for days 22 to 28; in this trial it is not begun later.",
        ),
        (PLANNED_ONLY, ON_500, 28, UP, 750, {"panel_day": 28}, None),
        (
            PLANNED_ONLY,
            ON_500,
            12,
            DOWN,
            250,
            {},
            "32 In this trial no dose is lowered: interrupt or stop the drug instead.",
        ),
        (LIMITED, ON_500, 22, KEEP, 500, {}, "34 500 mg is given for at most 18 days; by day 22 it is 18."),
        (LIMITED, ON_500, 21, KEEP, 500, {}, None),
    ],
)
def test_what_another_ladder_forbids_is_refused_in_these_words(ladder, history, day, decision, mg, facts, told):
    proposal = propose(ladder, history, day=day, **facts)
    found = may_decide(ladder, decision, mg=mg, history=history, day=day, proposal=proposal, **facts)
    assert [f"{one.rule} {one.sentence}" for one in found.refusals] == ([f"TITR-{told}"] if told else [])


@pytest.mark.parametrize(
    ("ladder", "history", "day", "proposed", "rules"),
    [
        (LIMITED, ON_500, 21, (KEEP, 500), ["TITR-06"]),
        (LIMITED, ON_500, 22, (DOWN, 250), ["TITR-34", "TITR-06"]),
        (replace(LIMITED, unscheduled_changes=False), ON_500, 22, (STOP, 0), ["TITR-34", "TITR-06"]),
        (LIMITED, (*ON_500, *past((22, HOLD, 0))), 23, (ON_AGAIN, 250), ["TITR-34"]),
        (LIMITED, (*ON_500, *past((21, HOLD, 0))), 23, (ON_AGAIN, 500), ["TITR-10"]),
    ],
)
def test_once_the_most_days_are_spent_a_lower_dose_or_the_stop_is_proposed(ladder, history, day, proposed, rules):
    found = propose(ladder, history, day=day)
    assert (found.decision, found.mg, found.effective_day) == (*proposed, day)
    assert [one.rule for one in found.because] == rules
