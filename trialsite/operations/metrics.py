"""The figures of the service in Prometheus' text format: counts and seconds, never a name or number of anybody."""

import contextlib
import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from trialsite.database import replica
from trialsite.database.wall import seeing
from trialsite.operations import counters, health

TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATES = {health.WELL: 0, health.WARNING: 1, health.FAILS: 2}


def text() -> str:
    found = health.findings()
    lines = [*_requests(), *_findings(found), *_disk()]
    if found[0].state == health.WELL:
        with contextlib.suppress(DatabaseError):  # said by the findings
            lines += _from_the_database()
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, what: str, *samples: tuple[str, float]) -> list[str]:
    head = [f"# HELP {name} {what}", f"# TYPE {name} {kind}"]
    return head + [
        f"{name}{labels} {value:g}" if isinstance(value, float) else f"{name}{labels} {value}"
        for labels, value in samples
    ]


def _requests() -> list[str]:
    totals = counters.totals()
    kinds = [(f'{{method="{kind}",status="{status}"}}', totals[kind, status]) for kind, status in counters.KINDS]
    lines = _metric("ecrf_requests_total", "counter", "Requests answered, by kind of method and of answer.", *kinds)
    name = "ecrf_request_seconds"
    lines += [f"# HELP {name} How long requests took.", f"# TYPE {name} histogram"]
    lines += [f'{name}_bucket{{le="{bound:g}"}} {totals[f"le {bound}"]}' for bound in counters.BOUNDS]
    lines += [f'{name}_bucket{{le="+Inf"}} {totals["le inf"]}', f"{name}_sum {totals['microseconds'] / 1e6:.6f}"]
    return [*lines, f"{name}_count {totals['le inf']}"]


def _findings(found: list[health.Finding]) -> list[str]:
    samples = [(f'{{finding="{one.name}"}}', STATES[one.state]) for one in found]
    return _metric("ecrf_health", "gauge", "0 well, 1 a warning, 2 no page should be served.", *samples)


def _disk() -> list[str]:
    usage = shutil.disk_usage(settings.VAR if settings.VAR.exists() else settings.BASE_DIR)
    return [
        *_metric("ecrf_disk_free_bytes", "gauge", "Free where the service writes.", ("", usage.free)),
        *_metric("ecrf_disk_size_bytes", "gauge", "Size of that disk.", ("", usage.total)),
    ]


def _from_the_database() -> list[str]:
    from django.contrib.sessions.models import Session

    from crf.actions import outbox
    from crf.models import Alert, Heartbeat, Mail, Site

    now = timezone.now()
    with seeing(Site.objects.all()):
        alerts = Alert.objects.filter(acknowledged_at__isnull=True, is_blocking=True)
        waiting, escalated = alerts.count(), alerts.filter(escalated_at__isnull=False).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), current_setting('max_connections')::int,"
            " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
            " (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'crf_auditentry'::regclass)"
        )
        size, most, used, entries = cursor.fetchone()
    beats = [(f'{{program="{beat.name}"}}', (now - beat.at).total_seconds()) for beat in Heartbeat.objects.all()]
    longest = outbox.oldest_waiting(now)
    gauges = {
        "ecrf_alerts_waiting": ("Alerts that no physician has acknowledged.", waiting),
        "ecrf_alerts_escalated": ("Those of them that were escalated.", escalated),
        "ecrf_mails_waiting": ("Mails that will be tried.", outbox.waiting().count()),
        "ecrf_mails_troubled": ("Mails that were tried and have not left.", outbox.troubled().count()),
        "ecrf_mails_given_up": ("Mails that are not tried any more.", Mail.objects.exclude(given_up_at=None).count()),
        "ecrf_mail_longest_wait_seconds": (
            "Of the mail that waits longest.",
            longest.total_seconds() if longest else 0,
        ),
        "ecrf_sessions": ("Sessions that are open.", Session.objects.filter(expire_date__gt=now).count()),
        "ecrf_clock_offset_seconds": ("This machine's clock ahead of the database's.", health.offset()),
        "ecrf_database_size_bytes": ("The database on its server's disk.", size),
        "ecrf_database_connections": ("Connections to the database.", used),
        "ecrf_database_connections_most": ("As many as the server allows, over all its databases.", most),
        "ecrf_audit_entries_estimate": ("Rows of the audit trail, as the planner estimates.", entries),
    }
    if settings.REPLICA is not None:
        with contextlib.suppress(replica.Unfit):  # said by the findings
            behind = replica.lag()
            gauges["ecrf_replica_behind_bytes"] = ("Of the log of changes, not replayed by the replica.", behind.bytes)
            gauges["ecrf_replica_behind_seconds"] = ("Since what the replica replayed last.", behind.seconds)
    lines = _metric("ecrf_heartbeat_age_seconds", "gauge", "Since a program was last seen.", *beats)
    for name, (what, value) in gauges.items():
        lines += _metric(name, "gauge", what, ("", value))
    return lines
