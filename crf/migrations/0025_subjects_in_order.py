"""Subjects by site and number as an index, so that a page of thousands is read and they are counted from it alone."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Length


class Migration(migrations.Migration):
    atomic = False  # it is made while subjects are entered

    dependencies = [("crf", "0024_backups_told")]

    operations = [
        AddIndexConcurrently(
            model_name="subject",
            index=models.Index(
                models.F("site"),
                Length("number"),
                models.F("number"),
                models.F("id"),
                condition=models.Q(annulled_at__isnull=True),
                name="subject_in_order",
            ),
        )
    ]
