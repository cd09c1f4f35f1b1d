"""What the watch does for the service: tell administrators of what turned bad, clear what ended, say it is alive."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

from crf import trial
from crf.actions import outbox
from crf.models import Heartbeat, Mail, RoleHeld
from trialsite.operations import health

#: Not mailed: mail that is down is not told of by mail, who writes this is the watch, and it holds no arm key.
NOT_BY_MAIL = {"mail", "watch", "arm_key"}
#: Started together with the watch: not told of before it had time to begin, or every start would end in a mail.
STARTED_BESIDE = {"worker", "trail"}


def tell_of_new_findings(*, since: datetime) -> list[health.Finding]:
    """Say that the watch is alive, and mail administrators about findings that were not there at its last look."""
    beat(name="watch", since=since)
    untold = NOT_BY_MAIL | (STARTED_BESIDE if timezone.now() - since < health.SILENT_AFTER else set())
    found = [one for one in health.findings() if one.state != health.WELL and one.name not in untold]
    row = Heartbeat.objects.get(name="watch")
    known, names = set(row.found), {f"{one.name} {one.state}" for one in found}
    new = [one for one in found if f"{one.name} {one.state}" not in known]
    if names != known:
        row.found = sorted(names)
        row.save(update_fields=["found"])
    if new:
        outbox.put(
            kind=Mail.Kind.SERVICE,
            to=administrators(),
            title=f"[{trial.STUDY_ID}] The service wants looking after",
            text="\n\n".join(one.sentence for one in new)
            + f"\n\nThe page Service shows how it stands: {settings.PUBLIC_ADDRESS}/service/\n",
        )
    return new


def beat(*, name: str, since: datetime | None = None) -> None:
    """A sign of life of a program, at the database's own time."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(
        name=name,
        defaults={"at": now} | ({"since": since} if since else {}),
        create_defaults={"at": now, "since": since or now},
    )


def administrators() -> list[str]:
    held = RoleHeld.objects.current().filter(role=RoleHeld.Role.ADMINISTRATOR, user__is_active=True)
    return list(held.exclude(user__email="").values_list("user__email", flat=True).distinct())


def clear_sessions() -> int:
    """Sessions that have run out, and what allauth keeps about them. Signing in and out stays on record elsewhere."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    cleared, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    alive = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ecrf_cache WHERE expires < now()")
    return cleared
