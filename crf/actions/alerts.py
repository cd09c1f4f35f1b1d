"""Tell physicians of an alert, take their action, and tell more of them when nobody acted in time (PROTOCOL 7)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from crf import trial
from crf.chart.chart import Chart
from crf.chart.prompted import open_prompts
from crf.models import Alert, CasebookLock, Hold, Mail, RoleHeld, StudyLock, Subject, TakenBack, User
from crf.permissions import require, require_entry
from crf.refusals import AlreadySettled, Refusal
from crf.spec.consequences import PROMPT_JUDGEMENT
from crf.spec.kinds import shows_something
from crf.spec.purposes import Purpose

from . import outbox
from .act import act

#: Who is told at once, and who besides when nobody acted in time.
FIRST = (RoleHeld.Role.INVESTIGATOR,)
THEN = (RoleHeld.Role.INVESTIGATOR, RoleHeld.Role.MEDICAL_MONITOR)


def tell_of(alert: Alert) -> None:
    """Write the mail to the site's investigators, in the transaction of the alert: neither exists without the other."""
    _mail(alert, FIRST, "An alert waits for a physician")


def acknowledge(*, alert: Alert, action: str, by: User) -> Alert:
    """Record what was done about the alert; until then its visit cannot be completed and no dose stepped up."""
    role = require(by, "acknowledge alert", alert.site_id)
    if not shows_something(action):
        raise Refusal("Write what was done about it: the alert cannot be acknowledged without an action.")
    with act(by=by, role=role):
        alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
        if alert.acknowledged_at is not None:
            raise AlreadySettled("This alert was acknowledged already.")
        alert.acknowledged_at, alert.acknowledged_by, alert.action = timezone.now(), by, action.strip()
        # The action with which an alert is acknowledged is the judgement that it asked for.
        alert.prompts_open = [prompt for prompt in alert.prompts_open if prompt != PROMPT_JUDGEMENT]
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "action", "prompts_open"])
    return alert


def take_back(*, alert: Alert, reason: str, by: User) -> Alert:
    """Nothing was done about it after all, such as when another alert was meant: it waits for a physician again.

    What was written stays on record. Raises AlreadySettled where nobody acted, or the record asks for it no more.
    """
    role = require(by, "acknowledge alert", alert.site_id)
    if not shows_something(reason):
        raise Refusal("Say why the alert was not acted upon.")
    with act(by=by, role=role, reason=reason.strip()):
        alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
        if alert.acknowledged_at is None or alert.no_longer_at is not None:
            raise AlreadySettled("There is no action to take back.")
        TakenBack.objects.create(
            subject_id=alert.subject_id,
            site_id=alert.site_id,
            kind=TakenBack.Kind.ALERT,
            visit_id=alert.visit_id,
            form=alert.form,
            record=alert.pk,
            was=alert.action,
            reason=reason.strip()[:200],
            taken_back_at=timezone.now(),
            taken_back_by=by,
        )
        alert.acknowledged_at = alert.acknowledged_by = None
        # It is late by now, so the watch tells all who are told of a late one.
        alert.action, alert.escalated_at = "", None
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "action", "escalated_at"])
        tell_of(alert)
        subject = Subject.objects.select_related("site").get(pk=alert.subject_id)
        alert.prompts_open = open_prompts(Chart.of(subject), alert)
        alert.save(update_fields=["prompts_open"])
    return alert


def settle_prompts(*, alert: Alert, reason: str, by: User) -> Alert:
    """Say why what the alert asks for is not entered, or where it is: it is asked for no more.

    Whoever enters adverse events may. Raises AlreadySettled where nothing is asked for any more.
    """
    form = trial.serving(Purpose.ADVERSE_EVENTS)
    role = require_entry(by, form, alert.site_id) if form else require(by, "acknowledge alert", alert.site_id)
    if not shows_something(reason):
        raise Refusal("Say why it is not entered, or where it is recorded already.")
    with act(by=by, role=role, reason=reason):
        alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
        if alert.no_longer_at is not None or alert.prompts_settled_at is not None or not alert.prompts_open:
            raise AlreadySettled("Nothing is asked for any more by this alert.")
        alert.prompts_settled_at, alert.prompts_settled_by, alert.prompts_reason = timezone.now(), by, reason.strip()
        alert.save(update_fields=["prompts_settled_at", "prompts_settled_by", "prompts_reason"])
    return alert


def escalate(*, now: datetime) -> list[Alert]:
    """Mail investigators and the medical monitor about alerts that nobody acknowledged in time. Once per alert.

    The caller sees all sites. Returns the alerts that were escalated. What is locked does not change, so an alert that
    was let pass at a lock is not escalated any more.
    """
    if StudyLock.objects.filter(lifted_at__isnull=True).exists():
        return []
    locked = CasebookLock.objects.filter(lifted_at__isnull=True).values("subject")
    limit = now - timedelta(hours=trial.SETTINGS.alert_hours)
    with act(by="system:watch", role="system"):
        late = list(
            Alert.objects.select_for_update(skip_locked=True)
            .filter(
                is_blocking=True,
                acknowledged_at__isnull=True,
                no_longer_at__isnull=True,
                escalated_at__isnull=True,
                raised_at__lte=limit,
            )
            .exclude(subject__in=locked)
            .exclude(site__in=Hold.objects.standing().filter(kind=Hold.Kind.LOCK, level=Hold.Level.SITE).values("site"))
        )
        for alert in late:
            alert.escalated_at = now
            alert.save(update_fields=["escalated_at"])
            _mail(alert, THEN, "An alert was not acknowledged in time")
    return late


def _mail(alert: Alert, roles, title: str) -> None:
    """The mail names the site and nothing of the subject."""
    held = RoleHeld.objects.current().filter(site_id=alert.site_id, role__in=roles).select_related("user")
    where = f"{settings.PUBLIC_ADDRESS}/alerts/{alert.pk}/"
    outbox.put(
        kind=Mail.Kind.ALERT,
        to=[role.user.email for role in held if role.user.email],
        title=f"[{trial.STUDY_ID}] {title}",
        text=f"{title} at {alert.site.name}.\n\nSign in and open it from your work list: {where}\n\n"
        "This mail carries no data of any person on purpose.\n",
    )
