"""What a site is told after a drug level, and apart the ground of it."""

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crf", "0021_trail_by_index")]

    operations = [
        migrations.CreateModel(
            name="LevelMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sample", models.PositiveSmallIntegerField(help_text="which of the subject's samples")),
                (
                    "version",
                    models.PositiveIntegerField(
                        help_text="of the sample as it was entered; a corrected level is told anew"
                    ),
                ),
                ("drawn_on", models.DateField()),
                (
                    "says",
                    models.CharField(choices=[("go_on", "Nothing follows"), ("act", "To be acted on")], max_length=5),
                ),
                ("sent_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "seen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="level_messages", to="crf.subject"
                    ),
                ),
            ],
            options={
                "ordering": ["-sent_at", "-pk"],
                "indexes": [models.Index(fields=["subject"], name="level_message_by_subject")],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "sample", "version"), name="level_message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at__isnull", True), ("seen_by__isnull", True)),
                            models.Q(("seen_at__isnull", False), ("seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="level_message_seen_by_and_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LevelGround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked",
                    models.CharField(choices=[("go_on", "Nothing follows"), ("act", "To be acted on")], max_length=5),
                ),
                (
                    "from_list",
                    models.BooleanField(
                        help_text="below the limit of quantification: the list of sham messages said it"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"),
                ),
                (
                    "subject",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.subject"),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.levelmessage"
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="levelmessage",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('subject_id', 'locks', '')",
                    func="",
                    hash="252221d7b8bd667ba51f4b50f2d1bc710d041f9f",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_868c6",
                    table="crf_levelmessage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="levelground",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('subject_id', 'locks apart', '')",
                    func="",
                    hash="0282c791bc8f2c964fbbd7022c540a9bced3af62",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_fd539",
                    table="crf_levelground",
                    when="AFTER",
                ),
            ),
        ),
    ]
