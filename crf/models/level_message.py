"""What a site is told after a drug level, and, apart, why: the message is for blinded people, its ground is not."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class LevelMessage(models.Model):
    """One of two messages after a sample; the investigator takes note of it. Nothing here tells a level or an arm."""

    class Says(models.TextChoices):
        GO_ON = "go_on", "Nothing follows"
        ACT = "act", "To be acted on"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="level_messages")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    sample = models.PositiveSmallIntegerField(help_text="which of the subject's samples")
    version = models.PositiveIntegerField(help_text="of the sample as it was entered; a corrected level is told anew")
    drawn_on = models.DateField()
    says = models.CharField(max_length=5, choices=Says)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-sent_at", "-pk"]
        triggers = [Audited(subject="subject_id", locks=True)]
        indexes = [models.Index(fields=["subject"], name="level_message_by_subject")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "sample", "version"], name="level_message_once"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="level_message_seen_by_and_when",
            ),
        ]

    def __str__(self):
        return f"Message {self.pk} about a drug level"


class LevelGround(models.Model):
    """Why this message was sent: whether the list or the level asked for it, and why another one was sent instead."""

    message = models.OneToOneField(LevelMessage, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    asked = models.CharField(max_length=5, choices=LevelMessage.Says)
    from_list = models.BooleanField(help_text="below the limit of quantification: the list of sham messages said it")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True, apart=True)]

    def __str__(self):
        return f"Ground of message {self.message_id}"
