"""A correction that the site asks for of something it may not change itself, and what became of it (INV-06)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class CorrectionQuerySet(models.QuerySet):
    def waiting(self):
        """Those about which something is still to be done."""
        return self.filter(state__in=[Correction.State.ASKED, Correction.State.ACCEPTED])


class Correction(models.Model):
    """Asked by the site; accepted or refused, with the reason, by data management; done when the record says so.
    One that was asked by mistake is withdrawn by who asked, while nothing was decided.

    It is kept under every freeze and lock: asking changes nothing of the record.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="corrections")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20, blank=True, help_text="none: about the subject, such as its stratum")
    row_number = models.PositiveSmallIntegerField(default=1)
    item = models.CharField(max_length=63, blank=True)
    text = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done = models.CharField(max_length=500, blank=True, help_text="what was done")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        triggers = [Audited(subject="subject_id")]
        indexes = [models.Index(fields=["subject"], name="correction_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    Q(state__in=["accepted", "refused", "done", "withdrawn"], decided_by__isnull=False)
                    & ~Q(decision="")
                ),
                name="correction_decided_by_and_why",
            ),
            models.CheckConstraint(
                condition=(Q(state="done", done_at__isnull=False, done_by__isnull=False) & ~Q(done=""))
                | (~Q(state="done") & Q(done_at__isnull=True, done_by__isnull=True)),
                name="correction_done_by_and_how",
            ),
        ]

    def __str__(self):
        return f"Correction {self.pk}"
