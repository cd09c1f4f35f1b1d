"""Before serving, each in a process of its own: `python -m trialsite.starter.steps as_owner`, then `as_web`."""

import hashlib
import io
import os
import sys
from pathlib import Path

import django


def as_owner() -> None:
    """Bring the tables up to date, say the grants anew, collect the static files. Quick when nothing has changed."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from trialsite.database import grants

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(f"Bringing the tables up to date ({len(plan)} migrations).", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    else:
        grants.after_migrate(grants.last_app(apps))
    if settings.DEMO:
        call_command("demo_list")
    collect_static_files()


def collect_static_files() -> None:
    """The files with their hashes in their names; skipped when the same files were collected before."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = settings.VAR / "static.stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    print("Collecting the static files.", flush=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest())


def as_web() -> None:
    """Check what must be true before serving; in demo mode fill an empty database."""
    from django.conf import settings
    from django.core import checks
    from django.core.management import call_command, get_commands

    from trialsite.checks import TAG

    if settings.DEMO and "demo" in get_commands():
        call_command("demo", if_empty=True)
    # Findings come as an exception. Django's checks of the code are for `make lint`: they read every page's modules.
    call_command("check", databases=["default"], tags=[checks.Tags.database, TAG], stdout=io.StringIO())


def main(name: str) -> int:
    from django.core.management import CommandError

    from trialsite import declaration

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    try:
        declaration.read()
    except declaration.CannotBeServed as refusal:
        print(f"The definition of the trial cannot be served. {refusal}")
        return 1
    django.setup()
    try:
        {"as_owner": as_owner, "as_web": as_web}[name]()
    except CommandError as refusal:  # findings of the checks among them: sentences already
        print(refusal)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
