"""One row of a file of results, carried into the record: matched to its sample first, then saved like any other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db.models import Max

from crf import spec, trial
from crf.chart import places
from crf.chart.computed import plain
from crf.exchange.importing import Row
from crf.models import RECORDS, Record, Site, Subject, User, Visit
from crf.refusals import ImpossibleValues, Refusal
from crf.rules.laboratory import PLAN
from crf.shown import entry
from crf.spec import dates
from crf.spec.kinds import DeclarationError
from crf.spec.result_files import Specification

from .enter import Saved, save
from .limits import enter_limits


class Outcome(Enum):
    """What becomes of a row."""

    NEW, CHANGED, SAME, REFUSED = "New", "Changed", "Same as on record", "Refused"


@dataclass
class Line:
    """A row of the file and what becomes of it: whom it is about, what changes (item, old, new), or why it cannot."""

    number: int
    about: str
    what: str
    outcome: Outcome = Outcome.SAME
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    record: Record | None = None
    items: list[str] = field(default_factory=list)
    saved: Saved | None = None

    def refuse(self, *sentences: str) -> "Line":
        self.outcome, self.sentences, self.record, self.changes = Outcome.REFUSED, list(sentences), None, []
        return self


class Bench:
    """What the rows of one file share: the site, who imports, the reason, and the samples that are on record."""

    def __init__(
        self, specification: Specification, site: Site, by: User, reason: str, *, source_system: str, sha256: str
    ):
        self.specification, self.site, self.by, self.reason = specification, site, by, reason
        self.source_system, self.sha256 = source_system, sha256
        here = Subject.objects.filter(site=site).select_related("site")
        self.subjects = {subject.number: subject for subject in here}
        self.seen: dict[tuple, int] = {}
        self.records: list[Record] = []
        if specification.form:
            found = RECORDS[specification.form].objects.standing().filter(site=site)
            self.records = list(found.select_related("subject__site", "visit", "changed_by"))

    def carry(self, row: Row) -> Line:
        """Carry the row into the record; a refusal stands in the line."""
        values = row.values
        line = Line(row.number, str(values.get("subject") or row.typed.get("subject", "")), _what(row))
        if row.troubles:
            return line.refuse(*row.troubles)
        try:
            return _carrier(self.specification)(self, values, line)
        except ImpossibleValues as refused:
            form = trial.form(self.specification.form)
            return line.refuse(
                *(
                    f"{form.items[name].label}: {sentence}" if name in form.items else sentence
                    for name, found in refused.errors.items()
                    for sentence in found
                )
            )
        except Refusal as refused:
            return line.refuse(refused.sentence, *refused.details)

    def once(self, key: tuple, line: Line) -> None:
        """Refuse what stands in the file twice."""
        if key in self.seen:
            raise Refusal(f"Row {self.seen[key]} gives the same already.")
        self.seen[key] = line.number

    def subject(self, typed: str) -> Subject:
        """The subject of the site with this number, whatever dash, blanks and small letters it is sent with."""
        number = trial.subject_number_typed(typed)
        if number not in self.subjects:
            raise Refusal(f"{number} is no subject of {self.site}.")
        return self.subjects[number]

    def write(
        self,
        line: Line,
        subject: Subject,
        visit: Visit | None,
        record: Record | None,
        given: dict[str, Any],
        *,
        row: int = 1,
    ) -> Line:
        """Save the given values on top of what is stored, and note what they changed."""
        form = trial.form(self.specification.form)
        given = {name: value for name, value in given.items() if value is not None}
        before = {name: getattr(record, name) if record else None for name in given}
        typed = entry.typed_of(record) if record else {}
        typed |= {name: form.items[name].kind.raw(value) for name, value in given.items()}
        answers, missing = entry.split(typed, form)
        saved = save(
            form=form,
            subject=subject,
            visit=visit,
            by=self.by,
            answers=answers,
            missing={name: mark for name, mark in missing.items() if name not in given},
            source=record.source if record else Record.Source.COPIED,
            row=record.row_number if record else row,
            version=record.version if record else None,
            reason=f"{self.reason}, row {line.number}",
            through=self.specification.component,
        )
        line.items = [name for name, value in given.items() if before[name] != value]
        line.changes = [
            (form.items[name].label, _shown(form.items[name], before[name]), _shown(form.items[name], given[name]))
            for name in line.items
        ]
        if line.items:
            line.record, line.saved = saved.record, saved
            main = self.specification.sample.fills[0] if self.specification.sample else "result"
            line.outcome = Outcome.NEW if before[main] is None else Outcome.CHANGED
        return line


def _what(row: Row) -> str:
    return " ".join(filter(None, (row.typed.get(name, "") for name in ("visit", "analyte", "sex", "accession"))))


def _shown(item: spec.Item, value) -> str:
    is_number = isinstance(item.kind, spec.Decimal) and not isinstance(item.kind, spec.Result)
    return plain(value) if is_number else item.kind.show(value)


def _sample(bench: Bench, values: dict, line: Line) -> Record:
    """The record of the sample that the row is about. Raises Refusal where the two do not agree."""
    sample = bench.specification.sample
    accession, subject = values[sample.number], bench.subject(values["subject"])
    bench.once((accession,), line)
    found = [record for record in bench.records if getattr(record, sample.number) == accession]
    if not found:
        not_taken, says_so = sample.not_taken or (None, None)
        mine = [record for record in bench.records if record.subject_id == subject.pk]
        if not_taken and any(getattr(record, not_taken) == says_so for record in mine):
            raise Refusal(f"No sample was taken from {subject}: the record of the sample says so.")
        raise Refusal(
            f"No sample with the accession number {accession} is on record at {bench.site}. "
            "Enter the sample first, or correct its number."
        )
    if len(found) > 1:
        raise Refusal(f"More than one sample bears the accession number {accession}. Correct the records first.")
    if found[0].subject_id != subject.pk:
        raise Refusal(f"The sample {accession} is not one of {subject}.")
    drawn_on, stated = getattr(found[0], sample.drawn_on), values[sample.drawn_on]
    if drawn_on != stated:
        was = f"on {dates.day(drawn_on)}" if drawn_on else "on no day that is on record"
        raise Refusal(f"The sample {accession} was drawn {was}, not on {dates.day(stated)}.")
    return found[0]


def _result_of_sample(bench: Bench, values: dict, line: Line) -> Line:
    record = _sample(bench, values, line)
    given = {name: values[name] for name in bench.specification.sample.fills}
    return bench.write(line, record.subject, record.visit, record, given)


def _laboratory(bench: Bench, values: dict, line: Line) -> Line:
    subject = bench.subject(values["subject"])
    visit = _visit(subject, values["visit"])
    bench.once((subject.pk, visit.pk, values["analyte"], values["drawn_on"]), line)
    for other in bench.records:
        if other.accession == values["accession"] and other.subject_id != subject.pk:
            raise Refusal(f"The sample {values['accession']} is not one of {subject}.")
        if other.accession == values["accession"] and other.drawn_on not in (None, values["drawn_on"]):
            raise Refusal(
                f"The sample {values['accession']} was drawn on {dates.day(other.drawn_on)}, "
                f"not on {dates.day(values['drawn_on'])}."
            )
    _refuse_far_from(visit, values["drawn_on"])
    record = next(
        (
            other
            for other in bench.records
            if other.visit_id == visit.pk
            and other.analyte == values["analyte"]
            and other.drawn_on == values["drawn_on"]
        ),
        None,
    )
    given = {name: values[name] for name in bench.specification.names if name not in ("subject", "visit")}
    row = 1
    if record is None:
        taken = RECORDS[bench.specification.form].objects.filter(subject=subject, visit=visit)  # voided ones too
        row = (taken.aggregate(last=Max("row_number"))["last"] or 0) + 1
    line = bench.write(line, subject, visit, record, given, row=row)
    if record is None and line.record is not None:
        bench.records.append(line.record)
    return line


def _visit(subject: Subject, place: str) -> Visit:
    try:
        named = places.code_and_number(place)
    except DeclarationError:
        named = None
    visit = Visit.objects.filter(subject=subject, code=named[0], number=named[1]).first() if named else None
    if visit is None:
        raise Refusal(f"{subject} has no visit {place}.")
    visit.subject = subject
    return visit


def _refuse_far_from(visit: Visit, drawn_on) -> None:
    """A sample drawn far from its visit is taken for a wrong visit or a wrong date."""
    days = PLAN.days_from_screening if visit.code == trial.SCREENING else PLAN.days_from_visit
    if visit.occurred_on is not None and abs((drawn_on - visit.occurred_on).days) > days:
        raise Refusal(
            f"{visit.label} was on {dates.day(visit.occurred_on)}: a sample of {dates.day(drawn_on)} is more "
            f"than {days} days away. Correct the visit or the date."
        )


def _limits(bench: Bench, values: dict, line: Line) -> Line:
    line.about, line.what = values["analyte"], {"F": "female", "M": "male"}.get(values["sex"], "both")
    new, ended = enter_limits(
        site=bench.site,
        by=bench.by,
        through=bench.specification.component,
        source_system=bench.source_system,
        reason=f"{bench.reason}, row {line.number}",
        file_sha256=bench.sha256,
        **{name: value for name, value in values.items() if name != "sex"},
        sex=values["sex"] or "",
    )
    line.outcome = Outcome.NEW
    limits = f"{plain(new.low) or 'none'} to {plain(new.high) or 'none'} {new.unit}"
    line.changes = [(f"From {dates.day(new.valid_from)}, aged {new.youngest} to {new.oldest}", "", limits)]
    if ended:
        line.outcome = Outcome.CHANGED
        line.changes.append(("The limits before", "in force", f"end on {dates.day(ended.valid_to)}"))
    return line


def _carrier(specification: Specification) -> Callable[[Bench, dict, Line], Line]:
    """How a row of such a file is carried: into a sample on record, into a row of the laboratory, into the limits."""
    if specification.sample:
        return _result_of_sample
    return _laboratory if specification.form else _limits
