"""The second trial: what its publication says stands in the definition, and its gate lets only non-responders on."""

from datetime import date
from decimal import Decimal

import pytest

from crf.trial import load
from crf.trials.cp101606.rules.eligibility import contradictions
from crf.trials.cp101606.rules.run_in import did_not_respond, is_response

TRIAL = load("cp101606")


class Answers:
    """A chart of these answers."""

    def __init__(self, **by_place):
        self.by_place = by_place

    def value(self, form, item, *, visit):
        return self.by_place.get(f"{form}_{item}_{visit}")


def test_it_compares_the_madrs_at_day_5_with_alpha_of_a_tenth_and_80_per_cent_intervals():
    plan = TRIAL.analysis
    assert (plan.primary.form, plan.visit) == ("MADRS", "D5")
    assert (plan.alpha, plan.level) == (Decimal("0.10"), Decimal("0.80"))
    assert next(visit.day for visit in TRIAL.visits if visit.code == "D5") == 5


def test_the_run_in_lasts_six_weeks_before_the_day_of_the_infusion():
    days = {visit.code: visit.day for visit in TRIAL.visits}
    assert days["BL"] - days["RI0"] == 6 * 7 + 1  # there is no day 0
    assert TRIAL.dosing.on_day == days["BL"]


def test_the_scales_stand_there_as_numbers_without_wording():
    madrs = next(form for form in TRIAL.forms if form.code == "MADRS")
    asked = [item for name, item in madrs.items.items() if name.startswith("item_")]
    assert [item.label for item in asked] == [f"Item {number}" for number in range(1, 11)]
    assert all([label for _, label in item.kind.codes] == list("0123456") for item in asked)
    assert madrs.scores["total"].high == 60


def test_it_has_no_ladder_and_no_beck_inventory():
    assert {form.code for form in TRIAL.forms} & {"BDI", "DOSING", "DISPENSE", "CAPSULES"} == set()


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [(24, 12, True), (24, 13, False), (25, 12, True), (25, 13, False), (24, 30, False), (0, 0, False)],
)
def test_half_of_the_hamd_gone_is_a_response(before, now, expected):
    assert is_response(before, now) is expected


def test_the_gate_lets_a_non_responder_on():
    assert did_not_respond(Answers(HAMD17_total_RI0=24, HAMD17_total_BL=20)) == []


def test_the_gate_holds_a_responder_back_and_says_why():
    [sentence] = did_not_respond(Answers(HAMD17_total_RI0=24, HAMD17_total_BL=9))
    assert sentence == "Responded to paroxetine: HAMD-17 fell from 24 to 9. Only non-responders go on."


def test_the_gate_holds_back_whom_it_knows_too_little_of():
    assert "not known" in did_not_respond(Answers(HAMD17_total_RI0=24))[0]


def test_a_criterion_that_other_forms_speak_against_is_named():
    chart = Answers(CONSENT_signed_on_SCR=date(2026, 3, 2), DEMOG_birth_year_SCR=2010, HAMD17_total_SCR=12)
    found = contradictions({}, chart, on=date(2026, 3, 2))
    assert [reason.code for reason in found] == ["I1", "I3"]
    assert [reason.code for reason in contradictions({}, Answers(), on=date(2026, 3, 2))] == ["CONSENT"]
