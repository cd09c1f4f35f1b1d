"""The number of a request, one log line for it, and the addresses that machines ask: outermost of all middleware.

    /health/live     this process answers
    /health/ready    503 when no page should be served from here; `?strictly` also for warnings
    /metrics         figures for Prometheus

Whoever asks from this machine itself, or with the token of ECRF_METRICS_TOKEN, is told the findings and the figures;
everybody else learns `ready` or not, and that there is no such page as /metrics. They stand before the other
middleware because a probe names no host, comes without TLS, and must be answered when the database is away.
"""

import hmac
import logging
import re
import time
import uuid
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotFound, JsonResponse

from trialsite.operations import counters, health, metrics

NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")
LOOPBACK = ("127.0.0.1", "::1")

current: ContextVar[str] = ContextVar("request_number", default="")
log = logging.getLogger("ecrf.requests")
security = logging.getLogger("ecrf.security")


def requests(get_response):
    """Number, answer, count and log a request."""

    def middleware(request):
        began = time.monotonic()
        said = request.headers.get("X-Request-ID", "")
        request.number = said if NUMBER.fullmatch(said) else uuid.uuid4().hex
        token = current.set(request.number)
        try:
            response = asked_by_a_machine(request) or get_response(request)
            response.headers["X-Request-ID"] = request.number
            seconds = time.monotonic() - began
            if not request.path_info.startswith(("/health/", "/metrics", settings.STATIC_URL)):
                counters.count(request.method, response.status_code, seconds)
                what = {
                    "method": request.method if request.method in METHODS else "other",
                    "route": route(request),
                    "status": response.status_code,
                }
                log.info("answered", extra=what | {"ms": round(seconds * 1000, 1)})
                if response.status_code in (400, 403, 429):
                    security.warning("refused", extra=what | {"event": "refused", "account": account(request)})
            return response
        finally:
            current.reset(token)

    return middleware


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def route(request) -> str:
    """The pattern of the address, without what stands in it: an address may hold a subject's number."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "none"


def account(request) -> int | None:
    """The number of the account, where the request came so far as to be somebody's; never looked up for this."""
    return getattr(getattr(request, "_cached_user", None), "pk", None)


def asked_by_a_machine(request) -> HttpResponse | None:
    if request.path_info == "/health/live":
        return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")
    if request.path_info == "/health/ready":
        found = health.findings()
        ready = health.is_ready(found, strictly="strictly" in request.GET)
        answer: dict = {"ready": ready}
        if is_trusted(request):
            answer["findings"] = [{"name": one.name, "state": one.state, "sentence": one.sentence} for one in found]
        response = JsonResponse(answer, status=200 if ready else 503, json_dumps_params={"indent": 1})
        if not ready:
            response.headers["Retry-After"] = "10"
        return response
    if request.path_info == "/metrics":
        if not is_trusted(request):
            return HttpResponseNotFound("There is no such page.\n", content_type="text/plain; charset=utf-8")
        return HttpResponse(metrics.text(), content_type=metrics.TYPE)
    return None


def is_trusted(request) -> bool:
    """From this machine and not through a proxy that stands on it, or with the token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    if expected and scheme == "Bearer" and hmac.compare_digest(token.encode(), expected.encode()):
        return True
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not request.passed_on
