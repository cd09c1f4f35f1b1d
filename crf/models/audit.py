"""The audit trail: who wrote what, when and why; made by triggers, appended only, chained per subject.

The trigger function `crf_audit()` (SQL in the migrations) writes one row per write with old and new value of every
changed field. `body` is the canonical text of the row and `hash` binds it to the row before, so that a checker needs
no second implementation of the canonical form (crf/exchange/trail/SPECIFICATION.md). The other columns repeat what the
body says, to be searched by; what is shown and exported is read from the body. The web process may read these rows and
nothing else.
"""

import hashlib
import json
from datetime import datetime
from functools import cached_property

import pgtrigger
from django.db import models

from crf.spec import dates


class GuardSql(pgtrigger.compiler.UpsertTriggerSql):
    """A trigger that no setting can switch off. Never move this class: migrations name its path."""

    def get_template(self):
        return """DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE TRIGGER {pgid} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {execute};
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {pgid};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';"""


class Audited(pgtrigger.Trigger):
    """Audit every write to the table.

    `subject` names the column that holds the subject's id (none: the row belongs to the study's own chain).
    `items`: a saved value changes only with a reason. `locks`: refused once the study is locked.
    `apart`: the rows would unblind, so they are told in a chain of their own. `only`: the columns that count, where not
    all do (users: not the time of the last sign-in).
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, subject="", items=False, locks=False, apart=False, only=()):
        super().__init__(name="audit")
        self.subject, self.items, self.locks, self.apart, self.only = subject, items, locks, apart, tuple(only)

    def compile(self, model):
        flags = ("items " if self.items else "") + ("locks " if self.locks else "") + ("apart" if self.apart else "")
        arguments = ", ".join(f"'{argument}'" for argument in (self.subject, flags.strip(), " ".join(self.only)))
        return pgtrigger.compiler.Trigger(
            name=self.name,
            sql=GuardSql(
                pgid=self.get_pgid(model),
                table=model._meta.db_table,
                func="",
                when="AFTER",
                operation="INSERT OR UPDATE OR DELETE",
                execute=f"public.crf_audit({arguments})",
            ),
        )


class AuditEntry(models.Model):
    """One write. Made by the trigger only; nobody can change, delete or forge one from the web process."""

    class Operation(models.TextChoices):
        INSERT = "INSERT", "entered"
        UPDATE = "UPDATE", "changed"
        DELETE = "DELETE", "removed"

    chain = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    table = models.CharField(max_length=63)
    record = models.BigIntegerField()
    operation = models.CharField(max_length=6, choices=Operation)
    actor = models.CharField(max_length=200)
    actor_name = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    reason = models.TextField()
    subject = models.BigIntegerField(null=True)
    site_id = models.BigIntegerField(null=True)
    changes = models.JSONField()
    body = models.TextField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    commitment = models.BinaryField(null=True, help_text="of the body that was hashed, where a redaction took it out")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="audit_one_row_per_place")]
        indexes = [
            models.Index(fields=["table", "record"], name="audit_by_record"),
            models.Index(fields=["subject", "at"], name="audit_by_subject"),
        ]

    def __str__(self):
        return f"{self.table} {self.record}: {self.operation} at {dates.moment(self.at)}"

    @cached_property
    def told(self) -> dict:
        """What was hashed: the only thing that is shown. Empty where the body is no JSON any more."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def is_redacted(self) -> bool:
        """Whether two people took personal data out of it."""
        return self.commitment is not None

    @property
    def is_as_hashed(self) -> bool:
        """Whether the body gives the hash of the row, and the columns say what the body says.

        Of a redacted one the commitment gives it; that its new body is the one that two people made, `verify` says.
        """
        committed = self.body.encode()
        if self.commitment is not None:
            committed = bytes(self.commitment)
        elif self.told.get("format", 1) == 2:
            committed = hashlib.sha256(committed).digest()
        columns = ("chain", "sequence", "table", "record", "operation", "actor", "actor_name", "organisation", "role")
        columns += ("reason", "subject", "changes")
        return (
            hashlib.sha256(bytes(self.previous) + committed).digest() == bytes(self.hash)
            and all(self.told.get(name) == getattr(self, name) for name in columns)
            and self.told.get("site") == self.site_id
            and datetime.fromisoformat(self.told["at"]) == self.at
        )


class ChainHead(models.Model):
    """The last hash of each chain; the web process may not even read it."""

    chain = models.CharField(max_length=40, primary_key=True)
    sequence = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self):
        return f"{self.chain} at {self.sequence}"
