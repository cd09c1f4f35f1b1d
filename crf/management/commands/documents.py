"""`manage.py documents`: write what follows from the declarations to crf/documents/; --check says if it is current."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crf.papers import documents


class Command(BaseCommand):
    help = "Write dictionary, schedule, edit checks and annotated forms, or say whether they are current."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a document is not current")
        parser.add_argument("--folder", type=Path, default=documents.FOLDER)
        parser.add_argument(
            "--before-the-first-subject",
            action="store_true",
            help="items may still be renamed or removed: nothing was collected yet",
        )

    def handle(self, *, check, folder, before_the_first_subject, **options):
        if check:
            self._check(folder)
            return
        try:
            names = documents.write(folder, before_the_first_subject=before_the_first_subject)
        except documents.ItemsLost as lost:
            raise CommandError(f"Nothing was written.\n{lost}") from lost
        self.stdout.write(f"Written: {', '.join(names)}." if names else "Every document is current.")

    def _check(self, folder):
        names = documents.not_current(folder)
        if names:
            raise CommandError(f"Not current: {', '.join(names)}. Run: manage.py documents")
        self.stdout.write("Every document is current.")
