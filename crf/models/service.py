"""What keeps the service going and is no part of the record: mails that wait to leave, and who is alive.

Neither is audited: no row of these tells anything about a subject. A mail's text is kept encrypted and only until the
mail has left, because it may hold a link that opens an account.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from crf.spec import dates


class Mail(models.Model):
    """One mail to one person, written in the transaction of the deed that it tells of; sent by `manage.py watch`."""

    class Kind(models.TextChoices):
        ALERT = "alert", "Alert"
        ACCOUNT = "account", "Account"
        SERVICE = "service", "Service"
        OTHER = "other", "Sign-in"  # allauth's own: a forgotten password, a notice

    kind = models.CharField(max_length=10, choices=Kind)
    to = models.CharField(max_length=254, blank=True, help_text="empty: nobody held the role")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, help_text="encrypted; emptied once it has left")
    link_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="whose password the link in it sets; the link is made when the mail leaves",
    )
    written_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, help_text="empty once it has left or was given up")
    tries = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True, help_text="what the last try met, in kinds and codes")
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="mail_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(text="", next_try_at__isnull=True, given_up_at__isnull=True),
                name="mail_sent_is_settled",
            ),
            models.CheckConstraint(
                condition=~Q(kind="alert") | Q(given_up_at__isnull=True), name="mail_of_an_alert_is_never_given_up"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} mail {self.pk}"


class Heartbeat(models.Model):
    """When a program that works beside the web server was last seen, and what it found wrong then."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    since = models.DateTimeField(help_text="when this process of it began")
    found = models.JSONField(default=list, help_text="names of the findings that administrators were told of")

    def __str__(self):
        return f"{self.name} at {dates.moment(self.at)}"
