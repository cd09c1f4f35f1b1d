"""More ways back: screen failures, days of screening, alerts acted upon, lost blinds, limits and corrections."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trialsite.database.folding


SQL = Path(__file__).parent / "sql" / "limits_withdrawn.sql"


class Migration(migrations.Migration):
    dependencies = [("crf", "0019_outputs_read_from")]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.RemoveConstraint(model_name="correction", name="correction_decided_by_and_why"),
                migrations.RemoveConstraint(model_name="takenback", name="taken_back_moved_to_a_visit"),
                migrations.AddField(
                    model_name="codebreak",
                    name="taken_back_at",
                    field=models.DateTimeField(help_text="recorded by mistake: nobody learnt the arm", null=True),
                ),
                migrations.AddField(
                    model_name="codebreak",
                    name="taken_back_because",
                    field=models.CharField(blank=True, max_length=300),
                ),
                migrations.AddField(
                    model_name="codebreak",
                    name="taken_back_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="sitelimits",
                    name="withdrawn_at",
                    field=models.DateTimeField(blank=True, help_text="they were wrong and count no more", null=True),
                ),
                migrations.AddField(
                    model_name="sitelimits",
                    name="withdrawn_because",
                    field=models.CharField(blank=True, max_length=200),
                ),
                migrations.AddField(
                    model_name="sitelimits",
                    name="withdrawn_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="correction",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("done", "Done"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                migrations.AlterField(
                    model_name="query",
                    name="no_longer",
                    field=models.BooleanField(default=False, help_text="the check passes again"),
                ),
                migrations.AlterField(
                    model_name="takenback",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("MOVED", "Moved"),
                            ("MISSED", "Not missed"),
                            ("DONE", "Not done yet"),
                            ("FAILED", "No screen failure"),
                            ("SCREENED", "Screened on another day"),
                            ("ALERT", "Not acted upon"),
                        ],
                        max_length=8,
                    ),
                ),
                migrations.AlterField(
                    model_name="takenback",
                    name="visit",
                    field=models.ForeignKey(
                        help_text="where it stood",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crf.visit",
                    ),
                ),
                migrations.AlterField(
                    model_name="takenback",
                    name="was",
                    field=models.CharField(
                        blank=True, help_text="what it was, such as why a visit was called missed", max_length=500
                    ),
                ),
                migrations.AddConstraint(
                    model_name="codebreak",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("taken_back_at__isnull", True),
                                ("taken_back_because", ""),
                                ("taken_back_by__isnull", True),
                            ),
                            models.Q(
                                ("kind__in", ("accidental", "envelope")),
                                ("shown_at__isnull", True),
                                ("taken_back_at__isnull", False),
                                ("taken_back_by__isnull", False),
                                models.Q(("taken_back_because", ""), _negated=True),
                                models.Q(("taken_back_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="code_break_taken_back_by_another_and_why",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="correction",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "asked")),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("state__in", ["accepted", "refused", "done", "withdrawn"]),
                                models.Q(("decision", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_decided_by_and_why",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="sitelimits",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_because", ""),
                                ("withdrawn_by__isnull", True),
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdrawn_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="limits_withdrawn_by_and_why",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="takenback",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "MOVED"),
                                ("record__isnull", False),
                                ("to_visit__isnull", False),
                                ("visit__isnull", False),
                            ),
                            models.Q(models.Q(("kind", "MOVED"), _negated=True), ("to_visit__isnull", True)),
                            _connector="OR",
                        ),
                        name="taken_back_moved_to_a_visit",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="takenback",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["MOVED", "ALERT"]), ("record__isnull", False)),
                            models.Q(
                                models.Q(("kind__in", ["MOVED", "ALERT"]), _negated=True), ("record__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="taken_back_names_its_record",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="takenback",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["FAILED", "SCREENED", "ALERT"]), ("visit__isnull", False), _connector="OR"
                        ),
                        name="taken_back_at_a_visit",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8")),
    ]
