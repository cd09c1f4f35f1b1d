"""What the server computes of a record: never typed, shown while one types, written by a named component (AUD-20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crf import spec, trial
from crf.chart.limits import own_limits
from crf.chart.others import Others
from crf.models import RECORDS, Record
from crf.rules import laboratory
from crf.spec.ages import ages_possible
from crf.spec.purposes import Purpose

#: Form code -> the component that computes, as the audit trail names it.
COMPONENTS = {laboratory.FORM.code: laboratory.COMPONENT} if laboratory.FORM else {}
#: The look of a computed answer: a shape beside the word, and a class of the style sheet.
_SHAPES = {"LOW": "▼", "HIGH": "▲", "NORMAL": "●"}


@dataclass(frozen=True)
class Person:
    """What limits of normal hang on: the sex and the year of birth, as far as they are known."""

    sex: str | None
    birth_year: int | None

    @classmethod
    def of(cls, others: Others) -> "Person":
        form = trial.code_serving(Purpose.DEMOGRAPHY)
        if form is None:
            return cls(None, None)
        return cls(*(others.value(form, item, visit=trial.SCREENING) for item in ("sex", "birth_year")))

    @classmethod
    def by_subject(cls, site_id: int) -> dict[int, "Person"]:
        """The subjects of a site whose demography is known, by key: one statement."""
        form = trial.code_serving(Purpose.DEMOGRAPHY)
        if form is None:
            return {}
        found = RECORDS[form].objects.standing().filter(site_id=site_id, visit__code=trial.SCREENING)
        return {subject: cls(*told) for subject, *told in found.values_list("subject_id", "sex", "birth_year")}

    def age(self, on) -> int | None:
        """The age reached in the year of that day; None where it is not known."""
        return ages_possible(self.birth_year, on)[1] if self.birth_year and on else None


def computed_of(
    form: type[spec.Form], values: Mapping[str, Any], *, site_id: int, others: Others, before: Record | None = None
) -> dict[str, Any]:
    """The computed items of a record with these values, by name; empty for a form that has none.

    `before`: the record as it is stored. Its judgement holds while what was judged stays the same.
    """
    if form.code not in COMPONENTS:
        return {}
    own = own_limits(site_id, values["analyte"]) if values.get("analyte") else ()
    return laboratory_row(values, person=Person.of(others), own=own, before=before)


def laboratory_row(
    values: Mapping[str, Any], *, person: Person, own=(), before: Record | None = None
) -> dict[str, Any]:
    """The computed items of a row of the laboratory; `own`: the limits of the site's laboratory."""
    limits, on = None, values.get("drawn_on")
    if values.get("analyte") is not None and on is not None:
        limits = laboratory.limits_of(values["analyte"], sex=person.sex, age=person.age(on), on=on, own=own)
    found = laboratory.computed(values, limits)
    now = {**values, **found}
    is_as_judged = before is not None and all(getattr(before, name) == now.get(name) for name in laboratory.JUDGED)
    return found | {"significant": before.significant if is_as_judged else None}


def shown(form: type[spec.Form], values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The computed items as the page shows them: text in words, with a shape for a flag, and the code."""
    return {
        name: {"code": item.kind.raw(values.get(name)), "text": in_words(item, values.get(name))}
        for name, item in form.items.items()
        if item.computed
    }


def in_words(item: spec.Item, value: Any) -> str:
    """A computed answer as it is read; blank while it cannot be known."""
    if value is None:
        return ""
    if isinstance(item.kind, spec.Decimal):
        return plain(value)
    shape = _SHAPES.get(value, "") if item.name == "flag" else ""
    return f"{shape} {item.kind.show(value)}".strip()


def plain(value: Decimal | spec.Limited | None) -> str:
    """A number without the zeros that the column adds: 24.0000 is 24; a result with its limit is <24."""
    if isinstance(value, spec.Limited):
        return value.comparator + plain(value.limit)
    return "" if value is None else f"{value.normalize():f}"
