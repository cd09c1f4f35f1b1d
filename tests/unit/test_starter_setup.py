"""Making .venv: each thing that may be missing on a fresh machine ends in a sentence."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from trialsite.starter import run

SCRIPT = Path(run.__file__).resolve().parents[2] / ".ci" / "venv"
TOOLS = ("grep", "mktemp", "tail", "rm", "cp", "mkdir", "cat", "chmod")
PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11", "python3")

# A python that answers what it is asked as the machine under test would: NEW, VENV and PIP are shell conditions.
PYTHON = """#!/bin/sh
case "$*" in
    *"exit(sys.version_info <"*) {new} ;;
    *"import ensurepip, venv"*) {venv} ;;
    *"-venv"*) echo python3.11-venv ;;
    --version) echo Python 3.11.0 ;;
    *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"-m pip"*) {pip} ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """machine(...): what .ci/venv says and with which status, on a machine that has only what is named."""
    tools, folder = tmp_path / "tools", tmp_path / "a clone"
    tools.mkdir()
    folder.mkdir()
    (folder / "requirements.lock").write_text("Django==5.2.19\n")
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool))

    def set_up(pythons=PYTHONS, new="true", venv="true", pip="true"):
        for name in pythons:
            (tools / name).write_text(PYTHON.format(new=new, venv=venv, pip=pip))
            (tools / name).chmod(0o755)
        words, surroundings = [shutil.which("sh"), str(SCRIPT)], {"PATH": str(tools), "TMPDIR": str(tmp_path)}
        done = subprocess.run(words, cwd=folder, env=surroundings, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    set_up.folder = folder
    return set_up


def test_no_python_at_all(machine):
    status, said = machine(pythons=())
    assert status == 1 and "Python 3.11 or later is needed, and was not found." in said


def test_a_python_that_is_too_old(machine):
    status, said = machine(new="false")
    assert status == 1 and "Python 3.11 or later is needed, and was not found." in said


def test_no_venv_module(machine):
    status, said = machine(venv="false")
    assert status == 1 and "has no venv module. Debian, Ubuntu: apt-get install python3.11-venv" in said


def test_a_full_disk(machine):
    status, said = machine(pip="echo 'OSError: [Errno 28] No space left on device'; false")
    assert status == 1 and said.endswith("The disk is full. Make room and say it again.\n")
    assert not (machine.folder / ".venv" / "ready").exists()


def test_no_network(machine):
    status, said = machine(pip="echo 'Could not find a version'; false")
    assert status == 1 and "Without a network nothing can be installed." in said


def test_a_good_machine(machine):
    assert machine()[0] == 0
    assert (machine.folder / ".venv" / "ready").read_text() == "Django==5.2.19\n"


def test_the_script_for_the_checks_may_be_run():
    assert os.stat(SCRIPT.with_name("run")).st_mode & stat.S_IXUSR


@pytest.mark.finding("F-910")
def test_a_minimal_machine_that_lacks_a_library_is_told_its_name(tmp_path):
    from tests.browser_for_tests import make_playwright_run, missing_library

    node = tmp_path / "node"
    said = "node: error while loading shared libraries: libatomic.so.1: cannot open shared object file"
    node.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 127\n")
    node.chmod(0o755)
    assert missing_library([str(node)]) == "libatomic.so.1"
    assert missing_library([shutil.which("true")]) == ""
    assert make_playwright_run() == ""  # here it runs


@pytest.mark.finding("F-910")
def test_a_machine_without_a_hosts_file_is_served_at_the_address_that_is_bound(monkeypatch):
    import socket

    def unknown(*args, **words):
        raise socket.gaierror(-2, "Name or service not known")

    assert run.name_of_this_machine() == "localhost"
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert run.name_of_this_machine() == "127.0.0.1"
