"""Freezes and locks below the casebook and the study, in one table, and their guards (sql/frozen_or_locked.sql)."""

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from pathlib import Path
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crf", "0015_outputs")]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("freeze", "Freeze"), ("lock", "Lock")], max_length=6)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("item", "Item"),
                            ("form", "Form"),
                            ("visit", "Visit"),
                            ("subject", "Subject"),
                            ("site", "Site"),
                            ("study", "Study"),
                        ],
                        max_length=7,
                    ),
                ),
                ("form", models.CharField(blank=True, max_length=20)),
                (
                    "row_number",
                    models.PositiveSmallIntegerField(
                        help_text="one row of the form; none: all, also new ones", null=True
                    ),
                ),
                ("record", models.BigIntegerField(help_text="of an item: the row of the form's table", null=True)),
                ("item", models.CharField(blank=True, max_length=63)),
                ("placed_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "content_hash",
                    models.CharField(blank=True, help_text="of a lock: of all that it holds", max_length=64),
                ),
                ("exceptions", models.JSONField(blank=True, default=list)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_reason", models.CharField(blank=True, max_length=300)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="crf.subject"
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=["subject"],
                        name="hold_standing_by_subject",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("kind", "level", "site", "subject", "visit", "form", "row_number", "record", "item"),
                        name="hold_one_standing_a_place",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("form", ""),
                                ("level", "study"),
                                ("site__isnull", True),
                                ("subject__isnull", True),
                                ("visit__isnull", True),
                            ),
                            models.Q(
                                ("form", ""),
                                ("level", "site"),
                                ("site__isnull", False),
                                ("subject__isnull", True),
                                ("visit__isnull", True),
                            ),
                            models.Q(
                                ("form", ""),
                                ("level", "subject"),
                                ("site__isnull", False),
                                ("subject__isnull", False),
                                ("visit__isnull", True),
                            ),
                            models.Q(
                                ("form", ""),
                                ("level", "visit"),
                                ("site__isnull", False),
                                ("subject__isnull", False),
                                ("visit__isnull", False),
                            ),
                            models.Q(
                                ("level__in", ["form", "item"]),
                                ("site__isnull", False),
                                ("subject__isnull", False),
                                models.Q(("form", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_names_its_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("level", "item"), ("record__isnull", False), models.Q(("item", ""), _negated=True)
                            ),
                            models.Q(
                                ("item", ""), ("record__isnull", True), models.Q(("level", "item"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="hold_of_an_item_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content_hash", ""), ("kind", "freeze")),
                            models.Q(
                                ("kind", "lock"),
                                ("level__in", ["item", "form", "visit", "site"]),
                                models.Q(("content_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_lock_bears_a_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(
                                models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                                models.Q(
                                    ("lifted_at__isnull", False),
                                    ("lifted_by__isnull", False),
                                    models.Q(("lifted_reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="hold_placed_and_lifted_by_and_why",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hold",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('subject_id', 'locks', '')",
                    func="",
                    hash="f5bd31e22755a4637720025d55d005dcd1c4be2c",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_40623",
                    table="crf_hold",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL((Path(__file__).parent / "sql" / "frozen_or_locked.sql").read_text(encoding="utf-8")),
    ]
