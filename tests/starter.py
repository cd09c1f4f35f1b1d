"""The product started as `make run` starts it, on a database of the tests: to be killed, started again, measured."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from trialsite.database import passwords, postgres, roles
from trialsite.starter import children, run

REPOSITORY = Path(run.__file__).resolve().parents[2]


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Started(subprocess.Popen):
    """A starter with its programs. `url` is where it serves, `record` the list of what it runs."""

    url: str
    record: Path

    def until_served(self) -> str:
        """What it said until the address."""
        said = ""
        for line in self.stdout:
            said += line
            if line.startswith("Served at"):
                return said
        raise AssertionError(said)

    def until_it_answers(self) -> None:
        """Until a page comes again after a program was killed."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=5):
                return
            time.sleep(0.05)
        raise AssertionError("It does not answer any more.")

    def kill_9_the_web(self) -> None:
        """The web server and its workers, without a chance to say goodbye."""
        for program in json.loads(self.record.read_text())["programs"]:
            if program["name"] == "web server":
                os.killpg(program["pid"], signal.SIGKILL)

    def kill_9_everything(self) -> None:
        """The starter first, so that it starts nothing again."""
        self.kill()
        self.wait()
        for program in json.loads(self.record.read_text())["programs"]:
            with suppress(ProcessLookupError):
                os.killpg(program["pid"], signal.SIGKILL)


COLLECT = (
    "import django; django.setup(); from trialsite.starter.steps import collect_static_files; collect_static_files()"
)


def collected_files() -> Path:
    """The static files as they are served in life: names with hashes, compressed. Made once for all tests."""
    var = Path(settings.VAR) / "collected"
    var.mkdir(exist_ok=True)
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "trialsite.settings", "ECRF_MODE": "demo", "ECRF_VAR": str(var)}
    with open(var / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run([sys.executable, "-c", COLLECT], cwd=REPOSITORY, env=env, check=True, stdout=subprocess.DEVNULL)
    return var / "static"


def begun(port: int, var: Path, surroundings: dict[str, str]) -> Started:
    """What `make run` begins, on this port and this folder."""
    env = os.environ | {"ECRF_VAR": str(var), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "trialsite.settings"}
    starter = Started(
        [sys.executable, "-m", "trialsite.starter.run"],
        cwd=REPOSITORY,
        env=env | surroundings,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    starter.url, starter.record = f"http://localhost:{port}", var / "run.json"
    return starter


@contextmanager
def starting(database: str, folder: Path, **surroundings: str):
    """begin(): start it on this database of the tests' cluster; whatever is left running is ended afterwards.

    It has no owner's log-in, as in production, so nobody migrates or collects static files: `with_files` has them.
    """
    port, var = a_free_port(), folder / "a blank"
    url = (
        f"postgresql://{roles.WEB}@/{database}?host={postgres.socket_folder(settings.VAR)}"
        f"&passfile={passwords.passfile(settings.VAR, roles.WEB)}"
    )
    surroundings = {"DATABASE_URL": url, "ECRF_WORKERS": "1"} | surroundings
    started: list[Started] = []

    def begin(*, with_files=False) -> Started:
        if with_files and not (var / "static").exists():
            var.mkdir(parents=True, exist_ok=True)
            (var / "static").symlink_to(collected_files())
        starter = begun(port, var, surroundings)
        started.append(starter)
        return starter

    try:
        yield begin
    finally:
        for starter in started:
            if starter.poll() is None:
                starter.terminate()
                starter.wait(40)
            starter.stdout.close()
        children.end_those_left_over(var / "run.json", lambda line: None)
