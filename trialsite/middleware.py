"""What holds for every page: headers, how long a session lasts, the second factor."""

import logging

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone

from trialsite.devices import remember
from trialsite.operations.outages import outage_of

log = logging.getLogger("django.request")

METHODS = ("GET", "HEAD", "POST")
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap's carets and ticks, the code for the authenticator app
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MINUTE = 60  # seconds: how exactly idleness is measured; more exact would be a write per request


class Session(SessionMiddleware):
    """Django's; but a deed that was done is answered as done where only the session could not be written."""

    def process_response(self, request, response):
        try:
            return super().process_response(request, response)
        except (SessionInterrupted, DatabaseError) as error:
            if outage_of(error) is None:
                raise
            log.warning("what is noted of a session could not be written: %s", outage_of(error).kind)
            return response


def headers(get_response):
    """A strict policy on everything; nothing but static files stays in any cache."""

    def middleware(request):
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        if not request.path_info.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def plain_requests(get_response):
    """Only what a page answers goes further: three methods, addresses of characters that can be written, and UTF-8.

    Another charset would be believed for the address as well, and some give texts that nothing can keep, or an error.
    """

    def middleware(request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        asked = request.path + request.META.get("QUERY_STRING", "")
        if len(asked) > LONGEST_ADDRESS or not request.path.isprintable():
            return render(request, "400.html", status=400)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:12]) > LARGEST_REQUEST:
            return render(request, "400.html", {"refusal": {"sentence": TOO_LARGE}}, status=413)
        if request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            return render(request, "400.html", {"refusal": {"sentence": NOT_UTF_8}}, status=400)
        return get_response(request)

    return middleware


NOT_UTF_8 = "What was sent is in a charset that is not taken here, so it was not read. Send it in UTF-8."
LONGEST_ADDRESS = 4000  # characters
LARGEST_REQUEST = 4_000_000  # bytes: a file of results is 2 MB at most (crf/exchange/tables.py)
TOO_LARGE = "What was sent is larger than anything that is taken here, so it was not read. Send a file in parts."


def known_device(get_response):
    """Remember the browser in which somebody just signed in, second factor and all."""

    def middleware(request):
        response = get_response(request)
        if user := getattr(request, "just_signed_in", None):
            remember(request, response, user)
        return response

    return middleware


def _signed_in(sender, request, user, **kwargs):
    if request is not None:
        request.just_signed_in = user


user_logged_in.connect(_signed_in, dispatch_uid="trialsite.known_device")


def session_limits(get_response):
    """Sign out who was idle too long or has been in too long; the limits are SESSION_IDLE and SESSION_LONGEST."""

    def middleware(request):
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            idle, longest = settings.SESSION_IDLE.total_seconds(), settings.SESSION_LONGEST.total_seconds()
            since, seen = request.session.get("since"), request.session.get("seen")
            if since is None or seen is None:
                request.session["since"] = request.session["seen"] = now
            elif now - seen > idle or now - since > longest:
                request.session_ended = True  # said before: who writes down the signing out asks why
                logout(request)
            elif now - seen >= MINUTE:
                request.session["seen"] = now
        return get_response(request)

    return middleware


def second_factor(get_response):
    """Where it is required: nothing but one's own account pages until a second factor is set up."""
    from allauth.mfa.utils import is_mfa_enabled

    def middleware(request):
        if (
            settings.MFA_REQUIRED
            and request.user.is_authenticated
            # Not `path`, which also holds the root at which a proxy says we are.
            and not request.path_info.startswith(("/accounts/", settings.STATIC_URL))
            and not is_mfa_enabled(request.user)
        ):
            messages.info(request, "Set up a second factor first: it is required here.")
            return redirect("mfa_index")
        return get_response(request)

    return middleware
