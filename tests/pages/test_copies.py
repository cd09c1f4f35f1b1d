"""The site's own copies: what is in them, that they verify without us, and that what changed afterwards is seen."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crf import spec
from crf import trial as served
from crf.actions import copies, queries, sign
from crf.chart.signed_content import content_of, signed_forms
from crf.exchange.copy import verify_copy
from crf.models import ExportLog, RoleHeld, Site, SiteCopy, Subject
from tests import trial
from tests.pages.test_casebook_files import text_of
from tests.pages.test_deeds_by_page import sign_in
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
CODE = trial.world.RATING
VISIT = trial.world.DONE[0][0]


@pytest.fixture(autouse=True)
def second_place(settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"


@pytest.fixture
def without_casebooks(monkeypatch):
    """A casebook takes a second; where it is about something else, the archive lacks them."""
    monkeypatch.setattr(copies, "_casebooks", lambda subjects, tell: iter(()))


def site(code: str) -> Site:
    return Site.objects.get(code=code)


def taken(path: Path, *, subject=None) -> SiteCopy:
    with seeing([site(trial.FIRST)]):
        ines = trial.person("ines")
        written = copies.write(path, site=site(trial.FIRST), by=ines, purpose="Investigator’s file", subject=subject)
        return copies.keep(written, by=ines)


def asked_and_answered() -> None:
    """A query with its thread, a correction with its reason, and a signature."""
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        rating = trial.record_of(subject, CODE, VISIT)
        item = next(iter(trial.world.ALARMING))
        query = queries.ask(record=rating, item=item, text="Is this the worst of the week?", by=trial.person("mona"))
        queries.answer(query=query, text="The worst of the week", by=trial.person("ines"))
        trial.change(subject, VISIT, CODE, "ines", reason="Read from the wrong line", **{item: "1"})
        sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))


@pytest.mark.finding("F-508")
@pytest.mark.req("INV-01")
@pytest.mark.req("INV-03")
@pytest.mark.req("INV-04")
@pytest.mark.req("PRV-06")
def test_the_investigator_alone_takes_a_whole_copy_that_verifies_without_this_system(client, db, tmp_path):
    asked_and_answered()
    sign_in(client, "ines")
    address = f"/copies/take/{trial.FIRST}/"
    assert client.post(address, {"subject": ""}).status_code == 200  # no purpose, no copy
    assert not SiteCopy.objects.exists() and not ExportLog.objects.exists()
    answer = client.post(address, {"subject": "", "purpose": "Investigator’s file"})
    page = client.get(answer.headers["Location"]).content.decode()
    answer = client.get(re.search(r'href="(/outputs/\d+/files/[^"]+zip/)"', page)[1])
    archive = tmp_path / "copy.zip"
    archive.write_bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "copy")
    folder = tmp_path / "copy"

    # Each subject's casebook with trail, thread and zone; each form as JSON lines and CSV; how it was made.
    numbers = {trial.TREATED, trial.READY, trial.BEGUN, trial.FAILED}
    assert {one.stem for one in (folder / "casebooks").iterdir()} == numbers
    said = text_of((folder / "casebooks" / f"{trial.TREATED}.pdf").read_bytes())
    for words in ("Is this the worst of the week?", "The worst of the week", "Read from the wrong line", "Audit trail"):
        assert words in said, words
    assert "Investigator, Test organisation" in said and "Signed" in said
    zone = timezone.now().astimezone(site(trial.FIRST).zone).tzname()
    assert f" {zone}" in said
    for form in signed_forms():
        assert (folder / "tables" / f"crf_form_{form.code.lower()}.jsonl").exists()
    unblinding = [form for form in served.FORMS if form.discloses is spec.UNBLINDS]
    assert not any((folder / "tables" / f"crf_form_{form.code.lower()}.jsonl").exists() for form in unblinding)
    with open(folder / "tables" / f"crf_form_{CODE.lower()}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["subject"] for row in rows} <= numbers and {row["site"] for row in rows} == {trial.FIRST}
    assert VISIT in {row["visit"] for row in rows}
    how = (folder / "HOW-THIS-COPY-WAS-MADE.txt").read_text()
    assert "Ines, Investigator, Test organisation" in how and "Investigator’s file" in how

    # It verifies alone: the interpreter isolated, in the folder of the copy, nothing of ours on its path.
    run = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.path[:0] = ['.']; import verify_copy as v; "
         f"sys.exit(v.main([{str(archive)!r}]))"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    with seeing(Site.objects.all()):
        copy = SiteCopy.objects.select_related("made_by").get()
    assert copy.sha256 in run.stdout and ExportLog.objects.get().sha256 == copy.sha256
    assert (copy.made_by.username, copy.purpose, copy.how) == ("ines", "Investigator’s file", "downloaded")


@pytest.mark.finding("F-508")
@pytest.mark.req("ACC-02")
def test_nobody_takes_a_copy_of_another_site_or_subject(client, db):
    sign_in(client, "isaac")
    assert client.post(f"/copies/take/{trial.FIRST}/", {"purpose": "x"}).status_code == 404
    answer = client.post(f"/copies/take/{trial.SECOND}/", {"purpose": "x", "subject": trial.TREATED})
    assert answer.status_code == 409 and "There is no subject" in answer.content.decode()
    assert not SiteCopy.objects.exists()


@pytest.mark.finding("F-508")
@pytest.mark.req("INV-02")
def test_what_changed_after_a_copy_is_listed_and_what_changed_without_a_trace_is_found(
    client, real_commits, owner, tmp_path, without_casebooks
):
    first, second, third = (tmp_path / f"{name}.zip" for name in ("first", "second", "third"))
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
    item = next(iter(trial.world.ALARMING))
    taken(first, subject=subject)
    with seeing(Site.objects.all()):
        trial.change(subject, VISIT, CODE, "ines", reason="Read from the wrong line", **{item: "1"})
    taken(second, subject=subject)
    before, now = verify_copy.verify(first), verify_copy.verify(second)
    changes = verify_copy.compare(before, now)
    assert now.findings == []
    told = [change for change in changes if change.column == item]
    assert [(change.new, change.said.who, change.said.why) for change in told] == [
        (1, "Ines", "Read from the wrong line")
    ]

    # As owner, trigger off: nothing is on the trail.
    table = f"crf_form_{CODE.lower()}"
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(f"UPDATE {table} SET source = 'copied' WHERE subject_id = %s", [subject.pk])
    taken(third, subject=subject)
    now = verify_copy.verify(third)
    verify_copy.compare(verify_copy.verify(second), now)
    assert any(table in finding and "source" in finding and "does not say who" in finding for finding in now.findings)

    # The page says the same from the manifest alone.
    sign_in(client, "ines")
    with zipfile.ZipFile(first) as archive:
        manifest = io.BytesIO(archive.read("manifest.json"))
    manifest.name = "manifest.json"
    page = client.post("/copies/compare/", {"manifest": manifest}).content.decode()
    assert "Read from the wrong line" in page
    record = trial_record(subject)
    assert f"{table} {record}" not in page  # the trail tells of a change of this row
    others = [pk for pk in rows_of(table, subject) if pk != record]
    assert all(f"{table} {pk} was changed since the copy" in page for pk in others) and others

    # Nothing that is no manifest of this study and site is taken for one.
    told, half = json.loads(manifest.getvalue()), "\ud800"  # half a character, as JSON may spell it
    spoiled = [told | {name: text} for name in ("site", "subject", "made_at") for text in (half, "a\x00b")]
    spoiled += [{"ecrf-copy": 1}, told | {"rows": {half: {"1": "x"}}}]
    for content in (b"{}", b"\xff", b"[" * 100_000, *(json.dumps(one).encode() for one in spoiled)):
        upload = io.BytesIO(content)
        upload.name = "manifest.json"
        answer = client.post("/copies/compare/", {"manifest": upload})
        assert answer.status_code == 422 and "no manifest" in answer.content.decode(), content[:20]
    sign_in(client, "isaac")
    manifest.seek(0)
    assert "not yours" in client.post("/copies/compare/", {"manifest": manifest}).content.decode()


def trial_record(subject: Subject) -> int:
    with seeing(Site.objects.all()):
        return trial.record_of(subject, CODE, VISIT).pk


def rows_of(table: str, subject: Subject) -> list[int]:
    from crf.models import RECORDS

    with seeing(Site.objects.all()):
        return list(RECORDS[CODE].objects.filter(subject=subject).values_list("pk", flat=True))


@pytest.mark.req("INV-03")
def test_a_copy_of_which_anything_was_touched_says_so(db, tmp_path):
    archive = tmp_path / "copy.zip"
    with seeing([site(trial.FIRST)]):
        taken(archive, subject=trial.subject(trial.BEGUN))
    folder = tmp_path / "copy"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    assert verify_copy.verify(folder).findings == []
    for name in ("trail.jsonl", f"casebooks/{trial.BEGUN}.pdf", "tables/crf_subject.csv", "verify_audit.py"):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(kept[:-2] + b" ")
        assert any(name in finding for finding in verify_copy.verify(folder).findings), name
        (folder / name).unlink()
        assert any(name in finding for finding in verify_copy.verify(folder).findings), name
        (folder / name).write_bytes(kept)
    (folder / "more.txt").write_text("x")
    assert verify_copy.verify(folder).findings == ["more.txt: it is there, and the manifest does not name it."]


@pytest.mark.finding("F-508")
@pytest.mark.req("INV-07")
def test_the_access_of_a_site_ends_only_after_its_final_copy_is_confirmed(client, db, tmp_path, without_casebooks):
    held = RoleHeld.objects.get(user__username="ines")
    close = f"/sites/{trial.FIRST}/close/"
    with seeing(Site.objects.all()):
        trial.lock_study()

    def closing() -> str:
        sign_in(client, "adam")
        return client.post(close, {"reason": "Close-out visit"}).content.decode()

    assert "has not confirmed a copy" in closing()
    sign_in(client, "adam")
    refused = client.post(f"/people/roles/{held.pk}/end/", {"reason": "The study is over"})
    assert refused.status_code == 409 and "last investigator" in refused.content.decode()

    copy = taken(tmp_path / "copy.zip")
    sign_in(client, "ines")
    confirm = f"/copies/{copy.pk}/confirm/"
    assert client.post(confirm, {"sha256": "1" * 64, "kept_at": "Archive"}).status_code == 409
    assert client.post(confirm, {"sha256": copy.sha256, "kept_at": ""}).status_code == 200
    assert "has not confirmed a copy" in closing()
    sign_in(client, "ines")
    assert client.post(confirm, {"sha256": copy.sha256, "kept_at": "Archive"}).status_code == 302

    # Something is written afterwards: the copy is not the final one any more.
    with seeing(Site.objects.all()):
        from crf.actions import lock

        lock.lift(by=trial.person("dana"), confirmed_by=trial.person("mark"), reason="One more correction")
        trial.fill(trial.subject(trial.TREATED), None, served.code_serving(spec.Purpose.ADVERSE_EVENTS),
                   trial.subject(trial.TREATED).site.today(), "ines")  # fmt: skip
        trial.lock_study()
    assert "has not confirmed a copy" in closing()
    copy = taken(tmp_path / "again.zip")
    sign_in(client, "ines")
    client.post(f"/copies/{copy.pk}/confirm/", {"sha256": copy.sha256, "kept_at": "Archive"})
    sign_in(client, "adam")
    assert client.post(close, {"reason": "Close-out visit"}).status_code == 302
    assert not RoleHeld.objects.current().filter(user__username__in=("ines", "clara", "ruth", "peter")).exists()
    assert RoleHeld.objects.current().filter(user__username="isaac").exists()


@pytest.mark.finding("F-508")
@pytest.mark.req("INV-02")
def test_each_night_a_copy_that_only_the_site_can_open_is_pushed_to_a_place_that_it_holds(
    db, settings, tmp_path, without_casebooks
):
    vault, sent = tmp_path / "vault", tmp_path / "sent"
    vault.mkdir(), sent.mkdir()
    key = pyrage.x25519.Identity.generate()
    send = tmp_path / "send"
    send.write_text(f'#!/bin/sh\nenv > {sent}/env\ncp "$1" {sent}\n')
    send.chmod(0o700)
    said = '[{}]\nrecipients = ["{}"]\n{}\n'
    settings.COPIES = tmp_path / "copies.toml"
    settings.COPIES.write_text(
        said.format(trial.FIRST, key.to_public(), f'folder = "{vault}"')
        + said.format(trial.SECOND, key.to_public(), f'command = ["{send}"]')
    )
    os.environ["DATABASE_URL_OF_TEST"] = "a secret"
    call_command("push_copies", stdout=io.StringIO())
    with seeing(Site.objects.all()):
        assert list(SiteCopy.objects.filter(how="pushed").values_list("site__code", flat=True).order_by("pk")) == [
            trial.FIRST, trial.SECOND,
        ]  # fmt: skip
        stated = set(SiteCopy.objects.values_list("sha256", flat=True))
    for folder in (vault, sent):
        (closed,) = folder.glob("*.zip.age")
        assert b"manifest.json" not in closed.read_bytes()
        opened = tmp_path / f"{folder.name}.zip"
        opened.write_bytes(pyrage.decrypt(closed.read_bytes(), [key]))
        found = verify_copy.verify(opened)
        assert found.findings == [] and found.sha256 in stated
    assert "a secret" not in (sent / "env").read_text()
    call_command("push_copies", "--due", stdout=io.StringIO())
    assert len(list(vault.iterdir())) == 1  # once a night

    # One site that cannot be reached is said, and keeps no other waiting; nothing is on record that did not arrive.
    send.write_text("#!/bin/sh\necho no route to host >&2\nexit 4\n")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("push_copies", stdout=out)
    assert "no route to host" in out.getvalue() and len(list(vault.iterdir())) == 2
    with seeing(Site.objects.all()):
        assert SiteCopy.objects.filter(how="pushed").count() == 3

    to = key.to_public()
    for wrong in (
        *("[NOWHERE]", "[[[", said.format(trial.FIRST, to, ""), said.format(trial.FIRST, to, "x = 1")),
        said.format(trial.FIRST, "age1nokey", 'folder = "/"'),
    ):
        settings.COPIES.write_text(wrong)
        with pytest.raises(CommandError):
            call_command("push_copies", stdout=io.StringIO())
