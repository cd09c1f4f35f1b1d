"""Copies that are the site's: each one that was downloaded or pushed, and whether the site confirmed that it has it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from crf.spec import dates

from .audit import Audited


class SiteCopy(models.Model):
    """One certified copy. `heads_sha256` says as of which state: one hash over where the chains of its subjects end."""

    class How(models.TextChoices):
        DOWNLOADED = "downloaded", "Downloaded"
        PUSHED = "pushed", "Pushed to the site"

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="copies")
    subject = models.ForeignKey("crf.Subject", null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How)
    purpose = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    heads_sha256 = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kept_at = models.CharField(max_length=200, blank=True, help_text="where the site keeps it, in its own words")

    class Meta:
        verbose_name_plural = "site copies"
        ordering = ["-made_at", "-pk"]
        triggers = [Audited()]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(kept_at="")),
                name="site_copy_confirmed_by_and_where",
            ),
            models.CheckConstraint(
                condition=Q(how="pushed") | Q(made_by__isnull=False), name="site_copy_downloaded_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="site_copy_for_a_purpose"),
        ]

    def __str__(self):
        return f"Copy of {dates.moment(self.made_at)}"

    @property
    def is_of_site(self) -> bool:
        """Whether it holds every subject of the site, and not one alone."""
        return self.subject_id is None
