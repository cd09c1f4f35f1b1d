"""What the database itself refuses, in SQL: see the files by name. Their triggers on forms are hung after migrating
(trialsite/database/guards.py)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0001_record")]
    operations = [
        migrations.RunSQL((SQL / f"{name}.sql").read_text(encoding="utf-8"))
        for name in ("trail", "access", "signer", "signature", "limits", "withdrawal", "dosing")
    ]
