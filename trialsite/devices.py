"""Browsers in which somebody signed in before: whoever guesses elsewhere cannot keep their owner out (SEC-03).

A cookie names the browser and, for each person who signed in with it, a mark that depends on the present password. It
opens nothing: it only says on which count a wrong password goes.
"""

import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

SALT = "trialsite.devices"
KEPT = 180 * 24 * 3600  # seconds
MOST = 12  # people who share a browser


@dataclass(frozen=True)
class Device:
    """A browser: its name, and who signed in with it."""

    name: str = ""
    people: dict[str, str] = field(default_factory=dict)

    def knows(self, user) -> bool:
        """Whether the person signed in here with the password of now."""
        return bool(self.name) and user is not None and self.people.get(str(user.pk)) == mark_of(user)


def device_of(request) -> Device:
    """The browser as its cookie says; nobody's where there is none, or one that we did not write."""
    try:
        name, people = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE, ""), salt=SALT, max_age=KEPT)
        return Device(str(name)[:16], dict(people))
    except (signing.BadSignature, ValueError, TypeError):
        return Device()


def mark_of(user) -> str:
    return salted_hmac("trialsite.devices.person", f"{user.pk} {user.password}", algorithm="sha256").hexdigest()[:16]


def remember(request, response, user) -> None:
    """From now on the browser is known for this person."""
    before = device_of(request)
    people = {pk: mark for pk, mark in before.people.items() if pk != str(user.pk)}
    people = dict(list(people.items())[-(MOST - 1) :]) | {str(user.pk): mark_of(user)}
    response.set_cookie(
        settings.DEVICE_COOKIE,
        signing.dumps([before.name or secrets.token_hex(8), people], salt=SALT),
        max_age=KEPT,
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Strict",
    )
