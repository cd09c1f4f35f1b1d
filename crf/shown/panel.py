"""A laboratory report on one page: a row a test in the order of the panel, with the unit last used at the site.

Field names: drawn_on, drawn_at, accession; for each test its code (the result), CODE__unit, CODE__low, CODE__high;
`blank` and `blank_why` say what becomes of the rows without a result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crf import trial
from crf.chart.blood_states import FLAGS
from crf.chart.computed import Person, in_words, laboratory_row, plain
from crf.chart.examine import understood_so_far
from crf.chart.limits import own_limits
from crf.chart.others import Others
from crf.chart.places import address
from crf.models import RECORDS, Record, Subject, Visit
from crf.rules.laboratory import ANALYTES, FORM, Analyte

HEADER = ("drawn_on", "drawn_at", "accession")
PARTS = ("unit", "low", "high")
REST = ("blank", "blank_why")
FIELDS = (
    *HEADER,
    *REST,
    *(analyte.code for analyte in ANALYTES),
    *(f"{analyte.code}__{part}" for analyte in ANALYTES for part in PARTS),
)


@dataclass
class PanelRow:
    """One test: what is typed, what the server computes of it, what is wrong with it; or the record it has already."""

    analyte: Analyte
    typed: dict[str, str]
    shown: dict[str, dict[str, str]]
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    record: Record | None = None
    href: str = ""

    @property
    def units(self) -> list[str]:
        return list(self.analyte.units)

    @property
    def stored(self) -> str:
        """The stored result in words."""
        return FORM.items["result"].kind.show(self.record.result) or "Not done"

    @property
    def stored_limits(self) -> str:
        return in_limits(self.record.lower_limit, self.record.upper_limit)

    @property
    def flag(self):
        return FLAGS.get(self.record.flag)


class Panel:
    """The panel of a visit, read once: records, units last used at the site, limits, and who the subject is."""

    def __init__(self, subject: Subject, visit: Visit):
        self.subject, self.visit = subject, visit
        self.person = Person.of(Others(subject.pk))
        self.own = own_limits(subject.site_id)
        laboratory = RECORDS[FORM.code].objects
        stored = laboratory.standing().filter(subject=subject, visit=visit).order_by("row_number")
        self.stored = {record.analyte: record for record in stored if record.analyte}
        used = laboratory.standing().filter(site_id=subject.site_id, unit__isnull=False, analyte__isnull=False)
        latest = used.order_by("analyte", "-changed_at").distinct("analyte").values_list("analyte", "unit")
        self.units = {analyte.code: analyte.unit for analyte in ANALYTES} | dict(latest)

    def preset(self, today) -> dict[str, str]:
        """What a new page begins with: the date of the visit, and the unit last used at the site."""
        known = self.subject.screened_on if self.visit.code == trial.SCREENING else today
        typed = {"drawn_on": FORM.items["drawn_on"].kind.raw(self.visit.occurred_on or known)}
        return typed | {f"{code}__unit": unit for code, unit in self.units.items()}

    def answers(self, code: str, typed: Mapping[str, str]) -> dict[str, str]:
        """The typed answers of one test as its row of the form has them."""
        given = {name: typed.get(name, "") for name in HEADER} | {"analyte": code, "result": typed.get(code, "")}
        given |= {part: typed.get(f"{code}__{part}", "") for part in PARTS}
        return {name: text for name, text in given.items() if text.strip()}

    def computed(self, code: str, typed: Mapping[str, str]) -> dict[str, Any]:
        """What the server computes of one test; limits also while there is no result."""
        values = understood_so_far(FORM, self.answers(code, typed))
        found = laboratory_row(values, person=self.person, own=self.own)
        if values["result"] is None:
            without = laboratory_row(values | {"result": Decimal(0)}, person=self.person, own=self.own)
            found |= {name: without[name] for name in ("lower_limit", "upper_limit", "limits_from")}
        return found

    def shown(self, typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The computed values of all tests, by the names of the page's outputs."""
        return {name: text for analyte in ANALYTES for name, text in self._shown(analyte, typed).items()}

    def _shown(self, analyte: Analyte, typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
        code, found = analyte.code, self.computed(analyte.code, typed)
        standard = f"{plain(found['standard_result'])} {analyte.unit}" if found["standard_result"] is not None else ""
        limits = in_limits(found["lower_limit"], found["upper_limit"])
        flag = in_words(FORM.items["flag"], found["flag"])
        return {
            f"{code}__flag": {"code": found["flag"] or "", "text": flag},
            f"{code}__limits": {"code": limits, "text": limits},
            f"{code}__standard": {"code": standard, "text": standard},
        }

    def rows(self, typed: Mapping[str, str], errors: Mapping[str, list[str]], warnings: Mapping[str, list[str]]):
        """A row a test, in the order of the panel."""
        found = []
        for analyte in ANALYTES:
            code, record = analyte.code, self.stored.get(analyte.code)
            mine = {"result": typed.get(code, "")} | {part: typed.get(f"{code}__{part}", "") for part in PARTS}
            outputs = {name.partition("__")[2]: text for name, text in self._shown(analyte, typed).items()}
            row = PanelRow(analyte, mine, outputs, errors.get(code, []), warnings.get(code, []), record)
            if record is not None:
                row.href = address(self.subject, self.visit, FORM.code, record.row_number)
            found.append(row)
        return found


def in_limits(low: Decimal | None, high: Decimal | None) -> str:
    """Limits in words: 0 to 40; from 60; to 5."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"to {plain(high)}"
    return f"from {plain(low)}" if high is None else f"{plain(low)} to {plain(high)}"
