"""The watch has a log-in of its own that does its work and sees neither an answer nor the audit trail."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone
from psycopg import sql

from crf.models import Alert, Heartbeat, Mail, Site
from tests import trial
from tests.databases import the_cluster
from trialsite.database import grants, postgres, roles
from trialsite.database.wall import seeing
from trialsite.starter import run

REPOSITORY = Path(run.__file__).resolve().parents[2]


def watch_once(database: str, folder: Path) -> subprocess.CompletedProcess:
    var = the_cluster().var
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ECRF_", "DATABASE_"))}
    env |= {"ECRF_MODE": "test", "ECRF_VAR": str(folder), "ECRF_ROLE": "watch"}
    secret = (var / "secret.key").read_text() if (var / "secret.key").exists() else ""
    env |= {"ECRF_SECRET_KEY": secret} if secret else {}
    env["DATABASE_WATCH_URL"] = (
        f"postgresql://{roles.WATCH}@/{database}?host={postgres.socket_folder(var)}"
        f"&passfile={postgres.passfile(var, roles.WATCH)}"
    )
    env["DJANGO_SETTINGS_MODULE"] = "trialsite.settings"
    words = [sys.executable, "manage.py", "watch", "--once"]
    return subprocess.run(words, cwd=REPOSITORY, env=env, capture_output=True, text=True)


@pytest.mark.finding("F-904")
def test_the_watch_does_all_its_work_by_its_own_log_in(real_commits, client, tmp_path):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, "W3", "HAMD", subject.site.today(), "ruth", suicide="3", mood="3")
        alert = Alert.objects.get(subject=subject, kind="suicidality")
    with the_cluster().connect(roles.OWNER, real_commits) as owner:
        owner.execute("SELECT set_config('crf.actor', 'system:tests', false)")
        owner.execute("UPDATE crf_alert SET raised_at = %s", [timezone.now() - timedelta(hours=5)])
    client.force_login(trial.person("ines"))
    from django.contrib.sessions.models import Session

    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    done = watch_once(real_commits, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 alert(s) escalated." in done.stdout
    with seeing(Site.objects.all()):
        alert.refresh_from_db()
    assert alert.escalated_at and not Session.objects.exists()
    assert Heartbeat.objects.get(name="watch").at
    assert not Mail.objects.filter(kind="alert", sent_at=None).exists()
    assert any("An alert was not acknowledged in time" in path.read_text() for path in (tmp_path / "mail").iterdir())


def test_it_may_do_exactly_what_the_list_says_and_reads_no_answer_arm_or_audit_entry(real_commits):
    words = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    with the_cluster().connect(roles.WATCH, real_commits) as watch:
        rows = watch.execute(
            "SELECT relname, array(SELECT word FROM unnest(%s::text[]) word WHERE has_table_privilege(oid, word))"
            " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')",
            [list(words)],
        ).fetchall()
        found = {table: set(may) for table, may in rows if may}
        assert found == {table: set(may) for table, may in grants.FOR_THE_WATCH.items()}
        for table in ("public.crf_auditentry", "public.crf_subject", "sealed.list"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                watch.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(*table.split("."))))
        assert watch.execute("SELECT count(*) FROM crf_alert").fetchone() == (0,)  # no site was named: no row
