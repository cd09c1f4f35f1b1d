"""A migration waits for no table longer than people can wait, and a way back that is none says so."""

import lzma
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.checks import Tags, run_checks
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import Value
from django.db.models.functions import Now

from crf import trial as served
from crf.actions import verify_record
from crf.models import RecordCheck
from tests.databases import connected, drop, the_cluster
from trialsite.database import postgres, roles
from trialsite.operations import facts
from trialsite.starter import run

REPOSITORY = Path(run.__file__).resolve().parents[2]

#: The last migration of the first release, which nobody has data of: up to it tables are changed freely.
FIRST_RELEASE = {"crf": 20, "allocation": 4, "dcs_trd": 3, "cp101606": 2}
#: (app, migration, model): an operation that holds a table for long, and why it may.
MAY = {
    ("allocation", "0005_kits_for_supply", "viewed"): "a row for each look of somebody unblinded: hundreds, not more"
}
#: They read or rewrite every row of a table while nobody else may write to it.
SLOW = (migrations.AlterField, migrations.AddIndex, migrations.AddConstraint, migrations.AlterUniqueTogether)


def as_owner(database: str, *words: str) -> subprocess.CompletedProcess:
    var, owner = the_cluster().var, roles.OWNER
    url = "postgresql://{0}@/" + database + f"?host={postgres.socket_folder(var)}&passfile={{1}}"
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "trialsite.settings",
        "ECRF_ROLE": "owner",
        "DATABASE_URL": url.format(roles.WEB, postgres.passfile(var, roles.WEB)),
        "DATABASE_OWNER_URL": url.format(owner, postgres.passfile(var, owner)),
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=REPOSITORY, env=env, capture_output=True, text=True
    )


@pytest.mark.finding("F-912")
def test_a_migration_does_not_wait_for_a_table_that_stays_in_use(real_commits, owner):
    """Somebody uses the table of second factors; its migration is done over again and gives up after ten seconds."""
    its_own = "0003_second_factors"
    owner.execute(  # and what came after it
        "DELETE FROM django_migrations WHERE app = 'crf' AND name >= %s OR app IN ('allocation', %s)",
        [its_own, served.CODE],
    )
    for (trigger,) in owner.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'mfa_authenticator'::regclass AND tgname LIKE 'pgtrigger_%'"
    ).fetchall():
        owner.execute(f"DROP TRIGGER {trigger} ON mfa_authenticator")
    with the_cluster().connect(roles.OWNER, real_commits) as other, other.transaction():
        other.execute("LOCK TABLE mfa_authenticator IN ROW EXCLUSIVE MODE")  # somebody sets one up: the trigger waits
        done = as_owner(real_commits, "migrate", "crf", its_own, "--no-input")
    assert done.returncode == 1 and "in use for longer than ten seconds" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    again = as_owner(real_commits, "migrate", "crf", its_own, "--no-input")
    assert again.returncode == 0, again.stderr


@pytest.mark.finding("F-904")
@pytest.mark.long
def test_a_database_with_the_data_of_the_first_release_is_brought_to_this_one(
    admin, database_names, django_db_blocker, settings, tmp_path
):
    """The small world as that release's own deeds wrote it, dumped then: nothing of it is lost, and it stands."""
    name, cluster, settings.ANCHORS = next(database_names), the_cluster(), tmp_path / "anchors"
    roles.make_database(admin, name)
    words = [str(postgres.binaries() / "psql"), "-v", "ON_ERROR_STOP=1", "-qX", "-h", str(cluster.socket)]
    env = os.environ | {"PGPASSFILE": str(postgres.passfile(cluster.var, "postgres"))}
    with lzma.open(Path(__file__).parent / "first_release.sql.xz") as dump:
        subprocess.run(
            [*words, "-U", "postgres", "-d", name], env=env, input=dump.read(), check=True, capture_output=True
        )
    with cluster.connect(dbname=name) as server:
        before = facts.of(server)
        done = as_owner(name, "migrate", "--no-input", "--verbosity", "0")
        assert done.returncode == 0, done.stderr
        assert before["migrations"] < facts.of(server)["migrations"]
        assert facts.missing(before, facts.of(server), server) == []
        assert facts.breaks_in_the_chains(server) == 0
    with django_db_blocker.unblock(), connected(name, roles.WEB):
        found = run_checks(tags=[Tags.database], databases=["default"])
        assert [one for one in found if one.is_serious()] == []
        told = verify_record.verify(cause=RecordCheck.Cause.BY_HAND).findings
        assert told == []
    drop(admin, name)


@pytest.mark.finding("F-912")
def test_migrating_back_over_what_cannot_be_undone_says_what_to_do(real_commits):
    done = as_owner(real_commits, "migrate", "crf", "0001_record")
    assert done.returncode == 1 and "restore the backup" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.finding("F-912")
def test_no_migration_after_the_first_release_holds_a_table_for_long():
    """New tables may be anything; on a table with rows an index is made CONCURRENTLY, a check NOT VALID first."""
    ours = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}
    found = []
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        if app in ours and int(name[:4]) > FIRST_RELEASE.get(app, 0):
            found += [(app, name, model, kind) for model, kind in slow_in(migration.operations)]
    assert [one for one in found if one[:3] not in MAY] == []


#: The same said in SQL. What stands between $$ and $$ is a function's text, which runs later.
SLOW_SQL = {
    "CREATE INDEX": r"create\s+(?:unique\s+)?index\s+(?!concurrently)[^;]*?\bon\s+(?:only\s+)?([\w.\"]+)",
    "ADD CONSTRAINT": r"alter\s+table\s+(?:only\s+)?([\w.\"]+)[^;]*?\badd\s+(?:constraint|check|unique|primary|foreign)"
    r"(?![^;]*\bnot\s+valid\b)",
    "ALTER COLUMN": r"alter\s+table\s+(?:only\s+)?([\w.\"]+)[^;]*?\balter\s+(?:column\s+)?\w+\s+(?:set\s+data\s+)?"
    r"(?:type|set\s+not\s+null)\b",
    "UPDATE": r"(?:^|;)\s*update\s+(?:only\s+)?([\w.\"]+)",
    "LOCK": r"(?:^|;)\s*(?:lock|cluster|vacuum\s+full|reindex(?!\s+\w+\s+concurrently))\s+(?:table\s+)?([\w.\"]+)",
}


def slow_in(operations, made: frozenset = frozenset()) -> list[tuple[str, str]]:
    """(model or table, operation) for what holds a table that was there before."""
    found, made = [], set(made)
    for operation in operations:
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        inner = getattr(operation, "database_operations", None)
        if inner is not None:
            found += slow_in(inner, frozenset(made))
            made |= {one.name_lower for one in inner if isinstance(one, migrations.CreateModel)}
        if isinstance(operation, migrations.RunSQL):
            found += slow_in_sql(operation.sql, made)
        if isinstance(operation, migrations.RunPython):
            found.append(("", "RunPython"))  # it reads or writes rows in one transaction
        model = (getattr(operation, "model_name", "") or "").lower()
        if model in made:
            continue
        if isinstance(operation, SLOW):
            concurrently = type(operation).__name__ in ("AddIndexConcurrently", "AddConstraintNotValid")
            if not concurrently:
                found.append((model, type(operation).__name__))
        if isinstance(operation, migrations.AddField) and rewrites_or_reads(operation.field):
            found.append((model, "AddField"))
    return found


def rewrites_or_reads(field: models.Field) -> bool:
    """A stored computed column or a default that differs by row is written into every row; an index reads them all."""
    default = field.db_default
    is_by_row = default is not models.NOT_PROVIDED and hasattr(default, "resolve_expression")
    is_by_row = is_by_row and not isinstance(default, Value)
    return isinstance(field, models.GeneratedField) or field.unique or field.db_index or is_by_row


def slow_in_sql(sql, made: set[str]) -> list[tuple[str, str]]:
    statements = sql if isinstance(sql, str) else ";".join(one if isinstance(one, str) else one[0] for one in sql)
    text = re.sub(r"\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", "", statements, flags=re.DOTALL).lower()
    new = made | set(re.findall(r"create\s+table\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?\"?(\w+)", text))
    tables = [
        (match[1].split(".")[-1].strip('"'), kind)
        for kind, pattern in SLOW_SQL.items()
        for match in re.finditer(pattern, text)
    ]
    return [(table, kind) for table, kind in tables if table not in new and table.partition("_")[2] not in made]


def test_the_linter_sees_an_index_on_a_table_with_rows_and_lets_one_on_a_new_table_pass():
    index = models.Index(fields=["x"], name="x")
    new = migrations.CreateModel("Thing", [("x", models.IntegerField())])
    assert slow_in([migrations.AddIndex("thing", index)]) == [("thing", "AddIndex")]
    assert slow_in([new, migrations.AddIndex("thing", index)]) == []
    assert slow_in([AddIndexConcurrently("thing", index)]) == []
    assert slow_in([migrations.SeparateDatabaseAndState([migrations.AddIndex("thing", index)])])


@pytest.mark.finding("F-912")
def test_the_linter_sees_a_computed_column_a_default_by_row_and_whatever_is_said_in_sql():
    score = models.GeneratedField(expression=models.F("x") + 1, output_field=models.IntegerField(), db_persist=True)
    for field, is_slow in (
        (score, True),
        (models.DateTimeField(db_default=Now()), True),
        (models.CharField(max_length=9, null=True, unique=True), True),
        (models.ForeignKey("crf.Site", models.PROTECT, null=True), True),
        (models.IntegerField(null=True), False),
        (models.IntegerField(db_default=0), False),
    ):
        assert bool(slow_in([migrations.AddField("thing", "y", field)])) is is_slow, field
    for sql, kinds in (
        ("CREATE UNIQUE INDEX one ON public.crf_thing (x);", ["CREATE INDEX"]),
        ("CREATE INDEX CONCURRENTLY one ON crf_thing (x);", []),
        ("CREATE TABLE crf_thing (x int); CREATE INDEX one ON crf_thing (x);", []),
        ("ALTER TABLE crf_thing ADD CONSTRAINT one CHECK (x > 0);", ["ADD CONSTRAINT"]),
        ("ALTER TABLE crf_thing ADD CONSTRAINT one CHECK (x > 0) NOT VALID;", []),
        ("ALTER TABLE crf_thing ALTER COLUMN x TYPE bigint;", ["ALTER COLUMN"]),
        ("ALTER TABLE crf_thing ALTER x SET NOT NULL", ["ALTER COLUMN"]),
        ("UPDATE crf_thing SET x = 0", ["UPDATE"]),
        ("LOCK TABLE crf_thing", ["LOCK"]),
        ("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ UPDATE crf_thing SET x = 0; $$;", []),
        ("CREATE TRIGGER one BEFORE UPDATE ON crf_thing FOR EACH ROW EXECUTE FUNCTION f();", []),
    ):
        assert [kind for _, kind in slow_in([migrations.RunSQL(sql)])] == kinds, sql
    assert slow_in([migrations.RunPython(migrations.RunPython.noop)])
