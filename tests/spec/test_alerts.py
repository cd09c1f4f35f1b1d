"""What must be shown at once (PROTOCOL 7)."""

from datetime import datetime
from decimal import Decimal as D

import pytest

from crf import trial
from crf.rules import alerts as anywhere
from crf.spec.consequences import PROMPT_DEVIATION, PROMPT_EVENT, PROMPT_JUDGEMENT, PROMPT_SERIOUS
from crf.trials.dcs_trd.dosing import LADDER
from crf.trials.dcs_trd.rules import alerts
from crf.trials.dcs_trd.rules.safety import Laboratory

RAISED = datetime(2026, 3, 10, 9, 0)


@pytest.mark.parametrize(
    ("score", "baseline", "previous", "raised"),
    [
        (None, None, None, False),
        (0, None, None, False),
        (2, None, None, False),
        (3, None, None, True),
        (3, 3, 3, True),
        (4, 4, 4, True),
        (2, 1, 1, False),
        (2, 0, 1, True),
        (2, 1, 0, True),
        (1, 0, 0, False),
        (2, 2, 2, False),
    ],
)
def test_hamd_item_3_alerts_by_height_and_by_rise(score, baseline, previous, raised):
    found = alerts.suicidality_from_hamd(score, baseline=baseline, previous=previous)
    assert bool(found) is raised
    assert all(alert.blocking and alert.kind == "suicidality" for alert in found)


@pytest.mark.parametrize(
    ("score", "at_baseline", "prompts"),
    [
        (3, False, ()),
        (4, False, (PROMPT_SERIOUS,)),
        (3, True, (PROMPT_JUDGEMENT,)),
        (4, True, (PROMPT_SERIOUS, PROMPT_JUDGEMENT)),
    ],
)
def test_hamd_item_3_prompts(score, at_baseline, prompts):
    [alert] = alerts.suicidality_from_hamd(score, at_baseline=at_baseline)
    assert alert.prompts == prompts


@pytest.mark.parametrize(
    ("score", "previous", "blocking"),
    [
        (None, None, None),
        (0, None, None),
        (1, 0, False),
        (1, None, False),
        (1, 1, None),
        (1, 2, None),
        (2, 0, True),
        (2, 3, True),
        (3, None, True),
    ],
)
def test_bdi_item_9_at_2_is_an_alert_and_1_after_0_a_notice(score, previous, blocking):
    found = alerts.suicidality_from_bdi(score, previous=previous)
    assert [alert.blocking for alert in found] == ([] if blocking is None else [blocking])


@pytest.mark.parametrize(
    ("categories", "prompts"),
    [
        ([], None),
        (["passive", "nonspecific", "method", "self_injury"], None),
        (["intent"], ()),
        (["preparation"], ()),
        (["attempt"], (PROMPT_SERIOUS,)),
    ],
)
def test_intent_and_behaviour_alert(categories, prompts):
    found = alerts.suicidality_from_classification(categories)
    assert [alert.prompts for alert in found] == ([] if prompts is None else [prompts])


@pytest.mark.parametrize("item", list(alerts.BPRS_PSYCHOSIS))
@pytest.mark.parametrize(
    ("score", "before", "raised"),
    [
        (3, 1, False),
        (4, 2, True),
        (4, 3, False),
        (5, 3, True),
        (7, 6, False),
        (4, None, True),
        (4, 0, True),
        (None, 1, False),
        (0, 1, False),
    ],
)
def test_four_bprs_items_alert_at_4_when_2_above_baseline(item, score, before, raised):
    assert bool(alerts.psychosis_from_bprs({item: score}, baseline={item: before})) is raised


@pytest.mark.parametrize(
    ("scores", "kinds"),
    [
        ({"epileptic_seizures": 1}, ["seizure"]),
        ({"confusion": 3}, ["confusion"]),
        ({"epileptic_seizures": 1, "confusion": 1}, ["seizure", "confusion"]),
        ({"epileptic_seizures": 0, "confusion": 0}, []),
        ({"tremor": 3}, []),
        ({"confusion": None}, []),
    ],
)
@pytest.mark.finding("F-306")
def test_uku_alerts_on_seizure_and_confusion_and_calls_them_so(scores, kinds):
    assert [alert.kind for alert in alerts.signs_from_uku(scores)] == kinds
    assert set(kinds) <= set(trial.TRIAL.alert_kinds)


@pytest.mark.parametrize(
    ("most", "prescribed", "raised"),
    [
        (None, 500, False),
        (2, 500, False),
        (3, 500, True),
        (4, 1000, False),
        (5, 1000, True),
        (4, None, False),
        (5, None, True),
        (1, 0, True),
    ],
)
def test_more_than_prescribed_or_more_than_1000_mg_is_an_overdose(most, prescribed, raised):
    found = anywhere.overdose(ladder=LADDER, most_in_a_day=most, prescribed_mg=prescribed)
    assert bool(found) is raised
    assert all(alert.prompts == (PROMPT_EVENT, PROMPT_DEVIATION) for alert in found)


@pytest.mark.parametrize(("serious", "count"), [("Y", 1), ("N", 0), (None, 0)])
def test_a_serious_event_alerts(serious, count):
    assert len(anywhere.serious_event(serious)) == count


def test_each_laboratory_limit_alerts_once():
    values = Laboratory(alt=D("121"), alt_upper_limit=D("40"), egfr=D("59"), egfr_baseline=D("90"), haemoglobin=D("9"))
    assert len(alerts.laboratory(values)) == 4
    assert alerts.laboratory(Laboratory()) == ()


def test_no_sentence_tells_a_score():
    found = [
        *alerts.suicidality_from_hamd(4, baseline=1, previous=1),
        *alerts.suicidality_from_bdi(3),
        *alerts.psychosis_from_bprs({"suspiciousness": 6}, baseline={"suspiciousness": 1}),
        *anywhere.overdose(ladder=LADDER, most_in_a_day=7, prescribed_mg=750),
    ]
    assert len(found) == 4
    for alert, value in zip(found, ("4", "3.", "6", "7"), strict=True):
        assert f" {value}" not in alert.sentence
