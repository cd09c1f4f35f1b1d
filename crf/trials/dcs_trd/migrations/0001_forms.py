"""The tables of this trial's forms, as Django writes them from the declarations."""

import crf.models.audit
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
import trialsite.database.folding
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("crf", "0003_second_factors"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.CreateModel(
                    name="AntidepressantTrialRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("anything", models.CharField(blank=True, max_length=20, null=True)),
                        ("drug", models.TextField(blank=True, null=True)),
                        ("this_episode", models.CharField(blank=True, max_length=20, null=True)),
                        ("dose", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                        ("weeks", models.IntegerField(blank=True, null=True)),
                        ("adherence", models.CharField(blank=True, max_length=20, null=True)),
                        ("began", models.CharField(blank=True, max_length=10, null=True)),
                        ("ongoing", models.CharField(blank=True, max_length=20, null=True)),
                        ("stopped", models.CharField(blank=True, max_length=10, null=True)),
                        ("effect", models.CharField(blank=True, max_length=20, null=True)),
                        ("adequate", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "prior antidepressant trial",
                        "db_table": "crf_form_adtrial",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="adtrial_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="adtrial_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="adtrial_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anything__isnull", True), ("anything__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="adtrial_anything",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("drug__isnull", True), ("drug__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="adtrial_drug",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("this_episode__isnull", True), ("this_episode__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="adtrial_this_episode",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dose__isnull", True),
                                    models.Q(("dose__gte", "0"), ("dose__lte", "5000")),
                                    _connector="OR",
                                ),
                                name="adtrial_dose",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weeks__isnull", True),
                                    models.Q(("weeks__gte", 0), ("weeks__lte", 520)),
                                    _connector="OR",
                                ),
                                name="adtrial_weeks",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("adherence__isnull", True),
                                    ("adherence__in", ["FULL", "PART", "POOR"]),
                                    _connector="OR",
                                ),
                                name="adtrial_adherence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("began__isnull", True),
                                    ("began__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="adtrial_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ongoing__isnull", True), ("ongoing__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="adtrial_ongoing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stopped__isnull", True),
                                    ("stopped__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="adtrial_stopped",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("effect__isnull", True),
                                    ("effect__in", ["NONE", "PARTIAL", "GOOD"]),
                                    _connector="OR",
                                ),
                                name="adtrial_effect",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("adequate__isnull", True), ("adequate__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="adtrial_adequate",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BDIRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("rated_by", models.TextField(blank=True, null=True)),
                        ("rated_on", models.DateField(blank=True, null=True)),
                        ("started", models.TimeField(blank=True, null=True)),
                        ("ended", models.TimeField(blank=True, null=True)),
                        ("how", models.CharField(blank=True, max_length=20, null=True)),
                        ("language", models.CharField(blank=True, max_length=20, null=True)),
                        ("item_1", models.SmallIntegerField(blank=True, null=True)),
                        ("item_2", models.SmallIntegerField(blank=True, null=True)),
                        ("item_3", models.SmallIntegerField(blank=True, null=True)),
                        ("item_4", models.SmallIntegerField(blank=True, null=True)),
                        ("item_5", models.SmallIntegerField(blank=True, null=True)),
                        ("item_6", models.SmallIntegerField(blank=True, null=True)),
                        ("item_7", models.SmallIntegerField(blank=True, null=True)),
                        ("item_8", models.SmallIntegerField(blank=True, null=True)),
                        ("item_9", models.SmallIntegerField(blank=True, null=True)),
                        ("item_10", models.SmallIntegerField(blank=True, null=True)),
                        ("item_11", models.SmallIntegerField(blank=True, null=True)),
                        ("item_12", models.SmallIntegerField(blank=True, null=True)),
                        ("item_13", models.SmallIntegerField(blank=True, null=True)),
                        ("item_14", models.SmallIntegerField(blank=True, null=True)),
                        ("item_15", models.SmallIntegerField(blank=True, null=True)),
                        ("item_16", models.SmallIntegerField(blank=True, null=True)),
                        ("item_17", models.SmallIntegerField(blank=True, null=True)),
                        ("item_18", models.SmallIntegerField(blank=True, null=True)),
                        ("item_19", models.SmallIntegerField(blank=True, null=True)),
                        ("item_20", models.SmallIntegerField(blank=True, null=True)),
                        ("item_21", models.SmallIntegerField(blank=True, null=True)),
                        ("item_9_seen", models.CharField(blank=True, max_length=20, null=True)),
                        ("item_9_seen_at", models.TimeField(blank=True, null=True)),
                        ("item_9_seen_by", models.TextField(blank=True, null=True)),
                        (
                            "total",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        django.db.models.expressions.CombinedExpression(
                                                                            django.db.models.expressions.CombinedExpression(
                                                                                django.db.models.expressions.CombinedExpression(
                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                django.db.models.expressions.CombinedExpression(
                                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                                models.F(
                                                                                                                    "item_1"
                                                                                                                ),
                                                                                                                "+",
                                                                                                                models.F(
                                                                                                                    "item_2"
                                                                                                                ),
                                                                                                            ),
                                                                                                            "+",
                                                                                                            models.F(
                                                                                                                "item_3"
                                                                                                            ),
                                                                                                        ),
                                                                                                        "+",
                                                                                                        models.F(
                                                                                                            "item_4"
                                                                                                        ),
                                                                                                    ),
                                                                                                    "+",
                                                                                                    models.F("item_5"),
                                                                                                ),
                                                                                                "+",
                                                                                                models.F("item_6"),
                                                                                            ),
                                                                                            "+",
                                                                                            models.F("item_7"),
                                                                                        ),
                                                                                        "+",
                                                                                        models.F("item_8"),
                                                                                    ),
                                                                                    "+",
                                                                                    models.F("item_9"),
                                                                                ),
                                                                                "+",
                                                                                models.F("item_10"),
                                                                            ),
                                                                            "+",
                                                                            models.F("item_11"),
                                                                        ),
                                                                        "+",
                                                                        models.F("item_12"),
                                                                    ),
                                                                    "+",
                                                                    models.F("item_13"),
                                                                ),
                                                                "+",
                                                                models.F("item_14"),
                                                            ),
                                                            "+",
                                                            models.F("item_15"),
                                                        ),
                                                        "+",
                                                        models.F("item_16"),
                                                    ),
                                                    "+",
                                                    models.F("item_17"),
                                                ),
                                                "+",
                                                models.F("item_18"),
                                            ),
                                            "+",
                                            models.F("item_19"),
                                        ),
                                        "+",
                                        models.F("item_20"),
                                    ),
                                    "+",
                                    models.F("item_21"),
                                ),
                                output_field=models.SmallIntegerField(),
                            ),
                        ),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "beck inventory (numbers and scores)",
                        "db_table": "crf_form_bdi",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="bdi_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="bdi_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="bdi_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="bdi_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="bdi_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True),
                                    ("language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="bdi_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_1__isnull", True), ("item_1__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_2__isnull", True), ("item_2__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_2",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_3__isnull", True), ("item_3__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_3",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_4__isnull", True), ("item_4__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_4",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_5__isnull", True), ("item_5__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_6__isnull", True), ("item_6__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_6",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_7__isnull", True), ("item_7__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_7",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_8__isnull", True), ("item_8__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_8",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_9__isnull", True), ("item_9__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_9",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_10__isnull", True), ("item_10__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_10",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_11__isnull", True), ("item_11__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_11",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_12__isnull", True), ("item_12__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_12",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_13__isnull", True), ("item_13__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_13",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_14__isnull", True), ("item_14__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_14",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_15__isnull", True), ("item_15__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_15",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_16__isnull", True), ("item_16__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_16",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_17__isnull", True), ("item_17__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_17",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_18__isnull", True), ("item_18__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_18",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_19__isnull", True), ("item_19__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_19",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_20__isnull", True), ("item_20__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_20",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_21__isnull", True), ("item_21__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="bdi_item_21",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_9_seen__isnull", True), ("item_9_seen__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="bdi_item_9_seen",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_9_seen_by__isnull", True),
                                    ("item_9_seen_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="bdi_item_9_seen_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BPRSRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("rated_by", models.TextField(blank=True, null=True)),
                        ("rated_on", models.DateField(blank=True, null=True)),
                        ("started", models.TimeField(blank=True, null=True)),
                        ("ended", models.TimeField(blank=True, null=True)),
                        ("how", models.CharField(blank=True, max_length=20, null=True)),
                        ("language", models.CharField(blank=True, max_length=20, null=True)),
                        ("somatic_concern", models.SmallIntegerField(blank=True, null=True)),
                        ("anxiety", models.SmallIntegerField(blank=True, null=True)),
                        ("withdrawal", models.SmallIntegerField(blank=True, null=True)),
                        ("disorganisation", models.SmallIntegerField(blank=True, null=True)),
                        ("guilt", models.SmallIntegerField(blank=True, null=True)),
                        ("tension", models.SmallIntegerField(blank=True, null=True)),
                        ("mannerisms", models.SmallIntegerField(blank=True, null=True)),
                        ("grandiosity", models.SmallIntegerField(blank=True, null=True)),
                        ("depressive_mood", models.SmallIntegerField(blank=True, null=True)),
                        ("hostility", models.SmallIntegerField(blank=True, null=True)),
                        ("suspiciousness", models.SmallIntegerField(blank=True, null=True)),
                        ("hallucinations", models.SmallIntegerField(blank=True, null=True)),
                        ("retardation", models.SmallIntegerField(blank=True, null=True)),
                        ("uncooperativeness", models.SmallIntegerField(blank=True, null=True)),
                        ("unusual_thought", models.SmallIntegerField(blank=True, null=True)),
                        ("blunted_affect", models.SmallIntegerField(blank=True, null=True)),
                        ("excitement", models.SmallIntegerField(blank=True, null=True)),
                        ("disorientation", models.SmallIntegerField(blank=True, null=True)),
                        (
                            "total",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        django.db.models.expressions.CombinedExpression(
                                                                            django.db.models.expressions.CombinedExpression(
                                                                                django.db.models.expressions.CombinedExpression(
                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                django.db.models.expressions.CombinedExpression(
                                                                                                    models.F(
                                                                                                        "somatic_concern"
                                                                                                    ),
                                                                                                    "+",
                                                                                                    models.F("anxiety"),
                                                                                                ),
                                                                                                "+",
                                                                                                models.F("withdrawal"),
                                                                                            ),
                                                                                            "+",
                                                                                            models.F("disorganisation"),
                                                                                        ),
                                                                                        "+",
                                                                                        models.F("guilt"),
                                                                                    ),
                                                                                    "+",
                                                                                    models.F("tension"),
                                                                                ),
                                                                                "+",
                                                                                models.F("mannerisms"),
                                                                            ),
                                                                            "+",
                                                                            models.F("grandiosity"),
                                                                        ),
                                                                        "+",
                                                                        models.F("depressive_mood"),
                                                                    ),
                                                                    "+",
                                                                    models.F("hostility"),
                                                                ),
                                                                "+",
                                                                models.F("suspiciousness"),
                                                            ),
                                                            "+",
                                                            models.F("hallucinations"),
                                                        ),
                                                        "+",
                                                        models.F("retardation"),
                                                    ),
                                                    "+",
                                                    models.F("uncooperativeness"),
                                                ),
                                                "+",
                                                models.F("unusual_thought"),
                                            ),
                                            "+",
                                            models.F("blunted_affect"),
                                        ),
                                        "+",
                                        models.F("excitement"),
                                    ),
                                    "+",
                                    models.F("disorientation"),
                                ),
                                output_field=models.SmallIntegerField(),
                            ),
                        ),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "brief psychiatric rating scale",
                        "db_table": "crf_form_bprs",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="bprs_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="bprs_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="bprs_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="bprs_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="bprs_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True),
                                    ("language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="bprs_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("somatic_concern__isnull", True),
                                    ("somatic_concern__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_somatic_concern",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anxiety__isnull", True), ("anxiety__in", [1, 2, 3, 4, 5, 6, 7]), _connector="OR"
                                ),
                                name="bprs_anxiety",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("withdrawal__isnull", True),
                                    ("withdrawal__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_withdrawal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("disorganisation__isnull", True),
                                    ("disorganisation__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_disorganisation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("guilt__isnull", True), ("guilt__in", [1, 2, 3, 4, 5, 6, 7]), _connector="OR"
                                ),
                                name="bprs_guilt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("tension__isnull", True), ("tension__in", [1, 2, 3, 4, 5, 6, 7]), _connector="OR"
                                ),
                                name="bprs_tension",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mannerisms__isnull", True),
                                    ("mannerisms__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_mannerisms",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("grandiosity__isnull", True),
                                    ("grandiosity__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_grandiosity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("depressive_mood__isnull", True),
                                    ("depressive_mood__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_depressive_mood",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hostility__isnull", True),
                                    ("hostility__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_hostility",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("suspiciousness__isnull", True),
                                    ("suspiciousness__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_suspiciousness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hallucinations__isnull", True),
                                    ("hallucinations__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_hallucinations",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retardation__isnull", True),
                                    ("retardation__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_retardation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("uncooperativeness__isnull", True),
                                    ("uncooperativeness__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_uncooperativeness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unusual_thought__isnull", True),
                                    ("unusual_thought__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_unusual_thought",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("blunted_affect__isnull", True),
                                    ("blunted_affect__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_blunted_affect",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("excitement__isnull", True),
                                    ("excitement__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_excitement",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("disorientation__isnull", True),
                                    ("disorientation__in", [1, 2, 3, 4, 5, 6, 7]),
                                    _connector="OR",
                                ),
                                name="bprs_disorientation",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CapsulesRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("counted_on", models.DateField(blank=True, null=True)),
                        ("bottle_returned", models.CharField(blank=True, max_length=20, null=True)),
                        ("returned", models.IntegerField(blank=True, null=True)),
                        ("lost", models.IntegerField(blank=True, null=True)),
                        ("taken", models.IntegerField(blank=True, null=True)),
                        ("days_missed", models.IntegerField(blank=True, null=True)),
                        ("most_in_a_day", models.IntegerField(blank=True, null=True)),
                        ("most_on", models.DateField(blank=True, null=True)),
                        ("last_taken_on", models.DateField(blank=True, null=True)),
                        ("remark", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "capsule count, return and intake",
                        "db_table": "crf_form_capsules",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="capsules_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="capsules_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="capsules_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("bottle_returned__isnull", True),
                                    ("bottle_returned__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="capsules_bottle_returned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("returned__isnull", True),
                                    models.Q(("returned__gte", 0), ("returned__lte", 300)),
                                    _connector="OR",
                                ),
                                name="capsules_returned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lost__isnull", True),
                                    models.Q(("lost__gte", 0), ("lost__lte", 300)),
                                    _connector="OR",
                                ),
                                name="capsules_lost",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("taken__isnull", True),
                                    models.Q(("taken__gte", 0), ("taken__lte", 999)),
                                    _connector="OR",
                                ),
                                name="capsules_taken",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("days_missed__isnull", True),
                                    models.Q(("days_missed__gte", 0), ("days_missed__lte", 60)),
                                    _connector="OR",
                                ),
                                name="capsules_days_missed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("most_in_a_day__isnull", True),
                                    models.Q(("most_in_a_day__gte", 0), ("most_in_a_day__lte", 200)),
                                    _connector="OR",
                                ),
                                name="capsules_most_in_a_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CGIRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("rated_by", models.TextField(blank=True, null=True)),
                        ("rated_on", models.DateField(blank=True, null=True)),
                        ("started", models.TimeField(blank=True, null=True)),
                        ("ended", models.TimeField(blank=True, null=True)),
                        ("how", models.CharField(blank=True, max_length=20, null=True)),
                        ("language", models.CharField(blank=True, max_length=20, null=True)),
                        ("severity", models.SmallIntegerField(blank=True, null=True)),
                        ("improvement", models.SmallIntegerField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "clinical global impressions",
                        "db_table": "crf_form_cgi",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="cgi_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="cgi_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="cgi_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="cgi_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="cgi_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True),
                                    ("language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="cgi_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("severity__isnull", True),
                                    ("severity__in", [1, 2, 3, 4, 5, 6, 7, 0]),
                                    _connector="OR",
                                ),
                                name="cgi_severity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("improvement__isnull", True),
                                    ("improvement__in", [1, 2, 3, 4, 5, 6, 7, 0]),
                                    _connector="OR",
                                ),
                                name="cgi_improvement",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConsentRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("consent_version", models.TextField(blank=True, null=True)),
                        ("signed_on", models.DateField(blank=True, null=True)),
                        ("signed_at", models.TimeField(blank=True, null=True)),
                        ("consent_language", models.CharField(blank=True, max_length=20, null=True)),
                        ("obtained_by", models.TextField(blank=True, null=True)),
                        ("use_explained", models.CharField(blank=True, max_length=20, null=True)),
                        ("copy_given", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "informed consent",
                        "db_table": "crf_form_consent",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="consent_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="consent_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="consent_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("consent_version__isnull", True),
                                    ("consent_version__regex", "^(.|\\n){0,20}$"),
                                    _connector="OR",
                                ),
                                name="consent_consent_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("consent_language__isnull", True),
                                    ("consent_language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="consent_consent_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("obtained_by__isnull", True),
                                    ("obtained_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="consent_obtained_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("use_explained__isnull", True), ("use_explained__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="consent_use_explained",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("copy_given__isnull", True), ("copy_given__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="consent_copy_given",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("attempts", models.IntegerField(blank=True, null=True)),
                        ("last_attempt_on", models.DateField(blank=True, null=True)),
                        ("reached", models.CharField(blank=True, max_length=20, null=True)),
                        ("contacted_on", models.DateField(blank=True, null=True)),
                        ("contacted_at", models.TimeField(blank=True, null=True)),
                        ("complaints", models.CharField(blank=True, max_length=20, null=True)),
                        ("as_prescribed", models.CharField(blank=True, max_length=20, null=True)),
                        ("called_by", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "day 4 contact by telephone",
                        "db_table": "crf_form_contact",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="contact_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="contact_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="contact_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("attempts__isnull", True),
                                    models.Q(("attempts__gte", 0), ("attempts__lte", 50)),
                                    _connector="OR",
                                ),
                                name="contact_attempts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reached__isnull", True), ("reached__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="contact_reached",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("complaints__isnull", True), ("complaints__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="contact_complaints",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("as_prescribed__isnull", True), ("as_prescribed__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="contact_as_prescribed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("called_by__isnull", True),
                                    ("called_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="contact_called_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DemographyRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("birth_year", models.IntegerField(blank=True, null=True)),
                        ("sex", models.CharField(blank=True, max_length=20, null=True)),
                        ("may_become_pregnant", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "demography",
                        "db_table": "crf_form_demog",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="demog_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="demog_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="demog_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("birth_year__isnull", True),
                                    models.Q(("birth_year__gte", 1900), ("birth_year__lte", 2100)),
                                    _connector="OR",
                                ),
                                name="demog_birth_year",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sex__isnull", True), ("sex__in", ["F", "M"]), _connector="OR"),
                                name="demog_sex",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("may_become_pregnant__isnull", True),
                                    ("may_become_pregnant__in", ["Y", "MENO", "STER"]),
                                    _connector="OR",
                                ),
                                name="demog_may_become_pregnant",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeviationRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("kind", models.CharField(blank=True, max_length=20, null=True)),
                        ("description", models.TextField(blank=True, null=True)),
                        ("occurred_on", models.DateField(blank=True, null=True)),
                        ("found_on", models.DateField(blank=True, null=True)),
                        ("opened_by", models.CharField(blank=True, max_length=20, null=True)),
                        ("severity", models.CharField(blank=True, max_length=20, null=True)),
                        ("at_visit", models.TextField(blank=True, null=True)),
                        ("action", models.TextField(blank=True, null=True)),
                        ("reported", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "protocol deviation",
                        "db_table": "crf_form_deviation",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="deviation_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="deviation_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="deviation_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__isnull", True),
                                    (
                                        "kind__in",
                                        [
                                            "BEFORECONSENT",
                                            "WINDOW",
                                            "MISSED",
                                            "INELIGIBLE",
                                            "BOTTLE",
                                            "AFTERSTOP",
                                            "BEFORERANDOM",
                                            "OVERDOSE",
                                            "PROHIBITED",
                                            "BLIND",
                                            "SAELATE",
                                            "TITRATION",
                                            "NOTDONE",
                                            "OTHER",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="deviation_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opened_by__isnull", True),
                                    ("opened_by__in", ["SYSTEM", "PERSON"]),
                                    _connector="OR",
                                ),
                                name="deviation_opened_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("severity__isnull", True), ("severity__in", ["MAJOR", "MINOR"]), _connector="OR"
                                ),
                                name="deviation_severity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("at_visit__isnull", True), ("at_visit__regex", "^(.|\\n){0,8}$"), _connector="OR"
                                ),
                                name="deviation_at_visit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reported__isnull", True), ("reported__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="deviation_reported",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DispensingRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("dispensed_on", models.DateField(blank=True, null=True)),
                        ("dispensed_at", models.TimeField(blank=True, null=True)),
                        ("kit", models.TextField(blank=True, null=True)),
                        ("capsules", models.IntegerField(blank=True, null=True)),
                        ("daily_mg", models.IntegerField(blank=True, null=True)),
                        ("dispensed_by", models.TextField(blank=True, null=True)),
                        ("second_check", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "dispensing",
                        "db_table": "crf_form_dispense",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="dispense_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="dispense_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="dispense_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kit__isnull", True), ("kit__regex", "^(.|\\n){0,40}$"), _connector="OR"
                                ),
                                name="dispense_kit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("capsules__isnull", True),
                                    models.Q(("capsules__gte", 0), ("capsules__lte", 300)),
                                    _connector="OR",
                                ),
                                name="dispense_capsules",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("daily_mg__isnull", True),
                                    models.Q(("daily_mg__gte", 0), ("daily_mg__lte", 1000)),
                                    _connector="OR",
                                ),
                                name="dispense_daily_mg",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dispensed_by__isnull", True),
                                    ("dispensed_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="dispense_dispensed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("second_check__isnull", True), ("second_check__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="dispense_second_check",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DosingRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("decided_on", models.DateField(blank=True, null=True)),
                        ("decision", models.CharField(blank=True, max_length=20, null=True)),
                        ("prescribed_mg", models.SmallIntegerField(blank=True, null=True)),
                        ("effective_on", models.DateField(blank=True, null=True)),
                        ("as_planned", models.CharField(blank=True, max_length=20, null=True)),
                        ("reason", models.CharField(blank=True, max_length=20, null=True)),
                        ("reason_text", models.TextField(blank=True, null=True)),
                        ("stop_criterion", models.CharField(blank=True, max_length=20, null=True)),
                        ("panel_on", models.DateField(blank=True, null=True)),
                        ("decided_by", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "dosing decision (prescribed)",
                        "db_table": "crf_form_dosing",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="dosing_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="dosing_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="dosing_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decision__isnull", True),
                                    ("decision__in", ["STEP_UP", "MAINTAIN", "REDUCE", "INTERRUPT", "RESUME", "STOP"]),
                                    _connector="OR",
                                ),
                                name="dosing_decision",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("prescribed_mg__isnull", True),
                                    ("prescribed_mg__in", [0, 250, 500, 750, 1000]),
                                    _connector="OR",
                                ),
                                name="dosing_prescribed_mg",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("as_planned__isnull", True), ("as_planned__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="dosing_as_planned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reason__isnull", True),
                                    (
                                        "reason__in",
                                        [
                                            "AE",
                                            "LAB",
                                            "ALERT",
                                            "NOPANEL",
                                            "NOTREACHED",
                                            "TOOSOON",
                                            "ADHERENCE",
                                            "WISH",
                                            "RECOVERED",
                                            "ENOUGH",
                                            "CRITERION",
                                            "OTHER",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="dosing_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stop_criterion__isnull", True),
                                    (
                                        "stop_criterion__in",
                                        [
                                            "SEIZURE",
                                            "PSYCHOSIS",
                                            "MANIA",
                                            "DERMATITIS",
                                            "HEART",
                                            "PREGNANCY",
                                            "ATTEMPT",
                                            "TB",
                                            "LONGBREAK",
                                            "NONE",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="dosing_stop_criterion",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by__isnull", True),
                                    ("decided_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="dosing_decided_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DrugLevelRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("drawn_on", models.DateField(blank=True, null=True)),
                        ("drawn_at", models.TimeField(blank=True, null=True)),
                        ("last_dose_at", models.TimeField(blank=True, null=True)),
                        ("accession", models.TextField(blank=True, null=True)),
                        ("level", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                        ("wanted_because", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "drug level",
                        "db_table": "crf_form_druglevel",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="druglevel_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="druglevel_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="druglevel_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accession__isnull", True),
                                    ("accession__regex", "^(.|\\n){0,40}$"),
                                    _connector="OR",
                                ),
                                name="druglevel_accession",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("level__isnull", True),
                                    models.Q(("level__gte", "0"), ("level__lte", "500")),
                                    _connector="OR",
                                ),
                                name="druglevel_level",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("wanted_because__isnull", True),
                                    ("wanted_because__regex", "^(.|\\n){0,200}$"),
                                    _connector="OR",
                                ),
                                name="druglevel_wanted_because",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EligibilityRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("assessed_on", models.DateField(blank=True, null=True)),
                        ("i1", models.CharField(blank=True, max_length=20, null=True)),
                        ("i2", models.CharField(blank=True, max_length=20, null=True)),
                        ("i3", models.CharField(blank=True, max_length=20, null=True)),
                        ("i4", models.CharField(blank=True, max_length=20, null=True)),
                        ("i5", models.CharField(blank=True, max_length=20, null=True)),
                        ("i6", models.CharField(blank=True, max_length=20, null=True)),
                        ("i7", models.CharField(blank=True, max_length=20, null=True)),
                        ("e1", models.CharField(blank=True, max_length=20, null=True)),
                        ("e2", models.CharField(blank=True, max_length=20, null=True)),
                        ("e3", models.CharField(blank=True, max_length=20, null=True)),
                        ("e4", models.CharField(blank=True, max_length=20, null=True)),
                        ("e5", models.CharField(blank=True, max_length=20, null=True)),
                        ("e6", models.CharField(blank=True, max_length=20, null=True)),
                        ("e7", models.CharField(blank=True, max_length=20, null=True)),
                        ("e8", models.CharField(blank=True, max_length=20, null=True)),
                        ("e9", models.CharField(blank=True, max_length=20, null=True)),
                        ("e10", models.CharField(blank=True, max_length=20, null=True)),
                        ("e11", models.CharField(blank=True, max_length=20, null=True)),
                        ("e12", models.CharField(blank=True, max_length=20, null=True)),
                        ("e13", models.CharField(blank=True, max_length=20, null=True)),
                        ("adequate_trials", models.IntegerField(blank=True, null=True)),
                        ("remark", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "eligibility",
                        "db_table": "crf_form_elig",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="elig_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="elig_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="elig_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("i1__isnull", True), ("i1__in", ["Y", "N"]), _connector="OR"),
                                name="elig_i1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("i2__isnull", True), ("i2__in", ["Y", "N"]), _connector="OR"),
                                name="elig_i2",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("i3__isnull", True), ("i3__in", ["Y", "N"]), _connector="OR"),
                                name="elig_i3",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("i4__isnull", True), ("i4__in", ["Y", "N"]), _connector="OR"),
                                name="elig_i4",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("i5__isnull", True), ("i5__in", ["Y", "N"]), _connector="OR"),
                                name="elig_i5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("i6__isnull", True), ("i6__in", ["Y", "N"]), _connector="OR"),
                                name="elig_i6",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("i7__isnull", True), ("i7__in", ["Y", "N", "NA"]), _connector="OR"),
                                name="elig_i7",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e1__isnull", True), ("e1__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e2__isnull", True), ("e2__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e2",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e3__isnull", True), ("e3__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e3",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e4__isnull", True), ("e4__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e4",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e5__isnull", True), ("e5__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e6__isnull", True), ("e6__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e6",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e7__isnull", True), ("e7__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e7",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e8__isnull", True), ("e8__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e8",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e9__isnull", True), ("e9__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e9",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e10__isnull", True), ("e10__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e10",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e11__isnull", True), ("e11__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e11",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e12__isnull", True), ("e12__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e12",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("e13__isnull", True), ("e13__in", ["Y", "N"]), _connector="OR"),
                                name="elig_e13",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("adequate_trials__isnull", True),
                                    models.Q(("adequate_trials__gte", 0), ("adequate_trials__lte", 20)),
                                    _connector="OR",
                                ),
                                name="elig_adequate_trials",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EndOfStudyRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("ended_on", models.DateField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=21, null=True)),
                        ("details", models.TextField(blank=True, null=True)),
                        ("consent_withdrawn", models.CharField(blank=True, max_length=20, null=True)),
                        ("consent_withdrawn_on", models.DateField(blank=True, null=True)),
                        ("died_on", models.DateField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "end of study",
                        "db_table": "crf_form_eos",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="eos_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="eos_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="eos_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reason__isnull", True),
                                    (
                                        "reason__in",
                                        [
                                            "COMPLETED",
                                            "SCREEN FAILURE",
                                            "ADVERSE EVENT",
                                            "LACK OF EFFICACY",
                                            "LOST TO FOLLOW-UP",
                                            "PHYSICIAN DECISION",
                                            "PREGNANCY",
                                            "PROTOCOL DEVIATION",
                                            "WITHDRAWAL BY SUBJECT",
                                            "DEATH",
                                            "OTHER",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="eos_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("consent_withdrawn__isnull", True),
                                    ("consent_withdrawn__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="eos_consent_withdrawn",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EndOfTreatmentRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("ever_dosed", models.CharField(blank=True, max_length=20, null=True)),
                        ("last_dose_on", models.DateField(blank=True, null=True)),
                        ("decided_on", models.DateField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=43, null=True)),
                        ("details", models.TextField(blank=True, null=True)),
                        ("visits_go_on", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "end of treatment",
                        "db_table": "crf_form_eot",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="eot_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="eot_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="eot_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ever_dosed__isnull", True), ("ever_dosed__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="eot_ever_dosed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reason__isnull", True),
                                    (
                                        "reason__in",
                                        [
                                            "COMPLETED",
                                            "PROTOCOL-SPECIFIED WITHDRAWAL CRITERION MET",
                                            "REQUIRES PROHIBITED MEDICATION",
                                            "ADVERSE EVENT",
                                            "LACK OF EFFICACY",
                                            "LOST TO FOLLOW-UP",
                                            "PHYSICIAN DECISION",
                                            "PREGNANCY",
                                            "PROTOCOL DEVIATION",
                                            "WITHDRAWAL BY SUBJECT",
                                            "DEATH",
                                            "OTHER",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="eot_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("visits_go_on__isnull", True), ("visits_go_on__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="eot_visits_go_on",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FirstDoseRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("taken_on", models.DateField(blank=True, null=True)),
                        ("taken_at", models.TimeField(blank=True, null=True)),
                        ("observed", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "first dose (taken)",
                        "db_table": "crf_form_firstdose",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="firstdose_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="firstdose_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="firstdose_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("observed__isnull", True), ("observed__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="firstdose_observed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GlycineRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("taken", models.CharField(blank=True, max_length=20, null=True)),
                        ("drawn_on", models.DateField(blank=True, null=True)),
                        ("drawn_at", models.TimeField(blank=True, null=True)),
                        ("fasting", models.CharField(blank=True, max_length=20, null=True)),
                        ("hours_fasting", models.IntegerField(blank=True, null=True)),
                        ("frozen", models.CharField(blank=True, max_length=20, null=True)),
                        ("frozen_at", models.TimeField(blank=True, null=True)),
                        ("accession", models.TextField(blank=True, null=True)),
                        ("not_taken_because", models.TextField(blank=True, null=True)),
                        ("shipped_on", models.DateField(blank=True, null=True)),
                        ("arrived_frozen", models.CharField(blank=True, max_length=20, null=True)),
                        ("result", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                        ("analysed_on", models.DateField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "serum glycine before the first dose",
                        "db_table": "crf_form_glycine",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="glycine_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="glycine_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="glycine_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("taken__isnull", True), ("taken__in", ["Y", "N"]), _connector="OR"),
                                name="glycine_taken",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("fasting__isnull", True), ("fasting__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="glycine_fasting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hours_fasting__isnull", True),
                                    models.Q(("hours_fasting__gte", 0), ("hours_fasting__lte", 72)),
                                    _connector="OR",
                                ),
                                name="glycine_hours_fasting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("frozen__isnull", True), ("frozen__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="glycine_frozen",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accession__isnull", True),
                                    ("accession__regex", "^(.|\\n){0,40}$"),
                                    _connector="OR",
                                ),
                                name="glycine_accession",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("not_taken_because__isnull", True),
                                    ("not_taken_because__regex", "^(.|\\n){0,200}$"),
                                    _connector="OR",
                                ),
                                name="glycine_not_taken_because",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("arrived_frozen__isnull", True),
                                    ("arrived_frozen__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="glycine_arrived_frozen",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("result__isnull", True),
                                    models.Q(("result__gte", "0"), ("result__lte", "5000")),
                                    _connector="OR",
                                ),
                                name="glycine_result",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HAMARecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("rated_by", models.TextField(blank=True, null=True)),
                        ("rated_on", models.DateField(blank=True, null=True)),
                        ("started", models.TimeField(blank=True, null=True)),
                        ("ended", models.TimeField(blank=True, null=True)),
                        ("how", models.CharField(blank=True, max_length=20, null=True)),
                        ("language", models.CharField(blank=True, max_length=20, null=True)),
                        ("anxious_mood", models.SmallIntegerField(blank=True, null=True)),
                        ("tension", models.SmallIntegerField(blank=True, null=True)),
                        ("fears", models.SmallIntegerField(blank=True, null=True)),
                        ("insomnia", models.SmallIntegerField(blank=True, null=True)),
                        ("intellectual", models.SmallIntegerField(blank=True, null=True)),
                        ("depressed_mood", models.SmallIntegerField(blank=True, null=True)),
                        ("somatic_muscular", models.SmallIntegerField(blank=True, null=True)),
                        ("somatic_sensory", models.SmallIntegerField(blank=True, null=True)),
                        ("cardiovascular", models.SmallIntegerField(blank=True, null=True)),
                        ("respiratory", models.SmallIntegerField(blank=True, null=True)),
                        ("gastrointestinal", models.SmallIntegerField(blank=True, null=True)),
                        ("genitourinary", models.SmallIntegerField(blank=True, null=True)),
                        ("autonomic", models.SmallIntegerField(blank=True, null=True)),
                        ("behaviour", models.SmallIntegerField(blank=True, null=True)),
                        (
                            "total",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        django.db.models.expressions.CombinedExpression(
                                                                            django.db.models.expressions.CombinedExpression(
                                                                                django.db.models.expressions.CombinedExpression(
                                                                                    models.F("anxious_mood"),
                                                                                    "+",
                                                                                    models.F("tension"),
                                                                                ),
                                                                                "+",
                                                                                models.F("fears"),
                                                                            ),
                                                                            "+",
                                                                            models.F("insomnia"),
                                                                        ),
                                                                        "+",
                                                                        models.F("intellectual"),
                                                                    ),
                                                                    "+",
                                                                    models.F("depressed_mood"),
                                                                ),
                                                                "+",
                                                                models.F("somatic_muscular"),
                                                            ),
                                                            "+",
                                                            models.F("somatic_sensory"),
                                                        ),
                                                        "+",
                                                        models.F("cardiovascular"),
                                                    ),
                                                    "+",
                                                    models.F("respiratory"),
                                                ),
                                                "+",
                                                models.F("gastrointestinal"),
                                            ),
                                            "+",
                                            models.F("genitourinary"),
                                        ),
                                        "+",
                                        models.F("autonomic"),
                                    ),
                                    "+",
                                    models.F("behaviour"),
                                ),
                                output_field=models.SmallIntegerField(),
                            ),
                        ),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "hamilton anxiety rating scale",
                        "db_table": "crf_form_hama",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="hama_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="hama_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="hama_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="hama_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="hama_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True),
                                    ("language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="hama_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anxious_mood__isnull", True),
                                    ("anxious_mood__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_anxious_mood",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("tension__isnull", True), ("tension__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hama_tension",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("fears__isnull", True), ("fears__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hama_fears",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insomnia__isnull", True), ("insomnia__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hama_insomnia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("intellectual__isnull", True),
                                    ("intellectual__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_intellectual",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("depressed_mood__isnull", True),
                                    ("depressed_mood__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_depressed_mood",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("somatic_muscular__isnull", True),
                                    ("somatic_muscular__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_somatic_muscular",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("somatic_sensory__isnull", True),
                                    ("somatic_sensory__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_somatic_sensory",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cardiovascular__isnull", True),
                                    ("cardiovascular__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_cardiovascular",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("respiratory__isnull", True), ("respiratory__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hama_respiratory",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("gastrointestinal__isnull", True),
                                    ("gastrointestinal__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_gastrointestinal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("genitourinary__isnull", True),
                                    ("genitourinary__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hama_genitourinary",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("autonomic__isnull", True), ("autonomic__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hama_autonomic",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("behaviour__isnull", True), ("behaviour__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hama_behaviour",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HAMDRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("rated_by", models.TextField(blank=True, null=True)),
                        ("rated_on", models.DateField(blank=True, null=True)),
                        ("started", models.TimeField(blank=True, null=True)),
                        ("ended", models.TimeField(blank=True, null=True)),
                        ("how", models.CharField(blank=True, max_length=20, null=True)),
                        ("language", models.CharField(blank=True, max_length=20, null=True)),
                        ("mood", models.SmallIntegerField(blank=True, null=True)),
                        ("guilt", models.SmallIntegerField(blank=True, null=True)),
                        ("suicide", models.SmallIntegerField(blank=True, null=True)),
                        ("insomnia_early", models.SmallIntegerField(blank=True, null=True)),
                        ("insomnia_middle", models.SmallIntegerField(blank=True, null=True)),
                        ("insomnia_late", models.SmallIntegerField(blank=True, null=True)),
                        ("work", models.SmallIntegerField(blank=True, null=True)),
                        ("retardation", models.SmallIntegerField(blank=True, null=True)),
                        ("agitation", models.SmallIntegerField(blank=True, null=True)),
                        ("anxiety_psychic", models.SmallIntegerField(blank=True, null=True)),
                        ("anxiety_somatic", models.SmallIntegerField(blank=True, null=True)),
                        ("somatic_gastrointestinal", models.SmallIntegerField(blank=True, null=True)),
                        ("somatic_general", models.SmallIntegerField(blank=True, null=True)),
                        ("genital", models.SmallIntegerField(blank=True, null=True)),
                        ("hypochondriasis", models.SmallIntegerField(blank=True, null=True)),
                        ("weight_history", models.SmallIntegerField(blank=True, null=True)),
                        ("weight_measured", models.SmallIntegerField(blank=True, null=True)),
                        ("insight", models.SmallIntegerField(blank=True, null=True)),
                        ("diurnal", models.SmallIntegerField(blank=True, null=True)),
                        ("diurnal_severity", models.SmallIntegerField(blank=True, null=True)),
                        ("depersonalisation", models.SmallIntegerField(blank=True, null=True)),
                        ("paranoid", models.SmallIntegerField(blank=True, null=True)),
                        ("obsessional", models.SmallIntegerField(blank=True, null=True)),
                        ("helplessness", models.SmallIntegerField(blank=True, null=True)),
                        ("hopelessness", models.SmallIntegerField(blank=True, null=True)),
                        ("worthlessness", models.SmallIntegerField(blank=True, null=True)),
                        (
                            "total_17",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        django.db.models.expressions.CombinedExpression(
                                                                            django.db.models.expressions.CombinedExpression(
                                                                                django.db.models.expressions.CombinedExpression(
                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                models.F("mood"),
                                                                                                "+",
                                                                                                models.F("guilt"),
                                                                                            ),
                                                                                            "+",
                                                                                            models.F("suicide"),
                                                                                        ),
                                                                                        "+",
                                                                                        models.F("insomnia_early"),
                                                                                    ),
                                                                                    "+",
                                                                                    models.F("insomnia_middle"),
                                                                                ),
                                                                                "+",
                                                                                models.F("insomnia_late"),
                                                                            ),
                                                                            "+",
                                                                            models.F("work"),
                                                                        ),
                                                                        "+",
                                                                        models.F("retardation"),
                                                                    ),
                                                                    "+",
                                                                    models.F("agitation"),
                                                                ),
                                                                "+",
                                                                models.F("anxiety_psychic"),
                                                            ),
                                                            "+",
                                                            models.F("anxiety_somatic"),
                                                        ),
                                                        "+",
                                                        models.F("somatic_gastrointestinal"),
                                                    ),
                                                    "+",
                                                    models.F("somatic_general"),
                                                ),
                                                "+",
                                                models.F("genital"),
                                            ),
                                            "+",
                                            models.F("hypochondriasis"),
                                        ),
                                        "+",
                                        django.db.models.functions.comparison.Coalesce(
                                            models.Case(
                                                models.When(
                                                    then=models.Value(0, output_field=models.SmallIntegerField()),
                                                    weight_history__in=[3],
                                                ),
                                                default=models.F("weight_history"),
                                            ),
                                            models.Case(
                                                models.When(
                                                    then=models.Value(0, output_field=models.SmallIntegerField()),
                                                    weight_measured__in=[3],
                                                ),
                                                default=models.F("weight_measured"),
                                            ),
                                        ),
                                    ),
                                    "+",
                                    models.F("insight"),
                                ),
                                output_field=models.SmallIntegerField(),
                            ),
                        ),
                        (
                            "total_21",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        django.db.models.expressions.CombinedExpression(
                                                                            django.db.models.expressions.CombinedExpression(
                                                                                django.db.models.expressions.CombinedExpression(
                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                django.db.models.expressions.CombinedExpression(
                                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                                models.F(
                                                                                                                    "mood"
                                                                                                                ),
                                                                                                                "+",
                                                                                                                models.F(
                                                                                                                    "guilt"
                                                                                                                ),
                                                                                                            ),
                                                                                                            "+",
                                                                                                            models.F(
                                                                                                                "suicide"
                                                                                                            ),
                                                                                                        ),
                                                                                                        "+",
                                                                                                        models.F(
                                                                                                            "insomnia_early"
                                                                                                        ),
                                                                                                    ),
                                                                                                    "+",
                                                                                                    models.F(
                                                                                                        "insomnia_middle"
                                                                                                    ),
                                                                                                ),
                                                                                                "+",
                                                                                                models.F(
                                                                                                    "insomnia_late"
                                                                                                ),
                                                                                            ),
                                                                                            "+",
                                                                                            models.F("work"),
                                                                                        ),
                                                                                        "+",
                                                                                        models.F("retardation"),
                                                                                    ),
                                                                                    "+",
                                                                                    models.F("agitation"),
                                                                                ),
                                                                                "+",
                                                                                models.F("anxiety_psychic"),
                                                                            ),
                                                                            "+",
                                                                            models.F("anxiety_somatic"),
                                                                        ),
                                                                        "+",
                                                                        models.F("somatic_gastrointestinal"),
                                                                    ),
                                                                    "+",
                                                                    models.F("somatic_general"),
                                                                ),
                                                                "+",
                                                                models.F("genital"),
                                                            ),
                                                            "+",
                                                            models.F("hypochondriasis"),
                                                        ),
                                                        "+",
                                                        django.db.models.functions.comparison.Coalesce(
                                                            models.Case(
                                                                models.When(
                                                                    then=models.Value(
                                                                        0, output_field=models.SmallIntegerField()
                                                                    ),
                                                                    weight_history__in=[3],
                                                                ),
                                                                default=models.F("weight_history"),
                                                            ),
                                                            models.Case(
                                                                models.When(
                                                                    then=models.Value(
                                                                        0, output_field=models.SmallIntegerField()
                                                                    ),
                                                                    weight_measured__in=[3],
                                                                ),
                                                                default=models.F("weight_measured"),
                                                            ),
                                                        ),
                                                    ),
                                                    "+",
                                                    models.F("insight"),
                                                ),
                                                "+",
                                                models.Case(
                                                    models.When(
                                                        models.Q(
                                                            ("diurnal__isnull", False),
                                                            models.Q(("diurnal__in", [1, 2]), _negated=True),
                                                        ),
                                                        then=models.Value(0, output_field=models.SmallIntegerField()),
                                                    ),
                                                    default=models.F("diurnal_severity"),
                                                ),
                                            ),
                                            "+",
                                            models.F("depersonalisation"),
                                        ),
                                        "+",
                                        models.F("paranoid"),
                                    ),
                                    "+",
                                    models.F("obsessional"),
                                ),
                                output_field=models.SmallIntegerField(),
                            ),
                        ),
                        (
                            "total_24",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        django.db.models.expressions.CombinedExpression(
                                                                            django.db.models.expressions.CombinedExpression(
                                                                                django.db.models.expressions.CombinedExpression(
                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                django.db.models.expressions.CombinedExpression(
                                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                                            django.db.models.expressions.CombinedExpression(
                                                                                                                django.db.models.expressions.CombinedExpression(
                                                                                                                    django.db.models.expressions.CombinedExpression(
                                                                                                                        django.db.models.expressions.CombinedExpression(
                                                                                                                            models.F(
                                                                                                                                "mood"
                                                                                                                            ),
                                                                                                                            "+",
                                                                                                                            models.F(
                                                                                                                                "guilt"
                                                                                                                            ),
                                                                                                                        ),
                                                                                                                        "+",
                                                                                                                        models.F(
                                                                                                                            "suicide"
                                                                                                                        ),
                                                                                                                    ),
                                                                                                                    "+",
                                                                                                                    models.F(
                                                                                                                        "insomnia_early"
                                                                                                                    ),
                                                                                                                ),
                                                                                                                "+",
                                                                                                                models.F(
                                                                                                                    "insomnia_middle"
                                                                                                                ),
                                                                                                            ),
                                                                                                            "+",
                                                                                                            models.F(
                                                                                                                "insomnia_late"
                                                                                                            ),
                                                                                                        ),
                                                                                                        "+",
                                                                                                        models.F(
                                                                                                            "work"
                                                                                                        ),
                                                                                                    ),
                                                                                                    "+",
                                                                                                    models.F(
                                                                                                        "retardation"
                                                                                                    ),
                                                                                                ),
                                                                                                "+",
                                                                                                models.F("agitation"),
                                                                                            ),
                                                                                            "+",
                                                                                            models.F("anxiety_psychic"),
                                                                                        ),
                                                                                        "+",
                                                                                        models.F("anxiety_somatic"),
                                                                                    ),
                                                                                    "+",
                                                                                    models.F(
                                                                                        "somatic_gastrointestinal"
                                                                                    ),
                                                                                ),
                                                                                "+",
                                                                                models.F("somatic_general"),
                                                                            ),
                                                                            "+",
                                                                            models.F("genital"),
                                                                        ),
                                                                        "+",
                                                                        models.F("hypochondriasis"),
                                                                    ),
                                                                    "+",
                                                                    django.db.models.functions.comparison.Coalesce(
                                                                        models.Case(
                                                                            models.When(
                                                                                then=models.Value(
                                                                                    0,
                                                                                    output_field=models.SmallIntegerField(),
                                                                                ),
                                                                                weight_history__in=[3],
                                                                            ),
                                                                            default=models.F("weight_history"),
                                                                        ),
                                                                        models.Case(
                                                                            models.When(
                                                                                then=models.Value(
                                                                                    0,
                                                                                    output_field=models.SmallIntegerField(),
                                                                                ),
                                                                                weight_measured__in=[3],
                                                                            ),
                                                                            default=models.F("weight_measured"),
                                                                        ),
                                                                    ),
                                                                ),
                                                                "+",
                                                                models.F("insight"),
                                                            ),
                                                            "+",
                                                            models.Case(
                                                                models.When(
                                                                    models.Q(
                                                                        ("diurnal__isnull", False),
                                                                        models.Q(
                                                                            ("diurnal__in", [1, 2]), _negated=True
                                                                        ),
                                                                    ),
                                                                    then=models.Value(
                                                                        0, output_field=models.SmallIntegerField()
                                                                    ),
                                                                ),
                                                                default=models.F("diurnal_severity"),
                                                            ),
                                                        ),
                                                        "+",
                                                        models.F("depersonalisation"),
                                                    ),
                                                    "+",
                                                    models.F("paranoid"),
                                                ),
                                                "+",
                                                models.F("obsessional"),
                                            ),
                                            "+",
                                            models.F("helplessness"),
                                        ),
                                        "+",
                                        models.F("hopelessness"),
                                    ),
                                    "+",
                                    models.F("worthlessness"),
                                ),
                                output_field=models.SmallIntegerField(),
                            ),
                        ),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "hamilton depression rating scale",
                        "db_table": "crf_form_hamd",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="hamd_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="hamd_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="hamd_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="hamd_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="hamd_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True),
                                    ("language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="hamd_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mood__isnull", True), ("mood__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd_mood",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("guilt__isnull", True), ("guilt__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd_guilt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("suicide__isnull", True), ("suicide__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd_suicide",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insomnia_early__isnull", True), ("insomnia_early__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd_insomnia_early",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insomnia_middle__isnull", True),
                                    ("insomnia_middle__in", [0, 1, 2]),
                                    _connector="OR",
                                ),
                                name="hamd_insomnia_middle",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insomnia_late__isnull", True), ("insomnia_late__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd_insomnia_late",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("work__isnull", True), ("work__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd_work",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retardation__isnull", True), ("retardation__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd_retardation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("agitation__isnull", True), ("agitation__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd_agitation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anxiety_psychic__isnull", True),
                                    ("anxiety_psychic__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd_anxiety_psychic",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anxiety_somatic__isnull", True),
                                    ("anxiety_somatic__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd_anxiety_somatic",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("somatic_gastrointestinal__isnull", True),
                                    ("somatic_gastrointestinal__in", [0, 1, 2]),
                                    _connector="OR",
                                ),
                                name="hamd_somatic_gastrointestinal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("somatic_general__isnull", True),
                                    ("somatic_general__in", [0, 1, 2]),
                                    _connector="OR",
                                ),
                                name="hamd_somatic_general",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("genital__isnull", True), ("genital__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd_genital",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hypochondriasis__isnull", True),
                                    ("hypochondriasis__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd_hypochondriasis",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_history__isnull", True),
                                    ("weight_history__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="hamd_weight_history",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_measured__isnull", True),
                                    ("weight_measured__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="hamd_weight_measured",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insight__isnull", True), ("insight__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd_insight",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("diurnal__isnull", True), ("diurnal__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd_diurnal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("diurnal_severity__isnull", True),
                                    ("diurnal_severity__in", [0, 1, 2]),
                                    _connector="OR",
                                ),
                                name="hamd_diurnal_severity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("depersonalisation__isnull", True),
                                    ("depersonalisation__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd_depersonalisation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("paranoid__isnull", True), ("paranoid__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="hamd_paranoid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("obsessional__isnull", True), ("obsessional__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd_obsessional",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("helplessness__isnull", True),
                                    ("helplessness__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd_helplessness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hopelessness__isnull", True),
                                    ("hopelessness__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd_hopelessness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("worthlessness__isnull", True),
                                    ("worthlessness__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd_worthlessness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_history__isnull", True), ("weight_measured__isnull", True), _connector="OR"
                                ),
                                name="hamd_not_both_weight_history",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IntercurrentEventRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("kind", models.CharField(blank=True, max_length=20, null=True)),
                        ("began_on", models.DateField(blank=True, null=True)),
                        ("over", models.CharField(blank=True, max_length=20, null=True)),
                        ("ended_on", models.DateField(blank=True, null=True)),
                        ("why", models.CharField(blank=True, max_length=20, null=True)),
                        ("details", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "intercurrent event",
                        "db_table": "crf_form_ice",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="ice_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="ice_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="ice_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__isnull", True),
                                    (
                                        "kind__in",
                                        [
                                            "STOPDRUG",
                                            "NEWAD",
                                            "CHANGEDAD",
                                            "ECT",
                                            "TMS",
                                            "KETAMINE",
                                            "REDUCTION",
                                            "INTERRUPTION",
                                            "CODEBREAK",
                                            "ATTEMPT",
                                            "ADMISSION",
                                            "DEATH",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="ice_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("over__isnull", True), ("over__in", ["Y", "N"]), _connector="OR"),
                                name="ice_over",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("why__isnull", True),
                                    ("why__in", ["AE", "EFFICACY", "WORSE", "WISH", "PHYSICIAN", "OTHER"]),
                                    _connector="OR",
                                ),
                                name="ice_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvestigatorGuessRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("guessed_on", models.DateField(blank=True, null=True)),
                        ("guess", models.CharField(blank=True, max_length=20, null=True)),
                        ("sure", models.SmallIntegerField(blank=True, null=True)),
                        ("because", models.CharField(blank=True, max_length=20, null=True)),
                        ("remark", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "blinding guess of the investigator",
                        "db_table": "crf_form_guessi",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="guessi_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="guessi_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="guessi_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("guess__isnull", True),
                                    ("guess__in", ["ACTIVE", "PLACEBO", "UNSURE"]),
                                    _connector="OR",
                                ),
                                name="guessi_guess",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sure__isnull", True), ("sure__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="guessi_sure",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("because__isnull", True),
                                    ("because__in", ["EFFECT", "SIDE", "TASTE", "TOLD", "FEELING"]),
                                    _connector="OR",
                                ),
                                name="guessi_because",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LaboratoryRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("drawn_on", models.DateField(blank=True, null=True)),
                        ("drawn_at", models.TimeField(blank=True, null=True)),
                        ("accession", models.TextField(blank=True, null=True)),
                        ("analyte", models.CharField(blank=True, max_length=20, null=True)),
                        ("result", models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True)),
                        ("unit", models.CharField(blank=True, max_length=20, null=True)),
                        ("low", models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True)),
                        ("high", models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True)),
                        (
                            "standard_result",
                            models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
                        ),
                        ("lower_limit", models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                        ("upper_limit", models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                        ("limits_from", models.CharField(blank=True, max_length=20, null=True)),
                        ("flag", models.CharField(blank=True, max_length=20, null=True)),
                        ("significant", models.CharField(blank=True, max_length=20, null=True)),
                        ("judged_by", models.TextField(blank=True, null=True)),
                        ("reviewed_on", models.DateField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "safety laboratory",
                        "db_table": "crf_form_lab",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="lab_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="lab_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="lab_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accession__isnull", True),
                                    ("accession__regex", "^(.|\\n){0,40}$"),
                                    _connector="OR",
                                ),
                                name="lab_accession",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("analyte__isnull", True),
                                    (
                                        "analyte__in",
                                        [
                                            "ALT",
                                            "AST",
                                            "ALP",
                                            "GGT",
                                            "LDH",
                                            "BILI",
                                            "PROT",
                                            "ALB",
                                            "CREAT",
                                            "UREA",
                                            "URATE",
                                            "GLUC",
                                            "CHOL",
                                            "TRIG",
                                            "SODIUM",
                                            "K",
                                            "CL",
                                            "CA",
                                            "PHOS",
                                            "MG",
                                            "HGB",
                                            "HCT",
                                            "RBC",
                                            "MCV",
                                            "WBC",
                                            "NEUT",
                                            "LYM",
                                            "EOS",
                                            "PLAT",
                                            "URPROT",
                                            "URGLUC",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="lab_analyte",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("result__isnull", True),
                                    models.Q(("result__gte", "0"), ("result__lte", "100000")),
                                    _connector="OR",
                                ),
                                name="lab_result",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unit__isnull", True),
                                    (
                                        "unit__in",
                                        [
                                            "U/L",
                                            "ukat/L",
                                            "umol/L",
                                            "mg/dL",
                                            "g/L",
                                            "g/dL",
                                            "mmol/L",
                                            "%",
                                            "10^12/L",
                                            "fL",
                                            "10^9/L",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="lab_unit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("low__isnull", True),
                                    models.Q(("low__gte", "0"), ("low__lte", "100000")),
                                    _connector="OR",
                                ),
                                name="lab_low",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("high__isnull", True),
                                    models.Q(("high__gte", "0"), ("high__lte", "100000")),
                                    _connector="OR",
                                ),
                                name="lab_high",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("standard_result__isnull", True),
                                    models.Q(("standard_result__gte", "0"), ("standard_result__lte", "10000000")),
                                    _connector="OR",
                                ),
                                name="lab_standard_result",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lower_limit__isnull", True),
                                    models.Q(("lower_limit__gte", "0"), ("lower_limit__lte", "10000000")),
                                    _connector="OR",
                                ),
                                name="lab_lower_limit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("upper_limit__isnull", True),
                                    models.Q(("upper_limit__gte", "0"), ("upper_limit__lte", "10000000")),
                                    _connector="OR",
                                ),
                                name="lab_upper_limit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("limits_from__isnull", True),
                                    ("limits_from__in", ["REPORT", "SITE", "TEXTBOOK"]),
                                    _connector="OR",
                                ),
                                name="lab_limits_from",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("flag__isnull", True), ("flag__in", ["LOW", "NORMAL", "HIGH"]), _connector="OR"
                                ),
                                name="lab_flag",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("significant__isnull", True), ("significant__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="lab_significant",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("judged_by__isnull", True),
                                    ("judged_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="lab_judged_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MedicalHistoryRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("anything", models.CharField(blank=True, max_length=20, null=True)),
                        ("condition", models.TextField(blank=True, null=True)),
                        ("began", models.CharField(blank=True, max_length=10, null=True)),
                        ("ongoing", models.CharField(blank=True, max_length=20, null=True)),
                        ("stopped", models.CharField(blank=True, max_length=10, null=True)),
                        ("treated", models.CharField(blank=True, max_length=20, null=True)),
                        ("meddra_pt", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "medical history",
                        "db_table": "crf_form_medhx",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="medhx_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="medhx_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="medhx_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anything__isnull", True), ("anything__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="medhx_anything",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("condition__isnull", True),
                                    ("condition__regex", "^(.|\\n){0,200}$"),
                                    _connector="OR",
                                ),
                                name="medhx_condition",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("began__isnull", True),
                                    ("began__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="medhx_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ongoing__isnull", True), ("ongoing__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="medhx_ongoing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stopped__isnull", True),
                                    ("stopped__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="medhx_stopped",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("treated__isnull", True), ("treated__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="medhx_treated",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("meddra_pt__isnull", True),
                                    ("meddra_pt__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="medhx_meddra_pt",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MedicationRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("drug", models.TextField(blank=True, null=True)),
                        ("group", models.CharField(blank=True, max_length=20, null=True)),
                        ("indication", models.TextField(blank=True, null=True)),
                        ("dose", models.DecimalField(blank=True, decimal_places=3, max_digits=9, null=True)),
                        ("dose_unit", models.CharField(blank=True, max_length=20, null=True)),
                        ("frequency", models.CharField(blank=True, max_length=20, null=True)),
                        ("route", models.CharField(blank=True, max_length=20, null=True)),
                        ("began", models.CharField(blank=True, max_length=10, null=True)),
                        ("ongoing", models.CharField(blank=True, max_length=20, null=True)),
                        ("stopped", models.CharField(blank=True, max_length=10, null=True)),
                        ("change", models.CharField(blank=True, max_length=20, null=True)),
                        ("event_recorded", models.CharField(blank=True, max_length=20, null=True)),
                        ("atc", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "concomitant medication",
                        "db_table": "crf_form_conmed",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="conmed_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="conmed_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="conmed_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("drug__isnull", True), ("drug__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="conmed_drug",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("group__isnull", True),
                                    (
                                        "group__in",
                                        ["AD", "AP", "BZD", "MOOD", "NMDA", "AMINO", "TB", "PHENYTOIN", "OTHER"],
                                    ),
                                    _connector="OR",
                                ),
                                name="conmed_group",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("indication__isnull", True),
                                    ("indication__regex", "^(.|\\n){0,200}$"),
                                    _connector="OR",
                                ),
                                name="conmed_indication",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dose__isnull", True),
                                    models.Q(("dose__gte", "0"), ("dose__lte", "100000")),
                                    _connector="OR",
                                ),
                                name="conmed_dose",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dose_unit__isnull", True),
                                    ("dose_unit__in", ["mg", "g", "ug", "mL", "IU", "TABLET", "DROP"]),
                                    _connector="OR",
                                ),
                                name="conmed_dose_unit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("frequency__isnull", True),
                                    ("frequency__in", ["QD", "BID", "TID", "QID", "PRN", "ONCE", "OTHER"]),
                                    _connector="OR",
                                ),
                                name="conmed_frequency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("route__isnull", True),
                                    (
                                        "route__in",
                                        ["ORAL", "INTRAVENOUS", "INTRAMUSCULAR", "NASAL", "TOPICAL", "OTHER"],
                                    ),
                                    _connector="OR",
                                ),
                                name="conmed_route",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("began__isnull", True),
                                    ("began__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="conmed_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ongoing__isnull", True), ("ongoing__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="conmed_ongoing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stopped__isnull", True),
                                    ("stopped__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="conmed_stopped",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("change__isnull", True),
                                    ("change__in", ["NONE", "NEW", "DOSE", "ENDED"]),
                                    _connector="OR",
                                ),
                                name="conmed_change",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("event_recorded__isnull", True),
                                    ("event_recorded__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="conmed_event_recorded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("atc__isnull", True), ("atc__regex", "^(.|\\n){0,20}$"), _connector="OR"
                                ),
                                name="conmed_atc",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PregnancyTestRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("tested_on", models.DateField(blank=True, null=True)),
                        ("specimen", models.CharField(blank=True, max_length=20, null=True)),
                        ("result", models.CharField(blank=True, max_length=20, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "pregnancy test",
                        "db_table": "crf_form_preg",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="preg_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="preg_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="preg_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("specimen__isnull", True), ("specimen__in", ["SERUM", "URINE"]), _connector="OR"
                                ),
                                name="preg_specimen",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("result__isnull", True),
                                    ("result__in", ["NEGATIVE", "POSITIVE", "BORDERLINE"]),
                                    _connector="OR",
                                ),
                                name="preg_result",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PsychiatricHistoryRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("diagnosis", models.CharField(blank=True, max_length=20, null=True)),
                        ("other_diagnosis", models.TextField(blank=True, null=True)),
                        ("episodes", models.IntegerField(blank=True, null=True)),
                        ("age_at_onset", models.IntegerField(blank=True, null=True)),
                        ("episode_began", models.CharField(blank=True, max_length=10, null=True)),
                        ("psychotic_features", models.CharField(blank=True, max_length=20, null=True)),
                        ("admissions", models.IntegerField(blank=True, null=True)),
                        ("attempts", models.IntegerField(blank=True, null=True)),
                        ("family_history", models.CharField(blank=True, max_length=20, null=True)),
                        ("comorbid", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "psychiatric history",
                        "db_table": "crf_form_psyhx",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="psyhx_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="psyhx_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="psyhx_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("diagnosis__isnull", True),
                                    ("diagnosis__in", ["SINGLE", "RECURRENT", "OTHER"]),
                                    _connector="OR",
                                ),
                                name="psyhx_diagnosis",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("other_diagnosis__isnull", True),
                                    ("other_diagnosis__regex", "^(.|\\n){0,200}$"),
                                    _connector="OR",
                                ),
                                name="psyhx_other_diagnosis",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("episodes__isnull", True),
                                    models.Q(("episodes__gte", 1), ("episodes__lte", 99)),
                                    _connector="OR",
                                ),
                                name="psyhx_episodes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("age_at_onset__isnull", True),
                                    models.Q(("age_at_onset__gte", 3), ("age_at_onset__lte", 99)),
                                    _connector="OR",
                                ),
                                name="psyhx_age_at_onset",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("episode_began__isnull", True),
                                    (
                                        "episode_began__regex",
                                        "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
                                    ),
                                    _connector="OR",
                                ),
                                name="psyhx_episode_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("psychotic_features__isnull", True),
                                    ("psychotic_features__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="psyhx_psychotic_features",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("admissions__isnull", True),
                                    models.Q(("admissions__gte", 0), ("admissions__lte", 99)),
                                    _connector="OR",
                                ),
                                name="psyhx_admissions",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("attempts__isnull", True),
                                    models.Q(("attempts__gte", 0), ("attempts__lte", 99)),
                                    _connector="OR",
                                ),
                                name="psyhx_attempts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("family_history__isnull", True),
                                    ("family_history__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="psyhx_family_history",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RaterGuessRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("guessed_on", models.DateField(blank=True, null=True)),
                        ("guess", models.CharField(blank=True, max_length=20, null=True)),
                        ("sure", models.SmallIntegerField(blank=True, null=True)),
                        ("because", models.CharField(blank=True, max_length=20, null=True)),
                        ("remark", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "blinding guess of the rater",
                        "db_table": "crf_form_guessr",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="guessr_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="guessr_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="guessr_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("guess__isnull", True),
                                    ("guess__in", ["ACTIVE", "PLACEBO", "UNSURE"]),
                                    _connector="OR",
                                ),
                                name="guessr_guess",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sure__isnull", True), ("sure__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="guessr_sure",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("because__isnull", True),
                                    ("because__in", ["EFFECT", "SIDE", "TASTE", "TOLD", "FEELING"]),
                                    _connector="OR",
                                ),
                                name="guessr_because",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReconsentRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("because", models.CharField(blank=True, max_length=20, null=True)),
                        ("consent_version", models.TextField(blank=True, null=True)),
                        ("asked_on", models.DateField(blank=True, null=True)),
                        ("asked_at", models.TimeField(blank=True, null=True)),
                        ("agreed", models.CharField(blank=True, max_length=20, null=True)),
                        ("obtained_by", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "consent given again",
                        "db_table": "crf_form_reconsent",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="reconsent_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="reconsent_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="reconsent_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("because__isnull", True),
                                    ("because__in", ["VERSION", "INFORMATION", "OTHER"]),
                                    _connector="OR",
                                ),
                                name="reconsent_because",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("consent_version__isnull", True),
                                    ("consent_version__regex", "^(.|\\n){0,20}$"),
                                    _connector="OR",
                                ),
                                name="reconsent_consent_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("agreed__isnull", True), ("agreed__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="reconsent_agreed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("obtained_by__isnull", True),
                                    ("obtained_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="reconsent_obtained_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SaeReportRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("event", models.IntegerField(blank=True, null=True)),
                        ("report", models.CharField(blank=True, max_length=20, null=True)),
                        ("sent_to", models.CharField(blank=True, max_length=20, null=True)),
                        ("sent_on", models.DateField(blank=True, null=True)),
                        ("sent_at", models.TimeField(blank=True, null=True)),
                        ("reference_number", models.TextField(blank=True, null=True)),
                        ("news", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "report of a serious adverse event",
                        "db_table": "crf_form_saereport",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="saereport_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="saereport_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="saereport_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("event__isnull", True),
                                    models.Q(("event__gte", 1), ("event__lte", 999)),
                                    _connector="OR",
                                ),
                                name="saereport_event",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("report__isnull", True),
                                    ("report__in", ["INITIAL", "FOLLOWUP", "FINAL"]),
                                    _connector="OR",
                                ),
                                name="saereport_report",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sent_to__isnull", True),
                                    ("sent_to__in", ["SPONSOR", "ETHICS", "AUTHORITY"]),
                                    _connector="OR",
                                ),
                                name="saereport_sent_to",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reference_number__isnull", True),
                                    ("reference_number__regex", "^(.|\\n){0,60}$"),
                                    _connector="OR",
                                ),
                                name="saereport_reference_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SubjectGuessRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("guessed_on", models.DateField(blank=True, null=True)),
                        ("guess", models.CharField(blank=True, max_length=20, null=True)),
                        ("sure", models.SmallIntegerField(blank=True, null=True)),
                        ("because", models.CharField(blank=True, max_length=20, null=True)),
                        ("remark", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "blinding guess of the subject",
                        "db_table": "crf_form_guesss",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="guesss_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="guesss_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="guesss_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("guess__isnull", True),
                                    ("guess__in", ["ACTIVE", "PLACEBO", "UNSURE"]),
                                    _connector="OR",
                                ),
                                name="guesss_guess",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sure__isnull", True), ("sure__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="guesss_sure",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("because__isnull", True),
                                    ("because__in", ["EFFECT", "SIDE", "TASTE", "TOLD", "FEELING"]),
                                    _connector="OR",
                                ),
                                name="guesss_because",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SuicidalityRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("rated_by", models.TextField(blank=True, null=True)),
                        ("rated_on", models.DateField(blank=True, null=True)),
                        ("started", models.TimeField(blank=True, null=True)),
                        ("ended", models.TimeField(blank=True, null=True)),
                        ("how", models.CharField(blank=True, max_length=20, null=True)),
                        ("language", models.CharField(blank=True, max_length=20, null=True)),
                        ("passive", models.CharField(blank=True, max_length=20, null=True)),
                        ("nonspecific", models.CharField(blank=True, max_length=20, null=True)),
                        ("method", models.CharField(blank=True, max_length=20, null=True)),
                        ("intent", models.CharField(blank=True, max_length=20, null=True)),
                        ("plan", models.CharField(blank=True, max_length=20, null=True)),
                        ("completed", models.CharField(blank=True, max_length=20, null=True)),
                        ("attempt", models.CharField(blank=True, max_length=20, null=True)),
                        ("interrupted", models.CharField(blank=True, max_length=20, null=True)),
                        ("aborted", models.CharField(blank=True, max_length=20, null=True)),
                        ("preparation", models.CharField(blank=True, max_length=20, null=True)),
                        ("self_injury", models.CharField(blank=True, max_length=20, null=True)),
                        ("details", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "suicidality classification",
                        "db_table": "crf_form_suicide",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="suicide_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="suicide_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="suicide_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="suicide_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="suicide_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True),
                                    ("language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="suicide_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("passive__isnull", True), ("passive__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_passive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("nonspecific__isnull", True), ("nonspecific__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_nonspecific",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("method__isnull", True), ("method__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_method",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("intent__isnull", True), ("intent__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_intent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("plan__isnull", True), ("plan__in", ["Y", "N"]), _connector="OR"),
                                name="suicide_plan",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("completed__isnull", True), ("completed__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_completed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("attempt__isnull", True), ("attempt__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_attempt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("interrupted__isnull", True), ("interrupted__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_interrupted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("aborted__isnull", True), ("aborted__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_aborted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("preparation__isnull", True), ("preparation__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_preparation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("self_injury__isnull", True), ("self_injury__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="suicide_self_injury",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UKURecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("rated_by", models.TextField(blank=True, null=True)),
                        ("rated_on", models.DateField(blank=True, null=True)),
                        ("started", models.TimeField(blank=True, null=True)),
                        ("ended", models.TimeField(blank=True, null=True)),
                        ("how", models.CharField(blank=True, max_length=20, null=True)),
                        ("language", models.CharField(blank=True, max_length=20, null=True)),
                        ("concentration", models.SmallIntegerField(blank=True, null=True)),
                        ("asthenia", models.SmallIntegerField(blank=True, null=True)),
                        ("sleepiness", models.SmallIntegerField(blank=True, null=True)),
                        ("memory", models.SmallIntegerField(blank=True, null=True)),
                        ("depression", models.SmallIntegerField(blank=True, null=True)),
                        ("inner_unrest", models.SmallIntegerField(blank=True, null=True)),
                        ("sleep_longer", models.SmallIntegerField(blank=True, null=True)),
                        ("sleep_shorter", models.SmallIntegerField(blank=True, null=True)),
                        ("dreams", models.SmallIntegerField(blank=True, null=True)),
                        ("indifference", models.SmallIntegerField(blank=True, null=True)),
                        ("dystonia", models.SmallIntegerField(blank=True, null=True)),
                        ("rigidity", models.SmallIntegerField(blank=True, null=True)),
                        ("hypokinesia", models.SmallIntegerField(blank=True, null=True)),
                        ("hyperkinesia", models.SmallIntegerField(blank=True, null=True)),
                        ("tremor", models.SmallIntegerField(blank=True, null=True)),
                        ("akathisia", models.SmallIntegerField(blank=True, null=True)),
                        ("epileptic_seizures", models.SmallIntegerField(blank=True, null=True)),
                        ("paraesthesia", models.SmallIntegerField(blank=True, null=True)),
                        ("accommodation", models.SmallIntegerField(blank=True, null=True)),
                        ("saliva_more", models.SmallIntegerField(blank=True, null=True)),
                        ("saliva_less", models.SmallIntegerField(blank=True, null=True)),
                        ("nausea", models.SmallIntegerField(blank=True, null=True)),
                        ("diarrhoea", models.SmallIntegerField(blank=True, null=True)),
                        ("constipation", models.SmallIntegerField(blank=True, null=True)),
                        ("micturition", models.SmallIntegerField(blank=True, null=True)),
                        ("polyuria", models.SmallIntegerField(blank=True, null=True)),
                        ("dizziness", models.SmallIntegerField(blank=True, null=True)),
                        ("palpitations", models.SmallIntegerField(blank=True, null=True)),
                        ("sweating", models.SmallIntegerField(blank=True, null=True)),
                        ("rash", models.SmallIntegerField(blank=True, null=True)),
                        ("pruritus", models.SmallIntegerField(blank=True, null=True)),
                        ("photosensitivity", models.SmallIntegerField(blank=True, null=True)),
                        ("pigmentation", models.SmallIntegerField(blank=True, null=True)),
                        ("weight_gain", models.SmallIntegerField(blank=True, null=True)),
                        ("weight_loss", models.SmallIntegerField(blank=True, null=True)),
                        ("menorrhagia", models.SmallIntegerField(blank=True, null=True)),
                        ("amenorrhoea", models.SmallIntegerField(blank=True, null=True)),
                        ("galactorrhoea", models.SmallIntegerField(blank=True, null=True)),
                        ("gynaecomastia", models.SmallIntegerField(blank=True, null=True)),
                        ("desire_more", models.SmallIntegerField(blank=True, null=True)),
                        ("desire_less", models.SmallIntegerField(blank=True, null=True)),
                        ("erection", models.SmallIntegerField(blank=True, null=True)),
                        ("ejaculation", models.SmallIntegerField(blank=True, null=True)),
                        ("orgasm", models.SmallIntegerField(blank=True, null=True)),
                        ("vagina_dry", models.SmallIntegerField(blank=True, null=True)),
                        ("headache", models.SmallIntegerField(blank=True, null=True)),
                        ("physical_dependence", models.SmallIntegerField(blank=True, null=True)),
                        ("psychic_dependence", models.SmallIntegerField(blank=True, null=True)),
                        ("confusion", models.SmallIntegerField(blank=True, null=True)),
                        ("interference_doctor", models.SmallIntegerField(blank=True, null=True)),
                        ("interference_subject", models.SmallIntegerField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "uku side effect rating scale",
                        "db_table": "crf_form_uku",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="uku_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="uku_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="uku_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="uku_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="uku_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True),
                                    ("language__in", ["HE", "AR", "RU", "EN", "OTH"]),
                                    _connector="OR",
                                ),
                                name="uku_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("concentration__isnull", True),
                                    ("concentration__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_concentration",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("asthenia__isnull", True), ("asthenia__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_asthenia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sleepiness__isnull", True), ("sleepiness__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_sleepiness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("memory__isnull", True), ("memory__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_memory",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("depression__isnull", True), ("depression__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_depression",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("inner_unrest__isnull", True), ("inner_unrest__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_inner_unrest",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sleep_longer__isnull", True), ("sleep_longer__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_sleep_longer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sleep_shorter__isnull", True),
                                    ("sleep_shorter__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_sleep_shorter",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dreams__isnull", True), ("dreams__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_dreams",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("indifference__isnull", True), ("indifference__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_indifference",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dystonia__isnull", True), ("dystonia__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_dystonia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rigidity__isnull", True), ("rigidity__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_rigidity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hypokinesia__isnull", True), ("hypokinesia__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_hypokinesia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hyperkinesia__isnull", True), ("hyperkinesia__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_hyperkinesia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("tremor__isnull", True), ("tremor__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_tremor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("akathisia__isnull", True), ("akathisia__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_akathisia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("epileptic_seizures__isnull", True),
                                    ("epileptic_seizures__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_epileptic_seizures",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("paraesthesia__isnull", True), ("paraesthesia__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_paraesthesia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accommodation__isnull", True),
                                    ("accommodation__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_accommodation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("saliva_more__isnull", True), ("saliva_more__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_saliva_more",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("saliva_less__isnull", True), ("saliva_less__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_saliva_less",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("nausea__isnull", True), ("nausea__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_nausea",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("diarrhoea__isnull", True), ("diarrhoea__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_diarrhoea",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("constipation__isnull", True), ("constipation__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_constipation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("micturition__isnull", True), ("micturition__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_micturition",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("polyuria__isnull", True), ("polyuria__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_polyuria",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dizziness__isnull", True), ("dizziness__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_dizziness",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("palpitations__isnull", True), ("palpitations__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_palpitations",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sweating__isnull", True), ("sweating__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_sweating",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rash__isnull", True), ("rash__in", [0, 1, 2, 3]), _connector="OR"),
                                name="uku_rash",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pruritus__isnull", True), ("pruritus__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_pruritus",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("photosensitivity__isnull", True),
                                    ("photosensitivity__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_photosensitivity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pigmentation__isnull", True), ("pigmentation__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_pigmentation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_gain__isnull", True), ("weight_gain__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_weight_gain",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_loss__isnull", True), ("weight_loss__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_weight_loss",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("menorrhagia__isnull", True), ("menorrhagia__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_menorrhagia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amenorrhoea__isnull", True), ("amenorrhoea__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_amenorrhoea",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("galactorrhoea__isnull", True),
                                    ("galactorrhoea__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_galactorrhoea",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("gynaecomastia__isnull", True),
                                    ("gynaecomastia__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_gynaecomastia",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("desire_more__isnull", True), ("desire_more__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_desire_more",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("desire_less__isnull", True), ("desire_less__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_desire_less",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("erection__isnull", True), ("erection__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_erection",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ejaculation__isnull", True), ("ejaculation__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_ejaculation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("orgasm__isnull", True), ("orgasm__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_orgasm",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("vagina_dry__isnull", True), ("vagina_dry__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_vagina_dry",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("headache__isnull", True), ("headache__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_headache",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("physical_dependence__isnull", True),
                                    ("physical_dependence__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_physical_dependence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("psychic_dependence__isnull", True),
                                    ("psychic_dependence__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_psychic_dependence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confusion__isnull", True), ("confusion__in", [0, 1, 2, 3]), _connector="OR"
                                ),
                                name="uku_confusion",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("interference_doctor__isnull", True),
                                    ("interference_doctor__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_interference_doctor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("interference_subject__isnull", True),
                                    ("interference_subject__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="uku_interference_subject",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VitalsRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("measured_on", models.DateField(blank=True, null=True)),
                        ("measured_at", models.TimeField(blank=True, null=True)),
                        ("position", models.CharField(blank=True, max_length=20, null=True)),
                        ("systolic", models.IntegerField(blank=True, null=True)),
                        ("diastolic", models.IntegerField(blank=True, null=True)),
                        ("pulse", models.IntegerField(blank=True, null=True)),
                        ("temperature", models.DecimalField(blank=True, decimal_places=1, max_digits=3, null=True)),
                        ("weight", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                        ("height", models.IntegerField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "vital signs and weight",
                        "db_table": "crf_form_vitals",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="vitals_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="vitals_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="vitals_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("position__isnull", True),
                                    ("position__in", ["SITTING", "SUPINE", "STANDING"]),
                                    _connector="OR",
                                ),
                                name="vitals_position",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("systolic__isnull", True),
                                    models.Q(("systolic__gte", 50), ("systolic__lte", 280)),
                                    _connector="OR",
                                ),
                                name="vitals_systolic",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("diastolic__isnull", True),
                                    models.Q(("diastolic__gte", 20), ("diastolic__lte", 180)),
                                    _connector="OR",
                                ),
                                name="vitals_diastolic",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pulse__isnull", True),
                                    models.Q(("pulse__gte", 20), ("pulse__lte", 250)),
                                    _connector="OR",
                                ),
                                name="vitals_pulse",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("temperature__isnull", True),
                                    models.Q(("temperature__gte", "30"), ("temperature__lte", "43")),
                                    _connector="OR",
                                ),
                                name="vitals_temperature",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight__isnull", True),
                                    models.Q(("weight__gte", "25"), ("weight__lte", "300")),
                                    _connector="OR",
                                ),
                                name="vitals_weight",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("height__isnull", True),
                                    models.Q(("height__gte", 100), ("height__lte", 230)),
                                    _connector="OR",
                                ),
                                name="vitals_height",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdverseEventRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("missing", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("paper", "Paper source"),
                                    ("esource", "Entered directly (eSource)"),
                                    ("copied", "Copied from the medical record"),
                                ],
                                default="esource",
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=200)),
                        ("term", models.TextField(blank=True, null=True)),
                        ("special", models.CharField(blank=True, max_length=20, null=True)),
                        ("onset", models.CharField(blank=True, max_length=10, null=True)),
                        ("onset_at", models.TimeField(blank=True, null=True)),
                        ("ongoing", models.CharField(blank=True, max_length=20, null=True)),
                        ("resolved", models.CharField(blank=True, max_length=10, null=True)),
                        ("severity", models.CharField(blank=True, max_length=20, null=True)),
                        ("worsening", models.CharField(blank=True, max_length=20, null=True)),
                        ("serious", models.CharField(blank=True, max_length=20, null=True)),
                        ("death", models.CharField(blank=True, max_length=20, null=True)),
                        ("life_threatening", models.CharField(blank=True, max_length=20, null=True)),
                        ("hospitalised", models.CharField(blank=True, max_length=20, null=True)),
                        ("disability", models.CharField(blank=True, max_length=20, null=True)),
                        ("birth_defect", models.CharField(blank=True, max_length=20, null=True)),
                        ("medically_important", models.CharField(blank=True, max_length=20, null=True)),
                        ("aware_on", models.DateField(blank=True, null=True)),
                        ("aware_at", models.TimeField(blank=True, null=True)),
                        ("report", models.CharField(blank=True, max_length=20, null=True)),
                        ("narrative", models.TextField(blank=True, null=True)),
                        ("related", models.CharField(blank=True, max_length=20, null=True)),
                        ("expected", models.CharField(blank=True, max_length=20, null=True)),
                        ("action", models.CharField(blank=True, max_length=20, null=True)),
                        ("treated", models.CharField(blank=True, max_length=20, null=True)),
                        ("outcome", models.CharField(blank=True, max_length=32, null=True)),
                        ("meddra_pt", models.TextField(blank=True, null=True)),
                        ("meddra_soc", models.TextField(blank=True, null=True)),
                        ("meddra_version", models.TextField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "completed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "adverse event",
                        "db_table": "crf_form_ae",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="ae_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="ae_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="ae_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("term__isnull", True), ("term__regex", "^(.|\\n){0,200}$"), _connector="OR"
                                ),
                                name="ae_term",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("special__isnull", True),
                                    (
                                        "special__in",
                                        [
                                            "NONE",
                                            "HEADACHE",
                                            "SOMNOLENCE",
                                            "CONFUSION",
                                            "TREMOR",
                                            "VERTIGO",
                                            "DYSARTHRIA",
                                            "HYPERREFLEXIA",
                                            "PARESIS",
                                            "PARAESTHESIA",
                                            "AGGRESSION",
                                            "SEIZURE",
                                            "PSYCHOSIS",
                                            "MANIA",
                                            "DERMATITIS",
                                            "HEART",
                                            "PREGNANCY",
                                            "ATTEMPT",
                                            "TB",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="ae_special",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("onset__isnull", True),
                                    ("onset__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="ae_onset",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ongoing__isnull", True), ("ongoing__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_ongoing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("resolved__isnull", True),
                                    ("resolved__regex", "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
                                    _connector="OR",
                                ),
                                name="ae_resolved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("severity__isnull", True),
                                    ("severity__in", ["MILD", "MODERATE", "SEVERE"]),
                                    _connector="OR",
                                ),
                                name="ae_severity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("worsening__isnull", True), ("worsening__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_worsening",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("serious__isnull", True), ("serious__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_serious",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("death__isnull", True), ("death__in", ["Y", "N"]), _connector="OR"),
                                name="ae_death",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("life_threatening__isnull", True),
                                    ("life_threatening__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="ae_life_threatening",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hospitalised__isnull", True), ("hospitalised__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_hospitalised",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("disability__isnull", True), ("disability__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_disability",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("birth_defect__isnull", True), ("birth_defect__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_birth_defect",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("medically_important__isnull", True),
                                    ("medically_important__in", ["Y", "N"]),
                                    _connector="OR",
                                ),
                                name="ae_medically_important",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("report__isnull", True),
                                    ("report__in", ["INITIAL", "FOLLOWUP", "FINAL"]),
                                    _connector="OR",
                                ),
                                name="ae_report",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("related__isnull", True),
                                    ("related__in", ["NOT RELATED", "UNLIKELY", "POSSIBLE", "PROBABLE", "DEFINITE"]),
                                    _connector="OR",
                                ),
                                name="ae_related",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expected__isnull", True), ("expected__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_expected",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("action__isnull", True),
                                    (
                                        "action__in",
                                        [
                                            "DOSE NOT CHANGED",
                                            "DOSE REDUCED",
                                            "DRUG INTERRUPTED",
                                            "DRUG WITHDRAWN",
                                            "NOT APPLICABLE",
                                            "UNKNOWN",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="ae_action",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("treated__isnull", True), ("treated__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="ae_treated",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outcome__isnull", True),
                                    (
                                        "outcome__in",
                                        [
                                            "RECOVERED/RESOLVED",
                                            "RECOVERING/RESOLVING",
                                            "NOT RECOVERED/NOT RESOLVED",
                                            "RECOVERED/RESOLVED WITH SEQUELAE",
                                            "FATAL",
                                            "UNKNOWN",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="ae_outcome",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("meddra_pt__isnull", True),
                                    ("meddra_pt__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="ae_meddra_pt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("meddra_soc__isnull", True),
                                    ("meddra_soc__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="ae_meddra_soc",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("meddra_version__isnull", True),
                                    ("meddra_version__regex", "^(.|\\n){0,10}$"),
                                    _connector="OR",
                                ),
                                name="ae_meddra_version",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="adverseeventrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="bd588f66258f155dabf6a4dc4ef882ebb2f07986",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_02a32",
                            table="crf_form_ae",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="antidepressanttrialrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="89d47b7ff38500d8b55b2f306fd4278a11df452b",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_a1b0c",
                            table="crf_form_adtrial",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bdirecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="fba5931ffd59443ec30294a58217944a3fc8137f",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_47514",
                            table="crf_form_bdi",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bprsrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="e125558a13029af20d0e5f6b467fa52abfe900ce",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_f14af",
                            table="crf_form_bprs",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="capsulesrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="aad91b040da9e9fc3447ac440a60c0a8f1bcf381",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_a11a9",
                            table="crf_form_capsules",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="cgirecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="186a78b9d702773a3ae5d6cd303c90c2a5992a84",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_3e4bc",
                            table="crf_form_cgi",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="consentrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="ed17c97a5a3dc315f81c22fbb2e3d91fd20ba110",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_35d28",
                            table="crf_form_consent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contactrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="9b585431615c81f0702afa58938ec1c9dc5d667b",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_ad9ef",
                            table="crf_form_contact",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="demographyrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="ec2ba7d932f8358e7dd660151569ed2ef6246737",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_04b1d",
                            table="crf_form_demog",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="deviationrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="36068b2e526cc4708e7040b01c7e143f6bf12e30",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_2600c",
                            table="crf_form_deviation",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="dispensingrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="0db05860e7a8ebb8e812a0b3738a277f969ac397",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_3a341",
                            table="crf_form_dispense",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="dosingrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="4454a9c2a458bb12fca76a79eb33d522d5dabfe0",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_3a9f4",
                            table="crf_form_dosing",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="druglevelrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks apart', '')",
                            func="",
                            hash="7dca51c383f18fcdaf2e5bff62304690600a191e",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_fad29",
                            table="crf_form_druglevel",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="eligibilityrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="1824612ff468f18d7fe35e43cc6a8c7a64b6e7c2",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_47351",
                            table="crf_form_elig",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="endofstudyrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="15375e3603fde95f9cf8847fffd72c1c8e4111d8",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_50ca5",
                            table="crf_form_eos",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="endoftreatmentrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="3b5a70253a137444287ad6fb46a9c2c5ce0b63ce",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_ccef2",
                            table="crf_form_eot",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="firstdoserecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="7fc4a37eaf40a277bbc2618f1f19f482f9855214",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_ae62c",
                            table="crf_form_firstdose",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="glycinerecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="91ee3c32193f5c2459cc7a25ee033954cbcf6295",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_98ea9",
                            table="crf_form_glycine",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="hamarecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="3980498484393c78b21e5ef7eddff5737c7a1784",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_1941f",
                            table="crf_form_hama",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="hamdrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="04513e3c66491ba63f0f51b79d7ccad0983c93a0",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c1231",
                            table="crf_form_hamd",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intercurrenteventrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="1918945550b70936ee8a39d895ae36c3bf6544af",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_818d6",
                            table="crf_form_ice",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="investigatorguessrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="103e2d7521a0a6315821639b9805a1858d8e0f54",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_d885b",
                            table="crf_form_guessi",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="laboratoryrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="9228335a66d0cbf534264742a923b0b9cc07bfd8",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_6d2b7",
                            table="crf_form_lab",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="medicalhistoryrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="67fdaf9b326ea192fda036a5cacca634b1c9867f",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_1646c",
                            table="crf_form_medhx",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="medicationrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="1a33843b19bb1ccd7518f0f76ad9f8b6fa089e0c",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_14a17",
                            table="crf_form_conmed",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="pregnancytestrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="0399f8242c6010875b3170db21600979ebcf288f",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_0e75b",
                            table="crf_form_preg",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="psychiatrichistoryrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="ec296679c36ce646755d86543a7832be2a6e4b79",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_3a3eb",
                            table="crf_form_psyhx",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="raterguessrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="8351d9ea96243089a27abec3a6719c69dff0a681",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c0130",
                            table="crf_form_guessr",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reconsentrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="13144d4e4febf73b82e920fb8124974d54591652",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_f627f",
                            table="crf_form_reconsent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="saereportrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="45c7f727f91cd38636df37e5a57eea5d2abb20ca",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_135d6",
                            table="crf_form_saereport",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="subjectguessrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="179fa6130b13dc90671456ee438ecad90a16fc7b",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_509ac",
                            table="crf_form_guesss",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="suicidalityrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="40038ac6085848d9ef41cd7db11de4fe19d3c680",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_7517d",
                            table="crf_form_suicide",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ukurecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="ec7131ade32921d6e904909e201c3067e3713018",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_f1612",
                            table="crf_form_uku",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="vitalsrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="38cc0bd1fdffe5f250db0164e832d7a8afda2363",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_2f245",
                            table="crf_form_vitals",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        )
    ]
