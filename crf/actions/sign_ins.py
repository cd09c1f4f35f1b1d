"""Write down who came in, who went out and who failed to come in (AUD-14).

Signals are for other people's code: these are Django's and allauth's. `connect()` is called once, at start.
"""

import logging

from allauth.account.signals import authentication_step_completed, password_reset
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.utils import timezone

from crf.models import SignIn, User
from trialsite.devices import Device, device_of

from . import guessing, own_email, sessions

#: Shipped off the host (trialsite/deploy/): by the account's number, so that no line names a person.
log = logging.getLogger("ecrf.security")


def note(kind: str, *, request, user: User | None, name_mark: str = "") -> SignIn:
    """One row, and a line of the log. Of a name that nobody has, nothing is kept but that it was tried."""
    log.info("sign-in", extra={"event": str(kind), "account": user.pk if user else None})
    device = device_of(request) if request is not None else Device()
    return SignIn.objects.create(
        at=timezone.now(),
        kind=kind,
        user=user,
        address=address_of(request),
        browser=_printable(request.headers.get("User-Agent", "") if request else ""),
        device=device.name if device.knows(user) else "",
        name_mark=name_mark,
    )


def connect() -> None:
    user_logged_in.connect(_came_in, dispatch_uid="crf.sign_ins.in")
    user_logged_out.connect(_went_out, dispatch_uid="crf.sign_ins.out")
    user_login_failed.connect(_failed, dispatch_uid="crf.sign_ins.failed")
    authentication_failed.connect(_failed_at_second_factor, dispatch_uid="crf.sign_ins.failed_code")
    authentication_step_completed.connect(_shown_again, dispatch_uid="crf.sign_ins.shown_again")
    password_reset.connect(_used_the_link, dispatch_uid="crf.sign_ins.used_the_link")


def _came_in(sender, request, user, **kwargs):
    note(SignIn.Kind.IN, request=request, user=user)


def _went_out(sender, request, user, **kwargs):
    if user is not None:
        kind = SignIn.Kind.TIMED_OUT if getattr(request, "session_ended", False) else SignIn.Kind.OUT
        note(kind, request=request, user=user)


def _failed(sender, credentials, request=None, **kwargs):
    name = str(credentials.get("username") or credentials.get("email") or "")
    user = named(name)
    is_again = request is not None and request.user.is_authenticated
    mark = guessing.AGAIN if is_again else guessing.mark_of(name)
    guessing.note_failure(note(SignIn.Kind.FAILED, request=request, user=user, name_mark=mark))


def named(name: str) -> User | None:
    """The person whose username or address this is."""
    name = name.replace("\x00", "").strip()
    return User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first() if name else None


def _failed_at_second_factor(sender, request, user, reauthentication=False, **kwargs):
    mark = guessing.AGAIN if reauthentication else guessing.mark_of(user.username)
    guessing.note_failure(note(SignIn.Kind.FAILED_CODE, request=request, user=user, name_mark=mark))
    if reauthentication:
        guessing.is_signed_out(request, user)


def _used_the_link(sender, request, user, **kwargs):
    own_email.proved(user)


def _shown_again(sender, request, reauthenticated=False, **kwargs):
    if reauthenticated:
        sessions.renew(request)


def address_of(request) -> str | None:
    """The client's address (trialsite/proxies.py); None over a socket of this machine whose proxy names none."""
    found = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    return found or None


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:200]
