"""Results of assays are kept as reported: a number, or below or above a limit."""

import crf.models.result
from django.conf import settings
from django.db import migrations, models

import trialsite.database.folding


class Migration(migrations.Migration):
    dependencies = [
        ("crf", "0003_second_factors"),
        ("dcs_trd", "0001_forms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.RemoveConstraint(model_name="druglevelrecord", name="druglevel_level"),
                migrations.RemoveConstraint(model_name="glycinerecord", name="glycine_result"),
                migrations.RemoveConstraint(model_name="laboratoryrecord", name="lab_result"),
                migrations.RemoveConstraint(model_name="laboratoryrecord", name="lab_standard_result"),
                migrations.AlterField(
                    model_name="druglevelrecord",
                    name="level",
                    field=crf.models.result.ResultField(blank=True, max_length=30, null=True),
                ),
                migrations.AlterField(
                    model_name="glycinerecord",
                    name="result",
                    field=crf.models.result.ResultField(blank=True, max_length=30, null=True),
                ),
                migrations.AlterField(
                    model_name="laboratoryrecord",
                    name="result",
                    field=crf.models.result.ResultField(blank=True, max_length=30, null=True),
                ),
                migrations.AlterField(
                    model_name="laboratoryrecord",
                    name="standard_result",
                    field=crf.models.result.ResultField(blank=True, max_length=30, null=True),
                ),
                migrations.AddConstraint(
                    model_name="druglevelrecord",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("level__isnull", True),
                            models.Func(
                                models.F("level"),
                                output_field=models.BooleanField(),
                                template="(CASE WHEN %(expressions)s !~ '^(BLQ|ALQ|(<|<=|>|>=)?[0-9]{1,12}(\\.[0-9]{1,2})?)$' THEN false WHEN %(expressions)s ~ '[0-9]' THEN ltrim(%(expressions)s, '<>=')::numeric BETWEEN 0 AND 500 ELSE true END)",
                            ),
                            _connector="OR",
                        ),
                        name="druglevel_level",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="glycinerecord",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("result__isnull", True),
                            models.Func(
                                models.F("result"),
                                output_field=models.BooleanField(),
                                template="(CASE WHEN %(expressions)s !~ '^(BLQ|ALQ|(<|<=|>|>=)?[0-9]{1,12}(\\.[0-9]{1,1})?)$' THEN false WHEN %(expressions)s ~ '[0-9]' THEN ltrim(%(expressions)s, '<>=')::numeric BETWEEN 0 AND 5000 ELSE true END)",
                            ),
                            _connector="OR",
                        ),
                        name="glycine_result",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="laboratoryrecord",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("result__isnull", True),
                            models.Func(
                                models.F("result"),
                                output_field=models.BooleanField(),
                                template="(CASE WHEN %(expressions)s !~ '^(BLQ|ALQ|(<|<=|>|>=)?[0-9]{1,12}(\\.[0-9]{1,4})?)$' THEN false WHEN %(expressions)s ~ '[0-9]' THEN ltrim(%(expressions)s, '<>=')::numeric BETWEEN 0 AND 100000 ELSE true END)",
                            ),
                            _connector="OR",
                        ),
                        name="lab_result",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="laboratoryrecord",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("standard_result__isnull", True),
                            models.Func(
                                models.F("standard_result"),
                                output_field=models.BooleanField(),
                                template="(CASE WHEN %(expressions)s !~ '^(BLQ|ALQ|(<|<=|>|>=)?[0-9]{1,12}(\\.[0-9]{1,4})?)$' THEN false WHEN %(expressions)s ~ '[0-9]' THEN ltrim(%(expressions)s, '<>=')::numeric BETWEEN 0 AND 10000000 ELSE true END)",
                            ),
                            _connector="OR",
                        ),
                        name="lab_standard_result",
                    ),
                ),
            ]
        )
    ]
