"""Row-level security by site: raised anew after every migration, on every table whose rows belong to a site.

`crf.sites` holds the ids of the sites whose rows may be seen; unset means no rows. The setting stands in a sub-select:
free when written so, six times slower when not. It is the second line; the first is in `crf/permissions.py`.
"""

from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection

from trialsite.database.roles import WATCH, WEB

#: Read before anybody knows which sites the person may see.
OUTSIDE = ("crf_roleheld",)
#: Rows of the study itself, without a site, are seen by everybody.
OF_THE_STUDY_TOO = ("crf_auditentry", "crf_hold")
_SITES = "(SELECT nullif(current_setting('crf.sites', true), '')::bigint[])::bigint[]"


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
    for table in tables:
        rule = f"site_id = ANY ({_SITES})"
        if table in OF_THE_STUDY_TOO:
            rule = f"site_id IS NULL OR {rule}"
        cursor.execute(
            f'ALTER TABLE public."{table}" ENABLE ROW LEVEL SECURITY;'
            f'DROP POLICY IF EXISTS site_wall ON public."{table}";'
            f'CREATE POLICY site_wall ON public."{table}" TO {WEB}, {WATCH} USING ({rule}) WITH CHECK ({rule});'
        )
    return tables


@contextmanager
def seeing(sites):
    """See the rows of these sites (ids or sites) inside the block, and none after it: a request, a command, a test."""
    ids = ",".join(str(getattr(site, "pk", site)) for site in sites)
    _say("{" + ids + "}")
    try:
        yield
    finally:
        _forget()


@contextmanager
def seeing_only(sites):
    """The same inside of another such block, whose sites are seen again afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('crf.sites', true), '')")
        (before,) = cursor.fetchone()
    try:
        with seeing(sites):
            yield
    finally:
        _say(before)


def _forget() -> None:
    """What was done inside is done: where its end cannot be said, the connection ends, and nothing is refused."""
    try:
        _say("")
    except (DatabaseError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()


def _say(sites: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crf.sites', %s, false)", [sites])
