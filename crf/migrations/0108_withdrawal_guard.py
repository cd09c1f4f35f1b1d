"""The database itself begins nothing new about a subject who withdrew consent."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "0108_withdrawal.sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0107_drafts_settled")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
