"""A deviation that the system found: by which rule, on what, and whether the facts behind it still stand."""

from django.db import models
from django.db.models import Q

from .audit import Audited


class Found(models.Model):
    """Joins a row of the form for deviations with the departure that opened it; people's own rows have none."""

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    record = models.BigIntegerField(help_text="the row of the form for deviations")
    occasion = models.CharField(max_length=120, help_text="what it was found on")
    sentence = models.CharField(max_length=500)
    component = models.CharField(max_length=60)
    found_at = models.DateTimeField()
    no_longer_at = models.DateTimeField(null=True, blank=True)
    no_longer_because = models.CharField(max_length=200, blank=True)

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "occasion"], condition=Q(no_longer_at__isnull=True), name="found_once_per_occasion"
            )
        ]

    def __str__(self):
        return f"Found: {self.occasion}"
