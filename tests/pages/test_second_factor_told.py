"""A second factor is set up with fresh authentication, and its owner is told once it is certain (SEC-07)."""

import pytest
from django.core import mail

from crf.models import AuditEntry
from tests import trial
from tests.accounts import fresh, mails_leave_at_once
from tests.pages.test_access_sessions import code_now


@pytest.mark.finding("F-805")
@pytest.mark.req("SEC-07")
def test_a_second_factor_is_set_up_with_fresh_authentication_and_told_by_mail(client, real_commits):
    client.force_login(trial.person("clara"))
    assert "/accounts/reauthenticate/" in client.get("/accounts/2fa/totp/activate/").headers["Location"]
    fresh(client, "clara")
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    mail.outbox.clear()
    with mails_leave_at_once():
        client.post("/accounts/2fa/totp/activate/", {"code": code_now(page.context["form"].secret)})
    assert AuditEntry.objects.filter(table="mfa_authenticator", actor_name="clara", operation="INSERT").exists()
    assert mail.outbox and {message.to[0] for message in mail.outbox} == {"clara@example.org"}
