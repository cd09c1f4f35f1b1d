"""In a real browser: two tabs of one form, a slip that hides answers, a lost session, a lock; nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from crf.actions import lock, queries
from crf.models import Draft, Query, Site
from tests import trial
from tests.browser.sign_in import sign_in, sign_in_by_page
from trialsite.database.wall import seeing

KEPT = re.compile("All changes saved")
BDI, AE = "/subjects/JER-001/W3/BDI/", "/subjects/JER-001/LOG/AE/1/"


@pytest.mark.finding("F-403")
@pytest.mark.finding("F-407")
@pytest.mark.finding("F-416")
def test_two_tabs_of_one_form_are_saved_together_what_lacks_is_named_and_a_lock_is_said(served, page):
    sign_in(page, served, "ines").goto(BDI)
    other = page.context.new_page()
    other.goto(BDI)
    for number in range(1, 11):
        page.locator(f"input[name=item_{number}]").first.check()
    expect(page.locator("#keeping")).to_have_text(KEPT)
    for number in (11, 12):
        other.locator(f"input[name=item_{number}]").nth(1).check()
    expect(other.locator("#keeping")).to_have_text(KEPT)
    other.click("button[value=stay]")
    expect(other.locator(".note", has_text="Saved with what you typed on another page")).to_be_visible()
    lacking = other.locator(".note", has_text="answers are missing").locator("a")
    expect(other.locator("#left")).to_have_text(f"{lacking.count()} missing")
    first = lacking.first.get_attribute("href").partition("#item-")[2]
    expect(other.locator(f".item[data-item={first}] :focus")).to_be_attached()
    lacking.last.click()
    last = lacking.last.get_attribute("href").partition("#item-")[2]
    expect(other.locator(f"#item-{last}")).to_be_in_viewport()
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "BDI", "W3")
        assert [record.values()[f"item_{number}"] for number in (1, 10, 11, 12)] == [0, 0, 1, 1]
        lock.lock_casebook(subject=record.subject, by=trial.person("dana"), reason="Clean", despite=True)
    other.locator("input[name=item_13]").first.check()
    expect(other.locator("#keeping")).to_contain_text("frozen or locked")
    expect(other.locator("#save")).to_be_disabled()
    expect(other.locator("input[name=item_13]").first).to_be_checked()


@pytest.mark.finding("F-404")
@pytest.mark.finding("F-405")
@pytest.mark.finding("F-408")
def test_a_slip_wipes_nothing_and_a_box_outlasts_its_session(served, page):
    sign_in(page, served, "ines").goto(AE)
    page.check("input[name=serious][value=Y]")
    page.fill("[name=narrative]", "Fell on the stairs.\nX-ray without a finding.")
    page.check("input[name=serious][value=N]")
    expect(page.locator("[name=narrative]")).to_be_hidden()
    expect(page.locator("#keeping")).to_have_text(KEPT)
    page.check("input[name=serious][value=Y]")
    expect(page.locator("[name=narrative]")).to_have_value("Fell on the stairs.\nX-ray without a finding.")
    page.check("input[name=serious][value=N]")
    expect(page.locator("#keeping")).to_have_text(KEPT)
    with seeing(Site.objects.all()):
        assert Draft.objects.get(form="AE").answers["narrative"].startswith("Fell")
        rating = trial.record_of(trial.subject("JER-001"), "HAMD", "W2")
        asked = queries.ask(record=rating, item="mood", text="Is this the worst?", by=trial.person("mona"))
    page.goto("/subjects/JER-001/W3/HAMD/")
    assert page.input_value("[name=started]")
    page.fill("[name=rated_on]", "1 Jan 2026")
    assert page.input_value("[name=started]") == "", "the clock of now is not that of another day"
    page.goto(f"/queries/{asked.pk}/")
    page.fill("textarea[name=text]", "Compared with the source: it is right.")
    page.context.clear_cookies()
    page.click("button:has-text('Answer')")
    sign_in_by_page(page, "ines", url=page.url)
    expect(page.locator("textarea[name=text]")).to_have_value("Compared with the source: it is right.")
    expect(page.locator(".note", has_text="still there")).to_be_visible()
    page.click("button:has-text('Answer')")
    expect(page.locator("h1")).to_contain_text("Answered")
    with seeing(Site.objects.all()):
        assert Query.objects.get(pk=asked.pk).answer == "Compared with the source: it is right."
    page.goto("/")
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('ecrf-box')).length") == 0
