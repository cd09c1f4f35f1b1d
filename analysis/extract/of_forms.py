"""The forms as data sets: one row a standing record, one column an item, and nothing that unblinds or identifies.

Read from the tables by a cursor of the server, a few thousand rows at a time; or, as of a past moment, from the audit
trail (past.py), which gives the same rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from analysis.extract.sets import Column, Holds, Row, Shape
from crf import spec, trial
from crf.models import RECORDS, Record
from crf.papers.sdtm_names import name_of, name_of_score
from crf.papers.wording import kind_in_words
from crf.spec.results import number_of

AT_ONCE = 2000  # rows held in memory
ABSENT = "missing"
#: What the second column of a result of an assay is called after: the first holds its number, where it is one.
AS_REPORTED = "_reported"
_HOLDS = {
    spec.Integer: Holds.WHOLE,
    spec.Decimal: Holds.NUMBER,
    spec.Result: Holds.NUMBER,
    spec.Date: Holds.DATE,
    spec.Time: Holds.TIME,
    spec.Text: Holds.TEXT,
    spec.PartialDate: Holds.TEXT,
}
SUBJECT = Column("subject", "Subject number", declared="SUBJID", origin="DM.SUBJID")
SITE = Column("site", "Site", declared="SITEID", origin="DM.SITEID")
VISIT = (
    Column("visit", "Visit", codes=tuple((one.code, one.label) for one in trial.VISITS), declared="VISIT"),
    Column("visit_number", "Which of several such visits", Holds.WHOLE, declared="VISITSEQ"),
    Column("visit_on", "Date of the visit", Holds.DATE, declared="VISITDT"),
)
ROW = Column("row", "Row number", Holds.WHOLE, declared="ROWNO")
#: What every record tells of itself, after its items.
OF_THE_RECORD = (
    Column(ABSENT, "Items without an answer, and why: item=code", declared="MISSING"),
    Column("complete", "Record is complete", codes=(("Y", "Yes"), ("N", "No")), declared="COMPLETE"),
    Column("source", "Where it was first written down", codes=tuple(Record.Source.choices), declared="SOURCE"),
    Column("protocol_version", "Version of the protocol", declared="PROTVER"),
    Column("record_version", "How often it was saved", Holds.WHOLE, declared="RECVER"),
    Column("changed_at", "Last saved, UTC", declared="CHANGED"),
)
#: One row for each item that was left without an answer and given a reason.
REASONS = Shape(
    "missing_answers",
    "Items without an answer, each with its reason",
    (
        SUBJECT,
        SITE,
        *VISIT[:2],
        Column("form", "Form", codes=tuple((form.code, form.title) for form in trial.FORMS)),
        ROW,
        Column("item", "Item of the form"),
        Column("code", "Why there is no answer", codes=tuple(spec.MISSING.items())),
        Column("reason", "The reason in words"),
    ),
    ("subject", "visit", "visit_number", "form", "row", "item"),
)


@dataclass(frozen=True)
class FormSet:
    """A form that goes out: its items and scores that may, and the shape that they give."""

    form: type[spec.Form]
    items: tuple[spec.Item, ...]
    scores: tuple[spec.Score, ...]
    shape: Shape

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(one.name for one in (*self.items, *self.scores))

    def row(self, at: "Place", answers: Iterable[Any], record: tuple) -> Row:
        """A row of the data set. `record`: missing, completed_at, source, protocol_version, version, changed_at."""
        missing, completed_at, source, protocol_version, version, changed_at = record
        where = (at.subject, at.site)
        if not self.form.log:
            where += (at.visit, at.visit_number, at.visit_on)
        if self.form.repeating:
            where += (at.row,)
        told = " ".join(f"{name}={given['code']}" for name, given in self.reasons(missing))
        answers = tuple(
            cell for item, answer in zip(self.fields, answers, strict=True) for cell in self._cells(item, answer)
        )
        complete = "Y" if completed_at else "N"
        return where + answers + (told or None, complete, source, protocol_version, version, _moment(changed_at))

    def _cells(self, name: str, answer: Any) -> tuple:
        """The answer as its columns hold it: of a result of an assay its number, if it is one, and it as reported."""
        item = self.form.items.get(name)
        if item is not None and isinstance(item.kind, spec.Result):
            number = number_of(answer)
            return None if number is None else float(number), item.kind.show(answer) or None
        return (float(answer) if isinstance(answer, Decimal) else answer,)

    def reasons(self, missing: dict) -> list[tuple[str, dict]]:
        """(item, its code and reason) of the items that go out, in the order declared."""
        return [(one.name, missing[one.name]) for one in self.items if one.name in missing]

    def reasons_rows(self, at: "Place", missing: dict) -> Iterator[Row]:
        for name, given in self.reasons(missing):
            where = (at.subject, at.site, at.visit, at.visit_number, self.form.code, at.row)
            yield (*where, name, given["code"], given["reason"] or None)


@dataclass(frozen=True)
class Place:
    """Whose record it is, and of which visit and row."""

    subject: str
    site: str
    visit: str | None
    visit_number: int | None
    visit_on: Any
    row: int


def may_leave(form: type[spec.Form]) -> bool:
    """Whether the form as a whole is taken out at all."""
    return form.discloses is spec.OPEN


def form_set(form: type[spec.Form], *, with_scores: bool = True) -> FormSet:
    """The data set of a form. What would unblind or identify is no column of it."""
    items = tuple(one for one in form.items.values() if form.disclosure(one) is spec.OPEN)
    left = {one.name for one in items}
    scores = tuple(one for one in form.scores.values() if with_scores and _parts(one) <= left)
    columns = (
        SUBJECT,
        SITE,
        *(() if form.log else VISIT),
        *((ROW,) if form.repeating else ()),
        *(column for one in items for column in _columns(form, one)),
        *(_score(form, one) for one in scores),
        *OF_THE_RECORD,
    )
    keys = ("subject", *(() if form.log else ("visit", "visit_number")), *(("row",) if form.repeating else ()))
    return FormSet(form, items, scores, Shape(form.code.lower(), form.title, columns, keys))


def _parts(score: spec.Score) -> set[str]:
    both = [(part.first, part.second) if isinstance(part, spec.Either) else (part,) for part in score.of]
    return {item.name for some in both for item in some}


def _columns(form: type[spec.Form], item: spec.Item) -> tuple[Column, ...]:
    if not isinstance(item.kind, spec.Result):
        return (_column(form, item),)
    own, origin = _column(form, item), name_of(form, item)
    number = "" if item.testcd and item.testcd.endswith("ORRES") else origin.replace("ORRES", "STRESN")
    return (
        replace(own, origin=number, declared="" if not number else own.declared),
        Column(
            f"{item.name}{AS_REPORTED}",
            f"{item.label}, as reported (<, >, BLQ)",
            unit=own.unit,
            origin=origin.replace("STRESN", "STRESC"),
        ),
    )


def _column(form: type[spec.Form], item: spec.Item) -> Column:
    kind = item.kind
    if isinstance(kind, spec.Coded):
        holds, codes = (Holds.WHOLE if kind.numeric else Holds.TEXT), kind.codes
    else:
        holds, codes = _HOLDS[type(kind)], ()
    label = item.label if not isinstance(kind, spec.PartialDate) else f"{item.label} ({kind_in_words(kind)})"
    declared = item.testcd or form.sdtm.get(item.name, "")
    origin = name_of(form, item)
    return Column(item.name, label, holds, codes, item.unit or "", origin, declared if declared.isalnum() else "")


def _score(form: type[spec.Form], score: spec.Score) -> Column:
    origin = name_of_score(form, score)
    return Column(score.name, score.label, Holds.WHOLE, origin=origin, declared=score.testcd or "")


def _moment(at: datetime | str | None) -> str | None:
    if at is None:
        return None
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_WHERE = ("subject__number", "site__code", "visit__code", "visit__number", "visit__occurred_on", "row_number")
RECORD = ("missing", "completed_at", "source", "protocol_version", "version", "changed_at")


def rows_now(sets: Iterable[FormSet], sites: Iterable[int]) -> Iterator[tuple[FormSet, Place, tuple, tuple]]:
    """(data set, place, answers, what the record tells of itself) of every standing record, form by form."""
    sites = list(sites)
    for one in sets:
        found = RECORDS[one.form.code].objects.standing().filter(site_id__in=sites)
        found = found.order_by("subject__number", "visit_id", "row_number")
        split = len(_WHERE)
        for row in found.values_list(*_WHERE, *RECORD, *one.fields).iterator(chunk_size=AT_ONCE):
            yield one, Place(*row[:split]), row[split + len(RECORD) :], row[split : split + len(RECORD)]
