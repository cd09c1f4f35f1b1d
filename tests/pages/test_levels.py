"""Drug levels: the safety officer has a list and an entry page; to everybody else nothing of it exists (BLI-08)."""

import json
import re
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone
from scipy.stats import binomtest

from crf import trial as served
from crf.actions import level_messages, lock
from crf.allocation import declared, schedule, shams
from crf.models import RECORDS, AuditEntry, Draft, LevelMessage, Mail, Query, Site
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from crf.rehearsal.typical import typical
from crf.trials.dcs_trd.forms.drug_level import DrugLevel
from tests import trial
from trialsite.database.wall import seeing

LEVELS = RECORDS["DRUGLEVEL"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("BLI-08")]


@pytest.fixture
def sofia(client, db):
    client.force_login(trial.person("sofia"))
    return client


def look():
    return seeing(Site.objects.all())


def answers(**given) -> dict[str, str]:
    with look():
        return typical(DrugLevel, None, trial.subject("JER-001").site.today(), **given)


def test_a_sample_is_wanted_then_entered(sofia):
    assert sofia.get("/").headers["Location"] == "/safety/"
    assert sofia.post("/levels/", {"number": "jer-001"}).headers["Location"] == "/levels/JER-001/1/"
    assert sofia.post("/levels/", {"number": "JER-999"}).status_code == 200
    assert sofia.post("/levels/JER-001/1/", answers(level="")).status_code == 302
    page = sofia.get("/levels/").content.decode()
    assert "Wanted" in page and "UNBLINDED" in page
    changed = answers(level="17.9") | {"version": "1"}
    assert sofia.post("/levels/JER-001/1/", changed).status_code == 302
    with look():
        assert trial.record_of(trial.subject("JER-001"), "DRUGLEVEL").level == D("17.9")
    assert "Entered" in sofia.get("/levels/").content.decode()


def test_what_cannot_be_is_refused_and_what_was_typed_stays(sofia):
    page = sofia.post("/levels/JER-001/1/", answers() | {"level": "900"})
    assert page.status_code == 422
    assert 'value="900"' in page.content.decode()
    sofia.post("/levels/JER-001/1/", answers())
    page = sofia.post("/levels/JER-001/1/", answers(level="3") | {"version": "1"})
    assert page.status_code == 422, "a saved value changes only with a reason"
    page = sofia.post("/levels/JER-001/1/", answers(level="3") | {"version": "7", "reason_words": "Typing error"})
    assert page.status_code == 409
    assert 'name="version" value="1"' in page.content.decode(), "the next save is on top of what is stored"


def test_what_is_typed_is_kept_as_a_draft_that_nobody_else_is_told_of(sofia, client):
    sent = json.dumps({"changes": {"level": "55.5"}, "version": None})
    kept = sofia.post("/levels/JER-001/1/draft/", sent, content_type="application/json").json()
    assert "DRUGLEVEL-01" in kept["warnings"]["level"][0]
    assert 'value="55.5"' in sofia.get("/levels/JER-001/1/").content.decode()
    with look():
        Draft.objects.update(kept_at=timezone.now() - timedelta(days=3))
    for person, url in (("clara", "/"), ("dana", "/drafts/"), ("clara", "/drafts/")):
        client.force_login(trial.person(person))
        assert "rug level" not in client.get(url).content.decode()


def test_rows_are_numbered_one_after_the_other_and_wrong_addresses_are_not_found(sofia):
    for wrong in ("/levels/JER-001/2/", "/levels/JER-001/0/", "/levels/XYZ-001/1/"):
        assert sofia.get(wrong).status_code == 404
    sofia.post("/levels/JER-001/1/", answers())
    assert sofia.get("/levels/JER-001/2/").status_code == 200


@pytest.mark.req("LCK-02")
def test_what_speaks_against_locking_says_nothing_of_drug_levels(db):
    with look():
        before = lock.findings()
        subject = trial.subject("JER-001")
        trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia", level="55")  # with a query
        trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia", row=2, level="")  # incomplete
        assert RECORDS["DRUGLEVEL"].objects.count() == 2
        assert lock.findings() == before


# -- what the site is told


def sample_of(number: str, row: int, **given):
    return trial.fill(
        trial.subject(number), None, "DRUGLEVEL", trial.subject(number).site.today(), "sofia", row=row, **given
    ).record


def test_a_measured_level_asks_for_its_message_and_one_below_quantification_for_that_of_the_list(db):
    sofia = trial.person("sofia")
    with look():
        for row, (typed, says) in enumerate((("12.50", "go_on"), ("30", "go_on"), ("30.5", "act"), ("ALQ", "act")), 1):
            asked = level_messages.asked_for(sample=sample_of("JER-001", row, level=typed), by=sofia)
            assert (asked.says, asked.from_list) == (says, False), typed
        for row, typed in enumerate(("BLQ", "<0.5"), 5):
            sample = sample_of("JER-001", row, level=typed)
            asked = level_messages.asked_for(sample=sample, by=sofia)
            assert asked.from_list
            assert (asked.says == "act") is shams.asks_to_act(rows_of_the_list()[sample.subject.kit], row)
            other = "act" if asked.says == "go_on" else "go_on"
            with pytest.raises(Refusal, match="is that of the list"):
                level_messages.send(sample=sample, says=other, by=sofia, reason="x")


def rows_of_the_list():
    places = schedule.draw(trial.SEED, **declared.shape())
    return shams.drawn(trial.SEED, places, declared.sham_act())


def test_the_list_of_sham_messages_says_nothing_of_the_arm():
    """The rows are the same with all arms swapped; each of the two messages comes as often as was declared."""
    shape = declared.shape() | {"length": 400}
    arms = dict(reversed(shape["arms"].items()))
    places, swapped = schedule.draw("s" * 20, **shape), schedule.draw("s" * 20, **shape | {"arms": arms})
    share = declared.sham_act()
    rows = shams.drawn("s" * 20, places, share)
    assert [one.arm for one in places] != [one.arm for one in swapped]
    assert rows == shams.drawn("s" * 20, swapped, share)
    asked = sum(row.count(shams.ACT) for row in rows.values())
    assert binomtest(asked, len(rows) * shams.LENGTH, float(share)).pvalue > 0.001


def test_the_site_reads_one_of_two_messages_and_nothing_else(sofia, client):
    with look():
        subject = trial.subject("JER-001")
        sample_of("JER-001", 1, level="33.3")
    page = sofia.get("/levels/JER-001/1/message/").content.decode()
    assert "UNBLINDED" in page and "33.3" in page
    assert sofia.post("/levels/JER-001/1/message/", {"says": "go_on"}).status_code == 422, "not without a reason"
    why = {"says": "go_on", "reason": "Drawn an hour after a dose"}
    assert sofia.post("/levels/JER-001/1/message/", why).status_code == 302
    page = sofia.get("/levels/").content.decode()
    assert "Site told" in page and "0 of 1 times by the level, 0 of 0 times by the list" in page
    with look():
        made = LevelMessage.objects.get()
        entries = list(AuditEntry.objects.filter(table__in=["crf_levelmessage", "crf_levelground"]))
        assert {(one.table, one.chain == "apart") for one in entries} == {
            ("crf_levelmessage", False),
            ("crf_levelground", True),
        }
        mail = Mail.objects.order_by("pk").last()
    words = served.LEVEL_MESSAGES.go_on
    client.force_login(trial.person("ines"))
    for address in ("/", "/subjects/JER-001/", f"/level-messages/{made.pk}/"):
        page = client.get(address).content.decode()
        assert words in page, address
        assert "33.3" not in page and "an hour after" not in page and served.LEVEL_MESSAGES.act not in page
    assert mail.to == trial.person("ines").email and words not in mail.text and "JER-001" not in mail.text
    assert client.post(f"/level-messages/{made.pk}/").status_code == 302
    assert words not in client.get("/").content.decode()
    assert "Read" in client.get(f"/level-messages/{made.pk}/").content.decode()
    assert client.post(f"/level-messages/{made.pk}/").status_code == 409, "noted once"
    client.force_login(trial.person("ruth"))
    assert words not in client.get("/subjects/JER-001/").content.decode(), "a rater is told of no dose"
    assert subject.number


def test_a_corrected_level_is_told_anew_and_the_same_one_once(db):
    sofia = trial.person("sofia")
    with look():
        sample = sample_of("JER-001", 1, level="12.50")
        level_messages.send(sample=sample, says="go_on", by=sofia)
        with pytest.raises(AlreadySettled):
            level_messages.send(sample=sample, says="go_on", by=sofia)
        trial.change(trial.subject("JER-001"), None, "DRUGLEVEL", "sofia", level="41")
        again = trial.record_of(trial.subject("JER-001"), "DRUGLEVEL")
        assert level_messages.send(sample=again, says="act", by=sofia).version == 2
        with pytest.raises(NotAllowed):
            level_messages.send(sample=again, says="act", by=trial.person("ines"))


def test_no_message_before_there_is_a_level_or_a_kit(sofia):
    with look():
        sample_of("JER-001", 1, level="")
        sample_of(trial.READY, 1, level="BLQ")
    for number in ("JER-001", trial.READY):
        page = sofia.get(f"/levels/{number}/1/message/")
        assert page.status_code == 200 and "Send to the site" not in page.content.decode()
        assert sofia.post(f"/levels/{number}/1/message/", {"says": "go_on"}).status_code == 409
    assert sofia.get("/levels/JER-001/2/message/").status_code == 404


# -- voided


@pytest.mark.finding("F-301")
@pytest.mark.req("AUD-15")
def test_a_wrong_sample_is_voided_with_a_reason_struck_through_and_told_to_nobody_else(sofia, client):
    """Once with its query open; whoever is blinded finds every page, list and chain of the trail as before."""
    assert "is saved" in sofia.post("/levels/JER-001/1/", answers(level="55"), follow=True).content.decode()
    told = {person: told_to(client, person) for person in ("ines", "dana", "aude")}
    with look():
        chains = set(AuditEntry.objects.exclude(chain="apart").values_list("pk", flat=True))
    sofia.force_login(trial.person("sofia"))
    assert "void it" in sofia.get("/levels/JER-001/1/").content.decode()
    page = sofia.post("/levels/JER-001/1/void/", {"reason": " "})
    assert page.status_code == 200 and "required" in page.content.decode()
    assert sofia.post("/levels/JER-001/1/void/", {"reason": "Tube of another person"}).status_code == 302
    page = sofia.get("/levels/").content.decode()
    assert "Voided" in page and "<s>55" in page and "Tube of another person" in page
    page = sofia.get("/levels/JER-001/1/").content.decode()
    assert "Tube of another person" in page and 'id="save"' not in page and "<s>55" in page
    assert sofia.post("/levels/JER-001/1/void/", {"reason": "Again"}).status_code == 409
    assert sofia.post("/levels/JER-001/1/", answers(level="5") | {"version": "2"}).status_code == 409
    assert sofia.get("/levels/JER-001/2/").status_code == 200, "its number is not given again"

    with look():
        (record,) = LEVELS.objects.all()
        assert (record.level, record.version, str(record.voided_by)) == (D("55"), 2, str(trial.person("sofia")))
        assert not Query.objects.filter(record=record.pk, form="DRUGLEVEL", state="open").exists()
        of_it = AuditEntry.objects.filter(table=LEVELS._meta.db_table, record=str(record.pk)).order_by("sequence")
        entry = of_it.last()
        assert (entry.chain, entry.actor_name, entry.role, entry.reason) == (
            *("apart", "sofia", "safety_officer", "Tube of another person"),
        )
        assert set(AuditEntry.objects.exclude(chain="apart").values_list("pk", flat=True)) == chains
    assert {person: told_to(client, person) for person in told} == told
    for person in ("ines", "dana", "ursula"):
        client.force_login(trial.person(person))
        assert client.post("/levels/JER-001/1/void/", {"reason": "Wrong"}).status_code == 404


def told_to(client, person: str) -> list[str]:
    client.force_login(trial.person(person))
    pages = ("/subjects/JER-001/", "/subjects/JER-001/audit/", "/trail/", "/queries/", "/drafts/")
    return [re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", client.get(one).content.decode()) for one in pages]
