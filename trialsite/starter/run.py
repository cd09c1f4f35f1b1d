"""What `make run` starts: the database, the migrations, the demo, the web server; and their orderly end.

Short lines say what happens. What cannot go on ends in a sentence.
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from trialsite import environment
from trialsite.database import postgres
from trialsite.operations import backup
from trialsite.starter.children import Child, Children, Failing, end_those_left_over

BASE = Path(__file__).resolve().parents[2]
LEAST_ROOM = 300_000_000  # bytes: a new cluster takes 60 million, its log of changes a few times that
PATIENCE = 180  # seconds until the first page: a busy machine reads the numeric packages slowly


class CannotStart(Exception):
    """A sentence for the person at the keyboard."""


class Stop(BaseException):
    """Ctrl-C, or the system asks us to end."""


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """Serve until asked to stop. 0 after an orderly end, 1 with a sentence when something does not work."""
    os.environ.setdefault("ECRF_MODE", "demo")
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, stop_once)
    try:
        serve(environment.read(os.environ, BASE))
    except Stop:
        say("Stopped.")
        return 0
    except (CannotStart, environment.BadEnvironment, postgres.ClusterFailed, Failing) as refusal:
        say(f"\n{refusal}")
    except OSError as trouble:
        say(f"\n{in_words(trouble)}")
    return 1


def stop_once(*_) -> None:
    """make passes a signal on, so it comes twice: the second must not interrupt the cleaning up."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    raise Stop


def serve(env: environment.Environment) -> None:
    began = time.monotonic()
    env.var.mkdir(parents=True, exist_ok=True)
    address = f"http://{name_of_this_machine()}:{env.port}"
    with contextlib.ExitStack() as house:
        house.enter_context(only_one(env.var))
        end_those_left_over(env.var / "run.json", say)
        refuse_a_busy_port(env.port)
        refuse_a_full_disk(env.var)
        cluster = None
        if env.embedded:
            fresh = not (env.var / "pg").exists()
            say("Making a database cluster." if fresh else "Starting the database.")
            settings = {}
            if follows_changes():
                backup.make_room_for_changes(env.var)
                settings = backup.archive_settings(env.var)
            cluster = house.enter_context(postgres.Cluster(env.var, settings, say=say).in_use())
            postgres.bootstrap(cluster)
        if env.embedded or os.environ.get("DATABASE_OWNER_URL"):
            step("as_owner", "owner")
        step("as_web", "web")
        children = Children(programs(env), BASE, env.var / "run.json", address, say)
        house.callback(children.stop)
        children.start(only_essential=True)  # the pages first: on a small machine each further program delays them
        wait_for_a_page(f"http://{local_addresses()[0]}:{env.port}", children)  # `localhost` may have no address here
        children.start()
        announce(address, env.var, time.monotonic() - began)
        keeper = Keeper(cluster) if cluster else None
        try:
            while True:
                time.sleep(0.5)
                children.watch()
                if keeper:
                    keeper.look()
        except Stop:
            say("\nStopping: the last requests are answered first.")
            raise


class Keeper:
    """Starts the database again when it ended, as often as it takes: nobody must come once a full disk has room.

    Meanwhile the web server answers 503 with a sentence.
    """

    def __init__(self, cluster, pause: float = 5):
        self.cluster, self.pause, self.not_before, self.failed = cluster, pause, 0.0, False

    def look(self) -> None:
        if self.cluster.is_running() or time.monotonic() < self.not_before:
            return
        if not self.failed:
            say("The database ended; starting it again.")
        try:
            self.cluster.start()
        except (postgres.ClusterFailed, OSError) as failure:
            if not self.failed:
                words = in_words(failure) if isinstance(failure, OSError) else str(failure)
                say(f"{words} It is tried again until it starts.")
            self.failed, self.not_before = True, time.monotonic() + self.pause
        else:
            if self.failed:
                say("The database is back.")
            self.failed = False


def programs(env: environment.Environment) -> list[Child]:
    """The web server, the watch, who keeps the trail, and who makes reports and exports."""
    words = [sys.executable, "-m", "gunicorn", "trialsite.wsgi", "--workers", str(env.workers), "--threads", "4"]
    words += ["--worker-class", "trialsite.front.PatientWorker"]  # slow clients cost nobody a thread
    words += ["--preload"]  # the numeric packages are read once, not by every worker
    words += ["--no-control-socket", "--graceful-timeout", "20", "--timeout", "120", "--log-level", "warning"]
    for host in local_addresses():
        words += ["--bind", f"[{host}]:{env.port}" if ":" in host else f"{host}:{env.port}"]
    watch = [sys.executable, "manage.py", "watch"]  # escalates alerts that nobody acknowledged
    children = [
        Child("web server", words, environment_of("web")),
        Child("watch", watch, environment_of(role_of_the_watch(env)), is_essential=False),
        Child("trail", [sys.executable, "manage.py", "keep_trail"], environment_of("web"), is_essential=False),
        Child("worker", [sys.executable, "manage.py", "work"], environment_of("web"), is_essential=False),
    ]
    if env.embedded and follows_changes():
        follow = [sys.executable, "-m", "trialsite.operations.backup", "follow"]
        children.append(Child("backup", follow, environment_of("web"), is_essential=False))
    return children


def role_of_the_watch(env: environment.Environment) -> str:
    """Its own, where it has a log-in of its own."""
    return "watch" if env.embedded or os.environ.get("DATABASE_WATCH_URL") else "web"


def follows_changes() -> bool:
    """Where backups have a folder of their own; else nobody would take the changes away, and the disk would fill."""
    return bool(os.environ.get("ECRF_BACKUPS"))


def environment_of(role: str) -> dict[str, str]:
    """No process is told how another role logs in; the owner's knows the web's, which it gives rights to."""
    others = {"web": ("OWNER", "WATCH"), "watch": ("OWNER",), "owner": ("WATCH",)}[role]
    kept = {name: value for name, value in os.environ.items() if name not in [f"DATABASE_{one}_URL" for one in others]}
    return kept | {"ECRF_ROLE": role, "DJANGO_SETTINGS_MODULE": "trialsite.settings", "PYTHONUNBUFFERED": "1"}


# -- what may stand in the way


@contextlib.contextmanager
def only_one(var: Path):
    """The lock is the system's and ends with the process, so a killed starter leaves none."""
    with open(var / "run.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                known = json.loads((var / "run.json").read_text())
                where = f" at {known['address']} (process {known['starter']})"
            except (OSError, ValueError, KeyError):
                where = ", or is just starting"
            raise CannotStart(f"It is running already{where}: the data in {var} have one server at a time.") from None
        yield


def name_of_this_machine() -> str:
    """`localhost`, for which passkeys work; where no hosts file knows that name, the address that is bound."""
    try:
        socket.getaddrinfo("localhost", None)
    except OSError:
        return local_addresses()[0]
    return "localhost"


def local_addresses() -> list[str]:
    """This machine only, by both kinds of address where it has them: `localhost` may mean either."""
    found = ["127.0.0.1"]
    if socket.has_ipv6:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            found.append("::1")
    return found


def refuse_a_busy_port(port: int) -> None:
    for host in local_addresses():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of the last server may linger
            try:
                probe.bind((host, port))
                probe.listen(1)
            except OSError as refusal:
                if refusal.errno == errno.EADDRINUSE:
                    raise CannotStart(
                        f"Port {port} is in use by another program. Choose another: make run PORT={port + 1}"
                    ) from None
                if refusal.errno == errno.EACCES:
                    raise CannotStart(f"Port {port} is reserved for root. Choose one above 1023.") from None
                raise


def refuse_a_full_disk(var: Path) -> None:
    free = shutil.disk_usage(var).free
    if free < LEAST_ROOM:
        raise CannotStart(
            f"The disk is full: {free // 1_000_000} MB are left for {var}, {LEAST_ROOM // 1_000_000} MB are needed."
            " Make room, or set ECRF_VAR to a folder on another disk."
        )


def in_words(trouble: OSError) -> str:
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Make room and start again; nothing that was saved is lost."
    if trouble.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{trouble.filename} may not be written ({trouble.strerror}). Set ECRF_VAR to a folder of your own."
    return f"{trouble.strerror or trouble}: {trouble.filename or 'no file named'}"


# -- steps before serving, each in a process that is one of the two roles


def step(name: str, role: str) -> None:
    """Run trialsite.starter.steps.NAME in a process of its own and show what it says."""
    words = [sys.executable, "-m", "trialsite.starter.steps", name]
    with subprocess.Popen(
        words,
        cwd=BASE,
        env=environment_of(role),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
    ) as process:
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                say(line.rstrip())
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    if status:
        if "No space left on device" in "".join(said):
            raise CannotStart("The disk is full. Make room and start again; nothing that was saved is lost.")
        raise CannotStart("Nothing is served: the step above did not work.")


def wait_for_a_page(address: str, children: Children) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        children.watch()
        try:
            with urllib.request.urlopen(f"{address}/accounts/login/", timeout=10):  # nosec B310
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:  # in production: sent on to https
                return
            raise CannotStart(f"The sign-in page answers {answer.code}; the messages above say why.") from None
        except OSError:
            time.sleep(0.05)
    raise CannotStart(f"No page is served after {PATIENCE} seconds.")


def announce(address: str, var: Path, seconds: float) -> None:
    accounts = var / "demo-accounts.txt"
    if accounts.exists():
        say("\n" + accounts.read_text().rstrip())
    say(f"\nServed at {address} after {seconds:.1f} seconds. Stop with Ctrl-C.")


if __name__ == "__main__":
    sys.exit(main())
