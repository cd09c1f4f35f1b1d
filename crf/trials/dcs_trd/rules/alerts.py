"""What must be shown at once and acted upon (PROTOCOL 7).

An alert says what happened in a sentence without any value, so that the sentence can be mailed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.dosing import LADDER
from crf.trials.dcs_trd.rules.safety import Laboratory, laboratory_findings

SUICIDALITY, PSYCHOSIS, OVERDOSE, SAE, LABORATORY = "suicidality", "psychosis", "overdose", "SAE", "laboratory"
KINDS = (SUICIDALITY, PSYCHOSIS, OVERDOSE, SAE, LABORATORY)
PROMPT_SAE, PROMPT_AE, PROMPT_DEVIATION = "serious adverse event", "adverse event", "deviation"
PROMPT_JUDGEMENT = "documented judgement of the investigator"

# Items of the BPRS form that stand for psychosis, and of the UKU form (PROTOCOL 7).
BPRS_PSYCHOSIS = {
    "disorganisation": "conceptual disorganisation",
    "suspiciousness": "suspiciousness",
    "hallucinations": "hallucinatory behaviour",
    "unusual_thought": "unusual thought content",
}
UKU_PSYCHOSIS = {"epileptic_seizures": "seizure", "confusion": "confusion"}


@dataclass(frozen=True)
class Alert:
    """Something a physician acknowledges with an action. A notice (`blocking` False) is shown and blocks nothing."""

    rule: str
    kind: str
    sentence: str
    blocking: bool = True
    prompts: tuple[str, ...] = ()


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
    prompts = (PROMPT_SAE,) if score >= limit.hamd_suicide_serious else ()
    if at_baseline:
        prompts += (PROMPT_JUDGEMENT,)
    return (Alert("ALERT-01", SUICIDALITY, f"HAMD item 3 {' and '.join(because)}.", prompts=prompts),)


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
    prompts = (PROMPT_SAE,) if serious else ()
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
    return (Alert("ALERT-05", PSYCHOSIS, f"BPRS: {', '.join(found)} has risen to a high score.", prompts=(PROMPT_AE,)),)


def psychosis_from_uku(scores: Mapping[str, int | None]) -> tuple[Alert, ...]:
    """UKU: any degree of seizure or confusion."""
    found = [name for item, name in UKU_PSYCHOSIS.items() if scores.get(item)]
    if not found:
        return ()
    return (Alert("ALERT-06", PSYCHOSIS, f"UKU: {' and '.join(found)} reported.", prompts=(PROMPT_AE,)),)


def overdose(*, most_in_a_day: int | None, prescribed_mg: int | None) -> tuple[Alert, ...]:
    """Capsules swallowed on one day above what was prescribed, or above 1000 mg/d. Recorded, never refused.

    `prescribed_mg`: the highest daily dose prescribed in the interval; None where it is not known.
    """
    if most_in_a_day is None:
        return ()
    taken, because = most_in_a_day * LADDER.unit_dose, []
    if prescribed_mg is not None and taken > prescribed_mg:
        because.append("more than prescribed")
    if taken > LADDER.maximum:
        because.append(f"more than {LADDER.maximum} mg")
    if not because:
        return ()
    sentence = f"On one day the subject took {' and '.join(because)}."
    return (Alert("ALERT-07", OVERDOSE, sentence, prompts=(PROMPT_AE, PROMPT_DEVIATION)),)


def serious_event(serious: str | None) -> tuple[Alert, ...]:
    """A criterion of seriousness is met: the clock of 24 hours runs from awareness."""
    if serious != "Y":
        return ()
    return (Alert("ALERT-08", SAE, f"Serious adverse event: report within {protocol.SETTINGS.sae_hours} hours."),)


def laboratory(values: Laboratory) -> tuple[Alert, ...]:
    """One alert for each value beyond the limits of PROTOCOL 5."""
    return tuple(Alert("ALERT-09", LABORATORY, finding.sentence) for finding in laboratory_findings(values))


def is_escalated(
    *, raised_at: datetime, acknowledged_at: datetime | None, now: datetime, hours: int | None = None
) -> bool:
    """Not acknowledged in 4 h (a setting): it goes to sub-investigator and medical monitor."""
    limit = protocol.SETTINGS.alert_hours if hours is None else hours
    return acknowledged_at is None and now - raised_at >= timedelta(hours=limit)


def sae_report_due_at(aware_at: datetime) -> datetime:
    """When the report of a serious adverse event is due."""
    return aware_at + timedelta(hours=protocol.SETTINGS.sae_hours)
