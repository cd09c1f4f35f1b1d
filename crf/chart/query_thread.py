"""What was said about a query, in order, with every text: read from the audit trail, where nothing is overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crf.models import AuditEntry, Query

WORDS = {
    Query.State.ANSWERED: "Answered",
    Query.State.CLOSED: "Closed",
    Query.State.CANCELLED: "Cancelled as a mistake",
    Query.State.OPEN: "Reopened",
}


@dataclass(frozen=True)
class Said:
    """One turn: what was done, by whom, when, and the text that went with it ("" where none was written)."""

    word: str
    who: str
    at: datetime
    text: str


def threads(queries: Iterable[int]) -> dict[int, list[Said]]:
    """The turns of each of these queries (ids), the first one first. One statement."""
    found: dict[int, list[Said]] = {query: [] for query in queries}
    answers: dict[int, str] = {}
    entries = AuditEntry.objects.filter(table="crf_query", record__in=list(found)).order_by("chain", "sequence")
    for entry in entries:
        told = entry.told
        changes, record = told.get("changes", {}), entry.record
        if "answer" in changes:
            answers[record] = changes["answer"][1] or ""
        if told.get("operation") == AuditEntry.Operation.INSERT:
            word, text = "Asked", changes.get("text", [None, ""])[1]
        elif "state" in changes:
            state = changes["state"][1]
            word = WORDS[state]
            text = answers.get(record, "") if state == Query.State.ANSWERED else told.get("reason", "")
        else:
            continue
        who = told.get("full_name") or told.get("actor_name", "")
        found[record].append(Said(word, who, datetime.fromisoformat(told["at"]), text))
    return found
