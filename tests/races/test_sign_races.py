"""A save against a signature, and against a lock: what is signed or locked is what is stored, whoever was first."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, transaction

from crf import trial as served
from crf.actions import hold, lock, sign
from crf.chart.held import Place
from crf.chart.signed_content import content_of, content_under
from crf.models import RECORDS, CasebookLock, Signature, Site, StudyLock
from crf.refusals import ChangedMeanwhile, Locked, NotYet, Refusal
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
FORM, ITEM = trial.world.A_NUMBER
VISITS = [code for code, _ in trial.world.DONE]
WAITS = 1.0  # seconds in which a deed that does not wait is done, also on a busy machine


@pytest.fixture
def subject(real_commits):
    with seeing(Site.objects.all()):
        yield trial.subject(trial.TREATED)


def elsewhere(deed):
    """Do it in a thread, on a connection of its own; its result or its refusal."""

    def run():
        try:
            with seeing(Site.objects.all()):
                return deed()
        except Refusal as refused:
            return refused
        finally:
            connection.close()

    return run


def while_open(first, second):
    """The second is begun while the first is done and not committed: whether it waited, and what came of it."""
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            first()
            waiting = threads.submit(elsewhere(second))
            done = threading.Event()
            waiting.add_done_callback(lambda _: done.set())
            waited = not done.wait(WAITS)
        return waited, waiting.result(timeout=60)


def signing(subject):
    shown = content_of(subject).sha256
    return lambda: sign.sign_casebook(subject=subject, shown_sha256=shown, by=trial.person("ines"))


def saving(subject, weight="71.5"):
    return lambda: trial.change(subject, VISITS[0], FORM, "clara", **{ITEM: weight})


@pytest.mark.req("SIG-04")
def test_a_signature_waits_for_a_save_under_way_and_is_then_refused(subject):
    waited, result = while_open(saving(subject), signing(subject))
    assert waited
    assert isinstance(result, ChangedMeanwhile)
    assert not Signature.objects.exists()


@pytest.mark.req("SIG-04")
def test_without_the_second_look_the_signature_would_stand_on_something_else(subject, monkeypatch):
    """The test above could not fail if a save could not come between the look and the signature."""
    looked = []
    refuse = sign._refuse_another
    monkeypatch.setattr(sign, "_refuse_another", lambda *both: looked or (looked.append(both), refuse(*both)))
    waited, signature = while_open(saving(subject), signing(subject))
    assert waited
    assert signature.revoked_at is None
    assert content_under(signature).sha256 != signature.content_sha256


@pytest.mark.req("SIG-05")
def test_a_save_waits_for_a_signature_under_way_and_then_revokes_it(subject):
    waited, _ = while_open(signing(subject), saving(subject))
    assert waited
    assert Signature.objects.get().revoked_because == f"{FORM} at {VISITS[0]} was changed."


@pytest.mark.req("SIG-05")
def test_of_many_at_once_no_signature_stands_on_what_is_not_stored(subject):
    def save(visit, weight):
        return lambda: trial.change(subject, visit, FORM, "clara", **{ITEM: weight})

    def sign_now():
        return sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))

    deeds = [save(VISITS[0], "71.5"), sign_now, save(VISITS[1], "72.5"), sign_now, save(VISITS[0], "73.5"), sign_now]
    with ThreadPoolExecutor(len(deeds)) as threads:
        results = list(threads.map(lambda deed: elsewhere(deed)(), deeds))
    assert all(isinstance(result, Refusal) or result for result in results)
    for signature in Signature.objects.all():
        agrees = content_under(signature).sha256 == signature.content_sha256
        assert agrees is (signature.revoked_at is None), signature.revoked_because


@pytest.mark.req("LCK-04")
def test_a_lock_waits_for_a_save_under_way_and_is_not_given_on_what_it_did_not_read(subject):
    waited, result = while_open(
        saving(subject),
        lambda: lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Review", despite=True),
    )
    assert waited
    assert isinstance(result, NotYet)
    assert not CasebookLock.objects.exists()


@pytest.mark.req("LCK-04")
def test_a_save_waits_for_a_lock_under_way_and_is_then_refused(subject):
    waited, result = while_open(
        lambda: lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Review", despite=True),
        saving(subject),
    )
    assert waited
    assert isinstance(result, Locked)
    assert getattr(RECORDS[FORM].objects.get(subject=subject, visit__code=VISITS[0]), ITEM) != 71.5
    assert CasebookLock.objects.get().content_hash == lock.content_hash(subject)


@pytest.mark.req("LCK-04")
def test_the_lock_of_a_site_waits_for_a_save_under_way_and_has_it_in_its_hash(subject):
    place = Place(subject.site)
    waited, made = while_open(
        saving(subject), lambda: hold.lock(place=place, by=trial.person("dana"), reason="Review", despite=True)
    )
    assert waited
    assert getattr(RECORDS[FORM].objects.get(subject=subject, visit__code=VISITS[0]), ITEM) == Decimal("71.5")
    assert made.content_hash == hold.content_at(place)


@pytest.mark.req("LCK-04")
def test_a_save_waits_for_a_freeze_under_way_and_is_then_refused(subject):
    place = Place(subject.site, subject, trial.visit_of(subject, VISITS[0]), served.form(FORM))
    waited, result = while_open(
        lambda: hold.freeze(place=place, by=trial.person("dana"), reason="Cleaned"), saving(subject)
    )
    assert waited
    assert isinstance(result, Locked)


@pytest.mark.req("LCK-04")
@pytest.mark.finding("F-504")
def test_a_save_that_races_with_the_study_lock_is_in_its_hash_or_nothing_is_locked(subject):
    """The save is under way when the second person confirms: the lock waits, sees what was saved, and is refused."""
    request = lock.ask_to_lock(by=trial.person("dana"), reason="Data review of today", despite=True)
    waited, outcome = while_open(saving(subject), lambda: lock.consent(request=request, by=trial.person("mark")))
    assert waited
    assert isinstance(outcome, ChangedMeanwhile)
    assert not lock.is_locked()


@pytest.mark.req("LCK-04")
@pytest.mark.finding("F-504")
def test_a_save_that_comes_while_the_study_is_being_locked_waits_and_is_refused(subject):
    request = lock.ask_to_lock(by=trial.person("dana"), reason="Data review of today", despite=True)
    waited, outcome = while_open(lambda: lock.consent(request=request, by=trial.person("mark")), saving(subject))
    assert waited
    assert isinstance(outcome, Locked)
    assert StudyLock.objects.get().content_hash == lock.content_hash()
