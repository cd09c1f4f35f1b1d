"""The monitor compares records with their source; what is changed afterwards was verified before the change."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from crf.actions import lock, verify, void
from crf.actions.act import act
from crf.chart import states
from crf.chart.closing import unverified
from crf.chart.facts import Settled, facts_of
from crf.chart.standing import Standing
from crf.models import RECORDS, AuditEntry, Site, ToVerify, Verification
from crf.permissions import readable_forms
from crf.refusals import AlreadySettled, ChangedMeanwhile, Locked, NotAllowed, Refusal
from crf.shown.verifying import sheets_at
from crf.trial import form as form_of
from tests import trial, waiting
from trialsite.database import guards
from trialsite.database.wall import seeing


@pytest.fixture
def subject(db):
    with seeing(Site.objects.all()):
        yield trial.subject("JER-001")
        if not connection.needs_rollback:
            assert waiting.kept() == waiting.following()  # after whatever a test did


def verified(subject, form="VITALS", visit="W1", by="mona", version=None):
    record = trial.record_of(subject, form, visit)
    seen = verify.Seen(form, record.pk, version or record.version)
    return verify.verify(subject=subject, seen=[seen], by=trial.person(by))


def state_of(subject, form="VITALS", visit="W1"):
    record = trial.record_of(subject, form, visit)
    return Settled.of(subject.pk).verification(form, record.pk, record.version)[0]


@pytest.mark.req("AUD-13")
def test_a_record_is_verified_with_who_and_when_and_on_record(subject):
    before = trial.record_of(subject, "VITALS", "W1").values()
    (made,) = verified(subject)
    assert state_of(subject) is states.VERIFIED
    assert (made.verified_by.username, made.version) == ("mona", 1)
    entry = AuditEntry.objects.get(table="crf_verification", record=made.pk)
    assert (entry.operation, entry.actor_name, entry.role) == ("INSERT", "mona", "monitor")
    assert trial.record_of(subject, "VITALS", "W1").values() == before
    fact = facts_of(trial.record_of(subject, "VITALS", "W1"), Settled.of(subject.pk))[1]
    assert re.match(r"Verified: Mona, \d{1,2} [A-Z][a-z]{2} 20\d\d ", fact.said)


def test_a_later_change_shows_and_the_monitor_sees_what_changed(subject):
    verified(subject)
    trial.change(subject, "W1", "VITALS", "ines", weight="71.5")
    assert state_of(subject) is states.VERIFIED_BEFORE
    readable = readable_forms(trial.person("mona"), subject.site_id)
    sheets = {
        sheet.form.code: sheet for sheet in sheets_at(Standing.of(subject), trial.visit_of(subject, "W1"), readable)
    }
    (line,) = sheets["VITALS"].changes
    (told,) = [one for one in line.changes if one.label == form_of("VITALS").items["weight"].label]
    assert (told.new, line.entry.reason) == ("71.5", "Typing error")
    assert sheets["HAMD"].changes == []
    verified(subject)
    assert state_of(subject) is states.VERIFIED


def test_what_was_seen_before_a_change_is_not_verified(subject):
    trial.change(subject, "W1", "VITALS", "ines", weight="71.5")
    with pytest.raises(ChangedMeanwhile, match="nothing was verified"):
        verified(subject, version=1)
    assert not Verification.objects.exists()


def test_a_record_is_verified_once_a_version(subject):
    assert len(verified(subject)) == 1
    assert verified(subject) == []
    assert Verification.objects.count() == 1


def test_a_whole_visit_is_verified_or_nothing_of_it(subject):
    seen = [
        verify.Seen(fact.form, fact.record, fact.version)
        for fact in Standing.of(subject).facts
        if fact.visit == trial.visit_of(subject, "W1").pk
    ]
    wrong = [*seen[:-1], seen[-1]._replace(version=9)]
    with pytest.raises(ChangedMeanwhile):
        verify.verify(subject=subject, seen=wrong, by=trial.person("mona"))
    assert not Verification.objects.exists()
    assert len(verify.verify(subject=subject, seen=seen, by=trial.person("mona"))) == len(seen) > 1


@pytest.mark.parametrize("person", ["ines", "clara", "ruth", "dana", "adam", "sofia", "nora"])
def test_only_a_monitor_verifies(subject, person):
    with pytest.raises(NotAllowed):
        verified(subject, by=person)


def test_a_monitor_verifies_nothing_that_unblinds(subject):
    trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia")
    with pytest.raises(NotAllowed, match="do not read"):
        verified(subject, form="DRUGLEVEL", visit=None)
    standing = Standing.of(subject)
    assert "DRUGLEVEL" not in {fact.form for fact in unverified(standing, Settled.of(subject.pk))}


def test_a_record_of_another_subject_is_not_there(subject):
    record = trial.record_of(trial.subject("JER-002"), "VITALS", "BL")
    with pytest.raises(Refusal, match="no longer there"):
        verify.verify(subject=subject, seen=[verify.Seen("VITALS", record.pk, 1)], by=trial.person("mona"))


@pytest.mark.req("AUD-13")
def test_a_mistaken_verification_is_withdrawn_with_a_reason_and_stays_on_record(subject):
    (made,) = verified(subject)
    record = trial.record_of(subject, "VITALS", "W1")
    told = {"subject": subject, "form": "VITALS", "record": record.pk, "by": trial.person("mona")}
    with pytest.raises(Refusal, match="Say why"):
        verify.withdraw(reason=" ", **told)
    verify.withdraw(reason="Looked at another subject's file", **told)
    assert state_of(subject) is states.NOT_VERIFIED
    assert AuditEntry.objects.filter(table="crf_verification", record=made.pk).count() == 2
    with pytest.raises(AlreadySettled):
        verify.withdraw(reason="Once more", **told)
    assert len(verified(subject)) == 1


@pytest.mark.finding("F-913")
def test_what_waits_for_a_monitor_is_kept_beside_the_records_whatever_happens_to_them(subject):
    """By triggers, in the same transaction; the work list then looks through what waits, not through all records."""
    assert len(waiting.kept()) > 20

    def waits(form="VITALS", visit="W1"):
        assert waiting.kept() == waiting.following()
        record = RECORDS[form].objects.filter(subject=subject, visit__code=visit).latest("pk")
        return (form, record.pk) in {one[:2] for one in waiting.kept()}

    assert waits()
    verified(subject)
    assert not waits()
    trial.change(subject, "W1", "VITALS", "ines", weight="71.5")
    assert waits()
    verified(subject)
    record = trial.record_of(subject, "VITALS", "W1")
    verify.withdraw(
        subject=subject, form="VITALS", record=record.pk, by=trial.person("mona"), reason="Another subject's file"
    )
    assert waits()
    void.void(record=trial.record_of(subject, "VITALS", "W1"), by=trial.person("ines"), reason="Another's")
    assert not waits()
    trial.fill(subject, "W1", "VITALS", subject.site.today(), "ines", weight="")
    assert not waits()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ToVerify.objects.all().delete()


@pytest.mark.finding("F-913")
def test_what_was_entered_before_an_upgrade_waits_as_if_it_were_entered_now(real_commits, owner):
    everything = f"SELECT {waiting.COLUMNS} FROM crf_toverify ORDER BY form, record"
    before = owner.execute(everything).fetchall()
    owner.execute("DELETE FROM crf_toverify")
    for table in guards.verified_by_monitors().values():
        owner.execute(f"DROP TRIGGER {guards.TO_VERIFY} ON {table}")
    guards.hang_guards(owner.cursor())
    assert owner.execute(everything).fetchall() == before
    assert len(before) > 20


# -- the lock of a casebook


@pytest.mark.req("LCK-01")
@pytest.mark.req("AUD-13")
def test_nothing_in_a_locked_casebook_changes_and_other_casebooks_do(subject):
    made = lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Review of today", despite=True)
    with pytest.raises(Locked, match="casebook of this subject is locked"):
        trial.change(subject, "W1", "VITALS", "ines", weight="71.5")
    with pytest.raises(Locked):
        trial.fill(subject, "W3", "VITALS", subject.site.today(), "ines")
    with pytest.raises(Locked):
        verified(subject)
    for model in (RECORDS["HAMD"], RECORDS["DRUGLEVEL"]):
        with pytest.raises(Locked), act(by=trial.person("ines"), reason="By hand"):
            model(
                subject=subject,
                site_id=subject.site_id,
                protocol_version="1.0",
                created_at=timezone.now(),
                created_by=trial.person("ines"),
                changed_at=timezone.now(),
                changed_by=trial.person("ines"),
            ).save()
    other = trial.subject("JER-003")
    trial.fill(other, "SCR", "VITALS", other.site.today(), "ines")
    assert AuditEntry.objects.filter(table="crf_casebooklock", record=made.pk, actor_name="dana").exists()
    lock.lift_casebook(subject=subject, by=trial.person("david"), reason="A value is wrong")
    trial.change(subject, "W1", "VITALS", "ines", weight="71.5")


@pytest.mark.req("LCK-02")
def test_what_is_open_refuses_the_lock_unless_it_is_recorded(subject):
    told = {"subject": subject, "by": trial.person("dana"), "reason": "Review of today"}
    with pytest.raises(Refusal) as refused:
        lock.lock_casebook(**told)
    said = " ".join(refused.value.details)
    for point in (
        "is not complete",
        "is not signed by the investigator",
        "not verified against the source",
        "no end of study",
    ):
        assert point in said
    assert lock.lock_casebook(**told, despite=True).exceptions == refused.value.details
    with pytest.raises(AlreadySettled):
        lock.lock_casebook(**told, despite=True)


@pytest.mark.req("LCK-02")
@pytest.mark.req("SIG-08")
def test_the_lock_of_the_study_names_unsigned_and_unverified_casebooks(subject):
    said = lock.findings()
    for number in ("JER-001", "AFU-001"):
        assert f"{number}: the casebook is not signed by the investigator." in said
        assert any(sentence.startswith(f"{number}: ") and "not verified" in sentence for sentence in said)


@pytest.mark.req("LCK-01")
@pytest.mark.parametrize("person", ["ines", "clara", "mona", "adam", "nora"])
def test_only_a_data_manager_locks_a_casebook_and_lifts_its_lock(subject, person):
    for deed in (lock.lock_casebook, lock.lift_casebook):
        with pytest.raises(NotAllowed):
            deed(subject=subject, by=trial.person(person), reason="x")


def test_a_lock_is_lifted_only_with_a_reason_and_where_there_is_one(subject):
    dana = trial.person("dana")
    with pytest.raises(AlreadySettled):
        lock.lift_casebook(subject=subject, by=dana, reason="x")
    lock.lock_casebook(subject=subject, by=dana, reason="Review of today", despite=True)
    with pytest.raises(Refusal, match="Say why"):
        lock.lift_casebook(subject=subject, by=dana, reason=" ")
