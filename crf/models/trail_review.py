"""A planned look at the audit trail: which risks were looked at over which days, and what came of it (AUD-16)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .audit import Audited


class TrailReview(models.Model):
    """`looked_at`: each risk that was looked at, as [code, words, how many events there were then]."""

    class Outcome(models.TextChoices):
        NOTHING = "nothing", "Nothing to follow up"
        QUERIES = "queries", "Queries were opened"
        ELSEWHERE = "elsewhere", "Followed up outside this system"

    since = models.DateField()
    until = models.DateField()
    sites = models.JSONField(help_text="codes of the sites whose trail was looked at")
    looked_at = models.JSONField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    finding = models.CharField(max_length=1000)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)

    class Meta:
        ordering = ["-reviewed_at", "-pk"]
        triggers = [Audited()]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="trail_review_until_after_since"),
            models.CheckConstraint(condition=~Q(finding="") & ~Q(looked_at=[]), name="trail_review_says_what"),
        ]

    def __str__(self):
        return f"Review of the trail from {self.since} to {self.until}"
