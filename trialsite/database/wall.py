"""Row-level security, raised anew after every migration: by site, and around what would unblind.

`crf.sites` holds the ids of the sites whose rows may be seen; unset means no rows. The setting stands in a sub-select:
free when written so, six times slower when not. It is the second line; the first is in `crf/permissions.py`.

Rows that would unblind (drug levels, the files they came from, what hangs on them and the chain of the trail that tells
of them) are seen only where `crf.levels` holds a proof: who reads, and that the program itself says so on this very
connection. Whoever has the database's password alone can make every setting, but no proof (trialsite/decisions/0002).
"""

import hashlib
from contextlib import contextmanager, suppress

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from trialsite.database.roles import SEALED, WATCH, WEB

#: Read before anybody knows which sites the person may see.
OUTSIDE = ("crf_roleheld",)
#: Rows of the study itself, without a site, are seen by everybody.
OF_THE_STUDY_TOO = ("crf_auditentry", "crf_hold")
TRAIL = "crf_auditentry"
_SITES = "(SELECT nullif(current_setting('crf.sites', true), '')::bigint[])::bigint[]"
_LEVELS = "(SELECT sealed.reads_levels())"
#: Who reads where no person does: a command that looks over the whole record, a hash that shows nothing to anybody.
THE_MACHINE = 0


def raise_wall(cursor) -> list[str]:
    """Enable the policy on every table in `public` with a column `site_id`; returns their names.

    The subject of a subject's site, the visits, the records, the audit rows. Audit rows of the study itself (no site)
    are seen by everybody whom a page lets read the audit trail.
    """
    cursor.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'site_id'"
        " ORDER BY table_name"
    )
    tables = [name for (name,) in cursor.fetchall() if name not in OUTSIDE]
    cursor.execute("SELECT to_regprocedure('sealed.reads_levels()') IS NOT NULL")
    levels = _LEVELS if cursor.fetchone()[0] else "false"  # migrated back to where there was none
    if levels == _LEVELS:
        _keep_proof(cursor)
    apart, about = unblinding(cursor), _about_what_unblinds(cursor)
    for table in tables:
        rule = f"site_id = ANY ({_SITES})"
        if table in OF_THE_STUDY_TOO:
            rule = f"site_id IS NULL OR {rule}"
        if table == TRAIL:
            rule = f"({rule}) AND (chain <> 'apart' OR {levels})"
        elif table in apart:
            rule = f"{rule} AND {levels}"
            _without_statistics(cursor, table)
        elif table in about:
            rule = f"({rule}) AND ({about[table]} OR {levels})"
        cursor.execute(
            f'ALTER TABLE public."{table}" ENABLE ROW LEVEL SECURITY;'
            f'DROP POLICY IF EXISTS site_wall ON public."{table}";'
            f'CREATE POLICY site_wall ON public."{table}" TO {WEB}, {WATCH} USING ({rule}) WITH CHECK ({rule});'
        )
    return tables


def unblinding(cursor) -> set[str]:
    """The tables whose rows are told in the chain apart: their audit trigger says so."""
    cursor.execute(
        "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE proname = 'crf_audit' AND encode(tgargs, 'escape') LIKE '%apart%'"
    )
    return {name for (name,) in cursor.fetchall()}


def _about_what_unblinds(cursor) -> dict[str, str]:
    """Table -> which of its rows would not unblind, where it can hold both: queries, drafts, files."""
    from crf import spec, trial
    from crf.rules.result_files import SPECIFICATIONS

    forms = ", ".join(f"'{form.code}'" for form in trial.FORMS if form.discloses is spec.UNBLINDS)
    if not forms:
        return {}
    cursor.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'form'"
    )
    found = {name: f"form NOT IN ({forms})" for (name,) in cursor.fetchall()}
    files = ", ".join(f"'{one.code}'" for one in SPECIFICATIONS.values() if one.unblinds)
    return found | ({"crf_stagedfile": f"kind NOT IN ({files})"} if files else {})


def _without_statistics(cursor, table: str) -> None:
    """How often each value occurs is told by no plan: nothing is gathered of these tables."""
    cursor.execute(
        "SELECT string_agg(format('ALTER COLUMN %%I SET STATISTICS 0', attname), ', ' ORDER BY attnum)"
        " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND coalesce(attstattarget, -1) <> 0",
        [f'public."{table}"'],
    )
    (clauses,) = cursor.fetchone()
    if clauses:
        cursor.execute(f'ALTER TABLE public."{table}" {clauses}')


# -- the proof


def _keep_proof(cursor) -> None:
    """Tell the sealed room by what it knows the program: it follows from the secret key, as it is at each migration."""
    cursor.execute(f"SET ROLE {SEALED}")
    try:
        cursor.execute(
            "INSERT INTO sealed.proof (key) VALUES (%s) ON CONFLICT (one) DO UPDATE SET key = EXCLUDED.key",
            [_proof_key()],
        )
    finally:
        cursor.execute("RESET ROLE")


def _proof_key() -> bytes:
    return hashlib.sha256(b"ecrf levels\0" + settings.SECRET_KEY.encode()).digest()


def _proof(reader: int) -> str:
    """That the program lets this person (or the machine) read, on this connection and no other."""
    connection.ensure_connection()
    key, said = _proof_key(), f"{reader}|{connection.connection.info.backend_pid}".encode()
    return f"{reader}.{hashlib.sha256(key + hashlib.sha256(key + said).digest()).hexdigest()}"


def levels_are_seen() -> bool:
    """Whether what would unblind is seen now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed.reads_levels()")
        return cursor.fetchone()[0]


# -- what is seen


@contextmanager
def seeing(sites, *, levels: bool = True, reader: int = THE_MACHINE):
    """See the rows of these sites (ids or sites) inside the block, and none after it: a request, a command, a test.

    `levels`: whether what would unblind is seen too. Of a command that looks over the whole record; of a person
    (`reader`, the id of the account) only in the role of the safety officer, as the database sees for itself.
    """
    _say(_listed(sites), _proof(reader) if levels else "")
    try:
        yield
    except BaseException:
        with suppress(DatabaseError, InterfaceError):  # what went wrong first is told
            _forget()
        raise
    _forget()


@contextmanager
def seeing_only(sites):
    """See these sites, and nothing that would unblind, inside of another such block, whose sight comes back after."""
    before = _said()
    try:
        with seeing(sites, levels=False):
            yield
    finally:
        _say(*before)


@contextmanager
def seeing_levels():
    """Of the sites that are seen, also what would unblind, for a hash or a copy that shows nothing of it to anybody."""
    sites, levels = _said()
    _say(sites, _proof(THE_MACHINE))
    try:
        yield
    except BaseException:
        with suppress(DatabaseError, InterfaceError):  # what went wrong first is told
            _say_or_close(sites, levels)
        raise
    _say_or_close(sites, levels)


def _say_or_close(sites: str, levels: str) -> None:
    """Where it cannot be said nobody sees more than before: undoing the transaction takes the setting back too, and
    outside of one the connection ends."""
    try:
        _say(sites, levels)
    except (DatabaseError, InterfaceError):
        if not connection.in_atomic_block:
            connection.close()
        raise


def _listed(sites) -> str:
    return ",".join(str(getattr(site, "pk", site)) for site in sites).join("{}")


def _forget() -> None:
    """What was done inside is done: where its end cannot be said, the connection ends, and nothing is refused."""
    try:
        _say("", "")
    except (DatabaseError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()


def _said() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('crf.sites', true), ''), coalesce(current_setting('crf.levels', true), '')"
        )
        return cursor.fetchone()


def _say(sites: str, levels: str) -> None:
    words = "SELECT set_config('crf.sites', %s, false), set_config('crf.levels', %s, false)"
    with connection.cursor() as cursor:
        if not levels:
            cursor.execute(words, [sites, ""])
            return
    with connection.wrap_database_errors:  # bound by the server: a proof stands in no statement that others could read
        psycopg.Cursor(connection.connection).execute(words, [sites, levels])
