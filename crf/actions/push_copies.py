"""Each night: the copy of every site, closed for the site's own key, to the place that the site holds (INV-02)."""

import logging
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from crf import trial
from crf.exchange.copy import destination
from crf.models import Heartbeat, Site, SiteCopy, Subject
from trialsite.database.wall import seeing

from .copies import make_for_the_push, pushed

log = logging.getLogger("ecrf.trail")


def is_due(site: Site, *, now: datetime) -> bool:
    """Whether nothing was pushed to the site since the last midnight (UTC)."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return not SiteCopy.objects.filter(site=site, how=SiteCopy.How.PUSHED, made_at__gte=midnight).exists()


def push_all(*, only_due: bool, tell: Callable[[str], None]) -> int:
    """Push to every site that the file of destinations names; the number of those that failed.

    One that fails does not keep the others waiting. Raises destination.BadDestination where the file itself is wrong.
    """
    sites = {site.code: site for site in Site.objects.all()}
    failed = 0
    for code, place in destination.read(settings.COPIES, sites.keys()).items():
        site = sites[code]
        with seeing([site]):
            if (only_due and not is_due(site, now=timezone.now())) or not Subject.everything.filter(site=site).exists():
                continue
            try:
                tell(f"{code}: {_push(site, place)}")
            except destination.BadDestination as trouble:
                failed += 1
                log.exception("the copy of a site was not pushed", extra={"site": code})
                tell(str(trouble))
    if not failed:
        now = timezone.now()
        Heartbeat.objects.update_or_create(name="copies", defaults={"at": now, "since": now})
    return failed


def _push(site: Site, place: destination.Destination) -> str:
    now = timezone.now()
    with tempfile.TemporaryDirectory(prefix="copy-") as folder:
        path = Path(folder) / "copy.zip"
        copy = make_for_the_push(path, site=site, now=now)
        where = place.hand_over(path, f"{trial.STUDY_ID}-{site.code}-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.zip")
    pushed(copy)
    return f"{where}, SHA-256 of the opened copy {copy.sha256}"
