"""Enrolment against the plan, with the day on which the plan is reached if it goes on like this. Pooled."""

from collections import defaultdict

from django.db.models import Count, F, Min

from crf import trial
from crf.chart.days_in_sql import local_date
from crf.models import Subject
from crf.rules.pace import LEVEL, LOOKED_BACK, Forecast, forecast
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import curves
from crf.shown.drawing.picture import Picture, picture
from crf.spec import dates


def enrolment(viewer: Viewer) -> Picture | None:
    """Who was randomised by when at the person's sites. One statement."""
    sites = viewer.sites("see enrolment")
    if not sites:
        return None
    shown = viewer.words(sites)
    planned = {site.code: site.planned for site in trial.SITES}
    screened, randomised, failed = defaultdict(int), defaultdict(list), defaultdict(int)
    first = viewer.today
    for site, on, came, did_fail, since in _by_day(sites):
        first = min(first, since)
        screened[site] += came
        failed[site] += did_fail
        if on:
            randomised[site] += [on] * came
    days = sorted(day for of_site in randomised.values() for day in of_site)
    plan = sum(planned.get(site.code, 0) for site in shown)
    rows = [
        (site.name, screened[site.pk], failed[site.pk], len(randomised[site.pk]), planned.get(site.code, 0))
        for site in shown
    ]
    if len(rows) > 1:
        rows.append(("Together", *(sum(row[place] for row in rows) for place in range(1, 5))))
    foreseen = forecast(days, plan=plan, today=viewer.today)
    says = f"{len(days)} of {plan} planned subjects are randomised. {_in_words(len(days), plan, foreseen)}"
    sheet = curves.towards(days, plan=plan, since=first, today=viewer.today, forecast=foreseen) if screened else None
    return picture(
        "enrolment",
        "Enrolment against plan",
        says,
        sheet,
        head=("Site", "Screened", "Screen failures", "Randomised", "Planned"),
        rows=rows,
        note=f"The pace is that of the last {LOOKED_BACK.days} days. The fan holds the day with a chance of {LEVEL} %."
        if foreseen
        else "",
    )


def _by_day(sites: list[int]):
    """(site, day of randomisation or None, how many, how many screen failures, the first day of screening)."""
    found = Subject.objects.filter(site_id__in=sites).order_by()
    by_day = found.annotate(on=local_date("site__timezone", F("randomised_at"))).values_list("site_id", "on")
    return by_day.annotate(came=Count("pk"), did_fail=Count("screen_failed_at"), since=Min("screened_on"))


def _in_words(done: int, plan: int, foreseen: Forecast | None) -> str:
    if done >= plan:
        return "The plan is reached."
    if foreseen is None:
        return "There is no pace yet to foretell from."
    return (
        f"At this pace the plan is reached about {dates.day(foreseen.likely)}, between {dates.day(foreseen.first)} and "
        f"{dates.day(foreseen.last)}."
    )
