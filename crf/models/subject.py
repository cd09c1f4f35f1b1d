"""The person in the trial, known by a number only."""

from django.conf import settings
from django.db import models
from django.db.models import F, Manager, Q
from django.db.models.functions import Length

from .audit import Audited
from .loaded import Loaded


class SubjectsThatCount(Manager):
    """Subjects without those that were entered in error: no list, report or export has these."""

    def get_queryset(self):
        return super().get_queryset().filter(annulled_at__isnull=True)


class Subject(Loaded):
    """A subject of one site. What befell it stands as facts with who and when, not as one status.

    A number that was given in error is annulled and never given again; `objects` do not have it.
    """

    number = models.CharField(max_length=20, unique=True)
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="subjects")
    protocol_version = models.CharField(max_length=20)
    screened_on = models.DateField()
    rescreen_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="rescreened_as"
    )
    attested_at = models.DateTimeField(null=True, blank=True)
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    attestation_revoked_at = models.DateTimeField(null=True, blank=True, help_text="until it is attested anew")
    attestation_revoked_by_form = models.CharField(max_length=20, blank=True, help_text="the form that was changed")
    randomised_at = models.DateTimeField(null=True, blank=True)
    randomised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=100, blank=True)
    stratum_levels = models.JSONField(
        default=dict, blank=True, help_text="the factors' levels it was randomised with; corrections do not move it"
    )
    kit = models.CharField(max_length=20, null=True, blank=True, unique=True)
    first_dose_on = models.DateField(null=True, blank=True, help_text="kept by the deed that saves the first dose")
    consent_withdrawn_on = models.DateField(null=True, blank=True, help_text="kept when the end of study is saved")
    treatment_ended_on = models.DateField(null=True, blank=True, help_text="kept as the records tell it")
    treatment_ended_because = models.CharField(max_length=100, blank=True)
    treatment_ended_form = models.CharField(max_length=20, blank=True, help_text="the form that tells it")
    screen_failed_at = models.DateTimeField(null=True, blank=True)
    screen_failed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    screen_failure_reasons = models.JSONField(default=list, blank=True)

    annulled_at = models.DateTimeField(null=True, blank=True, help_text="entered in error")
    annulled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    annulled_reason = models.CharField(max_length=200, blank=True)

    objects = SubjectsThatCount()
    everything = Manager()

    class Meta:
        ordering = ["number"]
        triggers = [Audited(subject="id", locks=True)]
        # A page of thousands is read, and they are counted, without a look at the rows themselves.
        indexes = [
            models.Index(
                F("site"),
                Length("number"),
                F("number"),
                F("id"),
                condition=Q(annulled_at__isnull=True),
                name="subject_in_order",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(attested_at__isnull=True, attested_by__isnull=True)
                | Q(attested_at__isnull=False, attested_by__isnull=False),
                name="subject_attested_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(randomised_at__isnull=True, randomised_by__isnull=True, kit__isnull=True, stratum="")
                | (Q(randomised_at__isnull=False, randomised_by__isnull=False, kit__isnull=False) & ~Q(stratum="")),
                name="subject_randomised_by_at_and_kit",
            ),
            models.CheckConstraint(
                condition=Q(treatment_ended_on__isnull=True, treatment_ended_form="")
                | (Q(treatment_ended_on__isnull=False) & ~Q(treatment_ended_form="")),
                name="subject_treatment_ended_by_a_record",
            ),
            models.CheckConstraint(
                condition=Q(screen_failed_at__isnull=True) | Q(randomised_at__isnull=True),
                name="subject_not_both_failed_and_randomised",
            ),
            models.CheckConstraint(
                condition=Q(annulled_at__isnull=True, annulled_by__isnull=True, annulled_reason="")
                | (
                    Q(annulled_at__isnull=False, annulled_by__isnull=False, randomised_at__isnull=True)
                    & ~Q(annulled_reason="")
                ),
                name="subject_annulled_by_why_and_never_randomised",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return f"/subjects/{self.number}/"

    @property
    def is_randomised(self) -> bool:
        return self.randomised_at is not None

    @property
    def randomised_on(self):
        """The date of randomisation at the site; None before it."""
        return self.randomised_at.astimezone(self.site.zone).date() if self.randomised_at else None

    def has_ended_treatment(self, on) -> bool:
        """Whether treatment with the study drug had ended by that day."""
        return self.treatment_ended_on is not None and self.treatment_ended_on <= on

    @property
    def is_annulled(self) -> bool:
        """Whether the number was given in error."""
        return self.annulled_at is not None

    @property
    def is_screen_failure(self) -> bool:
        return self.screen_failed_at is not None
