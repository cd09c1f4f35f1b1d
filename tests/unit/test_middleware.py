"""What holds for every page: headers, the length of a session, the second factor where it is required."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.accounts import second_factor
from trialsite import middleware

SOMEWHERE = "/accounts/2fa/"


@pytest.fixture
def somebody(db):
    return get_user_model().objects.filter(is_active=True).order_by("pk").first()


@pytest.fixture
def signed_in(client, somebody):
    client.force_login(somebody)
    return client


@pytest.fixture
def later(monkeypatch):
    """later(minutes=...): the clock moves on."""
    real, moved = timezone.now, datetime.timedelta()

    def move(**by):
        nonlocal moved
        moved += datetime.timedelta(**by)

    monkeypatch.setattr(middleware.timezone, "now", lambda: real() + moved)
    return move


def is_in(client) -> bool:
    return client.get(SOMEWHERE).status_code == 200


@pytest.mark.parametrize("path", ["/accounts/login/", SOMEWHERE, "/nowhere/", "/static/nothing.css"])
def test_every_answer_bears_the_headers(signed_in, path):
    answer = signed_in.get(path)
    assert {name: answer.headers.get(name) for name in middleware.HEADERS} == middleware.HEADERS


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert middleware.POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in middleware.POLICY and "http" not in middleware.POLICY


@pytest.mark.parametrize("path", ["/accounts/login/", SOMEWHERE, "/nowhere/"])
def test_no_page_stays_in_a_cache(signed_in, path):
    assert signed_in.get(path).headers["Cache-Control"] == "no-store"


def test_an_idle_session_ends_after_a_quarter_of_an_hour(signed_in, later):
    assert is_in(signed_in)
    later(minutes=14)
    assert is_in(signed_in)
    later(minutes=14)
    assert is_in(signed_in)  # counted from the last page, not from the first
    later(minutes=16)
    assert not is_in(signed_in)


def test_a_session_ends_after_twelve_hours_however_busy(signed_in, later):
    for _ in range(12 * 6):
        assert is_in(signed_in)
        later(minutes=10)
    later(minutes=2)
    assert not is_in(signed_in)


def test_who_signs_in_again_begins_anew(signed_in, somebody, later):
    assert is_in(signed_in)
    later(hours=13)
    assert not is_in(signed_in)
    signed_in.force_login(somebody)
    assert is_in(signed_in)


def test_reading_on_writes_the_session_once_a_minute_at_most(signed_in, later, django_assert_num_queries):
    assert is_in(signed_in)
    seen = signed_in.session["seen"]
    later(seconds=30)
    assert is_in(signed_in) and signed_in.session["seen"] == seen
    later(seconds=31)
    assert is_in(signed_in) and signed_in.session["seen"] > seen


def test_without_a_second_factor_only_the_account_pages_open_where_it_is_required(signed_in, settings):
    settings.MFA_REQUIRED = True
    answer = signed_in.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, SOMEWHERE)
    assert is_in(signed_in)


def test_with_a_second_factor_all_pages_open(signed_in, somebody, settings):
    settings.MFA_REQUIRED = True
    second_factor(somebody)
    assert signed_in.get("/nowhere/").status_code == 404


def test_in_the_demo_a_second_factor_is_a_choice(signed_in, settings):
    assert settings.MFA_REQUIRED is False
    assert signed_in.get("/nowhere/").status_code == 404
