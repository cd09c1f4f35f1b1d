"""What follows because a day passed, without anybody's write: looked for once the day of a site has begun."""

from datetime import datetime

from django.db import transaction

from crf import trial
from crf.chart.chart import Chart
from crf.chart.dose import decisions
from crf.chart.implied import times_departed
from crf.models import Found, Heartbeat, Site, Subject, User
from crf.refusals import Locked
from trialsite.database.wall import seeing_only

from .follow import follow

NAME = "days"
BECAUSE = "A day passed"


def follow_the_days(*, now: datetime) -> int:
    """Open and close what days bring about, at each site whose day has begun since the last time; how many subjects
    that were. What is locked stays as it is."""
    if trial.LADDER is None:
        return 0
    last = Heartbeat.objects.filter(name=NAME).first()
    changed = 0
    for site in Site.objects.all():
        if last is None or now.astimezone(site.zone).date() > last.at.astimezone(site.zone).date():
            with seeing_only([site]):
                changed += sum(_followed(subject) for subject in _treated(site))
    Heartbeat.objects.update_or_create(name=NAME, defaults={"at": now, "since": last.since if last else now})
    return changed


def _treated(site: Site) -> list[Subject]:
    found = Subject.objects.filter(site=site, treatment_ended_on__isnull=True, randomised_at__isnull=False)
    return list(found.select_related("site").order_by("pk"))


def _followed(subject: Subject) -> bool:
    """The author of the latest decision stands in the columns as its cause; the trail names the component."""
    chart = Chart.of(subject)
    taken = decisions(chart)
    if not taken:
        return False
    standing = Found.objects.filter(subject=subject, no_longer_at__isnull=True, occasion__contains=":TIME:")
    if {one.occasion for one in times_departed(chart)} == {one.occasion for one in standing}:
        return False
    try:
        with transaction.atomic():
            subject = Subject.objects.select_for_update(of=("self",)).select_related("site").get(pk=subject.pk)
            follow(subject=subject, by=User.objects.get(pk=taken[-1].created_by), because=BECAUSE)
    except Locked:
        return False
    return True
