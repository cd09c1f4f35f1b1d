"""Kits on their way and in stock, bottle by bottle; quarantines; what nobody accounts for; sealed envelopes."""

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
    dependencies = [("crf", "0016_holds")]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.CreateModel(
                    name="Bottle",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kit", models.CharField(max_length=40)),
                        ("number", models.PositiveSmallIntegerField()),
                        ("units", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("sent", "On its way"),
                                    ("in_stock", "In stock"),
                                    ("missing", "Did not arrive"),
                                    ("quarantined", "In quarantine"),
                                    ("rejected", "Rejected"),
                                    ("handed_out", "Handed out"),
                                    ("back", "Back from the subject"),
                                    ("lost", "Lost"),
                                    ("damaged", "Damaged"),
                                    ("destroyed", "Destroyed"),
                                    ("sent_back", "Sent back"),
                                ],
                                default="sent",
                                max_length=11,
                            ),
                        ),
                        ("since", models.DateTimeField(help_text="when it came to this state")),
                        ("units_gone", models.PositiveIntegerField(null=True)),
                    ],
                    options={"ordering": ["kit", "number"]},
                ),
                migrations.CreateModel(
                    name="Envelope",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kit", models.CharField(max_length=40)),
                        (
                            "found",
                            models.CharField(
                                choices=[("intact", "Intact"), ("opened", "Opened"), ("missing", "Missing")],
                                max_length=7,
                            ),
                        ),
                        ("looked_at", models.DateTimeField()),
                        ("remark", models.CharField(blank=True, max_length=500)),
                    ],
                    options={"ordering": ["pk"]},
                ),
                migrations.CreateModel(
                    name="KitBalance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kit", models.CharField(max_length=40)),
                        ("difference", models.IntegerField()),
                        ("explanation", models.CharField(max_length=500)),
                        ("explained_at", models.DateTimeField()),
                    ],
                    options={"ordering": ["pk"]},
                ),
                migrations.CreateModel(
                    name="Quarantine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("opened_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True, choices=[("released", "Released"), ("rejected", "Rejected")], max_length=8
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=500)),
                    ],
                    options={"ordering": ["-opened_at", "-pk"]},
                ),
                migrations.CreateModel(
                    name="Shipment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("expires_on", models.DateField()),
                        ("sent_at", models.DateTimeField()),
                        ("received_at", models.DateTimeField(null=True)),
                        ("received_on", models.DateField(null=True)),
                        (
                            "condition",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("good", "Good"),
                                    ("damaged", "Damaged"),
                                    ("temperature", "Outside its temperature"),
                                ],
                                max_length=11,
                            ),
                        ),
                        (
                            "counted",
                            models.PositiveIntegerField(
                                help_text="how many bottles arrived whole, as the pharmacist counted", null=True
                            ),
                        ),
                        ("remark", models.CharField(blank=True, max_length=500)),
                    ],
                    options={"ordering": ["site", "number"]},
                ),
                migrations.AddField(
                    model_name="bottle",
                    name="site",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                    ),
                ),
                migrations.AddField(
                    model_name="envelope",
                    name="code_break",
                    field=models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.codebreak"
                    ),
                ),
                migrations.AddField(
                    model_name="envelope",
                    name="looked_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="envelope",
                    name="site",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                    ),
                ),
                migrations.AddField(
                    model_name="kitbalance",
                    name="explained_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="kitbalance",
                    name="site",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                    ),
                ),
                migrations.AddField(
                    model_name="quarantine",
                    name="opened_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="quarantine",
                    name="settled_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="quarantine",
                    name="site",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                    ),
                ),
                migrations.AddField(
                    model_name="bottle",
                    name="quarantine",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bottles",
                        to="crf.quarantine",
                    ),
                ),
                migrations.AddField(
                    model_name="shipment",
                    name="received_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="shipment",
                    name="sent_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="shipment",
                    name="site",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                    ),
                ),
                migrations.AddField(
                    model_name="bottle",
                    name="shipment",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bottles", to="crf.shipment"
                    ),
                ),
                migrations.AddIndex(
                    model_name="envelope", index=models.Index(fields=["site", "kit"], name="envelope_by_kit")
                ),
                migrations.AddConstraint(
                    model_name="envelope",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("found", "missing"), _negated=True),
                            models.Q(("remark", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="missing_envelope_is_explained",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="kitbalance",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("explanation", ""), _negated=True), name="kit_balance_is_explained"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="quarantine",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="quarantine_has_a_reason"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="quarantine",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="quarantine_settled_by_and_why",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="shipment",
                    constraint=models.UniqueConstraint(fields=("site", "number"), name="shipment_number_once_a_site"),
                ),
                migrations.AddConstraint(
                    model_name="shipment",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("condition", ""),
                                ("received_at__isnull", True),
                                ("received_by__isnull", True),
                                ("received_on__isnull", True),
                            ),
                            models.Q(
                                ("received_at__isnull", False),
                                ("received_by__isnull", False),
                                ("received_on__isnull", False),
                                models.Q(("condition", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="shipment_received_by_and_how",
                    ),
                ),
                migrations.AddIndex(
                    model_name="bottle", index=models.Index(fields=["site", "state"], name="bottle_by_state")
                ),
                migrations.AddConstraint(
                    model_name="bottle",
                    constraint=models.UniqueConstraint(fields=("kit", "number"), name="bottle_once"),
                ),
                migrations.AddConstraint(
                    model_name="bottle",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="bottle_numbered_from_one"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bottle",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "sent",
                                    "in_stock",
                                    "missing",
                                    "quarantined",
                                    "rejected",
                                    "handed_out",
                                    "back",
                                    "lost",
                                    "damaged",
                                    "destroyed",
                                    "sent_back",
                                ],
                            )
                        ),
                        name="bottle_in_a_known_state",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bottle",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["destroyed", "lost", "sent_back"]), ("units_gone__isnull", False)),
                            models.Q(
                                ("units_gone__isnull", True),
                                models.Q(("state__in", ["destroyed", "lost", "sent_back"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bottle_gone_with_a_count",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bottle",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "quarantined"), _negated=True),
                            ("quarantine__isnull", False),
                            _connector="OR",
                        ),
                        name="bottle_in_a_quarantine",
                    ),
                ),
            ]
        ),
        migrations.RemoveConstraint(model_name="codebreak", name="accident_is_in_no_log_of_the_sealed_room"),
        migrations.AlterField(
            model_name="codebreak",
            name="kind",
            field=models.CharField(
                choices=[
                    ("emergency", "Emergency"),
                    ("planned", "Planned"),
                    ("accidental", "By accident"),
                    ("envelope", "By envelope"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="roleheld",
            name="role",
            field=models.CharField(
                choices=[
                    ("investigator", "Investigator"),
                    ("coordinator", "Coordinator"),
                    ("rater", "Rater"),
                    ("pharmacist", "Pharmacist"),
                    ("monitor", "Monitor"),
                    ("data_manager", "Data manager"),
                    ("medical_monitor", "Medical monitor"),
                    ("safety_officer", "Safety officer"),
                    ("statistician", "Statistician"),
                    ("randomisation_statistician", "Randomisation statistician"),
                    ("unblinded_statistician", "Unblinded statistician"),
                    ("supply_manager", "Supply manager"),
                    ("auditor", "Auditor"),
                    ("administrator", "Administrator"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="codebreak",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("accidental", "envelope")), _negated=True),
                    ("log__isnull", True),
                    _connector="OR",
                ),
                name="accident_is_in_no_log_of_the_sealed_room",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="envelope",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('', '', '')",
                    func="",
                    hash="cb7715f98cca1a48d3ef1a9cf0fc446072a42b04",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_06436",
                    table="crf_envelope",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="kitbalance",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('', '', '')",
                    func="",
                    hash="70edb6e54775b5a557875805262663d16992d125",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_9144c",
                    table="crf_kitbalance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quarantine",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('', '', '')",
                    func="",
                    hash="ac690e3d14a029d57e1b75644eea778a95e2d7e6",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_a68f2",
                    table="crf_quarantine",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shipment",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('', '', '')",
                    func="",
                    hash="fa1276325f854ac7c292b9a6b7fed370ca62a5e7",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_e7ff3",
                    table="crf_shipment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bottle",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('', '', '')",
                    func="",
                    hash="76aac425884ae4128d2bdebef70ad9f6df11c322",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_5e598",
                    table="crf_bottle",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL((SQL / "supply.sql").read_text(encoding="utf-8")),
    ]
