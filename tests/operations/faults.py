"""Faults under load, round after round: what was acknowledged is there, and the service is back by itself.

    make faults                        a hundred rounds
    make faults ROUNDS=20 SEED=7       fewer, others
    make faults ONLY=web               those kinds whose name has this word

The product as `make run` starts it, with the embedded database, serves people who correct records and keep answers. In
each round one thing fails (FAULTS below). Looked at after each: every acknowledged answer is stored, or a later one
that was under way; every hash of the trail holds; every page in between was the one asked for or a 503 with its
sentence. Printed: rounds by kind, for how long after the fault nothing could be saved, and what was wrong.
The full disk wants a file system of its own, which root can mount; without it that kind is left out, and said so.
"""

import collections
import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.operations.people_at_work import everybody
from tests.operations.test_backup import copy
from tests.starter import Started, a_free_port, begun
from trialsite.database import passwords, postgres, roles
from trialsite.operations import facts
from trialsite.starter import children
from trialsite.starter.processes import working_in

ROUNDS, SEED = int(os.environ.get("ROUNDS", "100")), int(os.environ.get("SEED", "1"))
ONLY = os.environ.get("ONLY", "")
BACK_WITHIN = 10.0  # seconds after the end of a fault in which nothing is saved, at most
GIVES_UP = 90.0
ROOM = "1200m"


class House:
    """The product in a folder of its own: its database with the small world, its starter, and people at work."""

    def __init__(self, top: Path):
        self.top, self.var, self.port = top, top / "var", a_free_port()
        self.var.mkdir()
        self.cluster = postgres.Cluster(self.var, say=lambda line: None)
        self.starter: Started | None = None
        self.people = []

    def fill(self, template: str) -> None:
        self.var.chmod(0o755)
        shutil.copy(settings.ARM_KEY_FILE, self.var / "arm.key")
        with self.cluster.in_use(), self.cluster.connect() as admin:
            said = {name: passwords.read_password(passwords.passfile(self.var, name)) for name in roles.LOGINS}
            roles.prepare_roles(admin, said)
            roles.make_database(admin, "ecrf")
            copy(template, self.cluster)

    def leading_here(self) -> dict:
        options = {"passfile": str(passwords.passfile(self.var, roles.WEB))}
        return {"HOST": str(self.cluster.socket), "PORT": "5432", "NAME": "ecrf", "OPTIONS": options}

    def begin(self) -> None:
        own = {"ECRF_MODE": "demo", "ECRF_WORKERS": "2", "ECRF_SECRET_KEY": settings.SECRET_KEY}
        self.starter = begun(self.port, self.var, own)
        self.starter.until_served()
        threading.Thread(target=self.starter.stdout.read, daemon=True).start()  # nobody waits for a full pipe

    def end(self) -> None:
        self.pause()
        if self.starter is not None and self.starter.poll() is None:
            self.starter.terminate()
            self.starter.wait(60)
        children.end_those_left_over(self.var / "run.json", lambda line: None)

    def pause(self) -> None:
        for person in self.people:
            person.pause()

    def go_on(self) -> None:
        for person in self.people:
            person.wrong = []
            person.begin()

    # -- what there is to fail

    def pid(self, name: str) -> int:
        programs = json.loads((self.var / "run.json").read_text())["programs"]
        return next(program["pid"] for program in programs if program["name"] == name)

    def postgres(self) -> list[int]:
        """The postmaster first."""
        master = int((self.cluster.data / "postmaster.pid").read_text().splitlines()[0])
        return [master, *(pid for pid in working_in(self.cluster.data) if pid != master)]


# -- what fails; each ends with the fault over, or says when it was


def postmaster_killed(house):
    os.kill(house.postgres()[0], signal.SIGKILL)


def backend_killed(house):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'ecrf_web' AND pid <> pg_backend_pid()")
        found = [pid for (pid,) in cursor.fetchall()]
    os.kill(random.choice(found), signal.SIGKILL)


def database_restarted(house):
    os.kill(house.postgres()[0], signal.SIGINT)


def web_worker_killed(house):
    master = house.pid("web server")
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(master)], capture_output=True, text=True).stdout.split()
    os.kill(int(random.choice(found)), signal.SIGKILL)


def web_master_killed(house):
    os.kill(house.pid("web server"), signal.SIGKILL)


def web_killed_whole(house):
    os.killpg(house.pid("web server"), signal.SIGKILL)


def worker_and_watch_killed(house):
    for name in ("worker", "watch"):
        os.kill(house.pid(name), signal.SIGKILL)


def everything_killed_and_begun_again(house) -> float:
    house.starter.kill_9_everything()
    for pid in house.postgres():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    over = time.monotonic()
    house.begin()
    return over


def web_replaced_gracefully(house):
    os.kill(house.pid("web server"), signal.SIGHUP)
    time.sleep(2)


def database_hangs(house):
    """As a network that is cut in the middle: nothing answers, and nothing is refused."""
    stopped = house.postgres()
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(3)
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def way_to_the_database_cut(house):
    """Whoever is connected is cut off, and nobody gets in."""
    away = house.cluster.socket.with_suffix(".away")
    house.cluster.socket.rename(away)
    for pid in house.postgres()[1:]:
        with contextlib.suppress(ProcessLookupError, OSError):
            if b"ecrf_web" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGTERM)
    time.sleep(3)
    away.rename(house.cluster.socket)


def connections_used_up(house):
    kept = []
    with contextlib.suppress(psycopg.OperationalError):
        while len(kept) < 400:
            kept.append(house.cluster.connect(roles.WEB, "ecrf"))
    for pid in house.postgres()[1:]:  # those of the pages go too, so that they must ask for new ones
        with contextlib.suppress(ProcessLookupError, OSError):
            if b"idle" in Path(f"/proc/{pid}/cmdline").read_bytes() and random.random() < 0.1:
                os.kill(pid, signal.SIGTERM)
    time.sleep(2)
    for one in kept:
        one.close()


def disk_full(house):
    filler = house.var / "filler"
    try:
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 20))
        with contextlib.suppress(psycopg.Error), house.cluster.connect() as admin:
            for _ in range(40):  # what was set aside for the log of changes is used up too
                admin.execute("SELECT pg_logical_emit_message(true, 'filling', repeat('x', 8000000))")
        time.sleep(4)
    finally:
        filler.unlink(missing_ok=True)


FAULTS = [
    postmaster_killed,
    backend_killed,
    database_restarted,
    web_worker_killed,
    web_master_killed,
    web_killed_whole,
    worker_and_watch_killed,
    everything_killed_and_begun_again,
    web_replaced_gracefully,
    database_hangs,
    way_to_the_database_cut,
    connections_used_up,
    disk_full,
]


@pytest.fixture
def house(world_template, django_db_blocker):
    top = Path(tempfile.mkdtemp(prefix="faults-", dir=settings.VAR))
    top.chmod(0o755)
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=755", "tmpfs", str(top)], capture_output=True
        ).returncode
    )
    if not mounted:
        print("\nNo file system of its own can be mounted: the full disk is left out.")
    one, before = House(top), dict(connection.settings_dict)
    one.faults = [fault for fault in FAULTS if ONLY in fault.__name__ and (mounted or fault is not disk_full)]
    try:
        with django_db_blocker.unblock():
            connection.close()
            one.fill(world_template)
            connection.settings_dict.update(one.leading_here())
            one.begin()
            yield one
    finally:
        one.end()
        connection.close()
        connection.settings_dict.update(before)
        if mounted:
            subprocess.run(["umount", "-l", str(top)], check=False)
        shutil.rmtree(top, ignore_errors=True)


def everybody_saves(house: House, since: float) -> float:
    """Wait until something was acknowledged to everybody again, and a second more: the longest time since then in which
    nothing was to anybody."""
    while not all(person.times and person.times[-1] > since for person in house.people):
        if time.monotonic() - since > GIVES_UP:
            told = [(person.place, dict(person.seen), person.wrong[-1:]) for person in house.people]
            raise AssertionError(f"It does not come back: {told}")
        time.sleep(0.05)
    time.sleep(1)
    at = sorted([since, *(moment for person in house.people for moment in person.times if moment > since)])
    return max(later - earlier for earlier, later in itertools.pairwise(at))


def looked_at(house: House) -> list[str]:
    """What is lost or broken, while nobody acts."""
    house.pause()
    connection.close()
    found = [lost for person in house.people if (lost := person.lost())]
    with house.cluster.connect(dbname="ecrf") as admin:
        if broken := facts.breaks_in_the_chains(admin):
            found.append(f"{broken} hashes of the trail do not hold")
    return found + [wrong for person in house.people for wrong in person.wrong]


def test_what_was_acknowledged_outlives_every_fault_and_the_service_comes_back(house):
    random.seed(SEED)
    order = random.Random(SEED)
    house.people = everybody(house.port)
    house.go_on()
    everybody_saves(house, time.monotonic())
    took, wrong = collections.defaultdict(list), []
    for number in range(1, ROUNDS + 1):
        turn = (number - 1) % len(house.faults)
        fault = house.faults[turn] if number <= len(house.faults) else order.choice(house.faults)
        time.sleep(order.uniform(0.2, 1.0))
        over = fault(house) or time.monotonic()
        back = everybody_saves(house, over)
        took[fault.__name__].append(back)
        found = looked_at(house)
        if back > BACK_WITHIN:
            found.append(f"for {back:.1f} s nothing could be saved")
        wrong += [f"round {number}, {fault.__name__}: {one}" for one in found]
        print(
            f"{number:4} {fault.__name__:36} back after {back:5.2f} s  {'; '.join(found) or 'nothing lost'}", flush=True
        )
        house.go_on()
    print(f"\n{'fault':36} rounds   nothing could be saved for (median, longest)")
    for name, seconds in took.items():
        ordered = sorted(seconds)
        print(f"{name:36} {len(seconds):6}   {ordered[len(ordered) // 2]:5.2f} s, {ordered[-1]:5.2f} s")
    seen = sum((person.seen for person in house.people), collections.Counter())
    print(
        f"{ROUNDS} rounds, {sum(person.acknowledged for person in house.people)} answers acknowledged, answers: "
        f"{dict(seen)}; load of the machine {os.getloadavg()[0]:.1f}; {len(wrong)} violations"
    )
    assert wrong == [], "\n".join(wrong)
