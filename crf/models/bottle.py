"""A numbered bottle of a kit, at a site: in which state it is. Its history is the audit trail."""

from django.db import models
from django.db.models import Q

from crf.rules import bottles

from .audit import Audited


class Bottle(models.Model):
    """`units`: how many it was filled with. `units_gone`: how many the site had in it when it was destroyed, sent
    back or lost; none of one that a subject lost, which the form of the count tells.

    The database refuses what no bottle can become (migrations/sql/supply.sql).
    """

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey("crf.Shipment", on_delete=models.PROTECT, related_name="bottles")
    quarantine = models.ForeignKey("crf.Quarantine", null=True, on_delete=models.PROTECT, related_name="bottles")
    kit = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    units = models.PositiveIntegerField()
    state = models.CharField(max_length=11, choices=list(bottles.WORDS.items()), default=bottles.SENT)
    since = models.DateTimeField(help_text="when it came to this state")
    units_gone = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["kit", "number"]
        triggers = [Audited()]
        constraints = [
            models.UniqueConstraint(fields=["kit", "number"], name="bottle_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="bottle_numbered_from_one"),
            models.CheckConstraint(condition=Q(state__in=list(bottles.WORDS)), name="bottle_in_a_known_state"),
            models.CheckConstraint(
                condition=Q(units_gone__isnull=False, state__in=sorted(bottles.GONE | {bottles.LOST}))
                | (Q(units_gone__isnull=True) & ~Q(state__in=sorted(bottles.GONE | {bottles.LOST}))),
                name="bottle_gone_with_a_count",
            ),
            models.CheckConstraint(
                condition=~Q(state=bottles.QUARANTINED) | Q(quarantine__isnull=False), name="bottle_in_a_quarantine"
            ),
        ]
        indexes = [models.Index(fields=["site", "state"], name="bottle_by_state")]

    def __str__(self):
        return bottles.bottle_label(self.kit, self.number)

    @property
    def in_words(self) -> str:
        return bottles.WORDS[self.state]
