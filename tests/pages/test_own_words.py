"""The pages and mails of one's own account speak as the rest does; mails and logs give nothing away (F-914, F-812)."""

import io
import logging

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse

from tests import trial
from tests.accounts import fresh, mails_leave_at_once, second_factor
from trialsite.logs import Quiet

ANOTHERS = ("Two-Factor", "Unknown Account", "Bad Token", "spam folder", "Hello from", "You're receiving", "Sign In:")
OPEN = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/")
OWN = ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/reauthenticate/")


@pytest.fixture(autouse=True)
def at_once():
    with mails_leave_at_once():
        yield


@pytest.mark.finding("F-914")
@pytest.mark.parametrize("url", [*OPEN, "/accounts/password/reset/key/1-x/"])
def test_pages_before_signing_in_speak_our_words(db, client, url):
    page = client.get(url, follow=True).content.decode()
    assert "<h1" in page and not [word for word in ANOTHERS if word in page]


@pytest.mark.finding("F-914")
@pytest.mark.parametrize("url", OWN)
def test_pages_of_the_own_account_speak_our_words(db, client, url):
    fresh(client, "clara")
    second_factor(trial.person("clara"))
    page = client.get(url, follow=True).content.decode()
    assert "<h1" in page and not [word for word in ANOTHERS if word in page]


@pytest.mark.finding("F-914")
def test_the_page_of_the_second_factor_speaks_our_words(db, client):
    second_factor(trial.person("clara"))
    page = client.post("/accounts/login/", {"login": "clara", "password": trial.PASSWORD}, follow=True).content.decode()
    assert "<h1>Your second factor</h1>" in page and not [word for word in ANOTHERS if word in page]


@pytest.mark.finding("F-914")
@pytest.mark.req("SEC-10")
def test_mails_speak_our_words_and_name_no_subject(db, client):
    client.post("/accounts/password/reset/", {"email": "clara@example.org"}, headers={"Host": "127.0.0.1"})
    fresh(client, "clara")
    new = "another Long phrase 17"
    client.post("/accounts/password/change/", {"oldpassword": trial.PASSWORD, "password1": new, "password2": new})
    asked, changed = mail.outbox
    assert "Set it here: http://localhost" in asked.body and "Your password was changed" in changed.subject
    for message in mail.outbox:
        assert not [word for word in (*ANOTHERS, "JER-001", "127.0.0.1:") if word in message.subject + message.body]


@pytest.mark.finding("F-812")
def test_a_mail_that_is_kept_as_a_file_is_its_owners_alone(settings, tmp_path):
    from trialsite.mailbox import Folder

    folder = Folder(file_path=str(tmp_path / "mail"))
    assert folder.send_messages([EmailMessage("Your account", "A link", to=["a@example.org"])]) == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600 and "A link" in file.read_text()


@pytest.mark.finding("F-812")
@pytest.mark.req("SEC-10")
def test_a_line_of_the_log_names_no_subject_and_no_link(db, client):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Quiet())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        client.force_login(trial.person("ines"))
        client.get("/subjects/JER-999/")
        client.get("/subjects/JER-001/nowhere/")
        logger.warning("Not Found: %s", "/accounts/password/reset/key/1-secret/")
    finally:
        logger.removeHandler(handler)
    said = out.getvalue()
    assert said.count("/subjects/…/") == 2 and "JER-" not in said and "secret" not in said


@pytest.mark.finding("F-810")
def test_a_pasted_bullet_is_kept_as_a_bullet_and_what_no_paper_shows_is_refused(db, client):
    client.force_login(trial.person("adam"))
    url = reverse("crf:account_state", args=["clara"])
    for wrong in ("\ue000", "left \ufdd0", "\uffff", "\x1b[31m"):
        page = client.post(url, {"reason": wrong})
        assert page.status_code == 200 and "cannot be stored" in page.content.decode(), repr(wrong)
    client.post(url, {"reason": "\uf0b7 Left the trial"})
    assert "• Left the trial" in client.get("/people/account/clara/").content.decode()


@pytest.mark.finding("F-810")
def test_an_answer_holds_no_character_that_breaks_a_printed_page():
    from crf import spec

    text = spec.text(200) if hasattr(spec, "text") else spec.Text(200)
    assert text.parse("\uf0b7 headache") == "• headache"
    with pytest.raises(spec.Impossible):
        text.parse("\U000f0000 headache")
