"""The records of a visit as the monitor verifies them, with what changed since each was verified."""

from dataclasses import dataclass, field

from crf import spec, trial
from crf.chart import states
from crf.chart.facts import Settled, Verified
from crf.chart.places import address
from crf.chart.rows import RowNames
from crf.chart.standing import Standing, Stored
from crf.chart.states import State
from crf.models import AuditEntry, Visit
from crf.shown.trail import TABLE_OF, Line, Trail


@dataclass
class Sheet:
    """One record: whether it is complete and verified, by whom, and what changed since."""

    form: type[spec.Form]
    fact: Stored
    href: str
    completeness: State
    verification: State
    verified: Verified | None
    called: str = ""
    changes: list[Line] = field(default_factory=list)

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


def sheets_at(standing: Standing, visit: Visit | None, readable) -> list[Sheet]:
    """The readable records of the visit (None: of log forms). Four statements: who, the rows, and two for changes."""
    settled = Settled.of(standing.subject.pk)
    found = []
    forms = [form for form in trial.FORMS if form in readable and form.log is (visit is None)]
    names = RowNames.of([standing.subject.pk], forms)
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
                )
            )
    _add_changes(standing, [sheet for sheet in found if sheet.verification is states.VERIFIED_BEFORE])
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
