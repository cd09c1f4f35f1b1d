"""What other forms say against criteria that were affirmed. What is not known contradicts nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crf.spec.reasons import Because
from crf.trials.cp101606 import protocol


def contradictions(answers: Mapping[str, Any], chart, *, on: date, visit: str) -> list[Because]:
    """Criteria affirmed at the visit, assessed on that day, that other forms speak against."""
    found = []
    signed = chart.value("CONSENT", "signed_on", visit="SCR")
    if signed is None:
        found.append(Because("CONSENT", "There is no consent on record."))
    elif signed > on:
        found.append(Because("CONSENT", "The consent is dated after this assessment."))
    born = chart.value("DEMOG", "birth_year", visit="SCR")
    youngest, oldest = protocol.AGE
    if born is not None and not (on.year - born >= youngest and on.year - born - 1 <= oldest):
        found.append(Because("I1", f"From the year of birth the subject is not {youngest} to {oldest} years old."))
    total = chart.value("HAMD17", "total", visit=visit)
    if visit == "SCR" and total is not None and total < protocol.HAMD_17_AT_ENTRY:
        found.append(Because("I3", f"HAMD-17 at screening is below {protocol.HAMD_17_AT_ENTRY}."))
    return found
