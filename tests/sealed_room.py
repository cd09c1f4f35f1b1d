"""A sealed room of known content, for tests with a database of their own: here the owner does what life never may."""

import contextlib
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from crf.allocation import load, schedule, sealing
from trialsite.database import postgres, roles

SEED = "a seed for tests that nobody uses for a trial"
STRATA, ARMS = ("AFU", "JER"), ("DCS", "PLACEBO")


def empty(owner: psycopg.Connection) -> None:
    """Take out what the small world may have put in. Only who owns the tables can, by switching their triggers off."""
    tables = ("viewed", "code_shown", "code_break", "opening", "sham", "slot", "stratum", "list")
    with owner.transaction():
        owner.execute("SET LOCAL ROLE ecrf_sealed")
        for table in tables:
            owner.execute(f"ALTER TABLE sealed.{table} DISABLE TRIGGER USER")
            owner.execute(f"DELETE FROM sealed.{table}")
            for (trigger,) in owner.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [f"sealed.{table}"]
            ).fetchall():
                owner.execute(f"ALTER TABLE sealed.{table} ENABLE ALWAYS TRIGGER {trigger}")


def let_any_number_be_randomised(owner) -> None:
    """Subjects are numbers in the room's tests: whether the record holds one as eligible is answered with yes."""
    owner.execute(
        "CREATE OR REPLACE FUNCTION public.crf_may_be_randomised(asked_subject bigint) RETURNS boolean"
        " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT true'"
    )


def fill(owner: psycopg.Connection, key_file: Path, *, length=40, block_sizes=(4,), arms=ARMS, replace=False):
    """Draw, seal and load a list; gives its places. The key is made unless it is there.

    Subjects are numbers here: the room's question whether the record holds one as eligible is answered with yes.
    """
    let_any_number_be_randomised(owner)
    places = schedule.draw(SEED, strata=STRATA, arms=arms, block_sizes=block_sizes, length=length)
    key = sealing.read_key(key_file) if key_file.exists() else sealing.create_key(key_file)
    parameters = {"strata": STRATA, "arms": arms, "block_sizes": block_sizes, "length": length, "kits": "drawn"}
    with owner.transaction(), owner.cursor() as cursor:
        load.load(
            cursor,
            places,
            lambda: key,
            generator=schedule.GENERATOR,
            parameters=parameters,
            by="a test",
            replace=replace,
        )
    return places


def lock_study(owner: psycopg.Connection) -> None:
    """Let the question whether the study is locked be answered with yes."""
    owner.execute(
        "CREATE OR REPLACE FUNCTION public.crf_study_locked() RETURNS boolean"
        " LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT true'"
    )
    owner.execute(
        "CREATE OR REPLACE FUNCTION public.crf_standing_lock() RETURNS TABLE (lock bigint, asked_by bigint)"
        " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS"
        " 'SELECT 1::bigint, 0::bigint WHERE public.crf_study_locked()'"
    )


def as_sealed(owner: psycopg.Connection, statement: str, parameters=None) -> list[tuple]:
    """What the owner of the room reads or does."""
    with owner.transaction():
        owner.execute("SET LOCAL ROLE ecrf_sealed")
        cursor = owner.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def given(owner: psycopg.Connection, stratum: str) -> list[tuple]:
    """(sequence, subject_id, kit) of the places given, in the order in which they were."""
    return as_sealed(
        owner,
        "SELECT sequence, subject_id, kit FROM sealed.slot WHERE stratum = %s AND subject_id IS NOT NULL"
        " ORDER BY allocated_at",
        [stratum],
    )


@contextlib.contextmanager
def as_owner():
    """Django's connection as ecrf_owner, as `ECRF_ROLE=owner` would make it."""
    connection.close()
    before = {name: connection.settings_dict[name] for name in ("USER", "OPTIONS")}
    passfile = str(postgres.passfile(settings.VAR, roles.OWNER))
    connection.settings_dict.update(USER=roles.OWNER, OPTIONS={"passfile": passfile})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def connected_as_web() -> psycopg.Connection:
    """A connection of ecrf_web's own (autocommit) to the database that Django's points to."""
    values = connection.get_connection_params()
    address = {name: values[name] for name in ("host", "port", "dbname") if values.get(name)}
    passfile = str(postgres.passfile(settings.VAR, roles.WEB))
    return psycopg.connect(**address, user=roles.WEB, passfile=passfile, autocommit=True)
