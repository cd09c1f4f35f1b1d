"""The records of a visit as the monitor verifies them: their values, and what changed since each was verified."""

from dataclasses import dataclass, field
from itertools import groupby

from crf import spec, trial
from crf.chart import states
from crf.chart.chart import Chart, Entry
from crf.chart.facts import Settled, Verified
from crf.chart.places import address
from crf.chart.rows import RowNames
from crf.chart.standing import Standing, Stored
from crf.chart.states import State
from crf.models import AuditEntry, Visit
from crf.shown.trail import TABLE_OF, Line, Trail
from crf.spec import MISSING


@dataclass
class Sheet:
    """One record: its answers, whether it is complete and verified, by whom, and what changed since."""

    form: type[spec.Form]
    fact: Stored
    href: str
    completeness: State
    verification: State
    verified: Verified | None
    called: str = ""
    changes: list[Line] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.form.title}: {self.called}" if self.form.repeating else self.form.title

    @property
    def seen(self) -> str:
        """How the page names the record at this version: form, id, version."""
        return f"{self.fact.form}.{self.fact.record}.{self.fact.version}"

    @property
    def is_verified(self) -> bool:
        return self.verification is states.VERIFIED


@dataclass(frozen=True)
class Group:
    """What is compared with one source: a form, or its rows at one visit, such as the results of one blood sample."""

    sheets: list[Sheet]

    @property
    def title(self) -> str:
        return self.sheets[0].form.title if len(self.sheets) > 1 else self.sheets[0].title

    @property
    def seen(self) -> str:
        """The records that are not verified yet, as the page names them."""
        return " ".join(sheet.seen for sheet in self.sheets if not sheet.is_verified)


def in_groups(sheets: list[Sheet]) -> list[Group]:
    """The sheets, those of one form at one visit together."""
    return [Group(list(of_one)) for _, of_one in groupby(sheets, key=lambda sheet: sheet.fact.sheet)]


def sheets_at(standing: Standing, visit: Visit | None, readable) -> list[Sheet]:
    """The readable records of the visit (None: of log forms). Six statements: who, the rows and their answers, and two
    for changes."""
    chart = Chart.of(standing.subject)
    entries = {(entry.form.code, entry.pk): entry for entry in chart.all()}
    settled = Settled.of(standing.subject.pk)
    found = []
    forms = [form for form in trial.FORMS if form in readable and form.log is (visit is None)]
    names = RowNames.of(standing.subject.pk, forms)
    for form in forms:
        for fact in standing.at(form.code, visit):
            state, verified = settled.verification(fact.form, fact.record, fact.version)
            found.append(
                Sheet(
                    form,
                    fact,
                    address(standing.subject, visit, fact.form, fact.row),
                    states.COMPLETE if fact.is_complete else states.INCOMPLETE,
                    state,
                    verified,
                    names.called(form, fact.record, fact.row),
                    answers=_answers(entries.get((fact.form, fact.record))),
                )
            )
    _add_changes(standing, [sheet for sheet in found if sheet.verification is states.VERIFIED_BEFORE])
    return found


def _answers(entry: Entry | None) -> list[tuple[str, str]]:
    """Label and answer of every question that was put, as the source is compared with: a missing one with its reason.

    A form that unblinds is in no chart, and nobody who verifies reads one.
    """
    if entry is None:
        return []
    values, found = entry.values(), []
    for name, item in entry.form.items.items():
        missing = entry.missing.get(name)
        if values[name] is not None:
            unit = f" {item.unit}" if item.unit and not item.kind.show(values[name]).endswith(item.unit) else ""
            found.append((item.label, f"{item.kind.show(values[name])}{unit}"))
        elif missing:
            found.append((item.label, f"{MISSING.get(missing['code'], missing['code'])}: {missing['reason']}"))
        elif not item.retired and not item.computed and item.applies(values, entry.visit):
            found.append((item.label, "no answer"))
    return found


def _add_changes(standing: Standing, sheets: list[Sheet]) -> None:
    """Every write of the record since the version that was verified, in words."""
    if not sheets:
        return
    by_record = {(TABLE_OF[sheet.fact.form], sheet.fact.record): sheet for sheet in sheets}
    written = AuditEntry.objects.filter(
        subject=standing.subject.pk,
        table__in={table for table, _ in by_record},
        record__in={record for _, record in by_record},
        operation=AuditEntry.Operation.UPDATE,
    ).order_by("sequence")
    since = []
    for entry in written:
        sheet = by_record.get((entry.table, entry.record))
        if sheet and entry.told.get("changes", {}).get("version", [0, 0])[1] > sheet.verified.version:
            since.append(entry)
    for line in Trail(standing, since).lines():
        by_record[line.entry.table, line.entry.record].changes.append(line)
