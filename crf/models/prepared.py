"""A statement that the database plans once for each connection: planning it takes longer than running it.

The chart's UNION over the tables of all forms took 4 ms to plan and 0.5 to run, on every page of a casebook (F-913). It
is prepared in SQL, so that it runs through Django's cursor like any other statement: counted, and in its transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from django.db import connection


@dataclass
class _Standing:
    """What stands prepared on one connection: the name of each statement. `tried` counts those that failed too."""

    names: dict[str, str] = field(default_factory=dict)
    tried: int = 0


#: By the connection itself, with which it goes.
_STANDING: WeakKeyDictionary = WeakKeyDictionary()


class Prepared:
    """`Prepared("SELECT … WHERE id = $1", called="visits").run(cursor, 7)`. Row security is asked anew at each run."""

    def __init__(self, sql: str, *, called: str):
        """`called`: what it reads, for those who read the database's log."""
        self.sql, self._called = sql, called

    def run(self, cursor, *values) -> list[tuple]:
        """The rows. One statement to the database, also the first time on a connection."""
        standing = _STANDING.setdefault(connection.connection, _Standing())
        told = f"({', '.join(['%s'] * len(values))})" if values else ""
        told += f" /* {self._called} */"
        if name := standing.names.get(self.sql):
            cursor.execute(f"EXECUTE {name}{told}", values)
            return cursor.fetchall()
        standing.tried += 1  # a new name for each try: a statement stays prepared although its first run fails
        name = f"ecrf_{standing.tried}"
        cursor.execute(f"PREPARE {name} AS {self.sql.replace('%', '%%')}; EXECUTE {name}{told}", values)
        cursor.nextset()
        standing.names[self.sql] = name
        return cursor.fetchall()


def as_array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array of them: the driver takes longer for each than for all together."""
    return f"{{{','.join(map(str, numbers))}}}"
