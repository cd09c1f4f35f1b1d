"""The way back: forms moved, states of visits taken back, visits undone, subjects annulled."""

from pathlib import Path

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import trialsite.database.folding


SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0007_prompts")]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.RemoveConstraint(model_name="visit", name="visit_once_per_subject"),
                migrations.AddField(
                    model_name="subject",
                    name="annulled_at",
                    field=models.DateTimeField(blank=True, help_text="entered in error", null=True),
                ),
                migrations.AddField(
                    model_name="subject",
                    name="annulled_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="subject", name="annulled_reason", field=models.CharField(blank=True, max_length=200)
                ),
                migrations.AddField(
                    model_name="visit",
                    name="undone_at",
                    field=models.DateTimeField(blank=True, help_text="opened by mistake", null=True),
                ),
                migrations.AddField(
                    model_name="visit",
                    name="undone_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="visit", name="undone_reason", field=models.CharField(blank=True, max_length=200)
                ),
                migrations.AddConstraint(
                    model_name="subject",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("annulled_at__isnull", True), ("annulled_by__isnull", True), ("annulled_reason", "")
                            ),
                            models.Q(
                                ("annulled_at__isnull", False),
                                ("annulled_by__isnull", False),
                                ("randomised_at__isnull", True),
                                models.Q(("annulled_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="subject_annulled_by_why_and_never_randomised",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="visit",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("subject", "code", "number"),
                        name="visit_once_per_subject",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="visit",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True), ("undone_reason", "")),
                            models.Q(
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                                models.Q(("undone_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="visit_undone_by_and_why",
                    ),
                ),
                migrations.CreateModel(
                    name="TakenBack",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("MOVED", "Moved"), ("MISSED", "Not missed"), ("DONE", "Not done yet")],
                                max_length=6,
                            ),
                        ),
                        ("form", models.CharField(blank=True, max_length=20)),
                        ("record", models.BigIntegerField(null=True)),
                        (
                            "row_number",
                            models.PositiveSmallIntegerField(default=1, help_text="the row that it was there"),
                        ),
                        (
                            "was",
                            models.CharField(
                                blank=True, help_text="the reason for which a visit was called missed", max_length=200
                            ),
                        ),
                        ("reason", models.CharField(max_length=200)),
                        ("taken_back_at", models.DateTimeField()),
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
                            "taken_back_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "to_visit",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.visit"
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                help_text="where it stood",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crf.visit",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["subject"], name="taken_back_by_subject")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "MOVED"), ("record__isnull", False), ("to_visit__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "MOVED"), _negated=True),
                                        ("record__isnull", True),
                                        ("to_visit__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="taken_back_moved_to_a_visit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="taken_back_with_a_reason"
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="takenback",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="032e39eff9ef936acaaf4468b34de6352f7cdb9c",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_a3682",
                            table="crf_takenback",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        ),
        migrations.RunSQL((SQL / "way_back.sql").read_text(encoding="utf-8")),
    ]
