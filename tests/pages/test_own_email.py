"""A person's own address: fresh authentication, confirmed at the new one, told at the old one, audited (SEC-07)."""

import pytest
from django.core import mail
from django.test import Client

from crf.models import AuditEntry, User
from tests import trial
from tests.accounts import fresh, link_in, mails_leave_at_once

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-805"), pytest.mark.req("SEC-07")]
NEW = "clara.levi@example.org"


@pytest.fixture(autouse=True)
def at_once():
    with mails_leave_at_once():
        yield


def test_a_stale_session_changes_nothing(client):
    client.force_login(trial.person("clara"))
    answer = client.post("/accounts/email/", {"email": NEW})
    assert answer.status_code == 302 and "/accounts/reauthenticate/" in answer.headers["Location"]
    assert not mail.outbox


def test_the_address_counts_once_the_link_at_the_new_one_was_used_and_the_old_one_is_told(client):
    fresh(client, "clara")
    client.post("/accounts/email/", {"email": NEW})
    asked, told = mail.outbox
    assert asked.to == [NEW] and told.to == ["clara@example.org"] and NEW not in told.body
    assert trial.person("clara").email == "clara@example.org"
    link = link_in(asked)
    assert NEW in client.get(link).content.decode()
    assert trial.person("clara").email == "clara@example.org", "a look at the link changes nothing"
    client.post(link)
    clara = trial.person("clara")
    assert clara.email == NEW and clara.email_confirmed_at
    assert mail.outbox[-1].to == ["clara@example.org"] and "was changed" in mail.outbox[-1].body
    entry = AuditEntry.objects.filter(table="crf_user").order_by("-sequence").first()
    assert entry.actor_name == "clara" and entry.changes["email"] == ["clara@example.org", NEW]
    assert client.post(link).status_code == 409, "it works once"


def test_the_link_is_of_use_to_nobody_else(client):
    fresh(client, "clara")
    client.post("/accounts/email/", {"email": NEW})
    assert fresh(Client(), "carl").post(link_in(mail.outbox[0])).status_code == 409
    assert trial.person("carl").email == "carl@example.org"


def test_an_address_that_somebody_has_is_not_given_away(client):
    fresh(client, "clara")
    same = client.post("/accounts/email/", {"email": "carl@example.org"}, follow=True).content.decode()
    assert "was sent to carl@example.org" in same
    assert [message.to for message in mail.outbox] == [["clara@example.org"]]


def test_allauths_own_list_of_addresses_is_closed(client):
    fresh(client, "clara")
    assert client.get("/accounts/confirm-email/").status_code == 404
    assert client.get("/accounts/confirm-email/some-key/").status_code == 404
    client.post("/accounts/email/", {"action_add": "1", "email": NEW})
    assert not trial.person("clara").emailaddress_set.exists()


def test_a_link_for_a_forgotten_password_goes_to_a_confirmed_address_only(client):
    from allauth.account.models import EmailAddress

    clara = trial.person("clara")
    EmailAddress.objects.create(user=clara, email=NEW, verified=False)
    pages = [
        client.post("/accounts/password/reset/", {"email": email}, follow=True).content
        for email in (NEW, "nobody@example.org", "clara@example.org")
    ]
    assert len(set(pages)) == 1
    assert [message.to for message in mail.outbox] == [["clara@example.org"]]
    User.objects.filter(pk=clara.pk).update(email_confirmed_at=None)
    client.post("/accounts/password/reset/", {"email": "clara@example.org"})
    assert len(mail.outbox) == 1


@pytest.mark.finding("F-812")
def test_an_unknown_address_gets_no_mail(client):
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert not mail.outbox
