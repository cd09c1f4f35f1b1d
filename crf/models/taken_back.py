"""A wrong first step that was taken back, and why: what it was stays on record and is shown struck through."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class TakenBack(models.Model):
    """A form that was moved to another visit, a state of a visit that was called wrongly, or a fact about the subject.

    Of an alert that was acknowledged by mistake `record` is the alert. Voided records, visits opened by mistake and
    subjects entered in error say it themselves.
    """

    class Kind(models.TextChoices):
        MOVED = "MOVED", "Moved"
        MISSED = "MISSED", "Not missed"
        DONE = "DONE", "Not done yet"
        FAILED = "FAILED", "No screen failure"
        SCREENED = "SCREENED", "Screened on another day"
        ALERT = "ALERT", "Not acted upon"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    visit = models.ForeignKey(
        "crf.Visit", null=True, on_delete=models.PROTECT, related_name="+", help_text="where it stood"
    )
    to_visit = models.ForeignKey("crf.Visit", null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20, blank=True)
    record = models.BigIntegerField(null=True)
    row_number = models.PositiveSmallIntegerField(default=1, help_text="the row that it was there")
    was = models.CharField(max_length=500, blank=True, help_text="what it was, such as why a visit was called missed")
    reason = models.CharField(max_length=200)
    taken_back_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        indexes = [models.Index(fields=["subject"], name="taken_back_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="MOVED", visit__isnull=False, to_visit__isnull=False, record__isnull=False)
                | (~Q(kind="MOVED") & Q(to_visit__isnull=True)),
                name="taken_back_moved_to_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["MOVED", "ALERT"], record__isnull=False)
                | (~Q(kind__in=["MOVED", "ALERT"]) & Q(record__isnull=True)),
                name="taken_back_names_its_record",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["FAILED", "SCREENED", "ALERT"]) | Q(visit__isnull=False),
                name="taken_back_at_a_visit",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="taken_back_with_a_reason"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}{f' at {self.visit}' if self.visit_id else ''}"
