"""The pages and mails of one's own account speak as the rest does; mails and logs give nothing away (F-914, F-812)."""

import io
import logging
import re
from pathlib import Path

import django
import pytest
from django import forms
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import get_resolver, reverse

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


# -- what a box says of an answer that it cannot take (F-417) --------------------------------------------------------


def of_django() -> set[str]:
    """Every sentence that Django itself can say, in English."""
    catalogue = Path(django.__file__).parent / "conf/locale/en/LC_MESSAGES/django.po"
    found = re.findall(r'^msgid(?:_plural)? ((?:"[^\n]*"\n)+)', catalogue.read_text(), flags=re.MULTILINE)
    return {"".join(re.findall(r'"(.*)"\n', one)) for one in found} - {""}


def every_form_class():
    """The forms of our pages and of the pages of one's own account that we show."""
    get_resolver().url_patterns  # noqa: B018 - imports every view
    waiting = list(forms.BaseForm.__subclasses__())
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        if found.__module__.startswith(("crf.views", "trialsite", "analysis", "allauth.account.forms", "allauth.mfa")):
            yield found


@pytest.mark.finding("F-417")
def test_no_box_of_any_form_speaks_djangos_words():
    theirs, wrong, fields = of_django(), [], 0
    assert "This field is required." in theirs and len(theirs) > 200
    for form in every_form_class():
        for name, field in form.base_fields.items():
            fields += 1
            said = [str(sentence) for sentence in field.error_messages.values()]
            for validator in field.validators:
                many = getattr(validator, "messages", None) or {"": getattr(validator, "message", "")}
                said += [str(sentence) for sentence in many.values()]
            wrong += [(form.__name__, name, sentence) for sentence in said if sentence in theirs]
    assert not wrong and fields > 40, wrong[:5]


@pytest.mark.finding("F-417")
def test_an_empty_box_is_told_in_our_words(db, client):
    client.force_login(trial.person("adam"))
    page = client.post("/people/new/", {}).content.decode()
    assert "This is empty. Please fill it in." in page and "field is required" not in page
    page = client.post("/accounts/login/", {}, follow=True).content.decode()
    assert "field is required" not in page


@pytest.mark.finding("F-401")
def test_limits_are_typed_as_results_are(db, client):
    client.force_login(trial.person("dana"))
    typed = {"site": "", "analyte": "ALT", "unit": "U/L", "youngest": "18", "oldest": "120", "valid_from": "2026-01-01"}
    for text in ("1,250", "1.250,5", "1 250", "١٢٥٠", "1_250", "1e3"):
        page = client.post("/limits/new/", typed | {"high": text, "oldest": "١٢٠"})
        assert set(page.context["form"].errors) >= {"high", "oldest"}, text
    assert "high" not in client.post("/limits/new/", typed | {"high": "12,5"}).context["form"].errors


@pytest.mark.finding("F-406")
def test_a_line_break_counts_once_in_every_box(db, client):
    """Three hundred characters as the box counts them; a browser sends each line break as two."""
    client.force_login(trial.person("adam"))
    reason = "Left the trial.\r\n" * 18 + "twelve more."
    assert len(reason.replace("\r\n", "\n")) == 300 and len(reason) > 300
    assert client.post(reverse("crf:account_state", args=["clara"]), {"reason": reason}).status_code == 302
