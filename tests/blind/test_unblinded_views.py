"""What the two unblinded statisticians see of the closed list: they alone, on record, and not more than they need."""

import hashlib
import re

import pytest
from django.core import mail

from crf import trial as served
from crf.actions import outbox, randomise, watch_list
from crf.allocation import hatch, refusals, sealing
from crf.models import AuditEntry, ExportLog, Site
from crf.refusals import NotAllowed
from tests import sealed_room, trial
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.every_trial, pytest.mark.finding("F-605")]
WORDS = [word for arm in served.ARMS for word in (arm.code, arm.label)]
REASON = "Monthly review of the list"


def arms_of_the_given(owner, settings) -> dict[int, str]:
    """The truth, as only who owns room and key can read it."""
    key = sealing.read_key(settings.ARM_KEY_FILE)
    rows = sealed_room.as_sealed(
        owner,
        "SELECT stratum, sequence, kit, leaf, nonce, sealed, subject_id FROM sealed.slot WHERE subject_id IS NOT NULL",
    )
    return {row[-1]: sealing.unseal(sealing.Sealed(*row[:-1]), key)[0].arm for row in rows}


def arms_named_in(text: str) -> list[str]:
    """Names of arms in a page, but for what the declaration says to everybody: of the trial, its visits and forms."""
    open_words = [served.STUDY_ID, served.TITLE, served.DESIGN, *(form.title for form in served.FORMS)]
    open_words += [one.label for one in (*served.VISITS, *served.EPOCHS)]
    for words in sorted(open_words, key=len, reverse=True):
        text = text.replace(words, "")
    return [text[max(found.start() - 40, 0) : found.end() + 40] for found in re.finditer(_NAMES, text)]


_NAMES = "|".join(rf"\b{re.escape(word)}\b" for word in WORDS)


@pytest.mark.req("RND-11")
def test_the_randomisation_statistician_sees_balance_and_use_and_every_look_is_on_record(
    client, real_commits, owner, settings
):
    assert sign_in(client, "rolf").get("/").headers["Location"] == "/list/"
    before = text_of(client.get("/list/"))
    assert randomise.commitment() in before and "Given" not in before
    assert client.post("/list/", {"reason": " "}).status_code == 200
    page = text_of(client.post("/list/", {"reason": REASON}))
    assert "UNBLINDED" in page and served.ARMS[0].called in page
    with seeing(Site.objects.all()):
        found = {use.stratum: use for use in watch_list.balance(by=trial.person("rolf"), reason=REASON)}
        truth = arms_of_the_given(owner, settings)
        given = [sum(use.given[place] for use in found.values()) for place, _ in enumerate(served.ARMS)]
        assert given == [list(truth.values()).count(arm.code) for arm in served.ARMS]
        assert {use.places for use in found.values()} == {served.ALLOCATION.places} and sum(given) == 2
        told = AuditEntry.objects.filter(table="sealed.viewed")
        assert {(row.chain, row.actor_name, row.reason) for row in told} == {("apart", "rolf", REASON)}
        assert told.count() == 2
    assert REASON not in text_of(sign_in(client, "aude").get("/study/trail/"))


@pytest.mark.req("BLI-02")
def test_nobody_else_looks_at_the_closed_list_neither_by_the_deed_nor_by_the_database(db):
    for name in set(trial.PEOPLE) - {"rolf"}:
        with pytest.raises(NotAllowed):
            watch_list.balance(by=trial.person(name), reason=REASON)
    for look, allowed in ((hatch.balance, "rolf"), (hatch.monitoring_groups, "ursula")):
        for name in {"ines", "stefan", "sofia", "rolf", "ursula"} - {allowed}:
            with pytest.raises(refusals.NotTheirs):
                look(by=trial.person(name).pk, reason=REASON)


@pytest.mark.req("RND-11")
def test_four_places_of_five_are_told_of_once(room, owner, settings):
    sealed_room.fill(owner, settings.ARM_KEY_FILE, length=20, replace=True)
    for subject in range(1, 16):
        hatch.allocate(subject_id=subject, stratum=sealed_room.STRATA[0], by=1)
    assert not hatch.is_nearly_used(sealed_room.STRATA[0])
    hatch.allocate(subject_id=16, stratum=sealed_room.STRATA[0], by=1)
    assert hatch.is_nearly_used(sealed_room.STRATA[0]) and not hatch.is_nearly_used(sealed_room.STRATA[1])


@pytest.mark.req("RND-11")
def test_the_randomisation_that_reaches_four_fifths_mails_the_randomisation_statistician(db, monkeypatch):
    answers = iter((False, True))
    monkeypatch.setattr(hatch, "is_nearly_used", lambda stratum: next(answers))
    with seeing(Site.objects.all()):
        randomise.randomise(subject=trial.subject(trial.READY), by=trial.person("ines"))
    outbox.send_due(most=1000)
    (sent,) = (one for one in mail.outbox if "allocation list" in one.subject)
    assert sent.to == ["rolf@example.org"] and trial.READY not in sent.body and arms_named_in(sent.body) == []


def test_the_closed_report_is_by_letters_that_stay_for_who_shows_again_who_it_is_and_says_for_which_meeting(
    client, real_commits, owner, settings
):
    closed, meeting = "/reports/monitoring_closed/", "Second meeting"
    assert sign_in(client, "ursula").get("/").headers["Location"] == "/reports/"
    assert "Group A" not in text_of(client.get(closed))
    client.post(closed, {"reason": meeting})
    page = text_of(client.get(closed))
    assert "UNBLINDED" in page and "Retention by group" in page and "Group A" in page
    assert arms_named_in(page) == []
    file = client.get(closed + "csv/")
    assert "unblinded" in file.headers["Content-Disposition"].lower()
    open_one = text_of(client.get("/reports/monitoring_open/"))
    assert "Group" not in open_one and "Enrolment" in open_one
    with seeing(Site.objects.all()):
        letters = hatch.monitoring_groups(by=trial.person("ursula").pk, reason=meeting)
        truth = arms_of_the_given(owner, settings)
        assert letters.keys() == truth.keys()
        assert len({(letters[pk], truth[pk]) for pk in truth}) == len(set(truth.values())) == len(set(letters.values()))
        assert letters == hatch.monitoring_groups(by=trial.person("ursula").pk, reason=meeting)
        looks = AuditEntry.objects.filter(table="sealed.viewed", actor_name="ursula", chain="apart")
        assert looks.count() == 4
        logged = ExportLog.objects.filter(is_unblinded=True, purpose=meeting)
        assert {one.format for one in logged} == {"page", "csv"}
    # Blinded people read the log: a bare hash could be compared with the file of each way to deal the groups.
    assert logged.get(format="csv").sha256 != hashlib.sha256(file.content).hexdigest()
    (number,) = re.findall(r'filename="([0-9a-f]{32})_', file.headers["Content-Disposition"])
    assert logged.get(format="csv").sha256 == hashlib.sha256(number.encode() + file.content).hexdigest()


def test_the_letters_follow_from_the_key_alone():
    arms = [f"ARM{number}" for number in range(6)]
    letters = sealing.letters_of(arms, b"k" * 32)
    assert sorted(letters.values()) == list("ABCDEF") and letters == sealing.letters_of(arms[::-1], b"k" * 32)
    assert len({tuple(sealing.letters_of(arms[:2], bytes([key]) * 32).items()) for key in range(20)}) > 1
