"""Two runs of a report compared: what changed and why."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from analysis.reports.runs_compared import Run, lines


class Command(BaseCommand):
    help = (
        "Compare two archives of everything (ZIP) of one report: which numbers print otherwise, came or went, and "
        "what the runs were made of that differs (data, code, lock, arms, packages). Needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("before", type=Path, help="the archive of the earlier run")
        parser.add_argument("after", type=Path, help="the archive of the later run")

    def handle(self, *, before, after, **options):
        try:
            told = lines(Run.of(before), Run.of(after))
        except ValueError as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write("\n".join(told))
