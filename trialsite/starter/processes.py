"""What runs on this machine, as the system tells it: /proc on Linux, `ps` and `lsof` on macOS."""

import contextlib
import os
import subprocess
from pathlib import Path


def is_the_same(pid: int, birth: str | None) -> bool:
    return birth is not None and born(pid) == birth


def born(pid: int) -> str | None:
    """When the process began, as the system says it; None if there is none, or only its remains."""
    if Path("/proc/self/stat").exists():
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except (OSError, IndexError):
            return None
        return None if words[0] in "ZX" else f"{boot} {words[19]}"
    words = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout.split()
    return None if not said or said[0].startswith("Z") else " ".join(said[1:])


def working_in(folder: Path) -> list[int]:
    """Living processes (no zombies) whose working directory is the folder: PostgreSQL's, if it holds a cluster."""
    if Path("/proc/self/cwd").exists():
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # ended meanwhile, a zombie, or somebody else's
                if os.readlink(process / "cwd") == str(folder):
                    found.append(int(process.name))
        return found
    words = ["lsof", "-a", "-d", "cwd", "-c", "postgres", "-Fpn"]
    lines = subprocess.run(words, capture_output=True, text=True, check=False).stdout.splitlines()
    triples = zip(lines, lines[2:], strict=False)  # p<number>, fcwd, n<path>
    return [int(number[1:]) for number, path in triples if number.startswith("p") and path == f"n{folder}"]
