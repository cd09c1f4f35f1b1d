"""A planned occasion, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Manager, Q

from crf import trial
from crf.spec.visits import MISSED_BECAUSE

from .audit import Audited
from .loaded import Loaded


class VisitsThatStand(Manager):
    """Visits without those that were opened by mistake: nothing but the history of a subject looks at these."""

    def get_queryset(self):
        return super().get_queryset().filter(undone_at__isnull=True)


class Visit(Loaded):
    """A visit of a subject: planned, done (with its date) or missed (with a reason).

    One that was opened by mistake is undone (who, when, why); it keeps its number, and `objects` do not have it.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        DONE = "done", "Done"
        MISSED = "missed", "Missed"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="visits")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=5)
    number = models.PositiveSmallIntegerField(default=1, help_text="counts unscheduled visits")
    state = models.CharField(max_length=7, choices=State, default=State.PLANNED)
    occurred_on = models.DateField(null=True, blank=True)
    missed_because = models.CharField(max_length=9, choices=MISSED_BECAUSE, blank=True, help_text="code of the reason")
    missed_reason = models.CharField(max_length=200, blank=True, help_text="the reason in words")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    undone_at = models.DateTimeField(null=True, blank=True, help_text="opened by mistake")
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_reason = models.CharField(max_length=200, blank=True)

    objects = VisitsThatStand()
    everything = Manager()

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        # Of ten thousand subjects most have settled their visits: what is still to come is found without them.
        indexes = [models.Index(fields=["subject", "code"], condition=Q(state="planned"), name="visit_not_settled")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "code", "number"], condition=Q(undone_at__isnull=True), name="visit_once_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undone_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason="")),
                name="visit_undone_by_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(occurred_on__isnull=False), name="visit_done_has_a_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="missed") | ~Q(missed_reason=""), name="visit_missed_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="missed") | Q(missed_because__in=[code for code, _ in MISSED_BECAUSE]),
                name="visit_missed_has_a_code",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def definition(self):
        return trial.visit(self.code)

    @property
    def label(self) -> str:
        return self.definition.label + (f" {self.number}" if self.number > 1 else "")
