"""`make run` behind make: starts, refuses with a sentence, is killed, starts again, ends in order."""

import contextlib
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections import namedtuple
from pathlib import Path

import pytest

from tests.starter import starting
from trialsite.starter import children, run
from trialsite.starter.processes import born, is_the_same

LOGIN = "{}/accounts/login/"


@pytest.fixture
def start(real_commits, tmp_path):
    """start(): a starter that serves this test's database; all it left running is ended after the test."""
    with starting(real_commits, tmp_path) as begin:
        yield begin


def test_it_serves_refuses_a_twin_survives_kill_9_and_ends_in_order(start):
    first = start()
    assert "Served at http://localhost:" in first.until_served()
    assert urllib.request.urlopen(LOGIN.format(first.url)).status == 200
    twin = start()
    assert "It is running already at http://localhost:" in twin.communicate(timeout=30)[0]
    assert twin.returncode == 1

    first.kill()
    first.wait()
    left = [program["pid"] for program in json.loads(first.record.read_text())["programs"]]
    assert all(born(pid) for pid in left)  # the web server holds the port
    second = start()
    assert "that the last start left behind" in second.until_served()
    assert not any(map(born, left))
    assert urllib.request.urlopen(LOGIN.format(second.url)).status == 200

    second.terminate()
    second.terminate()  # make passes the signal on, so it comes twice
    assert "Stopped." in second.communicate(timeout=40)[0]
    assert second.returncode == 0
    assert not second.record.exists()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(LOGIN.format(second.url))


def test_a_busy_port_ends_in_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(run.CannotStart, match=f"Port {port} is in use.*make run PORT={port + 1}"):
            run.refuse_a_busy_port(port)


def test_a_full_disk_ends_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("usage", "total used free")(1, 1, 20_000_000))
    with pytest.raises(run.CannotStart, match="The disk is full: 20 MB are left"):
        run.refuse_a_full_disk(tmp_path)
    assert run.in_words(OSError(errno.ENOSPC, "No space left on device")).startswith("The disk is full.")


def test_a_folder_that_may_not_be_written_ends_in_a_sentence():
    assert "Set ECRF_VAR" in run.in_words(PermissionError(errno.EACCES, "Permission denied", "/srv/var"))


def test_the_web_server_is_not_told_how_the_owner_logs_in(monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://ecrf_owner:x@host/trial")
    assert "DATABASE_OWNER_URL" not in run.environment_of("web")
    assert "DATABASE_OWNER_URL" in run.environment_of("owner")
    assert run.environment_of("web")["ECRF_ROLE"] == "web"


def test_what_bears_a_number_but_another_birth_is_left_alone(tmp_path):
    stranger = subprocess.Popen(["sleep", "60"])
    record = tmp_path / "run.json"
    record.write_text(json.dumps({"programs": [{"name": "web server", "pid": stranger.pid, "born": "some other day"}]}))
    try:
        children.end_those_left_over(record, print)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
    assert not record.exists()


def test_a_spoilt_record_stops_nobody(tmp_path):
    for content in ("", "{", "{}", "[]"):
        (tmp_path / "run.json").write_text(content)
        children.end_those_left_over(tmp_path / "run.json", print)


def family(tmp_path, script: str) -> children.Children:
    child = children.Child("sleeper", ["/bin/sh", "-c", script], dict(os.environ))
    return children.Children([child], tmp_path, tmp_path / "run.json", "http://localhost", lambda line: None)


def until_written(path: Path) -> int:
    while not (path.exists() and path.read_text().endswith("\n")):
        time.sleep(0.01)
    return int(path.read_text())


def test_a_program_that_died_is_started_again(tmp_path):
    ours = family(tmp_path, "exec sleep 60")
    ours.start()
    first = ours.running["sleeper"]
    first.kill()
    first.wait()
    ours.watch()
    second = ours.running["sleeper"]
    assert second.pid != first.pid
    assert is_the_same(second.pid, json.loads(ours.record.read_text())["programs"][0]["born"])
    ours.stop()
    assert second.returncode == -signal.SIGTERM and not ours.record.exists()


def test_what_a_dead_program_leaves_behind_is_ended_before_it_starts_again(tmp_path):
    ours = family(tmp_path, "sleep 60 & echo $! > orphan; exec sleep 60")
    ours.start()
    orphan = until_written(tmp_path / "orphan")
    ours.running["sleeper"].kill()
    ours.running["sleeper"].wait()
    assert born(orphan)
    ours.watch()
    gone_by = time.monotonic() + 5
    while born(orphan) and time.monotonic() < gone_by:
        time.sleep(0.01)
    ours.stop()
    assert born(orphan) is None


def test_a_program_that_does_not_stay_up_ends_the_start(tmp_path):
    ours = family(tmp_path, "exit 7")
    ours.start()
    with pytest.raises(children.Failing, match=r"The sleeper does not stay up \(status 7\)"):  # noqa: PT012
        for _ in range(100):
            ours.watch()
            time.sleep(0.02)
    ours.stop()


def test_a_program_that_does_not_listen_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "PATIENCE", 0.2)
    ours = family(tmp_path, "trap '' TERM; touch ready; while :; do sleep 0.05; done")
    ours.start()
    while not (tmp_path / "ready").exists():
        time.sleep(0.01)
    deaf = ours.running["sleeper"]
    ours.stop()
    assert deaf.returncode == -signal.SIGKILL


def test_ctrl_c_reaches_the_starter_only(tmp_path):
    ours = family(tmp_path, "exec sleep 60")
    ours.start()
    with contextlib.ExitStack() as end:
        end.callback(ours.stop)
        assert os.getpgid(ours.running["sleeper"].pid) != os.getpgid(0)
