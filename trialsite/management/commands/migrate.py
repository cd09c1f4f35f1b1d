"""Django's own command; what stands in its way ends in a sentence."""

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations.exceptions import IrreversibleError

from trialsite.database import roles


class Command(migrate.Command):
    def handle(self, *args, **options):
        with connections[options["database"]].cursor() as cursor:  # the log of changes names who made them
            cursor.execute("SELECT set_config('application_name', %s, false)", [roles.MIGRATING])
        try:
            super().handle(*args, **options)
        except IrreversibleError:
            raise CommandError(
                "There is no way back over this migration: a trail that was written cannot be unwritten. To return to"
                " the release before, restore the backup that was made before the upgrade (README, Upgrades)."
            ) from None
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "55P03":
                raise
            raise CommandError(
                "A table was in use for longer than ten seconds, so this migration was not begun; those before it are"
                " done. Nothing is half done. Say it again at a quieter time, or stop the web server first."
            ) from None
