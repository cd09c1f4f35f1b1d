"""Functions that the triggers of the tables call; the tables come after them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL((SQL / "audit.sql").read_text(encoding="utf-8"))]
