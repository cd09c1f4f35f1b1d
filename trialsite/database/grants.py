"""What the web process may do to each table: the whole list. Said anew after every migration; all else is revoked.

A table that is not covered here stops the migration with a sentence, so nobody can forget one.
"""

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections

from trialsite.database import guards, wall
from trialsite.database.roles import OWNER, WATCH, WEB

NOTHING = ()
READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
RECORD = ("SELECT", "INSERT", "UPDATE")  # nothing of the trial is ever deleted
ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")

# All tables of an app, but for those named below.
APPS = {
    "crf": RECORD,
    settings.TRIAL: RECORD,
    "auth": READ,
    "contenttypes": READ,
    "sessions": ALL,
    "account": ALL,
    "mfa": ALL,
    "usersessions": ALL,
}
TABLES = {
    "crf_auditentry": READ,  # written by the trigger, which runs with its owner's rights
    "crf_chainhead": NOTHING,
    "crf_exportlog": APPEND,
    "crf_draft": ALL,  # not the record: gone when it is saved or discarded
    "crf_stagedfile": ALL,  # the same: gone when it is imported or discarded
    "crf_press": APPEND,
    "crf_takenback": APPEND,
    "crf_toverify": READ,  # kept by triggers
    "crf_importfile": APPEND,
    "crf_importedrow": APPEND,
    "crf_levelfile": APPEND,
    "crf_levelrow": APPEND,
    "crf_draftsettled": APPEND,
    "crf_armknown": APPEND,
    "crf_codebreakanswer": APPEND,
    "crf_kitbalance": APPEND,
    "crf_envelope": APPEND,
    "crf_checkfiring": APPEND,
    "crf_signin": APPEND,
    "crf_siteapproval": APPEND,
    "crf_signature": APPEND,  # revoked by the trigger of what was signed, and by nothing else
    "crf_accessreview": APPEND,
    "crf_mail": RECORD,  # kept when it has left, without its text
    "crf_heartbeat": RECORD,
    "crf_outputpart": ALL,  # files that were made for somebody, thrown away after a while
    "crf_lockconsent": APPEND,
    "crf_recordcheck": APPEND,
    "crf_trailreview": APPEND,
    "crf_redaction": APPEND,  # settled by a function that sees to the second person
    "crf_user_groups": READ,  # Django's own groups and permissions grant nothing here
    "crf_user_user_permissions": READ,
    "django_migrations": READ,
    "ecrf_cache": ALL,
}
# What ecrf_watch may do: no table of a form, no audit entry, nothing that is not here.
FOR_THE_WATCH = {
    "crf_alert": ("SELECT", "UPDATE"),
    "crf_studylock": READ,
    "crf_casebooklock": READ,
    "crf_hold": READ,
    "crf_site": READ,
    "crf_roleheld": READ,
    "crf_user": READ,  # addresses; and what the link that sets a password is made from
    "account_emailaddress": READ,
    "crf_mail": RECORD,
    "crf_heartbeat": RECORD,
    "django_session": ("SELECT", "DELETE"),
    "usersessions_usersession": ("SELECT", "DELETE"),
    "ecrf_cache": ("SELECT", "DELETE"),
    "django_migrations": READ,
}
# Functions are closed to everyone (roles.py). A migration that makes one for the web says so itself; these are others'.
FUNCTIONS = ("_pgtrigger_should_ignore",)


class UnknownTable(Exception):
    """A migration made a table about which nobody has said what the web may do."""


def rights() -> dict[str, tuple[str, ...]]:
    """Table -> what ecrf_web may do, for all tables of all installed apps."""
    by_app = {
        model._meta.db_table: APPS[model._meta.app_label]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS and model._meta.managed
    }
    return by_app | TABLES


def last_app(apps):
    """The app after which Django's signal has come for all of them."""
    return [config for config in apps.get_app_configs() if config.models_module][-1]


def after_migrate(sender, using=DEFAULT_DB_ALIAS, **kwargs) -> None:
    """Once, after the last app: the signal comes once for each."""
    if sender is not last_app(apps):
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        if cursor.fetchone()[0] == WEB:  # a test's flush sends the signal too
            return
    call_command("createcachetable", database=using, verbosity=0)
    with connection.cursor() as cursor:
        grant(cursor)
        wall.raise_wall(cursor)
        guards.hang_guards(cursor)


def grant(cursor) -> None:
    """Revoke everything from PUBLIC, ecrf_web and ecrf_watch on every table in `public`, then give what is listed."""
    cursor.execute(
        "SELECT relname, pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname"
    )
    found, listed = dict(cursor.fetchall()), rights()
    if unknown := sorted(set(found) - set(listed)):
        names = ", ".join(unknown)
        raise UnknownTable(f"Nobody has said what {WEB} may do to {names}. Say it in trialsite/database/grants.py.")
    if foreign := sorted(table for table, owner in found.items() if owner != OWNER):
        raise UnknownTable(f"{', '.join(foreign)} must belong to {OWNER}. Run migrations with ECRF_ROLE=owner only.")
    statements = []
    for table in found:
        statements.append(f'REVOKE ALL ON TABLE public."{table}" FROM PUBLIC, {WEB}, {WATCH}')
        if of_the_watch := FOR_THE_WATCH.get(table):
            statements.append(f'GRANT {", ".join(of_the_watch)} ON TABLE public."{table}" TO {WATCH}')
        if listed[table]:
            statements.append(f'GRANT {", ".join(listed[table])} ON TABLE public."{table}" TO {WEB}')
    cursor.execute(  # identity columns need no right on their sequence; others (bigserial) do
        "SELECT sequence.relname FROM pg_class sequence WHERE sequence.relkind = 'S'"
        " AND sequence.relnamespace = 'public'::regnamespace"
        " AND EXISTS (SELECT FROM pg_depend WHERE objid = sequence.oid AND deptype = 'a')"
    )
    statements += [f'GRANT USAGE ON SEQUENCE public."{name}" TO {WEB}, {WATCH}' for (name,) in cursor.fetchall()]
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proname = ANY (%s)",
        [list(FUNCTIONS)],
    )
    statements += [f"GRANT EXECUTE ON FUNCTION {name} TO {WEB}" for (name,) in cursor.fetchall()]
    cursor.execute("; ".join(statements))
