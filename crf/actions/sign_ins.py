"""Write down who came in, who went out and who failed to come in (AUD-14).

Signals are for other people's code: these are Django's and allauth's. `connect()` is called once, at start.
"""

import logging

from allauth.account.adapter import get_adapter
from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from crf.models import SignIn, User

from . import sessions

#: Shipped off the host (trialsite/deploy/): by the account's number, so that no line names a person.
log = logging.getLogger("ecrf.security")


def note(kind: str, *, request, user: User | None) -> SignIn:
    """One row, and a line of the log. Of a name that nobody has, nothing is kept but that it was tried."""
    log.info("sign-in", extra={"event": str(kind), "account": user.pk if user else None})
    return SignIn.objects.create(
        at=timezone.now(),
        kind=kind,
        user=user,
        address=_address(request),
        browser=_printable(request.headers.get("User-Agent", "") if request else ""),
    )


def connect() -> None:
    user_logged_in.connect(_came_in, dispatch_uid="crf.sign_ins.in")
    user_logged_out.connect(_went_out, dispatch_uid="crf.sign_ins.out")
    user_login_failed.connect(_failed, dispatch_uid="crf.sign_ins.failed")
    authentication_failed.connect(_failed_at_second_factor, dispatch_uid="crf.sign_ins.failed_code")
    authentication_step_completed.connect(_shown_again, dispatch_uid="crf.sign_ins.shown_again")


def _came_in(sender, request, user, **kwargs):
    note(SignIn.Kind.IN, request=request, user=user)


def _went_out(sender, request, user, **kwargs):
    if user is not None:
        kind = SignIn.Kind.TIMED_OUT if getattr(request, "session_ended", False) else SignIn.Kind.OUT
        note(kind, request=request, user=user)


def _failed(sender, credentials, request=None, **kwargs):
    name = str(credentials.get("username") or credentials.get("email") or "").replace("\x00", "")
    user = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first() if name else None
    note(SignIn.Kind.FAILED, request=request, user=user)


def _failed_at_second_factor(sender, request, user, **kwargs):
    note(SignIn.Kind.FAILED_CODE, request=request, user=user)


def _shown_again(sender, request, reauthenticated=False, **kwargs):
    if reauthenticated:
        sessions.renew(request)


def _address(request) -> str | None:
    if request is None or "REMOTE_ADDR" not in request.META:
        return None
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:  # an address that cannot be trusted is none
        return None


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:200]
