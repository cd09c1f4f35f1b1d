"""Hold the record against its trail: hashes, columns, every cell of every table, locks, signatures, anchors, guards.

It reads with the rights of the web process, and so finds what somebody with more rights did past the application.
Sentences name tables, rows and columns, and never a value: blinded people read them.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pgtrigger
from django.conf import settings
from django.core import checks
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone

import crf
from crf import trial
from crf.actions import compared
from crf.chart.held import Place
from crf.exchange.trail import ddl, stamps, verify_audit
from crf.exchange.trail.anchors import Anchors, WentBack
from crf.exchange.trail.export import heads, one_moment
from crf.models import (
    RECORDS,
    Audited,
    AuditEntry,
    CasebookLock,
    Hold,
    RecordCheck,
    RoleHeld,
    Signature,
    Site,
    StudyLock,
    to_verify,
)
from crf.refusals import NotYet
from crf.spec import UNBLINDS, dates
from trialsite.database.guards import verified_by_monitors
from trialsite.database.wall import seeing_levels, seeing_only

from .act import act

SQL = Path(crf.__file__).parent / "migrations" / "sql"
_FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION public\.(\w+)\(.*?\$\$(.*?)\$\$", re.DOTALL)
KEPT = 200  # findings of a run that stay on record; the count is of all
COLUMNS = "chain sequence at table record operation actor actor_name organisation role reason subject site_id changes"
TOLD = (RoleHeld.Role.DATA_MANAGER, RoleHeld.Role.AUDITOR)
_UNBLINDING = {model._meta.db_table for model in RECORDS.values() if model.form.discloses is UNBLINDS}


@dataclass
class Found:
    """What one run read and what differed."""

    findings: list[str] = field(default_factory=list)
    events: int = 0
    cells: int = 0
    anchored_at: datetime | None = None

    def say(self, sentence: str) -> None:
        self.findings.append(sentence)


def anchors() -> Anchors:
    """The second place, as the settings name it."""
    return Anchors(settings.ANCHORS, settings.ANCHOR_KEY_FILE, settings.ANCHOR_ORIGIN)


def anchor(*, now: datetime) -> verify_audit.Checkpoint:
    """Append the heads of all chains to the second place, and what was changed of tables. Raises WentBack."""
    place = anchors()
    ddl.append(place.folder)
    return place.append(heads(), at=now)


class AnchorsGone(Exception):
    """Where the anchors were there are none any more; the sentence says what to look at."""


def refuse_to_begin_anew() -> None:
    """A share that is not mounted looks like an empty folder: anchors begun there would bind nothing from before."""
    if anchors().latest() is None and RecordCheck.objects.filter(anchored_at__isnull=False).exists():
        raise AnchorsGone(
            "the anchors that were in the folder of ECRF_ANCHORS are gone. Is its disk mounted? Bring them back; "
            "`manage.py anchor` begins anew."
        )


def stamp() -> str:
    """Have the newest anchor stamped, where an authority is set: why it is not, or "". It never stops anything."""
    latest = anchors().latest_note()
    if not settings.TSA or latest is None:
        return ""
    try:
        stamps.Authority(settings.TSA, settings.TSA_ROOTS).stamp(latest[1], settings.ANCHORS)
    except stamps.NotStamped as told:
        return f"The anchor is kept without a time stamp. {told}"
    return ""


def is_anchor_due(*, now: datetime) -> bool:
    """Whether the newest anchor is an hour old."""
    latest = anchors().latest()
    return latest is None or now - latest[0] >= timedelta(hours=1)


def is_check_due(*, now: datetime) -> bool:
    """Whether the record was not looked at since the last midnight (UTC)."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return not RecordCheck.objects.filter(ended_at__gte=midnight).exists()


def verify(*, cause: str, by="system:verify", tell: Callable[[str], None] = lambda _: None) -> RecordCheck:
    """One run, kept on record; data managers and auditors are mailed when something differs."""
    started, found = timezone.now(), Found()
    with _all_sites(), one_moment():
        for step in (_trail, _columns_of_tables, _hashes, _waiting, _guards, _changes_of_tables):
            tell(f"{step.__doc__}")
            step(found)
    with act(by=by, role="system" if isinstance(by, str) else ""):
        check = RecordCheck.objects.create(
            started_at=started,
            ended_at=timezone.now(),
            cause=cause,
            events=found.events,
            cells=found.cells,
            anchored_at=found.anchored_at,
            findings=found.findings[:KEPT],
            count=len(found.findings),
        )
    if check.count:
        transaction.on_commit(lambda: _mail(check), robust=True)
    return check


def require_clean(cause: str, sentence: str) -> RecordCheck:
    """Look at everything now. Raises NotYet when anything differs; what differs stays on record whatever is refused."""
    check = verify(cause=cause)
    if check.count:
        raise NotYet(
            f"{sentence}: the record differs from its audit trail in {check.count} place(s). The data manager and the "
            "auditor were told, and find out what was changed and by whom."
        )
    return check


def latest() -> RecordCheck | None:
    """The newest run."""
    return RecordCheck.objects.order_by("-ended_at").first()


# -- the steps


def _trail(found: Found) -> None:
    """The chains, their heads, and what was anchored of them"""
    trail, place = verify_audit.Trail(), anchors()
    latest = place.latest()
    if latest:
        found.anchored_at = latest[0]
        verify_audit.read_anchors(place.folder, trail, place.key())
    entries = AuditEntry.objects.order_by("chain", "sequence").values_list(
        "body", "hash", "previous", "commitment", *COLUMNS.split()
    )
    for body, hashed, previous, committed, *row in entries.iterator(chunk_size=5000):
        # By its columns an event finds its chain; by its body it is hashed. Where they differ, both say so.
        before = trail.chains.get(row[0])
        if bytes(previous) != (before.hash if before else b""):
            trail.say(f"{row[0]} {row[1]}: its column “previous” is not the hash of the event before it.")
        if committed is None:
            told = trail.event(bytes(hashed), body.encode())
        else:
            told = trail.redacted(bytes(hashed), bytes(committed), body.encode())
        for name in _differing(told, row) if told else ():
            trail.say(f"{row[0]} {row[1]}: the column “{name}” says another thing than the body that was hashed.")
    for chain, sequence, hashed in heads():
        trail.head(chain, sequence, hashed)
    trail.anchors_left()
    trail.redactions_left()
    found.events = trail.events
    found.findings += trail.findings


def _differing(told: dict, row: list) -> Iterator[str]:
    for name, value in zip(COLUMNS.split(), row, strict=True):
        said = told.get("site" if name == "site_id" else name)
        if name == "at":
            said = said and datetime.fromisoformat(said)
        if said != value:
            yield name


def _columns_of_tables(found: Found) -> None:
    """Every cell of every table, beside what the trail says was written last"""
    for model, trigger in pgtrigger.registered():
        if isinstance(trigger, Audited):
            _replay(found, model, set(trigger.only) - {"password"})


_REPLAY = """
    WITH said AS (
        SELECT entry.record, change.key,
               (array_agg(change.value -> 1 ORDER BY entry.sequence DESC))[1] AS value
          FROM crf_auditentry AS entry, LATERAL jsonb_each(entry.body::jsonb -> 'changes') AS change
         WHERE entry."table" = %(table)s AND entry.body IS JSON OBJECT
         GROUP BY entry.record, change.key
    ), told AS (
        SELECT record, jsonb_strip_nulls(
                   coalesce(jsonb_object_agg(key, value) FILTER (WHERE key <> 'password'), '{{}}')) AS row
          FROM said GROUP BY record HAVING bool_or(value <> 'null')
    ), now AS (
        SELECT id AS record, jsonb_strip_nulls({columns}) AS row FROM {table} AS t
    )
    SELECT coalesce(told.record, now.record), told.row, now.row
      FROM told FULL JOIN now USING (record) WHERE told.row IS DISTINCT FROM now.row
"""


def _replay(found: Found, model, only: set[str]) -> None:
    table = model._meta.db_table
    columns = [one.column for one in model._meta.concrete_fields if one.column != "password"]
    counted = [name for name in columns if not only or name in only]
    made = "jsonb_build_object(" + ", ".join(f"'{name}', t.\"{name}\"" for name in counted) + ")"
    if len(counted) > 45:  # a function takes a hundred arguments
        made = "to_jsonb(t)"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # nosec B608 - our own names
        found.cells += cursor.fetchone()[0] * len(counted)
        cursor.execute(_REPLAY.format(table=f'"{table}"', columns=made), {"table": table})
        differing = cursor.fetchall()
    defaults = {one.column: one.get_default() for one in model._meta.concrete_fields}
    name = "a form that unblinds" if table in _UNBLINDING or table.startswith("crf_level") else table
    for record, *rows in differing:
        told, now = (json.loads(row) if isinstance(row, str) else row for row in rows)
        if now is None:
            found.say(f"{name} {record}: the row is gone, and the trail does not say that it was removed.")
        elif told is None:
            found.say(f"{name} {record}: the row is there, and the trail does not say that it was entered.")
        else:
            for key in sorted(told.keys() | now.keys()):
                is_new_column = key not in told and now[key] == defaults.get(key)
                if not is_new_column and not _same(told.get(key), now.get(key)):
                    found.say(f"{name} {record}: the column “{key}” differs from what the trail says was written last.")


def _same(told, now) -> bool:
    """Equal, or the same moment written in two time zones."""
    if told == now:
        return True
    try:
        return datetime.fromisoformat(told) == datetime.fromisoformat(now)
    except (TypeError, ValueError):
        return False


def _hashes(found: Found) -> None:
    """Every standing lock and signature beside the content it stands on"""
    looked = [compared.study_lock(lock) for lock in StudyLock.objects.filter(lifted_at__isnull=True)]
    locks = CasebookLock.objects.filter(lifted_at__isnull=True).select_related("subject__site")
    looked += [compared.casebook_lock(lock) for lock in locks]
    holds = Hold.objects.standing().filter(kind=Hold.Kind.LOCK).select_related("site", "subject__site", "visit")
    looked += [compared.lock_at(Place.of(lock), lock) for lock in holds]
    for one in looked + [
        compared.signature(signed) for signed in Signature.objects.standing().select_related("subject")
    ]:
        if not one.agrees:
            found.say(f"{one.what}: what is stored now gives another hash.")


def _waiting(found: Found) -> None:
    """What is kept as waiting for a monitor beside the records and verifications from which it follows"""
    with connection.cursor() as cursor:
        for code, table in verified_by_monitors().items():
            follows, kept = to_verify.following(code, table), f"SELECT {to_verify.COLUMNS} FROM crf_toverify"  # nosec B608 - our own names
            cursor.execute(
                f"SELECT count(DISTINCT record) FROM ((({follows}) EXCEPT {kept}) UNION ALL"  # nosec B608 - our own names
                f" ({kept} WHERE form = %s EXCEPT ({follows}))) AS differs (form, record)",
                [code],
            )
            if differs := cursor.fetchone()[0]:
                found.say(f"{trial.form(code).title}: of {differs} record(s) it is kept wrongly whether they wait.")


def _guards(found: Found) -> None:
    """Triggers, grants, the wall between sites, the guards' own functions"""
    for finding in checks.run_checks(tags=["trial"], databases=["default"]):
        found.say(f"{finding.id}: {finding.msg}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE NOT relrowsecurity"
        )
        for (table,) in cursor.fetchall():
            found.say(f"The wall between the sites is switched off on {table}.")
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'crf\\_%'"
        )
        there = dict(cursor.fetchall())
    for name, source in functions_as_written().items():
        if there.get(name) != source:
            found.say(f"The function {name} is not the one that the migrations made.")


def _changes_of_tables(found: Found) -> None:
    """Tables, triggers, functions and policies that somebody changed beside a migration since the last look"""
    last = latest()
    for command in ddl.commands(since=last.ended_at if last else None):
        if command.is_told:
            found.say(f"{dates.moment(command.at)}, {command.login}: {command.tag} ({command.object}).")


@cache
def functions_as_written() -> dict[str, str]:
    """Name -> source of every function of the record, as the newest migration that says it has it."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(SQL.glob("*.sql")))
    return {name: source for text in texts for name, source in _FUNCTION.findall(text)}


@contextmanager
def _all_sites():
    """See the rows of every site, and what would unblind, for as long as the run takes, whatever was seen before."""
    with seeing_only(Site.objects.all()), seeing_levels():
        yield


def _mail(check: RecordCheck) -> None:
    held = RoleHeld.objects.current().filter(role__in=TOLD).select_related("user")
    for address in sorted({role.user.email for role in held if role.user.email}):
        send_mail(
            f"[{trial.STUDY_ID}] The record differs from its audit trail",
            f"The check of {dates.moment(check.ended_at)} found {check.count} difference(s) between the record "
            f"and its audit trail.\n\nSign in and read them: {settings.PUBLIC_ADDRESS}/study/check/\n\n"
            "Until they are explained nobody should rely on a signature, a lock or a report.\n",
            None,
            [address],
        )


__all__ = [
    "AnchorsGone",
    "WentBack",
    "anchor",
    "anchors",
    "is_anchor_due",
    "is_check_due",
    "latest",
    "refuse_to_begin_anew",
    "verify",
]
