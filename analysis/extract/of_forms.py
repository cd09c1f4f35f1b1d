"""The forms as data sets: one row a standing record, one column an item, and nothing that unblinds or identifies.

Read from the tables by COPY (copied.py), a few thousand rows at a time; or, as of a past moment, from the audit trail
(past.py), which gives the same rows. Both give batches of raw columns, which are shaped here by whole columns.
"""

import json
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from analysis.extract import texts
from analysis.extract.sets import ARROW, Column, Holds, Shape
from crf import spec, trial
from crf.models import Record
from crf.papers.sdtm_names import name_of, name_of_score
from crf.papers.wording import kind_in_words
from crf.spec.results import number_of, stored

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

#: The raw columns of every form: whose record it is, of which visit and row; and what it tells of itself.
PLACE = {
    "subject": pa.string(),
    "site": pa.string(),
    "visit": pa.string(),
    "visit_number": pa.int64(),
    "visit_on": pa.date32(),
    "row": pa.int64(),
}
RECORD = {
    "missing": pa.string(),  # JSON
    "completed": pa.bool_(),
    "source": pa.string(),
    "protocol_version": pa.string(),
    "version": pa.int64(),
    "changed_at": pa.string(),  # UTC, ISO 8601
}
ITEM = "item "  # before the name of an answer, which may be that of a column above
NONE_MISSING = "{}"


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

    @property
    def raw(self) -> pa.Schema:
        """The columns of a batch as it is read: whose record, what it tells of itself, and the answers."""
        answers = {f"{ITEM}{one.name}": _raw(one) for one in self.items}
        answers |= {f"{ITEM}{one.name}": pa.int64() for one in self.scores}
        return pa.schema([*PLACE.items(), *RECORD.items(), *answers.items()])

    def shaped(self, raw: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of the data set."""
        where = ["subject", "site"]
        if not self.form.log:
            where += ["visit", "visit_number", "visit_on"]
        if self.form.repeating:
            where += ["row"]
        answers = [cell for name in self.fields for cell in self._cells(name, raw.column(f"{ITEM}{name}"))]
        told = texts.said(raw.column("missing"), lambda given: self._told(given) or None)
        complete = pc.if_else(pc.equal(raw.column("completed"), True), "Y", "N")
        record = (raw.column(name) for name in ("source", "protocol_version", "version", "changed_at"))
        arrays = [*(raw.column(name) for name in where), *answers, told, complete, *record]
        return pa.record_batch(arrays, schema=self.shape.schema)

    def _cells(self, name: str, answers: pa.Array) -> tuple[pa.Array, ...]:
        """The answers as their columns hold them: of a result of an assay its number, if it is one, and it as
        reported."""
        item = self.form.items.get(name)
        if item is None or not isinstance(item.kind, spec.Result):
            return (answers,)
        show = item.kind.show
        number = texts.said(answers, lambda text: _number(stored(text)), pa.float64())
        return number, texts.said(answers, lambda text: show(stored(text)) or None)

    def _told(self, given: str) -> str:
        return " ".join(f"{name}={one['code']}" for name, one in self._reasons(given))

    def _reasons(self, given: str) -> list[tuple[str, dict]]:
        """(item, its code and reason) of the items that go out, in the order declared."""
        found = json.loads(given)
        return [(one.name, found[one.name]) for one in self.items if one.name in found]

    def reasons(self, raw: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of REASONS that the batch gives."""
        some = raw.filter(pc.not_equal(raw.column("missing"), NONE_MISSING))
        rows = [
            (one["subject"], one["site"], one["visit"], one["visit_number"], self.form.code, one["row"], name)
            + (given["code"], given["reason"] or None)
            for one in some.select([*PLACE, "missing"]).to_pylist()
            for name, given in self._reasons(one["missing"])
        ]
        columns = zip(*rows, strict=True) if rows else [()] * len(REASONS.columns)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, REASONS.schema, strict=True)]
        return pa.record_batch(arrays, schema=REASONS.schema)


def _raw(item: spec.Item) -> pa.DataType:
    return pa.string() if isinstance(item.kind, spec.Result) else ARROW[_holds(item.kind)]


def _number(result) -> float | None:
    number = number_of(result)
    return None if number is None else float(number)


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


def _holds(kind: spec.Kind) -> Holds:
    if isinstance(kind, spec.Coded):
        return Holds.WHOLE if kind.numeric else Holds.TEXT
    return _HOLDS[type(kind)]


def _column(form: type[spec.Form], item: spec.Item) -> Column:
    kind = item.kind
    holds, codes = _holds(kind), kind.codes if isinstance(kind, spec.Coded) else ()
    label = item.label if not isinstance(kind, spec.PartialDate) else f"{item.label} ({kind_in_words(kind)})"
    declared = item.testcd or form.sdtm.get(item.name, "")
    origin = name_of(form, item)
    return Column(item.name, label, holds, codes, item.unit or "", origin, declared if declared.isalnum() else "")


def _score(form: type[spec.Form], score: spec.Score) -> Column:
    origin = name_of_score(form, score)
    return Column(score.name, score.label, Holds.WHOLE, origin=origin, declared=score.testcd or "")
