"""What must be true before a page is served. Each finding has an id, says what is wrong and what to do.

`manage.py check --database default` runs all of them (the starter does, as `ecrf_web`, before it serves).
"""

import stat
import sys
import time
from importlib.util import find_spec

import pgtrigger
from django.conf import settings
from django.core.checks import Error, Tags, Warning, run_checks
from django.db import OperationalError, connections

from trialsite.database import guards, wall
from trialsite.database.grants import rights
from trialsite.database.roles import OWNER, WEB

LEAST_SERVER = 17_00_00  # the builtin locale; membership WITH INHERIT FALSE came with 16
TAG = "trial"
MIGRATE = "Run `ECRF_ROLE=owner ./manage.py migrate` (make run does)."


AWAY = 1  # gunicorn tries such a worker again
PATIENCE = 2  # seconds before that, so that a database that is away does not cost a processor


def refuse_to_serve(status: int) -> None:
    """In production: end this process with the findings on its error output when anything here does not hold."""
    if not settings.PRODUCTION:
        return
    _end_on(run_checks(tags=[TAG]), status)  # first: what is wrong here may be why no database answers
    try:
        found = run_checks(tags=[Tags.database], databases=["default"])
    except OperationalError as error:
        print(f"The database does not answer: {error}", file=sys.stderr, flush=True)
        time.sleep(PATIENCE)
        sys.exit(AWAY)
    finally:
        connections.close_all()  # the workers that part from here must not share one
    _end_on(found, status)


def _end_on(findings: list, status: int) -> None:
    serious = [finding for finding in findings if finding.is_serious()]
    for finding in serious:
        print(f"{finding.id}: {finding.msg} {finding.hint or ''}".rstrip(), file=sys.stderr, flush=True)
    if serious:
        print("Nothing is served until this is mended.", file=sys.stderr, flush=True)
        sys.exit(status)


def check_deployment(app_configs, **kwargs) -> list:
    """What production needs and only the web's process uses."""
    if not settings.PRODUCTION or settings.ROLE == "owner":
        return []
    findings = []
    if settings.ENV.embedded:
        what = "DATABASE_URL is not set: production does not run on the embedded database."
        findings.append(Error(what, hint="postgresql://ecrf_web:...@host/name", id="trial.E003"))
    if not settings.ENV.email:
        what = "EMAIL_URL is not set: nobody could set a password, and no alert would be mailed."
        findings.append(Error(what, hint="smtp://user:password@host:587, or smtps://...:465", id="trial.E004"))
    return findings


def check_environment(app_configs, **kwargs) -> list:
    """The key of the sealed arms: it must be there and be nobody else's to read."""
    if settings.ROLE != "web" or not find_spec("crf.allocation.hatch") or settings.MODE == "test":
        return []
    path = settings.ARM_KEY_FILE
    if not path.exists():
        if settings.DEMO:  # made with the demo's list
            return []
        return [
            Error(
                f"The key of the sealed arms is not at {path}: an emergency code break would fail.",
                hint="Put the key there, or name its file in ECRF_ARM_KEY_FILE. The custodians hold copies.",
                id="trial.E001",
            )
        ]
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        what = f"Others may read {path}, the key of the sealed arms."
        return [Error(what, hint=f"chmod 600 '{path}'", id="trial.E002")]
    try:
        path.read_bytes()
    except OSError as trouble:
        what = f"{path}, the key of the sealed arms, cannot be read by this account ({type(trouble).__name__})."
        return [Error(what, hint="It must belong to the account that serves the pages.", id="trial.E005")]
    return []


def check_database(app_configs, databases=None, **kwargs) -> list:
    """Run as ecrf_web only: before the first migration there is nothing to find, and the owner may do everything."""
    findings = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT session_user")
            (user,) = cursor.fetchone()
            if user == OWNER and settings.ROLE == "owner":
                continue
            findings += check_server(cursor) + check_login(cursor)
            findings += check_tables(cursor) or check_guards(cursor)
            findings += check_noted(cursor) + check_proof(cursor)
    return findings


def check_proof(cursor) -> list:
    """The database knows this program by its secret key; else the safety officer would see no drug level."""
    cursor.execute("SELECT session_user, to_regprocedure('sealed.reads_levels()') IS NOT NULL")
    if cursor.fetchone() != (WEB, True):
        return []
    with wall.seeing_levels():  # a look at the record asks this in the middle of a request
        if wall.levels_are_seen():
            return []
    what = "The database does not know this program by its secret key: no drug level is seen."
    return [Warning(what, hint=f"After the key was changed: {MIGRATE}", id="trial.W046")]


def check_noted(cursor) -> list:
    """Changes of tables, triggers and functions are noted where their owner cannot write (AUD-11)."""
    cursor.execute("SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'ecrf\\_ddl%' AND evtenabled = 'A'")
    if cursor.fetchone()[0] == 2:
        return []
    hint = "Run the statements of `./manage.py prepare_database` as superuser."
    return [Warning("Changes of tables and triggers are not noted by the database.", hint=hint, id="trial.W045")]


def check_server(cursor) -> list:
    cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
    version, encoding = cursor.fetchone()
    findings = []
    if version < LEAST_SERVER:
        findings.append(Error(f"PostgreSQL {version // 10000} is too old.", hint="Use 17 or later.", id="trial.E010"))
    if encoding != "UTF8":
        findings.append(Error(f"The database is encoded in {encoding}.", hint="Make it with UTF8.", id="trial.E011"))
    return findings


def check_login(cursor) -> list:
    """The role that serves pages holds no attribute of an administrator and no membership, and can create nothing."""
    cursor.execute(
        """SELECT session_user,
                  rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
                  EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid),
                  has_database_privilege(current_database(), 'TEMPORARY')
                      OR has_database_privilege(current_database(), 'CREATE'),
                  has_schema_privilege('public', 'CREATE'),
                  EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)
                      OR EXISTS (SELECT FROM pg_proc WHERE proowner = pg_roles.oid)
             FROM pg_roles WHERE rolname = session_user"""
    )
    user, above, member, makes, creates, owns = cursor.fetchone()
    hint = "Run the statements of `./manage.py prepare_database` as superuser."
    wrong = {
        f"The pages run as {user}, not as {WEB}": user != WEB,
        f"{user} has rights above the tables' (superuser, makes roles or databases, passes row security)": above,
        f"{user} is a member of another role": member,
        f"{user} may make temporary tables or schemas": makes,
        f"{user} may make objects in the schema public": creates,
        f"{user} owns tables or functions": owns,
    }
    numbered = enumerate(wrong.items(), start=20)
    return [Error(f"{what}.", hint=hint, id=f"trial.E{number:03}") for number, (what, found) in numbered if found]


def check_tables(cursor) -> list:
    """Every table grants ecrf_web exactly what grants.py says."""
    cursor.execute(
        """SELECT relname, array_remove(ARRAY[
                  CASE WHEN has_table_privilege(oid, 'SELECT') THEN 'SELECT' END,
                  CASE WHEN has_table_privilege(oid, 'INSERT') THEN 'INSERT' END,
                  CASE WHEN has_table_privilege(oid, 'UPDATE') THEN 'UPDATE' END,
                  CASE WHEN has_table_privilege(oid, 'DELETE') THEN 'DELETE' END,
                  CASE WHEN has_table_privilege(oid, 'TRUNCATE') THEN 'TRUNCATE' END,
                  CASE WHEN has_table_privilege(oid, 'REFERENCES') THEN 'REFERENCES' END,
                  CASE WHEN has_table_privilege(oid, 'TRIGGER') THEN 'TRIGGER' END], NULL)
             FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"""
    )
    found, listed = dict(cursor.fetchall()), rights()
    findings = []
    if missing := sorted(set(listed) - set(found)):
        return [Error(f"Tables are missing: {', '.join(missing)}.", hint=MIGRATE, id="trial.E030")]
    for table, may in sorted(found.items()):
        if table not in listed:
            what = f"Nobody has said what {WEB} may do to {table}."
            findings.append(Error(what, hint="See trialsite/database/grants.py.", id="trial.E031"))
        elif set(may) != set(listed[table]):
            said, should = ", ".join(may) or "nothing", ", ".join(listed[table]) or "nothing"
            what = f"{WEB} may {said} on {table}; it should be {should}."
            findings.append(Error(what, hint=MIGRATE, id="trial.E032"))
    return findings


def check_guards(cursor) -> list:
    """Every trigger of the audit trail and of casebooks is there and cannot be switched off (ENABLE ALWAYS)."""
    from crf.models.audit import Audited

    cursor.execute(
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"
    )
    enabled = {(table.split(".")[-1].strip('"'), name): state for table, name, state in cursor.fetchall()}
    findings = []
    for model, trigger in pgtrigger.registered():
        if not isinstance(trigger, Audited):
            continue
        table, name = model._meta.db_table, trigger.get_pgid(model)
        state = enabled.get((table, name))
        if state is None:
            findings.append(Error(f"{table} has no audit trigger.", hint=MIGRATE, id="trial.E040"))
        elif state not in ("A", b"A"):
            what = f"The audit trigger of {table} is not ENABLE ALWAYS: it can be passed by."
            hint = f"As owner: ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"
            findings.append(Error(what, hint=hint, id="trial.E041"))
    for table in guards.held_as():
        if enabled.get((table, guards.UNDER_A_HOLD)) not in ("A", b"A"):
            what = f"{table} lacks the guard of what is frozen or locked, or it can be passed by."
            findings.append(Error(what, hint=MIGRATE, id="trial.E042"))
    for table in guards.guarded():
        if enabled.get((table, guards.NAME)) not in ("A", b"A"):
            what = f"{table} lacks the guard of signed and locked casebooks, or it can be passed by."
            findings.append(Error(what, hint=MIGRATE, id="trial.E042"))
    for table, name in (
        *((table, guards.TRAIL) for table in guards.ACCOUNTS),
        ("crf_auditentry", "only_grows"),
        ("crf_auditentry", "never_removed"),
        ("crf_chainhead", "only_grows"),
        ("crf_chainhead", "head_moves_on"),
        ("crf_studylock", "two_people"),
        ("crf_lockconsent", "own_consent"),
        ("crf_hold", "hold_row_guard"),
    ):
        if enabled.get((table, name)) not in ("A", b"A"):
            what = f"{table} lacks its guard “{name}”, or it can be passed by."
            findings.append(Error(what, hint="As owner: ALTER TABLE … ENABLE ALWAYS TRIGGER …", id="trial.E043"))
    return findings
