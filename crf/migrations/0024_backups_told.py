"""A backup and a restore drill of a real server tell that they were made (sql/backup_told.sql)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0023_to_verify")]
    operations = [migrations.RunSQL((SQL / "backup_told.sql").read_text(encoding="utf-8"))]
