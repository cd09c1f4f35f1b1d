"""Casebook, signing, verifying and locking as people meet them: what the pages show, take and refuse."""

import re
import time
from io import BytesIO

import pytest
from pypdf import PdfReader

from crf.actions import lock, sign, verify
from crf.actions.act import act
from crf.chart.signed_content import content_of
from crf.chart.standing import Standing
from crf.models import CasebookLock, Signature, Site, Verification, Visit
from crf.permissions import readable_forms
from crf.shown.casebook import Casebook
from crf.spec import dates
from tests import trial
from tests.pages.test_costs import MOST, statements
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

BOOK = "/subjects/JER-001/"


@pytest.fixture
def subject(db):
    with seeing(Site.objects.all()):
        return trial.subject("JER-001")


def as_people(deed):
    with seeing(Site.objects.all()):
        return deed()


def signed(subject):
    return as_people(
        lambda: sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))
    )


def verified(subject, visit="W1"):
    def deed():
        at = trial.visit_of(subject, visit).pk
        seen = [
            verify.Seen(fact.form, fact.record, fact.version) for fact in Standing.of(subject).facts if fact.visit == at
        ]
        return verify.verify(subject=subject, seen=seen, by=trial.person("mona"))

    return as_people(deed)


def shown_hash(response) -> str:
    return re.search(r'name="shown" value="([0-9a-f]{64})"', response.content.decode())[1]


# -- signing


@pytest.mark.req("SIG-01")
@pytest.mark.req("SIG-02")
@pytest.mark.finding("F-509")
def test_the_investigator_signs_what_the_page_shows_and_shows_again_who_it_is_for_the_next(client, subject):
    stale = sign_in(client, "ines", fresh=False).get(BOOK + "sign/")
    assert stale.headers["Location"].startswith("/accounts/reauthenticate/")
    page = sign_in(client, "ines").get(BOOK + "sign/")
    assert "I have reviewed this casebook" in text_of(page)
    for wrong in ({}, {"username": ""}, {"username": "isaac"}):  # both components for the first of a session
        client.post(BOOK + "sign/", {"shown": shown_hash(page)} | wrong)
    with seeing(Site.objects.all()):
        assert not Signature.objects.exists()
    response = client.post(BOOK + "sign/", {"shown": shown_hash(page), "username": "ines"})
    assert response.headers["Location"] == BOOK
    with seeing(Site.objects.all()):
        signature = Signature.objects.get()
    said = text_of(client.get(BOOK))
    zone = signature.signed_at.astimezone(subject.site.zone)
    assert f"Ines, Investigator, {dates.moment(zone, zone.tzinfo)}" in said
    assert signature.meaning in said.replace("&#x27;", "'")
    assert client.get(BOOK + "sign/").headers["Location"].startswith("/accounts/reauthenticate/")
    session = client.session  # the password was shown again: one component for the next one
    session["account_authentication_methods"][-1]["at"] = time.time() + 1
    session.save()
    again = client.get(BOOK + "sign/")
    assert 'name="username"' not in again.content.decode()
    assert client.post(BOOK + "sign/", {"shown": shown_hash(again)}).headers["Location"] == BOOK


@pytest.mark.req("SIG-04")
def test_a_stale_tab_signs_nothing_and_says_so(client, subject):
    page = sign_in(client, "ines").get(BOOK + "sign/")
    as_people(lambda: trial.change(subject, "W1", "VITALS", "clara", weight="71.5"))
    refused = client.post(BOOK + "sign/", {"shown": shown_hash(page), "username": "ines"})
    assert refused.status_code == 409
    assert "nothing was signed" in text_of(refused)
    assert shown_hash(refused) != shown_hash(page)
    with seeing(Site.objects.all()):
        assert not Signature.objects.exists()


@pytest.mark.parametrize("shown", ["", "x", "0" * 64, "\x00"])
def test_an_invented_hash_signs_nothing(client, subject, shown):
    assert sign_in(client, "ines").post(BOOK + "sign/", {"shown": shown, "username": "ines"}).status_code == 409


@pytest.mark.req("SIG-07")
@pytest.mark.req("SIG-10")
@pytest.mark.req("ACC-02")
def test_another_sites_investigator_gets_not_found_and_an_administrator_too(client, subject):
    for person, status in (("isaac", 404), ("adam", 404), ("clara", 403), ("dana", 403)):
        response = sign_in(client, person).post(BOOK + "sign/", {"shown": "0" * 64})
        assert response.status_code == status, person


@pytest.mark.req("SIG-05")
def test_a_change_shows_the_signature_as_revoked_and_asks_to_sign_again(client, subject):
    signed(subject)
    as_people(lambda: trial.change(subject, "W1", "VITALS", "clara", weight="71.5"))
    said = text_of(sign_in(client, "ines").get(BOOK))
    assert "Signature revoked" in said
    assert "“Vital signs and weight” at Week 1 was changed." in said
    assert "To sign again" in text_of(client.get("/"))
    signed(subject)
    assert "To sign again" not in text_of(client.get("/"))


def test_a_rater_is_not_told_what_revoked_the_signature(client, subject):
    signed(subject)
    as_people(lambda: trial.change(subject, "W1", "VITALS", "clara", weight="71.5"))
    for page in (BOOK, BOOK + "W1/HAMD/"):
        assert "Vital signs" not in text_of(sign_in(client, "ruth").get(page))


@pytest.mark.req("SIG-08")
def test_a_milestone_asks_for_a_signature_until_it_is_given(client, subject):
    assert "Casebooks to sign" not in text_of(sign_in(client, "ines").get("/"))

    def baseline_is_done():
        with act(by=trial.person("ines")):
            visit = trial.visit_of(subject, "BL")
            visit.state, visit.settled_at, visit.settled_by = Visit.State.DONE, visit.subject.randomised_at, None
            visit.save()

    as_people(baseline_is_done)
    assert "A visit after which you sign is done" in text_of(client.get("/"))
    signed(subject)
    assert "Casebooks to sign" not in text_of(client.get("/"))
    as_people(lambda: trial.fill(subject, None, "EOS", subject.site.today(), "ines"))
    assert "The study of the subject has ended" in text_of(client.get("/"))
    signed(subject)
    assert "Casebooks to sign" not in text_of(client.get("/"))


# -- verifying


def test_a_monitor_verifies_a_visit_at_once_and_finds_it_gone_from_the_work_list(client, subject):
    sign_in(client, "mona")
    assert re.search(r"JER-001 Week 1: \d+ forms", text_of(client.get("/")))
    page = client.get(BOOK + "visits/W1/verify/").content.decode()
    named = re.findall(r'name="record" value="([^"]+)"', page)
    response = client.post(BOOK + "visits/W1/verify/", {"record": named})
    assert response.headers["Location"] == BOOK
    with seeing(Site.objects.all()):
        assert Verification.objects.count() == len(named) > 1
    assert not re.search(r"JER-001 Week 1: \d+ forms", text_of(client.get("/")))
    assert "Everything here is verified" in text_of(client.get(BOOK + "visits/W1/verify/"))


def test_a_monitor_verifies_one_form_on_its_page_and_withdraws_it(client, subject):
    where = BOOK + "W1/VITALS/"
    page = sign_in(client, "mona").get(where).content.decode()
    named = re.search(r'name="record" value="([^"]+)"', page)[1]
    response = client.post(BOOK + "visits/W1/verify/", {"record": named, "back": where})
    assert response.headers["Location"] == where
    assert "Verified Mona" in text_of(client.get(where))
    assert client.post(where + "withdraw/", {"reason": "Another subject's file"}).headers["Location"] == where
    assert "Not verified" in text_of(client.get(where))


@pytest.mark.parametrize(
    "named",
    [
        [],
        ["x"],
        ["HAMD"],
        ["HAMD.1"],
        ["HAMD.x.1"],
        ["NOSUCH.1.1"],
        ["HAMD.999999.1"],
        ["HAMD.99999999999999999999999.1"],
        ["DRUGLEVEL.1.1"],
        ["\x00"],
    ],
)
def test_a_wrong_choice_verifies_nothing(client, subject, named):
    response = sign_in(client, "mona").post(BOOK + "visits/W1/verify/", {"record": named, "back": "//elsewhere"})
    assert response.status_code in (403, 409)
    with seeing(Site.objects.all()):
        assert not Verification.objects.exists()


def test_nobody_is_led_elsewhere_after_verifying(client, subject):
    page = sign_in(client, "mona").get(BOOK + "visits/W1/verify/").content.decode()
    named = re.findall(r'name="record" value="([^"]+)"', page)
    response = client.post(BOOK + "visits/W1/verify/", {"record": named, "back": "https://elsewhere.example/"})
    assert response.headers["Location"] == BOOK


# -- the casebook


def test_each_cell_tells_the_four_facts_in_words(client, subject):
    verified(subject)
    signed(subject)
    as_people(lambda: trial.change(subject, "W1", "VITALS", "clara", weight="71.5"))
    signed(subject)
    page = text_of(sign_in(client, "dana").get(BOOK))
    assert "Complete Verified Signed , not locked" in page
    assert "Complete Changed since verified Signed , not locked" in page
    assert "Complete Signed , not verified, not locked" in page
    assert 'title="Complete. Verified: Mona, ' in client.get(BOOK).content.decode()


def test_the_casebook_is_narrowed_down_by_each_fact(client, subject):
    verified(subject)
    as_people(lambda: trial.change(subject, "W1", "VITALS", "clara", weight="71.5"))
    readable = readable_forms(trial.person("dana"), subject.site_id)
    book = as_people(lambda: Casebook.of(Standing.of(subject), readable, set()))
    counts = {one.key: one.count for one in book.filters}
    assert counts["changed"] == 1
    sign_in(client, "dana")
    for key, count in counts.items():
        page = client.get(f"{BOOK}?show={key}").content.decode()
        assert f'<a href="?show={key}" aria-current="page">' in page, key
        narrowed = as_people(lambda key=key: Casebook.of(Standing.of(subject), readable, set(), show=key))
        cells = [cell for _, row in narrowed.rows for cell in row]
        cells += [row.cell for log in narrowed.logs for row in log.rows]
        assert sum(cell.is_shown for cell in cells if cell.state) == count > 0, key
    rows = client.get(f"{BOOK}?show=changed").content.decode().split("<tbody>", 1)[1].split("</tbody>")[0]
    assert rows.count('class="facts-in-cell"') == 1 and "Vital signs" in rows


@pytest.mark.parametrize("show", ["nothing", "<script>", "\x00"])
def test_an_unknown_filter_shows_everything(client, subject, show):
    response = sign_in(client, "dana").get(BOOK, {"show": show})
    assert response.status_code == 200
    assert not re.search(r"show=\w+\" aria-current", response.content.decode())


@pytest.mark.parametrize(
    ("url", "person"),
    [(BOOK, "ines"), (BOOK, "mona"), (BOOK + "?show=unsigned", "dana"), ("/subjects/", "mona"), ("/visits/", "mona")],
)
def test_the_facts_cost_no_more_statements(client, subject, url, person):
    before = len(statements(client, url, person))
    signed(subject)
    verified(subject)
    found = statements(client, url, person)
    again = url.startswith(BOOK)  # one more there: what was signed is read again and compared
    assert len(found) == before + again <= MOST, "\n".join(found)


@pytest.mark.parametrize("person", ["ines", "mona"])
def test_the_work_list_costs_the_same_with_more_to_sign_and_verify(client, subject, person):
    signed(subject)
    as_people(lambda: trial.change(subject, "W1", "VITALS", "clara", weight="71.5"))
    before = len(statements(client, "/", person))
    on = subject.site.today()
    as_people(
        lambda: [
            trial.change(subject, "W2", "VITALS", "clara", weight="71.5"),
            trial.fill(trial.subject("JER-003"), "SCR", "VITALS", on, "ines"),
        ]
    )
    assert len(statements(client, "/", person)) == before


@pytest.mark.req("SIG-01")
def test_the_printed_casebook_bears_signature_verification_and_what_revoked_it(client, subject):
    verified(subject)
    signature = signed(subject)

    def printed():
        pages = PdfReader(BytesIO(sign_in(client, "dana").get(BOOK + "casebook.pdf?purpose=Review").content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    at = signature.signed_at.astimezone(subject.site.zone)
    said = printed()
    assert f"Ines, investigator, {dates.moment(at, at.tzinfo)}" in said
    assert signature.meaning in said
    assert "VERIFICATION Verified Mona, " in said
    as_people(lambda: trial.change(subject, "W1", "VITALS", "clara", weight="71.5"))
    said = printed()
    assert "Signature revoked" in said
    assert "“Vital signs and weight” at Week 1 was changed." in said


def test_the_list_of_subjects_says_which_casebooks_are_signed_and_locked(client, subject):
    signed(subject)
    as_people(lambda: lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Review", despite=True))
    row = re.search(r"JER-001.*?</tr>", sign_in(client, "dana").get("/subjects/").content.decode(), re.S)[0]
    assert ">Signed<" in row and ">Locked<" in row


# -- the lock of a casebook


@pytest.mark.req("LCK-02")
def test_a_casebook_is_locked_despite_findings_only_when_said_so_and_the_lock_is_lifted(client, subject):
    refused = sign_in(client, "dana").post(BOOK + "lock/", {"deed": "lock", "reason": "Review of today"})
    assert refused.status_code == 409
    assert "is not signed by the investigator" in text_of(refused)
    client.post(BOOK + "lock/", {"deed": "lock", "reason": "Review of today", "despite": "on"})
    with seeing(Site.objects.all()):
        assert CasebookLock.objects.get().exceptions
    page = text_of(client.get(BOOK + "lock/"))
    assert "The casebook of JER-001 is locked" in page
    client.post(BOOK + "lock/", {"deed": "lift", "reason": "A late correction"})
    with seeing(Site.objects.all()):
        assert CasebookLock.objects.get().lifted_reason == "A late correction"


@pytest.mark.req("LCK-01")
def test_a_locked_casebook_offers_nothing_and_takes_nothing_and_says_why(client, subject):
    as_people(lambda: lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Review", despite=True))
    page = text_of(sign_in(client, "ines").get(BOOK))
    assert "This casebook is locked." in page
    for word in ("Sign the casebook", "Add a visit", "Complete visit", "Add Adverse"):
        assert word not in page
    form = client.get(BOOK + "W1/VITALS/").content.decode()
    assert 'id="save"' not in form
    typed = {"version": "1", "weight": "71.5", "reason_words": "Typing error"}
    refused = client.post(BOOK + "W1/VITALS/", typed)
    assert refused.status_code in (409, 422)
    with seeing(Site.objects.all()):
        assert trial.record_of(subject, "VITALS", "W1").version == 1
    assert "Verify" not in text_of(sign_in(client, "mona").get(BOOK))
    assert "JER-001" not in text_of(client.get("/"))


def test_visits_of_a_locked_casebook_are_not_settled(client, subject):
    as_people(lambda: lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Review", despite=True))
    response = sign_in(client, "ines").post(BOOK + "visits/D4/missed/", {"reason": "Travelling"})
    assert response.status_code == 409
    assert "casebook of this subject is locked" in text_of(response)
