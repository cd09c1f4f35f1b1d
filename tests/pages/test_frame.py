"""What every page has: a strict policy, nothing kept in caches, the word SYNTHETIC in the demo, no inline code."""

import re

import pytest
from django.template.loader import render_to_string

from crf.refusals import Locked
from tests import trial

PAGES = [
    "/",
    "/subjects/",
    "/subjects/JER-001/",
    "/subjects/JER-002/randomise/",
    "/subjects/JER-001/audit/",
    "/visits/",
    "/queries/",
    "/alerts/",
    "/subjects/enrol/",
    "/nowhere/",
    "/study/check/",
    "/accounts/2fa/",
    "/accounts/reauthenticate/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/email/",
    "/subjects/JER-001/W1/HAMD/",
]
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(\ssrc=|type=\"application/json\"))|javascript:", re.I)


@pytest.mark.req("SEC-09")
@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_a_strict_policy_and_nothing_inline(client, db, url):
    client.force_login(trial.person("ines"))
    response = client.get(url)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert not INLINE.search(response.content.decode())


@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
def test_the_sign_in_pages_have_it_too(client, db, url):
    response = client.get(url)
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert not INLINE.search(response.content.decode())


@pytest.mark.parametrize("url", [*PAGES, "/accounts/login/"])
def test_the_demo_says_synthetic_everywhere(client, db, settings, url):
    settings.DEMO = True
    if url != "/accounts/login/":
        client.force_login(trial.person("ines"))
    assert "SYNTHETIC" in client.get(url, follow=True).content.decode()


def test_outside_the_demo_it_does_not(client, db):
    assert "SYNTHETIC" not in client.get("/accounts/login/").content.decode()


def test_the_page_of_our_own_mistake_needs_no_database_and_no_person():
    page = render_to_string("500.html")
    assert "The mistake is ours" in page
    assert "/accounts/logout/" not in page


def test_a_refusal_becomes_a_page_with_its_sentence(client, db, monkeypatch):
    def refuse(user):
        raise Locked("The study is locked, so nothing was saved.")

    monkeypatch.setattr("crf.views.home.work_of", refuse)
    client.force_login(trial.person("ines"))
    response = client.get("/")
    assert response.status_code == 409
    assert "The study is locked, so nothing was saved." in response.content.decode()


def test_signing_out_is_a_post_with_a_token(client, db):
    client.force_login(trial.person("ines"))
    page = client.get("/").content.decode()
    form = page[page.index('action="/accounts/logout/"') :]
    assert "csrfmiddlewaretoken" in form[:300]
