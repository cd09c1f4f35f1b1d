"""What PostgreSQL itself refuses to the process that serves the pages: trail, triggers, other people's rights."""

from contextlib import nullcontext

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from crf import permissions
from crf import trial as served
from crf.actions.act import act
from crf.models import RECORDS, AuditEntry, Site
from tests import trial
from trialsite.database import guards
from trialsite.database.wall import seeing

NOT_PERMITTED = "42501"
REFUSED = {
    "insert an audit row": "INSERT INTO crf_auditentry SELECT * FROM crf_auditentry LIMIT 1",
    "change an audit row": "UPDATE crf_auditentry SET reason = 'x'",
    "delete an audit row": "DELETE FROM crf_auditentry",
    "truncate the audit trail": "TRUNCATE crf_auditentry",
    "read the heads of the chains": "SELECT * FROM crf_chainhead",
    "move a chain's head": "UPDATE crf_chainhead SET sequence = 0",
    "disable a trigger": "ALTER TABLE crf_subject DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER dosing_guard ON crf_form_dosing",
    "switch triggers off by replication role": "SET session_replication_role = 'replica'",
    "call the audit function": "SELECT crf_audit()",
    "make a temporary table": "CREATE TEMP TABLE t (id int)",
    "make a table": "CREATE TABLE public.t (id int)",
    "become the owner": "SET ROLE ecrf_owner",
    "become the sealed role": "SET ROLE ecrf_sealed",
    "delete a subject": "DELETE FROM crf_subject",
    "delete a record": "DELETE FROM crf_form_hamd",
    "truncate records": "TRUNCATE crf_form_hamd",
    "disable row security": "ALTER TABLE crf_subject DISABLE ROW LEVEL SECURITY",
    "read the sealed list": "SELECT * FROM sealed.slot",
    "drop a policy": "DROP POLICY site_wall ON crf_subject",
    "copy a table to a program": "COPY crf_site TO PROGRAM 'cat'",
}


@pytest.mark.req("AUD-10")
@pytest.mark.req("BLI-01")
@pytest.mark.parametrize("what", REFUSED)
def test_the_web_role_cannot(db, what):
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REFUSED[what])
    assert refused.value.__cause__.sqlstate == NOT_PERMITTED, refused.value


@pytest.mark.req("AUD-10")
def test_no_setting_switches_the_audit_trail_off(db):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-003")
        before = AuditEntry.objects.filter(table="crf_subject", record=subject.pk).count()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = 'crf_subject'::regclass AND tgname LIKE 'pgtrigger%'"
            )
            names = ",".join(name for (name,) in cursor.fetchall())
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + names + "}"])
        with act(by="system:test"):
            subject.screen_failure_reasons = ["x"]
            subject.save(update_fields=["screen_failure_reasons"])
        assert AuditEntry.objects.filter(table="crf_subject", record=subject.pk).count() == before + 1


@pytest.mark.req("AUD-01")
def test_a_write_without_an_actor_is_refused(db):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-003")
        subject.screen_failure_reasons = ["x"]
        with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
            subject.save(update_fields=["screen_failure_reasons"])


@pytest.mark.req("AUD-05")
def test_a_changed_value_without_a_reason_is_refused_and_a_blank_one_filled_in_is_not(db):
    from crf.refusals import ReasonWanted

    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "VITALS", "W2")
        record.pulse = 99
        with pytest.raises(ReasonWanted), act(by=trial.person("ines")):
            record.save(update_fields=["pulse"])
        with act(by=trial.person("ines"), reason="Typing error"):
            record.save(update_fields=["pulse"])
        record.missing = {}
        record.pulse = None
        with pytest.raises(ReasonWanted), act(by=trial.person("ines")):
            record.save(update_fields=["pulse", "missing"])


@pytest.mark.req("AUD-02")
@pytest.mark.req("AUD-03")
@pytest.mark.req("AUD-18")
def test_every_write_is_one_row_with_old_and_new_per_field_chained_to_the_one_before(db):
    import hashlib

    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, "W3", "VITALS", subject.site.today(), "ines", pulse="70")
        rows = list(AuditEntry.objects.filter(chain=f"subject:{subject.pk}").order_by("sequence"))
        last = next(row for row in reversed(rows) if row.table == "crf_form_vitals")
        assert last.changes["pulse"] == [None, 70]
        assert (last.actor_name, last.organisation, last.role) == ("ines", "Test organisation", "investigator")
        assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
        previous = b""
        for row in rows:
            assert bytes(row.previous) == previous
            told = hashlib.sha256(row.body.encode()).digest()
            assert hashlib.sha256(previous + told).digest() == bytes(row.hash)
            previous = bytes(row.hash)


@pytest.mark.req("LCK-01")
def test_nothing_changes_while_the_study_is_locked(db):
    from crf.actions import lock
    from crf.refusals import Locked

    with seeing(Site.objects.all()):
        trial.lock_study(reason="Data review of today")
        subject = trial.subject("JER-001")
        with pytest.raises(Locked):
            trial.fill(subject, "W3", "VITALS", subject.site.today(), "ines")
        lock.lift(by=trial.person("david"), confirmed_by=trial.person("mark"), reason="A value is wrong")
        trial.fill(trial.subject("JER-001"), "W3", "VITALS", subject.site.today(), "ines")


@pytest.mark.req("ACC-02")
def test_rows_of_another_site_do_not_exist_for_the_database(db):
    from crf.models import RECORDS, Subject

    site = Site.objects.get(code="AFU")
    assert not Subject.objects.exists()
    with seeing([site]):
        assert {subject.site_id for subject in Subject.objects.all()} == {site.pk}
        for model in RECORDS.values():
            assert not model.objects.exclude(site=site).exists()
        assert not AuditEntry.objects.exclude(site_id=site.pk).exclude(site_id=None).exists()


@pytest.mark.finding("F-606")
@pytest.mark.req("RND-01")
def test_no_kit_is_given_to_whom_the_record_does_not_hold_as_eligible(db):
    from crf.allocation import hatch, refusals

    with seeing(Site.objects.all()):
        begun, failed = (trial.subject(number).pk for number in (trial.BEGUN, trial.FAILED))
        for subject in (begun, failed, 999_999):
            with pytest.raises(refusals.NotHeldAsEligible), transaction.atomic():
                hatch.allocate(subject_id=subject, stratum=trial.FIRST, by=trial.person("ines").pk)
        ready = trial.subject(trial.READY)
        for withdrawn, raises in (
            (ready.site.today(), pytest.raises(refusals.NotHeldAsEligible)),
            (None, nullcontext()),
        ):
            ready.consent_withdrawn_on = withdrawn
            with act(by=trial.person("ines")):
                ready.save(update_fields=["consent_withdrawn_on"])
            with raises, transaction.atomic():
                hatch.allocate(subject_id=ready.pk, stratum=trial.FIRST, by=trial.person("ines").pk)


@pytest.mark.finding("F-606")
@pytest.mark.req("RND-05")
@pytest.mark.parametrize("column", ["kit", "randomised_at", "randomised_by_id", "stratum", "stratum_levels"])
def test_what_a_subject_was_randomised_to_is_never_changed(db, column):
    from django.utils import timezone

    from crf.refusals import Refusal

    another = {"kit": "10000", "randomised_at": timezone.now(), "randomised_by_id": trial.person("isaac").pk}
    another |= {"stratum": trial.SECOND, "stratum_levels": {"sex": "F"}}
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        setattr(subject, column, another[column])
        with pytest.raises(Refusal, match="An allocation is never changed"), act(by=trial.person("ines")):
            subject.save(update_fields=[column])


@pytest.mark.finding("F-606")
@pytest.mark.req("RND-12")
def test_a_kit_that_the_list_did_not_give_is_refused(db):
    from django.utils import timezone

    from crf.refusals import Refusal

    with seeing(Site.objects.all()):
        subject = trial.subject(trial.READY)
        subject.kit, subject.stratum, subject.randomised_at = "10000", trial.FIRST, timezone.now()
        subject.randomised_by = trial.person("ines")
        with pytest.raises(Refusal, match="A kit comes from the allocation list"), act(by=trial.person("ines")):
            subject.save()


UP = [(0, "STEP_UP", 250), (3, "STEP_UP", 500)]
UP_AND_HELD = [*UP, (5, "INTERRUPT", 0)]
DOSES = {  # decisions as (day, decision, mg a day) in the order taken -> whether the database takes them
    "the first step": ([(0, "STEP_UP", 250)], True),
    "the second step first": ([(0, "STEP_UP", 500)], False),
    "a first decision that is no step up": ([(0, "MAINTAIN", 250)], False),
    "the whole ladder": ([*UP, (17, "STEP_UP", 750), (22, "STEP_UP", 1000)], True),
    "two steps at once": ([(0, "STEP_UP", 250), (21, "STEP_UP", 750)], False),
    "a day too soon": ([(0, "STEP_UP", 250), (2, "STEP_UP", 500)], False),
    "a dose of no step": ([(0, "STEP_UP", 250), (3, "STEP_UP", 300)], False),
    "above the highest": ([*UP, (17, "STEP_UP", 750), (22, "STEP_UP", 1000), (27, "STEP_UP", 1250)], False),
    "resumed at the same step": ([*UP_AND_HELD, (8, "RESUME", 500)], True),
    "resumed one step higher": ([*UP_AND_HELD, (8, "RESUME", 750)], False),
    "resumed at the same step after four days": ([*UP_AND_HELD, (9, "RESUME", 500)], False),
    "resumed one step lower after four days": ([*UP_AND_HELD, (9, "RESUME", 250)], True),
    "resumed after eight days": ([*UP_AND_HELD, (13, "RESUME", 250)], False),
    "raised again a day too soon": ([*UP, (5, "REDUCE", 250), (11, "STEP_UP", 500)], False),
    "raised again after seven days": ([*UP, (5, "REDUCE", 250), (12, "STEP_UP", 500)], True),
    "raised two steps after a reduction": ([*UP, (5, "REDUCE", 250), (20, "STEP_UP", 750)], False),
    "maintained at a higher dose": ([(0, "STEP_UP", 250), (4, "MAINTAIN", 500)], False),
    "a dose after a stop": ([*UP, (5, "STOP", 0), (6, "RESUME", 500)], False),
    "less than nothing": ([(0, "STEP_UP", -250)], False),
}


@pytest.mark.parametrize("doses", DOSES)
def test_the_database_refuses_a_dose_that_is_not_a_step_of_the_ladder(db, doses):
    """What the history of decisions alone forbids is refused, whoever writes it (PROTOCOL 5)."""
    from datetime import timedelta

    from django.utils import timezone

    from crf.models import RECORDS

    with seeing(Site.objects.all()):
        subject, person = trial.subject("JER-003"), trial.person("ines")
        visits = list(subject.visits.all())
        today, now = subject.site.today(), timezone.now()

        def write():
            with transaction.atomic(), act(by=person):
                for place, (day, decision, mg) in enumerate(DOSES[doses][0]):
                    RECORDS["DOSING"].objects.create(
                        subject=subject,
                        site=subject.site,
                        visit=visits[place],
                        created_by=person,
                        changed_by=person,
                        created_at=now,
                        changed_at=now,
                        decided_on=today + timedelta(days=day),
                        effective_on=today + timedelta(days=day),
                        prescribed_mg=mg,
                        decision=decision,
                    )

        if DOSES[doses][1]:
            write()
        else:
            from crf.refusals import Refusal

            with pytest.raises((DatabaseError, Refusal)):
                write()


@pytest.mark.req("SEC-16")
def test_where_the_audit_machinery_fails_the_deed_is_refused_and_nothing_of_it_is_stored(real_commits, owner):
    """The writer of the trail is broken as its owner could break it: then nothing is written about any subject."""
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        before = trial.record_of(subject, "HAMD", "W1").mood
    owner.execute("ALTER FUNCTION crf_append RENAME TO crf_append_no_more")
    with seeing(Site.objects.all()):
        for deed in (
            lambda: trial.change(subject, "W1", "HAMD", "ines", mood="1"),
            lambda: trial.fill(subject, None, "AE", subject.site.today(), "ines"),
        ):
            with pytest.raises(DatabaseError):
                deed()
        assert trial.record_of(subject, "HAMD", "W1").mood == before
        assert not RECORDS["AE"].objects.filter(subject=subject).exists()


@pytest.mark.req("SEC-16")
def test_where_what_looks_at_rights_or_locks_fails_the_deed_is_refused_and_nothing_of_it_is_stored(
    real_commits, owner, monkeypatch
):
    """Whatever it would have said: a look that ends in an error lets nothing through."""
    with seeing(Site.objects.all()):
        subject, entries = trial.subject("JER-001"), AuditEntry.objects.count()

        def enter():
            trial.fill(subject, None, "AE", subject.site.today(), "ines")

        with monkeypatch.context() as patched:
            patched.setattr(permissions, "role_for", lambda *a, **w: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                enter()
        for guard in (guards.UNDER_A_HOLD, guards.NAME):
            of = "SELECT tgfoid::regproc::text, pg_get_functiondef(tgfoid) FROM pg_trigger WHERE tgname = %s LIMIT 1"
            (function, whole) = owner.execute(of, [guard]).fetchone()
            owner.execute(
                f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE division_by_zero; END $$"
            )
            with pytest.raises(DatabaseError, match="division"):
                enter()
            owner.execute(whole)
        assert not RECORDS["AE"].objects.filter(subject=subject).exists() and AuditEntry.objects.count() == entries
        enter()  # it was these looks alone that stood in the way
        assert RECORDS["AE"].objects.filter(subject=subject).exists()


@pytest.mark.req("QRY-03")
@pytest.mark.req("INV-05")
def test_no_form_is_entered_by_the_sponsors_side_but_the_unblinded_one():
    """Who asks queries, verifies, codes, locks or analyses enters no value of a site, whatever the form."""
    sponsor = {"monitor", "data_manager", "medical_monitor", "statistician", "auditor", "administrator"}
    assert [form.code for form in served.FORMS if sponsor & set(form.entered_by)] == []
    for deed in ("settle visit", "void", "answer query", "enrol", "import results", "sign"):
        assert not sponsor & set(permissions.DEEDS[deed]), deed
