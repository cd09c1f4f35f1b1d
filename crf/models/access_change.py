"""What no administrator does alone: another address or another second factor for somebody who signs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .audit import Audited


class AccessChange(models.Model):
    """One administrator asks for it, another confirms or refuses it; the person is told at the address of before.

    Whoever has the mailbox and the second factor of an account signs with it, so one person never changes either.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", "Another e-mail address"
        LINK = "link", "A new password and a new second factor"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for a second administrator"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_changes")
    kind = models.CharField(max_length=10, choices=Kind)
    email = models.EmailField(blank=True)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [Audited()]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="waiting"), name="access_change_one_waits_per_person"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="refused", decided_by__isnull=False, decided_at__isnull=False)
                | Q(state="confirmed", decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("asked_by"))
                & ~Q(decided_by=F("user")),
                name="access_change_is_confirmed_by_a_second_person",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} for {self.user}: {self.get_state_display().lower()}"
