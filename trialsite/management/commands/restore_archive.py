"""`ECRF_ROLE=owner manage.py restore_archive FOLDER`: read an archive back into an empty, migrated system."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from trialsite.operations import archive


class Command(BaseCommand):
    help = "Restore an archive into an empty system of the same release. All of it, or nothing."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            manifest = archive.restore(folder)
        except archive.NotArchived as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(
            f"{sum(manifest['rows'].values())} rows are back as they were, and every hash of the trail follows. "
            "Now run `manage.py verify` as the web."
        )
