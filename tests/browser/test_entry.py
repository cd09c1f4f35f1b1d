"""Entering ratings in a real browser: one key an answer, and nothing typed is ever lost."""

import re

from playwright.sync_api import expect

from crf.models import CheckFiring, Draft, Site
from tests import trial
from tests.browser.sign_in import sign_in, sign_in_by_page
from trialsite.database.wall import seeing

HAMD_KEYS = "3232222132322210022111100"  # 25 answers: 16B for 16, 18A = 2 and so 18B


def keys(page, text):
    for key in text:
        page.keyboard.press(key)


def test_a_whole_hamd_is_25_keys_and_one_more(served, page):
    sign_in(page, served, "ruth")
    page.goto("/subjects/JER-001/W3/HAMD/")
    keys(page, HAMD_KEYS)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/subjects/JER-001/(W3/CGI/)?$"))
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W3")
        assert record.is_complete
        assert record.mood == 3
        assert record.total_21 is not None


def test_answers_come_back_after_the_tab_was_closed_and_leave_no_draft_when_saved(served, page, another_page):
    sign_in(page, served, "ruth")
    page.goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "3222")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.close()
    second = sign_in(another_page(), served, "ruth")
    second.goto("/subjects/JER-001/W3/HAMD/")
    expect(second.locator("input[name=mood][value='3']")).to_be_checked()
    expect(second.locator("input[name=insomnia_early][value='2']")).to_be_checked()
    second.click("#save")
    second.wait_for_url(re.compile(r"CGI|JER-001/$"))
    with seeing(Site.objects.all()):
        assert not Draft.objects.exists()
        assert not trial.record_of(trial.subject("JER-001"), "HAMD", "W3").is_complete


def test_a_check_speaks_while_one_types_and_its_correction_goes_on_record(served, page):
    sign_in(page, served, "ruth")
    page.goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "04")
    expect(page.locator("[data-item=guilt] [data-troubles]")).to_contain_text("HAMD-01")
    page.keyboard.press("Backspace")
    keys(page, "1")
    expect(page.locator("[data-item=guilt] [data-troubles]")).to_be_empty()
    page.click("#save")
    page.wait_for_url(re.compile(r"CGI|JER-001/$"))
    with seeing(Site.objects.all()):
        firing = CheckFiring.objects.get()
        assert (firing.check_code, firing.item, firing.first_answer, firing.saved_answer) == (
            "HAMD-01",
            "guilt",
            "4",
            "1",
        )


def test_the_second_of_two_people_sees_both_versions_and_chooses(served, page, another_page):
    sign_in(page, served, "ines").goto("/subjects/JER-001/W2/VITALS/")
    other = sign_in(another_page(), served, "clara")
    other.goto("/subjects/JER-001/W2/VITALS/")
    for somebody, pulse, systolic in ((page, "80", "130"), (other, "90", "124")):
        somebody.fill("[name=pulse]", pulse)
        somebody.fill("[name=systolic]", systolic)
        somebody.select_option("[name=reason_choice]", "Typing error")
    page.click("#save")
    page.wait_for_url(lambda url: "W2/VITALS" not in url)
    other.click("#save")
    expect(other.locator("h1")).to_contain_text("Two versions")
    other.check("[name='choose.pulse'][value=mine]")
    other.select_option("[name=reason_choice]", "Typing error")
    other.click("text=Save what I chose")
    other.wait_for_url(lambda url: "settle" not in url and "W2/VITALS" not in url)
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "VITALS", "W2")
        assert (record.pulse, record.systolic, record.version) == (90, 130, 3)


def test_answers_typed_while_the_network_is_away_are_kept_when_it_is_back(served, page, another_page):
    sign_in(page, served, "ruth")
    page.goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "32")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.context.set_offline(True)
    keys(page, "12")
    expect(page.locator("#keeping")).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.close()
    second = sign_in(another_page(), served, "ruth")
    second.goto("/subjects/JER-001/W3/HAMD/")
    for name, answer in (("mood", "3"), ("guilt", "2"), ("suicide", "1"), ("insomnia_early", "2")):
        expect(second.locator(f"input[name={name}][value='{answer}']")).to_be_checked()


def test_an_answer_reaches_the_server_although_the_tab_is_closed_at_once(served, page, another_page):
    sign_in(page, served, "ruth")
    page.goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "3")
    page.close(run_before_unload=True)
    second = sign_in(another_page(), served, "ruth")
    second.goto("/subjects/JER-001/W3/HAMD/")
    expect(second.locator("input[name=mood][value='3']")).to_be_checked()


def test_answers_typed_after_the_session_ended_are_kept_once_the_person_is_back(served, page):
    sign_in(page, served, "ruth")
    page.goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "3")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.context.clear_cookies()
    keys(page, "2")
    expect(page.locator("#keeping")).to_contain_text("signed out")
    expect(page.locator("input[name=guilt][value='2']")).to_be_checked()
    sign_in(page, served, "ruth")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"), timeout=20_000)
    with seeing(Site.objects.all()):
        assert Draft.objects.get().answers["guilt"] == "2"


def test_after_the_session_ended_one_signs_in_beside_the_page_and_goes_on_where_one_was(served, page):
    sign_in_by_page(page, "ruth").goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "32")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.context.clear_cookies()
    keys(page, "1")
    expect(page.locator("#keeping")).to_contain_text("signed out")
    page.keyboard.press("Enter")
    expect(page.locator("#keeping")).to_contain_text("Nothing was saved yet")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    sign_in_by_page(opened.value, "ruth")
    opened.value.close()
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"), timeout=20_000)
    expect(page.locator("[name=insomnia_early]:focus")).to_be_attached()  # the next answer
    keys(page, "2")
    page.click("#save")
    page.wait_for_url(re.compile(r"CGI|JER-001/$"))
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W3")
        assert (record.mood, record.guilt, record.suicide, record.insomnia_early) == (3, 2, 1, 2)


def test_a_page_asked_for_after_the_session_ended_comes_after_signing_in_with_the_answers(served, page):
    sign_in_by_page(page, "ruth").goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "32")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.context.clear_cookies()
    sign_in_by_page(page, "ruth", url="/subjects/JER-001/W3/HAMD/")
    assert page.url.endswith("/subjects/JER-001/W3/HAMD/")
    expect(page.locator("input[name=mood][value='3']")).to_be_checked()
    expect(page.locator("input[name=guilt][value='2']")).to_be_checked()


def test_the_start_of_a_rating_stays_when_the_tab_is_closed_and_opened_later(served, page, another_page):
    sign_in(page, served, "ruth").goto("/subjects/JER-001/W3/HAMD/")
    started = page.input_value("[name=started]")
    keys(page, "3")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.close()
    with seeing(Site.objects.all()):
        draft = Draft.objects.get()
        assert draft.answers["started"] == started
        Draft.objects.update(answers=draft.answers | {"started": "00:07"})
    later = sign_in(another_page(), served, "ruth")
    later.goto("/subjects/JER-001/W3/HAMD/")
    assert later.input_value("[name=started]") == "00:07"


def test_saving_at_once_after_the_last_answer_loses_nothing(served, page):
    """The answer is still on its way when Enter is pressed: first it is kept, then the form is saved, once."""
    sign_in(page, served, "ruth").goto("/subjects/JER-001/W3/HAMD/")
    page.route("**/draft/", lambda route: (page.wait_for_timeout(300), route.continue_()))
    keys(page, "321")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"CGI|JER-001/$"))
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W3")
        assert (record.mood, record.guilt, record.suicide, record.version) == (3, 2, 1, 1)
        assert not Draft.objects.exists()


def test_two_browsers_of_one_person_add_to_one_draft_and_the_second_save_shows_both_versions(
    served, page, another_page
):
    sign_in(page, served, "ruth").goto("/subjects/JER-001/W3/HAMD/")
    other = sign_in(another_page(), served, "ruth")
    other.goto("/subjects/JER-001/W3/HAMD/")
    keys(page, "3")
    expect(page.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    keys(other, "1")
    expect(other.locator("#keeping")).to_have_text(re.compile("All changes saved"))
    page.click("#save")
    page.wait_for_url(re.compile(r"CGI|JER-001/$"))
    other.click("#save")
    expect(other.locator("h1")).to_contain_text("Two versions")
    with seeing(Site.objects.all()):
        assert trial.record_of(trial.subject("JER-001"), "HAMD", "W3").mood == 3
