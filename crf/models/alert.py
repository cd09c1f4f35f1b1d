"""A danger sign that a physician must act on (PROTOCOL.md section 7)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from crf import trial

from .audit import Audited
from .loaded import Loaded


class AlertQuerySet(models.QuerySet):
    def waiting(self):
        """Alerts that ask for a physician: not acknowledged, and the record still asks for them."""
        return self.filter(acknowledged_at__isnull=True, no_longer_at__isnull=True)

    def prompting(self):
        """Alerts that ask for something besides an action which is not there, and nobody said why not."""
        return self.filter(no_longer_at__isnull=True, prompts_settled_at__isnull=True).exclude(prompts_open=[])


class Alert(Loaded):
    """Raised by a saved value; acknowledged by a physician with the action taken.

    It stands for one occurrence: a corrected value that is over the limit again is another alert, and one whose
    record was voided or put right is marked as no longer so, with the cause.
    """

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="alerts")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    record = models.BigIntegerField()
    rule = models.CharField(max_length=20, help_text="the rule that spoke")
    kind = models.CharField(max_length=20)
    occurrence = models.CharField(max_length=64, help_text="what it was raised on; another fact is another alert")
    prompts = models.JSONField(default=list, blank=True, help_text="what it asks for besides an action")
    prompts_open = models.JSONField(default=list, blank=True, help_text="of these, what nothing answers yet")
    sentence = models.CharField(max_length=300)
    is_blocking = models.BooleanField(default=True)
    raised_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=500, blank=True)
    prompts_settled_at = models.DateTimeField(
        null=True, blank=True, help_text="what was asked for is not entered, for a reason"
    )
    prompts_settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    prompts_reason = models.CharField(max_length=500, blank=True)
    no_longer_at = models.DateTimeField(null=True, blank=True, help_text="when the record stopped asking for it")
    no_longer_because = models.CharField(max_length=200, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        triggers = [Audited(subject="subject_id", locks=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "record", "rule", "occurrence"],
                condition=Q(no_longer_at__isnull=True),
                name="alert_once_per_occurrence",
            ),
            models.CheckConstraint(
                condition=Q(no_longer_at__isnull=True) | ~Q(no_longer_because=""), name="alert_no_longer_has_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(prompts_settled_at__isnull=True, prompts_settled_by__isnull=True, prompts_reason="")
                | (Q(prompts_settled_at__isnull=False, prompts_settled_by__isnull=False) & ~Q(prompts_reason="")),
                name="alert_prompts_settled_by_and_why",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | (Q(acknowledged_by__isnull=False) & ~Q(action="")),
                name="alert_acknowledged_by_and_with_an_action",
            ),
        ]

    def __str__(self):
        return f"{self.kind} alert"

    @property
    def kind_in_words(self) -> str:
        """What the trial calls signs of this kind: Suicidality."""
        return trial.ALERT_KINDS.get(self.kind, self.kind)

    @property
    def is_prompting(self) -> bool:
        """Whether something is asked for besides an action that is not there, and nobody said why not."""
        return self.no_longer_at is None and self.prompts_settled_at is None and bool(self.prompts_open)
