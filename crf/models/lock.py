"""The locks of the study and of one subject's casebook: after a lock no record under it changes.

The study is locked by two people, and its lock lifted by two: one asks, another confirms (LCK-03). Once the allocation
list is open, an investigator of each site has to consent to a lift as well (BLI-12).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from crf.spec import dates

from .audit import Audited


class StudyLock(models.Model):
    """A lock of the whole study, with the hash of what was locked. Lifting it is a second fact in the same row.

    `locked_by` asked for it; `confirmed_by` confirmed, and is empty only in locks older than the rule of two people.
    """

    locked_at = models.DateTimeField()
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
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
        return f"Study lock of {dates.day(self.locked_at)}"


class LockRequest(models.Model):
    """One person asks that the study be locked, or that its lock be lifted. Others consent; then it is done."""

    class Kind(models.TextChoices):
        LOCK = "lock", "Lock the study"
        LIFT = "lift", "Lift the lock of the study"

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn"

    kind = models.CharField(max_length=4, choices=Kind)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    content_hash = models.CharField(max_length=64)
    exceptions = models.JSONField(default=list, blank=True)
    lock = models.ForeignKey(StudyLock, null=True, on_delete=models.PROTECT, related_name="requests")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)

    class Meta:
        triggers = [Audited()]
        constraints = [
            # A constant in a unique index: one request waits at a time.
            models.UniqueConstraint(
                models.Case(
                    models.When(settled_at__isnull=True, then=models.Value(1)),
                    default=models.Value(None),
                    output_field=models.IntegerField(),
                ),
                name="one_waiting_lock_request",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
                name="lock_request_settled_by_and_how",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, asked on {dates.day(self.asked_at)}"


class LockConsent(models.Model):
    """A person agrees to a request: the second of the sponsor's side, or an investigator for a site."""

    request = models.ForeignKey(LockRequest, on_delete=models.PROTECT, related_name="consents")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    as_role = models.CharField(max_length=30)
    for_site = models.CharField(max_length=10, blank=True, help_text="the code of the investigator's site")

    class Meta:
        triggers = [Audited()]
        constraints = [models.UniqueConstraint(fields=["request", "by", "for_site"], name="lock_consent_once")]

    def __str__(self):
        return f"Consent of {self.by}"


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
        return f"Casebook lock of {dates.day(self.locked_at)}"
