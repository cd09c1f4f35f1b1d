"""Freezes and locks by item, form, visit, subject, site and study: what the database holds, what pages show."""

import re

import pytest
from django.db import connection, transaction

from crf import trial as served
from crf.actions import hold, queries, verify_record
from crf.actions.act import act
from crf.chart.facts import Settled
from crf.chart.held import LEVELS, LOCKED_HERE, Place
from crf.models import RECORDS, AuditEntry, Hold, RecordCheck, Site
from crf.refusals import AlreadySettled, Locked, NotAllowed, NotYet, Refusal
from tests import trial
from tests.pages.test_costs import MOST, statements
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
FORM, ITEM = trial.world.A_NUMBER
VISIT, OTHER = (code for code, _ in trial.world.DONE)
BOOK = f"/subjects/{trial.TREATED}/"


@pytest.fixture
def subject(db):
    with seeing(Site.objects.all()):
        yield trial.subject(trial.TREATED)


def places(subject) -> dict[str, Place]:
    """A place of every level that holds the same answer."""
    form, visit = served.form(FORM), trial.visit_of(subject, VISIT)
    record = trial.record_of(subject, FORM, VISIT)
    site = subject.site
    found = [
        Place(site, subject, visit, form, 1, record, ITEM),
        Place(site, subject, visit, form),
        Place(site, subject, visit),
        Place(site, subject),
        Place(site),
        Place(),
    ]
    return {place.level: place for place in found}


def refused(deed, kind=Locked) -> str:
    """The sentence with which the database refuses the deed; nothing of it is kept."""
    with pytest.raises(kind) as told, transaction.atomic():
        deed()
    return told.value.sentence


def of_all_sites(look):
    """What somebody finds who sees every site: a page leaves none to be seen."""
    with seeing(Site.objects.all()):
        return look()


def asked(subject):
    record = trial.record_of(subject, FORM, VISIT)
    return queries.ask(record=record, item=ITEM, text="Is this right?", by=trial.person("mona"))


def change(subject, value="90.5", visit=VISIT):
    return trial.change(subject, visit, FORM, "clara", **{ITEM: value})


@pytest.mark.req("LCK-01")
@pytest.mark.req("QRY-01")
def test_a_freeze_of_every_level_holds_values_whoever_writes_and_lets_queries_go_on(subject):
    dana, table = trial.person("dana"), RECORDS[FORM]._meta.db_table
    assert set(places(subject)) == set(LEVELS)
    for number, (level, place) in enumerate(places(subject).items()):
        frozen = hold.freeze(place=place, by=dana, reason="Cleaned today")
        assert "frozen, so nothing was saved" in refused(lambda: change(subject)), level
        with pytest.raises(Locked), act(by=trial.person("clara"), reason="Past pages"), connection.cursor() as cursor:
            cursor.execute(  # without any page or deed
                f'UPDATE {table} SET "{ITEM}" = "{ITEM}" + 1 WHERE id = %s', [trial.record_of(subject, FORM, VISIT).pk]
            )
        query = asked(subject)
        queries.answer(query=query, text="It is", by=trial.person("clara"))
        if level in ("item", "form", "visit"):
            change(subject, f"6{number}.5", OTHER)  # what stands beside it goes on
        assert "frozen already" in refused(
            lambda place=place: hold.freeze(place=place, by=dana, reason="Twice"), AlreadySettled
        )
        hold.lift(hold=frozen, by=dana, reason="One correction")
        change(subject, f"7{number}.5")
    assert AuditEntry.objects.filter(table="crf_hold", role="data_manager").count() == 2 * len(LEVELS)


@pytest.mark.req("LCK-01")
@pytest.mark.req("LCK-02")
@pytest.mark.req("AUD-18")
def test_a_lock_names_what_is_open_holds_queries_too_and_its_hash_is_read_again(subject, settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"
    dana, query = trial.person("dana"), asked(subject)
    for number, level in enumerate(LOCKED_HERE):
        place = places(subject)[level]
        with pytest.raises(NotYet) as told, transaction.atomic():
            hold.lock(place=place, by=dana, reason="Reviewed")
        assert any("not closed" in one for one in told.value.details), level
        locked = hold.lock(place=place, by=dana, reason="Reviewed", despite=True)
        assert locked.exceptions == told.value.details
        assert "locked, so nothing was saved" in refused(lambda: change(subject)), level
        refused(lambda: queries.answer(query=query, text="It is", by=trial.person("clara")))
        assert verify_record.verify(cause=RecordCheck.Cause.BY_HAND).findings == []
        hold.lift(hold=locked, by=dana, reason="One correction")
        change(subject, f"8{number}.5")
        assert locked.content_hash != hold.content_at(place), level
    for level in set(LEVELS) - set(LOCKED_HERE):
        refused(lambda level=level: hold.lock(place=places(subject)[level], by=dana, reason="x"), Refusal)


@pytest.mark.req("LCK-01")
def test_only_data_management_freezes_and_lifts_and_nothing_else_of_a_freeze_changes(subject):
    place = places(subject)["visit"]
    for person in ("ines", "mona", "clara", "mark"):
        refused(lambda person=person: hold.freeze(place=place, by=trial.person(person), reason="x"), NotAllowed)
    frozen = hold.freeze(place=place, by=trial.person("dana"), reason="Cleaned")
    with pytest.raises(Refusal, match="lifted once"), act(by=trial.person("dana")):
        Hold.objects.filter(pk=frozen.pk).update(visit=trial.visit_of(subject, OTHER), lifted_by=trial.person("dana"))
    with pytest.raises(Refusal, match="Only a data manager"), act(by=trial.person("ines")):
        Hold.objects.filter(pk=frozen.pk).update(
            lifted_by=trial.person("ines"), lifted_reason="x", lifted_at="2026-01-01T00:00Z"
        )
    assert Settled.of(subject.pk).hold_on(FORM, place.visit.pk, 1).by


@pytest.mark.req("LCK-01")
@pytest.mark.req("AUD-13")
def test_every_level_is_frozen_seen_and_lifted_on_its_page(client, subject):
    urls = {
        "item": f"{BOOK}{VISIT}/{FORM}/hold/",
        "form": f"{BOOK}{VISIT}/{FORM}/hold/",
        "visit": f"{BOOK}visits/{VISIT}/hold/",
        "subject": f"{BOOK}hold/",
        "site": f"/study/holds/{trial.FIRST}/",
        "study": "/study/holds/",
    }
    words = {"visit": "Frozen with the visit", "subject": "Frozen with the casebook", "form": "Frozen"}
    words |= {"site": "Frozen with the site", "study": "Frozen with the study", "item": "Some answers frozen or locked"}
    for level, url in urls.items():
        what = {"what": f"item.{ITEM}"} if level == "item" else {"what": "whole"}
        placing = {"deed": "place", "kind": "freeze", "reason": "Cleaned today", **what}
        assert sign_in(client, "dana").post(url, placing).status_code == 302, level
        stands = of_all_sites(Hold.objects.standing().get)
        assert stands.level == level
        assert "Cleaned today" in text_of(client.get(url)), level
        assert len(statements(client, BOOK, "dana")) <= MOST
        assert len(statements(client, "/visits/", "dana")) <= MOST
        in_cells = client.get("/visits/").content.decode().count("#frozen") - 1  # the legend has one
        assert bool(in_cells) is (level not in ("item", "form")), level
        assert (words[level] if level != "form" else "Frozen") in text_of(
            sign_in(client, "clara").get(f"{BOOK}{VISIT}/{FORM}/")
        )
        assert client.get(BOOK).content.decode().count("#frozen") > 1, level
        lift = {"deed": "lift", "hold": stands.pk}
        assert "is-invalid" in sign_in(client, "dana").post(url, lift).content.decode(), level
        client.post(url, lift | {"reason": "One correction"})
        assert not of_all_sites(Hold.objects.standing().exists), level
        assert "One correction" in text_of(client.get(url))


@pytest.mark.req("LCK-01")
def test_beside_a_frozen_answer_the_rest_of_the_form_is_saved_and_what_is_typed_is_not_lost(client, subject):
    dana, url = trial.person("dana"), f"{BOOK}{VISIT}/{FORM}/"
    hold.freeze(place=places(subject)["item"], by=dana, reason="Cleaned today")
    page = sign_in(client, "clara").get(url)
    sent = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page.content.decode()))
    assert page.context["lines"][0] and next(one for one in page.context["lines"] if one.name == ITEM).look == "held"
    draft = client.post(f"{url}draft/", {"changes": "{}"})
    assert draft.status_code in (200, 400)
    sent |= {"reason_choice": "Other", "reason_words": "Checked", "source": "paper"}
    assert client.post(url, sent).status_code == 302
    one = of_all_sites(Hold.objects.standing().get)
    of_all_sites(lambda: hold.lift(hold=one, by=dana, reason="Wider"))
    of_all_sites(lambda: hold.freeze(place=places(subject)["form"], by=dana, reason="All of it"))
    answer = client.post(
        url, sent | {"version": str(of_all_sites(lambda: trial.record_of(subject, FORM, VISIT)).version), ITEM: "71.5"}
    )
    assert answer.status_code == 409 and "This form" in text_of(answer) and "71.5" in answer.content.decode()
