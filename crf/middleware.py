"""What surrounds every page: the wall between the sites, and the page of a refusal."""

from datetime import UTC, datetime

from django.db import connection
from django.shortcuts import render

from crf.actions.act import received_at
from crf.refusals import Refusal
from trialsite.wall import seeing


def sites_wall(get_response):
    """Tell the database which sites this person may see rows of, for this request and no longer.

    The setting is made for the session, because pages are read outside of transactions; it would outlive the request
    on a kept connection, so it is taken back whatever happens. Unset means no rows.
    """

    def middleware(request):
        if not request.user.is_authenticated:
            return get_response(request)
        sites = sorted({held.site_id for held in request.user.current_roles})
        with seeing(sites):
            return get_response(request)

    return middleware


def received(get_response):
    """Note when the request came: every write it causes bears that time beside the one of its commit (AUD-06)."""

    def middleware(request):
        token = received_at.set(datetime.now(UTC).isoformat())
        try:
            return get_response(request)
        finally:
            received_at.reset(token)

    return middleware


def own_account(get_response):
    """On the pages of one's own account every write is the person's: allauth names no actor."""

    def middleware(request):
        if not request.user.is_authenticated or not request.path.startswith("/accounts/"):
            return get_response(request)
        _say_actor(str(request.user.pk))
        try:
            return get_response(request)
        finally:
            _say_actor("")

    return middleware


def _say_actor(actor: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crf.actor', %s, false)", [actor])


class Refusals:
    """Turns a refusal that a page lets through into a page with its sentence: the one place where this is done."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Refusal):
            return None
        template = "403.html" if exception.status == 403 else "409.html"
        return render(request, template, {"refusal": exception}, status=exception.status)
