"""`manage.py push_copies`: the certified copy of each site to the place that it holds, closed for its own key.

`keep_trail` does the same each night; this is for a timer of one's own, and to try a new destination. Exit status 1
when a copy did not arrive.
"""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crf.actions import push_copies as deed
from crf.exchange.copy.destination import BadDestination


class Command(BaseCommand):
    help = "Push the copy of every site that ECRF_COPIES names."

    def add_arguments(self, parser):
        parser.add_argument("--due", action="store_true", help="only to sites that had none since midnight (UTC)")

    def handle(self, *, due, **options):
        if settings.COPIES is None:
            raise CommandError("ECRF_COPIES is not set: it names the file that says where the copies go.")
        try:
            failed = deed.push_all(only_due=due, tell=self.stdout.write)
        except BadDestination as trouble:
            raise CommandError(str(trouble)) from trouble
        if failed:
            sys.exit(1)
