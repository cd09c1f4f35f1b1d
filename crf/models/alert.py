"""A danger sign that a physician must act on (PROTOCOL.md section 7)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class Alert(models.Model):
    """Raised by a saved value; acknowledged by a physician with the action taken."""

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="alerts")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    record = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    sentence = models.CharField(max_length=300)
    is_blocking = models.BooleanField(default=True)
    raised_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-raised_at"]
        triggers = [Audited(subject="subject_id", locks=True)]
        constraints = [
            models.UniqueConstraint(fields=["form", "record", "kind"], name="alert_once_per_record"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | (Q(acknowledged_by__isnull=False) & ~Q(action="")),
                name="alert_acknowledged_by_and_with_an_action",
            ),
        ]

    def __str__(self):
        return f"{self.kind} alert"
