"""A voided form as its page shows it: struck through, with its answers, who voided it, and why."""

from dataclasses import dataclass
from datetime import datetime

from crf.models import Record
from crf.shown import entry


@dataclass(frozen=True)
class Struck:
    """What was voided at the place that the page is about."""

    record: int
    by: str
    at: datetime
    why: str
    lines: list[entry.Line]

    @classmethod
    def of(cls, record: Record) -> "Struck":
        lines = entry.lines_of(record.form, record.visit_code, entry.typed_of(record))
        return cls(record.pk, str(record.voided_by), record.voided_at, record.void_reason, lines)
