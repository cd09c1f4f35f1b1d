"""Row-level security, raised anew after every migration: by site, and around what would unblind.

`crf.sites` holds the ids of the sites whose rows may be seen; unset means no rows. The setting stands in a sub-select:
free when written so, six times slower when not. Rows that would unblind (drug levels, the files they came from, and
the chain of the trail that tells of them) are seen only where `crf.levels` is on as well: in a request of the safety
officer, and where the machine looks over the whole record. It is the second line; the first is in
`crf/permissions.py`. The web server's account can set both: see trialsite/decisions/0002.
"""

from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection

from trialsite.database.roles import WATCH, WEB

#: Read before anybody knows which sites the person may see.
OUTSIDE = ("crf_roleheld",)
#: Rows of the study itself, without a site, are seen by everybody.
OF_THE_STUDY_TOO = ("crf_auditentry", "crf_hold")
TRAIL = "crf_auditentry"
_SITES = "(SELECT nullif(current_setting('crf.sites', true), '')::bigint[])::bigint[]"
_LEVELS = "(SELECT current_setting('crf.levels', true)) = 'on'"


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
    apart = unblinding(cursor)
    for table in tables:
        rule = f"site_id = ANY ({_SITES})"
        if table in OF_THE_STUDY_TOO:
            rule = f"site_id IS NULL OR {rule}"
        if table == TRAIL:
            rule = f"({rule}) AND (chain <> 'apart' OR {_LEVELS})"
        elif table in apart:
            rule = f"{rule} AND {_LEVELS}"
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


@contextmanager
def seeing(sites, *, levels: bool = True):
    """See the rows of these sites (ids or sites) inside the block, and none after it: a request, a command, a test.

    `levels`: whether what would unblind is seen too. Of a command that looks over the whole record; never of a person
    but the safety officer (crf/middleware.py).
    """
    _say(_listed(sites), "on" if levels else "")
    try:
        yield
    finally:
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
    _say(sites, "on")
    try:
        yield
    finally:
        try:
            _say(sites, levels)
        except (DatabaseError, InterfaceError):  # where a transaction failed, undoing it takes the setting back too
            if not connection.in_atomic_block:
                connection.close()


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('crf.sites', %s, false), set_config('crf.levels', %s, false)", [sites, levels]
        )
