"""Were the program's files replaced while it runs? Then what is read late (a page, a module) is the new release's.

What stood there when this process began is kept by size and time of change; it is asked again by /health/ready.
"""

import os
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ("analysis", "crf", "templates", "trialsite")
KINDS = (".py", ".html", ".txt", ".sql", ".typ")


def files() -> dict[str, tuple[int, int]]:
    """Path -> size and time of change, of what a running process reads from its folder."""
    found = {}
    for room in ROOMS:
        for folder, _, names in os.walk(HOUSE / room):
            for name in names:
                if name.endswith(KINDS):
                    path = os.path.join(folder, name)
                    state = os.stat(path)
                    found[path] = state.st_size, state.st_mtime_ns
    return found


def replaced() -> int:
    """How many of the files that were there at the beginning are others now, or are gone. New ones change nothing."""
    changed = 0
    for path, known in AT_THE_BEGINNING.items():
        try:
            state = os.stat(path)
        except FileNotFoundError:
            changed += 1
        else:
            changed += (state.st_size, state.st_mtime_ns) != known
    return changed


AT_THE_BEGINNING = files()
