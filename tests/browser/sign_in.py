"""Sign somebody in without the sign-in page: the session's cookie goes into the browser."""

from django.conf import settings
from django.test import Client, override_settings

from crf.actions.act import act
from tests import trial

AS_IN_LIFE = "django.contrib.auth.hashers.Argon2PasswordHasher"


def sign_in(page, served, username: str):
    """The page's browser session is now this person's."""
    client = Client()
    client.force_login(trial.person(username))
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": served.url,
            }
        ]
    )
    return page


def sign_in_by_page(page, username: str, url: str = "/accounts/login/"):
    """Sign in as a person does, on the sign-in page, and come out where `url` leads."""
    page.goto(url)
    page.get_by_label("Username or e-mail").fill(username)
    page.get_by_label("Password").fill(trial.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
    return page


def give_password_as_in_life(username: str) -> None:
    """The small world's passwords are hashed cheaply, which a real server does not accept."""
    person = trial.person(username)
    with override_settings(PASSWORD_HASHERS=[AS_IN_LIFE]), act(by="system:tests"):
        person.set_password(trial.PASSWORD)
        person.save(update_fields=["password"])
