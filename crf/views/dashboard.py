"""The dashboard: each role's own pictures, of the sites at which the role is held."""

from django.shortcuts import render

from crf.shown.dashboard.page import pictures_of


def dashboard(request):
    """Pictures to look at, each with its numbers below; nothing in them tells one arm from another."""
    return render(request, "crf/dashboard.html", {"pictures": pictures_of(request.user)})
