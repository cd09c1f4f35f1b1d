"""What stops the drug, and what somebody must judge before the next capsules are handed out (PROTOCOL 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crf.spec.reasons import Because
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.forms.adverse_event import CNS_SIGNS, SPECIAL, STOPPING_EVENTS


@dataclass(frozen=True)
class Laboratory:
    """The values the limits are about, in standard units; None where not measured.

    ALT and its upper limit of normal in U/L, eGFR in mL/min/1.73 m2, haemoglobin in g/dL.
    """

    alt: Decimal | None = None
    alt_upper_limit: Decimal | None = None
    egfr: Decimal | None = None
    egfr_baseline: Decimal | None = None
    haemoglobin: Decimal | None = None


@dataclass(frozen=True)
class SafetyFacts:
    """What is known of a subject on the day of a decision.

    `special_events`: codes of the item AE.special of events that are not over. `hamd_21`: later totals in visit order.
    """

    special_events: Sequence[str] = ()
    open_suicidality_alert: bool = False
    cgi_improvement: int | None = None
    hamd_21_baseline: int | None = None
    hamd_21: Sequence[int] = ()
    laboratory: Laboratory = field(default_factory=Laboratory)


def reasons_to_stop(facts: SafetyFacts) -> tuple[Because, ...]:
    """Events that stop the drug for good (from the label; our assumption)."""
    return tuple(
        Because("STOP-01", f"{SPECIAL.show(event)}: the protocol stops the drug.")
        for event in facts.special_events
        if event in STOPPING_EVENTS
    )


def laboratory_findings(values: Laboratory) -> tuple[Because, ...]:
    """Values beyond the limits of PROTOCOL 5; a value that was not measured finds nothing."""
    limit, found = protocol.SAFETY, []
    if _exceeds(values.alt, values.alt_upper_limit, limit.alt_times_uln):
        found.append(Because("LAB-01", f"ALT is above {limit.alt_times_uln} times the upper limit of normal."))
    if values.egfr is not None:
        if values.egfr < limit.egfr:
            found.append(Because("LAB-02", f"eGFR is below {limit.egfr} mL/min/1.73 m2."))
        if values.egfr_baseline and _fell_by_more_than(values.egfr_baseline, values.egfr, limit.egfr_fall_percent):
            found.append(Because("LAB-03", f"eGFR fell by more than {limit.egfr_fall_percent} %."))
    if values.haemoglobin is not None and values.haemoglobin < limit.haemoglobin:
        found.append(Because("LAB-04", f"Haemoglobin is below {limit.haemoglobin} g/dL."))
    return tuple(found)


def _exceeds(value: Decimal | None, upper_limit: Decimal | None, times: int) -> bool:
    return value is not None and upper_limit is not None and value > times * upper_limit


def _fell_by_more_than(before: Decimal, now: Decimal, percent: int) -> bool:
    return 100 * (before - now) > percent * before


def is_worse(score: int, baseline: int) -> bool:
    """At least 25 % above baseline, in whole numbers."""
    return baseline > 0 and 100 * score >= (100 + protocol.SAFETY.hamd_worse_percent) * baseline


def reasons_to_decide(facts: SafetyFacts) -> tuple[Because, ...]:
    """What the investigator has to judge before the next dispensing (PROTOCOL 5, our assumption)."""
    found = []
    if facts.open_suicidality_alert:
        found.append(Because("DECIDE-01", "A suicidality alert is open."))
    found += [
        Because("DECIDE-02", f"{SPECIAL.show(event)}: a sign of the nervous system.")
        for event in facts.special_events
        if event in CNS_SIGNS
    ]
    found += laboratory_findings(facts.laboratory)
    if facts.cgi_improvement is not None and facts.cgi_improvement >= protocol.SAFETY.cgi_worse:
        found.append(Because("DECIDE-03", "The global impression is much worse than at baseline (CGI-I 6 or 7)."))
    worse = [score for score in facts.hamd_21 if facts.hamd_21_baseline and is_worse(score, facts.hamd_21_baseline)]
    if len(worse) >= 2:
        found.append(Because("DECIDE-04", "HAMD-21 was 25 % or more above baseline at two visits."))
    return tuple(found)
