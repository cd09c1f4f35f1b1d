"""The pages people live in, in a real browser: one line of places, no sideways scroll, the hands where they begin."""

import pytest
from playwright.sync_api import expect

from crf import trial as served_trial
from crf.spec.purposes import Purpose
from tests import trial
from tests.browser.sign_in import sign_in

pytestmark = [pytest.mark.every_trial, pytest.mark.finding("F-415")]
WIDTHS = (820, 1024, 1280, 1440)
BOOK = f"/subjects/{trial.TREATED}/"
RATING = f"{BOOK}{trial.world.DONE[0][0]}/{trial.world.RATING}/"
#: The main pages, and who opens them.
PAGES = {
    "ines": (
        "/",
        "/subjects/",
        BOOK,
        "/visits/",
        "/queries/",
        "/alerts/",
        "/imports/",
        "/help/",
        f"{BOOK}audit/",
        RATING,
    ),
    "clara": ("/subjects/enrol/", f"{BOOK}visits/new/"),
    "dana": ("/study/lock/", "/drafts/"),
    "aude": ("/study/trail/", "/people/roles/"),
    "adam": ("/people/", "/sites/", "/service/"),
    "stefan": ("/reports/",),
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_the_places_stand_in_one_line_for_every_role_from_a_tablet_up(page, served):
    """Each link that is seen, and everything else in the bar, has its middle at one height."""
    crooked = []
    for person in trial.PEOPLE:
        sign_in(page, served, person).goto("/help/")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            height = page.evaluate("document.querySelector('.topbar').offsetHeight")
            if height > 60 or page.evaluate(SIDEWAYS) > 0:
                crooked.append((person, width, height, page.evaluate(SIDEWAYS)))
    assert crooked == []


def test_what_has_no_room_in_the_bar_is_one_press_away(page, served):
    page.set_viewport_size({"width": 820, "height": 900})
    sign_in(page, served, "aude").goto("/study/trail/")
    page.locator(".more summary").click()
    expect(page.locator(".more a[aria-current]")).to_have_text("Trail")
    page.locator(".more").get_by_role("link", name="Record check").click()
    page.wait_for_url("**/study/check/")


def test_at_twice_the_size_no_main_page_scrolls_sideways(page, served):
    """A laptop of 1280 pixels at 200 % shows 640 of them; a table may scroll within itself."""
    page.set_viewport_size({"width": 640, "height": 800})
    wide = []
    for person, urls in PAGES.items():
        sign_in(page, served, person)
        for url in urls:
            status = page.goto(url).status
            assert status == 200 or (url == "/imports/" and not served_trial.TRIAL.imports), url
            if page.evaluate(SIDEWAYS) > 0:
                wide.append((person, url, page.evaluate(SIDEWAYS)))
    assert wide == []


def hands_are_at(page, selector: str) -> None:
    """Wait until what `selector` names has the focus: a page that comes after a press is not there at once."""
    expect(page.locator(selector)).to_be_focused()


def test_the_hands_begin_at_the_first_question_and_after_a_refusal_at_the_trouble(page, served):
    sign_in(page, served, "clara").goto("/subjects/enrol/")
    hands_are_at(page, "[name=site]")
    page.fill("[name=screened_on]", "11/05/2026")
    page.get_by_role("button", name="Give a subject number").click()
    expect(page.locator("main")).to_contain_text("can be 11 May 2026 or 5 Nov 2026")
    hands_are_at(page, "[name=screened_on]")
    page.goto(BOOK)
    page.keyboard.press("Tab")
    hands_are_at(page, ".skip")
    page.keyboard.press("Enter")
    hands_are_at(page, "#content")


def test_a_date_is_read_back_as_every_page_shows_it_and_chosen_from_a_calendar_too(page, served):
    sign_in(page, served, "clara").goto(BOOK)
    page.get_by_role("link", name=f"Add {served_trial.serving(Purpose.ADVERSE_EVENTS).title}", exact=True).click()
    page.wait_for_url("**/LOG/**")
    hands_are_at(page, "[name=term]")
    onset = page.locator("[name=onset]")
    onset.fill("5.3.2026")
    page.keyboard.press("Tab")
    expect(onset).to_have_value("5 Mar 2026")
    onset.fill("11/05/2026")
    page.keyboard.press("Tab")
    page.get_by_text("can be 11 May 2026 or 5 Nov 2026").wait_for()
    assert onset.input_value() == "11/05/2026"
    page.evaluate(
        """() => { const calendar = document.querySelector("[name=onset]").parentElement.querySelector(".calendar");
                   calendar.value = "2026-03-09"; calendar.dispatchEvent(new Event("change")); }"""
    )
    page.keyboard.press("Tab")
    expect(onset).to_have_value("9 Mar 2026")


def test_every_anchor_of_a_scale_is_read_whole(page, served):
    done = [code for code, _ in trial.world.DONE]
    planned = served_trial.visits_of(trial.world.RATING)
    coming = planned[planned.index(done[-1]) + 1] if done[-1] in planned else planned[-1]
    sign_in(page, served, "ruth")
    for width in (820, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.goto(f"{BOOK}{coming}/{trial.world.RATING}/").status == 200
        assert page.locator(".key").count() > 10
        cut = "[...document.querySelectorAll('.key, .key span')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        assert page.evaluate(cut) == 0, width
    below = """() => { const scale = document.querySelector(".items-scale"), dock = document.querySelector("#dock");
        return scale ? scale.getBoundingClientRect().bottom - dock.getBoundingClientRect().top : 0; }"""
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(below) <= 0, "a long scale stands whole on a screen of 1440 by 900"
