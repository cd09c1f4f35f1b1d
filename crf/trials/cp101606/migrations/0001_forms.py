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
                        ("obtained_by", models.TextField(blank=True, null=True)),
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
                                    ("obtained_by__isnull", True),
                                    ("obtained_by__regex", "^(.|\\n){0,100}$"),
                                    _connector="OR",
                                ),
                                name="consent_obtained_by",
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
                    name="DissociationRecord",
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
                        ("item_22", models.SmallIntegerField(blank=True, null=True)),
                        ("item_23", models.SmallIntegerField(blank=True, null=True)),
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
                                                                                                            models.F(
                                                                                                                "item_5"
                                                                                                            ),
                                                                                                        ),
                                                                                                        "+",
                                                                                                        models.F(
                                                                                                            "item_6"
                                                                                                        ),
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
                                        "+",
                                        models.F("item_22"),
                                    ),
                                    "+",
                                    models.F("item_23"),
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
                        "verbose_name": "dissociation (numbers and scores)",
                        "db_table": "crf_form_dissoc",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="dissoc_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="dissoc_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="dissoc_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="dissoc_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="dissoc_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True), ("language__in", ["EN", "OTH"]), _connector="OR"
                                ),
                                name="dissoc_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_1__isnull", True), ("item_1__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_2__isnull", True), ("item_2__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_2",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_3__isnull", True), ("item_3__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_3",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_4__isnull", True), ("item_4__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_4",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_5__isnull", True), ("item_5__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_6__isnull", True), ("item_6__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_6",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_7__isnull", True), ("item_7__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_7",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_8__isnull", True), ("item_8__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_8",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_9__isnull", True), ("item_9__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_9",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_10__isnull", True), ("item_10__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_10",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_11__isnull", True), ("item_11__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_11",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_12__isnull", True), ("item_12__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_12",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_13__isnull", True), ("item_13__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_13",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_14__isnull", True), ("item_14__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_14",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_15__isnull", True), ("item_15__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_15",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_16__isnull", True), ("item_16__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_16",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_17__isnull", True), ("item_17__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_17",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_18__isnull", True), ("item_18__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_18",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_19__isnull", True), ("item_19__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_19",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_20__isnull", True), ("item_20__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_20",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_21__isnull", True), ("item_21__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_21",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_22__isnull", True), ("item_22__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_22",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_23__isnull", True), ("item_23__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="dissoc_item_23",
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
                        ("e1", models.CharField(blank=True, max_length=20, null=True)),
                        ("e2", models.CharField(blank=True, max_length=20, null=True)),
                        ("e3", models.CharField(blank=True, max_length=20, null=True)),
                        ("e4", models.CharField(blank=True, max_length=20, null=True)),
                        ("e5", models.CharField(blank=True, max_length=20, null=True)),
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
                        ("reason", models.CharField(blank=True, max_length=21, null=True)),
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
                                            "ADVERSE EVENT",
                                            "LACK OF EFFICACY",
                                            "LOST TO FOLLOW-UP",
                                            "PHYSICIAN DECISION",
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HAMD17Record",
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
                        "verbose_name": "hamilton depression rating scale, 17 items",
                        "db_table": "crf_form_hamd17",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="hamd17_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="hamd17_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="hamd17_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="hamd17_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="hamd17_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True), ("language__in", ["EN", "OTH"]), _connector="OR"
                                ),
                                name="hamd17_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mood__isnull", True), ("mood__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd17_mood",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("guilt__isnull", True), ("guilt__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd17_guilt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("suicide__isnull", True), ("suicide__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd17_suicide",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insomnia_early__isnull", True), ("insomnia_early__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd17_insomnia_early",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insomnia_middle__isnull", True),
                                    ("insomnia_middle__in", [0, 1, 2]),
                                    _connector="OR",
                                ),
                                name="hamd17_insomnia_middle",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insomnia_late__isnull", True), ("insomnia_late__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd17_insomnia_late",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("work__isnull", True), ("work__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd17_work",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retardation__isnull", True), ("retardation__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd17_retardation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("agitation__isnull", True), ("agitation__in", [0, 1, 2, 3, 4]), _connector="OR"
                                ),
                                name="hamd17_agitation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anxiety_psychic__isnull", True),
                                    ("anxiety_psychic__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd17_anxiety_psychic",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anxiety_somatic__isnull", True),
                                    ("anxiety_somatic__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd17_anxiety_somatic",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("somatic_gastrointestinal__isnull", True),
                                    ("somatic_gastrointestinal__in", [0, 1, 2]),
                                    _connector="OR",
                                ),
                                name="hamd17_somatic_gastrointestinal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("somatic_general__isnull", True),
                                    ("somatic_general__in", [0, 1, 2]),
                                    _connector="OR",
                                ),
                                name="hamd17_somatic_general",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("genital__isnull", True), ("genital__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd17_genital",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hypochondriasis__isnull", True),
                                    ("hypochondriasis__in", [0, 1, 2, 3, 4]),
                                    _connector="OR",
                                ),
                                name="hamd17_hypochondriasis",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_history__isnull", True),
                                    ("weight_history__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="hamd17_weight_history",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_measured__isnull", True),
                                    ("weight_measured__in", [0, 1, 2, 3]),
                                    _connector="OR",
                                ),
                                name="hamd17_weight_measured",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insight__isnull", True), ("insight__in", [0, 1, 2]), _connector="OR"
                                ),
                                name="hamd17_insight",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight_history__isnull", True), ("weight_measured__isnull", True), _connector="OR"
                                ),
                                name="hamd17_not_both_weight_history",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InfusionRecord",
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
                        ("bag", models.TextField(blank=True, null=True)),
                        ("begun_at", models.TimeField(blank=True, null=True)),
                        ("ended_at", models.TimeField(blank=True, null=True)),
                        ("rate", models.IntegerField(blank=True, null=True)),
                        ("interrupted", models.CharField(blank=True, max_length=20, null=True)),
                        ("minutes_interrupted", models.IntegerField(blank=True, null=True)),
                        ("completed", models.CharField(blank=True, max_length=20, null=True)),
                        ("volume", models.IntegerField(blank=True, null=True)),
                        ("why", models.CharField(blank=True, max_length=20, null=True)),
                        ("why_incomplete", models.CharField(blank=True, max_length=20, null=True)),
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
                        "verbose_name": "infusion of the study drug",
                        "db_table": "crf_form_infusion",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="infusion_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="infusion_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="infusion_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("bag__isnull", True), ("bag__regex", "^(.|\\n){0,20}$"), _connector="OR"
                                ),
                                name="infusion_bag",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rate__isnull", True),
                                    models.Q(("rate__gte", 1), ("rate__lte", 500)),
                                    _connector="OR",
                                ),
                                name="infusion_rate",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("interrupted__isnull", True), ("interrupted__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="infusion_interrupted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("minutes_interrupted__isnull", True),
                                    models.Q(("minutes_interrupted__gte", 1), ("minutes_interrupted__lte", 1440)),
                                    _connector="OR",
                                ),
                                name="infusion_minutes_interrupted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("completed__isnull", True), ("completed__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="infusion_completed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("volume__isnull", True),
                                    models.Q(("volume__gte", 0), ("volume__lte", 2000)),
                                    _connector="OR",
                                ),
                                name="infusion_volume",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("why__isnull", True), ("why__in", ["AE", "LINE", "WISH", "OTHER"]), _connector="OR"
                                ),
                                name="infusion_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("why_incomplete__isnull", True),
                                    ("why_incomplete__in", ["AE", "LINE", "WISH", "OTHER"]),
                                    _connector="OR",
                                ),
                                name="infusion_why_incomplete",
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
                                            "NEWAD",
                                            "PAROXETINE",
                                            "KETAMINE",
                                            "ECT",
                                            "CUTSHORT",
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
                                    ("why__in", ["AE", "EFFICACY", "WISH", "OTHER"]),
                                    _connector="OR",
                                ),
                                name="ice_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MADRSRecord",
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
                                                                    models.F("item_1"), "+", models.F("item_2")
                                                                ),
                                                                "+",
                                                                models.F("item_3"),
                                                            ),
                                                            "+",
                                                            models.F("item_4"),
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
                        "verbose_name": "madrs (numbers and scores)",
                        "db_table": "crf_form_madrs",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="madrs_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="madrs_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="madrs_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rated_by__isnull", True), ("rated_by__regex", "^(.|\\n){0,100}$"), _connector="OR"
                                ),
                                name="madrs_rated_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("how__isnull", True), ("how__in", ["F2F", "VIDEO", "PHONE"]), _connector="OR"
                                ),
                                name="madrs_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("language__isnull", True), ("language__in", ["EN", "OTH"]), _connector="OR"
                                ),
                                name="madrs_language",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_1__isnull", True), ("item_1__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_1",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_2__isnull", True), ("item_2__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_2",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_3__isnull", True), ("item_3__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_3",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_4__isnull", True), ("item_4__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_4",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_5__isnull", True), ("item_5__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_6__isnull", True), ("item_6__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_6",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_7__isnull", True), ("item_7__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_7",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_8__isnull", True), ("item_8__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_8",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_9__isnull", True), ("item_9__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_9",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("item_10__isnull", True), ("item_10__in", [0, 1, 2, 3, 4, 5, 6]), _connector="OR"
                                ),
                                name="madrs_item_10",
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
                        ("began", models.CharField(blank=True, max_length=10, null=True)),
                        ("ongoing", models.CharField(blank=True, max_length=20, null=True)),
                        ("stopped", models.CharField(blank=True, max_length=10, null=True)),
                        ("change", models.CharField(blank=True, max_length=20, null=True)),
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
                                    ("group__in", ["AD", "AP", "BZD", "MOOD", "NMDA", "OTHER"]),
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ParoxetineRecord",
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
                        ("asked_on", models.DateField(blank=True, null=True)),
                        ("daily_mg", models.IntegerField(blank=True, null=True)),
                        ("days_missed", models.IntegerField(blank=True, null=True)),
                        ("was_changed", models.CharField(blank=True, max_length=20, null=True)),
                        ("reason_for_change", models.TextField(blank=True, null=True)),
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
                        "verbose_name": "paroxetine",
                        "db_table": "crf_form_parox",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="parox_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="parox_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="parox_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("daily_mg__isnull", True),
                                    models.Q(("daily_mg__gte", 0), ("daily_mg__lte", 60)),
                                    _connector="OR",
                                ),
                                name="parox_daily_mg",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("days_missed__isnull", True),
                                    models.Q(("days_missed__gte", 0), ("days_missed__lte", 60)),
                                    _connector="OR",
                                ),
                                name="parox_days_missed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("was_changed__isnull", True), ("was_changed__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="parox_was_changed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reason_for_change__isnull", True),
                                    ("reason_for_change__regex", "^(.|\\n){0,200}$"),
                                    _connector="OR",
                                ),
                                name="parox_reason_for_change",
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
                                    ("because__in", ["EFFECT", "SIDE", "TOLD"]),
                                    _connector="OR",
                                ),
                                name="guessr_because",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunInInfusionRecord",
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
                        ("given_on", models.DateField(blank=True, null=True)),
                        ("begun_at", models.TimeField(blank=True, null=True)),
                        ("ended_at", models.TimeField(blank=True, null=True)),
                        ("rate", models.IntegerField(blank=True, null=True)),
                        ("interrupted", models.CharField(blank=True, max_length=20, null=True)),
                        ("why", models.CharField(blank=True, max_length=20, null=True)),
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
                        "verbose_name": "infusion of the run-in (placebo, single-blind)",
                        "db_table": "crf_form_riinf",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "visit", "row_number"), name="riinf_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(
                                        ("voided_by__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="riinf_void_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="riinf_completed_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rate__isnull", True),
                                    models.Q(("rate__gte", 1), ("rate__lte", 500)),
                                    _connector="OR",
                                ),
                                name="riinf_rate",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("interrupted__isnull", True), ("interrupted__in", ["Y", "N"]), _connector="OR"
                                ),
                                name="riinf_interrupted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("why__isnull", True), ("why__in", ["AE", "LINE", "WISH", "OTHER"]), _connector="OR"
                                ),
                                name="riinf_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeriousReportRecord",
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
                                    ("because__in", ["EFFECT", "SIDE", "TOLD"]),
                                    _connector="OR",
                                ),
                                name="guesss_because",
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
                        ("systolic", models.IntegerField(blank=True, null=True)),
                        ("diastolic", models.IntegerField(blank=True, null=True)),
                        ("pulse", models.IntegerField(blank=True, null=True)),
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
                        "verbose_name": "vital signs",
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
                        ("narrative", models.TextField(blank=True, null=True)),
                        ("related", models.CharField(blank=True, max_length=20, null=True)),
                        ("expected", models.CharField(blank=True, max_length=20, null=True)),
                        ("action", models.CharField(blank=True, max_length=20, null=True)),
                        ("treated", models.CharField(blank=True, max_length=20, null=True)),
                        ("outcome", models.CharField(blank=True, max_length=32, null=True)),
                        ("meddra_pt", models.TextField(blank=True, null=True)),
                        ("meddra_soc", models.TextField(blank=True, null=True)),
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
                                        ["NONE", "DISSOCIATION", "HALLUCINATION", "PRESSURE", "SITE", "ATTEMPT"],
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
                            hash="bfbe63b0fbddcd9660f8a86bd6e32b6fd30db576",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_81406",
                            table="crf_form_ae",
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
                            hash="157a1b89c53c46e82d7ddfe003f910ae80cf2d8d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_2dafe",
                            table="crf_form_consent",
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
                            hash="55147cb4830de5edf6fa9c943be8774bc884da1d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c1e48",
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
                            hash="86f7c69c96bf2ce45e4cfa36c8f6d82f1f6ad068",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_e3042",
                            table="crf_form_deviation",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="dissociationrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="59e282761904a8e71f89534127b0c49cd248f964",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_a4f90",
                            table="crf_form_dissoc",
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
                            hash="f9c8063b5577623c2a5a954295b5229409b6827b",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_aa4e7",
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
                            hash="e936119a2103b27c2b04aae4630e92511c536d75",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c247e",
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
                            hash="ed2b973af3f8ff819b09fe354df9e413d17fcae6",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c3eda",
                            table="crf_form_eot",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="hamd17record",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="e88ee05854d908fc54542de5527e8ac7b9d2fab2",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_d892e",
                            table="crf_form_hamd17",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="infusionrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="225722d7f26a5e5679a0bbdde685f8033623dd96",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_dc0d5",
                            table="crf_form_infusion",
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
                            hash="8d46d761e33acc717d10821e26c24bfca2ab9f8f",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_24c7c",
                            table="crf_form_ice",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="madrsrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="4261ac1b6455c8c554aa0c9f0b024af852596388",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_26224",
                            table="crf_form_madrs",
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
                            hash="90e35567d349b08abf8cc7f758b796fef79bbf42",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_d79b0",
                            table="crf_form_conmed",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="paroxetinerecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="bace01189476423c8f38e61354d2c67d83634e18",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_e8cc0",
                            table="crf_form_parox",
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
                            hash="5cb36970ef0d65813c6ef68842a2e9ec9a002674",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_4395e",
                            table="crf_form_guessr",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="runininfusionrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="b6cfb4fac1b9f23f3a1beaeef5cf29fb5189eedd",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_977af",
                            table="crf_form_riinf",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="seriousreportrecord",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'items locks', '')",
                            func="",
                            hash="4fdc12f8826eb05a7ef17f07f8b1d1221d8c202e",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c0de6",
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
                            hash="d85991efbe543310070b4bd2d1fcbeaef71d2624",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_3cce2",
                            table="crf_form_guesss",
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
                            hash="846754e41b0ff881ea06d72913a8db191e975add",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_8febd",
                            table="crf_form_vitals",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        )
    ]
