"""The locks of the study and of one subject's casebook: after a lock no record under it changes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class StudyLock(models.Model):
    """A lock of the whole study, with the hash of what was locked. Lifting it is a second fact in the same row."""

    locked_at = models.DateTimeField()
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    content_hash = models.CharField(max_length=64)
    exceptions = models.JSONField(default=list, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [Audited()]
        constraints = [
            # A constant in a unique index: at most one lock stands.
            models.UniqueConstraint(
                models.Case(
                    models.When(lifted_at__isnull=True, then=models.Value(1)),
                    default=models.Value(None),
                    output_field=models.IntegerField(),
                ),
                name="one_standing_study_lock",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | (Q(lifted_by__isnull=False) & ~Q(lifted_reason="")),
                name="study_lock_lifted_by_and_why",
            ),
        ]

    def __str__(self):
        return f"Study lock of {self.locked_at:%Y-%m-%d}"


class CasebookLock(models.Model):
    """A lock of one subject's casebook, with the hash of what was locked and what was open and let pass (LCK-02)."""

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="locks")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    locked_at = models.DateTimeField()
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    content_hash = models.CharField(max_length=64)
    exceptions = models.JSONField(default=list, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(lifted_at__isnull=True), name="one_standing_casebook_lock"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | (Q(lifted_by__isnull=False) & ~Q(lifted_reason="")),
                name="casebook_lock_lifted_by_and_why",
            ),
        ]

    def __str__(self):
        return f"Casebook lock of {self.locked_at:%Y-%m-%d}"
