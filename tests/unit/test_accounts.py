"""Accounts: made by an administrator, guarded by long passwords and limits; secrets of apps unreadable in the table."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crf import trial
from crf.actions import accounts as deeds
from tests.accounts import second_factor
from tests.trial import PASSWORD, person
from trialsite import accounts
from trialsite.settings import PASSWORD_HASHERS


def test_nobody_can_sign_up(db, client):
    before = get_user_model().objects.count()
    fields = {"username": "intruder", "email": "i@example.org", "password1": "a-long-Passphrase-17"}
    client.post("/accounts/signup/", fields | {"password2": fields["password1"]})
    assert get_user_model().objects.count() == before


def test_the_secret_of_an_authenticator_app_is_not_readable_in_the_table(db):
    secret = generate_totp_secret()
    somebody = get_user_model().objects.order_by("pk").first()
    second_factor(somebody, secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [somebody.pk])
        (stored,) = cursor.fetchone()
    assert secret not in stored
    assert accounts.SecondFactors().decrypt(Authenticator.objects.get(user=somebody).data["secret"]) == secret


def test_secrets_outlive_a_change_of_the_key_while_the_old_one_is_named(settings):
    adapter = accounts.SecondFactors()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "before" * 10
    written = adapter.encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, ["before" * 10]
    assert adapter.decrypt(written) == "JBSWY3DPEHPK3PXP"


def test_twelve_characters_that_are_in_no_list_will_do():
    validate_password("Twelve-chars")


@pytest.mark.req("SEC-02")
@pytest.mark.parametrize(
    "password", [" blanks at both ends are kept ", "פסיפלורה ☕ und Grüße ' \" < > & %", "Sixty-four and more " * 6]
)
def test_a_password_of_any_characters_and_of_any_length_that_people_type_is_taken_as_it_is(client, db, password):
    client.force_login(person("clara"))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post("/accounts/password/change/", sent).status_code == 302
    for typed in (password.strip()[:63], password):  # neither shortened nor stripped
        desk = Client()
        desk.post("/accounts/login/", {"login": "clara", "password": typed})
        assert (desk.get("/session/").status_code == 204) is (typed == password)


@pytest.mark.req("SEC-02")
@pytest.mark.parametrize("password", ["Eleven-char", "password1234", "qwertyuiop123"])
def test_a_weak_password_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.req("SEC-02")
def test_a_password_of_words_that_everybody_at_the_trial_knows_is_refused():
    for word in (trial.SITES[0].name, trial.REFERENCE.label, trial.TITLE.split()[0]):
        with pytest.raises(ValidationError, match="everybody at this trial knows"):
            validate_password(f"{word.replace(' ', '')}-Study-of-26")
        validate_password(f"{word} of a green umbrella")


@pytest.mark.req("SEC-02")
def test_passwords_are_hashed_with_argon2():
    assert PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture
def looks(db, monkeypatch):
    """looks(deed): how often the deed hashes a password, and with which statements but those of the rate limits."""
    hasher, counted = type(get_hasher()), []
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *a, **w: counted.append(1) or encode(self, *a, **w))

    def of(deed):
        counted.clear()
        with CaptureQueriesContext(connection) as sent:
            deed()
        told = [" ".join(one["sql"].split()[:3]) for one in sent if "ecrf_cache" not in one["sql"]]
        return len(counted), [one for one in told if not one.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]

    return of


@pytest.mark.req("SEC-04")
def test_nor_does_the_time_tell_whether_somebody_has_a_name_or_an_address(looks):
    """Of a password it is the hashing that takes time; of a forgotten one the mail."""
    adam = person("adam")
    deeds.open_account(username="lea.katz", name="Lea Katz", organisation="x", email="lea@example.org", by=adam)
    deeds.disable(user=person("carl"), by=adam, reason="Left")

    def post(page: str, sent: dict) -> None:
        Client().post(f"/accounts/{page}", sent)

    names = ("nobody", "clara", "carl", "lea.katz")
    for name in (*names, *(f"{name.partition('.')[0]}@example.org" for name in names)):
        hashed, _ = looks(lambda name=name: post("login/", {"login": name, "password": "wrong-Password-17"}))
        assert hashed == 1, name
    found = {
        name: looks(lambda name=name: post("password/reset/", {"email": f"{name}@example.org"}))
        for name in ("nobody", "clara", "carl", "lea")
    }
    assert len({str(one) for one in found.values()}) == 1, found
