"""Once is once: the same press twice, from two tabs or after Back, makes one thing.

A page that creates something carries a number: how many times this person has made something at this address, and one
more. A press is the same as an earlier one when it says the same and bears the same number, or comes soon after it.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import contextmanager, nullcontext
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from crf.models import Press, User
from trialsite.operations.outages import close_what_broke

from .in_the_way import NeverInTheWay

#: A press that says the same so soon after another is the same one, from another tab or after Back.
SOON = timedelta(minutes=10)
_LOCK = 7261003  # advisory lock, with the user's key: one creating press of a person at a time
_BESIDE = frozenset({"csrfmiddlewaretoken", "once", "cautioned"})


def last_of(user: User, place: str) -> Press | None:
    """What the person made last at this address."""
    return Press.objects.filter(user=user, place=place).order_by("-nth").first()


def is_soon_after(press: Press) -> bool:
    """Whether a press now could still be the same one."""
    return timezone.now() - press.pressed_at < SOON


def content_of(posted: Iterable[tuple[str, list[str]]]) -> str:
    """A hash of what was posted, without what every page carries beside it."""
    told = repr(sorted((name, list(values)) for name, values in posted if name not in _BESIDE))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def once(
    *,
    by: User,
    place: str,
    nth: int,
    content: str,
    is_another: bool,
    still_counts: Callable[[str], bool],
    is_durable: bool,
    deed: Callable[[], str],
) -> tuple[str, Press | None]:
    """Do the deed, which answers with the page of what it made, unless this press was made before.

    Returns that page, and the earlier press where there was one. `is_another`: the person said that it is one more
    although it says the same. `still_counts`: whether what an earlier press made still stands for it. `is_durable`: the
    deed commits for itself and may not be part of a transaction.
    """
    with _one_at_a_time(by, is_durable):
        pressed = Press.objects.filter(user=by, place=place).order_by("-nth")
        for earlier in pressed.filter(content=content):
            is_same = earlier.nth == nth or (not is_another and is_soon_after(earlier))
            if is_same and still_counts(earlier.led_to):
                return earlier.led_to, earlier
        led_to = deed()
        with NeverInTheWay("a press whose deed was done") if is_durable else nullcontext():
            last = pressed.first()
            Press.objects.create(
                user=by,
                place=place,
                nth=last.nth + 1 if last else 1,
                content=content,
                pressed_at=timezone.now(),
                led_to=led_to,
            )
    return led_to, None


@contextmanager
def _one_at_a_time(user: User, is_durable: bool):
    """The second of two presses waits here until the first is done, and then finds it."""
    if not is_durable:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, user.pk])
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCK, user.pk])
    try:
        yield
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, user.pk])
        except (DatabaseError, InterfaceError):
            close_what_broke()  # the lock ends with it
