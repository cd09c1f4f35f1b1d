"""Personal data entered by mistake: two people take it out of everything, and the trail still verifies (AUD-12)."""

import zipfile

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from crf import spec
from crf import trial as served
from crf.actions import copies, drafts, output_kinds, queries, redact, sign, verify_record
from crf.actions.act import act
from crf.chart.signed_content import content_of
from crf.chart.standing import Standing
from crf.exchange.copy import verify_copy
from crf.exchange.trail import verify_audit
from crf.models import RECORDS, AuditEntry, Draft, OutputPart, Query, RecordCheck, Redaction, Signature, Site
from crf.shown import redactable
from tests import trial
from tests.pages.test_casebook_files import text_of
from tests.pages.test_deeds_by_page import sign_in
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
NAME = "Rivka Testowitz"
EVENTS = served.code_serving(spec.Purpose.ADVERSE_EVENTS)


@pytest.fixture(autouse=True)
def second_place(settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"


def free_text() -> str:
    """A free text of the form of adverse events."""
    form = served.form(EVENTS)
    return next(name for name, item in form.asked.items() if isinstance(item.kind, spec.Text) and item.required)


@pytest.fixture
def named(db):
    """A name in a text that was signed and then corrected, in a reason, a query with its answer, and a draft."""
    item = free_text()
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        on = subject.site.today()
        record = trial.fill(subject, None, EVENTS, on, "ines", **{item: f"Fell, seen by {NAME}"}).record
        sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))
        query = queries.ask(record=record, text=f"Who is {NAME.upper()}?", by=trial.person("mona"))
        queries.answer(query=query, text=f"{NAME} is the sister", by=trial.person("clara"))
        trial.change(
            subject, None, EVENTS, "ines", reason=f"As {NAME} told again", **{item: f"Fell twice, seen by {NAME}"}
        )
        drafts.keep(
            form=record.form, subject=subject, visit=None, by=trial.person("clara"), changes={item: f"{NAME} called"}
        )
        sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))
    return subject, record, item


def everywhere(subject) -> list[str]:
    """The tables in which any row about the subject still holds the name; the body of the trail among them."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name IN ('subject_id', 'subject')"
            " AND has_table_privilege(to_regclass('public.' || table_name), 'SELECT')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE to_jsonb(t)::text ILIKE %s", [f"%{NAME}%"])
            found += [table] * cursor.fetchone()[0]
    return found


def asked_for(client, subject, where) -> list[str]:
    """The addresses of the redactions that the investigator asks for, of each place that `where` chooses."""
    with seeing(Site.objects.all()):
        places = redactable.places(Standing.of(subject), served.FORMS)
    sign_in(client, "ines")
    address = f"/subjects/{subject}/redactions/"
    refused = client.post(address, {"place": places[0].key, "why": f"Names {places[0].texts[0]}"})
    assert refused.status_code == 409 and "repeats" in refused.content.decode()
    return [
        client.post(address, {"place": place.key, "why": "Names a relative"}).headers["Location"]
        for place in places
        if where(place)
    ]


@pytest.mark.finding("F-510")
@pytest.mark.req("AUD-12")
def test_two_people_take_a_name_out_of_everything_and_the_chain_still_verifies(client, named, tmp_path):
    subject, record, item = named
    with seeing(Site.objects.all()):
        before = everywhere(subject)
        assert {"crf_auditentry", "crf_query", "crf_draft", RECORDS[EVENTS]._meta.db_table} <= set(before)
        hashes = list(AuditEntry.objects.filter(subject=subject.pk).values_list("sequence", "hash"))
    addresses = asked_for(client, subject, lambda place: place.holds(NAME))
    assert len(addresses) == 4  # the item, the reason, the query's text and its answer
    taken_out = output_kinds.ask("data", by=trial.person("dana"), purpose="File", formats=["csv"])
    assert taken_out.is_ready

    page = client.get(addresses[0]).content.decode()
    assert NAME in page and "stands also at" in page and "Take it out" not in page
    alone = client.post(addresses[0], {"deed": "carry out"})
    assert alone.status_code == 409 and "Another person" in alone.content.decode()
    for address in addresses:
        sign_in(client, "dana")
        assert client.post(address, {"deed": "carry out"}).status_code == 302
        assert client.post(address, {"deed": "carry out"}).status_code == 409  # once

    with seeing(Site.objects.all()):
        assert everywhere(subject) == []
        assert getattr(RECORDS[EVENTS].objects.get(pk=record.pk), item) == "[redacted]"
        assert Draft.objects.get().answers == {}
        assert Query.objects.get(record=record.pk, check_code="").text == "[redacted]"
        assert not Signature.objects.standing().filter(subject=subject).exists()  # a signed value changed
        now = dict(AuditEntry.objects.filter(subject=subject.pk).values_list("sequence", "hash"))
        assert all(now[sequence] == hashed for sequence, hashed in hashes)
        assert all(entry.is_as_hashed for entry in AuditEntry.objects.filter(subject=subject.pk))
        assert verify_record.verify(cause=RecordCheck.Cause.BY_HAND).findings == []
        assert not OutputPart.objects.exists()  # what was taken out before is handed out no more
        archive = tmp_path / "copy.zip"
        copies.write(archive, site=subject.site, by=trial.person("ines"), purpose="File", subject=subject)
    assert verify_copy.verify(archive).findings == []
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "copy")
        for name in opened.namelist():
            content = opened.read(name)
            said = text_of(content) if name.endswith(".pdf") else content.decode(errors="ignore")
            assert NAME.lower() not in said.lower(), name
            assert not name.endswith(".pdf") or "[redacted]" in said
    for name in ("trail.jsonl", "trail.csv"):
        assert verify_audit.verify(tmp_path / "copy" / name).findings == []
    sign_in(client, "ines")
    for address in (f"/subjects/{subject}/", f"/subjects/{subject}/audit/", f"/subjects/{subject}/redactions/",
                    f"/queries/?q={NAME}", f"/subjects/{subject}/LOG/{EVENTS}/", *addresses):  # fmt: skip
        assert "Testowitz" not in client.get(address, follow=True).content.decode().replace(f"q={NAME}", ""), address


@pytest.mark.req("AUD-12")
@pytest.mark.req("AUD-18")
def test_an_edit_that_is_passed_off_as_a_redaction_is_found(named, tmp_path):
    """Of the file, by the verifier: each kind of edit around a redaction that was carried out."""
    subject, record, item = named
    with seeing(Site.objects.all()):
        place = redactable.Place(RECORDS[EVENTS]._meta.db_table, record.pk, item, None, "", [])
        asked = redact.ask(subject=subject, place=place, why="Names a relative", by=trial.person("clara"))
        redact.carry_out(redaction=asked, by=trial.person("dana"))
        lines = exported(subject)
    path = tmp_path / "trail.jsonl"

    def findings(edited: list[bytes]) -> list[str]:
        path.write_bytes(b"".join(edited))
        return [one for one in verify_audit.verify(path).findings if "own checksum" not in one]

    assert findings(lines) == []
    at = next(place for place, line in enumerate(lines) if b'"redacted":{' in line)
    assert any(
        "redaction" in one for one in findings([*lines[:at], lines[at].replace(b"ines", b"ruth"), *lines[at + 1 :]])
    )
    plain = next(place for place, line in enumerate(lines) if line.startswith(b'{"hash"') and b'"body":' in line)
    stated, body = lines[plain][9:73], lines[plain][82:-2]
    forged = b'{"hash":"%b","commitment":"%b","redacted":%b}\n' % (
        stated, verify_audit.commitment(body).hex().encode(), body.replace(b"INSERT", b"UPDATE"),
    )  # fmt: skip
    assert any("no redaction on the trail" in one for one in findings([*lines[:plain], forged, *lines[plain + 1 :]]))
    wrong = lines[at].replace(lines[at][89:153], b"0" * 64)
    assert any("commitment does not give" in one for one in findings([*lines[:at], wrong, *lines[at + 1 :]]))


def exported(subject) -> list[bytes]:
    from datetime import UTC, datetime

    from crf.exchange.trail import export

    asked = export.Asked("a subject", (f"subject:{subject.pk}",))
    return list(export.lines(asked, study="S", at=datetime(2026, 3, 2, tzinfo=UTC)))


REFUSED = {
    "an edit of the trail": "UPDATE crf_auditentry SET reason = 'x', commitment = sha256(convert_to(body, 'UTF8'))",
    "a redaction settled past the function": "UPDATE crf_redaction SET settled_at = now(), settled_by_id = asked_by_id",
    "a redaction of a state": "SELECT crf_redact((SELECT max(id) FROM crf_redaction), true)",
}


@pytest.mark.req("AUD-10")
@pytest.mark.req("AUD-12")
def test_the_database_redacts_for_nobody_alone_and_nothing_but_what_people_typed(named):
    subject, record, _ = named
    with seeing(Site.objects.all()):
        table = RECORDS[EVENTS]._meta.db_table
        for column in ("subject_id", "version", "no_such_column"):
            place = redactable.Place(table, record.pk, column, None, "", [])
            asked = redact.ask(subject=subject, place=place, why="Names a relative", by=trial.person("clara"))
            with pytest.raises(redact.Refusal, match="no such place"):
                redact.carry_out(redaction=asked, by=trial.person("dana"))
        with (
            pytest.raises(redact.Refusal, match="Two people"),
            act(by=trial.person("clara"), role="coordinator", reason="x"),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT crf_redact(%s, true)", [asked.pk])
        for statement in REFUSED.values():
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        redact.withdraw(redaction=asked, by=trial.person("clara"))
        assert Redaction.objects.get(pk=asked.pk).was_carried_out is False
        assert NAME in getattr(RECORDS[EVENTS].objects.get(pk=record.pk), free_text())


@pytest.mark.req("AUD-12")
@pytest.mark.req("AUD-19")
def test_not_even_the_owner_of_the_tables_edits_the_trail_under_a_redaction_that_is_not_this_one(real_commits, owner):
    import psycopg

    with seeing(Site.objects.all()):
        about = trial.subject(trial.TREATED).pk
    for statement in (
        "UPDATE crf_auditentry SET reason = 'x' WHERE subject = %s",
        "UPDATE crf_auditentry SET commitment = sha256(convert_to(body, 'UTF8')),"
        ' body = (body::jsonb || \'{"redacted": 1, "reason": "x"}\')::text WHERE subject = %s',
        "DELETE FROM crf_auditentry WHERE subject = %s",
    ):
        with pytest.raises(psycopg.Error, match="only grows"):
            owner.execute(statement, [about])
