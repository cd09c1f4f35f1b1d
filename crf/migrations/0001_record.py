"""The tables that every trial has, as Django writes them from the models."""

from pathlib import Path

import crf.models.audit
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import trialsite.database.folding
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        # First: the triggers below call these functions.
        migrations.RunSQL((Path(__file__).parent / "sql" / "audit.sql").read_text(encoding="utf-8")),
        trialsite.database.folding.Together(
            operations=[
                migrations.CreateModel(
                    name="ChainHead",
                    fields=[
                        ("chain", models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ("sequence", models.BigIntegerField()),
                        ("hash", models.BinaryField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("since", models.DateTimeField(help_text="when this process of it began")),
                        (
                            "found",
                            models.JSONField(
                                default=list, help_text="names of the findings that administrators were told of"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Site",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=10, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("country", models.CharField(help_text="ISO 3166-1 alpha-3", max_length=3)),
                        ("timezone", models.CharField(max_length=60)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("activated_on", models.DateField(blank=True, null=True)),
                    ],
                    options={"ordering": ["code"]},
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "username",
                            models.CharField(
                                error_messages={"unique": "A user with that username already exists."},
                                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                                max_length=150,
                                unique=True,
                                validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                                verbose_name="username",
                            ),
                        ),
                        ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                        ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="Designates whether the user can log into this admin site.",
                                verbose_name="staff status",
                            ),
                        ),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                                verbose_name="active",
                            ),
                        ),
                        (
                            "date_joined",
                            models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                        ),
                        ("organisation", models.CharField(blank=True, max_length=200)),
                        ("sessions_ended", models.PositiveIntegerField(default=0)),
                        ("email_confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("identity_doubted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "identity_doubted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "user",
                        "verbose_name_plural": "users",
                        "abstract": False,
                        "swappable": "AUTH_USER_MODEL",
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("username"), name="username_once_in_any_case"
                            )
                        ],
                    },
                    managers=[("objects", django.contrib.auth.models.UserManager())],
                ),
                migrations.CreateModel(
                    name="AccessChange",
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
                                    ("email", "Another e-mail address"),
                                    ("link", "A new password and a new second factor"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("reason", models.CharField(max_length=300)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for a second administrator"),
                                    ("confirmed", "Confirmed"),
                                    ("refused", "Refused"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="access_changes",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("user",),
                                name="access_change_one_waits_per_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "waiting")
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("state", "refused"),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("state", "confirmed"),
                                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                        models.Q(("decided_by", models.F("user")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="access_change_is_confirmed_by_a_second_person",
                            ),
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="AccessReview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reviewed_at", models.DateTimeField()),
                        ("finding", models.CharField(max_length=500)),
                        ("seen", models.JSONField(default=list)),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("chain", models.CharField(max_length=40)),
                        ("sequence", models.BigIntegerField()),
                        ("at", models.DateTimeField()),
                        ("table", models.CharField(max_length=63)),
                        ("record", models.BigIntegerField()),
                        (
                            "operation",
                            models.CharField(
                                choices=[("INSERT", "entered"), ("UPDATE", "changed"), ("DELETE", "removed")],
                                max_length=6,
                            ),
                        ),
                        ("actor", models.CharField(max_length=200)),
                        ("actor_name", models.CharField(max_length=200)),
                        ("organisation", models.CharField(max_length=200)),
                        ("role", models.CharField(max_length=40)),
                        ("reason", models.TextField()),
                        ("subject", models.BigIntegerField(null=True)),
                        ("site_id", models.BigIntegerField(null=True)),
                        ("changes", models.JSONField()),
                        ("body", models.TextField()),
                        ("previous", models.BinaryField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["table", "record"], name="audit_by_record"),
                            models.Index(fields=["subject", "at"], name="audit_by_subject"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("chain", "sequence"), name="audit_one_row_per_place")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExportLog",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("what", models.CharField(max_length=60)),
                        ("format", models.CharField(max_length=10)),
                        ("is_unblinded", models.BooleanField(default=False)),
                        ("was_refused", models.BooleanField(default=False)),
                        ("purpose", models.CharField(blank=True, max_length=300)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"ordering": ["-at"]},
                ),
                migrations.CreateModel(
                    name="ImportFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=30)),
                        ("specification", models.CharField(max_length=10)),
                        ("source_system", models.CharField(max_length=100)),
                        ("name", models.CharField(max_length=100)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.PositiveIntegerField()),
                        ("rows", models.PositiveIntegerField()),
                        ("new", models.PositiveIntegerField()),
                        ("changed", models.PositiveIntegerField()),
                        ("same", models.PositiveIntegerField()),
                        ("imported_at", models.DateTimeField()),
                        (
                            "imported_by",
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("site", "kind", "sha256"), name="import_file_once")
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="LevelFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=30)),
                        ("specification", models.CharField(max_length=10)),
                        ("source_system", models.CharField(max_length=100)),
                        ("name", models.CharField(max_length=100)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.PositiveIntegerField()),
                        ("rows", models.PositiveIntegerField()),
                        ("new", models.PositiveIntegerField()),
                        ("changed", models.PositiveIntegerField()),
                        ("same", models.PositiveIntegerField()),
                        ("imported_at", models.DateTimeField()),
                        (
                            "imported_by",
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("site", "kind", "sha256"), name="level_file_once")
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="LockRequest",
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
                                choices=[("lock", "Lock the study"), ("lift", "Lift the lock of the study")],
                                max_length=4,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=300)),
                        ("content_hash", models.CharField(max_length=64)),
                        ("exceptions", models.JSONField(blank=True, default=list)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True, choices=[("done", "Done"), ("withdrawn", "Withdrawn")], max_length=9
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
                            "settled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="LockConsent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("as_role", models.CharField(max_length=30)),
                        (
                            "for_site",
                            models.CharField(
                                blank=True, help_text="the code of the investigator's site", max_length=10
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="crf.lockrequest",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("request", "by", "for_site"), name="lock_consent_once")
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="Mail",
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
                                    ("alert", "Alert"),
                                    ("account", "Account"),
                                    ("service", "Service"),
                                    ("other", "Sign-in"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("to", models.CharField(blank=True, help_text="empty: nobody held the role", max_length=254)),
                        ("title", models.CharField(max_length=200)),
                        ("text", models.TextField(blank=True, help_text="encrypted; emptied once it has left")),
                        ("written_at", models.DateTimeField()),
                        (
                            "next_try_at",
                            models.DateTimeField(help_text="empty once it has left or was given up", null=True),
                        ),
                        ("tries", models.PositiveIntegerField(default=0)),
                        (
                            "trouble",
                            models.CharField(
                                blank=True, help_text="what the last try met, in kinds and codes", max_length=200
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("given_up_at", models.DateTimeField(null=True)),
                        (
                            "link_for",
                            models.ForeignKey(
                                help_text="whose password the link in it sets; the link is made when the mail leaves",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-written_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_try_at__isnull", False)),
                                fields=["next_try_at"],
                                name="mail_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sent_at__isnull", True),
                                    models.Q(
                                        ("given_up_at__isnull", True), ("next_try_at__isnull", True), ("text", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="mail_sent_is_settled",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "alert"), _negated=True),
                                    ("given_up_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="mail_of_an_alert_is_never_given_up",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecordCheck",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField()),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("nightly", "Every night"),
                                    ("by_hand", "By hand"),
                                    ("lock", "Before the study lock"),
                                    ("report", "Before the unblinded report"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("events", models.BigIntegerField()),
                        ("cells", models.BigIntegerField()),
                        (
                            "anchored_at",
                            models.DateTimeField(help_text="of the newest anchor that was compared", null=True),
                        ),
                        ("findings", models.JSONField(default=list, help_text="sentences without any value")),
                        (
                            "count",
                            models.PositiveIntegerField(
                                default=0, help_text="findings, also those beyond what is kept"
                            ),
                        ),
                    ],
                    options={"indexes": [models.Index(fields=["-ended_at"], name="record_check_by_time")]},
                ),
                migrations.CreateModel(
                    name="SignIn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("in", "Signed in"),
                                    ("out", "Signed out"),
                                    ("failed", "Failed"),
                                    ("failed_code", "Failed at the second factor"),
                                    ("timed_out", "Signed out after idle time"),
                                    ("ended", "Sessions ended"),
                                    ("refused", "Refused after too many failures"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("address", models.GenericIPAddressField(null=True)),
                        ("browser", models.CharField(blank=True, max_length=200)),
                        ("device", models.CharField(blank=True, default="", max_length=16)),
                        ("name_mark", models.CharField(blank=True, default="", max_length=8)),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["-at"], name="sign_in_by_time"),
                            models.Index(fields=["user", "-at"], name="sign_in_by_person"),
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="RoleHeld",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
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
                                    ("auditor", "Auditor"),
                                    ("administrator", "Administrator"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(blank=True, help_text="the last day", null=True)),
                        (
                            "ended_at",
                            models.DateTimeField(
                                blank=True, help_text="when it was ended at once, within its last day", null=True
                            ),
                        ),
                        ("trained_on", models.DateField()),
                        ("delegated_on", models.DateField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="roles_held",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="roles_held", to="crf.site"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                                ),
                                name="role_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("delegated_on__lte", models.F("starts_on")),
                                    ("trained_on__lte", models.F("starts_on")),
                                ),
                                name="role_starts_trained_and_delegated",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_at__isnull", True), ("ends_on__isnull", False), _connector="OR"
                                ),
                                name="role_ended_has_its_last_day",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("user", "site", "role", "starts_on"),
                                name="role_held_once",
                            ),
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="SiteApproval",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("ETHICS", "Approval of the ethics committee"),
                                    ("AUTHORITY", "Approval of the competent authority"),
                                    ("CONTRACT", "Contract with the site"),
                                    ("INITIATION", "Initiation visit, staff trained"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("approved_on", models.DateField()),
                        ("reference", models.CharField(max_length=100)),
                        ("recorded_at", models.DateTimeField()),
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="crf.site"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("site", "what", "reference"), name="site_approval_once")
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="SiteLimits",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("analyte", models.CharField(max_length=20)),
                        (
                            "sex",
                            models.CharField(
                                blank=True,
                                choices=[("", "Both"), ("F", "Female"), ("M", "Male")],
                                default="",
                                max_length=1,
                            ),
                        ),
                        ("youngest", models.PositiveSmallIntegerField()),
                        ("oldest", models.PositiveSmallIntegerField()),
                        ("low", models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True)),
                        ("high", models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True)),
                        ("unit", models.CharField(max_length=20)),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(blank=True, null=True)),
                        (
                            "source_system",
                            models.CharField(blank=True, help_text="where the file came from, if any", max_length=100),
                        ),
                        ("file_sha256", models.CharField(blank=True, max_length=64)),
                        ("entered_at", models.DateTimeField()),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="limits", to="crf.site"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["analyte", "sex", "youngest", "valid_from"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("low__isnull", False), ("high__isnull", False), _connector="OR"),
                                name="limits_on_a_side",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("low__isnull", True),
                                    ("high__isnull", True),
                                    ("low__lte", models.F("high")),
                                    _connector="OR",
                                ),
                                name="limits_not_upside_down",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("youngest__lte", models.F("oldest")), ("oldest__lte", 120)),
                                name="limits_ages",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_from__lte", models.F("valid_to")),
                                    _connector="OR",
                                ),
                                name="limits_validity",
                            ),
                            models.CheckConstraint(condition=models.Q(("sex__in", ["", "F", "M"])), name="limits_sex"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StagedFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=30)),
                        ("source_system", models.CharField(max_length=100)),
                        ("name", models.CharField(max_length=100)),
                        ("sha256", models.CharField(max_length=64)),
                        ("rows_stated", models.PositiveIntegerField()),
                        ("content", models.BinaryField()),
                        ("staged_at", models.DateTimeField()),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.site"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "site", "kind", "sha256"), name="staged_once_per_person"
                            )
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="StudyLock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("locked_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=300)),
                        ("content_hash", models.CharField(max_length=64)),
                        ("exceptions", models.JSONField(blank=True, default=list)),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        ("lifted_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
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
                            "locked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.Case(
                                    models.When(lifted_at__isnull=True, then=models.Value(1)),
                                    default=models.Value(None),
                                    output_field=models.IntegerField(),
                                ),
                                name="one_standing_study_lock",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lifted_at__isnull", True),
                                    models.Q(
                                        ("lifted_by__isnull", False), models.Q(("lifted_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="study_lock_lifted_by_and_why",
                            ),
                        ]
                    },
                ),
                migrations.AddField(
                    model_name="lockrequest",
                    name="lock",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="crf.studylock",
                    ),
                ),
                migrations.CreateModel(
                    name="Subject",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("protocol_version", models.CharField(max_length=20)),
                        ("screened_on", models.DateField()),
                        ("attested_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "attestation_revoked_at",
                            models.DateTimeField(blank=True, help_text="until it is attested anew", null=True),
                        ),
                        (
                            "attestation_revoked_by_form",
                            models.CharField(blank=True, help_text="the form that was changed", max_length=20),
                        ),
                        ("randomised_at", models.DateTimeField(blank=True, null=True)),
                        ("stratum", models.CharField(blank=True, max_length=100)),
                        (
                            "stratum_levels",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="the factors' levels it was randomised with; corrections do not move it",
                            ),
                        ),
                        ("kit", models.CharField(blank=True, max_length=20, null=True, unique=True)),
                        (
                            "first_dose_on",
                            models.DateField(
                                blank=True, help_text="kept by the deed that saves the first dose", null=True
                            ),
                        ),
                        (
                            "consent_withdrawn_on",
                            models.DateField(blank=True, help_text="kept when the end of study is saved", null=True),
                        ),
                        ("screen_failed_at", models.DateTimeField(blank=True, null=True)),
                        ("screen_failure_reasons", models.JSONField(blank=True, default=list)),
                        (
                            "attested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "randomised_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "rescreen_of",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rescreened_as",
                                to="crf.subject",
                            ),
                        ),
                        (
                            "screen_failed_by",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="crf.site"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("attested_at__isnull", True), ("attested_by__isnull", True)),
                                    models.Q(("attested_at__isnull", False), ("attested_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="subject_attested_by_and_at",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kit__isnull", True),
                                        ("randomised_at__isnull", True),
                                        ("randomised_by__isnull", True),
                                        ("stratum", ""),
                                    ),
                                    models.Q(
                                        ("kit__isnull", False),
                                        ("randomised_at__isnull", False),
                                        ("randomised_by__isnull", False),
                                        models.Q(("stratum", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="subject_randomised_by_at_and_kit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("screen_failed_at__isnull", True), ("randomised_at__isnull", True), _connector="OR"
                                ),
                                name="subject_not_both_failed_and_randomised",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LevelRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_in_file", models.PositiveIntegerField()),
                        ("form", models.CharField(max_length=20)),
                        ("record", models.BigIntegerField()),
                        ("items", models.JSONField()),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="imported_rows",
                                to="crf.levelfile",
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
                    options={"indexes": [models.Index(fields=["form", "record"], name="level_row_by_record")]},
                ),
                migrations.CreateModel(
                    name="ImportedRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_in_file", models.PositiveIntegerField()),
                        ("form", models.CharField(max_length=20)),
                        ("record", models.BigIntegerField()),
                        ("items", models.JSONField()),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="imported_rows",
                                to="crf.importfile",
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
                    options={"indexes": [models.Index(fields=["form", "record"], name="imported_row_by_record")]},
                ),
                migrations.CreateModel(
                    name="Found",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("record", models.BigIntegerField(help_text="the row of the form for deviations")),
                        ("occasion", models.CharField(help_text="what it was found on", max_length=120)),
                        ("sentence", models.CharField(max_length=500)),
                        ("component", models.CharField(max_length=60)),
                        ("found_at", models.DateTimeField()),
                        ("no_longer_at", models.DateTimeField(blank=True, null=True)),
                        ("no_longer_because", models.CharField(blank=True, max_length=200)),
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("no_longer_at__isnull", True)),
                                fields=("subject", "occasion"),
                                name="found_once_per_occasion",
                            )
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="CheckFiring",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("form", models.CharField(max_length=20)),
                        ("record", models.BigIntegerField()),
                        ("item", models.CharField(max_length=40)),
                        ("check_code", models.CharField(max_length=30)),
                        ("sentence", models.CharField(max_length=300)),
                        ("first_answer", models.CharField(max_length=300)),
                        ("saved_answer", models.CharField(max_length=300)),
                        ("fired_at", models.DateTimeField()),
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
                ),
                migrations.CreateModel(
                    name="CasebookLock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("locked_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=300)),
                        ("content_hash", models.CharField(max_length=64)),
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
                            "locked_by",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="locks", to="crf.subject"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("lifted_at__isnull", True)),
                                fields=("subject",),
                                name="one_standing_casebook_lock",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lifted_at__isnull", True),
                                    models.Q(
                                        ("lifted_by__isnull", False), models.Q(("lifted_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="casebook_lock_lifted_by_and_why",
                            ),
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="Visit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=5)),
                        ("number", models.PositiveSmallIntegerField(default=1, help_text="counts unscheduled visits")),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "Planned"), ("done", "Done"), ("missed", "Missed")],
                                default="planned",
                                max_length=7,
                            ),
                        ),
                        ("occurred_on", models.DateField(blank=True, null=True)),
                        ("missed_reason", models.CharField(blank=True, max_length=200)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "settled_by",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="crf.subject"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "planned")),
                                fields=["subject", "code"],
                                name="visit_not_settled",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subject", "code", "number"), name="visit_once_per_subject"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "done"), _negated=True),
                                    ("occurred_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="visit_done_has_a_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "missed"), _negated=True),
                                    models.Q(("missed_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="visit_missed_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Verification",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("form", models.CharField(max_length=20)),
                        ("record", models.BigIntegerField()),
                        ("version", models.PositiveIntegerField()),
                        ("verified_at", models.DateTimeField()),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_because", models.CharField(blank=True, max_length=300)),
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
                                related_name="verifications",
                                to="crf.subject",
                            ),
                        ),
                        (
                            "verified_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                    ],
                    options={
                        "indexes": [models.Index(fields=["subject"], name="verification_by_subject")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at__isnull", True)),
                                fields=("form", "record", "version"),
                                name="verification_once_a_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        ("withdrawn_by__isnull", False),
                                        models.Q(("withdrawn_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="verification_withdrawn_by_and_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Signature",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("CASEBOOK", "Casebook"),
                                    ("RECORD", "Form"),
                                    ("LABORATORY", "Laboratory values"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("form", models.CharField(blank=True, max_length=20)),
                        ("record", models.BigIntegerField(blank=True, null=True)),
                        ("meaning", models.CharField(max_length=300)),
                        ("content_sha256", models.CharField(max_length=64)),
                        ("covers", models.JSONField()),
                        ("printed_name", models.CharField(help_text="as it was when signing", max_length=200)),
                        ("role", models.CharField(max_length=30)),
                        ("signed_at", models.DateTimeField()),
                        (
                            "overtaken_at",
                            models.DateTimeField(blank=True, help_text="the first further record", null=True),
                        ),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_because", models.CharField(blank=True, max_length=300)),
                        (
                            "signed_by",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="crf.subject"
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
                    ],
                    options={
                        "indexes": [models.Index(fields=["subject", "signed_at"], name="signature_by_subject")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_because", "")),
                                    models.Q(
                                        ("revoked_at__isnull", False), models.Q(("revoked_because", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="signature_revoked_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("meaning", ""), _negated=True),
                                    models.Q(("printed_name", ""), _negated=True),
                                    ("content_sha256__regex", "^[0-9a-f]{64}$"),
                                ),
                                name="signature_says_who_means_what",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("form", ""),
                                        ("record__isnull", True),
                                        ("scope", "CASEBOOK"),
                                        ("visit__isnull", True),
                                    ),
                                    models.Q(
                                        models.Q(("scope", "CASEBOOK"), _negated=True),
                                        models.Q(
                                            models.Q(("form", ""), _negated=True),
                                            ("visit__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="signature_of_all_or_of_a_part",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("scope", "RECORD"), ("record__isnull", False)),
                                    models.Q(models.Q(("scope", "RECORD"), _negated=True), ("record__isnull", True)),
                                    _connector="OR",
                                ),
                                name="signature_of_a_record_names_it",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Query",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("form", models.CharField(max_length=20)),
                        ("record", models.BigIntegerField()),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("item", models.CharField(blank=True, max_length=40)),
                        ("check_code", models.CharField(blank=True, max_length=30)),
                        (
                            "check_version",
                            models.CharField(
                                blank=True, help_text="of the check that asked, as it was then", max_length=10
                            ),
                        ),
                        ("text", models.CharField(max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("answered", "Answered"),
                                    ("closed", "Closed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        ("answer", models.CharField(blank=True, max_length=500)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "no_longer",
                            models.BooleanField(
                                default=False, help_text="closed by the system: the check passes again"
                            ),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "settled_by",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="queries", to="crf.subject"
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
                    ],
                    options={
                        "verbose_name_plural": "queries",
                        "ordering": ["-opened_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "answered"]), models.Q(("check_code", ""), _negated=True)
                                ),
                                fields=("form", "record", "check_code"),
                                name="query_one_standing_per_check",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered_at__isnull", True), ("answered_by__isnull", False), _connector="OR"
                                ),
                                name="query_answered_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DraftSettled",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("form", models.CharField(max_length=20)),
                        ("row_number", models.PositiveSmallIntegerField()),
                        ("begun_at", models.DateTimeField()),
                        ("kept_at", models.DateTimeField()),
                        ("answers_kept", models.PositiveSmallIntegerField(help_text="how many, not which")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("handed_on", "Handed on"), ("discarded", "Discarded")], max_length=9
                            ),
                        ),
                        ("reason", models.CharField(max_length=300)),
                        ("settled_at", models.DateTimeField()),
                        (
                            "handed_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "typed_by",
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
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.visit"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="draft_settled_with_a_reason"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("handed_to__isnull", False), ("outcome", "handed_on")),
                                    models.Q(("handed_to__isnull", True), ("outcome", "discarded")),
                                    _connector="OR",
                                ),
                                name="draft_handed_to_somebody_or_discarded",
                            ),
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("form", models.CharField(max_length=20)),
                        ("row_number", models.PositiveSmallIntegerField(default=1)),
                        ("base_version", models.PositiveIntegerField(null=True)),
                        ("answers", models.JSONField(default=dict)),
                        ("fired", models.JSONField(default=dict)),
                        ("begun_at", models.DateTimeField(auto_now_add=True)),
                        ("kept_at", models.DateTimeField()),
                        (
                            "handed_on_from",
                            models.ForeignKey(
                                help_text="who typed it and has left",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
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
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crf.visit"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "subject", "visit", "form", "row_number"),
                                name="draft_one_per_person_and_form",
                                nulls_distinct=False,
                            )
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="Alert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("form", models.CharField(max_length=20)),
                        ("record", models.BigIntegerField()),
                        ("rule", models.CharField(help_text="the rule that spoke", max_length=20)),
                        ("kind", models.CharField(max_length=20)),
                        (
                            "occurrence",
                            models.CharField(
                                help_text="what it was raised on; another fact is another alert", max_length=64
                            ),
                        ),
                        ("prompts", models.JSONField(blank=True, default=list)),
                        ("sentence", models.CharField(max_length=300)),
                        ("is_blocking", models.BooleanField(default=True)),
                        ("raised_at", models.DateTimeField()),
                        ("escalated_at", models.DateTimeField(blank=True, null=True)),
                        ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                        ("action", models.CharField(blank=True, max_length=500)),
                        (
                            "no_longer_at",
                            models.DateTimeField(
                                blank=True, help_text="when the record stopped asking for it", null=True
                            ),
                        ),
                        ("no_longer_because", models.CharField(blank=True, max_length=200)),
                        (
                            "acknowledged_by",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="alerts", to="crf.subject"
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
                    ],
                    options={
                        "ordering": ["-raised_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("no_longer_at__isnull", True)),
                                fields=("form", "record", "rule", "occurrence"),
                                name="alert_once_per_occurrence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("no_longer_at__isnull", True),
                                    models.Q(("no_longer_because", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="alert_no_longer_has_a_cause",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("acknowledged_at__isnull", True),
                                    models.Q(
                                        ("acknowledged_by__isnull", False), models.Q(("action", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="alert_acknowledged_by_and_with_an_action",
                            ),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="recordcheck",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="e120546d42eba509fa0dfa9ecb963f153b379412",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_bdb18",
                            table="crf_recordcheck",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="site",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="51c0d165a6704bc12332f0a577f1515c9d2b7650",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_1fba2",
                            table="crf_site",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', 'username first_name last_name email organisation is_active password identity_doubted_at')",
                            func="",
                            hash="46ae651a4a39d096a2bf62909bec76b0e36893a7",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_1cd52",
                            table="crf_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="accesschange",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="6325753e62061f3e5c55607d0b6f51e90dd12efd",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_29ca0",
                            table="crf_accesschange",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="accessreview",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="85c1d158eaac533ba3a62cfdb5c3f85bc69bc1cf",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_361f7",
                            table="crf_accessreview",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="exportlog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="33ebde1fe0808d4a5e5cd5b14f375606d4b1e65d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c5fbe",
                            table="crf_exportlog",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="lockconsent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="69ecee466a2bc0a9031f2d48de5b0dd37c0e1106",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_87612",
                            table="crf_lockconsent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="roleheld",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="0ba2f6c039f84e5a19fafcf81a7c9e4a2010329d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_3a66a",
                            table="crf_roleheld",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="levelfile",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', 'locks apart', '')",
                            func="",
                            hash="3783cedf7d6fefc8c010e82ae58fa2c10f916844",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c4738",
                            table="crf_levelfile",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="importfile",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', 'locks', '')",
                            func="",
                            hash="53546ea96e38ee31e87cb9cdefcddde130c33893",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_6c79d",
                            table="crf_importfile",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="siteapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="74200a7bfd8a26c6516c30c897c18ccd9e09ffaf",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_305fe",
                            table="crf_siteapproval",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sitelimits",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', 'locks', '')",
                            func="",
                            hash="56731244c90e2a58a3240b335ad3d073856eb468",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_929ea",
                            table="crf_sitelimits",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="studylock",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="ae0055748ed5ef3c1d3373de882888f3c8c5b4c5",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_291be",
                            table="crf_studylock",
                            when="AFTER",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="lockrequest",
                    constraint=models.UniqueConstraint(
                        models.Case(
                            models.When(settled_at__isnull=True, then=models.Value(1)),
                            default=models.Value(None),
                            output_field=models.IntegerField(),
                        ),
                        name="one_waiting_lock_request",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="lockrequest",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="lock_request_settled_by_and_how",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="lockrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('', '', '')",
                            func="",
                            hash="f452bb2c5448d94fae6f22914ba35387645866df",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_edaa9",
                            table="crf_lockrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="subject",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('id', 'locks', '')",
                            func="",
                            hash="4ec97a9c0dc89df0ac8ef03a0a67c90c0ddb600a",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_5a6e8",
                            table="crf_subject",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="levelrow",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks apart', '')",
                            func="",
                            hash="f350057fbfefa545a88bb762284c5037a1c04713",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_525e1",
                            table="crf_levelrow",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="importedrow",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="73f7ad93ff6d9b3f978852d68a728379edc4c7ce",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_b572c",
                            table="crf_importedrow",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="found",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="e7604cd0821cbfaea1376572ad4ec9ccd9befbb2",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_ddf39",
                            table="crf_found",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="checkfiring",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="bdaba5992d88429623a7e60213ab018f67a7365d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_d6329",
                            table="crf_checkfiring",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="casebooklock",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="4579cd73aa399b73334f52003625c58a5aa32a17",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_0dd62",
                            table="crf_casebooklock",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="visit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="d5243aba63e7127d8b3c6869c45d82ff40433aba",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_21a63",
                            table="crf_visit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="verification",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="77fde4948531c46bef8c05e555668c18edd100ff",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_50427",
                            table="crf_verification",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="signature",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="ba9b148782fb8f9197a5efdd15c78259535302d1",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_b2ed4",
                            table="crf_signature",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="query",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="0977e3f6025bd68e0c99c3d1aad0cd3c808f6362",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_c422f",
                            table="crf_query",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="draftsettled",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="fcd5be96d4d413c7e02786c03d934d5fd9076ff9",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_13ef8",
                            table="crf_draftsettled",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="alert",
                    trigger=pgtrigger.compiler.Trigger(
                        name="audit",
                        sql=crf.models.audit.GuardSql(
                            execute="public.crf_audit('subject_id', 'locks', '')",
                            func="",
                            hash="7b17e691ad2606caf313bccec73bb3ab2f31748b",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_audit_44760",
                            table="crf_alert",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        ),
    ]
