"""Who came in, what a site needed before it began, and who looked over the accounts."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import models

from crf.rules import access
from crf.spec import dates

from .audit import Audited


class SecondFactor(Authenticator):
    """allauth's table of authenticator apps, passkeys and recovery codes, on the trail: which kind, whose, not the
    secret. Using one changes neither column, so signing in makes no entry."""

    class Meta:
        proxy = True
        triggers = [Audited(only=["type", "user_id"])]

    def __str__(self):
        return f"{self.get_type_display()} of {self.user}"


class SignIn(models.Model):
    """One attempt to come in, or one going out. Rows are added and never changed: the table grants no more.

    `user` is empty where nobody has the name that was typed. The name itself is not kept: people type passwords there.
    `name_mark` is 32 bits of a keyed hash of it, enough to count the failures of one name and too few to find it out.
    `device` marks a browser that the person signed in with before (trialsite/devices.py).
    """

    class Kind(models.TextChoices):
        IN = "in", "Signed in"
        OUT = "out", "Signed out"
        FAILED = "failed", "Failed"
        FAILED_CODE = "failed_code", "Failed at the second factor"
        TIMED_OUT = "timed_out", "Signed out after idle time"
        ENDED = "ended", "Sessions ended"
        REFUSED = "refused", "Refused after too many failures"

    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)
    device = models.CharField(max_length=16, blank=True, default="")
    name_mark = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="sign_in_by_time"),
            models.Index(fields=["user", "-at"], name="sign_in_by_person"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} at {dates.moment(self.at)}"


class SiteApproval(models.Model):
    """An approval that a site has: what, since when, and under which reference it is filed."""

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="approvals")
    what = models.CharField(max_length=20, choices=list(access.APPROVALS.items()))
    approved_on = models.DateField()
    reference = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [Audited()]
        constraints = [models.UniqueConstraint(fields=["site", "what", "reference"], name="site_approval_once")]

    def __str__(self):
        return f"{self.get_what_display()}, {self.approved_on}"


class AccessReview(models.Model):
    """Somebody looked over every account and the roles it holds, on a day, and said what they found.

    `seen` keeps what they looked at: a list of [username, is active, roles in words].
    """

    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=500)
    seen = models.JSONField(default=list)

    class Meta:
        triggers = [Audited()]

    def __str__(self):
        return f"Review of {dates.day(self.reviewed_at)}"
