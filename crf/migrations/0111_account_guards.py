"""Knowledge of the arms outlasts a role; nobody signs while it is in doubt who uses the account."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "0111_account_guards.sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0110_accounts")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
