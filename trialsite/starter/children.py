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
LONGEST_PAUSE = 60  # seconds before a program that is not essential is tried again


class Failing(Exception):
    """A program does not stay up. The text says which."""


@dataclass
class Child:
    """`name` is for people; `words` is the command line; `environment` is all it gets.

    Without an essential one nothing is served, so when it does not stay up the start ends. Any other is tried again,
    ever more seldom, and takes nobody the pages away.
    """

    name: str
    words: list[str]
    environment: dict[str, str]
    is_essential: bool = True


class Children:
    """Runs `wanted` below `folder` and keeps the list of what runs in `record`."""

    def __init__(self, wanted: list[Child], folder: Path, record: Path, address: str, say: Callable[[str], None]):
        self.wanted, self.folder, self.record, self.address, self.say = wanted, folder, record, address, say
        self.running: dict[str, subprocess.Popen] = {}
        self.deaths: dict[str, list[float]] = {child.name: [] for child in wanted}
        self.not_before: dict[str, float] = {}

    def start(self, *, only_essential: bool = False) -> None:
        """What does not run yet."""
        for child in self.wanted:
            if child.name not in self.running and (child.is_essential or not only_essential):
                self._start(child)

    def _start(self, child: Child) -> None:
        self.running[child.name] = subprocess.Popen(
            child.words, cwd=self.folder, env=child.environment, stdin=subprocess.DEVNULL, process_group=0
        )  # a process group of its own: Ctrl-C is for the starter, which ends the others in order
        self._write()

    def watch(self) -> None:
        """Start again what has died."""
        for child in self.wanted:
            if child.name not in self.running or (status := self.running[child.name].poll()) is None:
                continue
            now = time.monotonic()
            if child.name in self.not_before:  # its end was seen to before: it waits for its turn
                if now >= self.not_before[child.name]:
                    del self.not_before[child.name]
                    self._start(child)
                continue
            deaths = [moment for moment in self.deaths[child.name] if now - moment < 600] + [now]
            self.deaths[child.name] = deaths
            end_group(self.running[child.name].pid)
            often = sum(now - moment < 60 for moment in deaths) >= TOO_OFTEN
            if child.is_essential and often:
                raise Failing(f"The {child.name} does not stay up (status {status}); its messages are above.")
            pause = 0 if child.is_essential or len(deaths) == 1 else min(2 ** (len(deaths) - 2), LONGEST_PAUSE)
            when = f" in {pause} seconds" if pause else ""
            self.say(f"The {child.name} ended (status {status}); starting it again{when}.")
            if pause:
                self.not_before[child.name] = now + pause
            else:
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
