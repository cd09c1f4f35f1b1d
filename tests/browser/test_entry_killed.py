"""The server that `make run` starts is killed while somebody rates: every answer is there when it is back."""

import re

import pytest
from playwright.sync_api import expect

from crf.models import Draft, Site
from tests import trial
from tests.browser.sign_in import give_password_as_in_life, sign_in_by_page
from tests.browser.test_entry import keys
from tests.starter import starting
from trialsite.database.wall import seeing

HAMD = "/subjects/JER-001/W3/HAMD/"
ANSWERS = {"mood": "3", "guilt": "2", "suicide": "1", "insomnia_early": "2", "insomnia_middle": "0"}
SAVED = re.compile("All changes saved")


@pytest.fixture
def begin(real_commits, tmp_path):
    give_password_as_in_life("ruth")
    with starting(real_commits, tmp_path, ECRF_MODE="demo") as begin:
        yield begin


@pytest.fixture
def browse(chromium):
    """browse(url): a page of a browser of its own."""
    contexts = []

    def open_page(url):
        context = chromium.new_context(base_url=url, locale="en-GB", timezone_id="UTC")
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def shows_all_answers(page):
    for name, answer in ANSWERS.items():
        expect(page.locator(f"input[name={name}][value='{answer}']")).to_be_checked()


@pytest.mark.long
def test_answers_survive_kill_9_of_the_web_server_between_two_of_them(begin, browse):
    server = begin(with_files=True)
    server.until_served()
    page = sign_in_by_page(browse(server.url), "ruth")
    page.goto(HAMD)
    keys(page, "32")
    expect(page.locator("#keeping")).to_have_text(SAVED)

    server.kill_9_the_web()  # the starter starts it again by itself
    keys(page, "1")
    expect(page.locator("#keeping")).to_have_text(SAVED, timeout=30_000)
    keys(page, "20")
    expect(page.locator("#keeping")).to_have_text(SAVED)
    page.reload()
    shows_all_answers(page)

    server.kill_9_the_web()
    other = browse(server.url)
    server.until_it_answers()
    sign_in_by_page(other, "ruth").goto(HAMD)  # in another browser: what was acknowledged is there
    shows_all_answers(other)


@pytest.mark.long
def test_answers_survive_kill_9_of_everything_and_a_new_start(begin, browse):
    server = begin(with_files=True)
    server.until_served()
    page = sign_in_by_page(browse(server.url), "ruth")
    page.goto(HAMD)
    keys(page, "32")
    expect(page.locator("#keeping")).to_have_text(SAVED)

    server.kill_9_everything()
    keys(page, "12")
    expect(page.locator("#keeping")).to_contain_text("No connection")
    page.keyboard.press("Enter")  # on an answer this saves the form: refused here, with a sentence
    expect(page.locator("#keeping")).to_contain_text("Nothing was saved yet")
    keys(page, "0")
    begin().until_served()
    expect(page.locator("#keeping")).to_have_text(SAVED, timeout=30_000)  # without a reload
    shows_all_answers(page)
    page.reload()
    shows_all_answers(page)
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('ecrf-'))") == []
    page.click("#save")
    page.wait_for_url(re.compile(r"CGI|JER-001/$"))
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W3")
        assert {name: str(getattr(record, name)) for name in ANSWERS} == ANSWERS
        assert not Draft.objects.exists()
