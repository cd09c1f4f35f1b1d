"""What a lock stands on: the SHA-256 of everything that it holds still."""

import hashlib

from django.db import connection

from crf import trial
from crf.models import RECORDS, Alert, Query, Signature, Subject, Verification, Visit


def content_hash(subject: Subject | None = None) -> str:
    """SHA-256 over every row of subjects, visits, forms, queries and so on, in the order of tables and ids.

    Of the whole study, or of one subject.
    """
    digest = hashlib.sha256()
    tables = [Subject, Visit, *(RECORDS[form.code] for form in trial.FORMS), Query, Alert, Verification, Signature]
    with connection.cursor() as cursor:
        for table in tables:
            name = connection.ops.quote_name(table._meta.db_table)
            whose = f" WHERE {'id' if table is Subject else 'subject_id'} = {int(subject.pk)}" if subject else ""
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {name} AS t{whose} ORDER BY id")  # nosec B608 - our own names
            digest.update(table._meta.db_table.encode() + b"\n")
            for (row,) in cursor.fetchall():
                digest.update(row.encode() + b"\n")
    return digest.hexdigest()
