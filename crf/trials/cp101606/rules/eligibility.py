"""What other forms say against criteria that were affirmed. What is not known contradicts nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crf.spec import dates
from crf.spec.consequences import Reason
from crf.trials.cp101606 import protocol


def measured(chart) -> dict[str, list[str]]:
    """What other forms have measured about each criterion, in words."""
    asked = {
        "I1": (("year of birth", chart.value("DEMOG", "birth_year", visit="SCR")),),
        "I3": (("HAMD-17 at screening", chart.value("HAMD17", "total", visit="SCR")),),
        "I4": (("consent of", _day(chart.value("CONSENT", "signed_on", visit="SCR"))),),
        "I5": (
            ("HAMD-17 on the first day of the run-in", chart.value("HAMD17", "total", visit=protocol.RUN_IN_BEGINS)),
            ("HAMD-17 before the infusion", chart.value("HAMD17", "total", visit="BL")),
        ),
    }
    known = {code: [f"{words} {value}" for words, value in pairs if value is not None] for code, pairs in asked.items()}
    return {code: words for code, words in known.items() if words}


def _day(on: date | None) -> str | None:
    return dates.day(on) if on else None


def contradictions(answers: Mapping[str, Any], chart, *, on: date) -> list[Reason]:
    """Criteria affirmed on that day that other forms speak against."""
    found = []
    signed = chart.value("CONSENT", "signed_on", visit="SCR")
    if signed is None:
        found.append(Reason("CONSENT", "There is no consent on record."))
    elif signed > on:
        found.append(Reason("CONSENT", "The consent is dated after this assessment."))
    born = chart.value("DEMOG", "birth_year", visit="SCR")
    youngest, oldest = protocol.AGE
    if born is not None and not (on.year - born >= youngest and on.year - born - 1 <= oldest):
        found.append(Reason("I1", f"From the year of birth the subject is not {youngest} to {oldest} years old."))
    total = chart.value("HAMD17", "total", visit="SCR")
    if total is not None and total < protocol.HAMD_17_AT_ENTRY:
        found.append(Reason("I3", f"HAMD-17 at screening is below {protocol.HAMD_17_AT_ENTRY}."))
    return found
