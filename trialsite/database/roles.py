"""The roles and the bare database, as they must be before the first migration (decisions/0002).

The same statements serve the embedded cluster, the tests' templates and a real server (`manage.py prepare_database`).
Each may be said again without harm. They want a superuser; PostgreSQL 17 at least.

    ecrf_owner   owns the tables, runs the migrations
    ecrf_web     serves the pages, owns nothing
    ecrf_sealed  owns the schema `sealed`; nobody logs in as it. The owner may become it (SET ROLE), but does not
                 inherit from it, and so cannot read it by accident.
    ecrf_watch   sends mails, escalates alerts, clears sessions; sees no answer and no audit entry
    ecrf_backup  copies the cluster and reads every row, writes nothing; arms are encrypted there as everywhere
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


def script(database: str) -> str:
    """The same for a database administrator to read and run with psql, as superuser, in that database."""
    named = sql.SQL(DATABASE).format(database=sql.Identifier(database)).as_string(None)
    return (
        f"-- As superuser, in the database {database}. Then give the four that log in a password: \\password {OWNER}\n"
        f"{ROLES}{named}{INSIDE}"
    )
