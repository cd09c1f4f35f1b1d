"""The pages on which two administrators change how a signer signs in, and a person the own address, in a browser."""

import os

import pytest

from crf.actions import access_changes
from crf.models import Site
from tests import trial
from tests.accounts import administrator
from tests.browser.sign_in import sign_in
from tests.browser.test_accessibility import violations
from trialsite.database.wall import seeing

PAGES = (
    "/people/",
    "/people/account/ines/",
    "/people/account/ines/change/",
    "/people/account/ines/correct/",
    "/people/account/ines/link/",
    "/people/account/ines/identity/",
    "/accounts/email/",
    "/accounts/2fa/",
)


@pytest.mark.finding("F-804")
def test_the_pages_can_be_used_by_everybody(served, page):
    administrator("bela")
    with seeing(Site.objects.all()):
        access_changes.ask(
            user=trial.person("ines"),
            kind="email",
            email="ines.new@example.org",
            reason="The hospital changed its addresses",
            by=trial.person("adam"),
        )
    found = []
    for url in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"):
        found += violations(page, url)
        keep_picture(page, url)
    sign_in(page, served, "bela")
    page.goto("/accounts/reauthenticate/")
    page.get_by_label("Password").fill(trial.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    for url in PAGES:
        found += violations(page, url)
        keep_picture(page, url)
    assert not found, "\n".join(found)
    page.goto("/people/account/ines/change/")
    page.get_by_role("button", name="Confirm the change").click()
    page.get_by_text("the account signs nothing").wait_for()
    keep_picture(page, "/after/")
    assert trial.person("ines").email == "ines.new@example.org"


def keep_picture(page, url: str) -> None:
    """Where PICTURES names a folder: what it looks like, for whoever changes these pages."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{url.strip('/').replace('/', '-') or 'home'}.png", full_page=True)
