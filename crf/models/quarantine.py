"""Bottles that were put aside together, until the supply manager releases or rejects them together."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class Quarantine(models.Model):
    """Settled as a whole: a person who knows the arms could tell them by releasing some of the bottles."""

    class Outcome(models.TextChoices):
        RELEASED = "released", "Released"
        REJECTED = "rejected", "Rejected"

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        triggers = [Audited()]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="quarantine_has_a_reason"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="") & ~Q(because="")),
                name="quarantine_settled_by_and_why",
            ),
        ]

    def __str__(self):
        return f"Quarantine {self.pk} at {self.site.name}"
