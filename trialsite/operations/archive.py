"""An archive of the whole trial in open formats, and its restoring into an empty system of the same release (INV-08).

`manage.py archive FOLDER` writes it and `manage.py restore_archive FOLDER` reads it back, both as the owner of the
tables. The folder holds:

    tables/       every table as JSON lines, one row a line, as PostgreSQL prints `jsonb`
    trail/        the audit trail with its verifier, for who has no such system
    copies/       the certified copy of each site, with every casebook as PDF
    documents/    the generated documents of the trial: dictionary, edit checks, schedule, annotated form
    source.zip    the program that wrote it, with its locks: the edit checks are part of it
    manifest.json what was archived, with the SHA-256 of each file

A backup brings a server back; an archive outlives the server's format. Passwords are in it as hashes, second factors
and waiting mails as closed as they were: the secret key is not in it, nor is the key of the sealed arms.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from trialsite.database.roles import ARCHIVING, SEALED
from trialsite.operations import facts

FORMAT = 1
PUBLIC, ROOM = "public", "sealed"
#: Not of the record, or made by migrating: sessions, caches, what was typed and not saved, Django's own lists.
LEFT_OUT = (facts.PASSING - {"public.crf_mail"}) | {
    *("public.django_migrations", "public.django_content_type", "public.auth_permission", "public.crf_press"),
    "sealed.proof",  # follows from the secret key of where it is restored
}
ROOMS = ("analysis", "crf", "trialsite", "templates", ".ci")
FILES = ("manage.py", "Makefile", "pyproject.toml", "requirements.txt", "requirements.lock", "README.md", "LICENSE")
A_BATCH = 500


class NotArchived(Exception):
    """It cannot be written or read back; the sentence says why."""


@dataclass(frozen=True)
class Table:
    """One table with the columns that are stored, those of its primary key first."""

    schema: str
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def full(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)


def write(folder: Path, *, now: datetime) -> dict:
    """Write the archive into a folder that is not there yet; gives its manifest. Raises NotArchived."""
    from crf import trial
    from crf.exchange.trail import export

    _refuse_other_roles()
    if folder.exists():
        raise NotArchived(f"{folder} is there already. Name a folder that is not there yet.")
    (folder / "tables").mkdir(parents=True)
    (folder / "trail").mkdir()
    with export.one_moment():
        rows = {table.full: _write(folder, table) for table in tables()}
        heads = {chain: [sequence, hashed.hex()] for chain, sequence, hashed in export.heads()}
        export.write(
            folder / "trail" / "audit-trail.zip",
            export.Asked("whole trail", None, unblinded=True),
            format="csv",
            study=trial.STUDY_ID,
            at=now,
            anchors=settings.ANCHORS,
        )
        _copies(folder, now)
    _documents(folder)
    _source(folder / "source.zip")
    manifest = {
        "ecrf-archive": FORMAT,
        "study": trial.STUDY_ID,
        "trial": settings.TRIAL,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "migrations": _migrations(),
        "rows": rows,
        "heads": heads,
        "files": _checksums(folder),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
    return manifest


def restore(folder: Path) -> dict:
    """Read the archive back into an empty, migrated system, all or nothing; gives its manifest. Raises NotArchived."""
    _refuse_other_roles()
    manifest = read_manifest(folder)
    if manifest["trial"] != settings.TRIAL:
        raise NotArchived(f"The archive is of the trial {manifest['trial']}. Say ECRF_TRIAL={manifest['trial']}.")
    if differing := sorted(set(map(tuple, manifest["migrations"])) ^ set(map(tuple, _migrations()))):
        app, name = differing[0]
        raise NotArchived(
            f"This system is of another release: {app}.{name} and {len(differing) - 1} more migrations differ. The "
            "release that wrote the archive is in its source.zip."
        )
    there = {table.full: table for table in tables()}
    if unknown := sorted(set(manifest["rows"]) ^ set(there)):
        raise NotArchived(f"The tables are not those of the archive: {', '.join(unknown)}.")
    with transaction.atomic(), connection.cursor() as cursor:
        filled = [name for name, table in there.items() if _count(table)]
        if filled:
            raise NotArchived(f"This system is not empty: {', '.join(filled)}. An archive goes into an empty one.")
        cursor.execute("SELECT set_config('application_name', %s, true)", [ARCHIVING])
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        with _guards_lifted(there.values()):
            for table in _parents_first(there.values()):
                _fill(folder, table)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in there.values():
                _sequence(table)
        _compare(folder, manifest, there)
    return manifest


def read_manifest(folder: Path) -> dict:
    """The manifest, once every file is as it says. Raises NotArchived."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as trouble:
        raise NotArchived(f"{folder} holds no archive: {trouble}") from trouble
    if manifest.get("ecrf-archive") != FORMAT:
        raise NotArchived("This is no archive, or one of another format.")
    found = _checksums(folder)
    if differing := sorted(
        name for name in manifest["files"].keys() | found.keys() if manifest["files"].get(name) != found.get(name)
    ):
        raise NotArchived(f"The archive was changed since it was written: {', '.join(differing[:5])}.")
    return manifest


# -- the tables


def tables() -> list[Table]:
    """Every table that is archived, by name; also those that nobody thought of."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT n.nspname, c.relname,
                      (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute AS a
                        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
                      (SELECT array_agg(a.attname::text ORDER BY k.place)
                         FROM pg_index AS i, unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                         JOIN pg_attribute AS a ON a.attnum = k.attnum
                        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid)
                 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = ANY (%s) AND c.relkind = 'r' ORDER BY 1, 2""",
            [[PUBLIC, ROOM]],
        )
        found = [
            Table(schema, name, tuple(columns), tuple(key or columns))
            for schema, name, columns, key in cursor.fetchall()
        ]
    return [table for table in found if table.full not in LEFT_OUT]


@contextmanager
def _as_owner_of(table: Table):
    """The sealed tables belong to another role, which the owner becomes for as long as it takes."""
    with connection.cursor() as cursor:
        if table.schema == ROOM:
            cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(SEALED)))
        yield cursor
        if table.schema == ROOM:
            cursor.execute("RESET ROLE")


def _lines(table: Table) -> Iterator[bytes]:
    """Its rows, a line each, in the order of the key; generated columns are computed anew when they are restored."""
    order = sql.SQL(", ").join(map(sql.Identifier, table.key))
    query = sql.SQL("SELECT (to_jsonb(t) - %s::text[])::text FROM {} AS t ORDER BY {}").format(table.identifier, order)
    with _as_owner_of(table) as cursor:
        cursor.execute(
            "SELECT coalesce(array_agg(attname::text), '{}') FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attgenerated <> ''",
            [table.full],
        )
        (generated,) = cursor.fetchone()
        cursor.execute("DECLARE archived NO SCROLL CURSOR FOR " + query.as_string(cursor.connection), [generated])
        while rows := _next(cursor):
            for (text,) in rows:
                yield text.encode() + b"\n"
        cursor.execute("CLOSE archived")


def _next(cursor) -> list:
    cursor.execute("FETCH 2000 FROM archived")
    return cursor.fetchall()


def _write(folder: Path, table: Table) -> int:
    count = 0
    with open(_file_of(folder, table), "wb") as file:
        for line in _lines(table):
            file.write(line)
            count += 1
    return count


def _file_of(folder: Path, table: Table) -> Path:
    return folder / "tables" / f"{table.full}.jsonl"


def _count(table: Table) -> int:
    with _as_owner_of(table) as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table.identifier))
        return cursor.fetchone()[0]


def _fill(folder: Path, table: Table) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
        " SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    ).format(table=table.identifier, columns=columns)
    with _as_owner_of(table) as cursor, open(_file_of(folder, table), "rb") as lines:
        batch: list[bytes] = []
        for line in lines:
            batch.append(line)
            if len(batch) == A_BATCH:
                cursor.execute(statement, [f"[{b','.join(batch).decode()}]"])
                batch.clear()
        if batch:
            cursor.execute(statement, [f"[{b','.join(batch).decode()}]"])


def _sequence(table: Table) -> None:
    """The next number goes on from the last."""
    with _as_owner_of(table) as cursor:
        for column in table.key:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table.full, column])
            if (sequence := cursor.fetchone()[0]) is not None:
                last = sql.SQL("SELECT setval(%s, max({column})) FROM {table} HAVING max({column}) IS NOT NULL")
                cursor.execute(last.format(column=sql.Identifier(column), table=table.identifier), [sequence])


@contextmanager
def _guards_lifted(every):
    """Guards and audit off inside the transaction, and each on again as it was: what comes in was audited before."""
    states = {}
    for table in every:
        with _as_owner_of(table) as cursor:
            cursor.execute(
                "SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [table.full],
            )
            states[table] = cursor.fetchall()
            if states[table]:
                cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table.identifier))
    yield
    words = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA", "D": "DISABLE"}
    for table, triggers in states.items():
        with _as_owner_of(table) as cursor:
            for name, state in triggers:
                on = sql.SQL("ALTER TABLE {} {} TRIGGER {}")
                cursor.execute(on.format(table.identifier, sql.SQL(words[state]), sql.Identifier(name)))


def _parents_first(every) -> list[Table]:
    """Tables of the sealed room refer to each other at once; those of the record are checked at the end."""
    found = {table.full: table for table in every}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT nspname FROM pg_namespace WHERE oid = c.relnamespace) || '.' || c.relname,"
            " (SELECT nspname FROM pg_namespace WHERE oid = p.relnamespace) || '.' || p.relname FROM pg_constraint"
            " JOIN pg_class AS c ON c.oid = conrelid JOIN pg_class AS p ON p.oid = confrelid"
            " WHERE contype = 'f' AND NOT condeferrable"
        )
        needs: dict[str, set[str]] = {}
        for child, parent in cursor.fetchall():
            needs.setdefault(child, set()).add(parent)
    ordered: list[Table] = []
    while found:
        ready = [name for name in found if not needs.get(name, set()) & (set(found) - {name})]
        ordered += [found.pop(name) for name in ready]
    return ordered


def _compare(folder: Path, manifest: dict, there: dict[str, Table]) -> None:
    """What was read back gives the bytes that were archived, and every hash of the trail follows."""
    for name, table in there.items():
        digest = hashlib.sha256()
        for line in _lines(table):
            digest.update(line)
        if digest.hexdigest() != manifest["files"][f"tables/{name}.jsonl"]:
            raise NotArchived(f"{name} does not read back as it was archived. Nothing was restored.")
    if broken := facts.breaks_in_the_chains(connection.connection):
        raise NotArchived(f"{broken} hashes of the audit trail do not follow. Nothing was restored.")


# -- beside the tables


def _copies(folder: Path, now: datetime) -> None:
    from crf.actions import copies
    from crf.models import Site, Subject

    (folder / "copies").mkdir()
    for site in Site.objects.order_by("code"):
        if Subject.everything.filter(site=site).exists():
            copies.make_for_the_push(folder / "copies" / f"{site.code}.zip", site=site, now=now)


def _documents(folder: Path) -> None:
    source = settings.BASE_DIR / "crf" / "trials" / settings.TRIAL / "documents"
    (folder / "documents").mkdir()
    for path in sorted(source.glob("*")):
        (folder / "documents" / path.name).write_bytes(path.read_bytes())


def _source(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        paths = [settings.BASE_DIR / name for name in FILES]
        paths += [one for room in ROOMS for one in sorted((settings.BASE_DIR / room).rglob("*"))]
        for one in paths:
            if one.is_file() and "__pycache__" not in one.parts:
                entry = zipfile.ZipInfo(one.relative_to(settings.BASE_DIR).as_posix())
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (one.stat().st_mode & 0o777) << 16
                archive.writestr(entry, one.read_bytes())


def _migrations() -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM public.django_migrations ORDER BY app, name")
        return [list(row) for row in cursor.fetchall()]


def _checksums(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / "manifest.json":
            with open(path, "rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _refuse_other_roles() -> None:
    if settings.ROLE != "owner":
        raise NotArchived("Only the owner of the tables reads and writes everything: say ECRF_ROLE=owner.")
