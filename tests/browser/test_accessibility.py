"""No page has a violation that axe finds (WCAG 2.2 AA), light or dark, and none leans on the mouse."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from crf.models import Site
from tests import trial
from tests.browser.sign_in import sign_in
from trialsite.database.wall import seeing

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # what passes is not written down: half the time
}
#: What a dark page can have that a light one has not.
OF_COLOURS = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
TO_ANYBODY = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"]
TO_INES = [
    "/",
    "/subjects/",
    "/subjects/?q=nobody",
    "/subjects/enrol/",
    "/subjects/JER-001/",
    "/subjects/JER-002/",
    "/subjects/JER-003/",
    "/subjects/JER-004/",
    "/subjects/JER-003/screen-failure/",
    "/subjects/JER-002/randomise/",
    "/subjects/JER-003/randomise/",
    "/subjects/JER-001/randomise/",
    "/subjects/JER-001/audit/",
    "/subjects/JER-001/visits/new/",
    "/subjects/JER-001/visits/W1/complete/",
    "/subjects/JER-001/visits/D4/missed/",
    "/subjects/JER-001/visits/D4/undo/",
    "/subjects/JER-001/W1/HAMD/void/",
    "/subjects/JER-001/W1/HAMD/move/",
    "/subjects/JER-003/annul/",
    "/visits/",
    "/dashboard/",
    "/visits/?state=overdue&sort=overdue",
    "/visits/?stage=failed&marks=queries",
    "/subjects/?q=JER-0",
    "/queries/",
    "/alerts/",
    "/alerts/?show=all",
    "/nowhere/",
    "/study/lock/",
    "/subjects/JER-001/W1/HAMD/",
    "/subjects/JER-001/W3/BDI/",
    "/subjects/JER-001/LOG/AE/2/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
]
TO_OTHERS = [
    ("ruth", "/"),
    ("ruth", "/subjects/JER-001/"),
    ("mona", "/subjects/JER-001/W1/HAMD/"),
    ("stefan", "/reports/"),
    ("stefan", "/reports/blinded/"),
    ("sven", "/supply/"),
    ("adam", "/people/"),
    ("adam", "/people/account/ines/"),
    ("adam", "/people/roles/"),
    ("adam", "/people/review/"),
    ("adam", "/people/sign-ins/"),
    ("adam", "/sites/"),
    ("dana", "/exports/"),
    ("dana", "/dashboard/"),
    ("dana", "/drafts/"),
    ("dana", "/imports/"),
    ("dana", "/limits/"),
    ("dana", "/limits/new/"),
    ("dana", "/imports/limits-of-normal/"),
    ("clara", "/imports/glycine-results/"),
    ("clara", "/subjects/JER-001/W3/LAB/"),
    ("clara", "/subjects/JER-001/W3/LAB/panel/"),
    ("sofia", "/levels/"),
    ("sofia", "/levels/JER-001/1/"),
    ("sofia", "/imports/drug-levels/"),
]
FRESH = ["/subjects/JER-002/attest/", "/subjects/JER-001/code-break/", "/accounts/2fa/totp/activate/"]


def violations(page, url: str) -> list[str]:
    """What axe finds on the page, a line each; [] when the page is as it should be."""
    page.goto(url)
    return found_on(page, url)


#: What the foot of an entry page covers of the questions is uncovered by scrolling; axe takes it for too small.
UNSTUCK = "for (const foot of document.querySelectorAll('.dock')) foot.style.position = 'static'"


def found_on(page, url: str) -> list[str]:
    page.evaluate(UNSTUCK)
    found = Axe().run(page, options=RULES).response["violations"]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # colours change at once, not in a transition
    found += page.evaluate("options => axe.run(document, options)", OF_COLOURS)["violations"]  # axe is there by now
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return [f"{url}: {one['id']}: {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("part", [0, 1])
def test_no_page_of_an_investigator_has_a_violation(served, page, part):
    sign_in(page, served, "ines")
    found = [line for url in TO_INES[part::2] for line in violations(page, url)]
    assert not found, "\n".join(found)


@pytest.mark.long
def test_no_page_of_others_has_a_violation(served, page):
    found = [line for url in TO_ANYBODY for line in violations(page, url)]
    for person, url in TO_OTHERS:
        found += violations(sign_in(page, served, person), url)
    assert not found, "\n".join(found)


def test_no_page_behind_a_fresh_sign_in_has_a_violation(served, page):
    sign_in(page, served, "ines")
    page.goto("/accounts/reauthenticate/")
    page.get_by_label("Password").fill(trial.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    found = [line for url in FRESH for line in violations(page, url)]
    page.goto("/subjects/JER-001/code-break/")
    page.get_by_label("Why must the arm be known now?").fill("Found unconscious at home")
    page.get_by_role("button", name="Put the request on record").click()
    found += found_on(page, "reveal")
    page.get_by_role("button", name="Show the arm of JER-001").click()
    found += found_on(page, "revealed")
    assert not found, "\n".join(found)


def test_queries_and_alerts_have_no_violation(served, page):
    from tests.pages.conftest import fill_everything

    with seeing(Site.objects.all()):
        made = fill_everything()
    sign_in(page, served, "ines")
    found = [
        line
        for url in (
            "/",
            "/queries/",
            f"/queries/{made.query}/",
            "/alerts/",
            f"/alerts/{made.alert}/",
            "/subjects/JER-001/",
        )
        for line in violations(page, url)
    ]
    sign_in(page, served, "mona")
    found += violations(page, f"/queries/ask/HAMD/{made.record}/")
    assert not found, "\n".join(found)


@pytest.mark.long
def test_the_four_facts_have_no_violation_in_any_state(served, page):
    def fresh(person):
        sign_in(page, served, person)
        page.goto("/accounts/reauthenticate/")
        page.get_by_label("Password").fill(trial.PASSWORD)
        page.get_by_role("button", name="Go on").click()

    book = "/subjects/JER-001/"
    fresh("ines")
    found = violations(page, book + "sign/")
    page.get_by_role("button", name="Sign the casebook").click()
    found += violations(page, book) + violations(page, book + "?show=unverified")
    sign_in(page, served, "mona")
    found += violations(page, book + "visits/W1/verify/")
    page.get_by_role("button", name="Verified against the source").click()
    with seeing(Site.objects.all()):
        trial.change(trial.subject("JER-001"), "W1", "VITALS", "clara", weight="71.5")
    for url in ("", "?show=changed", "visits/W1/verify/", "visits/LOG/verify/", "W1/VITALS/", "W1/VITALS/withdraw/"):
        found += violations(page, book + url)
    found += violations(page, "/")
    fresh("dana")
    found += violations(page, book + "lock/")
    page.get_by_label("On what ground?").fill("Review of today")
    page.get_by_label("Lock although this is open").check()
    page.get_by_role("button", name="Lock the casebook").click()
    found += violations(page, book) + violations(page, book + "lock/") + violations(page, "/subjects/")
    assert not found, "\n".join(found)


def test_a_page_fits_a_tablet(served, another_page):
    page = sign_in(another_page(viewport={"width": 768, "height": 1024}), served, "ines")
    for url in ("/", "/subjects/", "/subjects/JER-001/", "/visits/", "/subjects/JER-002/randomise/"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= 768, url


def test_the_keyboard_alone_leads_past_the_menu(served, page):
    sign_in(page, served, "ines")
    page.goto("/subjects/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main :focus")).to_be_attached()
