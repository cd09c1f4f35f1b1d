"""Signing in, staying and leaving: second factor, limits of a session, its token, and requests from elsewhere."""

import time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from crf.actions import sessions
from crf.actions.act import act
from crf.models import SignIn
from tests import trial
from tests.accounts import second_factor
from tests.pages.test_every_page_by_role import TABLE, address
from trialsite import middleware

pytestmark = pytest.mark.django_db
LOGIN = {"login": "clara", "password": trial.PASSWORD}


def code_now(secret: str, steps: int = 0) -> str:
    """What the app shows: one code every thirty seconds."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def secret() -> str:
    """Clara's authenticator app."""
    return second_factor(trial.person("clara"))


def is_in(client) -> bool:
    return client.get("/session/").status_code == 204


# -- the second factor


@pytest.mark.req("SEC-01")
def test_a_password_alone_does_not_let_in_who_has_a_second_factor(client, secret):
    client.post("/accounts/login/", LOGIN)
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert is_in(client)


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize("what", ["a new password", "sessions ended", "disabled"])
def test_a_sign_in_that_was_begun_is_not_ended_once_the_password_or_the_access_changed(client, secret, what):
    clara = trial.person("clara")
    client.post("/accounts/login/", LOGIN)
    with act(by=clara, reason="Meanwhile"):
        if what == "a new password":
            clara.set_password("another Long phrase 17")
            clara.save()
        elif what == "disabled":
            clara.is_active = False
            clara.save()
        else:
            sessions.end_all(clara)
    page = client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)}, follow=True)
    assert not is_in(client)
    assert what == "disabled" or "Sign in again." in page.content.decode()


@pytest.mark.req("SEC-01")
def test_a_code_works_once(client, secret):
    code = code_now(secret)
    client.post("/accounts/login/", LOGIN)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_in(client)
    other = Client()
    other.post("/accounts/login/", LOGIN)
    other.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_in(other)


@pytest.mark.req("SEC-01")
def test_a_recovery_code_works_once_and_wants_the_password_too(client, secret):
    with act(by=trial.person("clara")):
        recovery = RecoveryCodes.activate(trial.person("clara"))
    code = recovery.get_unused_codes()[0]
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_in(client)
    for desk, works in ((client, True), (Client(), False)):
        desk.post("/accounts/login/", LOGIN)
        desk.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_in(desk) is works


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize("name", sorted(trial.PEOPLE))
def test_where_it_is_required_nobody_works_without_one(client, settings, name):
    settings.MFA_REQUIRED = True
    client.force_login(trial.person(name))
    for url in ("/", "/subjects/", "/subjects/JER-001/", "/people/", "/reports/", "/exports/", "/session/"):
        assert client.get(url).headers["Location"] == "/accounts/2fa/", url
        # Whatever a request says of the root at which the pages stand.
        said = client.get(url, SCRIPT_NAME="/accounts")
        assert said.status_code == 302 and said.headers["Location"].endswith("/accounts/2fa/"), url


@pytest.mark.req("SEC-01")
def test_production_requires_it():
    from trialsite import settings as ours

    assert ours.MFA_REQUIRED is ours.PRODUCTION


# -- the limits of a session


@pytest.fixture
def later(monkeypatch):
    """later(minutes): the clock of the limits moves on."""
    real, moved = timezone.now, 0

    def move(minutes: int):
        nonlocal moved
        moved += minutes

    monkeypatch.setattr(middleware.timezone, "now", lambda: real() + timezone.timedelta(minutes=moved))
    return move


@pytest.mark.req("SEC-05")
def test_idle_time_ends_the_session_and_what_was_typed_is_there_again(client, later):
    import json

    client.force_login(trial.person("ruth"))
    url = "/subjects/JER-001/W3/HAMD/"
    sent = json.dumps({"changes": {"mood": "3"}, "version": None})
    assert client.post(f"{url}draft/", sent, content_type="application/json").status_code == 200
    later(16)
    assert client.get(url).headers["Location"].startswith("/accounts/login/")
    assert SignIn.objects.filter(kind=SignIn.Kind.TIMED_OUT, user__username="ruth").count() == 1
    client.force_login(trial.person("ruth"))
    assert "kept but not saved yet" in client.get(url).content.decode()


@pytest.mark.req("SEC-05")
def test_twelve_hours_end_it_however_busy(client, later):
    client.force_login(trial.person("clara"))
    for _ in range(72):
        assert is_in(client)
        later(10)
    later(1)
    assert not is_in(client)


@pytest.mark.req("SEC-05")
def test_every_page_of_somebody_signed_in_brings_the_warning(client):
    client.force_login(trial.person("clara"))
    assert 'data-idle="900"' in client.get("/").content.decode()
    client.logout()
    assert "idle.js" not in client.get("/accounts/login/").content.decode()


# -- the token of a session


@pytest.mark.req("SEC-06")
def test_signing_in_gives_a_new_token(client):
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    client.post("/accounts/login/", LOGIN)
    assert is_in(client) and client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.req("SEC-06")
def test_showing_again_who_one_is_gives_a_new_token(client):
    client.post("/accounts/login/", LOGIN)
    before = client.session.session_key
    client.post("/accounts/reauthenticate/", {"password": trial.PASSWORD})
    after = client.session.session_key
    assert before != after and is_in(client)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = before
    assert not is_in(thief)
    assert trial.person("clara").usersession_set.filter(session_key=after).exists()


@pytest.mark.req("SEC-06")
def test_signing_out_ends_the_session_on_the_server(client):
    client.post("/accounts/login/", LOGIN)
    kept = client.session.session_key
    client.post("/accounts/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(client)
    assert not Session.objects.filter(pk=kept).exists()


@pytest.mark.req("SEC-06")
def test_a_person_sees_the_own_sessions_and_ends_the_others(client):
    other = Client(headers={"User-Agent": "The browser at home"})
    for desk in (client, other):
        desk.post("/accounts/login/", LOGIN)
    assert "The browser at home" in client.get("/accounts/sessions/").content.decode()
    client.post("/accounts/sessions/")
    assert is_in(client) and not is_in(other)


@pytest.mark.req("SEC-06")
def test_a_new_password_ends_the_other_sessions(client):
    other = Client()
    for desk in (client, other):
        desk.post("/accounts/login/", LOGIN)
    new = "another Long phrase 17"
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": trial.PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert not is_in(other)


# -- requests from elsewhere


@pytest.mark.req("SEC-11")
@pytest.mark.parametrize("name", sorted(TABLE))
def test_no_page_takes_a_post_without_its_token(everything, name):
    client = Client(enforce_csrf_checks=True)
    for expected in TABLE[name]:
        who = min(expected.who or trial.PEOPLE)
        client.force_login(trial.person(who))
        assert client.post(address(name, expected, everything), {"reason": "x"}).status_code == 403


@pytest.mark.req("SEC-11")
def test_signing_out_wants_the_token_and_a_post():
    client = Client(enforce_csrf_checks=True)
    client.force_login(trial.person("clara"))
    client.get("/accounts/logout/")
    assert is_in(client)
    assert client.post("/accounts/logout/").status_code == 403
    assert is_in(client)
