"""The subject carries the day on which treatment ended, as its records tell it (crf/chart/treatment.py).

Of subjects that ended before this release it stands once anything of theirs is saved.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crf", "0003_second_factors")]

    operations = [
        migrations.AddField(
            model_name="subject", name="treatment_ended_because", field=models.CharField(blank=True, max_length=100)
        ),
        migrations.AddField(
            model_name="subject",
            name="treatment_ended_form",
            field=models.CharField(blank=True, help_text="the form that tells it", max_length=20),
        ),
        migrations.AddField(
            model_name="subject",
            name="treatment_ended_on",
            field=models.DateField(blank=True, help_text="kept as the records tell it", null=True),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("treatment_ended_form", ""), ("treatment_ended_on__isnull", True)),
                    models.Q(
                        ("treatment_ended_on__isnull", False), models.Q(("treatment_ended_form", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="subject_treatment_ended_by_a_record",
            ),
        ),
    ]
