"""What somebody asked for that takes long, and the files that it gave: made beside the web server, kept for a while.

Neither is audited: the export log says who was given which file. A question names no value of a subject and no arm.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Output(models.Model):
    """One thing asked for by one person: what, of which data (`key`), how far it is, and which files came out.

    `key` hashes everything that decides the bytes: the same question of the same data is answered from what is there.
    `files`: name, type, sha256 and size of each. A worker that takes it counts a try and says with `beat_at` that it
    lives; when that falls silent, another one takes it up again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Being made"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        GONE = "gone", "Thrown away"

    kind = models.CharField(max_length=30)
    question = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    purpose = models.CharField(max_length=300, blank=True)
    is_unblinded = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    doing = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True, help_text="a sentence for the person who asked")
    read_from = models.CharField(
        max_length=120, blank=True, db_default="", help_text="which server's data, and where it stood"
    )
    files = models.JSONField(default=list)
    keep_until = models.DateTimeField(null=True, help_text="then its files are thrown away")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "id"], condition=Q(state__in=["waiting", "running"]), name="output_to_make"),
            models.Index(fields=["asked_by", "-asked_at"], name="output_by_person"),
            models.Index(fields=["key"], name="output_by_content"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(keep_until__isnull=False, ended_at__isnull=False),
                name="output_done_has_its_end",
            ),
            # Two clicks at once make one output.
            models.UniqueConstraint(
                fields=["asked_by", "key"], condition=Q(state__in=["waiting", "running"]), name="output_asked_once"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be made."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def is_ready(self) -> bool:
        """Whether its files can be handed out: they are made, and their time is not over."""
        return self.state == self.State.DONE and self.keep_until > timezone.now()

    def file(self, name: str) -> dict | None:
        """What is known of the file of that name; None where there is none."""
        return next((one for one in self.files if one["name"] == name), None)


class OutputPart(models.Model):
    """A piece of a file, encrypted: in the database, so that any host can hand out what any worker made."""

    key = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name", "number"], name="output_part_once")]

    def __str__(self):
        return f"{self.name}, part {self.number}"
