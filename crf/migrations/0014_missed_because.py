"""A missed visit has the code of its reason. Visits that were missed before keep their words alone: NOT VALID."""

from django.db import migrations, models

CODES = ["ILL", "WORSE", "BETTER", "DECLINED", "FORGOT", "AWAY", "UNREACHED", "SITE", "LEFT", "OTHER"]
CHOICES = [
    ("ILL", "The subject was ill"),
    ("WORSE", "The subject was too unwell in mind to come"),
    ("BETTER", "The subject felt well and saw no need"),
    ("DECLINED", "The subject did not want to come"),
    ("FORGOT", "The subject forgot, or took it for another day"),
    ("AWAY", "The subject was away, or could not travel"),
    ("UNREACHED", "The subject could not be reached"),
    ("SITE", "The site could not: staff, rooms, holidays"),
    ("LEFT", "The subject had left the study"),
    ("OTHER", "Other (say which)"),
]
LISTED = ", ".join(f"'{code}'" for code in CODES)


class Migration(migrations.Migration):
    dependencies = [("crf", "0013_clock_that_moved_back")]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="missed_because",
            field=models.CharField(blank=True, choices=CHOICES, help_text="code of the reason", max_length=9),
        ),
        migrations.AlterField(
            model_name="visit",
            name="missed_reason",
            field=models.CharField(blank=True, help_text="the reason in words", max_length=200),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="visit",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "missed"), _negated=True), ("missed_because__in", CODES), _connector="OR"
                        ),
                        name="visit_missed_has_a_code",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE crf_visit ADD CONSTRAINT visit_missed_has_a_code"
                    f" CHECK (state <> 'missed' OR missed_because IN ({LISTED})) NOT VALID",
                    "ALTER TABLE crf_visit DROP CONSTRAINT visit_missed_has_a_code",
                )
            ],
        ),
    ]
