"""A trial of ten thousand subjects, for measurements: the demo trial's subjects copied inside the database.

One in ten stands in the middle of the trial as the demo's subjects do; the others have ended theirs. A bulk path of the
tests alone: rows are copied by INSERT ... SELECT as ecrf_owner while the audit trail's triggers rest, which nobody but
the owner of the tables can do. CHECKs and unique constraints hold throughout; references and further indexes are
looked at, and made, at once for all rows. The audit trail gets as many rows
as deeds would have made, but narrow ones outside of any chain; nothing reads their content here.
"""

import contextlib
import os

import psycopg
from psycopg import sql

SUBJECTS = int(os.environ.get("SUBJECTS", "10000"))
APART = 1_000_000  # every id of a copy is its source's plus a multiple of this, in every table
UNDER_WAY = 10  # one of so many is

#: Which source each copy is made from, its number, and how far its ids are from the source's.
COPIES = """
CREATE TEMP TABLE copy_of AS
WITH source AS (
    SELECT subject.*, ended.subject_id IS NOT NULL AS has_ended
      FROM crf_subject AS subject LEFT JOIN crf_form_eos AS ended ON ended.subject_id = subject.id
), chosen AS (
    SELECT place, (place % {under_way} = 0) AS under_way FROM generate_series(1, {count}) AS place
), placed AS (
    SELECT under_way, place, row_number() OVER (PARTITION BY under_way ORDER BY place) - 1 AS turn FROM chosen
), counted AS (
    SELECT under_way, id, site_id, row_number() OVER (PARTITION BY under_way ORDER BY id) - 1 AS turn,
           count(*) OVER (PARTITION BY under_way) AS many
      FROM source, (VALUES (true), (false)) AS kind (under_way) WHERE under_way OR has_ended
)
SELECT counted.id AS source, counted.site_id, placed.place * {apart}::bigint AS further,
       row_number() OVER (PARTITION BY counted.site_id ORDER BY placed.place)
       + (SELECT count(*) FROM crf_subject AS other WHERE other.site_id = counted.site_id) AS number
  FROM placed JOIN counted ON counted.under_way = placed.under_way AND counted.turn = placed.turn % counted.many
"""
HEADS = """
INSERT INTO crf_chainhead (chain, sequence, hash)
SELECT 'subject:' || (copied.source + copied.further), head.sequence, head.hash
  FROM copy_of AS copied JOIN crf_chainhead AS head ON head.chain = 'subject:' || copied.source
"""
NUMBER = "(SELECT code FROM crf_site WHERE id = copied.site_id) || '-' || to_char(copied.number, 'FM9999000')"
#: Columns that are not the source's: by table (None: any) and column.
MADE = {
    (None, "id"): "source.id + copied.further",
    (None, "subject_id"): "source.subject_id + copied.further",
    (None, "visit_id"): "source.visit_id + copied.further",
    (None, "record"): "source.record + copied.further",
    (None, "message_id"): "source.message_id + copied.further",
    ("crf_codebreak", "log_id"): "NULL",  # the request in the sealed room is of one subject only
    ("crf_codebreak", "log"): "NULL",
    ("crf_subject", "number"): NUMBER,
    ("crf_subject", "kit"): "CASE WHEN source.kit IS NOT NULL THEN (copied.further / {apart} + 1000000)::text END",
    ("crf_subject", "rescreen_of_id"): "NULL",
    ("crf_auditentry", "subject"): "source.subject + copied.further",
    # What would unblind stands in a chain of the whole study: the copies' in one of each subject, as all else.
    ("crf_auditentry", "chain"): "split_part(source.chain, ':', 1) || ':' || (source.subject + copied.further)",
    ("crf_auditentry", "changes"): "'{{}}'",
    ("crf_auditentry", "body"): "''",
    ("crf_auditentry", "reason"): "''",
}


def fill(owner: psycopg.Connection, subjects: int = SUBJECTS) -> dict[str, int]:
    """Copy the database's own subjects until there are this many. Returns rows by table.

    `owner`: ecrf_owner's connection to a throw-away copy of the running demo trial, in autocommit.
    """
    count = subjects - owner.execute("SELECT count(*) FROM crf_subject").fetchone()[0]
    with owner.transaction(), _resting_triggers(owner), _made_afterwards(owner):
        owner.execute(COPIES.format(under_way=UNDER_WAY, count=count, apart=APART))
        tables = [
            name
            for (name,) in owner.execute(
                "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND column_name = 'subject_id' AND table_name <> 'crf_subject' ORDER BY table_name <> 'crf_visit', 1"
            )
        ]
        made = {
            table: _copy(owner, table, by)
            for table, by in (
                ("crf_subject", "id"),
                *((name, "subject_id") for name in tables),
                ("crf_auditentry", "subject"),
            )
        }
        owner.execute(HEADS)
    owner.execute("ANALYZE")
    return made


def _copy(owner: psycopg.Connection, table: str, by: str) -> int:
    """Copy the rows of the sources; the number of rows made. Scores are computed by the database again."""
    columns = [
        name
        for (name,) in owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum",
            [table],
        )
    ]
    values = [
        MADE.get((table, name), MADE.get((None, name), f'source."{name}"')).format(apart=APART) for name in columns
    ]
    made = owner.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {table} AS source"
            " JOIN copy_of AS copied ON copied.source = source.{by}"
        ).format(
            table=sql.Identifier(table),
            by=sql.Identifier(by),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ".join(values)),
        )
    ).rowcount
    if "id" in columns:
        owner.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                sql.Literal(table), sql.Identifier(table)
            )
        )
    return made


#: (how it is taken away, how it comes back): references first, since they stand on unique indexes.
AFTERWARDS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
UNION ALL
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
 WHERE NOT indisunique AND relnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextlib.contextmanager
def _made_afterwards(owner: psycopg.Connection):
    """References and plain indexes are away meanwhile: row by row they would take most of the time."""
    found = owner.execute(AFTERWARDS).fetchall()
    for taken_away, _ in found:
        owner.execute(taken_away)
    yield
    for _, comes_back in reversed(found):
        owner.execute(comes_back)


#: As in `MADE`: what an event tells of its source, told of the copy.
TOLD = """
WITH source AS (
    SELECT subject, sequence, body::jsonb AS told FROM crf_auditentry
     WHERE chain = 'subject:' || subject AND subject < {apart}
), moved AS (
    SELECT copied.id, copied.subject, copied.record, told, (
        SELECT coalesce(jsonb_object_agg(name, jsonb_build_array(NULL, CASE name
                   WHEN 'number' THEN to_jsonb((SELECT number FROM crf_subject WHERE id = copied.subject))
                   ELSE to_jsonb((value ->> 1)::bigint + copied.subject - source.subject) END)), '{{}}')
          FROM jsonb_each(told -> 'changes') AS change (name, value)
         WHERE value ->> 1 IS NOT NULL AND (name IN ('visit_id', 'subject_id')
            OR name = 'number' AND told ->> 'table' = 'crf_subject')) AS changes
      FROM crf_auditentry AS copied JOIN source
        ON copied.subject % {apart} = source.subject AND copied.sequence = source.sequence
     WHERE copied.subject > {apart} AND copied.chain = 'subject:' || copied.subject
)
UPDATE crf_auditentry AS entry
   SET body = (told || jsonb_build_object('subject', moved.subject, 'record', moved.record,
                                          'changes', told -> 'changes' || moved.changes))::text
  FROM moved WHERE moved.id = entry.id
"""


def tell_all(owner: psycopg.Connection) -> None:
    """Have the copied events tell of their own subjects, for who reads the trail; `fill` leaves them empty."""
    with owner.transaction(), _resting_triggers(owner):
        owner.execute(TOLD.format(apart=APART))
    owner.execute("ANALYZE crf_auditentry")


@contextlib.contextmanager
def _resting_triggers(owner: psycopg.Connection):
    """Our own triggers rest and are ENABLE ALWAYS again afterwards; those of foreign keys go on."""
    own = owner.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled = 'A' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    for deed in ("DISABLE TRIGGER", "ENABLE ALWAYS TRIGGER"):
        for table, name in own:
            owner.execute(
                sql.SQL("ALTER TABLE {} {} {}").format(sql.Identifier(table), sql.SQL(deed), sql.Identifier(name))
            )
        if deed == "DISABLE TRIGGER":
            yield
