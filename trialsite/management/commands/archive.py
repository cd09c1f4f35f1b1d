"""`ECRF_ROLE=owner manage.py archive FOLDER`: the whole trial in open formats, for the years after the system."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trialsite.operations import archive


class Command(BaseCommand):
    help = "Write every table, the trail with its verifier, casebooks, documents and the program into a folder."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            manifest = archive.write(folder, now=timezone.now())
        except archive.NotArchived as trouble:
            raise CommandError(str(trouble)) from trouble
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"{folder}: {rows} rows of {len(manifest['rows'])} tables, {len(manifest['files'])} files.")
