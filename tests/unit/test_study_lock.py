"""The study lock takes two people, and so does lifting it; what is in its hash keeps still; approvals belong to it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from analysis.sealed import unblinding
from crf.actions import alerts, compared, lock, queries, verify
from crf.actions.act import act
from crf.allocation.refusals import AlreadyApproved, AskedForTheLock
from crf.models import Alert, AuditEntry, LockRequest, Site, StudyLock
from crf.refusals import AlreadySettled, ChangedMeanwhile, Locked, NotAllowed, Refusal
from tests import trial
from trialsite.database.wall import seeing

person = trial.person


@pytest.fixture(autouse=True)
def second_place(settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"


@pytest.fixture
def world(db):
    with seeing(Site.objects.all()):
        yield


def ask() -> LockRequest:
    return lock.ask_to_lock(by=person("dana"), reason="Data review of today", despite=True)


def open_the_list(*names: str) -> None:
    for name in names or ("stefan", "david"):
        unblinding.approve_opening(by=person(name), reason="The data review is complete")


@pytest.mark.finding("F-504")
@pytest.mark.req("LCK-03")
def test_the_study_is_locked_by_two_people_with_hash_reason_and_both_names_in_the_trail(world):
    request = ask()
    assert not lock.is_locked()
    with pytest.raises(Refusal, match="another person confirms"):
        lock.consent(request=request, by=person("dana"))
    for stranger in ("ines", "mona", "aude", "sofia", "adam"):
        with pytest.raises(NotAllowed):
            lock.consent(request=request, by=person(stranger))
    lock.consent(request=request, by=person("mark"))
    made = StudyLock.objects.get()
    assert (made.locked_by, made.confirmed_by, made.reason) == (person("dana"), person("mark"), "Data review of today")
    assert made.content_hash == lock.content_hash() and made.exceptions
    told = AuditEntry.objects.filter(table__in=("crf_lockrequest", "crf_lockconsent", "crf_studylock"))
    assert {entry.told["actor_name"] for entry in told} == {"dana", "mark"}
    with pytest.raises(AlreadySettled):
        lock.consent(request=request, by=person("david"))


@pytest.mark.finding("F-504")
@pytest.mark.req("LCK-03")
@pytest.mark.parametrize("confirmed_by", ["dana", None])
def test_the_database_itself_takes_no_lock_of_one_person(world, confirmed_by):
    request = ask()
    with pytest.raises(Refusal, match="two people"), act(by=person("dana")):
        StudyLock.objects.create(
            locked_at=timezone.now(),
            locked_by=person("dana"),
            confirmed_by=confirmed_by and person(confirmed_by),
            reason="x",
            content_hash=request.content_hash,
        )
    with pytest.raises(Refusal, match="two people"), act(by=person("mark")):  # asked for by nobody
        StudyLock.objects.create(
            locked_at=timezone.now(),
            locked_by=person("david"),
            confirmed_by=person("mark"),
            reason="x",
            content_hash=request.content_hash,
        )


@pytest.mark.finding("F-504")
def test_the_second_person_locks_what_the_first_one_saw_or_nothing(world):
    request = ask()
    trial.fill(trial.subject("JER-001"), "W3", "VITALS", trial.subject("JER-001").site.today(), "ines")
    with pytest.raises(ChangedMeanwhile, match="same content"):
        lock.consent(request=request, by=person("mark"))
    assert not lock.is_locked() and not request.consents.exists()
    with pytest.raises(AlreadySettled, match="waits already"):
        ask()
    lock.withdraw(request=request, by=person("david"))
    assert lock.consent(request=ask(), by=person("mark")).outcome == "done"


@pytest.mark.finding("F-504")
@pytest.mark.req("LCK-03")
def test_the_lock_is_lifted_by_two_people_only(world):
    trial.lock_study()
    request = lock.ask_to_lift(by=person("david"), reason="A value is wrong")
    assert lock.is_locked()
    with pytest.raises(Refusal):
        lock.consent(request=request, by=person("david"))
    with pytest.raises(Refusal, match="two people"), act(by=person("david")):
        StudyLock.objects.update(lifted_at=timezone.now(), lifted_by=person("david"), lifted_reason="x")
    lock.consent(request=request, by=person("dana"))
    assert not lock.is_locked()
    assert StudyLock.objects.get().lifted_reason == "A value is wrong"


@pytest.mark.finding("F-504")
@pytest.mark.req("BLI-10")
def test_an_approval_of_the_opening_belongs_to_one_lock(world):
    trial.lock_study()
    unblinding.approve_opening(by=person("stefan"), reason="Complete")
    lock.lift(by=person("dana"), confirmed_by=person("david"), reason="A value is wrong")
    trial.lock_study()
    unblinding.approve_opening(by=person("david"), reason="Complete")
    assert not unblinding.is_open()  # the first approval was of another lock
    with pytest.raises(AlreadyApproved), transaction.atomic():
        unblinding.approve_opening(by=person("david"), reason="Complete")
    unblinding.approve_opening(by=person("stefan"), reason="Complete again")
    assert unblinding.is_open()


@pytest.mark.finding("F-504")
def test_who_asked_for_the_lock_does_not_approve_the_opening(world):
    trial.lock_study(by="dana")
    with pytest.raises(AskedForTheLock), transaction.atomic():
        unblinding.approve_opening(by=person("dana"), reason="Complete")


@pytest.mark.finding("F-504")
@pytest.mark.req("BLI-12")
def test_after_the_opening_an_investigator_of_each_site_lifts_the_lock_too_and_the_opening_ends(world):
    trial.lock_study()
    open_the_list()
    assert unblinding.is_open()
    request = lock.ask_to_lift(by=person("dana"), reason="A value is wrong")
    lock.consent(request=request, by=person("david"))
    lock.consent(request=request, by=person("ines"))
    assert lock.is_locked() and lock.still_missing(request) == ["an investigator of Afula"]
    with pytest.raises(Refusal, match="AFU has not"), act(by=person("david")):
        StudyLock.objects.update(lifted_at=timezone.now(), lifted_by=person("dana"), lifted_reason="x")
    lock.consent(request=request, by=person("isaac"))
    assert not lock.is_locked() and not unblinding.is_open()
    trial.lock_study()
    assert not unblinding.is_open()


@pytest.mark.finding("F-504")
def test_nobody_consents_for_another_person_or_in_a_role_not_held(world):
    request = ask()
    for by, role in (("mark", "medical_monitor"), ("dana", "investigator")):
        with pytest.raises(Refusal), act(by=person("dana")):
            request.consents.create(by=person(by), at=timezone.now(), as_role=role)


@pytest.fixture
def alert(world) -> Alert:
    subject = trial.subject("JER-001")
    (raised,) = trial.fill(subject, "W3", "HAMD", subject.site.today(), "ines", suicide="4").alerts
    return raised


@pytest.mark.finding("F-210")
@pytest.mark.req("LCK-01")
@pytest.mark.parametrize("whole", [True, False], ids=["study lock", "casebook lock"])
def test_an_alert_keeps_still_under_a_lock(alert, whole):
    if whole:
        trial.lock_study()
    else:
        lock.lock_casebook(subject=alert.subject, by=person("dana"), reason="Reviewed", despite=True)
    before = lock.content_hash()
    with pytest.raises(Locked):
        alerts.acknowledge(alert=alert, by=person("ines"), action="Seen at once")
    assert alerts.escalate(now=timezone.now() + timedelta(days=2)) == []
    assert lock.content_hash() == before
    if whole:
        assert compared.study_lock(StudyLock.objects.get()).agrees


#: Every table that is in the hash -> a change of it.
CHANGES = {
    "crf_subject": "screened_on = screened_on - 1",
    "crf_visit": "missed_reason = 'Ill'",
    "crf_query": "text = 'Another'",
    "crf_alert": "action = 'Seen'",
    "crf_verification": "version = 99",
    "crf_form_hamd": "mood = 0",
    "crf_form_ae": "row_number = 9",
}


@pytest.mark.finding("F-210")
@pytest.mark.req("LCK-01")
@pytest.mark.parametrize("table", CHANGES)
def test_nothing_that_is_in_the_hash_changes_under_a_study_lock_whoever_writes(alert, table):
    subject = alert.subject
    record = trial.record_of(subject, "HAMD", "W1")
    queries.ask(record=record, text="Which week?", by=person("mona"))
    seen = [verify.Seen("HAMD", record.pk, record.version)]
    verify.verify(subject=subject, seen=seen, by=person("mona"))
    trial.fill(subject, None, "AE", subject.site.today(), "ines")
    trial.lock_study()
    before = lock.content_hash()
    with pytest.raises(Locked), act(by=person("ines"), reason="x"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {CHANGES[table]}")
    assert lock.content_hash() == before
