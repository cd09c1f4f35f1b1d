"""`manage.py compare_copies EARLIER.zip LATER.zip`: what changed between two copies, and what has no trace.

The same as `python3 verify_copy.py LATER.zip --before EARLIER.zip` of the archive, which needs nothing of this system.
"""

import sys

from django.core.management.base import BaseCommand

from crf.exchange.copy import verify_copy


class Command(BaseCommand):
    help = "Verify two copies of a site and list what was changed between them, by whom and why."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("earlier")
        parser.add_argument("later")

    def handle(self, *, earlier, later, **options):
        sys.exit(verify_copy.main([later, "--before", earlier]))
