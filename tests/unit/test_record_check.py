"""The record against its trail: what somebody with every right changes past the application is found."""

import functools
import json
import subprocess
import sys
import zipfile

import psycopg
import pytest
from django.core import mail
from django.utils import timezone

from crf import trial as served
from crf.actions import corrections, hold, verify_record
from crf.chart.held import Place
from crf.exchange.trail import ddl
from crf.models import RecordCheck, Site
from tests import trial
from trialsite.database.wall import seeing


@pytest.fixture(autouse=True)
def second_place(settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"
    return tmp_path / "anchors"


def verified() -> RecordCheck:
    return verify_record.verify(cause=RecordCheck.Cause.BY_HAND)


@pytest.mark.finding("F-501")
def test_an_untouched_record_agrees_with_its_trail(real_commits):
    verify_record.anchor(now=timezone.now())
    check = verified()
    assert check.findings == []
    assert check.events > 150 and check.cells > 3000 and check.anchored_at


@pytest.mark.finding("F-913")
def test_what_is_kept_as_waiting_for_a_monitor_is_held_against_what_it_follows_from(real_commits, owner):
    owner.execute("UPDATE crf_toverify SET version = version + 1 WHERE record = (SELECT min(record) FROM crf_toverify)")
    owner.execute("DELETE FROM crf_toverify WHERE form = 'VITALS'")
    said = [one for one in verified().findings if "whether they wait" in one]
    assert len(said) >= 2 and any(one.startswith("Vital signs") for one in said)


# -- planted tamperings

#: what -> statement; {subject} is JER-001, whose casebook is signed and locked, {third} is JER-003, where nothing is.
RECORD = {
    "a rating is set to another value": "UPDATE crf_form_hamd SET mood = 0 WHERE id = {hamd}",
    "a rating is blanked": "UPDATE crf_form_hamd SET mood = NULL WHERE id = {hamd}",
    "a rating is removed": "DELETE FROM crf_form_hamd WHERE id = {hamd}",
    "a rating is moved to another visit": "UPDATE crf_form_hamd SET visit_id = {empty} WHERE id = {hamd}",
    "a rating is moved to another subject": "UPDATE crf_form_hamd SET subject_id = {third} WHERE id = {hamd}",
    "a rating becomes somebody else's": "UPDATE crf_form_hamd SET created_by_id = changed_by_id + 1 WHERE id = {hamd}",
    "a form is re-dated": "UPDATE crf_form_hamd SET created_at = created_at - interval '3 days' WHERE id = {hamd}",
    "a form is called incomplete": "UPDATE crf_form_hamd SET completed_at=NULL, completed_by_id=NULL WHERE id={hamd}",
    "a weight is rounded": "UPDATE crf_form_vitals SET weight = weight + 1 WHERE subject_id = {subject}",
    "a missing answer gets a reason": "UPDATE crf_form_lab SET missing = '{{\"x\": 1}}' WHERE subject_id={subject}",
    "a dose is changed": "UPDATE crf_form_dosing SET effective_on = effective_on - 1 WHERE subject_id = {subject}",
    "a form appears from nowhere": (
        'INSERT INTO crf_form_consent SELECT (jsonb_populate_record(t, \'{{"id": 999999, "row_number": 9}}\')).*'
        " FROM crf_form_consent AS t WHERE subject_id = {third}"
    ),
    "a visit is moved": "UPDATE crf_visit SET occurred_on = occurred_on - 2 WHERE id = {visit}",
    "a visit is called missed": "UPDATE crf_visit SET missed_reason = 'Ill' WHERE id = {visit}",
    "a subject gets another kit": "UPDATE crf_subject SET kit = 'KIT-X' WHERE id = {subject}",
    "a subject was randomised earlier": "UPDATE crf_subject SET randomised_at = now() WHERE id = {subject}",
    "a query is answered": "UPDATE crf_query SET answer = 'All well' WHERE subject_id = {subject}",
    "a query is gone": "DELETE FROM crf_query WHERE subject_id = {subject}",
    "a query asks another thing": "UPDATE crf_query SET text = 'Is it 2?' WHERE subject_id = {subject}",
    "an alert is gone": "DELETE FROM crf_alert WHERE subject_id = {subject}",
    "an alert is not blocking": "UPDATE crf_alert SET is_blocking = false WHERE subject_id = {subject}",
    "a signature bears another time": "UPDATE crf_signature SET signed_at = now() WHERE subject_id = {subject}",
    "a signature covers another content": (
        "UPDATE crf_signature SET content_sha256 = repeat('0', 64) WHERE subject_id = {subject}"
    ),
    "a lock bears another hash": "UPDATE crf_casebooklock SET content_hash = repeat('0', 64)",
    "a lock was never there": "DELETE FROM crf_casebooklock",
    "a lock of one form bears another hash": "UPDATE crf_hold SET content_hash = repeat('0', 64) WHERE kind = 'lock'",
    "a freeze was never there": "DELETE FROM crf_hold WHERE kind = 'freeze'",
    "a freeze was lifted long ago": (
        "UPDATE crf_hold SET lifted_at = placed_at, lifted_by_id = placed_by_id, lifted_reason = 'x'"
    ),
    "what is frozen is changed": "UPDATE crf_form_vitals SET weight = weight + 1 WHERE subject_id = {subject}",
    "a correction was never asked for": "DELETE FROM crf_correction",
    "a correction was accepted": (
        "UPDATE crf_correction"
        " SET state = 'accepted', decided_by_id = asked_by_id, decision = 'Yes', decided_at = asked_at"
    ),
    "a role is given": (
        "INSERT INTO crf_roleheld (user_id, site_id, role, starts_on, trained_on, delegated_on)"
        " SELECT user_id, site_id, 'auditor', starts_on, trained_on, delegated_on FROM crf_roleheld LIMIT 1"
    ),
    "a role began earlier": "UPDATE crf_roleheld SET starts_on = starts_on + 1",
    "an address is changed": "UPDATE crf_user SET email = 'else@example.org' WHERE username = 'ines'",
    "a site lies elsewhere": "UPDATE crf_site SET country = 'XX'",
    "an export was never made": "DELETE FROM crf_exportlog",
    "an export bears another hash": "UPDATE crf_exportlog SET sha256 = repeat('0', 64)",
}
REWRITE = """DO $$ DECLARE row record; before bytea := ''; BEGIN
    FOR row IN SELECT id, body FROM crf_auditentry WHERE chain = 'subject:{subject}' ORDER BY sequence LOOP
        UPDATE crf_auditentry SET body = replace(row.body, '"reason": ""', '"reason": "x"'), previous = before,
               reason = CASE WHEN reason = '' THEN 'x' ELSE reason END,
               hash = sha256(before || sha256(convert_to(replace(row.body, '"reason": ""', '"reason": "x"'), 'UTF8')))
         WHERE id = row.id RETURNING hash INTO before;
    END LOOP;
    UPDATE crf_chainhead SET hash = before WHERE chain = 'subject:{subject}'; END $$"""
EDITED = """replace(body, '"reason": ""', '"reason": "x"')"""
OF_CHAIN = "chain = 'subject:{subject}'"
TRAIL = {
    "the page would show another reason": f"UPDATE crf_auditentry SET reason = 'x' WHERE {OF_CHAIN} AND sequence = 5",
    "the page would show another person": f"UPDATE crf_auditentry SET actor_name = 'x' WHERE {OF_CHAIN} AND sequence=5",
    "the page would show another role": f"UPDATE crf_auditentry SET role = 'x' WHERE {OF_CHAIN} AND sequence = 5",
    "the page would show another time": f"UPDATE crf_auditentry SET at = at - interval '1 day' WHERE {OF_CHAIN}",
    "the page shows no values": f"UPDATE crf_auditentry SET changes = '{{{{}}}}' WHERE {OF_CHAIN} AND sequence = 5",
    "an event hides under another subject": f"UPDATE crf_auditentry SET subject = {{third}} WHERE {OF_CHAIN}",
    "an event hides under another table": f"UPDATE crf_auditentry SET \"table\" = 'crf_site' WHERE {OF_CHAIN}",
    "an event hides under another site": f"UPDATE crf_auditentry SET site_id = NULL WHERE {OF_CHAIN} AND sequence = 7",
    "a body is edited": (
        f"UPDATE crf_auditentry SET body = replace(body, 'UPDATE', 'INSERT') || ' ' WHERE {OF_CHAIN} AND sequence = 5"
    ),
    "a body is emptied": f"UPDATE crf_auditentry SET body = '' WHERE {OF_CHAIN} AND sequence = 5",
    "a body and its hash are edited": (
        f"UPDATE crf_auditentry SET body = {EDITED}, reason = 'x',"
        f" hash = sha256(previous || sha256(convert_to({EDITED}, 'UTF8'))) WHERE {OF_CHAIN} AND sequence = 5"
    ),
    "an event in the middle is removed": f"DELETE FROM crf_auditentry WHERE {OF_CHAIN} AND sequence = 5",
    "the tail is cut": f"DELETE FROM crf_auditentry WHERE {OF_CHAIN} AND sequence > 10",
    "the tail is cut and the head moved": (
        f"DELETE FROM crf_auditentry WHERE {OF_CHAIN} AND sequence > 10;"
        " UPDATE crf_chainhead SET sequence = 10, hash = (SELECT hash FROM crf_auditentry"
        f" WHERE {OF_CHAIN} AND sequence = 10) WHERE {OF_CHAIN}"
    ),
    "a whole subject is gone from the trail": f"DELETE FROM crf_auditentry WHERE {OF_CHAIN}",
    "a whole subject is gone with its head": (
        f"DELETE FROM crf_auditentry WHERE {OF_CHAIN}; DELETE FROM crf_chainhead WHERE {OF_CHAIN}"
    ),
    "two events change places": (
        f"UPDATE crf_auditentry SET sequence = -5 WHERE {OF_CHAIN} AND sequence = 5;"
        f" UPDATE crf_auditentry SET sequence = 5 WHERE {OF_CHAIN} AND sequence = 6;"
        f" UPDATE crf_auditentry SET sequence = 6 WHERE {OF_CHAIN} AND sequence = -5"
    ),
    "an event is inserted": (
        "INSERT INTO crf_auditentry SELECT (jsonb_populate_record(t,"
        " jsonb_build_object('id', 99999999, 'sequence', 99999))).*"
        f" FROM crf_auditentry AS t WHERE {OF_CHAIN} AND sequence = 5"
    ),
    "an event is repeated in another chain": (
        f"UPDATE crf_auditentry SET chain = 'subject:{{third}}', sequence = 9999 WHERE {OF_CHAIN} AND sequence = 5"
    ),
    "the head bears another hash": f"UPDATE crf_chainhead SET hash = '\\x00' WHERE {OF_CHAIN}",
    "the head is moved back": f"UPDATE crf_chainhead SET sequence = 5 WHERE {OF_CHAIN}",
    "the link to the event before is edited": (
        f"UPDATE crf_auditentry SET previous = '\\x00' WHERE {OF_CHAIN} AND sequence = 5"
    ),
    "a whole chain is rewritten with right hashes": REWRITE,
}
MACHINERY = {
    "a trigger is switched off": "ALTER TABLE crf_form_hamd DISABLE TRIGGER USER",
    "a trigger is for ordinary sessions only": "ALTER TABLE crf_form_hamd ENABLE TRIGGER signed_or_locked",
    "a trigger is dropped": "DROP TRIGGER signed_or_locked ON crf_form_hamd",
    "the trail may shrink": "ALTER TABLE crf_auditentry DISABLE TRIGGER only_grows",
    "the web may write the trail": "GRANT INSERT ON crf_auditentry TO ecrf_web",
    "the web may delete records": "GRANT DELETE ON crf_form_hamd TO ecrf_web",
    "the wall between sites is off": "ALTER TABLE crf_form_hamd DISABLE ROW LEVEL SECURITY",
    "one person may lock the study": "ALTER TABLE crf_studylock DISABLE TRIGGER two_people",
    "addresses are changed unseen": "ALTER TABLE account_emailaddress DISABLE TRIGGER trail",
    "the audit function does nothing": (
        "CREATE OR REPLACE FUNCTION crf_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END'"
    ),
}
PLANTED = RECORD | TRAIL | MACHINERY
assert len(PLANTED) >= 60
GUARDED = ("crf_auditentry", "crf_chainhead")


def told(statement: str) -> str:
    """The statement about this world: JER-001 signed and locked, with a query, an alert and an export."""
    with seeing(Site.objects.all()):
        subject, third = trial.subject("JER-001"), trial.subject("JER-003")
        empty = trial.visit_of(subject, "W5")
        hamd, visit = trial.record_of(subject, "HAMD", "W1"), trial.visit_of(subject, "W2")
    return statement.format(subject=subject.pk, third=third.pk, hamd=hamd.pk, visit=visit.pk, empty=empty.pk)


@pytest.fixture
def settled(real_commits):
    from crf.actions import lock, queries, sign
    from crf.actions.export_log import note_export
    from crf.chart.signed_content import content_of

    with seeing(Site.objects.all()):
        subject, ines = trial.subject("JER-001"), trial.person("ines")
        trial.fill(subject, "W3", "HAMD", subject.site.today(), "ines", suicide="4")
        queries.ask(record=trial.record_of(subject, "HAMD", "W1"), text="Which week?", by=trial.person("mona"))
        sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=ines)
        note_export(by=ines, what="casebook", format="pdf", sha256="1" * 64)
        visit = trial.visit_of(subject, "W1")
        for form, place in (("VITALS", hold.freeze), ("BDI", functools.partial(hold.lock, despite=True))):
            place(place=Place(subject.site, subject, visit, served.form(form)), by=trial.person("dana"), reason="Clean")
        corrections.ask(subject=subject, text="The other stratum", by=ines)
        lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Reviewed", despite=True)
    verify_record.anchor(now=timezone.now())


@pytest.mark.req("SEC-18")
@pytest.mark.req("AUD-10")
@pytest.mark.req("AUD-11")
@pytest.mark.req("AUD-18")
@pytest.mark.finding("F-501")
@pytest.mark.finding("F-502")
@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_tampering_is_refused_or_found_whoever_does_it(settled, owner, superuser, what, monkeypatch):
    """As the web role, as the owner, and as a superuser in replica mode with every trigger switched off.

    What the database notes of changed triggers is left out: the tampering itself is to be found.
    """
    monkeypatch.setattr(ddl, "commands", lambda **asked: [])
    from tests.sealed_room import connected_as_web

    statement = told(PLANTED[what])
    with connected_as_web() as web, seeing(Site.objects.all()):
        web.execute("SELECT set_config('crf.sites', '{1,2,3,4,5,6,7,8,9}', false)")
        if statement.startswith("GRANT"):  # answered with a warning
            web.execute(statement)
        else:
            with pytest.raises(psycopg.Error):  # it names no actor here: with one, the trail tells
                web.execute(statement)
    try:
        owner.execute(statement)
    except psycopg.Error:
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = 'replica'")
            tables = superuser.execute(
                "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
                " WHERE NOT tgisinternal AND tgenabled = 'A' AND relnamespace = 'public'::regnamespace"
            ).fetchall()
            for table, trigger in tables if what not in MACHINERY else ():
                superuser.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
            superuser.execute(statement)
            for table, trigger in tables if what not in MACHINERY else ():
                superuser.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{trigger}"')
    check = verified()
    assert check.count, what


# -- the commands, as people run them


def run(*words: str) -> int:
    """`manage.py WORDS`, Django's own checks of the command line among it; gives the exit status."""
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["manage.py", *map(str, words)])
    except SystemExit as ended:
        return ended.code or 0
    return 0


@pytest.mark.finding("F-501")
@pytest.mark.req("AUD-11")
def test_the_watch_anchors_each_hour_and_checks_each_night_and_tells_who_must_know(real_commits, owner, second_place):
    assert run("keep_trail", "--once") == 0
    assert len((second_place / "checkpoints.jsonl").read_text().splitlines()) == 1
    assert [check.cause for check in RecordCheck.objects.all()] == ["nightly"]
    assert run("keep_trail", "--once") == 0  # neither an hour nor a night later
    assert len((second_place / "checkpoints.jsonl").read_text().splitlines()) == 1
    assert RecordCheck.objects.count() == 1
    owner.execute("ALTER TABLE crf_site DISABLE TRIGGER USER")
    owner.execute("UPDATE crf_site SET country = 'XX'")
    owner.execute("ALTER TABLE crf_recordcheck DISABLE TRIGGER USER")
    owner.execute("DELETE FROM crf_recordcheck")
    assert run("keep_trail", "--once") == 0
    assert {sent.to[0] for sent in mail.outbox} == {"dana@example.org", "david@example.org", "aude@example.org"}
    assert "XX" not in "".join(sent.body for sent in mail.outbox)


@pytest.mark.req("AUD-18")
@pytest.mark.finding("F-501")
def test_verify_says_by_its_status_whether_anything_differs(real_commits, owner, capsys):
    assert run("anchor") == 0 and run("verify") == 0
    assert "no difference" in capsys.readouterr().out
    owner.execute("ALTER TABLE crf_form_hamd DISABLE TRIGGER USER")
    owner.execute("UPDATE crf_form_hamd SET mood = 0")
    assert run("verify") == 1
    out = capsys.readouterr().out
    assert "the column “mood” differs" in out and "trial.E041" in out


@pytest.mark.finding("F-503")
@pytest.mark.req("AUD-09")
def test_the_trail_is_exported_by_command_and_verified_by_a_stranger(real_commits, tmp_path, capsys):
    assert run("anchor") == 0
    key = capsys.readouterr().out.split("key ")[1].strip()
    archive = tmp_path / "trail.zip"
    assert run("export_trail", archive, "--by", "ines", "--purpose", "x") == 1
    assert not archive.exists()
    assert run("export_trail", archive, "--by", "aude", "--purpose", "Inspection") == 0
    assert run("export_trail", archive, "--by", "aude", "--purpose", "Inspection") == 1  # never over a file
    zipfile.ZipFile(archive).extractall(tmp_path / "out")
    words = [sys.executable, "-I", "verify_audit.py", "trail.jsonl", "--anchors", "anchors", "--key", key]
    ran = subprocess.run(words, cwd=tmp_path / "out", env={}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.finding("F-501")
def test_a_chain_that_went_back_is_not_anchored_and_found(real_commits, owner):
    assert run("anchor") == 0
    owner.execute("ALTER TABLE crf_auditentry DISABLE TRIGGER USER")
    owner.execute("ALTER TABLE crf_chainhead DISABLE TRIGGER head_moves_on")
    owner.execute("DELETE FROM crf_auditentry WHERE chain = 'subject:1' AND sequence > 10")
    owner.execute(
        "UPDATE crf_chainhead SET sequence = 10, hash = (SELECT hash FROM crf_auditentry"
        " WHERE chain = 'subject:1' AND sequence = 10) WHERE chain = 'subject:1'"
    )
    with pytest.raises(verify_record.WentBack, match="subject:1 is at event 10"):
        verify_record.anchor(now=timezone.now())
    assert any("rolled back" in sentence for sentence in verified().findings)


@pytest.mark.req("AUD-18")
def test_what_a_check_says_names_no_value_and_no_form_that_unblinds(real_commits, owner):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, None, "DRUGLEVEL", subject.site.today(), "sofia")
    owner.execute("ALTER TABLE crf_form_druglevel DISABLE TRIGGER USER")
    owner.execute("UPDATE crf_form_druglevel SET changed_at = now() - interval '1 day'")
    told = " ".join(verified().findings)
    assert "a form that unblinds" in told and "changed_at" in told


@pytest.mark.finding("F-510")
@pytest.mark.req("AUD-11")
@pytest.mark.req("SEC-18")
def test_a_trigger_that_was_off_for_a_moment_is_noted_where_its_owner_cannot_write_and_told_by_the_next_look(
    real_commits, owner, second_place
):
    with seeing(Site.objects.all()):
        assert verify_record.verify(cause=RecordCheck.Cause.NIGHTLY).findings == []
        owner.execute("ALTER TABLE crf_form_hamd DISABLE TRIGGER signed_or_locked")
        owner.execute("ALTER TABLE crf_form_hamd ENABLE ALWAYS TRIGGER signed_or_locked")
        for statement in ("DELETE FROM ddl_log.command", "UPDATE ddl_log.command SET tag = 'x'",
                          "TRUNCATE ddl_log.command", "ALTER EVENT TRIGGER ecrf_ddl DISABLE"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(statement)
        check = verify_record.verify(cause=RecordCheck.Cause.NIGHTLY)
        assert check.count == 2 and all(
            "ecrf_owner: ALTER TABLE (table public.crf_form_hamd)" in one for one in check.findings
        )
        assert verify_record.verify(cause=RecordCheck.Cause.NIGHTLY).findings == []  # told once, and on record
        verify_record.anchor(now=timezone.now())
        verify_record.anchor(now=timezone.now())
    told = [json.loads(line) for line in (second_place / "ddl.jsonl").read_text().splitlines()]
    assert [one["object"] for one in told if one["login"] == "ecrf_owner"][-2:] == ["table public.crf_form_hamd"] * 2
    assert len({one["id"] for one in told}) == len(told)
