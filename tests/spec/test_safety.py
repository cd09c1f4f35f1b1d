"""What stops the drug, and what is judged before the next capsules (PROTOCOL 5)."""

from decimal import Decimal as D

import pytest

from crf.trials.dcs_trd.forms.adverse_event import CNS_SIGNS, STOPPING_EVENTS
from crf.trials.dcs_trd.rules.safety import (
    Laboratory,
    SafetyFacts,
    is_worse,
    laboratory_findings,
    reasons_to_decide,
    reasons_to_stop,
)


@pytest.mark.parametrize("event", STOPPING_EVENTS)
def test_a_stopping_event_stops(event):
    assert [because.rule for because in reasons_to_stop(SafetyFacts(special_events=[event]))] == ["STOP-01"]


@pytest.mark.parametrize("event", [*CNS_SIGNS, "NONE"])
def test_a_sign_of_the_nervous_system_does_not_stop_by_itself(event):
    assert reasons_to_stop(SafetyFacts(special_events=[event])) == ()


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        (Laboratory(), []),
        (Laboratory(alt=D("120"), alt_upper_limit=D("40")), []),
        (Laboratory(alt=D("120.1"), alt_upper_limit=D("40")), ["LAB-01"]),
        (Laboratory(alt=D("500")), []),
        (Laboratory(egfr=D("60")), []),
        (Laboratory(egfr=D("59.9")), ["LAB-02"]),
        (Laboratory(egfr=D("75"), egfr_baseline=D("100")), []),
        (Laboratory(egfr=D("74.9"), egfr_baseline=D("100")), ["LAB-03"]),
        (Laboratory(haemoglobin=D("10")), []),
        (Laboratory(haemoglobin=D("9.9")), ["LAB-04"]),
    ],
)
def test_laboratory_limits(values, rules):
    assert [because.rule for because in laboratory_findings(values)] == rules


@pytest.mark.parametrize(
    ("score", "baseline", "worse"), [(25, 20, True), (24, 20, False), (33, 26, True), (5, 0, False)]
)
def test_worse_is_25_percent_above_baseline_in_whole_numbers(score, baseline, worse):
    assert is_worse(score, baseline) is worse


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        (SafetyFacts(), []),
        (SafetyFacts(open_suicidality_alert=True), ["DECIDE-01"]),
        (SafetyFacts(special_events=["TREMOR"]), ["DECIDE-02"]),
        (SafetyFacts(special_events=["NONE"]), []),
        (SafetyFacts(laboratory=Laboratory(haemoglobin=D("9"))), ["LAB-04"]),
        (SafetyFacts(cgi_improvement=5), []),
        (SafetyFacts(cgi_improvement=6), ["DECIDE-03"]),
        (SafetyFacts(hamd_21_baseline=20, hamd_21=[25]), []),
        (SafetyFacts(hamd_21_baseline=20, hamd_21=[25, 20, 25]), ["DECIDE-04"]),
        (SafetyFacts(hamd_21_baseline=None, hamd_21=[30, 30]), []),
    ],
)
def test_what_is_judged_before_the_next_capsules(facts, rules):
    assert [because.rule for because in reasons_to_decide(facts)] == rules
