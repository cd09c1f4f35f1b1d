"""From which server the data of an output were read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crf", "0018_corrections")]

    operations = [
        migrations.AddField(
            model_name="output",
            name="read_from",
            field=models.CharField(
                blank=True, db_default="", help_text="which server's data, and where it stood", max_length=120
            ),
        )
    ]
