"""What the auditor reads on one page, and that pages show what was hashed."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from crf.actions import lock, output_kinds
from crf.actions import outputs as store
from crf.actions.act import act
from crf.actions.export_log import note_export
from crf.exchange.trail import verify_audit
from crf.models import AuditEntry, ExportLog, Output, RecordCheck, Site
from crf.rehearsal.walk import clock_at
from tests import trial
from tests.pages.test_report_pages import sign_in
from trialsite.database.wall import seeing


@pytest.fixture(autouse=True)
def second_place(settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"


def shown(client, **asked) -> str:
    return client.get("/study/trail/", asked).content.decode()


@pytest.mark.finding("F-505")
@pytest.mark.req("AUD-14")
def test_the_auditor_reads_on_one_page_who_locked_opened_loaded_and_changed_accounts_roles_and_sites(client, db):
    with seeing(Site.objects.all()):
        trial.lock_study(reason="Data review of today")
    for name in ("stefan", "david"):
        sign_in(client, name)
        client.post("/reports/opening/", {"reason": "The data review is complete"})
    note_export(by=trial.person("stefan"), what="blinded-report", format="csv", sha256="1" * 64, purpose="Board")
    sign_in(client, "aude")
    assert "Data review of today" in shown(client, kind="locks") and "Mark (mark)" in shown(client, kind="locks")
    opened = shown(client, kind="list")
    assert "Opening of the list approved" in opened and "Allocation list loaded" in opened and "rolf" in opened
    assert "Test organisation" in opened
    assert "Account" in shown(client, kind="accounts") and "Role" in shown(client, kind="roles")
    assert "Jerusalem" in shown(client, kind="sites")
    assert "blinded-report" in shown(client, kind="exports") and "Board" in shown(client, kind="exports")
    assert "Signed in" in shown(client, kind="sign-ins")
    assert "Check of the record" in shown(client, kind="checks")


@pytest.mark.finding("F-505")
def test_the_page_narrows_down_by_person_subject_site_and_day(client, db):
    sign_in(client, "aude")
    day = timezone.now().date()  # the trail's days are UTC's
    assert "JER-001" in shown(client, subject="JER-001") and "JER-002" not in shown(client, subject="JER-001")
    assert "Isaac (isaac)" in shown(client, who="isaac") and "Ines (ines)" not in shown(client, who="isaac")
    assert "AFU-001" in shown(client, site="AFU", kind="data") and "JER-001" not in shown(
        client, site="AFU", kind="data"
    )
    assert "Nothing was written" in shown(client, until="2001-01-01")
    assert "Nothing was written" not in shown(client, since=f"{day}")


@pytest.mark.finding("F-502")
@pytest.mark.req("AUD-08")
def test_a_page_shows_the_hashed_body_and_says_where_a_column_was_forged(client, real_commits, owner):
    with seeing(Site.objects.all()):
        about = trial.subject("JER-001").pk
        entry = AuditEntry.objects.filter(table="crf_form_hamd", actor_name="ines", subject=about).last()
    owner.execute("ALTER TABLE crf_auditentry DISABLE TRIGGER USER")
    owner.execute(
        "UPDATE crf_auditentry SET actor_name = 'ruth', changes = '{\"mood\": [null, 0]}', reason = 'Forged'"
        " WHERE id = %s",
        [entry.pk],
    )
    sign_in(client, "mona")
    page = client.get("/subjects/JER-001/audit/?form=HAMD").content.decode()
    assert "Forged" not in page and "Ruth" not in page
    assert page.count("Changed since it was written") == 1
    sign_in(client, "aude")
    assert "Forged" not in shown(client, subject="JER-001")


@pytest.mark.finding("F-507")
@pytest.mark.req("AUD-03")
@pytest.mark.req("AUD-06")
@pytest.mark.req("AUD-04")
@pytest.mark.req("TIM-01")
def test_the_trail_shows_full_name_organisation_zone_and_both_times(client, db):
    sign_in(client, "dana")
    before = timezone.now()
    client.post(
        "/study/lock/", {"reason": "Review of today", "despite": "on"}, headers={"Date": "1 Jan 2001 00:00 GMT"}
    )
    entry = AuditEntry.objects.filter(table="crf_lockrequest").last()
    assert entry.told["received"] <= entry.told["at"] and entry.told["at"].endswith("Z")
    assert before <= entry.at <= timezone.now()  # the server's time, whatever the browser says
    sign_in(client, "mona")
    page = client.get("/subjects/JER-001/audit/").content.decode()
    assert "Ines (ines)" in page and "Test organisation" in page and ("IST" in page or "IDT" in page)


@pytest.mark.finding("F-507")
@pytest.mark.req("AUD-14")
def test_an_address_and_a_second_factor_are_in_the_trail_without_the_secret(client, db):
    from allauth.mfa.models import Authenticator

    person = trial.person("clara")
    with act(by=person):
        Authenticator.objects.create(user=person, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
        person.emailaddress_set.update(verified=False)
        person.emailaddress_set.update(verified=True)
    told = AuditEntry.objects.filter(table__in=("mfa_authenticator", "account_emailaddress"))
    assert {entry.table for entry in told} >= {"mfa_authenticator"}
    assert not any("JBSWY3DPEHPK3PXP" in entry.body for entry in told)
    sign_in(client, "aude")
    assert "Second factor" in shown(client, kind="accounts")


@pytest.mark.finding("F-503")
@pytest.mark.finding("F-507")
@pytest.mark.req("AUD-09")
@pytest.mark.req("PRV-06")
@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_the_trail_is_exported_with_verifier_for_a_purpose_that_is_asked_for(client, db, tmp_path, format):
    sign_in(client, "aude")
    refused = client.post("/study/trail/export/", {"format": format, "subject": "JER-001"})
    assert refused.status_code == 200 and not ExportLog.objects.exists()
    wanted = {"format": format, "subject": "jer 1", "purpose": "Inspection of May"}
    address = client.post("/study/trail/export/", wanted).headers["Location"]
    made = Output.objects.get()
    assert (address, made.state, made.is_ready) == (f"/outputs/{made.pk}/", "done", True)
    assert not ExportLog.objects.exists(), "nothing has left yet"
    page = client.get(address).content.decode()
    assert "Audit trail of JER-001" in page and made.files[0]["sha256"] in page and "Inspection of May" in page
    answer = client.get(f"{address}files/audit-trail-JER-001-{format}.zip/")
    content = answer.getvalue()
    assert hashlib.sha256(content).hexdigest() == made.files[0]["sha256"]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {"trail.jsonl", "verify_audit.py", "SPECIFICATION.md", "vectors.json"} <= set(archive.namelist())
    archive.extractall(tmp_path)
    for name in {"trail.jsonl", f"trail.{format}"} - {"trail.parquet"}:
        trail = verify_audit.verify(tmp_path / name)
        assert trail.findings == [] and trail.events > 40
    (row,) = ExportLog.objects.all()
    told = (row.what, row.purpose, row.format, row.sha256)
    assert told == ("audit trail, subject JER-001", "Inspection of May", format, made.files[0]["sha256"])
    if format == "parquet":
        import pandas

        frame = pandas.read_parquet(tmp_path / "trail.parquet")
        assert len(frame) == trail.events and frame["actor_name"].isin(["ines"]).any()


@pytest.mark.finding("F-911")
def test_a_trail_that_is_being_exported_says_how_far_it_is_and_stops_when_it_is_cancelled(
    client, db, settings, monkeypatch
):
    settings.OUTPUTS_AT_ONCE = False
    monkeypatch.setattr("crf.exchange.trail.export.TOLD_EVERY", 20)
    sign_in(client, "aude")
    address = client.post("/study/trail/export/", {"format": "jsonl", "purpose": "Inspection"}).headers["Location"]
    told = []

    def tell(output, percent, doing):
        told.append((percent, doing))
        return len(told) < 4  # as the worker is told of one that was cancelled

    monkeypatch.setattr(store, "tell", tell)
    taken = store.take()
    output_kinds.make(taken)
    assert client.post(f"{address}cancel/").status_code == 302
    taken.refresh_from_db()
    assert (taken.state, taken.files, len(told)) == ("cancelled", [], 4)
    assert told[0] == (2, "reading the trail") and told[-1][1] == "wrote 40 events" and 5 < told[-1][0] < 95
    monkeypatch.undo()
    settings.OUTPUTS_AT_ONCE = True
    again = client.post(f"{address}again/").headers["Location"]
    assert Output.objects.get(pk=again.split("/")[2]).is_ready and again != address
    client.force_login(trial.person("dana"))
    assert client.get(again).status_code == 404


@pytest.mark.finding("F-501")
def test_an_export_whose_hash_was_changed_is_marked_where_it_is_shown(client, real_commits, owner):
    sign_in(client, "stefan")
    note_export(by=trial.person("stefan"), what="blinded-report", format="csv", sha256="1" * 64)
    sign_in(client, "dana")
    assert "Differs from the audit trail" not in client.get("/exports/").content.decode()
    owner.execute("ALTER TABLE crf_exportlog DISABLE TRIGGER USER")
    owner.execute("UPDATE crf_exportlog SET sha256 = repeat('2', 64)")
    assert "Differs from the audit trail" in client.get("/exports/").content.decode()


def forge(owner, subject) -> None:
    """What the finding did: as owner, triggers off, week-1 ratings set to 0, triggers on again."""
    owner.execute("ALTER TABLE crf_form_hamd DISABLE TRIGGER USER")
    owner.execute("UPDATE crf_form_hamd SET mood = 0 WHERE subject_id = %s", [subject])
    for (name,) in owner.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'crf_form_hamd'::regclass AND NOT tgisinternal"
    ).fetchall():
        owner.execute(f'ALTER TABLE crf_form_hamd ENABLE ALWAYS TRIGGER "{name}"')


@pytest.mark.finding("F-501")
@pytest.mark.req("SIG-03")
def test_a_value_changed_past_the_application_is_said_on_every_page_that_relied_on_it(client, real_commits, owner):
    from django.core import mail

    from crf.actions import sign
    from crf.chart.signed_content import content_of

    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))
        lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Reviewed", despite=True)
        trial.lock_study()
    for name in ("stefan", "david"):
        sign_in(client, name)
        client.post("/reports/opening/", {"reason": "The data review is complete"})
    sign_in(client, "stefan")
    client.post("/reports/final/", {"reason": "The final analysis"})
    assert client.get("/reports/final/csv/").status_code == 200
    differs = escape("what is stored now differs from what was hashed then")
    pages = {
        "ines": ["/subjects/JER-001/", "/subjects/JER-001/sign/"],
        "dana": ["/subjects/JER-001/lock/", "/study/lock/"],
    }
    for name, urls in pages.items():
        sign_in(client, name)
        assert not any(differs in client.get(url).content.decode() for url in urls)
    forge(owner, subject.pk)
    for name, urls in pages.items():
        sign_in(client, name)
        for url in urls:
            assert differs in client.get(url).content.decode(), url
    sign_in(client, "stefan")
    client.post("/reports/final/", {"reason": "The final analysis"})
    refused = client.get("/reports/final/csv/")
    assert refused.status_code == 409 and "differs from its audit trail" in refused.content.decode()
    assert {"dana@example.org", "david@example.org", "aude@example.org"} == {sent.to[0] for sent in mail.outbox}
    sign_in(client, "aude")
    assert "crf_form_hamd" in client.get("/study/check/").content.decode()


@pytest.mark.finding("F-501")
def test_the_study_is_not_locked_while_the_record_differs_from_its_trail(client, real_commits, owner):
    from crf.refusals import NotYet

    with seeing(Site.objects.all()):
        forge(owner, trial.subject("JER-001").pk)
        with pytest.raises(NotYet, match="differs from its audit trail"):
            trial.lock_study()


@pytest.mark.parametrize("kind", ["", "sign-ins", "locks", "data"])
def test_the_page_costs_at_most_eight_statements(client, db, kind):
    from tests.pages.test_costs import statements

    assert len(statements(client, f"/study/trail/?kind={kind}", "aude")) <= 8


@pytest.mark.req("AUD-18")
def test_the_auditor_has_the_whole_record_looked_at_now_and_two_presses_make_one_look(client, db):
    client.force_login(trial.person("aude"))
    output = client.post("/study/check/").headers["Location"]
    assert client.post("/study/check/").headers["Location"] == output
    (check,) = RecordCheck.objects.all()
    assert (check.cause, check.count) == (RecordCheck.Cause.BY_HAND, 0)
    told = json.loads(client.get(f"{output}files/record-check.json/").content)
    assert (told["differences"], told["cells"]) == (0, check.cells) and check.cells > 0
    assert "By hand" in client.get("/study/check/").content.decode()
    # Later it is looked at anew: what was done past the trail leaves no mark that would make the stored one stale.
    with clock_at(timezone.now() + timedelta(minutes=2)):
        assert client.post("/study/check/").headers["Location"] != output
    for person, status in (("ines", 403), ("mona", 403), ("stefan", 403)):
        client.force_login(trial.person(person))
        assert client.post("/study/check/").status_code == status
