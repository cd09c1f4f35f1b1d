"""What waits for a monitor: as the database keeps it, and as it follows from records and verifications."""

from django.db import connection

from crf.models import to_verify
from crf.models.to_verify import COLUMNS
from trialsite.database.guards import verified_by_monitors


def kept() -> set[tuple]:
    return _rows(f"SELECT {COLUMNS} FROM crf_toverify")


def following() -> set[tuple]:
    parts = (to_verify.following(code, table) for code, table in verified_by_monitors().items())
    return _rows(" UNION ALL ".join(parts))


def _rows(statement: str) -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return set(cursor.fetchall())
