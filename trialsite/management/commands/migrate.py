"""Django's own command; what stands in its way ends in a sentence."""

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations.exceptions import AmbiguityError, IrreversibleError, NodeNotFoundError
from django.db.migrations.executor import MigrationExecutor

from trialsite.database import roles

NO_WAY_BACK = (
    "There is no way back over this migration: a trail that was written cannot be unwritten. Nothing was undone. To"
    " return to the release before, restore the backup that was made before the upgrade (README, Upgrades)."
)


def refuse_half_a_way_back(connection, app: str, name: str) -> None:
    """Raises CommandError before anything is undone, where something on the way back cannot be."""
    executor = MigrationExecutor(connection)
    try:
        target = (app, None if name == "zero" else executor.loader.get_migration_by_prefix(app, name).name)
        plan = executor.migration_plan([target])
    except (AmbiguityError, KeyError, NodeNotFoundError):
        return  # Django says what is wrong with the name
    if any(back and not all(one.reversible for one in migration.operations) for migration, back in plan):
        raise CommandError(NO_WAY_BACK)


class Command(migrate.Command):
    def handle(self, *args, **options):
        with connections[options["database"]].cursor() as cursor:  # the log of changes names who made them
            cursor.execute("SELECT set_config('application_name', %s, false)", [roles.MIGRATING])
        if options["app_label"] and options["migration_name"]:
            refuse_half_a_way_back(connections[options["database"]], options["app_label"], options["migration_name"])
        try:
            super().handle(*args, **options)
        except IrreversibleError:
            raise CommandError(NO_WAY_BACK) from None
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "55P03":
                raise
            raise CommandError(
                "A table was in use for longer than ten seconds, so this migration was not begun; those before it are"
                " done. Nothing is half done. Say it again at a quieter time, or stop the web server first."
            ) from None
