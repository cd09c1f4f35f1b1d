"""The register of code breaks, and the guard of what a subject was randomised to (sql/allocation.sql)."""

from pathlib import Path

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import trialsite.database.folding
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0008_way_back")]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.CreateModel(
                    name="CodeBreak",
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
                                choices=[
                                    ("emergency", "Emergency"),
                                    ("planned", "Planned"),
                                    ("accidental", "By accident"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "log",
                            models.BigIntegerField(
                                help_text="its number in the log of the sealed room", null=True, unique=True
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "happened_on",
                            models.DateField(help_text="the day on which it was asked for, or the accident happened"),
                        ),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("declined_at", models.DateTimeField(null=True)),
                        ("declined_because", models.CharField(blank=True, max_length=300)),
                        (
                            "shown_at",
                            models.DateTimeField(
                                help_text="when somebody saw the arm; of an accident, when it was told", null=True
                            ),
                        ),
                        (
                            "is_unusual",
                            models.BooleanField(default=False, help_text="more of them in a day than is usual"),
                        ),
                        ("told", models.JSONField(blank=True, default=list)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "declined_by",
                            models.ForeignKey(
                                null=True,
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="code_breaks",
                                to="crf.subject",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-asked_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="code_break_has_a_reason"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "planned"), _negated=True),
                                    ("log__isnull", True),
                                    ("approved_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="planned_code_break_is_approved_first",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        ("approved_by__isnull", False),
                                        models.Q(("approved_by", models.F("asked_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="code_break_approved_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("declined_at__isnull", True), ("declined_by__isnull", True)),
                                    models.Q(
                                        ("declined_at__isnull", False),
                                        ("declined_by__isnull", False),
                                        models.Q(("declined_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="code_break_declined_by_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "accidental"), _negated=True),
                                    ("log__isnull", True),
                                    _connector="OR",
                                ),
                                name="accident_is_in_no_log_of_the_sealed_room",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ArmKnown",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("described", models.CharField(blank=True, max_length=200)),
                        (
                            "how",
                            models.CharField(
                                choices=[
                                    ("broke", "Broke the code"),
                                    ("told", "Was told"),
                                    ("learnt", "Learnt it by accident"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("since", models.DateField()),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_by",
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
                            "code_break",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="known_to", to="crf.codebreak"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("code_break", "person"), name="arm_known_once_by_a_code_break"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("person__isnull", False),
                                    models.Q(("described", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="arm_known_to_somebody_who_is_described",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CodeBreakAnswer",
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
                                choices=[("seen", "Acknowledged"), ("impact", "Impact assessed")], max_length=6
                            ),
                        ),
                        ("as_role", models.CharField(max_length=30)),
                        ("at", models.DateTimeField()),
                        ("words", models.CharField(blank=True, max_length=1000)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "code_break",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="crf.codebreak"
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
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("code_break", "kind", "as_role"), name="code_break_answered_once_a_role"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "impact"), _negated=True),
                                    models.Q(("words", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="impact_is_told_in_words",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="codebreak",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', '', '')",
                            func="",
                            hash="90983332480059792fe5fc854948b5a9dbee745b",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_6536e",
                            table="crf_codebreak",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="armknown",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', '', '')",
                            func="",
                            hash="2f08660549dd2c5e7c767537b4d5ec6b0e6d0d84",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_2e8b4",
                            table="crf_armknown",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="codebreakanswer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', '', '')",
                            func="",
                            hash="8cd5268aade04833d765815bb0862b9c7d254919",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_89d17",
                            table="crf_codebreakanswer",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        ),
        migrations.RunSQL((SQL / "allocation.sql").read_text(encoding="utf-8")),
    ]
