"""That the blind of a subject was broken or lost: who, when, why, who was told. Never what was shown.

What the safety officer opens for a report to an authority is not here: nobody who runs or analyses the trial learns
of it (BLI-13). The sealed room keeps its own log, of every kind; `log` is the number there.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from crf.spec import dates

from .audit import Audited


class CodeBreak(models.Model):
    """One time that the blind of a subject was broken on purpose, or lost by accident.

    A planned one waits for a second person. By envelope: on paper, while the system was away. `told`: who was mailed
    at once, as [role, username].
    """

    class Kind(models.TextChoices):
        EMERGENCY = "emergency", "Emergency"
        PLANNED = "planned", "Planned"
        ACCIDENTAL = "accidental", "By accident"
        ENVELOPE = "envelope", "By envelope"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="code_breaks")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    log = models.BigIntegerField(null=True, unique=True, help_text="its number in the log of the sealed room")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    happened_on = models.DateField(help_text="the day on which it was asked for, or the accident happened")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    declined_because = models.CharField(max_length=300, blank=True)
    shown_at = models.DateTimeField(null=True, help_text="when somebody saw the arm; of an accident, when it was told")
    is_unusual = models.BooleanField(default=False, help_text="more of them in a day than is usual")
    told = models.JSONField(default=list, blank=True)
    taken_back_at = models.DateTimeField(null=True, help_text="recorded by mistake: nobody learnt the arm")
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_back_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        triggers = [Audited(subject="subject_id")]  # never refused, not even while everything is locked
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="code_break_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind="planned") | Q(log__isnull=True) | Q(approved_at__isnull=False),
                name="planned_code_break_is_approved_first",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=models.F("asked_by"))),
                name="code_break_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, declined_by__isnull=True)
                | (Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(declined_because="")),
                name="code_break_declined_by_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("accidental", "envelope")) | Q(log__isnull=True),
                name="accident_is_in_no_log_of_the_sealed_room",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True, taken_back_because="")
                | (
                    Q(
                        kind__in=("accidental", "envelope"),
                        shown_at__isnull=True,
                        taken_back_at__isnull=False,
                        taken_back_by__isnull=False,
                    )
                    & ~Q(taken_back_because="")
                    & ~Q(taken_back_by=models.F("asked_by"))
                ),
                name="code_break_taken_back_by_another_and_why",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} code break of {dates.day(self.asked_at.date())}"

    def get_absolute_url(self):
        return f"/code-breaks/{self.pk}/"

    @property
    def is_lost(self) -> bool:
        """Whether somebody knows the arm by it."""
        return self.shown_at is not None

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it was asked for and nobody was shown the arm."""
        return (
            self.kind in (self.Kind.EMERGENCY, self.Kind.PLANNED) and self.shown_at is None and self.declined_at is None
        )

    @property
    def may_be_taken_back(self) -> bool:
        """Whether it can have been recorded by mistake: what was shown here was shown."""
        return self.is_lost and self.kind in (self.Kind.ACCIDENTAL, self.Kind.ENVELOPE)

    @property
    def is_shown(self) -> bool:
        """Whether the arm was read on purpose, here or on paper."""
        return self.is_lost and self.kind != self.Kind.ACCIDENTAL

    @property
    def waits_for_approval(self) -> bool:
        return self.kind == self.Kind.PLANNED and self.approved_at is None and self.declined_at is None

    @property
    def waits_to_be_shown(self) -> bool:
        """Whether who asked may go on: on record (and approved), and not shown yet."""
        if self.shown_at is not None or self.declined_at is not None:
            return False
        return self.kind == self.Kind.EMERGENCY or self.approved_at is not None


class ArmKnown(models.Model):
    """A person who knows the arm of a subject, and rates that subject no more.

    `person` has an account; of others `described` says who it is, without a name. A row is added, never changed.
    """

    class How(models.TextChoices):
        BROKE = "broke", "Broke the code"
        TOLD = "told", "Was told"
        LEARNT = "learnt", "Learnt it by accident"

    code_break = models.ForeignKey(CodeBreak, on_delete=models.PROTECT, related_name="known_to")
    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    described = models.CharField(max_length=200, blank=True)
    how = models.CharField(max_length=6, choices=How)
    since = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        triggers = [Audited(subject="subject_id")]
        constraints = [
            models.UniqueConstraint(fields=["code_break", "person"], name="arm_known_once_by_a_code_break"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(described=""), name="arm_known_to_somebody_who_is_described"
            ),
        ]

    def __str__(self):
        return f"{self.person or self.described} knows an arm since {dates.day(self.since)}"


class CodeBreakAnswer(models.Model):
    """What those who must know of a code break did: took note of it, or assessed what it means. Once for a role."""

    class Kind(models.TextChoices):
        SEEN = "seen", "Acknowledged"
        IMPACT = "impact", "Impact assessed"

    code_break = models.ForeignKey(CodeBreak, on_delete=models.PROTECT, related_name="answers")
    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    as_role = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [Audited(subject="subject_id")]
        constraints = [
            models.UniqueConstraint(fields=["code_break", "kind", "as_role"], name="code_break_answered_once_a_role"),
            models.CheckConstraint(condition=~Q(kind="impact") | ~Q(words=""), name="impact_is_told_in_words"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} by {self.by}"
