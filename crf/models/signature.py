"""A signature: who stated what about which content, when, in which role; and what took it back."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from crf.spec import dates

from .audit import Audited


class SignatureQuerySet(models.QuerySet):
    def standing(self):
        """Signatures that nothing has revoked."""
        return self.filter(revoked_at__isnull=True)

    def whole(self):
        """Standing signatures of a casebook after which no further record was entered or completed."""
        return self.standing().filter(scope=Signature.Scope.CASEBOOK, overtaken_at__isnull=True)


class Signature(models.Model):
    """A signature stands on the SHA-256 of the canonical content that the signer was shown (SIG-03).

    `covers` names the rows it stands on: {"HAMD": [record ids], ..., "VISIT": [visit ids]}. The database revokes it in
    the transaction in which one of them changes (SIG-05), and marks that of a casebook overtaken when a further record
    is entered or completed. The web process can give a signature and read it, and can do nothing else with it.
    """

    class Scope(models.TextChoices):
        CASEBOOK = "CASEBOOK", "Casebook"
        RECORD = "RECORD", "Form"
        LABORATORY = "LABORATORY", "Laboratory values"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="signatures")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=10, choices=Scope)
    visit = models.ForeignKey("crf.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20, blank=True)
    record = models.BigIntegerField(null=True, blank=True)
    meaning = models.CharField(max_length=300)
    content_sha256 = models.CharField(max_length=64)
    covers = models.JSONField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=200, help_text="as it was when signing")
    role = models.CharField(max_length=30)
    signed_at = models.DateTimeField()
    overtaken_at = models.DateTimeField(null=True, blank=True, help_text="the first further record")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=300, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        indexes = [models.Index(fields=["subject", "signed_at"], name="signature_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_because="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_because="")),
                name="signature_revoked_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(meaning="") & ~Q(printed_name="") & Q(content_sha256__regex="^[0-9a-f]{64}$"),
                name="signature_says_who_means_what",
            ),
            models.CheckConstraint(
                condition=Q(scope="CASEBOOK", visit__isnull=True, form="", record__isnull=True)
                | (~Q(scope="CASEBOOK") & (~Q(form="") | Q(visit__isnull=False))),
                name="signature_of_all_or_of_a_part",
            ),
            models.CheckConstraint(
                condition=(Q(scope="RECORD") & Q(record__isnull=False)) | (~Q(scope="RECORD") & Q(record__isnull=True)),
                name="signature_of_a_record_names_it",
            ),
        ]

    def __str__(self):
        return f"Signature of {self.printed_name}, {dates.moment(self.signed_at)}"
