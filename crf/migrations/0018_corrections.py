"""Corrections that a site asks for, and their fate."""

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crf", "0017_supply")]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "form",
                    models.CharField(
                        blank=True, help_text="none: about the subject, such as its stratum", max_length=20
                    ),
                ),
                ("row_number", models.PositiveSmallIntegerField(default=1)),
                ("item", models.CharField(blank=True, max_length=63)),
                ("text", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("done", "Done"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", models.CharField(blank=True, max_length=500)),
                ("done_at", models.DateTimeField(null=True)),
                ("done", models.CharField(blank=True, help_text="what was done", max_length=500)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="crf.subject"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.visit"
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "indexes": [models.Index(fields=["subject"], name="correction_by_subject")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "asked")),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("state__in", ["accepted", "refused", "done"]),
                                models.Q(("decision", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_decided_by_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", False),
                                ("done_by__isnull", False),
                                ("state", "done"),
                                models.Q(("done", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "done"), _negated=True),
                                ("done_at__isnull", True),
                                ("done_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_done_by_and_how",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correction",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('subject_id', '', '')",
                    func="",
                    hash="f9591aecfbccd5d64f2934ac0800609384bec475",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_d7e81",
                    table="crf_correction",
                    when="AFTER",
                ),
            ),
        ),
    ]
