"""Guessing is slowed down, and nobody is kept out by what somebody else types (SEC-03, SIG-09)."""

import pytest
from django.core import mail
from django.test import Client

from crf.actions import guessing
from crf.models import SignIn
from tests import trial
from tests.accounts import fresh, mails_leave_at_once, second_factor
from trialsite.devices import device_of

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-602"), pytest.mark.req("SEC-03")]
RIGHT = {"login": "clara", "password": trial.PASSWORD}
WRONG = {"login": "clara", "password": "wrong-Password-17"}
HERE, THERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def at_once():
    with mails_leave_at_once():
        yield


def sign_in(client, what, address=HERE, **more):
    return client.post("/accounts/login/", what, REMOTE_ADDR=address, **more).content.decode()


def is_in(client) -> bool:
    return client.get("/session/").status_code == 204


def known_browser() -> Client:
    client = Client()
    sign_in(client, RIGHT)
    client.post("/accounts/logout/")
    return client


def test_a_guesser_is_refused_after_five_and_the_right_password_is_not_looked_at(client):
    for _ in range(guessing.OF_A_NAME):
        assert "do not belong together" in sign_in(client, WRONG)
    assert "Too many wrong attempts" in sign_in(client, RIGHT)
    assert not is_in(client)
    assert SignIn.objects.filter(kind=SignIn.Kind.REFUSED, user__username="clara").exists()


def test_what_is_guessed_elsewhere_keeps_nobody_out(client):
    for number in range(40):
        sign_in(Client(), WRONG, address=f"203.0.113.{number // 4}")
    sign_in(client, RIGHT)
    assert is_in(client)


def test_a_known_browser_gets_in_from_the_very_address_of_the_guesser():
    browser = known_browser()
    for _ in range(guessing.OF_A_NAME + 3):
        sign_in(Client(), WRONG)
    sign_in(browser, RIGHT)
    assert is_in(browser)


def test_a_known_browser_has_a_count_of_its_own():
    browser = known_browser()
    for _ in range(guessing.OF_A_DEVICE):
        sign_in(browser, WRONG)
    assert SignIn.objects.filter(kind="failed").exclude(device="").count() == guessing.OF_A_DEVICE
    sign_in(Client(), RIGHT, address=THERE)
    for _ in range(guessing.OF_A_NAME):
        sign_in(Client(), WRONG)
    assert "Too many" in sign_in(browser, RIGHT)


def test_a_browser_is_known_for_the_present_password_only(client, rf):
    browser = known_browser()
    request = rf.get("/")
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    clara = trial.person("clara")
    assert device_of(request).knows(clara)
    clara.set_password("another Long phrase 17")
    assert not device_of(request).knows(clara)
    assert not device_of(request).knows(trial.person("carl"))
    request.COOKIES["device"] = "forged"
    assert not device_of(request).knows(trial.person("clara"))


def test_many_addresses_that_guess_one_name_stop_where_a_password_alone_guards_it(client, settings):
    for number in range(guessing.OF_A_NAME_ANYWHERE):
        sign_in(Client(), WRONG, address=f"203.0.113.{number}")
    assert "Too many" in sign_in(client, RIGHT)
    second_factor(trial.person("clara"))
    assert "Too many" not in sign_in(client, RIGHT)


@pytest.mark.req("SEC-04")
@pytest.mark.parametrize("name", ["clara", "nobody.at.all"])
def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(name):
    said = [sign_in(Client(), {"login": name, "password": "wrong-Password-17"}) for _ in range(7)]
    assert ["Too many" in page for page in said] == [False] * 5 + [True] * 2


def test_the_host_that_is_asked_for_makes_no_difference(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for number in range(guessing.OF_A_NAME):
        sign_in(Client(), WRONG, headers={"Host": f"localhost:{8000 + number}"})
    assert "Too many" in sign_in(client, RIGHT)


def test_the_administrators_and_the_person_are_told_once():
    for _ in range(guessing.OF_A_NAME + 5):
        sign_in(Client(), WRONG)
    assert sorted(message.to[0] for message in mail.outbox) == ["adam@example.org", "clara@example.org"]


@pytest.mark.req("SIG-09")
def test_who_is_asked_again_and_wrong_five_times_is_signed_out_and_it_is_told(client):
    fresh(client, "clara")
    assert is_in(client)
    for _ in range(guessing.WHEN_SIGNED_IN):
        client.post("/accounts/reauthenticate/", {"password": "wrong-Password-17"})
    assert not is_in(client)
    assert any("sessions were ended" in message.body for message in mail.outbox)
    assert SignIn.objects.filter(kind="failed", user__username="clara").count() == guessing.WHEN_SIGNED_IN


@pytest.mark.finding("F-901")
def test_two_hundred_people_of_one_hospital_sign_in_at_once():
    said = [sign_in(Client(), RIGHT) for _ in range(60)]
    assert not any("Too many" in page for page in said)


@pytest.mark.finding("F-901")
@pytest.mark.finding("F-914")
def test_too_many_requests_are_refused_with_a_sentence(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    sign_in(client, WRONG)
    answer = client.post("/accounts/login/", WRONG, REMOTE_ADDR=HERE)
    assert answer.status_code == 429 and "Wait a minute" in answer.content.decode()


@pytest.mark.finding("F-901")
def test_the_client_s_address_behind_a_proxy_stands_in_the_table_of_sign_ins(client, settings):
    from trialsite.proxies import networks

    settings.PROXIES = networks("10.0.0.0/8, unix")
    for peer, forwarded, seen in (
        ("10.0.0.5", "192.0.2.44", "192.0.2.44"),
        ("10.0.0.5", "1.2.3.4, 192.0.2.45, 10.9.9.9", "192.0.2.45"),
        ("203.0.113.1", "192.0.2.46", "203.0.113.1"),
        ("", "192.0.2.47", "192.0.2.47"),
    ):
        client.post("/accounts/login/", RIGHT, REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
        assert is_in(client)
        assert SignIn.objects.filter(kind="in").latest("pk").address == seen
        client.logout()


@pytest.mark.finding("F-901")
def test_a_right_password_over_a_socket_lets_in(client, settings):
    settings.PROXIES = ("unix",)
    client.post("/accounts/login/", RIGHT, REMOTE_ADDR="")
    assert is_in(client)
    assert SignIn.objects.get(kind="in").address is None
