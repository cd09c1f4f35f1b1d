"""Personal data that was entered by mistake and taken out again, by two people (AUD-12)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited

#: What stands where something was redacted.
TOMBSTONE = "[redacted]"
REASON = "reason"  # in place of a column: the reason that was given with one event of the trail


class Redaction(models.Model):
    """One place: a column of a row, with all that it ever held; or the reason given with one event of the trail.

    It never says what stood there. `entries` is filled by the database when it is carried out: for each event of the
    trail [sequence, commitment of the body that was hashed, SHA-256 of the body that stands there now], so that the
    chain still verifies and the new body is bound by this row's own event (exchange/trail/SPECIFICATION.md, 6).
    """

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="redactions")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=63)
    record = models.BigIntegerField()
    column = models.CharField(max_length=63)
    sequence = models.BigIntegerField(null=True, help_text="of the event whose reason is redacted")
    why = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    was_carried_out = models.BooleanField(default=False)
    entries = models.JSONField(default=list)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        triggers = [Audited(subject="subject_id", locks=True)]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="redaction_with_a_reason"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, was_carried_out=False)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="redaction_settled_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(was_carried_out=False) | ~Q(settled_by=models.F("asked_by")), name="redaction_by_two_people"
            ),
            models.UniqueConstraint(
                fields=["table", "record", "column", "sequence"],
                condition=Q(settled_at__isnull=True),
                nulls_distinct=False,
                name="redaction_asked_for_once",
            ),
        ]

    def __str__(self):
        return f"Redaction of {self.table} {self.record}"
