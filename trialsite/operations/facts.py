"""What a database holds, in figures that a restored copy of it can be held against. No subject's value among them."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

SCHEMAS = ("public", "sealed")
#: They come and go by themselves and are no part of the record.
PASSING = {"public.django_session", "public.ecrf_cache", "public.usersessions_usersession", "public.crf_heartbeat"}
PASSING |= {"public.crf_mail", "public.crf_draft", "public.crf_stagedfile"}
PASSING |= {"public.crf_outputpart"}


def of(connection: psycopg.Connection) -> dict:
    """Rows of every table, the head of every chain of the audit trail, the migrations: of one moment."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (at, version) = connection.execute(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
            " current_setting('server_version_num')::int"
        ).fetchone()
        names = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY (%s) ORDER BY 1, 2", [list(SCHEMAS)]
        ).fetchall()
        rows = {}
        for schema, table in names:
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            (rows[f"{schema}.{table}"],) = connection.execute(count).fetchone()
        heads = connection.execute("SELECT chain, sequence, encode(hash, 'hex') FROM public.crf_chainhead").fetchall()
        (migrations,) = connection.execute("SELECT count(*) FROM public.django_migrations").fetchone()
    return {
        "at": at,
        "server": version,
        "rows": rows,
        "heads": {chain: [place, digest] for chain, place, digest in heads},
        "migrations": migrations,
    }


def breaks_in_the_chains(connection: psycopg.Connection) -> int:
    """Every hash of the audit trail computed anew from the stored text, each tied to the one before; and the heads.

    As crf/exchange/trail/SPECIFICATION.md says: format 2 binds the hash of the body, the first format the body itself;
    of a redacted event the hash of its body is kept.
    """
    (broken,) = connection.execute(
        """WITH row AS (
               SELECT chain, sequence, hash, previous, body, commitment,
                      lag(hash, 1, ''::bytea) OVER w AS before, lag(sequence, 1, 0::bigint) OVER w AS last
                 FROM public.crf_auditentry WINDOW w AS (PARTITION BY chain ORDER BY sequence))
           SELECT (SELECT count(*) FROM row WHERE previous <> before OR sequence <> last + 1
                      OR hash <> sha256(previous || CASE WHEN commitment IS NOT NULL THEN commitment
                             WHEN body ~ '"format": ?2[,}]'
                             THEN sha256(convert_to(body, 'UTF8')) ELSE convert_to(body, 'UTF8') END))
                + (SELECT count(*) FROM public.crf_chainhead head
                    WHERE NOT EXISTS (SELECT FROM row WHERE row.chain = head.chain
                                         AND row.sequence = head.sequence AND row.hash = head.hash))"""
    ).fetchone()
    return broken


def missing(known: dict, restored: dict, connection: psycopg.Connection) -> list[str]:
    """What the restored database lacks of what was known when the backup began, in sentences."""
    found = []
    for table, count in known["rows"].items():
        there = restored["rows"].get(table)
        if there is None:
            found.append(f"The table {table} is missing.")
        elif table not in PASSING and there < count:
            found.append(f"{table} has {there} rows; it had {count}.")
    for chain, (place, digest) in known["heads"].items():
        row = connection.execute(
            "SELECT encode(hash, 'hex') FROM public.crf_auditentry WHERE chain = %s AND sequence = %s", [chain, place]
        ).fetchone()
        if row is None or row[0] != digest:
            found.append(f"The audit chain {chain} does not hold entry {place} as it was.")
    return found


@dataclass(frozen=True)
class Lost:
    """One acknowledged write that the live database has and the restored one lacks: which, not what it says."""

    at: str
    chain: str
    sequence: int
    table: str
    record: int
    operation: str


def lost(live: psycopg.Connection, restored: dict) -> list[Lost]:
    """Every entry of the live audit trail that comes after the restored heads, oldest first."""
    heads = {chain: place for chain, (place, _) in restored["heads"].items()}
    rows = live.execute(
        "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), chain, sequence, \"table\", record, operation"
        " FROM public.crf_auditentry"
        " LEFT JOIN (SELECT key, value::bigint FROM jsonb_each_text(%s::jsonb)) AS head ON head.key = chain"
        " WHERE sequence > coalesce(head.value, 0) ORDER BY at, id",
        [psycopg.types.json.Jsonb(heads)],
    )
    return [Lost(*row) for row in rows]
