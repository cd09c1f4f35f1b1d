"""Once consent is withdrawn the database itself begins nothing new about the subject (PRV-04)."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from crf import trial as served
from crf.actions.act import act, refusal_of
from crf.models import RECORDS, Subject, Visit
from crf.rules.withdrawal import may_begin
from tests import trial
from trialsite.database.wall import seeing

CODES = [form.code for form in served.FORMS]


@pytest.fixture
def withdrawn(db):
    """JER-003, who withdrew consent today; whoever writes now passes by the deeds."""
    from crf.models import Site

    with seeing(Site.objects.all()):
        subject = trial.subject("JER-003")
        with act(by="system:tests", reason="withdrawn"):
            Subject.objects.filter(pk=subject.pk).update(consent_withdrawn_on=subject.site.today())
        yield trial.subject("JER-003")


def write(code, subject, visit):
    now, by = timezone.now(), trial.person("ines")
    RECORDS[code].objects.create(
        subject=subject,
        site_id=subject.site_id,
        visit=visit,
        row_number=9,
        created_at=now,
        created_by=by,
        changed_at=now,
        changed_by=by,
        protocol_version=subject.protocol_version,
    )


@pytest.mark.req("PRV-04")
@pytest.mark.parametrize("code", CODES)
def test_a_new_record_is_written_only_of_the_forms_that_the_rule_names(withdrawn, code):
    visit = None if served.form(code).log else trial.visit_of(withdrawn, "BL")
    if may_begin(served.form(code), withdrawn.consent_withdrawn_on):
        with act(by="system:tests"):
            write(code, withdrawn, visit)
        assert RECORDS[code].objects.filter(subject=withdrawn, row_number=9).exists()
    else:
        with pytest.raises(Exception, match="Consent was withdrawn on") as refused, act(by="system:tests"):
            write(code, withdrawn, visit)
        assert refused.value.sentence.endswith("are still entered.")  # a person can read it
        assert not RECORDS[code].objects.filter(subject=withdrawn, row_number=9).exists()


@pytest.mark.req("PRV-04")
def test_no_visit_begins(withdrawn):
    with pytest.raises(Exception, match="Consent was withdrawn on"), act(by="system:tests"):
        Visit.objects.create(subject=withdrawn, site_id=withdrawn.site_id, code="UNS")


@pytest.mark.req("PRV-04")
def test_what_was_collected_may_still_be_corrected(withdrawn):
    record = trial.record_of(withdrawn, "DEMOG", "SCR")
    with act(by="system:tests", reason="Typing error"):
        type(record).objects.filter(pk=record.pk).update(birth_year=1971)
    record.refresh_from_db()
    assert record.birth_year == 1971


@pytest.mark.req("PRV-04")
def test_nobody_of_the_web_can_switch_the_guard_off(withdrawn):
    from django.db import connection

    for statement in (
        "ALTER TABLE crf_auditentry DISABLE TRIGGER withdrawal_guard",
        "DROP TRIGGER withdrawal_guard ON crf_auditentry",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert refusal_of(refused.value) is None
