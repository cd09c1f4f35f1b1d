"""What is frozen or locked below the lock of a casebook and of the study: one row a freeze or lock, at its level.

A freeze holds values still, and is lifted at need; a lock also holds queries and verification, and bears the hash of
what it holds. The lock of a whole casebook and the one of the study have rules of their own (crf/models/lock.py).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from crf.spec import dates

from .audit import Audited


class HoldQuerySet(models.QuerySet):
    def standing(self):
        """Those that nobody lifted."""
        return self.filter(lifted_at__isnull=True)


class Hold(models.Model):
    """A freeze or a lock of an item, a form, a visit, a subject, a site or the study. The database enforces it."""

    class Kind(models.TextChoices):
        FREEZE = "freeze", "Freeze"
        LOCK = "lock", "Lock"

    class Level(models.TextChoices):
        ITEM = "item", "Item"
        FORM = "form", "Form"
        VISIT = "visit", "Visit"
        SUBJECT = "subject", "Subject"
        SITE = "site", "Site"
        STUDY = "study", "Study"

    kind = models.CharField(max_length=6, choices=Kind)
    level = models.CharField(max_length=7, choices=Level)
    site = models.ForeignKey("crf.Site", null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("crf.Subject", null=True, on_delete=models.PROTECT, related_name="holds")
    visit = models.ForeignKey("crf.Visit", null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20, blank=True)
    row_number = models.PositiveSmallIntegerField(null=True, help_text="one row of the form; none: all, also new ones")
    record = models.BigIntegerField(null=True, help_text="of an item: the row of the form's table")
    item = models.CharField(max_length=63, blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    content_hash = models.CharField(max_length=64, blank=True, help_text="of a lock: of all that it holds")
    exceptions = models.JSONField(default=list, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_reason = models.CharField(max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        indexes = [
            models.Index(fields=["subject"], condition=Q(lifted_at__isnull=True), name="hold_standing_by_subject")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "level", "site", "subject", "visit", "form", "row_number", "record", "item"],
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
                name="hold_one_standing_a_place",
            ),
            models.CheckConstraint(
                condition=Q(level="study", site__isnull=True, subject__isnull=True, visit__isnull=True, form="")
                | Q(level="site", site__isnull=False, subject__isnull=True, visit__isnull=True, form="")
                | Q(level="subject", site__isnull=False, subject__isnull=False, visit__isnull=True, form="")
                | Q(level="visit", site__isnull=False, subject__isnull=False, visit__isnull=False, form="")
                | (Q(level__in=["form", "item"], site__isnull=False, subject__isnull=False) & ~Q(form="")),
                name="hold_names_its_place",
            ),
            models.CheckConstraint(
                condition=(Q(level="item", record__isnull=False) & ~Q(item=""))
                | (Q(record__isnull=True, item="") & ~Q(level="item")),
                name="hold_of_an_item_names_it",
            ),
            # Those two have tables of their own: two people lock the study, and a casebook's lock carries its hash.
            models.CheckConstraint(
                condition=Q(kind="freeze", content_hash="")
                | (Q(kind="lock", level__in=["item", "form", "visit", "site"]) & ~Q(content_hash="")),
                name="hold_lock_bears_a_hash",
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (
                    Q(lifted_at__isnull=True, lifted_by__isnull=True)
                    | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason=""))
                ),
                name="hold_placed_and_lifted_by_and_why",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of the {self.level}, {dates.day(self.placed_at)}"
