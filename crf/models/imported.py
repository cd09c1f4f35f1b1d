"""Files of results: what was uploaded and waits, what was imported, and which file each imported value came from.

Files with drug levels stand in tables of their own: nothing about them is in any table that a blinded page reads.
"""

from django.conf import settings
from django.db import models

from .audit import Audited


class StagedFile(models.Model):
    """A file that somebody uploaded and has not imported yet. Not the record, not audited, gone when it is settled."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    source_system = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    rows_stated = models.PositiveIntegerField()
    content = models.BinaryField()
    staged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "site", "kind", "sha256"], name="staged_once_per_person")
        ]

    def __str__(self):
        return f"{self.kind}, {self.sha256[:12]}"


class Received(models.Model):
    """A file that was imported: from which system, under which specification, by whom, and what it led to (XFR-02)."""

    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    specification = models.CharField(max_length=10)
    source_system = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    same = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.kind}, {self.sha256[:12]}"


class ReceivedRow(models.Model):
    """A row of a file, and the items of the record that it filled."""

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    row_in_file = models.PositiveIntegerField()
    form = models.CharField(max_length=20)
    record = models.BigIntegerField()
    items = models.JSONField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"Row {self.row_in_file}"


def _once(name):
    return [models.UniqueConstraint(fields=["site", "kind", "sha256"], name=name)]


class ImportFile(Received):
    """A file of results or limits that blinded people may know of."""

    class Meta:
        triggers = [Audited(locks=True)]
        constraints = _once("import_file_once")


class ImportedRow(ReceivedRow):
    """A row of such a file."""

    file = models.ForeignKey(ImportFile, on_delete=models.PROTECT, related_name="imported_rows")

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True)]
        indexes = [models.Index(fields=["form", "record"], name="imported_row_by_record")]


class LevelFile(Received):
    """A file of drug levels: for the safety officer alone."""

    class Meta:
        triggers = [Audited(locks=True, apart=True)]
        constraints = _once("level_file_once")


class LevelRow(ReceivedRow):
    """A row of such a file."""

    file = models.ForeignKey(LevelFile, on_delete=models.PROTECT, related_name="imported_rows")

    class Meta:
        triggers = [Audited(subject="subject_id", locks=True, apart=True)]
        indexes = [models.Index(fields=["form", "record"], name="level_row_by_record")]
