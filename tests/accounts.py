"""Steps of the tests about accounts: a second factor, a second administrator, fresh authentication."""

import re
from contextlib import contextmanager
from datetime import date, timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from crf.actions import accounts, outbox
from crf.actions.act import act
from crf.models import Site, User
from tests import trial


def second_factor(user: User, secret: str = "") -> str:
    """An authenticator app for the person, set up by the person; its secret."""
    secret = secret or generate_totp_secret()
    with act(by=user):
        TOTP.activate(user, secret)
    return secret


def administrator(username: str = "bela", sites=("JER", "AFU")) -> User:
    """One more administrator, with the password of the tests."""
    user = accounts.open_account(
        username=username,
        name=f"{username.capitalize()} Administrator",
        organisation="Test organisation",
        email=f"{username}@example.org",
        password=trial.PASSWORD,
        by="system:tests",
    )
    for code in sites:
        accounts.give_role(
            user=user,
            site=Site.objects.get(code=code),
            role="administrator",
            starts_on=date.today() - timedelta(days=100),
            by="system:tests",
        )
    return user


def fresh(client, name: str):
    """Signed in, and shown again a moment ago who it is."""
    client.post("/accounts/login/", {"login": name, "password": trial.PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": trial.PASSWORD})
    return client


@contextmanager
def mails_leave_at_once():
    """What is written into the outbox leaves within the deed: for tests about what a mail says, not about sending."""
    put = outbox.put

    def put_and_send(**mail):
        rows = put(**mail)
        outbox.send_due()
        return rows

    outbox.put = put_and_send
    try:
        yield
    finally:
        outbox.put = put


def link_in(message) -> str:
    """The path of the link in a mail."""
    return re.search(r"https?://[^/\s]+(/accounts/\S+)", message.body)[1]
