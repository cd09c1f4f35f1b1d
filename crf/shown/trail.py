"""The audit trail in words: each entry with its form and visit, its fields as their page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from crf.chart.standing import Standing
from crf.models import RECORDS, AuditEntry, RoleHeld, User, Visit
from crf.models.redaction import TOMBSTONE
from crf.rules.late import days_late
from crf.spec import MISSING, Form, Impossible, dates

FORMS: dict[str, type[Form]] = {model._meta.db_table: model.form for model in RECORDS.values()}
TABLE_OF: dict[str, str] = {form.code: table for table, form in FORMS.items()}
OTHER_TABLES = {
    "crf_subject": "Subject",
    "crf_visit": "Visit",
    "crf_query": "Query",
    "crf_alert": "Alert",
    "crf_takenback": "Taken back",
    "crf_checkfiring": "Corrected while typing",
    "crf_verification": "Verification",
    "crf_signature": "Signature",
    "crf_casebooklock": "Casebook lock",
    "crf_hold": "Freeze or lock",
    "crf_correction": "Correction asked for",
    "crf_levelmessage": "Message after a drug level",
    "crf_redaction": "Redaction",
    "sealed.code_break": "Code break",
    "crf_codebreak": "Register of code breaks",
    "crf_armknown": "Person who knows the arm",
    "crf_codebreakanswer": "Code break, taken note of or assessed",
}
#: What a casebook with its audit trail names besides.
FURTHER_TABLES = {
    "crf_draftsettled": "Draft that was left behind",
    "crf_importedrow": "Row of an imported file",
    "crf_found": "Found by a check",
}
ROLES = dict(RoleHeld.Role.choices)

FIRED = "crf_checkfiring"
#: Columns that say again what the entry says itself, or that only the machine reads.
NOT_SHOWN = {
    "id",
    "site_id",
    "subject_id",
    "changed_at",
    "changed_by_id",
    "created_at",
    "created_by_id",
    "version",
    "protocol_version",
    "fingerprint",
    "row_number",
    "visit_id",
    "record",
    "form",
    "covers",
    "entries",
}
BLANK = (None, "", [], {})
FEW = 5  # a new record with more values is folded up


@dataclass(frozen=True)
class Change:
    """A field that changed, with its old and new value as a page shows them; blank is ""."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """An entry in words, as its hashed body tells it and never its columns (AUD-18).

    `late`: a late transcription, so many days after the day that it tells of.
    `is_long`: a new record with so many values that the page folds them up. `is_as_hashed`: neither the body nor a
    column beside it was changed since it was written; where it was, the page says so and the body's words stand.
    """

    entry: AuditEntry
    role: str
    what: str
    changes: list[Change]
    late: int | None

    @property
    def is_long(self) -> bool:
        return self.operation == AuditEntry.Operation.INSERT and len(self.changes) > FEW

    @property
    def operation(self) -> str:
        return self.entry.told.get("operation", "")

    @property
    def did(self) -> str:
        """Entered, changed or removed; and how late a transcription it is."""
        did = dict(AuditEntry.Operation.choices).get(self.operation, "")
        return f"{did}; late transcription, {self.late} days after" if self.late else did

    @property
    def at(self) -> datetime | None:
        return _moment(self.entry.told.get("at"))

    @property
    def received(self) -> datetime | None:
        """When the server received the request; None for what the machine did by itself."""
        return _moment(self.entry.told.get("received"))

    @property
    def clock(self) -> datetime | None:
        """What the clock read where it had been moved back (TIM-03); None where time went on."""
        return _moment(self.entry.told.get("clock"))

    @property
    def who(self) -> str:
        """Full name and username, or the machine's part that acted."""
        told = self.entry.told
        name, full = told.get("actor_name", ""), told.get("full_name", "")
        return f"{full} ({name})" if full and full != name else name

    @property
    def organisation(self) -> str:
        return self.entry.told.get("organisation", "")

    @property
    def reason(self) -> str:
        return self.entry.told.get("reason", "")

    @property
    def is_as_hashed(self) -> bool:
        return self.entry.is_as_hashed


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def role_of(entry: AuditEntry) -> str:
    role = entry.told.get("role", "")
    return ROLES.get(role, role)


def days_late_of(entry: AuditEntry, zone: tzinfo | None) -> int | None:
    """How late a person transcribed it; None for what is no late transcription, or was written by the machine."""
    told = entry.told
    form = FORMS.get(told.get("table", ""))
    if form is None or form.dated is None or zone is None or told.get("operation") != AuditEntry.Operation.INSERT:
        return None
    if not str(told.get("actor", "")).isdigit():
        return None
    said = (told.get("changes", {}).get(form.dated) or [None, None])[1]
    at = _moment(told.get("at"))
    try:
        told_of = date.fromisoformat(said or "")
    except ValueError:  # blank, or taken out by a redaction
        return None
    return days_late(told_of, entered_at=at, zone=zone) if at else None


def _answer(item, typed: str) -> str:
    """What was typed, as its page shows an answer; as it was typed where it is none."""
    try:
        return item.kind.show(item.kind.parse(typed)) if item and typed.strip() else typed
    except Impossible:
        return typed


class Trail:
    """Puts the entries of one subject into words. One statement, for the names of people."""

    def __init__(self, standing: Standing, entries: Iterable[AuditEntry]):
        self.entries, self.site = list(entries), standing.subject.site
        self.visits = {visit.pk: visit for visit in Visit.everything.filter(subject=standing.subject)}
        self.places = {(TABLE_OF[fact.form], fact.record): fact.visit for fact in standing.facts}
        named = {
            value
            for entry in self.entries
            for name, values in entry.told.get("changes", {}).items()
            if name.endswith("_by_id")
            for value in values
            if value
        }
        self.people = {user.pk: str(user) for user in User.objects.filter(pk__in=named)}

    def lines(self) -> list[Line]:
        zone = self.site.zone
        return [
            Line(entry, role_of(entry), self._what(entry), list(self._changes(entry)), days_late_of(entry, zone))
            for entry in self.entries
        ]

    def _what(self, entry: AuditEntry) -> str:
        """The record in words: its form and visit, or what else it is."""
        table, record = entry.told.get("table", ""), entry.told.get("record")
        if form := FORMS.get(table):
            visit = self.visits.get(self.places.get((table, record)))
            return f"{form.title}, {visit.label}" if visit else form.title
        if table == FIRED and (form := self._fired_in(entry)):
            visit = self.visits.get(self.places.get((TABLE_OF[form.code], entry.told["changes"]["record"][1])))
            return ", ".join(filter(None, (OTHER_TABLES[FIRED], form.title, visit and visit.label)))
        if table == "crf_visit" and record in self.visits:
            return f"Visit {self.visits[record].label}"
        return OTHER_TABLES.get(table) or FURTHER_TABLES.get(table, table)

    def _changes(self, entry: AuditEntry):
        """Items in the order of their form; what else changed comes after them."""
        table, changes = entry.told.get("table", ""), entry.told.get("changes", {})
        if table == FIRED and self._fired_in(entry):
            yield from self._fired(entry, changes)
            return
        items = FORMS[table].items if table in FORMS else {}
        order = {name: place for place, name in enumerate(items)}
        for name in sorted(changes, key=lambda name: (order.get(name, len(order)), name)):
            old, new = changes[name]
            if name == "visit_id" and old not in BLANK and table in FORMS:
                yield Change("Visit", *(self.visits[one].label if one in self.visits else "" for one in (old, new)))
            if name in NOT_SHOWN or (old in BLANK and new in BLANK):
                continue
            label = items[name].label if name in items else name.removesuffix("_id").replace("_", " ").capitalize()
            yield Change(label, self._shown(table, name, old), self._shown(table, name, new))

    @staticmethod
    def _fired_in(entry: AuditEntry) -> type[Form] | None:
        """The form in which a check made somebody correct an answer before it was saved."""
        told = entry.told.get("changes", {})
        table = TABLE_OF.get((told.get("form") or [None, ""])[1])
        return FORMS[table] if table and "record" in told and "item" in told else None

    def _fired(self, entry: AuditEntry, changes: dict):
        """The first answer and the one that was saved, and the check that came between them."""
        form, said = self._fired_in(entry), {name: new for name, (_, new) in changes.items()}
        item = form.items.get(said["item"])
        first, saved = (_answer(item, said.get(name) or "") for name in ("first_answer", "saved_answer"))
        yield Change(item.label if item else said["item"], first, saved)
        yield Change("Check", "", f"{said.get('sentence', '')} ({said.get('check_code', '')})")

    def _shown(self, table: str, name: str, value) -> str:
        """A stored value as its page shows it; the audit row holds it as JSON."""
        if value in BLANK:
            return ""
        if value == TOMBSTONE:
            return value
        if table in FORMS and name in FORMS[table].items:
            form = FORMS[table]
            return form.items[name].kind.show(RECORDS[form.code]._meta.get_field(name).to_python(value))
        if name.endswith("_by_id"):
            return self.people.get(value, str(value))
        if name.endswith("_at"):
            local = datetime.fromisoformat(value).astimezone(self.site.zone)
            return dates.moment(local, local.tzinfo)
        if name.endswith("_on"):
            return dates.day(date.fromisoformat(value))
        if name == "missing":
            return "; ".join(f"{item}: {MISSING[given['code']]}, {given['reason']}" for item, given in value.items())
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
