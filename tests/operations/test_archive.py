"""An archive goes into an empty system and lives on there: trail, checks, queries, logs (INV-08)."""

import json

import pytest
from django.db import connection

from crf.actions import copies, queries, verify_record
from crf.chart.query_thread import threads
from crf.models import AuditEntry, RecordCheck, SignIn, Site
from tests import databases, trial
from trialsite.database import roles
from trialsite.database.wall import seeing
from trialsite.operations import archive

pytestmark = pytest.mark.every_trial


@pytest.fixture
def empty(admin, database_names, world_template, django_db_blocker):
    """The name of a migrated database without a row."""
    name = next(database_names)
    with django_db_blocker.unblock():
        databases.clone(admin, databases.template_with_tables(admin), name)
    yield name
    databases.drop(admin, name)


@pytest.mark.finding("F-508")
@pytest.mark.req("INV-08")
@pytest.mark.req("AUD-17")
@pytest.mark.req("AUD-19")
def test_an_archive_restores_into_an_empty_system_with_trail_checks_queries_and_logs(
    real_commits, empty, client, settings, tmp_path, monkeypatch
):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"
    monkeypatch.setattr(copies, "_casebooks", lambda subjects, tell: iter(()))  # they have tests of their own
    client.force_login(trial.person("ines"))
    rating, visit = trial.world.RATING, trial.world.DONE[0][0]
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject(trial.TREATED), rating, visit)
        asked = queries.ask(record=record, text="Please confirm the day", by=trial.person("mona"))
        queries.answer(query=asked, text="Confirmed with the diary", by=trial.person("ines"))
        trail = list(AuditEntry.objects.order_by("chain", "sequence").values_list("body", "hash"))
        signs = SignIn.objects.count()
    folder = tmp_path / "archive"
    with databases.connected(real_commits, roles.OWNER), seeing(Site.objects.all()):
        written = archive.write(folder, now=record.created_at)
        with pytest.raises(archive.NotArchived, match="not empty"):
            archive.restore(folder)
    assert {path.name for path in folder.iterdir()} >= {"tables", "trail", "copies", "documents", "source.zip"}
    with databases.connected(empty, roles.OWNER):
        _refuses_what_was_touched(folder)
        assert archive.restore(folder) == written

    with databases.connected(empty, roles.WEB), seeing(Site.objects.all()):
        check = verify_record.verify(cause=RecordCheck.Cause.BY_HAND)
        assert check.findings == []
        back = list(AuditEntry.objects.order_by("chain", "sequence").values_list("body", "hash"))
        assert [one for one in back if '"crf_recordcheck"' not in one[0]] == trail
        assert [said.text for said in threads([asked.pk])[asked.pk]] == [
            "Please confirm the day", "Confirmed with the diary",
        ]  # fmt: skip
        assert SignIn.objects.count() == signs
        # Work goes on: an edit check asks, its query and the entry continue the chain.
        last = AuditEntry.objects.filter(subject=record.subject_id).latest("sequence").sequence
        subject = trial.subject(trial.TREATED)
        typed = trial.world.given(rating, trial.world.NEXT) | trial.world.ALARMING
        assert trial.fill(subject, trial.world.NEXT, rating, subject.site.today(), "ines", **typed).alerts
        assert AuditEntry.objects.filter(subject=record.subject_id, sequence__gt=last).exists()
        with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            cursor.execute("DELETE FROM crf_auditentry")


def _refuses_what_was_touched(folder) -> None:
    path = folder / "tables" / "public.crf_subject.jsonl"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"1", b"2", 1))
    with pytest.raises(archive.NotArchived, match="changed since it was written"):
        archive.restore(folder)
    path.write_bytes(kept)
    manifest = folder / "manifest.json"
    said = manifest.read_text()
    told = json.loads(said)
    told["migrations"] = told["migrations"][:-1]
    manifest.write_text(json.dumps(told))
    with pytest.raises(archive.NotArchived, match="another release"):
        archive.restore(folder)
    manifest.write_text(said)
