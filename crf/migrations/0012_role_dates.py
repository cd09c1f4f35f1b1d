"""Dates of a role that were mistyped can be corrected, by an administrator and for a reason."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0011_trail_reviews")]
    operations = [migrations.RunSQL((SQL / "role_dates.sql").read_text(encoding="utf-8"))]
