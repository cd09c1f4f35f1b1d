"""What was sent to a site, and how it arrived. Kits are numbered, not named: nothing here tells an arm."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .audit import Audited


class Shipment(models.Model):
    """A number of kits, or of further bottles of kits, under one date of expiry: the earliest of all in it."""

    class Condition(models.TextChoices):
        GOOD = "good", "Good"
        DAMAGED = "damaged", "Damaged"
        TEMPERATURE = "temperature", "Outside its temperature"

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    expires_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField(null=True)
    condition = models.CharField(max_length=11, choices=Condition, blank=True)
    counted = models.PositiveIntegerField(
        null=True, help_text="how many bottles arrived whole, as the pharmacist counted"
    )
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["site", "number"]
        triggers = [Audited()]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="shipment_number_once_a_site"),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by__isnull=True, received_on__isnull=True, condition="")
                | (
                    Q(received_at__isnull=False, received_by__isnull=False, received_on__isnull=False)
                    & ~Q(condition="")
                ),
                name="shipment_received_by_and_how",
            ),
        ]

    def __str__(self):
        return f"Shipment {self.number} to {self.site.name}"

    def get_absolute_url(self):
        return f"/stock/shipments/{self.pk}/"

    @property
    def is_on_its_way(self) -> bool:
        return self.received_at is None
