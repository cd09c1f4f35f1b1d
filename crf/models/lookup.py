"""A look-up that every save makes: its statement is compiled once, since compiling it took longer than running it."""

from collections.abc import Callable
from functools import cached_property
from typing import Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

Found = TypeVar("Found", bound=models.Model)
#: Stands for the key while the statement is compiled; no key of ours is negative.
_THE_KEY = -7_301


class Lookup(Generic[Found]):
    """The rows of a table by one key: `Lookup(Alert, lambda key: Alert.objects.filter(subject_id=key))`."""

    def __init__(self, model: type[Found], by: Callable[[int], models.QuerySet]):
        self._model, self._by = model, by

    def of(self, key: int) -> list[Found]:
        """The rows with that key, in the order of the look-up; one statement."""
        sql, parameters, names, converters = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [key if one == _THE_KEY else one for one in parameters])
            rows = cursor.fetchall()
        for place, convert in converters:
            rows = [(*row[:place], convert(row[place]), *row[place + 1 :]) for row in rows]
        return [self._model.from_db(DEFAULT_DB_ALIAS, names, row) for row in rows]

    @cached_property
    def _compiled(self):
        compiler = self._by(_THE_KEY).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select]
        converters = [
            (place, _converting(functions, column))
            for place, (functions, column) in compiler.get_converters(columns).items()
        ]
        return sql, parameters, [column.target.attname for column in columns], converters


def _converting(functions: list[Callable], column) -> Callable:
    """What makes the value of a column, such as JSON, of what the database gives."""

    def convert(value):
        for function in functions:
            value = function(value, column, connection)
        return value

    return convert
