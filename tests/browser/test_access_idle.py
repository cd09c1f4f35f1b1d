"""Idle time in a real browser: the note before the session ends, staying, and leaving the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.sign_in import sign_in

NOTE = "You will be signed out within two minutes"


@pytest.mark.req("SEC-05")
def test_a_note_warns_after_thirteen_minutes_and_the_page_is_left_after_fifteen(served, page):
    page.clock.install()
    sign_in(page, served, "clara").goto("/subjects/JER-001/")
    page.clock.run_for("12:50")
    expect(page.get_by_text(NOTE)).to_have_count(0)
    page.clock.run_for("00:20")
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_text(NOTE)).to_have_count(0)
    page.clock.run_for("13:10")
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.context.clear_cookies()
    page.clock.run_for("02:00")
    page.wait_for_url(re.compile(r"/accounts/login/\?next=%2Fsubjects%2FJER-001%2F"))


@pytest.mark.req("SEC-05")
def test_work_in_another_tab_counts(served, page):
    sign_in(page, served, "clara").goto("/subjects/")
    page.clock.install()
    page.goto("/subjects/")
    page.clock.run_for("10:00")
    page.evaluate("localStorage.setItem('ecrf-seen', String(Date.now()))")  # as the other tab does
    page.clock.run_for("05:00")
    expect(page.get_by_text(NOTE)).to_have_count(0)
    page.clock.run_for("08:30")
    expect(page.get_by_text(NOTE)).to_be_visible()


def test_no_page_of_the_administrator_has_a_violation(served, another_page):
    from tests import trial
    from tests.browser.test_accessibility import violations

    held = trial.person("clara").roles_held.get().pk
    people = "/people/account/clara/"
    urls = [
        "/people/",
        "/people/?q=nobody",
        "/people/new/",
        people,
        f"{people}correct/",
        f"{people}state/",
        f"{people}link/",
        f"{people}roles/new/",
        f"/people/roles/{held}/end/",
        "/people/roles/",
        "/people/review/",
        "/people/sign-ins/",
        "/sites/",
        "/sites/JER/",
    ]
    page = sign_in(another_page(), served, "adam")
    found = [line for url in urls for line in violations(page, url)]
    sign_in(page, served, "dana")
    found += [line for url in ("/drafts/", "/exports/") for line in violations(page, url)]
    assert not found, "\n".join(found)
