"""An event finds the head of its chain, and the place before its own, by the index: also among ten thousand chains."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0020_more_ways_back")]
    operations = [migrations.RunSQL((SQL / "trail_index.sql").read_text(encoding="utf-8"))]
