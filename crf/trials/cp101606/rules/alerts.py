"""When somebody must look before the subject leaves. The thresholds are our assumption.

An alert says what happened in a sentence without any value, so that the sentence can be mailed.
"""

from crf.spec.consequences import Alert
from crf.trials.cp101606 import protocol

SUICIDALITY = "suicidality"


def suicidality_from_hamd(record, chart) -> tuple[Alert, ...]:
    """From item 3 of the HAMD-17."""
    return _raised("ALERT-01", "HAMD item 3", record.suicide, protocol.SUICIDE_SERIOUS["HAMD17"])


def suicidality_from_madrs(record, chart) -> tuple[Alert, ...]:
    """From item 10 of the MADRS."""
    return _raised("ALERT-02", "MADRS item 10", record.item_10, protocol.SUICIDE_SERIOUS["MADRS"])


def _raised(rule: str, item: str, score: int | None, least: int) -> tuple[Alert, ...]:
    if score is None or score < least:
        return ()
    return (Alert(rule, SUICIDALITY, f"{item} is rated high: a physician sees the subject before it leaves."),)
