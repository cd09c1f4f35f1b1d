"""Django's own command; what it writes is folded (trialsite/database/folding.py)."""

from django.core.management.commands import makemigrations

from trialsite.database.folding import folded


class Command(makemigrations.Command):
    def write_migration_files(self, changes, *args, **options):
        for app_label, migrations in changes.items():
            for migration in migrations:
                migration.operations = folded(migration.operations, app_label)
        super().write_migration_files(changes, *args, **options)
