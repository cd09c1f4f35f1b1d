"""For a real server: print what its administrator runs once, before the first migration."""

from django.conf import settings
from django.core.management.base import BaseCommand

from trialsite.database.roles import script


class Command(BaseCommand):
    help = (
        "Print the SQL that a database administrator runs as superuser, in the trial's empty database, before the first"
        " migration: the three roles, who may connect, the sealed schema. The embedded server needs none of this."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--database", default="", help="its name, if not the one in DATABASE_URL")

    def handle(self, *args, database, **options):
        self.stdout.write(script(database or settings.DATABASES["default"]["NAME"]))
