"""Sealed envelopes, one for each kit, that the pharmacist keeps for a day without this system."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class EnvelopeQuerySet(models.QuerySet):
    def standing(self):
        """Without what was recorded by mistake."""
        return self.exclude(code_break__taken_back_at__isnull=False)


class Envelope(models.Model):
    """How somebody found the envelope of a kit, when they looked. A row is added, never changed; the last one counts.

    An opened one names its code break, which is in the register as every other is.
    """

    class Found(models.TextChoices):
        INTACT = "intact", "Intact"
        OPENED = "opened", "Opened"
        MISSING = "missing", "Missing"

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kit = models.CharField(max_length=40)
    found = models.CharField(max_length=7, choices=Found)
    code_break = models.ForeignKey("crf.CodeBreak", null=True, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField()
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(max_length=500, blank=True)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [Audited()]
        constraints = [
            models.CheckConstraint(condition=~Q(found="missing") | ~Q(remark=""), name="missing_envelope_is_explained")
        ]
        indexes = [models.Index(fields=["site", "kit"], name="envelope_by_kit")]

    def __str__(self):
        return f"Envelope of {self.kit}: {self.get_found_display()}"
