"""Ratings for the monitor to look at: short ones and late ones, without any answer."""

from django.core.paginator import Paginator
from django.shortcuts import render

from crf import permissions, trial
from crf.refusals import NotAllowed
from crf.shown.ratings import KINDS, ratings_to_look_at

A_PAGE = 50
SHORT = [form for form in trial.FORMS if form.short_under is not None]


def ratings(request):
    """The list with its filters: which kind, which subject, seen or not."""
    role = permissions.require_anywhere(request.user, "review ratings")
    if permissions.may_anywhere(request.user, "rate"):
        raise NotAllowed("Who rates does not see which ratings are looked at.")
    asked = {name: request.GET.get(name, "").strip()[:20] for name in ("kind", "subject", "seen")}
    sites = request.user.sites_as(*permissions.DEEDS["review ratings"])
    found = ratings_to_look_at(sites, kind=asked["kind"] if asked["kind"] in KINDS else "")
    if asked["subject"]:
        found = [one for one in found if asked["subject"].upper() in one.subject.number]
    if asked["seen"] != "all":
        found = [one for one in found if not one.seen]
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "crf/ratings.html",
        {
            "page": page,
            "asked": asked,
            "kinds": KINDS.items(),
            "short": SHORT,
            "may_ask": role in permissions.DEEDS["open query"],
        },
    )
