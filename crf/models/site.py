"""The place where subjects are seen."""

from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from .audit import Audited
from .loaded import Loaded


class Site(Loaded):
    """A site of the study. Its code is the stratum of the randomisation and the prefix of its subject numbers."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=3, help_text="ISO 3166-1 alpha-3")
    timezone = models.CharField(max_length=60)
    protocol_version = models.CharField(max_length=20)
    activated_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="its people have no access any more")

    class Meta:
        ordering = ["code"]
        triggers = [Audited()]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def today(self):
        """The date at the site now. Rules are given the day; only pages and deeds ask for it."""
        return timezone.now().astimezone(self.zone).date()
