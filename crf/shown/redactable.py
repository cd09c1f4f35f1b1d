"""The places of a subject from which personal data could be taken out: free texts and dates, and the reasons given."""

from dataclasses import dataclass, field

from django.db import models

from crf import spec
from crf.chart.standing import Standing
from crf.models import RECORDS, Alert, AuditEntry, Query, Redaction, Visit
from crf.models.redaction import REASON, TOMBSTONE
from crf.shown.trail import FORMS, TABLE_OF, Trail
from crf.spec import dates

_BESIDE = {model._meta.db_table: model for model in (Query, Visit, Alert)}
_OF_A_RECORD = {"void_reason": "Reason for voiding", "missing": "Reason for a missing answer"}
SHORTEST = 3  # letters of a word that is looked for elsewhere


@dataclass
class Place:
    """One place with everything that it ever held; `label` says where it is and never what stands there."""

    table: str
    record: int
    column: str
    sequence: int | None
    label: str
    texts: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.table}:{self.record}:{self.column}:{self.sequence or ''}"

    def is_of(self, redaction: Redaction) -> bool:
        here = (self.table, self.record, self.column, self.sequence)
        return here == (redaction.table, redaction.record, redaction.column, redaction.sequence)

    def holds(self, text: str) -> bool:
        """Whether the text stands here too, in whatever case."""
        return any(text.casefold() in one.casefold() for one in self.texts)


def places(standing: Standing, readable) -> list[Place]:
    """In the order in which they were first written. Two statements: the subject's trail, and names of people."""
    tables = {TABLE_OF[form.code] for form in readable if form.discloses is not spec.UNBLINDS} | _BESIDE.keys()
    entries = AuditEntry.objects.filter(chain=f"subject:{standing.subject.pk}").order_by("sequence")
    found: dict[str, Place] = {}
    reasons: set[str] = set()
    for line in Trail(standing, entries).lines():
        told = line.entry.told
        table, record = told.get("table", ""), told.get("record", 0)
        for column, pair in told.get("changes", {}).items():
            label = _label(table, column) if table in tables else ""
            texts = [text for value in pair for text in _texts(value)] if label else []
            if texts:
                place = Place(table, record, column, None, f"{line.what}, no. {record}: {label}")
                found.setdefault(place.key, place).texts += [
                    text for text in texts if text not in found[place.key].texts
                ]
        reason = told.get("reason", "")
        if reason not in ("", TOMBSTONE, *reasons) and not told.get("actor", "").startswith("system:"):
            reasons.add(reason)  # a deed gives it with every event that it writes: one place
            label = f"{line.what}, no. {record}: reason given on {dates.moment(line.at)}"
            place = Place(table, record, REASON, told["sequence"], label, [reason])
            found[place.key] = place
    return list(found.values())


def also_at(place: Place, every: list[Place]) -> list[str]:
    """Where what looks like a name or a number of this place stands besides: each place is asked for by itself."""
    words = {word for text in place.texts for word in _telling(text)}
    return [one.label for one in every if one.key != place.key and any(one.holds(word) for word in words)]


def _telling(text: str) -> list[str]:
    """The words that could identify somebody: with a capital letter, but for the first one, or with digits."""
    words = [word.strip(".,;:()“”\"'") for word in text.split()]
    return [
        word
        for place, word in enumerate(words)
        if len(word) >= SHORTEST and (any(map(str.isdigit, word)) or (word[0].isupper() and (place or len(words) == 1)))
    ]


def _label(table: str, column: str) -> str:
    """What a free text or a date is called; "" for a column in which nobody types what could identify somebody."""
    if form := FORMS.get(table):
        item = form.items.get(column)
        if item is not None:
            return item.label if isinstance(item.kind, spec.Text | spec.Date | spec.PartialDate) else ""
        return _OF_A_RECORD.get(column, "") if column in _columns(RECORDS[form.code]) else ""
    if (model := _BESIDE.get(table)) and column in _columns(model):
        one = model._meta.get_field(column)
        is_free = isinstance(one, models.CharField | models.TextField) and not one.choices
        if is_free and (one.max_length is None or one.max_length >= 200):
            return column.replace("_", " ").capitalize()
    return ""


def _columns(model) -> set[str]:
    return {one.column for one in model._meta.concrete_fields}


def _texts(value) -> list[str]:
    if isinstance(value, str):
        return [value] if value and value != TOMBSTONE else []
    if isinstance(value, dict):  # reasons for missing answers
        return [text for one in value.values() if isinstance(one, dict) for text in _texts(one.get("reason"))]
    return []
