"""How allauth behaves here: an administrator makes the accounts, secrets of authenticator apps are stored encrypted."""

import logging
import smtplib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from trialsite.secret_texts import safe

logger = logging.getLogger(__name__)
BEGUN = "sign_in_begun_with"  # in the session of who gave the password and not yet the second factor


class Accounts(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "Too many wrong attempts came from your address, so no password is looked at there "
        "for five minutes. A browser in which you signed in before, a passkey, and other addresses still let you in.",
        "username_password_mismatch": "This name and this password do not belong together.",
        "email_password_mismatch": "This address and this password do not belong together.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your present password.",
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        return True  # whatever allauth asks for it: it asks before it changes how somebody signs in (SEC-07)

    def get_client_ip(self, request) -> str:
        # Put right by trialsite/proxies.py. A socket of this machine whose proxy names nobody has none.
        return request.META.get("REMOTE_ADDR") or "127.0.0.1"

    def pre_authenticate(self, request, **credentials) -> None:
        """In place of allauth's count, which one person can fill for another (crf/actions/guessing.py)."""
        from crf.actions import guessing, sign_ins
        from crf.models import SignIn
        from trialsite.devices import device_of

        name = str(credentials.get("username") or credentials.get("email") or "")
        user, device = sign_ins.named(name), device_of(request)
        if guessing.is_too_often(
            name=name, user=user, address=sign_ins.address_of(request), device=device.name if device.knows(user) else ""
        ):
            sign_ins.note(SignIn.Kind.REFUSED, request=request, user=user, name_mark=guessing.mark_of(name))
            raise self.validation_error("too_many_login_attempts")

    def pre_login(self, request, user, **kwargs):
        """The password, or the passkey, was right. What it was worth then is kept until the second factor is given."""
        request.session[BEGUN] = user.get_session_auth_hash()
        return super().pre_login(request, user, **kwargs)

    def login(self, request, user) -> None:
        """Not where the password was changed, or all sessions were ended, before the second factor was given."""
        if request.session.pop(BEGUN, None) != user.get_session_auth_hash():
            messages.error(request, "Your password or your access was changed meanwhile. Sign in again.")
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def authentication_failed(self, request, **credentials) -> None:
        from crf.actions import guessing

        if request is not None and request.user.is_authenticated:
            guessing.is_signed_out(request, request.user)

    def send_notification_mail(self, template_prefix, user, context=None, email=None) -> None:
        """To the address of the account: allauth's own list of addresses is not used."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def send_mail(self, template_prefix, email, context) -> None:
        """Where the mail server is away, what was done stays done, and the page says the same as ever."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException):
            logger.exception("A mail of the kind %s could not be sent.", template_prefix)

    def set_password(self, user, password: str) -> None:
        """The person's own deed, on the trail like every other: also by a link, when nobody is signed in yet."""
        from crf.actions.act import act

        user.set_password(password)
        with act(by=user, reason="Password set by its owner"):
            user.save(update_fields=["password"])


class SignIn(LoginForm):
    """allauth's form in our words, and bounded."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, login.max_length = "Username or e-mail", 254
        login.validators.append(MaxLengthValidator(254))
        login.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "maxlength": 254}
        login.widget.attrs.pop("placeholder", None)
        password.widget.attrs.pop("placeholder", None)
        password.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
        password.help_text = format_html('<a href="{}">Forgotten?</a>', reverse("account_reset_password"))


LONGEST_PASSWORD = 1000  # characters: hashing takes time by length


class ForgottenPassword(ResetPasswordForm):
    """A link goes to the address of an account in use, once somebody is known to read mails there; to no other."""

    def clean_email(self) -> str:
        from crf.models import User

        email = self.cleaned_data["email"]
        self.users = list(User.objects.filter(email__iexact=email, is_active=True, email_confirmed_at__isnull=False))
        return email

    def save(self, request, **kwargs) -> str:
        """The same work for an address that nobody has, but that its row is taken back: nor does time tell (SEC-04).

        The link is made when the mail leaves, and its days count from there.
        """
        from crf.actions import outbox
        from crf.models import Mail, User

        template = "account/email/password_reset_key"
        with transaction.atomic():
            for user in self.users or [User(username="nobody")]:
                text = {"username": user.username, "password_reset_url": outbox.LINK}
                outbox.put(
                    kind=Mail.Kind.OTHER,
                    to=[user.email],
                    title=render_to_string(f"{template}_subject.txt").strip(),
                    text=render_to_string(f"{template}_message.txt", text),
                    link_for=user if user.pk else None,
                )
            transaction.set_rollback(not self.users)
        return self.cleaned_data["email"]


class OneLook(AuthenticationBackend):
    """Looks at a password once for each attempt, whomever the name or address belongs to, and to nobody (SEC-04).

    allauth's looks twice at that of an account whose address is typed: hashing is slow, so that could be measured.
    """

    def _authenticate(self, request, **credentials):
        self._seen: set = set()
        return super()._authenticate(request, **credentials)

    def _check_password(self, user, password):
        if user is None or user.pk in self._seen:
            return None
        self._seen.add(user.pk)
        return super()._check_password(user, password)


class SecondFactors(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return safe().decrypt(encrypted_text.encode()).decode()
