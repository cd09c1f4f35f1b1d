"""Limits of normal that a site's laboratory handed in, with the days on which they are valid."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .audit import Audited


class SiteLimits(models.Model):
    """One test, one sex or both, one range of ages. The database admits one row for a test, sex, age and day.

    A row is never rewritten: it ends (`valid_to`), and another begins; a wrong one is withdrawn. `low` or `high` None:
    no limit on that side.
    """

    class Sex(models.TextChoices):
        BOTH = "", "Both"
        FEMALE = "F", "Female"
        MALE = "M", "Male"

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="limits")
    analyte = models.CharField(max_length=20)
    sex = models.CharField(max_length=1, choices=Sex, blank=True, default=Sex.BOTH)
    youngest = models.PositiveSmallIntegerField()
    oldest = models.PositiveSmallIntegerField()
    low = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source_system = models.CharField(max_length=100, blank=True, help_text="where the file came from, if any")
    file_sha256 = models.CharField(max_length=64, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="they were wrong and count no more")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["analyte", "sex", "youngest", "valid_from"]
        triggers = [Audited(locks=True)]
        constraints = [
            models.CheckConstraint(condition=Q(low__isnull=False) | Q(high__isnull=False), name="limits_on_a_side"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="limits_not_upside_down",
            ),
            models.CheckConstraint(condition=Q(youngest__lte=F("oldest")) & Q(oldest__lte=120), name="limits_ages"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="limits_validity"
            ),
            models.CheckConstraint(condition=Q(sex__in=["", "F", "M"]), name="limits_sex"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="limits_withdrawn_by_and_why",
            ),
        ]

    def __str__(self):
        return f"{self.analyte} from {self.valid_from}"
