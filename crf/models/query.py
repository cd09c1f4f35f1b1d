"""A request about data: opened, answered, closed; reopened or cancelled; never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited
from .loaded import Loaded


class Query(Loaded):
    """A question about an item (or a whole form), asked by a check or by a person."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"
        CANCELLED = "cancelled", "Cancelled"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="queries")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    record = models.BigIntegerField()
    row_number = models.PositiveSmallIntegerField(default=1)
    item = models.CharField(max_length=40, blank=True)
    check_code = models.CharField(max_length=30, blank=True)
    check_version = models.CharField(max_length=10, blank=True, help_text="of the check that asked, as it was then")
    text = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    no_longer = models.BooleanField(default=False, help_text="the check passes again")

    class Meta:
        verbose_name_plural = "queries"
        ordering = ["-opened_at"]
        triggers = [Audited(subject="subject_id", locks=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "record", "check_code"],
                condition=Q(state__in=["open", "answered"]) & ~Q(check_code=""),
                name="query_one_standing_per_check",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_by__isnull=False), name="query_answered_by"
            ),
        ]

    def __str__(self):
        return f"Query {self.pk} on {self.form}"

    @classmethod
    def of_check(cls, record, check, *, subject_id, site_id, visit_id, version, at, by) -> "Query":
        """The unsaved query that a failed check, in this version of it, asks about a record or an entry of a chart."""
        return cls(
            subject_id=subject_id,
            site_id=site_id,
            visit_id=visit_id,
            form=record.form.code,
            record=record.pk,
            row_number=record.row_number,
            item=check.named_items(record.form)[0],
            check_code=check.code,
            check_version=version,
            text=check.sentence,
            opened_at=at,
            opened_by=by,
        )
