"""What the checks of today would newly flag in stored records, without changing anything (CHK-03).

A record is newly flagged by a check that its values fail and about which nobody was asked since they were saved: no
query of that check stands, and none was settled after the record last changed.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from crf import spec
from crf.chart.others import Answer, Others, place
from crf.models import RECORDS, Query, Record

STANDING = (Query.State.OPEN, Query.State.ANSWERED)


@dataclass(frozen=True)
class Flagged:
    """A standing record and the check it does not pass."""

    check: spec.Check
    record: Record


def newly_flagged(among: Collection[type[spec.Form]], sites: Collection[int] | None = None) -> list[Flagged]:
    """The flagged records of these forms, of all sites the caller sees or of these. Nothing that unblinds is read.

    One statement a form for its records, one for the queries, one for each item that a check looks at elsewhere.
    """
    everybody, found = Everybody(), []
    for form in among:
        if form.discloses is spec.UNBLINDS or not form.checks:
            continue
        records = RECORDS[form.code].objects.standing().select_related("subject", "visit").order_by("subject", "pk")
        if sites is not None:
            records = records.filter(site_id__in=sites)
        judged = _judged(form)
        for record in records.iterator(chunk_size=2000):
            beside = Beside(everybody, record)
            for check in form.failed(record.values(), record.visit_code, beside):
                settled = judged.get((record.pk, check.code))
                if settled is None or settled < record.changed_at:
                    found.append(Flagged(check, record))
    return found


def _judged(form: type[spec.Form]) -> dict[tuple[int, str], datetime]:
    """Until when each check's queries on a record count: for ever while one stands, else to when it was settled."""
    until: dict[tuple[int, str], datetime] = {}
    for_ever = datetime.max.replace(tzinfo=UTC)
    asked = Query.objects.filter(form=form.code, no_longer=False).exclude(check_code="")
    for record, code, state, settled in asked.order_by().values_list("record", "check_code", "state", "settled_at"):
        at = for_ever if state in STANDING or settled is None else settled
        until[record, code] = max(at, until.get((record, code), at))
    return until


class Everybody:
    """One item of all records of a form, of every subject at once: what Others reads subject by subject."""

    def __init__(self):
        self._series: dict[tuple[str, str], dict[int, list[tuple[int, Answer]]]] = {}

    def series(self, code: str, item: str) -> dict[int, list[tuple[int, Answer]]]:
        """By subject: (record, answer) in the order of visits and rows."""
        if (code, item) not in self._series:
            rows = (
                RECORDS[code]
                .objects.standing()
                .values_list("subject_id", "pk", "visit__code", "visit__number", "row_number", item)
            )
            by_subject = defaultdict(list)
            for subject, record, *answer in rows:
                by_subject[subject].append((record, Answer(*answer)))
            for answers in by_subject.values():
                answers.sort(key=lambda pair: place(pair[1]))
            self._series[code, item] = by_subject
        return self._series[code, item]


class Beside(Others):
    """The other records of a record's subject, read from everybody's."""

    def __init__(self, everybody: Everybody, record: Record):
        super().__init__(record.subject_id, besides=record)
        self._everybody, self._record = everybody, record

    def series(self, code: str, item: str) -> list[Answer]:
        """As Others.series: voided records and the record itself are not there."""
        if code not in RECORDS:
            return []
        answers = self._everybody.series(code, item).get(self._subject_id, [])
        own = self._record.pk if code == self._record.form.code else None
        return [answer for pk, answer in answers if pk != own]
