"""What a signature of the casebook would cover, visit by visit: for the page on which the investigator signs."""

from dataclasses import dataclass, field

from crf import trial
from crf.chart.facts import Settled
from crf.chart.places import address
from crf.chart.rows import RowNames
from crf.chart.signed_content import signed_forms
from crf.chart.standing import Standing, Stored


@dataclass(frozen=True)
class Sheet:
    """One form: its title, which row where it repeats, and where it is read."""

    title: str
    href: str


@dataclass
class Part:
    """A visit, or what belongs to none: forms signed now for the first time, signed before, and not complete."""

    label: str
    new: list[Sheet] = field(default_factory=list)
    before: list[Sheet] = field(default_factory=list)
    incomplete: list[Sheet] = field(default_factory=list)


def parts_to_sign(standing: Standing, settled: Settled) -> list[Part]:
    """The visits at which something was entered or is lacking, and the log forms. One statement: the names of rows."""
    codes = {form.code for form in signed_forms()}
    lacking = [(form, visit) for form, visit in standing.incomplete() if form.code in codes]
    names = RowNames.of(standing.subject.pk, signed_forms())
    parts = []
    for visit in (*standing.visits, None):
        part = Part(visit.label if visit else "At any time")
        for code in (form.code for form in signed_forms() if form.log is (visit is None)):
            by_sheet: dict[tuple, list[Stored]] = {}
            for fact in standing.at(code, visit):
                by_sheet.setdefault(fact.sheet, []).append(fact)
            for facts in by_sheet.values():
                _place(part, facts, settled).append(_sheet(standing, facts, visit, names))
        absent = [form for form, at in lacking if at is visit and not standing.at(form.code, visit)]
        part.incomplete += [Sheet(form.title, address(standing.subject, visit, form.code)) for form in absent]
        if part.new or part.before or part.incomplete:
            parts.append(part)
    return parts


def _place(part: Part, facts: list[Stored], settled: Settled) -> list[Sheet]:
    """The rows of a form at a visit are one form: complete and signed when all of them are."""
    if not all(fact.is_complete for fact in facts):
        return part.incomplete
    return part.before if all(settled.signature(fact.form, fact.record) for fact in facts) else part.new


def _sheet(standing: Standing, facts: list[Stored], visit, names: RowNames) -> Sheet:
    form, first = trial.form(facts[0].form), facts[0]
    if form.log and form.repeating:
        title = f"{form.title}: {names.called(form, first.record, first.row)}"
    else:
        title = f"{form.title}, {len(facts)} rows" if len(facts) > 1 else form.title
    return Sheet(title, address(standing.subject, visit, first.form, first.row))
