"""What waits for a monitor, kept beside the records by triggers (sql/to_verify.sql, trialsite/database/guards.py)."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crf", "0022_level_messages")]

    operations = [
        migrations.CreateModel(
            name="ToVerify",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=20)),
                ("record", models.BigIntegerField(help_text="the row of the form's table")),
                ("version", models.PositiveIntegerField()),
                ("row_number", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField(help_text="when the record was changed last")),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crf.site",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crf.subject",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crf.visit",
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("form", "record"), name="to_verify_once")]},
        ),
        migrations.RunSQL((Path(__file__).parent / "sql" / "to_verify.sql").read_text(encoding="utf-8")),
    ]
