"""What must be shown at once and acted upon in this trial (PROTOCOL 7).

An alert says what happened in a sentence without any value, so that the sentence can be mailed. What any trial alerts
of (a serious event, an overdose) stands in crf/rules/alerts.py.
"""

from collections.abc import Mapping, Sequence

from crf.spec.consequences import PROMPT_EVENT, PROMPT_JUDGEMENT, PROMPT_SERIOUS, Alert
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.rules.laboratory import laboratory_of
from crf.trials.dcs_trd.rules.safety import Laboratory, laboratory_findings

SUICIDALITY, PSYCHOSIS, LABORATORY = "suicidality", "psychosis", "laboratory"
SEIZURE, CONFUSION = "seizure", "confusion"

# Items of the BPRS form that stand for psychosis (PROTOCOL 7).
BPRS_PSYCHOSIS = {
    "disorganisation": "conceptual disorganisation",
    "suspiciousness": "suspiciousness",
    "hallucinations": "hallucinatory behaviour",
    "unusual_thought": "unusual thought content",
}
# Items of the UKU form that PROTOCOL 7 lists beside psychosis: each is called what it is.
UKU_SIGNS = {"epileptic_seizures": ("ALERT-06", SEIZURE), "confusion": ("ALERT-10", CONFUSION)}


def suicidality_from_hamd(
    score: int | None, *, baseline: int | None = None, previous: int | None = None, at_baseline: bool = False
) -> tuple[Alert, ...]:
    """HAMD item 3: 3 or more, or 2 or more above baseline or above the previous rating; 4 asks for an SAE too.

    At baseline the alert asks for the investigator's judgement and blocks no randomisation by itself.
    """
    if score is None:
        return ()
    limit, because = protocol.SAFETY, []
    if score >= limit.hamd_suicide:
        because.append("is rated high")
    if baseline is not None and score - baseline >= limit.hamd_suicide_rise:
        because.append("has risen since baseline")
    if previous is not None and score - previous >= limit.hamd_suicide_rise:
        because.append("has risen since the previous rating")
    if not because:
        return ()
    prompts = [PROMPT_SERIOUS] if score >= limit.hamd_suicide_serious else []
    if at_baseline:
        prompts.append(PROMPT_JUDGEMENT)
    return (Alert("ALERT-01", SUICIDALITY, f"HAMD item 3 {' and '.join(because)}.", prompts=tuple(prompts)),)


def suicidality_from_bdi(score: int | None, *, previous: int | None = None) -> tuple[Alert, ...]:
    """BDI item 9: 2 or more is an alert; 1 after 0 is a notice that does not block.

    A first rating of 1 has nothing before it and is a notice too (our assumption).
    """
    if score is None:
        return ()
    if score >= protocol.SAFETY.bdi_suicide:
        return (Alert("ALERT-02", SUICIDALITY, "BDI item 9 is rated high."),)
    if score == 1 and not previous:
        return (Alert("ALERT-03", SUICIDALITY, "BDI item 9 is above 0 for the first time.", blocking=False),)
    return ()


def suicidality_from_classification(categories: Sequence[str]) -> tuple[Alert, ...]:
    """Suicidality classification: active ideation with intent, or behaviour (our assumption); an attempt is an SAE.

    `categories`: codes of the form SUICIDE that were answered yes.
    """
    serious = {"attempt", "completed"} & set(categories)
    grave = {"intent", "plan", "preparation", "aborted", "interrupted"} & set(categories)
    if not serious and not grave:
        return ()
    prompts = (PROMPT_SERIOUS,) if serious else ()
    return (Alert("ALERT-04", SUICIDALITY, "The classification names intent or behaviour.", prompts=prompts),)


def psychosis_from_bprs(scores: Mapping[str, int | None], *, baseline: Mapping[str, int | None]) -> tuple[Alert, ...]:
    """One of four BPRS items at 4 or more and 2 or more above baseline; 0 is not assessed and counts as no score.

    Without a baseline score the height alone decides (our assumption).
    """
    found = []
    for item, name in BPRS_PSYCHOSIS.items():
        score, before = scores.get(item), baseline.get(item)
        if not score or score < protocol.SAFETY.psychosis_score:
            continue
        if not before or score - before >= protocol.SAFETY.psychosis_rise:
            found.append(name)
    if not found:
        return ()
    return (
        Alert("ALERT-05", PSYCHOSIS, f"BPRS: {', '.join(found)} has risen to a high score.", prompts=(PROMPT_EVENT,)),
    )


def signs_from_uku(scores: Mapping[str, int | None]) -> tuple[Alert, ...]:
    """UKU: any degree of seizure or confusion, an alert each."""
    return tuple(
        Alert(rule, kind, f"UKU: {kind} reported.", prompts=(PROMPT_EVENT,))
        for item, (rule, kind) in UKU_SIGNS.items()
        if scores.get(item)
    )


def laboratory(values: Laboratory) -> tuple[Alert, ...]:
    """One alert for each value beyond the limits of PROTOCOL 5."""
    return tuple(Alert("ALERT-09", LABORATORY, finding.sentence) for finding in laboratory_findings(values))


#: Which events of special interest an alert's prompt is about; of a kind that is not here any event is.
TOLD_AS = {
    SUICIDALITY: ("ATTEMPT", "NONE"),
    PSYCHOSIS: ("PSYCHOSIS", "MANIA"),
    SEIZURE: ("SEIZURE",),
    CONFUSION: ("CONFUSION", "PSYCHOSIS"),
}


def tells_of(kind: str, event) -> bool:
    """Whether an adverse event answers what an alert of that kind asks for."""
    return kind not in TOLD_AS or event.special in TOLD_AS[kind]


# -- hooks of the forms: a record and the chart of its subject


def of_hamd(record, chart) -> tuple[Alert, ...]:
    return suicidality_from_hamd(
        record.suicide,
        baseline=chart.baseline(record, "suicide"),
        previous=chart.previous(record, "suicide"),
        at_baseline=record.visit_code in (protocol.SCREENING, protocol.BASELINE),
    )


def of_bdi(record, chart) -> tuple[Alert, ...]:
    return suicidality_from_bdi(record.item_9, previous=chart.previous(record, "item_9"))


def of_classification(record, chart) -> tuple[Alert, ...]:
    return suicidality_from_classification([name for name, value in record.values().items() if value == "Y"])


def of_bprs(record, chart) -> tuple[Alert, ...]:
    return psychosis_from_bprs(
        {name: getattr(record, name) for name in BPRS_PSYCHOSIS},
        baseline={name: chart.baseline(record, name) for name in BPRS_PSYCHOSIS},
    )


def of_uku_seizure(record, chart) -> tuple[Alert, ...]:
    return signs_from_uku({"epileptic_seizures": record.epileptic_seizures})


def of_uku_confusion(record, chart) -> tuple[Alert, ...]:
    return signs_from_uku({"confusion": record.confusion})


def of_laboratory(record, chart) -> tuple[Alert, ...]:
    return laboratory(laboratory_of(chart, rows=[record]))
