"""What is frozen or locked, at which level, and what that means for a form, a row or an answer of it (LCK-01)."""

from dataclasses import dataclass
from datetime import datetime

from crf import spec, trial
from crf.chart import states
from crf.chart.states import State
from crf.models import RECORDS, Hold, Record, Site, Subject, Visit

#: The levels from the narrowest to the widest: what each is called, and what it holds. The one list of them.
LEVELS: dict[str, str] = {
    Hold.Level.ITEM: "one answer of a form",
    Hold.Level.FORM: "a form at a visit, or a log, with rows that are not there yet",
    Hold.Level.VISIT: "a visit with all its forms",
    Hold.Level.SUBJECT: "everything about a subject",
    Hold.Level.SITE: "everything about the subjects of a site, and its screening",
    Hold.Level.STUDY: "the whole study",
}
_WIDTH = {level: place for place, level in enumerate(LEVELS)}
#: Levels whose lock is placed here. That of a casebook and that of the study have pages and rules of their own.
LOCKED_HERE = (Hold.Level.ITEM, Hold.Level.FORM, Hold.Level.VISIT, Hold.Level.SITE)


@dataclass(frozen=True)
class Held:
    """A standing freeze or lock, as pages show it."""

    pk: int
    kind: str
    level: str
    visit: int | None
    form: str
    row: int | None
    record: int | None
    item: str
    at: datetime
    by: str
    reason: str

    @property
    def is_lock(self) -> bool:
        return self.kind == Hold.Kind.LOCK

    @property
    def state(self) -> State:
        """Its word and sign: which level holds is part of the word where that is not the form itself."""
        return states.held(self.is_lock, self.level)

    @property
    def is_of_whole_casebook(self) -> bool:
        """Whether it holds everything about the subject."""
        return _WIDTH[self.level] >= _WIDTH[Hold.Level.SUBJECT]

    def holds(self, form: str, visit: int | None, row: int) -> bool:
        """Whether it holds the form, or this row of it, as a whole."""
        match self.level:
            case Hold.Level.ITEM:
                return False
            case Hold.Level.FORM:
                return (self.form, self.visit) == (form, visit) and self.row in (None, row)
            case Hold.Level.VISIT:
                return self.visit == visit
        return True


def strictest(found: list[Held]) -> Held | None:
    """Of several that hold the same: a lock before a freeze, the wider before the narrower."""
    return max(found, key=lambda one: (one.is_lock, _WIDTH[one.level]), default=None)


@dataclass(frozen=True)
class Place:
    """Where something is frozen or locked: the study, or as far down as it is named."""

    site: Site | None = None
    subject: Subject | None = None
    visit: Visit | None = None
    form: type[spec.Form] | None = None
    row: int | None = None
    record: Record | None = None
    item: str = ""

    @classmethod
    def of(cls, hold: Hold) -> "Place":
        """Where a freeze or a lock stands."""
        record = RECORDS[hold.form].objects.filter(pk=hold.record).first() if hold.item else None
        form = trial.form(hold.form) if hold.form else None
        return cls(hold.site, hold.subject, hold.visit, form, hold.row_number, record, hold.item)

    @property
    def level(self) -> str:
        """How far down it is named."""
        if self.item:
            return Hold.Level.ITEM
        if self.form:
            return Hold.Level.FORM
        if self.visit:
            return Hold.Level.VISIT
        if self.subject:
            return Hold.Level.SUBJECT
        return Hold.Level.SITE if self.site else Hold.Level.STUDY

    @property
    def named(self) -> dict:
        """The place as the columns of a freeze or a lock say it."""
        return {
            "level": self.level,
            "site": self.site,
            "subject": self.subject,
            "visit": self.visit,
            "form": self.form.code if self.form else "",
            "row_number": self.row,
            "record": self.record.pk if self.item and self.record else None,
            "item": self.item,
        }

    @property
    def called(self) -> str:
        """What a page calls it."""
        if self.form is None:
            return str((self.visit and self.visit.label) or self.subject or self.site or "the study")
        words = f"“{self.form.items[self.item].label}” in " if self.item else ""
        row = f", row {self.row}" if self.row and self.form.repeating else ""
        return f"{words}“{self.form.title}”{row}{f' at {self.visit.label}' if self.visit else ''}"

    def standing(self):
        """The freezes and locks that stand exactly here."""
        return Hold.objects.standing().filter(**_asked(self.named))


def _asked(named: dict) -> dict:
    """Columns as a filter: an empty one is asked for as empty."""
    return {
        f"{name}__isnull" if value is None else name: True if value is None else value for name, value in named.items()
    }
