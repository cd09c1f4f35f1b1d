"""What waits for a monitor: as the database keeps it, and as it follows from records and verifications."""

from django.db import connection

from trialsite.database.guards import verified_by_monitors

COLUMNS = "form, record, version, subject_id, site_id, visit_id, row_number, since"
PART = """
SELECT '{code}', id, version, subject_id, site_id, visit_id, row_number, changed_at FROM {table} AS stored
 WHERE voided_at IS NULL AND completed_at IS NOT NULL AND NOT EXISTS (
       SELECT FROM crf_verification AS seen WHERE seen.form = '{code}' AND seen.record = stored.id
          AND seen.version = stored.version AND seen.withdrawn_at IS NULL)
"""


def kept() -> set[tuple]:
    return _rows(f"SELECT {COLUMNS} FROM crf_toverify")


def following() -> set[tuple]:
    parts = (PART.format(code=code, table=table) for code, table in verified_by_monitors().items())
    return _rows(" UNION ALL ".join(parts))


def _rows(statement: str) -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return set(cursor.fetchall())
