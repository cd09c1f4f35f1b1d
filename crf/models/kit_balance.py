"""What the site says of units of a kit that nobody accounts for, when it closes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class KitBalance(models.Model):
    """An explanation counts for the difference that it explains: another difference wants another one."""

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kit = models.CharField(max_length=40)
    difference = models.IntegerField()
    explanation = models.CharField(max_length=500)
    explained_at = models.DateTimeField()
    explained_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        triggers = [Audited()]
        constraints = [models.CheckConstraint(condition=~Q(explanation=""), name="kit_balance_is_explained")]

    def __str__(self):
        return f"{self.kit}: {self.difference}"
