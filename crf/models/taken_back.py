"""A wrong first step that was taken back, and why: what it was stays on record and is shown struck through."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class TakenBack(models.Model):
    """A form that was moved to another visit, or a state of a visit that was called wrongly.

    Voided records, visits opened by mistake and subjects entered in error say it themselves.
    """

    class Kind(models.TextChoices):
        MOVED = "MOVED", "Moved"
        MISSED = "MISSED", "Not missed"
        DONE = "DONE", "Not done yet"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    visit = models.ForeignKey("crf.Visit", on_delete=models.PROTECT, related_name="+", help_text="where it stood")
    to_visit = models.ForeignKey("crf.Visit", null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20, blank=True)
    record = models.BigIntegerField(null=True)
    row_number = models.PositiveSmallIntegerField(default=1, help_text="the row that it was there")
    was = models.CharField(max_length=200, blank=True, help_text="the reason for which a visit was called missed")
    reason = models.CharField(max_length=200)
    taken_back_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        indexes = [models.Index(fields=["subject"], name="taken_back_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="MOVED", to_visit__isnull=False, record__isnull=False)
                | (~Q(kind="MOVED") & Q(to_visit__isnull=True, record__isnull=True)),
                name="taken_back_moved_to_a_visit",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="taken_back_with_a_reason"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} at {self.visit}"
