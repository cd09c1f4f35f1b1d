"""What must be true before a page is served, and the finding when it is not."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.checks.registry import registry
from django.core.management import call_command

from tests.databases import connected
from trialsite import checks
from trialsite.database import grants
from trialsite.database.roles import OWNER, WEB


def found() -> dict[str, str]:
    """Finding -> its sentence."""
    return {finding.id: finding.msg for finding in checks.check_database(None, databases=["default"])}


def test_the_database_of_the_tests_is_sound(db):
    assert found() == {}


def test_the_checks_are_registered(db):
    call_command("check", databases=["default"])
    assert checks.check_database in registry.get_checks(include_deployment_checks=False)


@pytest.mark.parametrize(
    ("spoil", "finding", "sentence"),
    [
        ("ALTER TABLE crf_subject DISABLE TRIGGER USER", "trial.E041", "trigger of crf_subject is not ENABLE"),
        ("ALTER TABLE crf_subject ENABLE TRIGGER USER", "trial.E041", "it can be passed by"),
        ("GRANT TRUNCATE ON crf_subject TO ecrf_web", "trial.E032", "it should be SELECT, INSERT, UPDATE"),
        ("GRANT INSERT ON crf_auditentry TO ecrf_web", "trial.E032", "ecrf_web may SELECT, INSERT on crf_auditentry"),
        ("GRANT DELETE ON crf_subject TO PUBLIC", "trial.E032", "DELETE on crf_subject"),
        ("REVOKE INSERT ON django_session FROM ecrf_web", "trial.E032", "ecrf_web may SELECT, UPDATE, DELETE"),
        ("CREATE TABLE stray (x int)", "trial.E031", "Nobody has said what ecrf_web may do to stray"),
        ("DROP TABLE ecrf_cache", "trial.E030", "Tables are missing: ecrf_cache"),
        ("GRANT CREATE ON SCHEMA public TO ecrf_web", "trial.E024", "may make objects in the schema public"),
        ("GRANT TEMPORARY ON DATABASE {name} TO ecrf_web", "trial.E023", "may make temporary tables"),
    ],
)
def test_what_is_wrong_is_found(real_commits, owner, spoil, finding, sentence):
    owner.execute(spoil.format(name=real_commits))
    assert sentence in found()[finding]


def test_a_missing_audit_trigger_is_found(real_commits, owner):
    ((name,),) = owner.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'crf_subject'::regclass AND tgname LIKE 'pgtrigger_audit%'"
    ).fetchall()
    owner.execute(f"DROP TRIGGER {name} ON crf_subject")
    assert found() == {"trial.E040": "crf_subject has no audit trigger."}


def test_pages_that_run_as_the_owner_are_found(real_commits, settings):
    with connected(real_commits, OWNER):
        settings.ROLE = "web"
        assert {"trial.E020", "trial.E022"} <= set(found())


def test_grants_are_said_anew_after_a_migration(real_commits, owner):
    owner.execute(f"GRANT ALL ON crf_subject, crf_auditentry TO {WEB}, PUBLIC")
    with connected(real_commits, OWNER):
        grants.after_migrate(grants.last_app(apps))
    assert found() == {}


def test_a_table_nobody_knows_stops_the_migration(real_commits, owner):
    owner.execute("CREATE TABLE stray (x int)")
    with connected(real_commits, OWNER), pytest.raises(grants.UnknownTable, match="what ecrf_web may do to stray"):
        grants.after_migrate(grants.last_app(apps))


def test_the_arm_key_must_be_there_and_nobody_elses_to_read(settings, tmp_path):
    settings.MODE, settings.DEMO, settings.ROLE = "production", False, "web"
    settings.ARM_KEY_FILE = tmp_path / "arm.key"

    def findings():
        return [finding.id for finding in run_checks() if finding.id in ("trial.E001", "trial.E002")]

    assert findings() == ["trial.E001"]
    settings.ARM_KEY_FILE.touch(mode=0o644)
    assert findings() == ["trial.E002"]
    settings.ARM_KEY_FILE.chmod(0o600)
    assert findings() == []
