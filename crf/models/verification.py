"""Verification against the source (SDV): that a monitor compared a record, at the version it then had."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class Verification(models.Model):
    """One row per verification; the newest that is not withdrawn is in force. The monitor changes no value.

    A record whose version is higher than the verified one was changed after the monitor looked.
    """

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="verifications")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    record = models.BigIntegerField()
    version = models.PositiveIntegerField()
    verified_at = models.DateTimeField()
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        indexes = [models.Index(fields=["subject"], name="verification_by_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "record", "version"],
                condition=Q(withdrawn_at__isnull=True),
                name="verification_once_a_version",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="verification_withdrawn_by_and_why",
            ),
        ]

    def __str__(self):
        return f"Verification of {self.form}, version {self.version}"
