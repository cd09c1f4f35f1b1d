"""Is the service well? One list of findings, read by probes, by the metrics, by the watch and by administrators.

A finding that FAILS means that no page should be served from here; one that is a WARNING wants a person soon, but
taking the web server away would only make it worse: a dead watch is one.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from trialsite import checks
from trialsite.database import replica
from trialsite.operations import program

WELL, WARNING, FAILS = "well", "warning", "fails"
SILENT_AFTER = timedelta(minutes=3)  # the watch says that it is alive every minute
LITTLE_ROOM, NO_ROOM = 2_000_000_000, 200_000_000  # bytes
CLOCK_WARNS, CLOCK_FAILS = 1.0, 60.0  # seconds between two clocks, or by which one was moved back
MAIL_WAITS = timedelta(minutes=15)
BACKUP_IS_OLD = COPY_IS_OLD = LOOK_IS_OLD = timedelta(hours=26)
TRAIL_SILENT_AFTER = timedelta(hours=2)  # it anchors each hour, and a look at a large record takes its time
CHANGES_WAIT = timedelta(hours=1)
DRILL_IS_OLD = timedelta(days=35)  # once a month
REPLICA_IS_LATE = 60.0  # seconds


@dataclass(frozen=True)
class Finding:
    """`name` is for machines; `sentence` is for a person, and names no subject."""

    name: str
    state: str
    sentence: str


def findings() -> list[Finding]:
    """Everything. Without a database only what this machine can tell by itself."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as trouble:
        kind = type(trouble.__cause__ or trouble).__name__
        return [
            Finding("database", FAILS, f"The database does not answer ({kind})."),
            arm_key_file(),
            disk(),
            the_program(),
        ]
    found = [Finding("database", WELL, "The database answers.")]
    looks: list[Callable[[], Finding]] = [migrations, triggers, arm_key, watch, worker, trail]
    looks += [mail, disk, clock, backup, drill, copies, stamps, the_replica, the_program]
    for look in looks:
        try:
            found.append(look())
        except DatabaseError as trouble:  # a table is missing: said by `migrations` in words
            kind = type(trouble.__cause__ or trouble).__name__
            found.append(Finding(look.__name__.removeprefix("the_"), FAILS, f"It could not be looked at ({kind})."))
    return found


def is_ready(found: list[Finding], *, strictly: bool = False) -> bool:
    return all(finding.state == WELL or (finding.state == WARNING and not strictly) for finding in found)


def migrations() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = {one for one in _on_disk() if one not in applied and not _on_disk()[one] & applied}
    if missing:
        return Finding("migrations", FAILS, f"{len(missing)} migrations are not applied. {checks.MIGRATE}")
    return Finding("migrations", WELL, "All migrations are applied.")


@cache
def _on_disk() -> dict[tuple[str, str], set]:
    """Migration -> those it replaces. Read once: files do not change under a running process."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {key: set(migration.replaces) for key, migration in loader.disk_migrations.items()}


def triggers() -> Finding:
    with connection.cursor() as cursor:
        found = checks.check_guards(cursor)
    if found:
        return Finding("triggers", FAILS, f"{found[0].msg} ({len(found)} such findings.) {found[0].hint}")
    return Finding("triggers", WELL, "Every audit trigger and guard is there and cannot be switched off.")


def arm_key() -> Finding:
    """Whether an emergency code break would be answered: its key is there, can be read, and is that of the list."""
    from crf.actions import code_break

    found = arm_key_file()
    is_looked_for = settings.ROLE == "web" and settings.ARM_KEY_FILE.exists()  # no list yet, or another program
    if found.state == WELL and is_looked_for and (trouble := code_break.key_trouble()):
        return Finding("arm_key", FAILS, f"{trouble} An emergency code break would fail.")
    return found


def arm_key_file() -> Finding:
    if found := checks.check_environment(None):
        return Finding("arm_key", FAILS, f"{found[0].msg} {found[0].hint}")
    return Finding("arm_key", WELL, "The key of the sealed arms is where the hatch looks for it.")


def watch() -> Finding:
    without = "alerts are not escalated and no mail leaves."
    return _alive("watch", f"The watch was never seen: {without}", without, "watch")


def worker() -> Finding:
    """The program that makes reports and exports; without it they wait, and every page is as quick as ever."""
    without = "reports and exports wait."
    return _alive("worker", f"No worker was ever seen: {without} Start `manage.py work`.", without, "work")


def trail() -> Finding:
    """The program that anchors the audit trail, and holds the record against it each night: whether it does."""
    from crf.models import Heartbeat

    without = "nothing is anchored, and what somebody changed past the application is not found."
    never = f"Who keeps the trail was never seen: {without} Start `manage.py keep_trail`."
    alive = _alive("trail", never, without, "keep_trail", TRAIL_SILENT_AFTER)
    if alive.state != WELL:
        return alive
    looked = Heartbeat.objects.filter(name="record").first()
    last = looked.at if looked else Heartbeat.objects.get(name="trail").since
    if timezone.now() - last > LOOK_IS_OLD:
        said = f"The record was not held against its trail for {in_words(timezone.now() - last)}."
        return Finding("trail", WARNING, f"{said} See the log of `manage.py keep_trail`.")
    return alive


def _alive(name: str, never: str, without: str, command: str, silent_after: timedelta = SILENT_AFTER) -> Finding:
    """Whether the program of that name was seen of late; `without`: what does not happen else."""
    from crf.models import Heartbeat

    beat = Heartbeat.objects.filter(name=name).first()
    if beat is None:
        return Finding(name, WARNING, never)
    silent = timezone.now() - beat.at
    if silent > silent_after:
        sentence = f"The {name} was last seen {in_words(silent)} ago: {without} Start `manage.py {command}`."
        return Finding(name, WARNING, sentence)
    return Finding(name, WELL, f"The {name} is alive.")


def mail() -> Finding:
    from crf.actions import outbox

    troubled, longest = outbox.troubled().count(), outbox.oldest_waiting(timezone.now())
    if troubled:
        return Finding("mail", WARNING, f"{troubled} mails could not be sent; they are tried again.")
    if longest is not None and longest > MAIL_WAITS:
        return Finding("mail", WARNING, f"A mail has waited for {in_words(longest)}.")
    return Finding("mail", WELL, "Every mail has left, or is about to.")


def disk() -> Finding:
    free = shutil.disk_usage(settings.VAR if settings.VAR.exists() else settings.BASE_DIR).free
    sentence = f"{free / 1e9:.1f} GB are free where {settings.VAR.name} lies."
    if free < NO_ROOM:
        return Finding("disk", FAILS, f"The disk is full: {sentence} Make room; nothing that was saved is lost.")
    if free < LITTLE_ROOM:
        return Finding("disk", WARNING, f"The disk fills up: {sentence} Make room before the database stops.")
    return Finding("disk", WELL, f"There is room where {settings.VAR.name} lies.")


def clock() -> Finding:
    seconds = offset()
    sentence = f"This machine's clock and the database's are {abs(seconds):.1f} seconds apart."
    if abs(seconds) > CLOCK_FAILS:
        return Finding("clock", FAILS, f"{sentence} Times on record would be wrong: set both by NTP.")
    if abs(seconds) > CLOCK_WARNS:
        return Finding("clock", WARNING, f"{sentence} Set both by NTP.")
    behind = behind_the_trail()
    if behind > CLOCK_WARNS:
        state = FAILS if behind > CLOCK_FAILS else WARNING
        moved = f"The database's clock was moved back: it is {behind:.1f} seconds behind what was written last."
        return Finding("clock", state, f"{moved} Set it by NTP; what is written until then says so.")
    return Finding("clock", WELL, "This machine's clock and the database's agree.")


def behind_the_trail() -> float:
    """Seconds by which the database's clock is behind the newest event of the audit trail; 0 where it is not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(0, extract(epoch FROM public.crf_last_written() - clock_timestamp()))::float8")
        return cursor.fetchone()[0]


def offset() -> float:
    """Seconds that this machine's clock is ahead of the database's; half of the way there and back is taken off."""
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        (theirs,) = cursor.fetchone()
        return (before + time.time()) / 2 - theirs


def backup() -> Finding:
    """Of the embedded database the last file; of a real server whether it hands its changes on, and the last base
    backup, where its timer tells of one (ecrf-backup.service)."""
    from crf.models import Heartbeat

    beat = Heartbeat.objects.filter(name="backup").first()
    if not settings.ENV.embedded and (trouble := changes_that_wait()):
        return Finding("backup", WARNING, f"{trouble} What came since would be lost with the server.")
    if beat is None and not settings.ENV.embedded:
        return Finding("backup", WELL, "The database has a server of its own, which hands its changes on.")
    if beat is None:
        return Finding("backup", WARNING if settings.PRODUCTION else WELL, "No backup was made from here yet.")
    age = timezone.now() - beat.at
    if age > BACKUP_IS_OLD:
        return Finding("backup", WARNING, f"The last backup is {in_words(age)} old. Say `make backup`, or its timer.")
    return Finding("backup", WELL, f"The last backup is {in_words(age)} old.")


def changes_that_wait() -> str:
    """What is wrong with the continuous part of a real server's backup, in a sentence; "" where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('archive_mode') <> 'off', last_archived_time, last_failed_time,"
            " EXISTS (SELECT FROM pg_replication_slots WHERE slot_type = 'physical' AND active)"
            " FROM pg_stat_archiver"
        )
        return _archiving_in_words(*cursor.fetchone(), now=timezone.now())


def _archiving_in_words(is_on, archived: datetime | None, failed: datetime | None, is_streamed, *, now) -> str:
    if not is_on:  # a tool that receives the log itself holds a slot
        return "" if is_streamed else "The database's server archives no change (archive_mode is off)."
    if failed and (archived is None or failed > archived):
        return f"The database's server fails to archive its changes, last {in_words(now - failed)} ago."
    if archived is None or now - archived > CHANGES_WAIT:
        since = f"for {in_words(now - archived)}" if archived else "yet"
        return f"The database's server archived no change {since}: does archive_timeout say a minute?"
    return ""


def drill() -> Finding:
    """Whether a restored backup was held against what is live in the last month, and was well."""
    from crf.models import Heartbeat

    beat = Heartbeat.objects.filter(name="drill").first()
    if beat is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT now() - min(applied) FROM django_migrations")
            (age,) = cursor.fetchone()
        is_late = settings.PRODUCTION and age > DRILL_IS_OLD
        said = "No restore was ever tried: a backup that nobody has restored is none. See ecrf-restore-drill.timer."
        return Finding("drill", WARNING if is_late else WELL, said if is_late else "No restore drill is due yet.")
    age = timezone.now() - beat.at
    if beat.found:
        return Finding("drill", WARNING, f"The restore drill {in_words(age)} ago found something wrong: see its log.")
    if age > DRILL_IS_OLD:
        return Finding("drill", WARNING, f"The last restore drill was {in_words(age)} ago: it is due each month.")
    return Finding("drill", WELL, f"The last restore drill was {in_words(age)} ago and found nothing wrong.")


def copies() -> Finding:
    """Of the sites' own copies: whether last night's arrived where the sites hold them."""
    from crf.models import Heartbeat

    if settings.COPIES is None:
        return Finding("copies", WELL, "No copy is pushed to a site; investigators take theirs by hand.")
    beat = Heartbeat.objects.filter(name="copies").first()
    if beat is None:
        return Finding("copies", WARNING, "No copy was pushed to the sites yet. Try `manage.py push_copies`.")
    age = timezone.now() - beat.at
    if age > COPY_IS_OLD:
        return Finding("copies", WARNING, f"The sites' copies last arrived {in_words(age)} ago. See the log.")
    return Finding("copies", WELL, "Every site has its copy of last night.")


def stamps() -> Finding:
    """Of the anchors: whether the newest bears the time stamp of the authority that is set."""
    from crf.actions import verify_record

    if not settings.TSA:
        return Finding("stamps", WELL, "No authority is set that would stamp the anchors.")
    latest = verify_record.anchors().latest()
    if latest and not (settings.ANCHORS / "stamps" / f"{latest[1].size}.tsr").exists():
        return Finding("stamps", WARNING, "The newest anchor has no time stamp: see the log of `manage.py keep_trail`.")
    return Finding("stamps", WELL, "The newest anchor bears its time stamp.")


def the_replica() -> Finding:
    """Of the server that reports and exports are read from. Without it they are read from the primary."""
    if settings.REPLICA is None:
        return Finding("replica", WELL, "Reports and exports are read from the primary.")
    try:
        behind = replica.lag()
    except replica.Unfit as unfit:
        return Finding("replica", WARNING, f"{unfit} Reports and exports are read from the primary meanwhile.")
    sentence = f"The replica is {behind.bytes / 1e6:.1f} MB and {behind.seconds:.0f} seconds behind."
    return Finding("replica", WARNING if behind.seconds > REPLICA_IS_LATE else WELL, sentence)


def the_program() -> Finding:
    if number := program.replaced():
        said = (
            f"{number} files of the program were replaced while it runs: what is served is a mixture of two releases."
        )
        return Finding("program", WARNING, f"{said} Start web server, worker, watch and trail anew.")
    return Finding("program", WELL, "The program that runs is the one that lies here.")


def in_words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 60 * 48 else f"{minutes // 60 // 24} days"
