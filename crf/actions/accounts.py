"""Open, correct, disable and enable accounts; only the administrator does, and the machine at set-up.

A person sets the own password by a link that is mailed to them and works once: the administrator never knows one, and
so cannot sign in or sign as somebody else. What would let one administrator do that all the same takes two
(access_changes.py).
"""

from datetime import date

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from crf.models import AccessChange, RoleHeld, Site, User
from crf.permissions import require_anywhere
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from crf.rules.access import is_generic
from crf.spec.kinds import shows_something

from . import access_changes, sessions
from .act import act
from .mail import mail_link
from .reach import require_over, signs
from .roles import give_role, refuse_oneself, role_of

__all__ = ["correct_account", "disable", "enable", "give_role", "open_account", "send_link", "set_up_site"]


def open_account(
    *, username: str, name: str, organisation: str, email: str, by: User | str, password: str | None = None
) -> User:
    """A new account for one person. `by` is the administrator, or "system:…" at set-up.

    Without a password, the person is mailed a link to set it. Raises Refusal on a name or address that somebody has,
    or that stands for nobody in particular.
    """
    if isinstance(by, User):
        require_anywhere(by, "administer")
        _refuse_nobody_in_particular(username, name)
    username, name, email = username.strip(), " ".join(name.split()), email.strip()
    _refuse_impossible_username(username)
    _refuse_address(email)
    first, _, last = name.partition(" ")
    with act(by=by, role=role_of(by)):
        if User.objects.filter(username__iexact=username).exists():
            raise Refusal(
                f"The username “{username}” was given before, and a username is never given twice. Choose another."
            )
        user = User.objects.create_user(
            username=username,
            email=email,
            password=password,
            first_name=first,
            last_name=last,
            organisation=organisation.strip(),
            email_confirmed_at=timezone.now() if password is not None else None,
        )
        if isinstance(by, User):
            access_changes.doubt(user, by)  # one administrator alone knows so far for whom it is
        if password is None:
            mail_link(user)
    return user


def correct_account(*, user: User, name: str, organisation: str, email: str, by: User) -> AccessChange | None:
    """Correct name, organisation or address; the username stays for good.

    Returns the change of address that waits for a second administrator, where the account signs.
    """
    role = require_anywhere(by, "administer")
    require_over(user, by)
    name, email = " ".join(name.split()), email.strip()
    _refuse_nobody_in_particular(user.username, name)
    _refuse_address(email, besides=user)
    moves = email.lower() != user.email.lower()
    if moves and user.pk == by.pk:
        raise NotAllowed("You change your own address on the page of your account, where it is confirmed by mail.")
    with act(by=by, role=role):
        user.first_name, _, user.last_name = name.partition(" ")
        user.organisation = organisation.strip()
        user.save(update_fields=["first_name", "last_name", "organisation"])
        if moves and signs(user):
            return access_changes.ask(
                user=user, kind=AccessChange.Kind.EMAIL, email=email, reason="Another e-mail address", by=by
            )
        if moves:
            access_changes.set_email(user, email, by=by)
    return None


def disable(*, user: User, by: User, reason: str) -> User:
    """Nobody signs in with the account any more: sessions and roles end at once, the username stays reserved."""
    role = require_anywhere(by, "administer")
    refuse_oneself(user, by)
    require_over(user, by)
    if not shows_something(reason):
        raise Refusal("Say why the account is disabled, such as that the person has left.")
    with act(by=by, role=role, reason=reason):
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.is_active:
            raise AlreadySettled(f"The account of {user} is disabled already.")
        now = timezone.now()
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        for held in RoleHeld.objects.filter(user=user, ended_at__isnull=True).exclude(ends_on__lt=now.date()):
            held.ended_at, held.ends_on = now, max(now.date(), held.starts_on)
            held.save(update_fields=["ended_at", "ends_on"])
        sessions.end_all(user)
    return user


def enable(*, user: User, by: User, reason: str) -> User:
    """The person may sign in again, with a new password. Roles are given anew, with their dates."""
    role = require_anywhere(by, "administer")
    refuse_oneself(user, by)
    require_over(user, by)
    if not shows_something(reason):
        raise Refusal("Say why the account is enabled again.")
    with act(by=by, role=role, reason=reason):
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.is_active:
            raise AlreadySettled(f"The account of {user} is not disabled.")
        user.is_active = True
        user.save(update_fields=["is_active"])
        mail_link(user)
    return user


def send_link(*, user: User, by: User, reason: str, forget_second_factor: bool = False) -> AccessChange | None:
    """Take the password away, end all sessions, and mail a link to set a new one.

    `forget_second_factor`: the person lost the device; with the new password they must set up another. Of an account
    that signs, a second administrator confirms that: returns the change that waits, and nothing is done yet.
    """
    role = require_anywhere(by, "administer")
    refuse_oneself(user, by)
    require_over(user, by)
    if not user.is_active:
        raise Refusal(f"The account of {user} is disabled. Enable it first.")
    if not shows_something(reason):
        raise Refusal("Say why, such as that the person asked for it, and how you know that it was the person.")
    if forget_second_factor and signs(user):
        return access_changes.ask(user=user, kind=AccessChange.Kind.LINK, reason=reason, by=by)
    with act(by=by, role=role, reason=reason):
        access_changes.begin_anew(user, forget_second_factor=forget_second_factor, by=by)
    return None


def set_up_site(
    *,
    code: str,
    name: str,
    country: str,
    timezone: str,
    protocol_version: str,
    activated_on: date | None,
    by: User | str,
) -> Site:
    """Make a site, or return the one that has the code."""
    if site := Site.objects.filter(code=code).first():
        return site
    with act(by=by, role=role_of(by)):
        return Site.objects.create(
            code=code,
            name=name,
            country=country,
            timezone=timezone,
            protocol_version=protocol_version,
            activated_on=activated_on,
        )


def _refuse_nobody_in_particular(username: str, name: str) -> None:
    """One person, one account (ACC-05)."""
    if is_generic(username) or is_generic(name) or len(name.split()) < 2:
        raise Refusal(
            "An account belongs to one person. Give the person's first and last name, and a username that "
            "stands for the person and not for a role or a place."
        )


def _refuse_impossible_username(username: str) -> None:
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise Refusal("A username has letters, digits and @ . + - _ only.") from None
    if not 2 <= len(username) <= 150:
        raise Refusal("A username has 2 to 150 characters.")


def _refuse_address(email: str, besides: User | None = None) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(f"“{email}” is not an e-mail address. The link to set the password goes there.") from None
    others = User.objects.filter(email__iexact=email)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if other := others.first():
        raise Refusal(f"The account “{other.username}” has this e-mail address. One person has one account.")
