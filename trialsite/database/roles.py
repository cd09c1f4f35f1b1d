"""The roles and the bare database, as they must be before the first migration (decisions/0002).

The same statements serve the embedded cluster, the tests' templates and a real server (`manage.py prepare_database`).
Each may be said again without harm. They want a superuser; PostgreSQL 17 at least.

    ecrf_owner   owns the tables, runs the migrations
    ecrf_web     serves the pages, owns nothing
    ecrf_sealed  owns the schema `sealed`; nobody logs in as it. The owner may become it (SET ROLE), but does not
                 inherit from it, and so cannot read it by accident.
    ecrf_watch   sends mails, escalates alerts, clears sessions; sees no answer and no audit entry
    ecrf_backup  copies the cluster and reads every row, writes only that it did; arms are encrypted there as everywhere
"""

import psycopg
from psycopg import sql

OWNER, WEB, SEALED = "ecrf_owner", "ecrf_web", "ecrf_sealed"
WATCH, BACKUP = "ecrf_watch", "ecrf_backup"
LOGINS = (OWNER, WEB, WATCH, BACKUP)

ROLES = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER}; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WEB}') THEN CREATE ROLE {WEB}; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SEALED}') THEN CREATE ROLE {SEALED}; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WATCH}') THEN CREATE ROLE {WATCH}; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{BACKUP}') THEN CREATE ROLE {BACKUP}; END IF;
END $$;
ALTER ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE {WEB} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE {SEALED} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE {WATCH} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE {BACKUP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION BYPASSRLS;
GRANT pg_read_all_data TO {BACKUP};
GRANT {SEALED} TO {OWNER} WITH INHERIT FALSE, SET TRUE;
"""  # made of the constants above  # nosec B608

# For every database, also for a copy by TEMPLATE, which does not inherit it. Without TEMPORARY nobody can hang a
# trigger function on a table of his own.
DATABASE = f"""
REVOKE ALL ON DATABASE {{database}} FROM PUBLIC;
REVOKE ALL ON DATABASE {{database}} FROM {WEB};
GRANT CONNECT ON DATABASE {{database}} TO {OWNER}, {WEB}, {WATCH}, {BACKUP};
"""

# The default for functions can be revoked only without IN SCHEMA, and counts only for objects made later.
INSIDE = f"""
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO {OWNER};
GRANT USAGE ON SCHEMA public TO {WEB}, {WATCH}, {SEALED};
CREATE SCHEMA IF NOT EXISTS sealed AUTHORIZATION {SEALED};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE {SEALED} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET ROLE {SEALED};
GRANT USAGE ON SCHEMA sealed TO {WEB};
RESET ROLE;
"""

# Every change of a table, trigger, function or policy is noted where neither the owner of the tables nor the web can
# write: making an event trigger wants a superuser. ENABLE ALWAYS: also where a session calls itself a replica.
NOTED = f"""
CREATE SCHEMA IF NOT EXISTS ddl_log;
REVOKE ALL ON SCHEMA ddl_log FROM PUBLIC;
GRANT USAGE ON SCHEMA ddl_log TO {OWNER}, {WEB};
CREATE TABLE IF NOT EXISTS ddl_log.command (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login text NOT NULL, program text NOT NULL, tag text NOT NULL, object text NOT NULL);
REVOKE ALL ON ddl_log.command FROM PUBLIC, {OWNER}, {WEB};
GRANT SELECT ON ddl_log.command TO {OWNER}, {WEB};
CREATE OR REPLACE FUNCTION ddl_log.note() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_EVENT = 'sql_drop' THEN
        INSERT INTO ddl_log.command (login, program, tag, object)
        SELECT session_user, current_setting('application_name'), TG_TAG, object_type || ' ' || object_identity
          FROM pg_event_trigger_dropped_objects() WHERE original AND NOT is_temporary;
    ELSE
        INSERT INTO ddl_log.command (login, program, tag, object)
        SELECT session_user, current_setting('application_name'), command_tag, object_type || ' ' || object_identity
          FROM pg_event_trigger_ddl_commands() WHERE object_identity IS NOT NULL;
    END IF;
END $$;
REVOKE ALL ON FUNCTION ddl_log.note() FROM PUBLIC;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'ecrf_ddl') THEN
        CREATE EVENT TRIGGER ecrf_ddl ON ddl_command_end EXECUTE FUNCTION ddl_log.note();
        CREATE EVENT TRIGGER ecrf_ddl_drop ON sql_drop EXECUTE FUNCTION ddl_log.note();
    END IF;
END $$;
ALTER EVENT TRIGGER ecrf_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER ecrf_ddl_drop ENABLE ALWAYS;
"""  # made of the constants above  # nosec B608
#: What our own programs call themselves while they change tables; anything else is told by the next look at the record.
MIGRATING, ARCHIVING = "ecrf-migrate", "ecrf-archive"

_LOCK = 7_302_118  # an arbitrary key for the advisory lock that serialises concurrent bootstraps


def prepare_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Make the roles and set the passwords of those that log in. The server is sent hashes, never a password."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        connection.execute(ROLES)
        for role, password in passwords.items():
            hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed)))


def make_database(connection: psycopg.Connection, name: str, template: str = "template0") -> None:
    """Create the database, owned by the owner, unless it is there; let in nobody but our two roles."""
    connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # CREATE DATABASE does not run in a transaction
    try:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*map(sql.Identifier, (name, OWNER, template)))
            )
        connection.execute(sql.SQL(DATABASE).format(database=sql.Identifier(name)))
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def prepare_database(connection: psycopg.Connection) -> None:
    """Inside the database that `connection` is connected to: schemas, and what functions are not open to everyone."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        connection.execute(INSIDE)
        connection.execute(NOTED)


def script(database: str) -> str:
    """The same for a database administrator to read and run with psql, as superuser, in that database."""
    named = sql.SQL(DATABASE).format(database=sql.Identifier(database)).as_string(None)
    return (
        f"-- As superuser, in the database {database}. Then give the four that log in a password: \\password {OWNER}\n"
        f"{ROLES}{named}{INSIDE}{NOTED}"
    )
