"""An installation is qualified by a report, and a clock that is off or moves back is told (VAL-04, TIM-03)."""

import json
import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from crf import trial as served
from crf.models import AuditEntry, Site
from tests import trial
from tests.pages.test_deeds_by_page import sign_in
from trialsite.database.wall import seeing
from trialsite.operations import at_rest, health, qualify

pytestmark = pytest.mark.every_trial


@pytest.mark.req("VAL-04")
def test_an_installation_is_qualified_by_a_report_of_everything_that_counts(db, tmp_path):
    out, path = StringIO(), tmp_path / "qualification.json"
    call_command("qualify", "--json", str(path), stdout=out)
    told = json.loads(path.read_text())
    about = {line["about"]: line for line in told["lines"]}
    for name in (
        *("Python", "Packages", "Database server", "Grants of every table", "Triggers, present and ENABLE ALWAYS"),
        *(
            "Functions of the database",
            "Settings",
            "Encryption in transit",
            "Encryption at rest",
            "Clock of this machine",
            "Clock",
            "Backup",
        ),
    ):
        assert name in about, name
    assert told["qualified"] is True and "Qualified." in out.getvalue()
    assert "PostgreSQL" in about["Database server"]["found"]


@pytest.mark.req("VAL-04")
def test_an_installation_with_a_guard_off_or_another_package_is_not_qualified(real_commits, owner, monkeypatch):
    owner.execute("ALTER TABLE crf_subject DISABLE TRIGGER USER")
    found = {line.name: line for line in qualify.report()}
    assert found["Triggers, present and ENABLE ALWAYS"].state == health.FAILS
    owner.execute("CREATE OR REPLACE FUNCTION crf_study_locked() RETURNS boolean LANGUAGE sql AS 'SELECT false'")
    monkeypatch.setattr(qualify, "version", lambda name: "0.0")
    found = {line.name: line for line in qualify.report()}
    assert "crf_study_locked" in found["Functions of the database"].sentence
    assert "django 0.0, locked" in found["Packages"].sentence.lower()
    with pytest.raises(SystemExit):
        call_command("qualify", stdout=StringIO())


@pytest.mark.req("PRV-05")
def test_an_installation_whose_pages_or_database_go_in_clear_is_not_qualified(db, settings, monkeypatch):
    told = qualify._tls  # a line of the report, as the first test has it

    settings.PRODUCTION, settings.SESSION_COOKIE_SECURE = True, False
    assert told().state == health.FAILS and "pages without HTTPS" in told().sentence
    settings.SESSION_COOKIE_SECURE = True
    assert told().state == health.WELL and "pages by HTTPS only; database by a socket" in told().sentence
    monkeypatch.setitem(connection.settings_dict, "HOST", "db.example.org")
    assert told().state == health.FAILS and "database in clear" in told().sentence
    for version, is_safe in (("TLSv1.1", False), ("TLSv1.2", True), ("TLSv1.3", True)):
        assert qualify.way_to_the_database(True, version, host="db.example.org")[0] is is_safe


@pytest.mark.req("PRV-05")
def test_whether_what_lies_on_the_disk_is_encrypted_there_is_asked_of_the_kernel(settings, tmp_path, monkeypatch):
    """Devices as Linux lays them out: a partition, a volume on it, dm-crypt below or above."""
    at = os.stat(tmp_path).st_dev
    (tmp_path / "by").mkdir()
    monkeypatch.setattr(at_rest, "SYS", tmp_path / "by")
    settings.VAR = tmp_path

    def lies_on(device: str):
        there = tmp_path / "by" / f"{os.major(at)}:{os.minor(at)}"
        there.unlink(missing_ok=True)
        there.symlink_to(tmp_path / device)

    def device(name: str, *, uuid: str = "", below: tuple = (), is_partition: bool = False):
        (tmp_path / name / "slaves").mkdir(parents=True, exist_ok=True)
        if uuid:
            (tmp_path / name / "dm").mkdir()
            (tmp_path / name / "dm" / "uuid").write_text(uuid)
        if is_partition:
            (tmp_path / name / "partition").write_text("1")
        for one in below:
            (tmp_path / name / "slaves" / one.replace("/", "_")).symlink_to(tmp_path / one)

    device("sda")
    device("sda/sda1", is_partition=True)
    device("luks", uuid="CRYPT-LUKS2-0123", below=("sda/sda1",))
    device("volume", uuid="LVM-0123", below=("luks",))
    device("mixed", uuid="LVM-0123", below=("luks", "sda/sda1"))
    assert at_rest.is_encrypted(tmp_path) is None
    for name, found in {"luks": True, "volume": True, "mixed": False, "sda/sda1": False, "sda": False}.items():
        lies_on(name)
        assert at_rest.is_encrypted(tmp_path) is found, name
    assert qualify._at_rest().state == health.WARNING and "on a disk that is not" in qualify._at_rest().sentence


@pytest.mark.finding("F-510")
@pytest.mark.req("TIM-03")
def test_a_clock_that_was_moved_back_is_told_and_what_is_written_then_says_so(client, real_commits, owner):
    """The clock of the tests stands still for nobody: the newest event is dated ahead instead."""
    assert health.clock().state == health.WELL
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.BEGUN)
    for ahead, state in ((timedelta(seconds=20), health.WARNING), (timedelta(hours=1), health.FAILS)):
        owner.execute("ALTER TABLE crf_auditentry DISABLE TRIGGER USER")
        moment = timezone.now() + ahead
        owner.execute(
            "UPDATE crf_auditentry SET at = %s WHERE id = (SELECT max(id) FROM crf_auditentry WHERE subject = %s)"
            " OR id = (SELECT max(id) FROM crf_auditentry)",
            [moment, subject.pk],
        )
        owner.execute("ALTER TABLE crf_auditentry ENABLE ALWAYS TRIGGER only_grows")
        assert health.clock().state == state and "moved back" in health.clock().sentence
    with seeing(Site.objects.all()):
        trial.change(subject, served.SCREENING, trial.DEMOGRAPHY, "ines", sex="F", reason="Typing error")
        entry = AuditEntry.objects.filter(subject=subject.pk).latest("sequence")
    assert entry.at == moment and entry.is_as_hashed  # the order does not depend on the clock
    assert entry.told["clock"] < entry.told["at"]
    sign_in(client, "ines")
    assert "The clock had been moved back" in client.get(f"/subjects/{subject}/audit/").content.decode()


@pytest.mark.req("TIM-03")
def test_a_clock_that_is_a_second_off_is_told(db, monkeypatch):
    for seconds, state in ((0.4, health.WELL), (1.5, health.WARNING), (-90, health.FAILS)):
        monkeypatch.setattr(health, "offset", lambda seconds=seconds: seconds)
        assert health.clock().state == state
