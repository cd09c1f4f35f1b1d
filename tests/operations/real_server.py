"""A PostgreSQL server of its own, as a database administrator keeps one: over TCP, with passwords, started apart."""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

from tests.starter import a_free_port
from trialsite.database import postgres
from trialsite.database.unprivileged import as_account, give


@dataclass
class Server:
    """Where it listens, and its superuser's password."""

    port: int
    password: str
    folder: Path

    def url(self, user: str, password: str, database: str = "ecrf") -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def psql(self, script: str, database: str = "ecrf") -> None:
        """As the superuser, as an administrator's psql runs it: until the first error."""
        words = [str(postgres.binaries() / "psql"), "-v", "ON_ERROR_STOP=1", "-q"]
        words.append(self.url("postgres", self.password, database))
        done = subprocess.run(words, input=script, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def running() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=settings.VAR))
    folder.chmod(0o711)
    server = Server(a_free_port(), secrets.token_urlsafe(12), folder)
    data, initial = folder / "data", folder / "initial"
    data.mkdir(mode=0o700)
    initial.write_text(server.password)
    for path in (data, initial):
        give(path)
    made = as_account(
        [postgres.binaries() / "initdb", "-D", data, "-U", "postgres", "--auth=scram-sha-256", "--no-sync"]
        + [f"--pwfile={initial}", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        + ["--locale=C"]
    )
    assert made.returncode == 0, made.stdout
    words = [str(postgres.binaries() / "postgres"), "-D", str(data), "-p", str(server.port), "-c", "fsync=off"]
    words += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, cwd="/", **postgres.identity())
    try:
        wait_for(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(server: Server) -> None:
    import time

    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(server.url("postgres", server.password, "postgres")).close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, (server.folder / "log").read_text()
            time.sleep(0.1)


def clean_environment() -> dict[str, str]:
    """A login shell's: nothing of the tests' own."""
    ours = ("ECRF_", "DATABASE_", "DJANGO_", "PG")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
