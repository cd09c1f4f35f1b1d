"""Kits from the list to the last unit: sent, received, handed out, replaced, put aside, destroyed, accounted for."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from analysis.collect import datasets
from crf import trial as served
from crf.actions import bottles, close_out, envelopes, packing, quarantines, shipments
from crf.models import RECORDS, AuditEntry, Bottle, CodeBreak, Envelope, Mail, Shipment, Site
from crf.refusals import NotAllowed, NotYet, Refusal
from crf.rehearsal.walk import clock_at
from crf.rules import bottles as rules
from crf.rules import deviations
from crf.rules.kit_numbers import labelled
from crf.shown import stock
from crf.spec.purposes import Purpose
from tests import trial
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

pytestmark = [
    pytest.mark.every_trial,
    pytest.mark.skipif(served.KITS is None, reason="a trial without kits has no stock"),
]


@pytest.fixture
def site(db):
    with seeing(Site.objects.all()):
        yield Site.objects.get(code=trial.FIRST)


@pytest.fixture
def client(client, monkeypatch):
    """A client after whose requests the test still sees every site: a request takes that back."""
    answered = client.request

    def request(**given):
        try:
            return answered(**given)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('crf.sites', (SELECT array_agg(id)::text FROM crf_site), false)")

    monkeypatch.setattr(client, "request", request)
    return client


def sent(site, *, kits=2, days=400, **more) -> Shipment:
    expires = site.today() + timedelta(days=days)
    return shipments.send(site=site, kits=kits, expires_on=expires, by=trial.person("sven"), **more)


def received(shipment, **given) -> Shipment:
    answers = {"condition": "good", "counted": shipment.bottles.count(), "received_on": shipment.site.today()}
    return shipments.receive(shipment=shipment, by=trial.person("peter"), **answers | given)


def bottle_of(kit: str, number: int = 1) -> Bottle:
    return Bottle.objects.select_related("shipment", "site").get(kit=kit, number=number)


def assert_the_database_refuses(bottle: Bottle, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crf.actor', %s, true)", [str(trial.person("peter").pk)])
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        Bottle.objects.filter(pk=bottle.pk).update(state=state)
    assert refused.value.__cause__.sqlstate == "CRF05"


def own_kit() -> str:
    return trial.subject(trial.TREATED).kit


def test_which_kits_are_sent_follows_from_the_list_and_not_from_who_sends(site):
    first, second = sent(site), sent(site, kits=1)
    kits = [sorted(set(one.bottles.values_list("kit", flat=True))) for one in (first, second)]
    assert own_kit() in kits[0] and not set(kits[0]) & set(kits[1])  # the first subject has the first place
    assert first.bottles.count() == 2 * served.KITS.bottles and (first.number, second.number) == (1, 2)
    for refused in ({"kits": 0}, {"kits": 0, "more": 1, "kit": "00000"}, {"kits": 201}, {"days": -1}):
        with pytest.raises(Refusal):
            sent(site, **refused)
    more = sent(site, kits=0, more=2, kit=labelled(own_kit()))
    numbers = list(more.bottles.values_list("kit", "number"))
    assert numbers == [(own_kit(), served.KITS.bottles + 1), (own_kit(), served.KITS.bottles + 2)]
    with pytest.raises(NotAllowed):
        shipments.send(site=site, kits=1, expires_on=site.today(), by=trial.person("peter"))


def test_a_shipment_is_counted_and_what_is_wrong_with_it_is_told(site, client):
    shipment, mails = sent(site), Mail.objects.count()
    rows = list(shipment.bottles.all())
    sign_in(client, "peter")
    url = f"/stock/shipments/{shipment.pk}/"
    assert f"Shipment {shipment.number} to receive" in text_of(client.get("/"))
    page = {"condition": "good", "received_on": site.today().isoformat(), "missing": [rows[0].pk]}
    answer = client.post(url, page | {"counted": len(rows)})  # one too many
    assert answer.status_code == 409 and f"You counted {len(rows)} whole" in text_of(answer)
    assert Mail.objects.count() == mails and Shipment.objects.get(pk=shipment.pk).is_on_its_way
    assert client.post(url, page | {"counted": len(rows) - 1}).status_code == 302
    told = set(Mail.objects.order_by("pk").values_list("to", flat=True)[mails:])
    assert {"sven@example.org", "mona@example.org"} <= told
    assert bottle_of(rows[0].kit, rows[0].number).state == rules.MISSING
    assert client.post(url, page | {"counted": 1}).status_code == 409  # once
    late = sent(site, kits=1)
    with pytest.raises(Refusal, match="future"):
        received(late, received_on=site.today() + timedelta(days=1))
    with pytest.raises(Refusal, match="Say in words"):
        received(late, condition="temperature")


def test_what_was_too_warm_is_not_handed_out_until_all_of_it_is_released_together(site, client):
    received(sent(site), condition="temperature", remark="Logger: 31 degrees for two days")
    found = stock.quarantines([site])[0]
    bottle, peter, sven = bottle_of(own_kit()), trial.person("peter"), trial.person("sven")
    assert {one.state for one in found.bottles.all()} == {rules.QUARANTINED}
    with pytest.raises(Refusal, match="quarantine"):
        bottles.hand_out(bottle=bottle, by=peter)
    with pytest.raises(NotAllowed):
        quarantines.settle(quarantine=found, outcome="released", because="It is well", by=peter)
    with pytest.raises(Refusal, match="what the subject takes"):
        quarantines.settle(quarantine=found, outcome="released", because=f"{served.ARMS[0].label} is stable", by=sven)
    assert_the_database_refuses(bottle, rules.IN_STOCK)  # nor behind the deed's back
    quarantines.settle(quarantine=found, outcome="released", because="Stable at 40 degrees for a week", by=sven)
    assert {one.state for one in Bottle.objects.filter(quarantine=found)} == {rules.IN_STOCK}
    assert bottles.hand_out(bottle=bottle, by=peter).state == rules.HANDED_OUT
    aside = quarantines.put_aside(site=site, bottles=[bottle_of(own_kit(), 2).pk], reason="Fell", by=peter)
    quarantines.settle(quarantine=aside, outcome="rejected", because="Not to be used", by=sven)
    assert bottle_of(own_kit(), 2).state == rules.REJECTED


def test_an_expired_bottle_is_not_handed_out_and_is_spoken_of_before(site, client, monkeypatch):
    sign_in(client, "peter")
    with monkeypatch.context() as long_ago:
        long_ago.setattr(shipments.rules, "is_expired", lambda *given: False)
        received(sent(site, days=-2))
    received(sent(site, days=served.KITS.warn_days))
    assert "to use before" in text_of(client.get("/"))
    assert "expired" in text_of(client.get("/"))
    answer = client.post("/pharmacy/", {"number": trial.TREATED, "label": f"{labelled(own_kit())}/1"})
    assert answer.status_code == 409 and "DO NOT HAND OUT" in text_of(answer) and "expired" in text_of(answer)
    with pytest.raises(Refusal, match="expired"):
        bottles.hand_out(bottle=bottle_of(own_kit()), by=trial.person("peter"))
    assert_the_database_refuses(bottle_of(own_kit()), rules.HANDED_OUT)


@pytest.mark.req("RND-12")
def test_what_replaces_a_lost_bottle_is_another_of_the_same_kit(site, client):
    received(sent(site))
    kit, peter = own_kit(), trial.person("peter")
    first = bottles.hand_out(bottle=bottle_of(kit), by=peter)
    for number in range(2, served.KITS.bottles + 1):
        other = bottles.replace(bottle=first, state=rules.LOST, reason="Left on the bus", by=peter)
        assert (other.kit, other.number, other.state) == (kit, number, rules.HANDED_OUT)
        first = other
    assert bottles.replace(bottle=first, state=rules.DAMAGED, reason="Fell into water", by=peter) is None
    others = set(Bottle.objects.filter(site=site, state=rules.IN_STOCK).exclude(kit=kit).values_list("kit", flat=True))
    assert others  # the other subject's are there, and are not asked
    spare = Bottle.objects.get(kit=others.pop(), number=1)
    with pytest.raises(NotYet, match="Nobody was given"):
        bottles.hand_out(bottle=spare, by=peter)


def test_every_unit_is_accounted_for_or_explained_before_the_site_closes(site, client):
    received(sent(site, kits=1))
    kit, peter, plan = own_kit(), trial.person("peter"), served.KITS
    (found,) = stock.kits_at([site], number=kit)
    assert found.ledger.received == plan.bottles * plan.units and not found.is_settled
    assert any("accounted for to the last" in one for one in close_out.open_supplies(site))
    ids = [row.bottle.pk for row in found.rows]
    with pytest.raises(NotYet):
        bottles.explain(site=site, kit=kit, explanation="Nobody knows", by=peter)
    bottles.say(bottles=ids, state=rules.DESTROYED, reason="Certificate 17", by=peter)
    (found,) = stock.kits_at([site], number=kit)
    given = found.ledger.handed_out  # by the forms of the small world, which no bottle on record was handed out for
    assert (found.ledger.unopened, found.ledger.gone) == (0, plan.bottles * plan.units)
    assert (found.ledger.with_subject, found.ledger.at_site) == (given, -given)
    if given:
        assert not found.is_settled
    with pytest.raises(Refusal, match="cannot become"):
        bottles.say(bottles=ids[:1], state=rules.SENT_BACK, reason="Again", by=peter)
    assert close_out.open_supplies(site)[-1].startswith("1 envelope is")


def test_an_opened_bottle_is_destroyed_with_its_count(site, client):
    received(sent(site, kits=1))
    kit, peter = own_kit(), trial.person("peter")
    bottle = bottles.hand_out(bottle=bottle_of(kit), by=peter)
    sign_in(client, "peter")
    url = f"/stock/kits/{kit}/"
    assert client.post(url, {"deed": "say", "say-chosen": [bottle.pk], "say-state": rules.BACK}).status_code == 302
    page = {"deed": "say", "say-chosen": [bottle.pk], "say-state": rules.DESTROYED, "say-reason": "Certificate 18"}
    answer = client.post(url, page)
    assert answer.status_code == 409 and "say how many were in it" in text_of(answer)
    assert "Certificate 18" in answer.content.decode()  # nothing typed is lost
    assert client.post(url, page | {"say-units": str(served.KITS.units + 1)}).status_code == 409
    assert client.post(url, page | {"say-units": "1"}).status_code == 302
    assert bottle_of(kit).units_gone == 1
    trail = AuditEntry.objects.filter(table="crf_bottle", record=bottle.pk).order_by("pk").last()
    assert trail.reason == "Certificate 18" and trail.role == "pharmacist"


@pytest.mark.req("BLI-01")
@pytest.mark.req("BLI-08")
def test_only_the_supply_manager_takes_the_packing_list_and_each_time_is_on_record(site, client):
    arms = {arm.code for arm in served.ARMS}
    kits = packing.packing(by=trial.person("sven"), reason="First production")
    assert own_kit() in kits and set(kits.values()) == arms and list(kits) == sorted(kits)
    for name in ("peter", "stefan", "rolf", "ursula", "sofia", "adam"):
        with pytest.raises(NotAllowed):
            packing.packing(by=trial.person(name), reason="To see")
    with pytest.raises(Refusal):
        packing.packing(by=trial.person("sven"), reason=" ")
    looks = AuditEntry.objects.filter(table="sealed.viewed", actor_name="sven", chain="apart")
    assert [one.told["reason"] for one in looks] == ["First production"]


def test_the_papers_for_the_manufacturer_are_pdf_with_fresh_authentication(site, client):
    sign_in(client, "sven", fresh=False)
    assert client.get("/supply/packing/").status_code == 302
    sign_in(client, "sven")
    assert "UNBLINDED" in text_of(client.get("/supply/packing/"))
    for paper, name in (("packing", "UNBLINDED"), ("labels", "labels")):
        answer = client.post("/supply/packing/", {"paper": paper, "reason": "First production"})
        assert answer.content.startswith(b"%PDF") and name in answer.headers["Content-Disposition"]


@pytest.mark.req("BLI-03")
@pytest.mark.req("BLI-07")
@pytest.mark.finding("F-601")
def test_an_envelope_that_was_opened_counts_as_a_code_break_wherever_one_does(site, client):
    received(sent(site, kits=1))
    kit, peter, subject = own_kit(), trial.person("peter"), trial.subject(trial.TREATED)
    assert envelopes.look(site=site, found={kit: "intact"}, by=peter)[0].found == Envelope.Found.INTACT
    with pytest.raises(Refusal, match="missing"):
        envelopes.look(site=site, found={kit: "missing"}, by=peter)
    sign_in(client, "ines")
    local = subject.site.zone
    at = (subject.randomised_at + timedelta(hours=2)).astimezone(local)
    page = {"day": at.date().isoformat(), "at": f"{at:%H:%M}", "reason": "Coma while the system was away", "once": "1"}
    url = f"/subjects/{subject}/envelope/"
    assert "who opened it" in text_of(client.post(url, page))
    leaky = client.post(url, page | {"described": f"Night nurse, it was {served.ARMS[0].label}"})
    assert leaky.status_code == 409
    mails = Mail.objects.count()
    answer = client.post(url, page | {"people": [trial.person("ruth").pk]})
    found = CodeBreak.objects.get(kind="envelope")
    assert answer.headers["Location"] == found.get_absolute_url() and found.is_lost and found.log is None
    assert {role for role, _ in found.told} == {"medical_monitor", "safety_officer", "data_manager"}
    assert Mail.objects.count() > mails
    assert found.known_to.get().person.username == "ruth"
    deviations = trial.RECORDS[served.code_serving(trial.spec.Purpose.DEVIATIONS)].objects.filter(subject=subject)
    assert any("sealed envelope was opened" in (one.description or "") for one in deviations)
    assert "Sealed envelope" in text_of(client.get(found.get_absolute_url())) or "By envelope" in text_of(
        client.get(found.get_absolute_url())
    )
    assert "By envelope 1" in text_of(client.get("/code-breaks/"))
    with pytest.raises(Refusal):
        envelopes.look(site=site, found={kit: "intact"}, by=peter)
    breaks = datasets.code_breaks({subject.pk: (subject.number,)})
    assert [subject.number] == list(breaks["subject"])
    assert not any("envelope" in one for one in close_out.open_supplies(site))


def test_stock_pages_name_no_arm(site, client):
    received(sent(site))
    words = [word for arm in served.ARMS for word in (arm.label, arm.code)]
    for name, urls in (
        ("peter", ("/stock/", f"/stock/kits/{own_kit()}/", "/stock/envelopes/", "/stock/quarantine/")),
        ("sven", ("/supply/", f"/supply/send/{trial.FIRST}/")),
    ):
        sign_in(client, name)
        for url in urls:
            page = text_of(client.get(url)).replace(served.TITLE, "").replace(served.STUDY_ID, "")
            assert not [word for word in words if re.search(rf"\b{re.escape(word)}\b", page)], url


DISPENSING = served.code_serving(Purpose.DISPENSING)


@pytest.mark.skipif(DISPENSING is None, reason="nothing is handed out by a form")
@pytest.mark.finding("F-309")
def test_the_form_says_at_once_that_a_bottle_is_unfit_and_a_deviation_tells_that_it_was_handed_out(site, client):
    kit, subject = own_kit(), trial.subject(trial.TREATED)
    last_month = timezone.now() - timedelta(days=30)
    with clock_at(last_month):  # what has expired by now was sent and received when it had not
        received(sent(site, kits=4, days=20))
    visit = trial.visit_of(subject, trial.world.DONE[-1][0])
    sign_in(client, "peter")
    page = f"/subjects/{subject}/{visit.code}/{DISPENSING}/"

    def said(label: str) -> str:
        changes = {"changes": {"kit": label}, "version": None}
        answer = client.post(page + "draft/", changes, content_type="application/json").json()
        return " ".join(answer["warnings"].get("kit", []))

    own, another = rules.bottle_label(kit, 1), rules.bottle_label(trial.subject(trial.ELSEWHERE).kit, 1)
    assert said(own).startswith("DO NOT HAND OUT this bottle: it expired on ")
    assert said(kit) == said(own).replace(own, kit)
    assert said(another).startswith("WRONG BOTTLE")
    opened = trial.fill(subject, visit.code, DISPENSING, site.today(), "peter", kit=own).deviations
    assert [one.description for one in opened if own in one.description and "although it expired on" in one.description]
    code = served.code_serving(Purpose.DEVIATIONS)
    trial.change(subject, visit.code, DISPENSING, "peter", kit=another)
    told = [one.description for one in RECORDS[code].objects.standing().filter(subject=subject, kind="BOTTLE")]
    assert len(told) == 1 and "was handed out instead of" in told[0], "another kit's is one deviation, not two"


def test_a_bottle_that_was_in_quarantine_on_the_day_was_unfit_and_one_that_is_right_opens_nothing(site):
    later, day = site.today() + timedelta(days=99), site.today()
    ago = day - timedelta(days=3)
    aside = [rules.Stocked(1, later, ago), rules.Stocked(2, later, ago, day), rules.Stocked(3, later)]
    unfit = [number for number in (1, 2, 3, 4, 0) if rules.why_unfit(aside, number, day)]
    assert unfit == [1, 4]
    assert rules.why_unfit(aside, 2, ago) and not rules.why_unfit(aside, 1, ago - timedelta(days=1))
    assert rules.why_unfit([], 1, day) == "", "of a kit that is in no shipment nothing is said"
    if DISPENSING is None:
        return
    received(sent(site, kits=4))
    subject, code = trial.subject(trial.TREATED), trial.world.DONE[-1][0]
    for typed in (rules.bottle_label(own_kit(), 1), labelled(own_kit()), own_kit()):
        given = {"handed_out": typed, "expected": own_kit(), "on": day}
        assert deviations.wrong_bottle(**given) is None
    opened = trial.fill(subject, code, DISPENSING, day, "peter", kit=rules.bottle_label(own_kit(), 1)).deviations
    assert [one for one in opened if "ottle" in one.description] == []
    bottle = bottle_of(own_kit(), 2)
    quarantines.put_aside(site=site, bottles=[bottle.pk], reason="Two days at 31 degrees", by=trial.person("peter"))
    assert "in quarantine" in stock.trouble_with_bottle(subject, {"kit": str(bottle), "dispensed_on": day})
