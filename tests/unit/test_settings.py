"""The environment is read once and checked; nonsense is refused with a sentence that names the variable."""

import os
import runpy
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from trialsite import environment
from trialsite.environment import BadEnvironment

REPOSITORY = Path(environment.__file__).resolve().parent.parent
LONG = "d3adb33f-" * 8
PRODUCTION = {
    "ECRF_MODE": "production",
    "ECRF_SECRET_KEY": LONG,
    "ECRF_HOSTS": "ecrf.example.org, ecrf.example.com",
    "ECRF_HTTPS": "proxy",
}
WEB = "postgresql://ecrf_web:s3cret@db.example.org:5433/trial?sslmode=verify-full"
REPLICA = "postgresql://ecrf_web:s3cret@replica.example.org:5433/trial?sslmode=verify-full"
OWNER = "postgresql://ecrf_owner:0ther@db.example.org:5433/trial?sslmode=verify-full"
WATCH = "postgresql://ecrf_watch:w4tch@db.example.org:5433/trial?sslmode=verify-full"
SUPERUSER = WEB.replace("ecrf_web", "postgres")


@pytest.fixture
def read(tmp_path):
    definition = tmp_path / "crf" / "trials" / environment.DEFAULT_TRIAL / "definition.py"
    definition.parent.mkdir(parents=True)
    definition.touch()
    return lambda **said: environment.read(said, tmp_path)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ECRF_MODE": "prod"}, "ECRF_MODE is 'prod'. It can be demo or production or test."),
        ({"ECRF_MODE": "DEMO"}, "ECRF_MODE is 'DEMO'"),
        ({}, "ECRF_HOSTS is not set.*use `make run`"),  # production when nothing is said
        (PRODUCTION | {"ECRF_HOSTS": ""}, "ECRF_HOSTS is not set"),
        (PRODUCTION | {"ECRF_HOSTS": " , "}, "ECRF_HOSTS is not set"),
        (PRODUCTION | {"ECRF_HOSTS": "*"}, "ECRF_HOSTS may not be *"),
        (PRODUCTION | {"ECRF_HTTPS": ""}, "ECRF_HTTPS is not set"),
        (PRODUCTION | {"ECRF_HTTPS": "no"}, "ECRF_HTTPS is 'no'"),
        (PRODUCTION | {"ECRF_SECRET_KEY": ""}, "ECRF_SECRET_KEY is not set"),
        (PRODUCTION | {"ECRF_SECRET_KEY": "short"}, "ECRF_SECRET_KEY is too short"),
        (PRODUCTION | {"ECRF_SECRET_KEY": "x" * 80}, "ECRF_SECRET_KEY is too short or too simple"),
        (PRODUCTION | {"DATABASE_URL": WEB.partition("?")[0]}, "on another machine.*sslmode=verify-full"),
        (PRODUCTION | {"DATABASE_URL": WEB.replace("verify-full", "prefer")}, "on another machine"),
        ({"ECRF_MODE": "demo", "ECRF_ROLE": "root"}, "ECRF_ROLE is 'root'. It can be web or owner."),
        ({"ECRF_MODE": "demo", "PORT": "eighty"}, "PORT is 'eighty'"),
        ({"ECRF_MODE": "demo", "PORT": "0"}, "PORT is '0'"),
        ({"ECRF_MODE": "demo", "PORT": "65536"}, "PORT is '65536'"),
        ({"ECRF_MODE": "demo", "PORT": "-1"}, "PORT is '-1'"),
        ({"ECRF_MODE": "demo", "PORT": "８０００"}, "PORT is"),
        ({"ECRF_MODE": "demo", "PORT": "9" * 5000}, "PORT is"),
        ({"ECRF_MODE": "demo", "ECRF_WORKERS": "many"}, "ECRF_WORKERS is 'many'. It is a number between 1 and 64"),
        ({"ECRF_MODE": "demo", "DATABASE_URL": "sqlite:///ecrf.db"}, "PostgreSQL is the only database"),
        ({"ECRF_MODE": "demo", "DATABASE_URL": "postgresql://ecrf_web@host"}, "must name a user and a database"),
        ({"ECRF_MODE": "demo", "DATABASE_URL": "postgresql://host/trial"}, "must name a user and a database"),
        ({"ECRF_MODE": "demo", "DATABASE_URL": "postgresql://u:p@h:x:y/trial?wrong=1"}, "DATABASE_URL cannot be read"),
        ({"ECRF_MODE": "demo", "DATABASE_OWNER_URL": OWNER}, "DATABASE_OWNER_URL is set, DATABASE_URL is not"),
        ({"ECRF_MODE": "demo", "DATABASE_URL": WEB, "DATABASE_OWNER_URL": WEB}, "name one user"),
        ({"ECRF_MODE": "demo", "ECRF_ROLE": "owner", "DATABASE_URL": WEB}, "DATABASE_OWNER_URL is not set"),
        ({"ECRF_MODE": "demo", "REPLICA_URL": WEB}, "REPLICA_URL is set, DATABASE_URL is not"),
        ({"ECRF_MODE": "demo", "DATABASE_URL": WEB, "REPLICA_URL": WEB}, "name one server"),
        ({"ECRF_MODE": "demo", "DATABASE_URL": WEB, "REPLICA_URL": OWNER}, "a replica has the same"),
        (PRODUCTION | {"DATABASE_URL": WEB, "REPLICA_URL": REPLICA.partition("?")[0]}, "on another machine"),
        (PRODUCTION | {"DATABASE_URL": SUPERUSER}, "names the user postgres: this program logs in as ecrf_web"),
        (PRODUCTION | {"ECRF_ROLE": "owner", "DATABASE_URL": WEB, "DATABASE_OWNER_URL": SUPERUSER}, "as ecrf_owner"),
        (PRODUCTION | {"ECRF_ROLE": "watch", "DATABASE_WATCH_URL": WEB}, "logs in as ecrf_watch"),
        ({"ECRF_MODE": "demo", "EMAIL_URL": "mail.example.org"}, "EMAIL_URL cannot be read"),
        ({"ECRF_MODE": "demo", "EMAIL_URL": "smtp://mail.example.org:port"}, "EMAIL_URL cannot be read"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(read, said, sentence):
    with pytest.raises(BadEnvironment, match=sentence):
        read(**said)


def test_a_refusal_does_not_repeat_a_password(read):
    with pytest.raises(BadEnvironment) as refusal:
        read(ECRF_MODE="demo", DATABASE_URL="postgresql://u:s3cret@host:x:y/trial?wrong=1")
    assert "s3cret" not in str(refusal.value)


@pytest.mark.finding("F-802")
@pytest.mark.parametrize("name", environment.SECRETS)
def test_a_secret_that_stands_in_the_samples_for_everybody_to_read_is_refused(read, name):
    said = PRODUCTION | {"DATABASE_URL": WEB, "DATABASE_OWNER_URL": OWNER, "DATABASE_WATCH_URL": WATCH}
    said |= {"EMAIL_URL": "smtp://ecrf:p@mail.example.org", "REPLICA_URL": REPLICA, "ECRF_METRICS_TOKEN": LONG}
    assert read(**said)
    value = said.get(name, LONG).replace("s3cret", "change-me").replace(":p@", ":CHANGE-ME@")
    value = value.replace("0ther", "CHANGE-ME").replace("w4tch", "CHANGE-ME").replace("d3adb33f", "CHANGE-ME-1")
    with pytest.raises(BadEnvironment, match=f"^{name} still holds the sample's words"):
        read(**said | {name: value})


def test_production_starts_when_all_is_said(read):
    env = read(**PRODUCTION)
    assert (env.hosts, env.https, env.secret_key) == (("ecrf.example.org", "ecrf.example.com"), "proxy", LONG)


def test_no_localhost_in_production(read):
    assert "localhost" not in read(**PRODUCTION).hosts
    assert "localhost" in read(ECRF_MODE="demo").hosts


def test_the_real_server_is_read_with_all_its_options(read):
    env = read(**PRODUCTION, DATABASE_URL=WEB, DATABASE_OWNER_URL=OWNER)
    assert not env.embedded
    assert {key: env.database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")} == {
        "USER": "ecrf_web",
        "PASSWORD": "s3cret",
        "HOST": "db.example.org",
        "PORT": "5433",
        "NAME": "trial",
        "OPTIONS": {"sslmode": "verify-full"},
    }
    assert env.replica is None
    assert read(**PRODUCTION, DATABASE_URL=WEB, REPLICA_URL=REPLICA).replica["HOST"] == "replica.example.org"
    owner = read(**PRODUCTION, ECRF_ROLE="owner", DATABASE_URL=WEB, DATABASE_OWNER_URL=OWNER)
    assert owner.database["USER"] == "ecrf_owner"


def test_the_role_decides_who_the_process_is_to_the_embedded_server(read):
    web, owner = read(ECRF_MODE="demo"), read(ECRF_MODE="demo", ECRF_ROLE="owner")
    assert web.embedded and web.database["USER"] == "ecrf_web" and owner.database["USER"] == "ecrf_owner"
    assert web.database["OPTIONS"]["passfile"].endswith("web.pgpass")


@pytest.mark.parametrize(("role", "setting", "value"), [("web", "jit", "off"), ("owner", "lock_timeout", "10s")])
def test_no_page_waits_for_the_compiler_and_no_page_waits_behind_a_migration(monkeypatch, role, setting, value):
    monkeypatch.setenv("ECRF_ROLE", role)
    found = runpy.run_path(str(REPOSITORY / "trialsite" / "settings.py"))["DATABASES"]["default"]
    where = {"host": found["HOST"], "port": found["PORT"], "user": found["USER"], "dbname": "postgres"}
    with psycopg.connect(**where, **found["OPTIONS"]) as connection:
        assert connection.execute(f"SHOW {setting}").fetchone() == (value,)


def test_requests_are_no_transactions_and_connections_are_looked_at_before_use(read):
    """A code break is two transactions; and after a restart of the database no request may fail."""
    database = read(ECRF_MODE="demo").database
    assert database["ATOMIC_REQUESTS"] is False and database["CONN_HEALTH_CHECKS"] is True


def test_the_demos_secret_is_made_once_and_nobody_elses_to_read(read, tmp_path):
    first, second = read(ECRF_MODE="demo"), read(ECRF_MODE="demo")
    assert first.secret_key == second.secret_key and len(first.secret_key) >= 50
    assert stat.S_IMODE((tmp_path / "var" / environment.DEFAULT_TRIAL / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var" / environment.DEFAULT_TRIAL).iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://me:p%40ss@mail.example.org", 587, True, False),
        ("smtps://me:p%40ss@mail.example.org", 465, False, True),
        ("smtp://me:p%40ss@mail.example.org:2525", 2525, True, False),
    ],
)
def test_mail_leaves_encrypted(url, port, tls, ssl):
    found = environment.email(url)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)
    assert found["EMAIL_HOST_PASSWORD"] == "p@ss"


@pytest.mark.parametrize("words", [["manage.py", "check"], ["-m", "trialsite.starter.run"]])
def test_the_commands_end_in_the_sentence_and_no_traceback(words, tmp_path):
    surroundings = {"PATH": os.environ["PATH"], "ECRF_MODE": "nonsense", "ECRF_VAR": str(tmp_path)}
    done = subprocess.run([sys.executable, *words], cwd=REPOSITORY, env=surroundings, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert said.strip() == "ECRF_MODE is 'nonsense'. It can be demo or production or test."
    assert not list(tmp_path.iterdir())
