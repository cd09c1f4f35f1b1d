"""The programs that the starter runs: started apart from the terminal, written down, ended in order, started again.

What runs is written to var/run.json with number and time of birth. After a `kill -9` of the starter the next one ends
exactly those: a number alone may belong to somebody else by now.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trialsite.starter.processes import born, is_the_same

PATIENCE = 30  # seconds that a program gets for its last requests
TOO_OFTEN = 5  # deaths within a minute: then starting it again does not help


class Failing(Exception):
    """A program does not stay up. The text says which."""


@dataclass
class Child:
    """`name` is for people; `words` is the command line; `environment` is all it gets."""

    name: str
    words: list[str]
    environment: dict[str, str]


class Children:
    """Runs `wanted` below `folder` and keeps the list of what runs in `record`."""

    def __init__(self, wanted: list[Child], folder: Path, record: Path, address: str, say: Callable[[str], None]):
        self.wanted, self.folder, self.record, self.address, self.say = wanted, folder, record, address, say
        self.running: dict[str, subprocess.Popen] = {}
        self.deaths: list[float] = []

    def start(self) -> None:
        for child in self.wanted:
            self._start(child)

    def _start(self, child: Child) -> None:
        self.running[child.name] = subprocess.Popen(
            child.words, cwd=self.folder, env=child.environment, stdin=subprocess.DEVNULL, process_group=0
        )  # a process group of its own: Ctrl-C is for the starter, which ends the others in order
        self._write()

    def watch(self) -> None:
        """Start again what has died."""
        for child in self.wanted:
            status = self.running[child.name].poll()
            if status is None:
                continue
            now = time.monotonic()
            self.deaths = [moment for moment in self.deaths if now - moment < 60] + [now]
            if len(self.deaths) >= TOO_OFTEN:
                raise Failing(f"The {child.name} does not stay up (status {status}); its messages are above.")
            self.say(f"The {child.name} ended (status {status}); starting it again.")
            end_group(self.running[child.name].pid)
            self._start(child)

    def stop(self) -> None:
        """All are asked at once, then each is waited for; who does not listen is killed."""
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()
        self.record.unlink(missing_ok=True)

    def _write(self) -> None:
        programs = [{"name": name, "pid": p.pid, "born": born(p.pid)} for name, p in self.running.items()]
        part = self.record.with_suffix(".part")
        part.write_text(json.dumps({"address": self.address, "starter": os.getpid(), "programs": programs}, indent=1))
        part.rename(self.record)


def end_those_left_over(record: Path, say: Callable[[str], None]) -> None:
    """End what a killed starter left running: what bears both the number and the time of birth in the record."""
    try:
        programs = json.loads(record.read_text())["programs"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return
    for program in programs:
        pid = program["pid"]
        if not is_the_same(pid, program["born"]):
            if born(pid) is None:
                end_group(pid)
            continue
        say(f"Ending the {program['name']} (process {pid}) that the last start left behind.")
        for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            deadline = time.monotonic() + patience
            while is_the_same(pid, program["born"]) and time.monotonic() < deadline:
                time.sleep(0.05)
    record.unlink(missing_ok=True)


def end_group(leader: int) -> None:
    """End what a dead program's own children still do: orphaned workers would hold the port.

    While any of the group lives, the system gives its number to no new process.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
