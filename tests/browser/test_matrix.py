"""The matrix in a real browser: pages turned by key, filters kept, head and subjects in view while it scrolls."""

from playwright.sync_api import expect

from tests.browser.sign_in import sign_in


def test_keys_turn_the_pages_of_the_matrix_and_keep_the_filter(served, page, monkeypatch):
    monkeypatch.setattr("crf.views.visits.A_MATRIX_PAGE", 2)
    sign_in(page, served, "ines")
    page.goto("/visits/?site=JER&sort=-number")
    rows = page.locator("#rows")
    rows.focus()
    page.keyboard.press("n")
    page.wait_for_url("**/visits/?site=JER&sort=-number&page=2#rows")
    expect(rows.get_by_role("rowheader").first).to_contain_text("JER-002")
    expect(rows).to_be_focused()  # so that the key turns the next page too
    page.keyboard.press("P")
    page.wait_for_url("**page=1#rows")
    page.get_by_label("Number", exact=True).press_sequentially("n")
    page.wait_for_timeout(200)
    assert "page=1" in page.url  # a letter typed in a field stays a letter


def test_the_head_and_the_subjects_stay_in_view_while_the_matrix_scrolls(served, another_page):
    page = sign_in(another_page(viewport={"width": 820, "height": 500}), served, "mona")
    page.goto("/visits/")
    rows = page.locator("#rows")
    rows.evaluate("box => { box.scrollTo(300, 60); }")
    assert rows.evaluate("box => box.scrollLeft > 0")
    box = rows.bounding_box()
    head, subject = rows.locator("thead th").nth(3).bounding_box(), rows.locator("tbody th").last.bounding_box()
    assert abs(head["y"] - box["y"]) <= 2
    assert abs(subject["x"] - box["x"]) <= 2


def test_a_number_typed_on_any_page_opens_the_casebook(served, page):
    sign_in(page, served, "ines")
    page.goto("/queries/")
    page.get_by_label("Subject number").fill("3")
    page.keyboard.press("Enter")
    page.wait_for_url("**/subjects/JER-003/")
    page.get_by_label("Subject number").fill("77")
    page.keyboard.press("Enter")
    page.get_by_text("No subject at your sites has the number “77”.").wait_for()
