"""A look-up that many requests make: its statement is compiled and planned once, since each takes longer than its run.

Half of the processor time of an entry page went into the making of the same dozen statements (F-913).
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.query import get_related_populators

from crf.models.prepared import Prepared

Found = TypeVar("Found", bound=models.Model)
_PLACE = re.compile(r"(?<!%)%s")


class Lookup(Generic[Found]):
    """Rows by keys: `Lookup(lambda subject, form: Query.objects.filter(subject_id=subject, form=form))`.

    A key is a number, a text, a day, a moment, None (the statement then says IS NULL), or a list of numbers or texts,
    of any length. What is kept is the statement alone: each call runs it anew and makes new rows. The function is
    called once for each shape of its keys, so it may not look at anything that differs from call to call, such as the
    clock.
    """

    def __init__(self, by: Callable[..., models.QuerySet]):
        self._by = by
        self._compiled: dict[tuple, _Statement | None] = {}

    def of(self, *keys) -> list[Found]:
        """The rows with these keys, in the order of the look-up; one statement, none where there can be no row."""
        listed = [
            sorted(key) if isinstance(key, set | frozenset) else list(key) if isinstance(key, tuple) else key
            for key in keys
        ]
        shape = tuple(min(len(key), 2) if isinstance(key, list) else key is None for key in listed)
        if shape not in self._compiled:
            self._compiled[shape] = _Statement.of(self._by, listed)
        statement = self._compiled[shape]
        return statement.rows(listed) if statement else []

    def first(self, *keys) -> Found | None:
        """The first of the rows; the look-up itself says how many are read at most."""
        return next(iter(self.of(*keys)), None)


class _Statement:
    """A compiled statement, which has the same text for any keys of its shape, so that the database plans it once for
    each connection as well; and how its rows become objects."""

    def __init__(self, queryset: models.QuerySet, places: dict):
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        stands = [places.get(one) if isinstance(one, int | str | date) else None for one in parameters]
        if missed := set(places.values()) - set(stands):
            raise TypeError(f"The look-up does not ask for its keys as they are: {sorted(missed)}.")
        self.keys = sorted(set(places.values()))
        told = tuple(
            connection.ops.compose_sql("%s", [one]) if place is None else f"${self.keys.index(place) + 1}"
            for place, one in zip(stands, parameters, strict=True)
        )
        with_arrays = _with_arrays(sql, [place is not None and place[1] is None for place in stands])
        self.prepared = Prepared(with_arrays % told, called=queryset.model._meta.db_table)
        self.info, self.annotated = compiler.klass_info, dict(compiler.annotation_col_map or {})
        self.populators = get_related_populators(self.info, compiler.select, DEFAULT_DB_ALIAS)
        fields = self.info["select_fields"]
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [column.target.attname for column, _, _ in compiler.select[self.start : self.end]]
        columns = [column for column, _, _ in compiler.select]
        self.converters = [
            (place, _converting(functions, column))
            for place, (functions, column) in compiler.get_converters(columns).items()
        ]

    @classmethod
    def of(cls, by: Callable[..., models.QuerySet], keys: list) -> "_Statement | None":
        """Compiled with a value in the place of each key that none of ours has; None where no row can be found.

        A list of several stands in the statement as one: its place says of which key, and no number within it.
        """
        standing, places = [], {}
        for number, key in enumerate(keys):
            is_list = isinstance(key, list)
            one = next(iter(key), None) if is_list else key
            instead = _instead_of(one, number)
            if one is not None:
                places[instead] = (number, (0 if len(key) == 1 else None) if is_list else 0)
            standing.append(([] if one is None else [instead]) if is_list else instead)
        try:
            return cls(by(*standing), places)
        except EmptyResultSet:
            return None

    def rows(self, keys: list) -> list:
        with connection.cursor() as cursor:
            found = self.prepared.run(cursor, *(_at(keys, place) for place in self.keys))
        for place, convert in self.converters:
            found = [(*row[:place], convert(row[place]), *row[place + 1 :]) for row in found]
        return [self._made(row) for row in found]

    def _made(self, row: tuple):
        made = self.info["model"].from_db(DEFAULT_DB_ALIAS, self.names, row[self.start : self.end])
        for populator in self.populators:
            populator.populate(row, made)
        for name, place in self.annotated.items():
            setattr(made, name, row[place])
        return made


def _with_arrays(sql: str, is_list: list[bool]) -> str:
    """One place for a list of any length: `= ANY(%s)`, which PostgreSQL makes of `IN (%s, %s)` too."""
    parts = _PLACE.split(sql)
    for before, listed in enumerate(is_list):
        if listed:
            if not (parts[before].endswith(" IN (") and parts[before + 1].startswith(")")):
                raise TypeError("The look-up asks for a list otherwise than by `in`.")
            parts[before] = parts[before].removesuffix("IN (") + "= ANY("
    return "%s".join(parts)


def _at(keys: list, place: tuple[int, int | None]):
    number, within = place
    key = keys[number]
    if not isinstance(key, list):
        return key
    if within is not None:
        return key[within]
    # Numbers as PostgreSQL writes an array of them: the driver takes longer for each than for all together.
    return f"{{{','.join(map(str, key))}}}" if isinstance(key[0], int) else key


def _instead_of(key, nth: int):
    """What stands for a key while the statement is compiled: of its type and within its column, like no constant."""
    match key:
        case None:
            return None
        case str():
            return f"\x01key {nth}\x01"
        case datetime():
            return datetime.min.replace(tzinfo=UTC) + timedelta(days=nth)
        case date():
            return date.min + timedelta(days=nth)
        case int():
            return 30_011 + nth
    raise TypeError(f"A look-up has no keys like {key!r}.")


def _converting(functions: list[Callable], column) -> Callable:
    """What makes the value of a column, such as JSON, of what the database gives."""

    def convert(value):
        for function in functions:
            value = function(value, column, connection)
        return value

    return convert
