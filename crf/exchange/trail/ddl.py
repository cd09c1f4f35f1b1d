"""What was changed of tables, triggers, functions and policies: noted by the database, and carried to the second place.

The database notes each command by event triggers that only a superuser makes (trialsite/database/roles.py); where there
are none, such as on a server that lends no superuser, nothing is noted and the start-up check says so.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

FILE = "ddl.jsonl"
OURS = ("ecrf-migrate", "ecrf-archive")
#: Kinds of commands that could let somebody pass by a guard.
TOLD = ("ALTER TABLE", "ALTER TRIGGER", "DROP TRIGGER", "CREATE TRIGGER", "DROP TABLE")
TOLD += ("CREATE FUNCTION", "ALTER FUNCTION", "DROP FUNCTION", "CREATE POLICY", "ALTER POLICY", "DROP POLICY")


@dataclass(frozen=True)
class Command:
    """One command: when, who was logged in, by which program as it calls itself, what, and on which object."""

    id: int
    at: datetime
    login: str
    program: str
    tag: str
    object: str

    @property
    def is_told(self) -> bool:
        """Whether the next look at the record names it: it could matter, and none of our programs made it."""
        return self.tag in TOLD and self.program not in OURS and " ddl_log." not in self.object


def commands(*, since: datetime | None = None, after: int = 0) -> list[Command]:
    """What was noted after a moment or a number, the first one first; nothing where nothing is noted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ddl_log.command') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(
            "SELECT id, at, login, program, tag, object FROM ddl_log.command"
            " WHERE id > %s AND (%s::timestamptz IS NULL OR at > %s) ORDER BY id",
            [after, since, since],
        )
        return [Command(*row) for row in cursor.fetchall()]


def append(folder: Path) -> None:
    """Append what is new to the second place, a line each; what stands there is never written again."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    last = 0
    if path.exists():
        lines = path.read_bytes().splitlines()
        last = json.loads(lines[-1])["id"] if lines else 0
    new = commands(after=last)
    if not new:
        return
    with open(path, "ab") as file:
        for one in new:
            told = asdict(one) | {"at": one.at.astimezone(UTC).isoformat()}
            file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
