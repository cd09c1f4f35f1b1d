"""A look at the whole record against its trail: when, by what cause, how much was read, and what differed."""

from django.db import models

from crf.spec import dates

from .audit import Audited


class RecordCheck(models.Model):
    """One run of the comparison. Rows are added and never changed: the table grants no more."""

    class Cause(models.TextChoices):
        NIGHTLY = "nightly", "Every night"
        BY_HAND = "by_hand", "By hand"
        LOCK = "lock", "Before the study lock"
        REPORT = "report", "Before the unblinded report"

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    cause = models.CharField(max_length=8, choices=Cause)
    events = models.BigIntegerField()
    cells = models.BigIntegerField()
    anchored_at = models.DateTimeField(null=True, help_text="of the newest anchor that was compared")
    findings = models.JSONField(default=list, help_text="sentences without any value")
    count = models.PositiveIntegerField(default=0, help_text="findings, also those beyond what is kept")

    class Meta:
        triggers = [Audited()]
        indexes = [models.Index(fields=["-ended_at"], name="record_check_by_time")]

    def __str__(self):
        return f"Check of the record, {dates.moment(self.ended_at)}"
