"""The database away, its disk full, no connection left: a page that says so with Retry-After, and one line in the log.

The starter and the watch go on by themselves when it is back.
"""

import errno
import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests import trial
from tests.databases import the_cluster
from tests.starter import a_free_port
from trialsite.database import postgres, roles
from trialsite.logs import Json, Quiet, Requests
from trialsite.operations import outages
from trialsite.starter import children, run

REPOSITORY = Path(run.__file__).resolve().parents[2]


@pytest.fixture
def log():
    """The lines of Django's log about requests, as the console gets them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Quiet())
    handler.addFilter(Requests())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


@pytest.fixture
def away(real_commits):
    """The database cannot be reached: its address is a port where nobody listens."""
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(HOST="127.0.0.1", PORT=str(a_free_port()))
    yield
    connection.settings_dict.update(before)


@pytest.mark.finding("F-906")
def test_a_page_without_a_database_is_a_503_with_a_sentence_and_a_line_not_a_traceback(away, log):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "0123456789abcdef0123456789abcdef"
    for _ in range(20):
        answer = client.get("/subjects/JER-001/")
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    page = answer.content.decode()
    assert "The database does not answer just now." in page and "not saved" in page
    assert answer.headers["X-Request-ID"] in page
    assert len(log.getvalue().splitlines()) == 1 and "the database is away" in log.getvalue()
    assert "JER-001" not in log.getvalue()
    ready = client.get("/health/ready")
    assert ready.status_code == 503 and ready.json()["findings"][0]["name"] == "database"


@pytest.mark.finding("F-906")
@pytest.mark.parametrize(
    ("code", "sentence"),
    [("53100", "no room to write"), ("53300", "Too many people"), ("55P03", "being updated"), ("25006", "no entries")],
)
def test_what_postgresql_says_by_code_is_told_in_a_sentence(real_commits, client, log, monkeypatch, code, sentence):
    """The error is PostgreSQL's own, raised by a statement that the page sends."""
    from crf.views import subjects

    def fails(*args, **words):
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'tell-tale' USING ERRCODE = '{code}'; END $$")

    monkeypatch.setattr(subjects.permissions, "subject_for", fails)
    client.force_login(trial.person("ines"))
    client.raise_request_exception = False
    answer = client.get("/subjects/JER-001/")
    assert answer.status_code == 503 and sentence in answer.content.decode()
    assert "tell-tale" not in log.getvalue() + answer.content.decode()


@pytest.mark.finding("F-906")
@pytest.mark.finding("F-907")
def test_what_this_machine_has_no_more_of_is_told_in_a_sentence(db, client, log, monkeypatch):
    from crf.views import subjects

    client.force_login(trial.person("ines"))
    client.raise_request_exception = False
    for error, sentence in (
        (OSError(errno.ENOSPC, "No space left on device", "/tell-tale"), "no room to write"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/tell-tale"), "no room to write"),
        (OSError(errno.EMFILE, "Too many open files", "/tell-tale"), "Too many people"),
        (MemoryError("tell-tale"), "Too many people"),
    ):

        def fails(*args, error=error, **words):
            raise error

        monkeypatch.setattr(subjects.permissions, "subject_for", fails)
        answer = client.get("/subjects/JER-001/")
        assert answer.status_code == 503 and sentence in answer.content.decode() and answer.headers["Retry-After"]
        assert "tell-tale" not in log.getvalue() + answer.content.decode()


@pytest.mark.finding("F-906")
def test_a_mistake_of_ours_is_still_a_500_with_its_place_in_the_log_and_without_the_address(
    db, client, log, monkeypatch
):
    from crf.views import subjects

    monkeypatch.setattr(subjects.permissions, "subject_for", lambda *a, **w: 1 / 0)
    client.force_login(trial.person("ines"))
    client.raise_request_exception = False
    answer = client.get("/subjects/JER-001/")
    assert answer.status_code == 500 and answer.headers["X-Request-ID"] in answer.content.decode()
    assert "ZeroDivisionError" in log.getvalue() and "/subjects/…/" in log.getvalue()
    assert "JER-001" not in log.getvalue()


@pytest.mark.finding("F-912")
def test_where_the_static_files_were_not_collected_a_mistake_is_still_a_page(rf, monkeypatch):
    def missing(*args):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(outages.loader, "render_to_string", missing)
    answer = outages.mistake(rf.get("/"))
    assert answer.status_code == 500 and b"Something went wrong here" in answer.content


def test_an_outage_is_found_behind_other_exceptions_and_nothing_else_is_one():
    try:
        try:
            raise OperationalError("connection refused")
        except OperationalError as cause:
            raise KeyError("user") from cause
    except KeyError as wrapped:
        assert outages.outage_of(wrapped) is outages.AWAY
    assert outages.outage_of(ValueError("x")) is None


def test_a_line_of_json_holds_places_and_kinds_and_no_words():
    try:
        int("tell-tale")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, __file__, 1, "The page failed", None, sys.exc_info())
    said = json.loads(Json().format(record))
    assert said["level"] == "ERROR" and "builtins.ValueError" in said["exception"][-1]
    assert "tell-tale" not in json.dumps(said)


# -- the starter and the watch


def family(tmp_path, script: str, **words) -> children.Children:
    child = children.Child("helper", ["/bin/sh", "-c", script], dict(os.environ), **words)
    stays = children.Child("stays", ["sleep", "60"], dict(os.environ))
    return children.Children([stays, child], tmp_path, tmp_path / "run.json", "http://localhost", lambda line: None)


@pytest.mark.finding("F-902")
def test_a_helper_that_dies_again_and_again_leaves_the_web_server_alone_and_is_tried_ever_more_seldom(tmp_path):
    ours = family(tmp_path, "echo x >> starts; exit 7", is_essential=False)
    ours.start(only_essential=True)
    try:
        ours.watch()
        assert list(ours.running) == ["stays"]  # the pages come first
        ours.start()
        until = time.monotonic() + 4
        while time.monotonic() < until:
            ours.watch()
            time.sleep(0.02)
        assert ours.running["stays"].poll() is None
        assert 2 <= (tmp_path / "starts").read_text().count("x") <= 4
    finally:
        ours.stop()


@pytest.mark.finding("F-902")
def test_the_watch_waits_for_a_database_that_is_away_and_goes_on(real_commits, tmp_path):
    """A proxy of one line stands between: it is stopped and started, as a database is."""
    socket = postgres.socket_folder(the_cluster().var) / ".s.PGSQL.5432"
    folder = tmp_path / "s"
    folder.mkdir()
    link = folder / ".s.PGSQL.5432"
    web = postgres.passfile(the_cluster().var, roles.WEB)
    url = f"postgresql://{roles.WEB}@/{real_commits}?host={folder}&passfile={web}"
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "trialsite.settings", "ECRF_VAR": str(tmp_path)}
    words = [sys.executable, "manage.py", "watch", "--every", "0.2"]
    watch = subprocess.Popen(words, cwd=REPOSITORY, env=env, stderr=subprocess.PIPE, text=True)
    try:
        assert "The watch waits: the database is away." in watch.stderr.readline()
        link.symlink_to(socket)
        assert any("The watch goes on" in line for line in watch.stderr)  # it also says what else is amiss
        from crf.models import Heartbeat

        assert Heartbeat.objects.filter(name="watch").exists()
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(20) == 0
    finally:
        watch.kill()
        watch.wait()
        watch.stderr.close()


@pytest.mark.finding("F-902")
@pytest.mark.finding("F-907")
def test_make_run_survives_a_database_that_ends_and_cannot_start_for_a_while(tmp_path, monkeypatch):
    """As when its disk is full: it is tried again until it starts, and the web server stays where it is."""
    said, tries = [], []

    class Cluster:
        def is_running(self):
            return len(tries) >= 3

        def start(self):
            tries.append(1)
            if len(tries) < 3:
                raise postgres.ClusterFailed("PostgreSQL did not start: the disk is full.")

    monkeypatch.setattr(run, "say", said.append)
    keeper = run.Keeper(Cluster(), pause=0.01)
    for _ in range(200):
        keeper.look()
        time.sleep(0.005)
    assert len(tries) == 3
    assert said == [
        "The database ended; starting it again.",
        "PostgreSQL did not start: the disk is full. It is tried again until it starts.",
        "The database is back.",
    ]
