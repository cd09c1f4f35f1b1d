"""A person's own change of address: confirmed by mail at the new one, told at the old one (SEC-07)."""

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone

from crf.models import User
from crf.refusals import Refusal

from .act import act
from .mail import mail

SALT = "crf.own_email"
VALID = 24 * 3600  # seconds
CALL = "If this was not you, change your password and tell the administrator of the trial at once."


class NoSuchLink(Refusal):
    """The link was made for somebody else, was used, or is too old."""


def ask(*, user: User, email: str) -> None:
    """Mail a link to the new address, and word of it to the present one. Nothing changes until the link is used."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(f"“{email[:80]}” is not an e-mail address.") from None
    if email.lower() == user.email.lower() and user.email_confirmed_at is not None:
        raise Refusal("This is your address already.")
    if not _is_taken(email, user):  # whether somebody else has it is told to nobody
        mail(
            email,
            "Confirm your address",
            f"{user} ({user.username}) gave this address for the account in the electronic case report form.",
            f"Confirm it here, signed in, within a day: {link_to(user, email)}",
            "If you know nothing of it, do nothing: the address is then not used.",
        )
    if email.lower() != user.email.lower():
        mail(
            user.email,
            "Another address was given",
            f"Another e-mail address was given for your account {user.username}. Until it is confirmed there, "
            "mails go on coming here.",
            CALL,
        )


def link_to(user: User, email: str) -> str:
    """It holds the address of before: once used, it fits no more."""
    token = signing.dumps([user.pk, user.email, email], salt=SALT)
    return f"{settings.PUBLIC_ADDRESS}{reverse('account_confirm_own_email', args=[token])}"


def asked_by(token: str, user: User) -> str:
    """The address that the link confirms. Raises NoSuchLink."""
    try:
        person, before, email = signing.loads(token, salt=SALT, max_age=VALID)
    except (signing.BadSignature, ValueError, TypeError):
        person = before = email = None
    if person != user.pk or before != user.email:
        raise NoSuchLink("This link was used, is older than a day, or was made for another account. Ask for a new one.")
    return email


def confirm(*, token: str, user: User) -> User:
    """The link came back from the new address: from now on mails go there."""
    email = asked_by(token, user)
    if _is_taken(email, user):
        raise NoSuchLink("This address is used by another account. One person has one account.")
    before = user.email
    with act(by=user, reason="Address confirmed by its owner"):
        user.email, user.email_confirmed_at = email, timezone.now()
        user.save(update_fields=["email", "email_confirmed_at"])
        if before.lower() != email.lower():
            mail(
                before,
                "Your address was changed",
                f"The e-mail address of your account {user.username} was changed. Mails no longer come here.",
                CALL,
            )
    return user


def proved(user: User) -> None:
    """A link that was mailed to the address was used: somebody reads it."""
    if user.email_confirmed_at is None:
        User.objects.filter(pk=user.pk, email=user.email).update(email_confirmed_at=timezone.now())


def _is_taken(email: str, user: User) -> bool:
    return User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()
