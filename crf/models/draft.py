"""What was typed and is not saved yet, and what a check made somebody correct."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class Draft(models.Model):
    """The answers of one person to one form before saving. Not the record, not audited, gone when it is saved."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    row_number = models.PositiveSmallIntegerField(default=1)
    base_version = models.PositiveIntegerField(null=True)
    answers = models.JSONField(default=dict)
    fired = models.JSONField(default=dict)
    begun_at = models.DateTimeField(auto_now_add=True)
    kept_at = models.DateTimeField()
    handed_on_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who typed it and has left",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject", "visit", "form", "row_number"],
                nulls_distinct=False,
                name="draft_one_per_person_and_form",
            )
        ]

    def __str__(self):
        return f"Draft of {self.form}"


class DraftSettled(models.Model):
    """What became of a draft that its writer left behind: who decided, what and why. Without what was typed."""

    class Outcome(models.TextChoices):
        HANDED_ON = "handed_on", "Handed on"
        DISCARDED = "discarded", "Discarded"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    row_number = models.PositiveSmallIntegerField()
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    answers_kept = models.PositiveSmallIntegerField(help_text="how many, not which")
    outcome = models.CharField(max_length=9, choices=Outcome)
    handed_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    settled_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="draft_settled_with_a_reason"),
            models.CheckConstraint(
                condition=Q(outcome="handed_on", handed_to__isnull=False)
                | Q(outcome="discarded", handed_to__isnull=True),
                name="draft_handed_to_somebody_or_discarded",
            ),
        ]

    def __str__(self):
        return f"Draft of {self.form}, {self.get_outcome_display().lower()}"


class CheckFiring(models.Model):
    """A check fired while somebody typed and the value was corrected before saving (AUD-07)."""

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    record = models.BigIntegerField()
    item = models.CharField(max_length=40)
    check_code = models.CharField(max_length=30)
    sentence = models.CharField(max_length=300)
    first_answer = models.CharField(max_length=300)
    saved_answer = models.CharField(max_length=300)
    fired_at = models.DateTimeField()

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]

    def __str__(self):
        return f"{self.check_code} on {self.form}"
