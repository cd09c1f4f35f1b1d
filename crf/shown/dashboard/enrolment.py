"""Enrolment against the plan, with the day on which the plan is reached if it goes on like this. Pooled."""

from datetime import date, timedelta
from math import exp, sqrt

from crf import trial
from crf.models import Subject
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import curves
from crf.shown.drawing.curves import Forecast
from crf.shown.drawing.picture import Picture, picture
from crf.spec import dates

LOOKED_BACK = timedelta(days=180)  # the pace is that of the last half year; our choice
FEWEST = 3  # randomised in that time, below which nothing is foretold
LEVEL, QUANTILE = 80, 1.2816  # an interval of 80 %
LONGEST = 3650  # days ahead


def enrolment(viewer: Viewer) -> Picture | None:
    """Who was randomised by when at the person's sites. One statement."""
    sites = viewer.sites("see enrolment")
    if not sites:
        return None
    found = Subject.objects.filter(site_id__in=sites).select_related("site")
    shown = viewer.words(sites)
    planned = {site.code: site.planned for site in trial.SITES}
    screened, randomised, failed = {}, {}, {}
    first = viewer.today
    for site, screened_on, randomised_at, screen_failed_at in found.values_list(
        "site_id", "screened_on", "randomised_at", "screen_failed_at"
    ):
        first = min(first, screened_on)
        screened[site] = screened.get(site, 0) + 1
        failed[site] = failed.get(site, 0) + (screen_failed_at is not None)
        if randomised_at:
            randomised.setdefault(site, []).append(randomised_at.astimezone(viewer.named[site].zone).date())
    days = sorted(day for of_site in randomised.values() for day in of_site)
    plan = sum(planned.get(site.code, 0) for site in shown)
    rows = [
        (
            site.name,
            screened.get(site.pk, 0),
            failed.get(site.pk, 0),
            len(randomised.get(site.pk, ())),
            planned.get(site.code, 0),
        )
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


def forecast(days: list[date], *, plan: int, today: date) -> Forecast | None:
    """When the plan is reached at the pace of the last half year; None where that cannot be said.

    With n randomised in the time looked at and m still to come, the time to the m-th is a ratio of two gamma variables;
    its logarithm is taken as normal with variance 1/n + 1/m.
    """
    remaining = plan - len(days)
    if not days or remaining <= 0:
        return None
    since = max(today - LOOKED_BACK, min(days))
    seen = sum(day >= since for day in days)
    if seen < FEWEST:
        return None
    likely = remaining * max((today - since).days, 1) / seen
    spread = QUANTILE * sqrt(1 / seen + 1 / remaining)
    if likely > LONGEST:
        return None
    first, likeliest, last = (
        today + timedelta(days=min(round(likely * exp(away)), 2 * LONGEST)) for away in (-spread, 0, spread)
    )
    return Forecast(first, likeliest, last)


def _in_words(done: int, plan: int, foreseen: Forecast | None) -> str:
    if done >= plan:
        return "The plan is reached."
    if foreseen is None:
        return "There is no pace yet to foretell from."
    return (
        f"At this pace the plan is reached about {dates.day(foreseen.likely)}, between {dates.day(foreseen.first)} and "
        f"{dates.day(foreseen.last)}."
    )
