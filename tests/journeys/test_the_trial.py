"""The trial as people walk through it, in a real browser: from the first screening to the unblinded report."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from crf import trial as declared
from crf.models import RECORDS, Site
from crf.rehearsal.typical import typical
from crf.spec import dates
from tests import trial
from trialsite.database.wall import seeing

#: Sets what a person would choose, and lets the page's own script see each change.
CHOOSE = """answers => {
  const form = document.getElementById("entry");
  for (const [name, value] of Object.entries(answers)) {
    const fields = [...form.querySelectorAll(`[name="${name}"]`)];
    if (!fields.length) throw new Error(`no field ${name}`);
    const radio = fields.find(field => field.type === "radio" && field.value === value);
    if (radio) radio.checked = true; else fields[0].value = value;
    (radio || fields[0]).dispatchEvent(new Event("input", {bubbles: true}));
  }
}"""


def sign_in(page, username: str):
    """By the sign-in page, with name and password, as people do."""
    page.goto("/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", trial.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    return page


def go(page, address: str):
    """Open a page; where it asks again who one is, show it by the password."""
    page.goto(address, wait_until="domcontentloaded")
    if "/accounts/reauthenticate/" in page.url:
        page.fill("main input[name=password]", trial.PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/" not in url)


def enter(page, number: str, visit: str, code: str, on, row: int = 1, **given):
    """Fill a form in and save it; the page goes on to the next form that is due, or back to the casebook."""
    address = f"/subjects/{number}/{visit}/{code}/" + (f"{row}/" if row > 1 else "")
    if not page.url.endswith(address):
        page.goto(address, wait_until="domcontentloaded")
    page.evaluate(CHOOSE, typical(declared.form(code), visit, on, **given))
    page.click("#save")
    page.wait_for_url(lambda url: not url.endswith(address), wait_until="domcontentloaded")


def all_forms(page, number, visit, on, **stories):
    for cell in declared.planned_at(visit):
        if cell.required and cell.when is None:
            enter(page, number, visit, cell.form, on, **stories.get(cell.form, {}))


@pytest.fixture
def today(real_commits):
    return Site.objects.get(code="JER").today()


@pytest.mark.long
def test_a_subject_is_screened_randomised_dosed_and_seen_in_week_1(served, page, today):
    sign_in(page, "ines")
    page.goto("/subjects/enrol/")
    page.fill("[name=screened_on]", (today - timedelta(days=12)).isoformat())
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/subjects/JER-\d+/$"))
    number = page.url.rstrip("/").rsplit("/", 1)[1]

    screening, baseline = today - timedelta(days=12), today - timedelta(days=7)
    all_forms(page, number, "SCR", screening, HAMD=trial.hamd_of(26))
    enter(page, number, "SCR", "ADTRIAL", screening, row=2)
    all_forms(page, number, "BL", baseline, HAMD=trial.hamd_of(25))

    page.goto(f"/subjects/{number}/randomise/")
    expect(page.locator("main")).to_contain_text("attested")
    expect(page.locator("main button[type=submit]")).to_have_count(0)
    go(page, f"/subjects/{number}/attest/")
    page.click("main button[type=submit]")
    page.goto(f"/subjects/{number}/randomise/")
    page.click("main button[type=submit]")
    kit = page.locator(".kit").first.inner_text()
    assert re.fullmatch(r"\d{5}", kit)
    page.go_back()
    page.goto(f"/subjects/{number}/randomise/")
    expect(page.locator("main")).to_contain_text(kit)

    page.goto(f"/subjects/{number}/BL/DOSING/")
    expect(page.locator(".proposal")).to_contain_text("250 mg")
    enter(page, number, "BL", "DOSING", baseline)
    enter(page, number, "BL", "DISPENSE", baseline, kit=kit)
    enter(page, number, "BL", "FIRSTDOSE", baseline)

    four = baseline + timedelta(days=3)
    enter(page, number, "D4", "CONTACT", four)
    page.goto(f"/subjects/{number}/D4/DOSING/")
    enter(page, number, "D4", "DOSING", four, decision="STEP_UP", prescribed_mg="500")
    page.goto(f"/subjects/{number}/W1/DOSING/")
    page.evaluate(CHOOSE, typical(declared.form("DOSING"), "W1", today, decision="STEP_UP", prescribed_mg="1000"))
    page.click("#save")
    expect(page.locator("main [role=alert]")).to_contain_text("one step up is 750 mg")
    expect(page.locator("[name=prescribed_mg][value='1000']")).to_be_checked()

    for code in ("BDI", "HAMD", "CGI", "VITALS", "CAPSULES"):
        enter(page, number, "W1", code, today, **(trial.hamd_of(21) if code == "HAMD" else {}))
    page.goto(f"/subjects/{number}/")
    expect(page.locator(".subject-header")).to_contain_text("500 mg/d")
    page.goto(f"/subjects/{number}/W1/HAMD/")
    expect(page.locator(".scores")).to_contain_text("21")
    with seeing(Site.objects.all()):
        assert trial.subject(number).kit == kit
        assert RECORDS["HAMD"].objects.get(subject__number=number, visit__code="W1").total_21 == 21
        opened = [one.description for one in RECORDS["DEVIATION"].objects.filter(subject__number=number)]
    # The test cannot turn the clock back: baseline is dated a week ago, and randomised today. Nothing else deviates.
    decision = "Dosing decision (prescribed)"
    early = [(what, baseline) for what in ("Dispensing", decision, "First dose (taken)")] + [(decision, four)]
    assert sorted(opened) == sorted(
        f"{what} is of {dates.day(on)}; randomised on {dates.day(today)}." for what, on in early
    )


def test_the_blinded_report_is_downloaded_and_the_unblinded_one_after_lock_and_opening(served, page, another_page):
    statistician = sign_in(page, "stefan")
    statistician.goto("/reports/blinded/")
    expect(statistician.locator("h1")).to_contain_text("linded")
    with statistician.expect_download() as download:
        statistician.locator("a[href*='/reports/blinded/pdf']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    statistician.goto("/reports/final/")
    expect(statistician.locator("main")).to_contain_text("lock")

    manager = sign_in(another_page(), "dana")
    go(manager, "/study/lock/")
    manager.fill("[name=reason]", "Blind data review of today")
    manager.check("[name=despite]")
    manager.click("main button[type=submit]")
    expect(manager.locator("main")).to_contain_text("second person")
    physician = sign_in(another_page(), "mark")
    go(physician, "/study/lock/")
    physician.click("main button[value=consent]")
    expect(physician.locator("main")).to_contain_text("is locked")
    for somebody in (physician, statistician):
        go(somebody, "/reports/opening/")
        somebody.fill("[name=reason]", "Locked and reviewed")
        somebody.click("main form[method=post] button[type=submit]")
        expect(somebody.locator("main")).to_contain_text(re.compile("on record|is open"))
    go(statistician, "/reports/final/")
    statistician.fill("main [name=reason]", "The final analysis")
    statistician.click("main button[type=submit]")
    expect(statistician.locator(".unblinded-word")).to_have_text("UNBLINDED")
