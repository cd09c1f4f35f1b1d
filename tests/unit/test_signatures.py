"""A signature stands on what was shown, falls with it, and is given by the investigator of the site alone."""

import hashlib
import json

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from crf import trial as served
from crf.actions import enter, sign
from crf.actions import void as voiding
from crf.actions.act import act
from crf.chart.signed_content import content_of, content_under, signed_forms
from crf.models import RECORDS, AuditEntry, Signature, Site, User
from crf.permissions import require
from crf.refusals import ChangedMeanwhile, NotAllowed, NotYet, Refusal
from crf.shown import entry
from tests import trial
from trialsite.database.wall import seeing


@pytest.fixture
def subject(db):
    with seeing(Site.objects.all()):
        yield trial.subject("JER-001")


def signed(subject, by="ines"):
    return sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person(by))


def stands(signature) -> bool:
    signature.refresh_from_db()
    return signature.revoked_at is None


@pytest.mark.req("SIG-01")
@pytest.mark.req("SIG-03")
def test_a_signature_says_who_when_what_it_means_and_which_content(subject):
    signature = signed(subject)
    assert (signature.printed_name, signature.role) == ("Ines", "investigator")
    assert signature.meaning == served.CASEBOOK_STATEMENT
    assert signature.signed_at is not None
    content = content_of(subject)
    assert signature.content_sha256 == hashlib.sha256(content.canonical).hexdigest()
    assert content_under(signature).canonical == content.canonical


@pytest.mark.req("SIG-03")
def test_the_canonical_form_is_the_one_that_is_described(subject):
    told = json.loads(content_of(subject).canonical)
    assert (
        content_of(subject).canonical
        == json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    )
    hamd = next(one for one in told["records"] if (one["form"], one["visit"]) == ("HAMD", "W1"))
    stored = trial.record_of(subject, "HAMD", "W1")
    assert hamd["items"] == {name: str(value) for name, value in stored.values().items() if value is not None} | {
        name: value.isoformat() for name, value in stored.values().items() if hasattr(value, "isoformat")
    }
    complete = {
        (code, record.pk)
        for code, model in RECORDS.items()
        for record in model.objects.standing().filter(subject=subject, completed_at__isnull=False)
    }
    assert len(told["records"]) == len(complete)
    assert {"visit": "W1", "occurred_on": str(stored.visit.occurred_on), "missed_reason": ""} in told["visits"]


@pytest.mark.req("SIG-03")
@pytest.mark.req("BLI-03")
def test_what_unblinds_is_in_no_content(subject):
    assert "DRUGLEVEL" not in {form.code for form in signed_forms()}
    before = content_of(subject).sha256
    signature = signed(subject)
    trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia")
    assert content_of(subject).sha256 == before
    assert stands(signature)
    assert signature.overtaken_at is None


@pytest.mark.req("SIG-03")
def test_a_reason_for_a_missing_answer_is_part_of_the_content(subject):
    before = content_of(subject).sha256
    record = trial.record_of(subject, "VITALS", "W1")
    typed = {name: text for name, text in entry.typed_of(record).items() if "__" not in name}
    enter.save(
        form=record.form,
        subject=subject,
        visit=record.visit,
        by=trial.person("ines"),
        answers=typed | {"pulse": ""},
        missing={"pulse": {"code": "ND", "reason": "The device was broken"}},
        version=record.version,
        reason="Not measured",
    )
    assert content_of(subject).sha256 != before
    assert "The device was broken" in content_of(subject).canonical.decode()


@pytest.mark.req("SIG-04")
def test_what_changed_since_the_page_was_shown_is_not_signed(subject):
    shown = content_of(subject).sha256
    trial.change(subject, "W1", "VITALS", "ines", weight="71.5")
    with pytest.raises(ChangedMeanwhile, match="nothing was signed"):
        sign.sign_casebook(subject=subject, shown_sha256=shown, by=trial.person("ines"))
    assert not Signature.objects.exists()


@pytest.mark.req("SIG-05")
@pytest.mark.req("AUD-13")
def test_a_change_of_a_signed_value_revokes_the_signature_in_the_same_transaction_and_on_record(subject):
    signature = signed(subject)
    trial.change(subject, "W1", "VITALS", "clara", weight="71.5")
    assert not stands(signature)
    assert signature.revoked_because == "VITALS at W1 was changed."
    trail = AuditEntry.objects.filter(table="crf_signature", record=signature.pk).order_by("sequence")
    assert [entry.operation for entry in trail] == ["INSERT", "UPDATE"]
    revoked = trail.last()
    assert (revoked.actor_name, revoked.reason) == ("clara", "Typing error")
    assert set(revoked.changes) == {"revoked_at", "revoked_because"}


@pytest.mark.req("SIG-05")
def test_no_path_past_the_deeds_leaves_a_signature_standing(subject):
    signature = signed(subject)
    with act(by=trial.person("clara"), reason="By hand"):
        RECORDS["VITALS"].objects.filter(subject=subject, visit__code="W1").update(pulse=99)
    assert not stands(signature)


@pytest.mark.req("SIG-05")
def test_a_signature_stands_while_only_who_and_when_change(subject):
    signature = signed(subject)
    with act(by=trial.person("clara"), reason="By hand"):
        RECORDS["VITALS"].objects.filter(subject=subject, visit__code="W1").update(changed_by=trial.person("clara"))
    with act(by=trial.person("ines")):
        visit = trial.visit_of(subject, "W1")
        visit.state, visit.settled_at, visit.settled_by = visit.State.DONE, timezone.now(), trial.person("ines")
        visit.save()
    assert stands(signature)
    assert content_under(signature).sha256 == signature.content_sha256


@pytest.mark.req("SIG-05")
def test_a_further_record_overtakes_the_signature_and_revokes_nothing(subject):
    signature = signed(subject)
    assert Signature.objects.whole().filter(subject=subject).exists()
    trial.fill(subject, "W3", "VITALS", subject.site.today(), "ines")
    assert stands(signature)
    assert signature.overtaken_at is not None
    assert not Signature.objects.whole().filter(subject=subject).exists()
    assert content_under(signature).sha256 == signature.content_sha256
    again = signed(subject)
    assert again.content_sha256 != signature.content_sha256
    assert Signature.objects.whole().get(subject=subject) == again


@pytest.mark.req("SIG-05")
def test_a_voided_row_and_a_moved_visit_revoke_too(subject):
    trial.fill(subject, None, "AE", subject.site.today(), "ines")
    event = trial.record_of(subject, "AE")
    signature = signed(subject)
    voiding.void(record=event, by=trial.person("ines"), reason="Entered for the wrong subject")
    assert not stands(signature)
    assert signature.revoked_because == "AE was voided."
    second = signed(subject)
    with act(by=trial.person("ines")):
        visit = trial.visit_of(subject, "W1")
        visit.occurred_on = subject.site.today()
        visit.save(update_fields=["occurred_on"])
    assert not stands(second)
    assert second.revoked_because == "The visit W1 was changed."


def test_an_incomplete_form_is_not_signed(subject):
    before = content_of(subject)
    visit = trial.visit_of(subject, "W3")
    enter.save(form=served.form("VITALS"), subject=subject, visit=visit, by=trial.person("ines"), answers={})
    after = content_of(subject)
    assert after.covers.get("VITALS") == before.covers.get("VITALS")


@pytest.mark.req("SIG-07")
@pytest.mark.parametrize("person", ["clara", "ruth", "mona", "dana", "isaac", "adam", "nora"])
def test_only_the_investigator_of_the_site_signs(subject, person):
    with pytest.raises(NotAllowed):
        signed(subject, by=person)


@pytest.mark.req("SIG-07")
@pytest.mark.req("SIG-10")
@pytest.mark.parametrize("person", ["clara", "isaac", "adam"])
def test_the_database_takes_a_signature_of_nobody_else(subject, person):
    content, someone = content_of(subject), trial.person(person)
    with pytest.raises(Refusal, match="Only an investigator of the site signs"), act(by=someone):
        Signature.objects.create(
            subject=subject,
            site_id=subject.site_id,
            scope="CASEBOOK",
            meaning="x",
            content_sha256=content.sha256,
            covers=content.covers,
            signed_by=someone,
            printed_name="x",
            role="investigator",
            signed_at=timezone.now(),
        )


@pytest.mark.req("SIG-10")
def test_nobody_signs_for_another_person(subject):
    with pytest.raises(Refusal, match="Nobody signs for another person"), act(by=trial.person("adam")):
        Signature.objects.create(
            subject=subject,
            site_id=subject.site_id,
            scope="CASEBOOK",
            meaning="x",
            content_sha256=content_of(subject).sha256,
            covers={},
            signed_by=trial.person("ines"),
            printed_name="Ines",
            role="investigator",
            signed_at=timezone.now(),
        )


@pytest.mark.req("SIG-03")
@pytest.mark.parametrize(
    "what",
    [
        "UPDATE crf_signature SET revoked_at = NULL",
        "DELETE FROM crf_signature",
        "UPDATE crf_signature SET subject_id = 1",
    ],
)
def test_the_web_role_cannot_move_take_back_or_restore_a_signature(subject, what):
    signed(subject)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(what)


def test_a_part_is_signed_with_a_meaning_of_its_own_and_falls_only_with_that_part(subject):
    form, visit = served.form("VITALS"), trial.visit_of(subject, "W1")
    part = {"visit": visit, "form": form}
    signature = sign.sign(
        subject=subject,
        scope=Signature.Scope.LABORATORY,
        meaning="I have judged each abnormal value.",
        shown_sha256=content_of(subject, **part).sha256,
        by=trial.person("ines"),
        **part,
    )
    assert list(signature.covers) == ["VITALS"]
    trial.change(subject, "W1", "HAMD", "ruth", mood="1")
    trial.change(subject, "W2", "VITALS", "ines", weight="71.5")
    assert stands(signature)
    trial.change(subject, "W1", "VITALS", "ines", weight="71.5")
    assert not stands(signature)


def test_one_record_is_signed_alone(subject):
    record = trial.record_of(subject, "HAMD", "W1")
    part = {"visit": record.visit, "form": record.form, "record": record.pk}
    signature = sign.sign(
        subject=subject,
        scope=Signature.Scope.RECORD,
        meaning="I reviewed this rating.",
        shown_sha256=content_of(subject, **part).sha256,
        by=trial.person("ines"),
        **part,
    )
    assert signature.covers == {"HAMD": [record.pk]}
    trial.change(subject, "W1", "HAMD", "ruth", mood="1")
    assert not stands(signature)


def test_there_must_be_something_to_sign(subject):
    part = {"visit": trial.visit_of(subject, "W5"), "form": served.form("HAMD")}
    with pytest.raises(NotYet, match="no complete form"):
        sign.sign(
            subject=subject,
            scope="LABORATORY",
            meaning="x",
            by=trial.person("ines"),
            shown_sha256=content_of(subject, **part).sha256,
            **part,
        )


@pytest.mark.req("SIG-06")
def test_a_signer_stays_the_person_who_signed(subject):
    """The name printed is the one of then; the account behind it is neither deleted nor given another name."""
    signature = signed(subject)
    with act(by="system:test"):
        User.objects.filter(username="ines").update(first_name="Inessa")
    signature.refresh_from_db()
    assert (signature.printed_name, signature.signed_by.username) == ("Ines", "ines")
    with pytest.raises(Refusal, match="never changed"), act(by="system:test"):
        User.objects.filter(username="ines").update(username="irene")
    assert require(trial.person("ines"), "sign", subject.site_id) == "investigator"
