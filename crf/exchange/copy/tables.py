"""The dynamic part of a copy: every row about some subjects, as the database holds it and as a table for people.

Which tables belong to it follows from the models: whatever is audited under a subject. So a new table is in the copy
by itself. What would unblind is in none of them.
"""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import pgtrigger
from django.db import connection, models

from crf import spec
from crf.exchange.cells import harmless
from crf.models import RECORDS, Audited, Record, Site, User
from crf.trial import FORMS

_UNBLINDING = [form.code for form in FORMS if form.discloses is spec.UNBLINDS]


@dataclass(frozen=True)
class Part:
    """A table of the copy: its model, and the column that holds the subject."""

    model: type[models.Model]
    subject: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def defaults(self) -> dict:
        """Column -> what a row holds that was there before the column: the trail does not say it."""
        given = {one.column: one.get_default() for one in self.model._meta.concrete_fields if one.has_default()}
        return {name: value for name, value in given.items() if isinstance(value, str | int | bool | list | dict)}

    def lines(self, subjects: Collection[int]) -> Iterator[bytes]:
        """Each row as canonical JSON, by id: the words of the trail's `changes`."""
        about_others = ""
        if any(one.column == "form" for one in self.model._meta.concrete_fields):
            about_others = " AND NOT (form = ANY (%(unblinding)s))"
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT to_jsonb(t)::text FROM public."{self.table}" AS t'  # nosec B608 - our own names
                f' WHERE "{self.subject}" = ANY (%(subjects)s){about_others} ORDER BY id',
                {"subjects": list(subjects), "unblinding": _UNBLINDING},
            )
            for (text,) in cursor.fetchall():
                yield text.encode()


def parts(readable: Collection[type[spec.Form]]) -> list[Part]:
    """The tables of the copy for somebody who reads these forms."""
    found = []
    codes = {form.code for form in readable if form.discloses is not spec.UNBLINDS}
    for model, trigger in pgtrigger.registered():
        if not isinstance(trigger, Audited) or not trigger.subject or trigger.apart:
            continue
        if issubclass(model, Record) and model.form.code not in codes:
            continue
        found.append(Part(model, trigger.subject))
    return sorted(found, key=lambda part: part.table)


def fingerprint(line: bytes) -> str:
    """What a manifest keeps of a row."""
    return hashlib.sha256(line).hexdigest()


@dataclass
class Names:
    """Words for the ids in a table: subjects, visits as their addresses say them, sites, people."""

    subjects: dict[int, str]
    visits: dict[int, str]
    sites: dict[int, str] = field(default_factory=lambda: dict(Site.objects.values_list("pk", "code")))
    people: dict[int, str] = field(default_factory=lambda: dict(User.objects.values_list("pk", "username")))

    def of(self, one: models.Field, value):
        """The value as a person reads it; an id stands where it has no name."""
        if value is None or not one.is_relation:
            return value
        names = {"User": self.people, "Site": self.sites, "Subject": self.subjects, "Visit": self.visits}
        return names.get(one.related_model.__name__, {}).get(value, value)


def head(part: Part) -> list[str]:
    """The heading of the table for people."""
    return [one.name for one in part.model._meta.concrete_fields]


def row(part: Part, line: bytes, names: Names) -> list[str]:
    """A row of the table for people; a spreadsheet takes no cell for a formula."""
    told = json.loads(line)
    cells = []
    for one in part.model._meta.concrete_fields:
        value = names.of(one, told.get(one.column))
        if value is None:
            cells.append("")
        elif isinstance(value, str):
            cells.append(harmless(value))
        else:
            cells.append(json.dumps(value, ensure_ascii=False))
    return cells


def dictionary(readable: Collection[type[spec.Form]]) -> tuple[list[str], list[list[str]]]:
    """What the columns of the forms mean: table, column, question, unit, and each code with its words."""
    rows = []
    for form in readable:
        if form.discloses is spec.UNBLINDS:
            continue
        table = RECORDS[form.code]._meta.db_table
        for name, item in form.items.items():
            codes = "; ".join(f"{code} = {words}" for code, words in getattr(item.kind, "codes", ()))
            rows.append([table, name, form.title, item.label, item.unit or "", codes])
        rows += [[table, name, form.title, score.label, "", "computed"] for name, score in form.scores.items()]
    return ["table", "column", "form", "question", "unit", "codes"], rows
