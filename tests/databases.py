"""The tests' databases: a template for each state of the migrations and of the small world, and copies of it."""

import contextlib
import hashlib
import importlib
import os
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from trialsite.database import postgres, roles

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
TEMPLATES_KEPT = 4  # of each kind: others may be testing another state of the migrations in the same folder


def the_cluster() -> postgres.Cluster:
    return postgres.Cluster(settings.VAR, postgres.HASTY)


def state_of(*patterns: str) -> str:
    """A name for the content of the files that match, below the repository."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(filter(Path.is_file, REPOSITORY.glob(pattern))):
            digest.update(str(path.relative_to(REPOSITORY)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def template_with_tables(admin: psycopg.Connection) -> str:
    """Migrated as owner, empty. Made once per state of the migrations and of what the database is prepared with."""
    from django.core.management import call_command

    state = state_of(
        "crf/**/migrations/*.py",
        "crf/**/*.sql",
        "analysis/migrations/*.py",
        "crf/models/audit.py",
        "trialsite/database/roles.py",
        "trialsite/database/grants.py",
        "trialsite/database/guards.py",
        "trialsite/database/wall.py",
        "requirements.lock",
    )

    def fill():
        call_command("migrate", verbosity=0, interactive=False)

    return template(admin, f"tables_{state}", "template0", (roles.OWNER, fill))


def template_with_world(admin: psycopg.Connection) -> str:
    """The tables and the small world, if tests/trial.py can build it: by `load_as_owner()`, then `build_world()`."""
    tables = template_with_tables(admin)
    if not (HERE / "trial.py").exists():
        return tables
    trial = importlib.import_module("tests.trial")
    steps = [
        (role, step)
        for role, step in (
            (roles.OWNER, getattr(trial, "load_as_owner", None)),
            (roles.WEB, getattr(trial, "build_world", None)),
        )
        if step
    ]
    if not steps:
        return tables
    state = state_of("crf/**/*.py", "crf/**/*.sql", "tests/trial.py", "trialsite/*.py")
    return template(admin, f"world_{tables.removeprefix('tables_')}_{state}", tables, *steps)


def template(admin: psycopg.Connection, name: str, source: str, *steps) -> str:
    """Under a lock, built under another name and renamed when done: a template is whole or not there."""
    with locked(admin):
        if exists(admin, name):
            return name
        unfinished = f"{name}_new"
        drop(admin, unfinished)
        roles.make_database(admin, unfinished, source)
        with the_cluster().connect(dbname=unfinished) as inside:
            roles.prepare_database(inside)
        for role, step in steps:
            with connected(unfinished, role):
                step()
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (unfinished, name))))
        old = admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC OFFSET %s",
            [name.split("_")[0] + r"\_%", TEMPLATES_KEPT],
        ).fetchall()
        for (outdated,) in old:
            drop(admin, outdated)
        return name


def clone(admin: psycopg.Connection, source: str, name: str) -> None:
    with locked(admin):  # a template that is being copied cannot be copied by another
        roles.make_database(admin, name, source)


def drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def exists(admin: psycopg.Connection, name: str) -> bool:
    return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


@contextlib.contextmanager
def locked(admin: psycopg.Connection):
    admin.execute("SELECT pg_advisory_lock(52)")
    try:
        yield
    finally:
        admin.execute("SELECT pg_advisory_unlock(52)")


def point_at(name: str, role: str) -> dict:
    """Lead Django's connections, of all threads, to another database. Returns what they pointed at before."""
    from django.db import connection

    before = {key: connection.settings_dict[key] for key in ("NAME", "USER", "OPTIONS")}
    connection.close()
    connection.settings_dict.update(
        NAME=name, USER=role, OPTIONS={"passfile": str(postgres.passfile(settings.VAR, role))}
    )
    return before


@contextlib.contextmanager
def connected(name: str, role: str):
    """As `role` in the database `name`; settings.ROLE says so too."""
    from django.db import connection
    from django.test import override_settings

    before = point_at(name, role)
    try:
        with override_settings(ROLE="owner" if role == roles.OWNER else "web"):
            yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def drop_what_killed_runs_left(admin: psycopg.Connection) -> None:
    """A copy's name has the number of the process that ordered it."""
    for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname ~ '^run_[0-9]+_'").fetchall():
        if not is_alive(int(name.split("_")[1])):
            drop(admin, name)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
