"""An event says where the clock was moved back, and health asks when anything was written last."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0012_role_dates")]
    operations = [migrations.RunSQL((SQL / "trail_clock.sql").read_text(encoding="utf-8"))]
